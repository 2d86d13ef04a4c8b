//! CloudFormation: the first failure of the operation.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use test_support::fault::Fault;

use super::*;

const STACK: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/web-prod/83fd5bdf-8710";
const INNER: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/web-prod-Queues-1XY/0aa2";

/// Events of one stack, in the order in which they happen.
struct Events<'a> {
    world: &'a World,
    stack: &'a str,
    at: Timestamp,
    count: usize,
}

impl<'a> Events<'a> {
    fn of(world: &'a World, stack: &'a str) -> Self {
        Self { world, stack, at: STARTED.parse().unwrap(), count: 0 }
    }

    fn since(mut self, minutes: i64) -> Self {
        self.at = self.at.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        self
    }

    fn event(&mut self, name: &str, kind: &str, physical: &str, status: &str, reason: &str) -> &mut Self {
        self.count += 1;
        self.at = self.at.checked_add(SignedDuration::from_secs(1)).unwrap();
        let mut event = json!({
            "StackId": self.stack, "EventId": format!("{}-{}", self.at, self.count), "StackName": self.stack.split('/').nth(1).unwrap(),
            "LogicalResourceId": name, "PhysicalResourceId": physical, "ResourceType": kind,
            "Timestamp": self.at.to_string(), "ResourceStatus": status,
        });
        if !reason.is_empty() {
            event["ResourceStatusReason"] = reason.into();
        }
        self.world.aws.push_stack_event(event);
        self
    }

    fn stack(&mut self, status: &str, reason: &str) -> &mut Self {
        let id = self.stack;
        self.event("web-prod", "AWS::CloudFormation::Stack", id, status, reason)
    }

    fn resource(&mut self, name: &str, status: &str, reason: &str) -> &mut Self {
        self.event(name, "AWS::SQS::Queue", &format!("https://sqs/{name}"), status, reason)
    }

    fn nested(&mut self, status: &str, reason: &str) -> &mut Self {
        self.event("Queues", "AWS::CloudFormation::Stack", INNER, status, reason)
    }
}

fn failed() -> Failure {
    failure("CloudFormation", STACK)
}

#[tokio::test]
async fn the_first_failure_of_the_operation_is_told_and_none_that_was_given_up() {
    let world = World::new();
    Events::of(&world, STACK)
        .since(-600)
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .resource("Ancient", "UPDATE_FAILED", "an earlier operation's failure")
        .stack("UPDATE_ROLLBACK_COMPLETE", "");
    Events::of(&world, STACK)
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .resource("Orders", "UPDATE_IN_PROGRESS", "")
        // Of events in the same moment the first failure is not always the first.
        .resource("Invoices", "CREATE_FAILED", "Resource creation cancelled")
        .resource(
            "Orders",
            "UPDATE_FAILED",
            "Value 900000 for parameter VisibilityTimeout is invalid.\nReason: must be between 0 and 43200.",
        )
        .resource("Returns", "CREATE_FAILED", "Resource creation cancelled")
        .resource("Refunds", "UPDATE_FAILED", "Resource update cancelled")
        .resource("Later", "UPDATE_FAILED", "failed because of the first one")
        .stack("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Orders, Later].")
        .stack("UPDATE_ROLLBACK_COMPLETE", "");
    let found = world.gather(&failed()).await;
    let said = "UPDATE_FAILED | AWS::SQS::Queue | Orders | Value 900000 for parameter VisibilityTimeout is invalid. Reason: must be between 0 and 43200.";
    assert_eq!(messages(&found), [said]);
    assert_eq!(world.operations(), ["DescribeStackEvents"]);
    let diagnosis = diagnosis(&found);
    assert_eq!(diagnosis.cause[0].text, said);
    assert_eq!(diagnosis.hint, None, "a hint that only repeats the cause is left out");
}

#[tokio::test]
async fn a_retry_that_came_later_is_not_taken_for_the_failure() {
    let world = World::new();
    Events::of(&world, STACK)
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .resource("Orders", "UPDATE_FAILED", "the failure")
        .stack("UPDATE_ROLLBACK_COMPLETE", "")
        .at = STARTED.parse().unwrap();
    Events::of(&world, STACK).since(30).stack("UPDATE_IN_PROGRESS", "User Initiated").resource(
        "Returns",
        "UPDATE_FAILED",
        "the next attempt's failure",
    );
    let found = world.gather(&failed()).await;
    assert_eq!(messages(&found), ["UPDATE_FAILED | AWS::SQS::Queue | Orders | the failure"]);
}

#[tokio::test]
async fn an_operation_that_never_began_tells_nothing_of_the_one_before() {
    let world = World::new();
    Events::of(&world, STACK)
        .since(-60)
        .stack("CREATE_IN_PROGRESS", "User Initiated")
        .resource("Orders", "CREATE_FAILED", "an earlier operation's failure")
        .stack("ROLLBACK_COMPLETE", "");
    let found = world.gather(&failed()).await;
    assert_eq!(messages(&found), Vec::<&str>::new());
    assert_eq!(found.missing, Vec::<String>::new());
}

