//! Whether the credentials may deploy the stack, asked of IAM before anything is changed.

use andon_package::template::Declared;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::bucket::Bucket;
use crate::aws::{Call, Session};

/// What came of the question.
#[derive(Debug, PartialEq, Eq)]
pub enum Permissions {
    /// They may.
    Enough,
    /// They may not: actions, each with what it would be done to.
    Lacking(Vec<String>),
    /// IAM does not say, and why.
    Unknown(String),
}

/// What it takes to create resources of a type: the ARN that one would have, after `arn:PARTITION:`, and the actions. SAM
/// makes more of a function than the template says.
const KINDS: [(&str, &str, &str); 19] = [
    ("AWS::CloudWatch::Alarm", "cloudwatch:REGION:ACCOUNT:alarm:STACK-x", "cloudwatch:PutMetricAlarm"),
    ("AWS::DynamoDB::Table", "dynamodb:REGION:ACCOUNT:table/STACK-x", "dynamodb:CreateTable dynamodb:UpdateTimeToLive"),
    ("AWS::Events::EventBus", "events:REGION:ACCOUNT:event-bus/STACK-hub", "events:CreateEventBus"),
    ("AWS::Events::EventBusPolicy", "events:REGION:ACCOUNT:event-bus/STACK-hub", "events:PutPermission"),
    ("AWS::Events::Rule", "events:REGION:ACCOUNT:rule/STACK-x", "events:PutRule events:PutTargets"),
    ("AWS::IAM::Role", "iam::ACCOUNT:role/STACK-x", "iam:CreateRole iam:PutRolePolicy iam:PassRole"),
    ("AWS::KMS::Key", "kms:REGION:ACCOUNT:key/x", "kms:CreateKey kms:PutKeyPolicy"),
    ("AWS::Lambda::Permission", "lambda:REGION:ACCOUNT:function:STACK-x", "lambda:AddPermission"),
    ("AWS::Logs::LogGroup", "logs:REGION:ACCOUNT:log-group:/aws/lambda/STACK-x", "logs:CreateLogGroup"),
    ("AWS::SNS::Subscription", "sns:REGION:ACCOUNT:STACK-x", "sns:Subscribe"),
    ("AWS::SNS::Topic", "sns:REGION:ACCOUNT:STACK-x", "sns:CreateTopic sns:SetTopicAttributes"),
    ("AWS::SNS::TopicPolicy", "sns:REGION:ACCOUNT:STACK-x", "sns:SetTopicAttributes"),
    ("AWS::SQS::Queue", "sqs:REGION:ACCOUNT:STACK-x", "sqs:CreateQueue sqs:SetQueueAttributes"),
    ("AWS::SQS::QueuePolicy", "sqs:REGION:ACCOUNT:STACK-x", "sqs:SetQueueAttributes"),
    (
        "AWS::Serverless::Function",
        "lambda:REGION:ACCOUNT:function:STACK-x",
        "lambda:CreateFunction lambda:PublishVersion lambda:CreateAlias",
    ),
    (
        "AWS::SecretsManager::Secret",
        "secretsmanager:REGION:ACCOUNT:secret:STACK-mcp-key-x",
        "secretsmanager:CreateSecret secretsmanager:GetRandomPassword",
    ),
    ("AWS::Serverless::Function", "lambda:REGION:ACCOUNT:event-source-mapping:x", "lambda:CreateEventSourceMapping"),
    ("AWS::Serverless::Function", "scheduler:REGION:ACCOUNT:schedule/default/STACK-x", "scheduler:CreateSchedule"),
    ("AWS::Serverless::Function", "codedeploy:REGION:ACCOUNT:application:STACK-x", "codedeploy:CreateApplication"),
];

/// Types of which the stack has a resource only if a parameter is on.
const ON_DEMAND: [(&str, &str); 1] = [("AWS::SecretsManager::Secret", "McpServer")];

/// What it takes whatever the template says.
const ALWAYS: [(&str, &str); 3] = [
    (
        "cloudformation:REGION:ACCOUNT:stack/STACK/*",
        "cloudformation:CreateChangeSet cloudformation:DescribeChangeSet cloudformation:ExecuteChangeSet \
         cloudformation:DeleteChangeSet cloudformation:DescribeStacks cloudformation:DescribeStackEvents \
         cloudformation:GetTemplate",
    ),
    // SAM's transform is a resource of its own.
    ("cloudformation:REGION:aws:transform/Serverless-2016-10-31", "cloudformation:CreateChangeSet"),
    ("s3:::BUCKET/STACK/x", "s3:PutObject s3:GetObject"),
];

/// What it takes to create a bucket of its own.
const OWN_BUCKET: (&str, &str) = (
    "s3:::BUCKET",
    "s3:CreateBucket s3:PutBucketPublicAccessBlock s3:PutEncryptionConfiguration s3:PutBucketVersioning \
     s3:PutBucketPolicy s3:PutLifecycleConfiguration",
);

/// Asks IAM whether the caller may create what a template declares, with these parameters.
pub async fn check(
    session: &Session,
    declared: &Declared,
    parameters: &[(String, String)],
    stack: &str,
    bucket: &Bucket<'_>,
) -> Permissions {
    let creates_bucket = match bucket.is_there().await {
        Ok(is_there) => bucket.own && !is_there,
        Err(error) => return Permissions::Unknown(format!("{error:#}")),
    };
    let caller = match principal(session).await {
        Ok(Some(caller)) => caller,
        // The owner of an account may do everything.
        Ok(None) => return Permissions::Enough,
        Err(error) => return Permissions::Unknown(format!("{error:#}")),
    };
    let mut lacking = Vec::new();
    for (resource, actions) in wanted(declared, parameters, creates_bucket) {
        let resource = format!("arn:{}:{resource}", session.partition());
        let resource = [
            ("REGION", session.region.as_str()),
            ("ACCOUNT", &session.account),
            ("BUCKET", &bucket.name),
            ("STACK", stack),
        ]
        .into_iter()
        .fold(resource, |resource, (word, value)| resource.replace(word, value));
        match simulate(session, &caller, &resource, &actions).await {
            Ok(denied) => lacking.extend(denied.into_iter().map(|action| format!("{action} on {resource}"))),
            Err(error) => return Permissions::Unknown(format!("{error:#}")),
        }
    }
    if lacking.is_empty() { Permissions::Enough } else { Permissions::Lacking(lacking) }
}

