//! `CloudFormation`: the events of a stack, and change sets.

use serde_json::Value;

use super::codepipeline::{put, text};
use super::paging::page;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct CloudFormation {
    /// In the order in which they were told, which is the order in which they happened.
    events: Vec<Value>,
    change_sets: Vec<Value>,
}

impl CloudFormation {
    pub(super) fn push_event(&mut self, event: Value) {
        self.events.push(event);
    }

    pub(super) fn put_change_set(&mut self, change_set: Value) {
        put(&mut self.change_sets, change_set, "ChangeSetId");
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        match operation {
            "DescribeStackEvents" => self.stack_events(input),
            "DescribeChangeSet" => {
                let id = text(input, "ChangeSetName");
                let change_set = self.change_sets.iter().find(|change_set| text(change_set, "ChangeSetId") == id);
                change_set.cloned().ok_or_else(|| {
                    let message = format!("ChangeSet [{id}] does not exist");
                    Refusal { status: 404, ..Refusal::new("ChangeSetNotFound", message) }
                })
            }
            _ => Err(Refusal::new("InvalidAction", format!("CloudFormation stands in without {operation}"))),
        }
    }

    fn stack_events(&self, input: &Value) -> Result<Value, Refusal> {
        let stack = text(input, "StackName");
        let of_stack = |event: &&Value| text(event, "StackName") == stack || text(event, "StackId") == stack;
        let newest_first: Vec<Value> = self.events.iter().rev().filter(of_stack).cloned().collect();
        if newest_first.is_empty() {
            return Err(Refusal::new("ValidationError", format!("Stack [{stack}] does not exist")));
        }
        page(input, &newest_first, "StackEvents", None, "NextToken")
    }
}
