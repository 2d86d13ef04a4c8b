//! What a role may do, and what a call to AWS takes.

use std::collections::BTreeSet;

use serde_json::Value;
use test_support::call::Call;

use crate::account::HUB;
use crate::stack::texts;

/// The permission that a call takes.
pub(crate) fn action(call: &Call) -> String {
    // Only CloudWatch calls its endpoint otherwise than its permissions.
    let service = if call.service == "monitoring" { "cloudwatch" } else { &call.service };
    format!("{service}:{}", call.operation)
}

/// What a call is about, by ARN, where its input says so.
pub(crate) fn resources(call: &Call) -> Vec<String> {
    let input = &call.body;
    let text = |member: &str| input[member].as_str();
    let arn = |service: &str, resource: &str| format!("arn:aws:{service}:{}:{HUB}:{resource}", call.region);
    match call.service.as_str() {
        "dynamodb" => {
            let index = text("IndexName").map(|index| format!("/index/{index}")).unwrap_or_default();
            let named = text("TableName").into_iter().map(str::to_owned);
            let batch = input["RequestItems"].as_object().into_iter().flat_map(|tables| tables.keys().cloned());
            named.chain(batch).map(|table| arn("dynamodb", &format!("table/{table}{index}"))).collect()
        }
        "sns" => text("TopicArn").map(str::to_owned).into_iter().collect(),
        "sqs" => text("QueueUrl").and_then(|url| Some(arn("sqs", url.rsplit('/').next()?))).into_iter().collect(),
        "ssm" => text("Name").map(|name| arn("ssm", &format!("parameter{name}"))).into_iter().collect(),
        "secretsmanager" => {
            text("SecretId").map(|id| arn("secretsmanager", &format!("secret:{id}"))).into_iter().collect()
        }
        "logs" => text("logGroupName").map(|group| arn("logs", &format!("log-group:{group}:"))).into_iter().collect(),
        "codepipeline" => {
            let name = text("pipelineName").or_else(|| text("name"));
            name.map(|name| arn("codepipeline", name)).into_iter().collect()
        }
        "codebuild" => {
            let projects = texts(&input["ids"]).into_iter().filter_map(|id| id.split(':').next());
            let projects = projects.map(|project| arn("codebuild", &format!("project/{project}")));
            // What may be read of a report, its group says.
            let reports = texts(&input["reportArns"]).into_iter().chain(input["reportArn"].as_str());
            let groups = reports.filter_map(|report| report.split(":report/").nth(1)?.split(':').next());
            projects.chain(groups.map(|group| arn("codebuild", &format!("report-group/{group}")))).collect()
        }
        "sts" => text("RoleArn").map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether one of the statements allows an action on a resource; on whatever there is, where none is named.
pub(crate) fn allow(statements: &[Value], action: &str, resource: Option<&str>) -> bool {
    statements.iter().any(|statement| {
        statement["Effect"] == "Allow"
            && texts(&statement["Action"]).contains(&action)
            && resource
                .is_none_or(|resource| texts(&statement["Resource"]).iter().any(|pattern| fits(pattern, resource)))
    })
}

/// Every action that the statements allow.
pub(crate) fn allowed(statements: &[Value]) -> BTreeSet<String> {
    let allowing = statements.iter().filter(|statement| statement["Effect"] == "Allow");
    allowing.flat_map(|statement| texts(&statement["Action"])).map(str::to_owned).collect()
}

/// Whether IAM lets somebody with these statements do this: some statement allows it, and none denies it. A condition
/// compares texts, and fails if the request does not have the key.
pub(crate) fn permit(statements: &[Value], action: &str, resource: &str, request: &[(&str, &str)]) -> bool {
    let applies = |statement: &&Value| {
        let fits_any = |patterns: &Value, text: &str| texts(patterns).iter().any(|pattern| fits(pattern, text));
        let operators = statement["Condition"].as_object();
        fits_any(&statement["Action"], action)
            && fits_any(&statement["Resource"], resource)
            && operators.into_iter().flatten().all(|(operator, keys)| {
                assert_eq!(operator, "StringEquals", "{statement}");
                keys.as_object().unwrap().iter().all(|(key, values)| {
                    let given = request.iter().find(|(name, _)| name == key).map(|(_, value)| *value);
                    given.is_some_and(|given| texts(values).contains(&given))
                })
            })
    };
    let effect = |effect: &str| statements.iter().filter(applies).any(|statement| statement["Effect"] == effect);
    effect("Allow") && !effect("Deny")
}

/// Whether a text is what a pattern with `*` says.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|tail| {
            rest.is_empty()
                || tail.char_indices().any(|(at, _)| tail.get(at..).is_some_and(|tail| fits(rest, tail)))
                || fits(rest, "")
        }),
    }
}

#[test]
fn a_pattern_fits_what_it_says() {
    for (pattern, text, wanted) in [
        ("*", "", true),
        ("a", "a", true),
        ("a", "ab", false),
        ("arn:*:log-group:/aws/*:*", "arn:aws:logs:eu-west-1:1:log-group:/aws/codebuild/web:", true),
        ("arn:*:log-group:/aws/*:*", "arn:aws:logs:eu-west-1:1:log-group:/mine/web:", false),
        ("table/x", "table/x/index/list", false),
        ("a*b", "ab", true),
        ("a*b", "acbd", false),
    ] {
        assert_eq!(fits(pattern, text), wanted, "{pattern} {text}");
    }
}