#[tokio::test]
async fn what_failed_in_a_nested_stack_is_followed_there() {
    let world = World::new();
    Events::of(&world, INNER)
        .stack("CREATE_IN_PROGRESS", "User Initiated")
        .resource("Dead", "CREATE_FAILED", "Queue name is taken")
        .resource("Alive", "CREATE_FAILED", "Resource creation cancelled")
        .stack("CREATE_FAILED", "The following resource(s) failed to create: [Dead, Alive].");
    Events::of(&world, STACK)
        .since(1)
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .nested("CREATE_FAILED", &format!("Embedded stack {INNER} was not successfully created: The following resource(s) failed to create: [Dead, Alive]."))
        .stack("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Queues].");
    let found = world.gather(&failed()).await;
    assert_eq!(messages(&found), ["CREATE_FAILED | AWS::SQS::Queue | Dead | Queue name is taken"]);
    assert_eq!(world.calls("DescribeStackEvents").len(), 2);
}

#[tokio::test]
async fn where_a_nested_stack_cannot_be_read_the_outer_one_is_told() {
    let world = World::new();
    Events::of(&world, STACK)
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .nested("UPDATE_FAILED", "Embedded stack was not successfully updated");
    let found = world.gather(&failed()).await;
    assert_eq!(
        messages(&found),
        ["UPDATE_FAILED | AWS::CloudFormation::Stack | Queues | Embedded stack was not successfully updated"]
    );
    assert_eq!(found.missing, ["The events of stack web-prod-Queues-1XY no longer exists"]);
}

#[tokio::test]
async fn no_operation_is_so_long_that_more_than_four_calls_are_made() {
    let world = World::new();
    let mut events = Events::of(&world, STACK);
    events.stack("UPDATE_IN_PROGRESS", "User Initiated").nested("UPDATE_FAILED", "Embedded stack was not updated");
    for number in 0..250 {
        events.resource(&format!("Queue{number}"), "UPDATE_COMPLETE", "");
    }
    let mut inner = Events::of(&world, INNER);
    inner.stack("UPDATE_IN_PROGRESS", "").resource("Far", "UPDATE_FAILED", "beyond what is read");
    for number in 0..150 {
        inner.resource(&format!("Queue{number}"), "UPDATE_FAILED", &format!("failure {number}"));
    }
    let found = world.gather(&failed()).await;
    assert_eq!(world.calls("DescribeStackEvents").len(), 4);
    // The earliest that could be reached, and a word on what could not.
    assert_eq!(messages(&found), ["UPDATE_FAILED | AWS::SQS::Queue | Queue50 | failure 50"]);
    assert_eq!(
        found.missing,
        ["The events of stack web-prod-Queues-1XY was not read completely: an alert reads a limited amount"]
    );
}

#[tokio::test]
async fn a_failure_of_the_stack_itself_is_told() {
    let world = World::new();
    Events::of(&world, STACK)
        .stack("CREATE_IN_PROGRESS", "User Initiated")
        .stack(
            "ROLLBACK_IN_PROGRESS",
            "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document.",
        )
        .stack("ROLLBACK_COMPLETE", "");
    let found = world.gather(&failed()).await;
    assert!(messages(&found)[0].contains("Invalid Serverless Application Specification"), "{:?}", messages(&found));
}

#[tokio::test]
async fn a_change_set_that_could_not_be_made_says_why() {
    let world = World::new();
    let change_set = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/web-change/9b1c";
    let reason = "Parameters: [LogLevel] must have values";
    world.aws.put_change_set(json!({ "ChangeSetId": change_set, "Status": "FAILED", "StatusReason": reason }));
    let found = world.gather(&failure("CloudFormation", change_set)).await;
    assert_eq!(messages(&found), [reason]);
    assert_eq!(world.operations(), ["DescribeChangeSet"]);
}

#[tokio::test]
async fn a_stack_is_asked_about_where_it_is() {
    let world = World::new();
    let (mut pipeline, failures) = failures("codepipeline-run-cross-region-failed");
    pipeline.home.account = account("111122223333");
    let failure = failures.iter().find(|failure| failure.provider.as_ref().unwrap().name == "CloudFormation").unwrap();
    let found = world.evidence.gather(&pipeline, failure).await;
    assert_eq!(found.missing, ["The stack is in account 444455556666, where Andon has no role"]);
    let mut ours = failure.clone();
    let result = ours.result.as_mut().unwrap();
    let external = result.external.as_ref().unwrap().as_str().replace("444455556666", "111122223333");
    result.external = Some(ExternalId::parse(external).unwrap());
    world.evidence.gather(&pipeline, &ours).await;
    assert_eq!(world.aws.requests()[0].region, "us-east-1");
}

#[tokio::test]
async fn a_denial_names_the_permission_and_the_stack() {
    let world = World::new();
    world.aws.inject_always("DescribeStackEvents", Fault::error(403, "AccessDenied", "no"));
    let found = world.gather(&failed()).await;
    let expected = format!("The notifier's role lacks cloudformation:DescribeStackEvents on {STACK}");
    assert_eq!(found.missing, [expected]);
}