/// The resources and actions of a deployment.
fn wanted(
    declared: &Declared,
    parameters: &[(String, String)],
    creates_bucket: bool,
) -> Vec<(&'static str, Vec<&'static str>)> {
    let value = |name: &str| parameters.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    let is_off = |name: &str| matches!(value(name), None | Some("" | "off"));
    let is_made = |kind: &&str| !ON_DEMAND.iter().any(|(of, parameter)| of == kind && is_off(parameter));
    let kinds: Vec<&str> = declared.resources().map(|(_, kind)| kind).filter(is_made).collect();
    let of_template = KINDS.iter().filter(|(kind, ..)| kinds.contains(kind)).map(|(_, arn, actions)| (*arn, *actions));
    let of_bucket = creates_bucket.then_some(OWN_BUCKET);
    let all = ALWAYS.into_iter().chain(of_bucket).chain(of_template);
    all.map(|(arn, actions)| (arn, actions.split_whitespace().collect())).collect()
}

/// The user or role behind the credentials, as IAM takes it; `None` for the owner of the account.
async fn principal(session: &Session) -> anyhow::Result<Option<String>> {
    let caller = &session.caller;
    let what = caller.splitn(6, ':').nth(5).unwrap_or_default();
    let parts: Vec<&str> = what.split('/').collect();
    match parts.as_slice() {
        ["root"] => Ok(None),
        ["assumed-role", role, ..] => {
            // The ARN of a session does not have the path that the role's has.
            let answer = iam(session, "GetRole", &[("RoleName", role)]).await?;
            let arn = inner(&answer, "Arn").next().map(str::to_owned);
            arn.map(Some).ok_or_else(|| anyhow::anyhow!("IAM does not know the role {role}"))
        }
        ["user", ..] => Ok(Some(caller.clone())),
        _ => anyhow::bail!("{caller} is neither a user nor a role"),
    }
}

/// The actions that are denied.
async fn simulate(session: &Session, caller: &str, resource: &str, actions: &[&str]) -> anyhow::Result<Vec<String>> {
    let names: Vec<String> = (1..=actions.len()).map(|number| format!("ActionNames.member.{number}")).collect();
    let mut fields = vec![("PolicySourceArn", caller), ("ResourceArns.member.1", resource)];
    fields.extend(names.iter().map(String::as_str).zip(actions.iter().copied()));
    let answer = iam(session, "SimulatePrincipalPolicy", &fields).await?;
    let decisions = inner(&answer, "EvalActionName").zip(inner(&answer, "EvalDecision"));
    Ok(decisions.filter(|(_, decision)| *decision != "allowed").map(|(action, _)| action.to_owned()).collect())
}

async fn iam(session: &Session, operation: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
    let fields = [("Action", operation), ("Version", "2010-05-08")].into_iter().chain(fields.iter().copied());
    let encoded = fields.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    let call = Call {
        service: "iam",
        path: "/".to_owned(),
        headers: &[("content-type", "application/x-www-form-urlencoded")],
        body: encoded.collect::<Vec<_>>().join("&").into_bytes(),
    };
    let answer = session.call(&call).await?;
    if answer.status != 200 {
        let reason = inner(&answer.body, "Message").next().unwrap_or("no reason is given");
        anyhow::bail!("iam:{operation}: {reason}");
    }
    Ok(answer.body)
}

/// What stands between tags of a name.
fn inner<'x>(xml: &'x str, tag: &str) -> impl Iterator<Item = &'x str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (text, after) = after.split_once(&close)?;
        rest = after;
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Declared {
        let template = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sam-template.yml");
        Declared::read(&std::fs::read_to_string(template).unwrap()).unwrap()
    }

    #[test]
    fn what_is_off_takes_no_permission() {
        let takes = |value: &str| {
            let parameters = [("McpServer".to_owned(), value.to_owned())];
            wanted(&declared(), &parameters, false)
                .iter()
                .any(|(_, actions)| actions.contains(&"secretsmanager:CreateSecret"))
        };
        assert!(!takes("") && !takes("off") && takes("questions") && takes("actions"));
    }

    #[test]
    fn every_type_of_the_template_has_its_actions() {
        let declared = declared();
        let kinds: std::collections::BTreeSet<&str> = declared.resources().map(|(_, kind)| kind).collect();
        let known: std::collections::BTreeSet<&str> = KINDS.iter().map(|(kind, ..)| *kind).collect();
        assert_eq!(kinds, known);
    }

    #[test]
    fn answers_are_read_in_their_order() {
        let xml = "<m><EvalActionName>a:B</EvalActionName><EvalDecision>allowed</EvalDecision></m>\
                   <m><EvalActionName>c:D</EvalActionName><EvalDecision>implicitDeny</EvalDecision></m>";
        assert_eq!(inner(xml, "EvalActionName").collect::<Vec<_>>(), ["a:B", "c:D"]);
        assert_eq!(inner(xml, "EvalDecision").collect::<Vec<_>>(), ["allowed", "implicitDeny"]);
    }
}
