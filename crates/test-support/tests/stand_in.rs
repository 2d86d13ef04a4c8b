//! The stand-ins answer in AWS's and Slack's shapes, keep what they are told, and fail as they are told.
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use serde_json::{Value, json};
use test_support::ask::{self, Reply};
use test_support::fault::Fault;
use test_support::shapes;
use test_support::stand_in::{Aws, Slack, SlackFault};

const EXECUTION: &str = "3137f7cb-7cf7-4f8b-9c1f-0a1b2c3d4e5f";
const TOKEN: &str = "1a2b3c4d-573f-4ea7-a67e-0123456789ab";

fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    ask::post(url, headers, body).unwrap()
}

fn target(aws: &Aws, target: &str, input: &Value) -> Reply {
    post(&aws.url(), &[("X-Amz-Target", target), ("Content-Type", "application/x-amz-json-1.1")], &input.to_string())
}

fn codepipeline(aws: &Aws, operation: &str, input: &Value) -> Reply {
    target(aws, &format!("CodePipeline_20150709.{operation}"), input)
}

fn describe_stack_events(aws: &Aws, more: &str) -> Reply {
    let form = format!("Action=DescribeStackEvents&Version=2010-05-15&StackName=web{more}");
    post(&aws.url(), &[("Content-Type", "application/x-www-form-urlencoded")], &form)
}

