//! `CloudFormation`: the events of a stack.

use serde_json::Value;

use super::codepipeline::text;
use super::paging::page;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct CloudFormation {
    /// In the order in which they were told, which is the order in which they happened.
    events: Vec<Value>,
}

impl CloudFormation {
    pub(super) fn push_event(&mut self, event: Value) {
        self.events.push(event);
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        if operation != "DescribeStackEvents" {
            return Err(Refusal::new("InvalidAction", format!("CloudFormation stands in without {operation}")));
        }
        let stack = text(input, "StackName");
        let of_stack = |event: &&Value| text(event, "StackName") == stack || text(event, "StackId") == stack;
        let newest_first: Vec<Value> = self.events.iter().rev().filter(of_stack).cloned().collect();
        if newest_first.is_empty() {
            return Err(Refusal::new("ValidationError", format!("Stack [{stack}] does not exist")));
        }
        page(input, &newest_first, "StackEvents", None, "NextToken")
    }
}