/// A world with one of everything.
fn aws() -> Aws {
    let aws = Aws::start().unwrap();
    aws.declare_pipeline(json!({
        "name": "orders", "version": 3, "pipelineType": "V2", "executionMode": "QUEUED",
        "roleArn": "arn:aws:iam::123456789012:role/orders",
        "stages": [{ "name": "Source", "actions": [{
            "name": "Git", "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
        }] }],
    }));
    aws.set_pipeline_state(json!({
        "pipelineName": "orders", "pipelineVersion": 3, "stageStates": [{
            "stageName": "Build",
            "latestExecution": { "pipelineExecutionId": EXECUTION, "status": "Failed" },
            "actionStates": [],
        }, {
            "stageName": "Prod",
            "latestExecution": { "pipelineExecutionId": EXECUTION, "status": "InProgress" },
            "actionStates": [{
                "actionName": "Sign-off",
                "latestExecution": { "actionExecutionId": "a-1", "status": "InProgress", "token": TOKEN, "lastStatusChange": 1_767_225_700.5 },
            }],
        }],
    }));
    for (number, status) in [(1, "Failed"), (2, "Succeeded"), (3, "InProgress")] {
        aws.put_execution("orders", json!({
            "pipelineExecutionId": EXECUTION.replace("3137", &format!("000{number}")), "status": status,
            "startTime": 1_767_225_600 + number, "lastUpdateTime": 1_767_225_660 + number,
            "sourceRevisions": [{ "actionName": "Git", "revisionId": "abc", "revisionSummary": "Fix & <mend>", "revisionUrl": "https://example.com/abc" }],
            "trigger": { "triggerType": "Webhook", "triggerDetail": "push" }, "executionMode": "QUEUED",
        }));
    }
    aws.put_execution(
        "orders",
        json!({ "pipelineExecutionId": EXECUTION, "status": "InProgress", "startTime": 1_767_225_610 }),
    );
    aws.put_action("orders", json!({
        "pipelineExecutionId": EXECUTION, "actionExecutionId": "a-2", "pipelineVersion": 3, "stageName": "Build", "actionName": "Compile",
        "startTime": 1_767_225_620, "lastUpdateTime": 1_767_225_640, "status": "Failed",
        "output": { "executionResult": { "externalExecutionId": "orders:1", "externalExecutionSummary": "Build terminated with state: FAILED", "errorDetails": { "code": "JobFailed", "message": "no" } } },
    }));
    aws.put_build(json!({
        "id": "orders:1", "arn": "arn:aws:codebuild:us-east-1:123456789012:build/orders:1", "buildStatus": "FAILED", "currentPhase": "COMPLETED",
        "phases": [{ "phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{ "statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1" }] }],
        "logs": { "groupName": "/aws/codebuild/orders", "streamName": "1" },
    }));
    aws.append_log(
        "/aws/codebuild/orders",
        "1",
        (0..25).map(|line| (1_767_225_600_000 + line, format!("line {line}"))),
    );
    aws.put_deployment(json!({
        "deploymentId": "d-ABCDEF123", "applicationName": "web", "status": "Failed", "createTime": 1_767_225_600,
        "errorInformation": { "code": "HEALTH_CONSTRAINTS", "message": "too few" },
    }));
    aws.put_deployment_target("d-ABCDEF123", json!({
        "deploymentTargetType": "InstanceTarget",
        "instanceTarget": { "deploymentId": "d-ABCDEF123", "targetId": "i-1", "status": "Failed", "lifecycleEvents": [{
            "lifecycleEventName": "ApplicationStart", "status": "Failed",
            "diagnostics": { "errorCode": "ScriptFailed", "scriptName": "start.sh", "message": "exit 1", "logTail": "[stderr]no port" },
        }] },
    }));
    for (event, status) in [("e-1", "CREATE_IN_PROGRESS"), ("e-2", "CREATE_FAILED")] {
        aws.push_stack_event(json!({
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/web/1", "EventId": event, "StackName": "web",
            "LogicalResourceId": "Bucket", "ResourceType": "AWS::S3::Bucket", "Timestamp": "2026-01-01T00:00:00Z",
            "ResourceStatus": status, "ResourceStatusReason": "name <taken> & gone",
        }));
    }
    aws.put_service(json!({
        "serviceArn": "arn:aws:ecs:us-east-1:123456789012:service/main/web", "serviceName": "web",
        "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/main", "status": "ACTIVE", "desiredCount": 2,
        "events": [{ "id": "1", "createdAt": 1_767_225_600, "message": "(service web) was unable to place a task" }],
    }));
    aws.put_task(json!({
        "taskArn": "arn:aws:ecs:us-east-1:123456789012:task/main/t1", "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/main",
        "group": "service:web", "desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited", "containers": [{ "name": "app", "exitCode": 137, "reason": "OutOfMemory" }],
    }));
    aws
}

#[test]
fn every_operation_has_the_shapes_that_aws_describes() {
    let aws = aws();
    let ok = |answer: &Reply| assert_eq!(answer.status, 200, "{}", answer.body);
    ok(&codepipeline(&aws, "ListPipelines", &json!({})));
    ok(&codepipeline(&aws, "GetPipeline", &json!({ "name": "orders" })));
    ok(&codepipeline(&aws, "GetPipelineState", &json!({ "name": "orders" })));
    ok(&codepipeline(&aws, "ListPipelineExecutions", &json!({ "pipelineName": "orders", "maxResults": 2 })));
    ok(&codepipeline(
        &aws,
        "ListActionExecutions",
        &json!({ "pipelineName": "orders", "filter": { "pipelineExecutionId": EXECUTION } }),
    ));
    let first = EXECUTION.replace("3137", "0001");
    ok(&codepipeline(&aws, "GetPipelineExecution", &json!({ "pipelineName": "orders", "pipelineExecutionId": first })));
    ok(&codepipeline(&aws, "PutApprovalResult", &approval(TOKEN)));
    ok(&codepipeline(
        &aws,
        "RetryStageExecution",
        &json!({ "pipelineName": "orders", "stageName": "Build", "pipelineExecutionId": EXECUTION, "retryMode": "FAILED_ACTIONS" }),
    ));
    ok(&codepipeline(
        &aws,
        "StopPipelineExecution",
        &json!({ "pipelineName": "orders", "pipelineExecutionId": EXECUTION }),
    ));
    ok(&target(&aws, "CodeBuild_20161006.BatchGetBuilds", &json!({ "ids": ["orders:1", "orders:2"] })));
    ok(&target(
        &aws,
        "Logs_20140328.GetLogEvents",
        &json!({ "logGroupName": "/aws/codebuild/orders", "logStreamName": "1" }),
    ));
    ok(&target(&aws, "CodeDeploy_20141006.GetDeployment", &json!({ "deploymentId": "d-ABCDEF123" })));
    ok(&target(&aws, "CodeDeploy_20141006.ListDeploymentTargets", &json!({ "deploymentId": "d-ABCDEF123" })));
    ok(&target(
        &aws,
        "CodeDeploy_20141006.BatchGetDeploymentTargets",
        &json!({ "deploymentId": "d-ABCDEF123", "targetIds": ["i-1"] }),
    ));
    ok(&target(
        &aws,
        "AmazonEC2ContainerServiceV20141113.DescribeServices",
        &json!({ "cluster": "main", "services": ["web", "gone"] }),
    ));
    ok(&target(
        &aws,
        "AmazonEC2ContainerServiceV20141113.ListTasks",
        &json!({ "cluster": "main", "serviceName": "web", "desiredStatus": "STOPPED" }),
    ));
    ok(&target(
        &aws,
        "AmazonEC2ContainerServiceV20141113.DescribeTasks",
        &json!({ "cluster": "main", "tasks": ["t1"] }),
    ));
    ok(&describe_stack_events(&aws, ""));
    let calls = aws.requests();
    assert_eq!(calls.len(), 18);
    assert_eq!(shapes::violations(&calls).unwrap(), Vec::<String>::new());
}

#[test]
fn every_refusal_is_one_that_the_operation_knows() {
    let aws = aws();
    let refused = |answer: &Reply| assert_eq!(answer.status, 400, "{}", answer.body);
    refused(&codepipeline(&aws, "GetPipelineState", &json!({ "name": "nowhere" })));
    refused(&codepipeline(&aws, "ListPipelineExecutions", &json!({ "pipelineName": "orders", "nextToken": "forged" })));
    refused(&codepipeline(
        &aws,
        "GetPipelineExecution",
        &json!({ "pipelineName": "orders", "pipelineExecutionId": EXECUTION.replace('3', "9") }),
    ));
    refused(&target(
        &aws,
        "Logs_20140328.GetLogEvents",
        &json!({ "logGroupName": "/aws/codebuild/orders", "logStreamName": "2" }),
    ));
    refused(&target(&aws, "CodeDeploy_20141006.GetDeployment", &json!({ "deploymentId": "d-NOWHERE12" })));
    refused(&target(
        &aws,
        "CodeDeploy_20141006.BatchGetDeploymentTargets",
        &json!({ "deploymentId": "d-ABCDEF123", "targetIds": ["i-9"] }),
    ));
    assert_eq!(shapes::violations(&aws.requests()).unwrap(), Vec::<String>::new());
}

#[test]
fn the_judge_of_shapes_finds_what_is_wrong() {
    let aws = Aws::start().unwrap();
    aws.put_execution("orders", json!({ "pipelineExecutionId": EXECUTION, "status": "FAILED", "started": 1, "startTime": "2026-01-01T00:00:00Z" }));
    aws.push_stack_event(json!({ "StackName": "web", "EventId": "1", "Timestamp": "yesterday", "Reason": "x" }));
    codepipeline(&aws, "ListPipelineExecutions", &json!({ "pipelineName": "orders" }));
    codepipeline(&aws, "ListPipelineExecutions", &json!({ "pipelineName": "orders", "maxResults": "many" }));
    describe_stack_events(&aws, "");
    let mut found = shapes::violations(&aws.requests()).unwrap();
    for line in &mut found {
        line.truncate(line.find(" is none of").unwrap_or(line.len()));
    }
    found.sort();
    let list = "codepipeline ListPipelineExecutions";
    let first = format!("{list} reply.pipelineExecutionSummaries[0]");
    assert_eq!(
        found,
        [
            "cloudformation DescribeStackEvents reply.StackEvents[0].Timestamp: 'yesterday' is no time in this protocol",
            "cloudformation DescribeStackEvents reply.StackEvents[0]: StackEvent has no member Reason",
            "cloudformation DescribeStackEvents reply.StackEvents[0]: StackId is required",
            &format!("{first}.startTime: '2026-01-01T00:00:00Z' is no time in this protocol"),
            &format!("{first}.status: 'FAILED'"),
            &format!("{first}: PipelineExecutionSummary has no member started"),
            &format!("{list} request.maxResults: a number is wanted, not 'many'"),
        ]
    );
}

#[test]
fn executions_come_newest_first_and_in_pages() {
    let aws = aws();
    let mut ids = Vec::new();
    let mut input = json!({ "pipelineName": "orders", "maxResults": 3 });
    loop {
        let answer = codepipeline(&aws, "ListPipelineExecutions", &input).json();
        let page = answer["pipelineExecutionSummaries"].as_array().unwrap();
        ids.extend(page.iter().map(|execution| execution["pipelineExecutionId"].as_str().unwrap()[..4].to_owned()));
        match answer.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(ids, ["3137", "0003", "0002", "0001"]);
}

#[test]
fn what_is_told_again_takes_the_place_of_what_was_told() {
    let aws = aws();
    aws.put_execution(
        "orders",
        json!({ "pipelineExecutionId": EXECUTION, "status": "Failed", "startTime": 1_767_225_610 }),
    );
    let answer = codepipeline(
        &aws,
        "GetPipelineExecution",
        &json!({ "pipelineName": "orders", "pipelineExecutionId": EXECUTION }),
    );
    assert_eq!(answer.json()["pipelineExecution"]["status"], "Failed");
}

fn approval(token: &str) -> Value {
    json!({
        "pipelineName": "orders", "stageName": "Prod", "actionName": "Sign-off", "token": token,
        "result": { "summary": "fine", "status": "Approved" },
    })
}

#[test]
fn an_approval_needs_the_right_token_and_counts_once() {
    let aws = aws();
    let kind = |answer: Reply| answer.json()["__type"].as_str().map(str::to_owned);
    let wrong = TOKEN.replace('1', "2");
    assert_eq!(
        kind(codepipeline(&aws, "PutApprovalResult", &approval(&wrong))).as_deref(),
        Some("InvalidApprovalTokenException")
    );
    assert_eq!(kind(codepipeline(&aws, "PutApprovalResult", &approval(TOKEN))), None);
    assert_eq!(
        kind(codepipeline(&aws, "PutApprovalResult", &approval(TOKEN))).as_deref(),
        Some("ApprovalAlreadyCompletedException")
    );
}

#[test]
fn only_what_failed_is_retried_and_only_what_runs_is_stopped() {
    let aws = aws();
    let kind = |operation: &str, input: Value| {
        codepipeline(&aws, operation, &input).json()["__type"].as_str().map(str::to_owned)
    };
    let retry = |stage: &str, run: &str| {
        let input = json!({ "pipelineName": "orders", "stageName": stage, "pipelineExecutionId": run, "retryMode": "FAILED_ACTIONS" });
        kind("RetryStageExecution", input)
    };
    assert_eq!(retry("Build", EXECUTION), None);
    assert_eq!(retry("Prod", EXECUTION).as_deref(), Some("StageNotRetryableException"));
    assert_eq!(retry("Gone", EXECUTION).as_deref(), Some("StageNotFoundException"));
    let earlier = EXECUTION.replace("3137", "0001");
    assert_eq!(retry("Build", &earlier).as_deref(), Some("NotLatestPipelineExecutionException"));
    let stop =
        |run: &str| kind("StopPipelineExecution", json!({ "pipelineName": "orders", "pipelineExecutionId": run }));
    assert_eq!(stop(EXECUTION), None);
    assert_eq!(stop(EXECUTION).as_deref(), Some("DuplicatedStopRequestException"));
    assert_eq!(stop(&earlier).as_deref(), Some("PipelineExecutionNotStoppableException"));
}

#[test]
fn a_log_is_read_forward_to_its_end() {
    let aws = aws();
    let mut input =
        json!({ "logGroupName": "/aws/codebuild/orders", "logStreamName": "1", "limit": 10, "startFromHead": true });
    let mut lines = 0;
    loop {
        let answer = target(&aws, "Logs_20140328.GetLogEvents", &input).json();
        lines += answer["events"].as_array().unwrap().len();
        if input["nextToken"] == answer["nextForwardToken"] {
            break;
        }
        input["nextToken"] = answer["nextForwardToken"].clone();
    }
    assert_eq!(lines, 25);
}

#[test]
fn a_log_is_read_back_from_its_end() {
    let aws = aws();
    let mut input = json!({ "logGroupName": "/aws/codebuild/orders", "logStreamName": "1", "limit": 20 });
    let answer = target(&aws, "Logs_20140328.GetLogEvents", &input).json();
    assert_eq!(
        (&answer["events"][0]["message"], &answer["events"][19]["message"]),
        (&json!("line 5"), &json!("line 24"))
    );
    input["nextToken"] = answer["nextBackwardToken"].clone();
    let answer = target(&aws, "Logs_20140328.GetLogEvents", &input).json();
    assert_eq!(answer["events"].as_array().unwrap().len(), 5);
    assert_eq!(answer["events"][4]["message"], "line 4");
}

#[test]
fn a_page_of_a_log_holds_a_megabyte() {
    let aws = Aws::start().unwrap();
    aws.append_log("g", "s", (0..30).map(|at| (at, "x".repeat(100_000))));
    let answer =
        target(&aws, "Logs_20140328.GetLogEvents", &json!({ "logGroupName": "g", "logStreamName": "s" })).json();
    assert_eq!(answer["events"].as_array().unwrap().len(), 10);
}

#[test]
fn stack_events_come_newest_first_and_escaped() {
    let aws = aws();
    let answer = describe_stack_events(&aws, "");
    assert!(answer.body.find("e-2") < answer.body.find("e-1"), "{}", answer.body);
    assert!(answer.body.contains("name &lt;taken&gt; &amp; gone"), "{}", answer.body);
}

#[test]
fn a_service_that_is_not_there_is_a_failure_beside_those_that_are() {
    let answer = target(
        &aws(),
        "AmazonEC2ContainerServiceV20141113.DescribeServices",
        &json!({ "cluster": "main", "services": ["gone", "web"] }),
    )
    .json();
    assert_eq!(
        (&answer["services"][0]["serviceName"], &answer["failures"][0]["reason"]),
        (&json!("web"), &json!("MISSING"))
    );
}

#[test]
fn faults_come_in_their_order_and_then_no_more() {
    let aws = aws();
    aws.inject("GetPipelineState", Fault::throttled());
    aws.inject("GetPipelineState", Fault::unavailable());
    aws.inject("GetPipelineState", Fault::Close);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(codepipeline(&aws, "GetPipelineState", &json!({ "name": "orders" })).status);
    }
    assert_eq!(statuses, [400, 503, 0, 200]);
    let noted: Vec<_> = aws.requests().iter().map(|call| call.status).collect();
    assert_eq!(noted, [Some(400), Some(503), None, Some(200)]);
}

#[test]
fn a_standing_fault_stays_until_it_is_lifted_and_harms_no_other_operation() {
    let aws = aws();
    aws.inject_always("GetPipelineState", Fault::error(400, "AccessDeniedException", "no"));
    let state = || codepipeline(&aws, "GetPipelineState", &json!({ "name": "orders" }));
    assert_eq!((state().status, state().json()["message"].clone()), (400, json!("no")));
    assert_eq!(codepipeline(&aws, "GetPipeline", &json!({ "name": "orders" })).status, 200);
    aws.clear_faults();
    assert_eq!(state().status, 200);
}

#[test]
fn an_operation_that_nobody_stands_in_for_is_refused() {
    let aws = aws();
    assert_eq!(
        codepipeline(&aws, "DeletePipeline", &json!({ "name": "orders" })).json()["__type"],
        "UnknownOperationException"
    );
    assert_eq!(target(&aws, "DynamoDB_20120810.PutItem", &json!({})).json()["__type"], "UnknownOperationException");
}

fn slack(slack: &Slack, method: &str, body: &Value) -> Reply {
    let headers = [("Authorization", "Bearer xoxb-1"), ("Content-Type", "application/json; charset=utf-8")];
    post(&format!("{}/{method}", slack.api_url()), &headers, &body.to_string())
}

#[test]
fn slack_keeps_what_is_posted_and_updated() {
    let workspace = Slack::start().unwrap();
    let posted = slack(&workspace, "chat.postMessage", &json!({ "channel": "C1", "text": "red" })).json();
    let ts = posted["ts"].as_str().unwrap();
    slack(&workspace, "chat.postMessage", &json!({ "channel": "C1", "text": "why", "thread_ts": ts }));
    assert_eq!(
        slack(&workspace, "chat.update", &json!({ "channel": "C1", "ts": ts, "text": "green" })).json()["ok"],
        true
    );
    let messages = workspace.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!((messages[0].body["text"].as_str(), messages[0].updates), (Some("green"), 1));
    assert_eq!(messages[1].thread_ts.as_deref(), Some(ts));
    assert_eq!(workspace.requests().len(), 3);
}

#[test]
fn slack_refuses_with_status_200() {
    let workspace = Slack::start().unwrap();
    workspace.only_channels(["C1"]);
    let error = |method, body: &Value| {
        let answer = slack(&workspace, method, body);
        assert_eq!(answer.status, 200);
        answer.json()["error"].as_str().map(str::to_owned)
    };
    assert_eq!(
        error("chat.postMessage", &json!({ "channel": "C2", "text": "x" })).as_deref(),
        Some("channel_not_found")
    );
    assert_eq!(error("chat.postMessage", &json!({ "channel": "C1" })).as_deref(), Some("no_text"));
    assert_eq!(
        error("chat.update", &json!({ "channel": "C1", "ts": "1.0", "text": "x" })).as_deref(),
        Some("message_not_found")
    );
    let blocks = vec![json!({ "type": "divider" }); 51];
    assert_eq!(
        error("chat.postMessage", &json!({ "channel": "C1", "text": "x", "blocks": blocks })).as_deref(),
        Some("invalid_blocks")
    );
    let long = json!([{ "type": "section", "text": { "type": "mrkdwn", "text": "x".repeat(3001) } }]);
    assert_eq!(
        error("chat.postMessage", &json!({ "channel": "C1", "text": "x", "blocks": long })).as_deref(),
        Some("invalid_blocks")
    );
    assert_eq!(
        post(&format!("{}/chat.postMessage", workspace.api_url()), &[], r#"{"channel":"C1","text":"x"}"#).json()["error"],
        "not_authed"
    );
    assert!(workspace.messages().is_empty());
}

#[test]
fn a_webhook_answers_ok_or_in_plain_words() {
    let workspace = Slack::start().unwrap();
    let send = |body: &str| {
        let answer = post(&workspace.webhook_url(), &[("Content-Type", "application/json")], body);
        (answer.status, answer.body)
    };
    assert_eq!(send(r#"{"text":"red"}"#), (200, "ok".into()));
    assert_eq!(send("{}"), (400, "no_text".into()));
    assert_eq!(send("{"), (400, "invalid_payload".into()));
    assert_eq!(workspace.messages().len(), 1);
}

#[test]
fn slack_fails_as_it_is_told() {
    let workspace = Slack::start().unwrap();
    for fault in [
        SlackFault::RateLimited(3),
        SlackFault::Status(500, "rollup_error".into()),
        SlackFault::Refused("token_revoked".into()),
        SlackFault::Close,
    ] {
        workspace.inject("chat.postMessage", fault);
    }
    let post = || slack(&workspace, "chat.postMessage", &json!({ "channel": "C1", "text": "x" }));
    let limited = post();
    assert!(limited.status == 429 && limited.head.contains("retry-after: 3"), "{}", limited.head);
    assert_eq!(post().status, 500);
    assert_eq!(post().json()["error"], "token_revoked");
    assert_eq!(post().status, 0);
    assert!(workspace.messages().is_empty());
    workspace.inject("chat.postMessage", SlackFault::LostReply);
    assert_eq!((post().status, workspace.messages().len()), (0, 1), "it was posted all the same");
}
