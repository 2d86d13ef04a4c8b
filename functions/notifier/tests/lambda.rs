//! The notifier as Lambda runs it: its own binary, events by SQS, everything over HTTP.

mod account;

use account::{Account, NOTIFIER, TOKEN, all_done, batch, credentials, deliver, events, invoke, raw};
use serde_json::{Value, json};
use test_support::emulator::moto;
use test_support::fault::Fault;
use test_support::recorder::Recorder;
use test_support::runtime_api::{Function, FunctionError};
use test_support::stand_in::SlackFault;

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_is_told_once_by_mail_and_in_slack() {
    let account = Account::open(
        "version: 1\ndestinations:\n  hook: { slack-webhook: \"env:SLACK_WEBHOOK\" }\nroutes:\n  - to: [hook, default]\n",
    )
    .await;
    let function = account.start().await;
    let run = events("codepipeline-run-build-failed");
    for _ in 0..2 {
        deliver(&function, &run).await;
    }
    assert_eq!(account.subjects().await, ["[FAILED] payments-api failed in Build / UnitTests"]);
    let messages = account.slack.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].body["blocks"][0]["text"]["text"], ":red_circle: payments-api failed in Build / UnitTests");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_queue_is_taken_as_well() {
    let account = Account::open("version: 1\n").await;
    let function = account.start().await;
    for event in events("codepipeline-run-running") {
        assert_eq!(invoke(&function, &event).await, Value::Null);
    }
    assert_eq!(account.subjects().await, ["[ATTENTION] mobile-bff needs approval: Release / ApproveRelease"]);
    let swept = invoke(&function, &json!({"andon": "sweep"})).await;
    assert_eq!(swept["pipelines"], 1, "the sweep reads the same table: {}", function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bots_message_grows_with_the_failure_and_its_run_has_one_thread() {
    let account = Account::open(
        "version: 1\nslack-token: env:SLACK_TOKEN\ndestinations:\n  team: { slack: deployments }\nroutes:\n  - to: team\n    mention: here\n",
    )
    .await;
    let function = account.start().await;
    for event in events("codepipeline-run-deploy-failed-parallel") {
        assert_eq!(invoke(&function, &batch(&[event])).await, all_done(), "{}", function.log());
    }
    let messages = account.slack.messages();
    assert_eq!(messages.len(), 1, "four actions fail, one message tells of it");
    assert!(messages[0].updates >= 3, "each further failure is added to it");
    let header = messages[0].body["blocks"][0]["text"]["text"].as_str().unwrap();
    assert_eq!(header, ":red_circle: orders-fulfilment failed in DeployWarehouses: 4 actions");

    for event in events("codepipeline-run-retry-succeeded") {
        assert_eq!(invoke(&function, &batch(&[event])).await, all_done(), "{}", function.log());
    }
    let messages = account.slack.messages();
    assert_eq!(messages.len(), 3, "the failure of the other run, and its recovery");
    assert_eq!(messages[2].thread_ts.as_ref(), Some(&messages[1].ts), "the recovery stands under the failure");
    let posts = account.slack.requests();
    assert!(posts.iter().all(|call| !call.body["text"].as_str().unwrap_or_default().is_empty()), "text beside blocks");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_that_asks_to_slow_down_delays_nobody_else() {
    let account = Account::open(
        "version: 1\ndestinations:\n  hook: { slack-webhook: \"env:SLACK_WEBHOOK\" }\nroutes:\n  - to: [hook, default]\n",
    )
    .await;
    let function = account.start().await;
    account.slack.inject_always("webhook", SlackFault::RateLimited(60));
    let run = events("codepipeline-run-commands-failed");
    let mut again = Vec::new();
    for event in &run {
        let answer = invoke(&function, &batch(std::slice::from_ref(event))).await;
        if answer != all_done() {
            again.push(event.clone());
        }
    }
    assert!(!again.is_empty(), "the queue is asked to come again");
    assert_eq!(account.subjects().await.len(), 1, "the mail went out at once");
    assert!(account.slack.messages().is_empty());
    account.slack.clear_faults();
    for event in &again {
        assert_eq!(invoke(&function, &batch(std::slice::from_ref(event))).await, all_done());
    }
    assert_eq!(account.slack.messages().len(), 1, "it is told later, once");
    assert!(account.subjects().await.is_empty(), "and the mail is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_that_asks_for_a_moment_is_given_it_and_other_channels_do_not_wait() {
    let account = Account::open(
        "version: 1\nslack-token: env:SLACK_TOKEN\ndestinations:\n  busy: { slack-webhook: \"env:SLACK_WEBHOOK\" }\n  team: { slack: deployments }\nroutes:\n  - match: { pipeline: docs-* }\n    to: busy\n  - to: team\n",
    )
    .await;
    let function = account.start().await;
    account.slack.inject("webhook", SlackFault::RateLimited(3));
    let mut run = events("codepipeline-run-commands-failed");
    run.extend(events("codepipeline-run-build-failed"));
    let failed: Vec<Value> = run.into_iter().filter(|event| event["detail"]["state"] == "FAILED").collect();
    assert!(failed.len() <= 10, "one batch, the busy channel's first");
    assert_eq!(
        invoke(&function, &batch(&failed)).await,
        all_done(),
        "nothing is left to the queue: {}",
        function.log()
    );
    let channels: Vec<String> = account.slack.messages().into_iter().map(|message| message.channel).collect();
    assert_eq!(channels, ["#deployments", "C0WEBHOOK"], "the other channel is told first");
    let tries = account.slack.requests().into_iter().filter(|call| call.operation == "webhook").count();
    assert_eq!(tries, 2, "it is asked again once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_slack_refuses_goes_to_the_dead_letters_at_once() {
    let account = Account::open(
        "version: 1\nslack-token: env:SLACK_TOKEN\ndestinations:\n  team: { slack: deployments }\nroutes:\n  - to: [team, default]\n",
    )
    .await;
    let function = account.start().await;
    account.slack.inject_always("chat.postMessage", SlackFault::Refused("invalid_auth".to_owned()));
    for event in events("codepipeline-run-commands-failed") {
        assert_eq!(invoke(&function, &batch(&[event])).await, all_done(), "no retry can help: {}", function.log());
    }
    let letters = account.read(&account.dead_letters).await;
    assert_eq!(letters.len(), 1, "once: {letters:#?}");
    assert_eq!(
        letters[0]["reason"],
        "cannot send to team: chat.postMessage: invalid_auth: the token is not valid; store the app's current one under its reference"
    );
    assert_eq!(letters[0]["event"]["source"], "aws.codepipeline");
    assert_eq!(account.subjects().await.len(), 1, "the mail went out all the same");
    let log = function.log();
    assert!(log.contains("cannot send to team"), "{log}");
    assert!(!log.contains(TOKEN), "a token is never logged");
    let tries = account.slack.requests().iter().filter(|call| call.operation == "chat.postMessage").count();
    assert_eq!(tries, 1);
}

/// What is wrong with a destination is found out at its first use where it could not be known before: it goes to the dead
/// letters with its name, and the others are served.
#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_cannot_be_used_is_named_and_the_others_are_served() {
    let parameters = Recorder::start(&moto().unwrap()).unwrap();
    parameters.inject_always("GetParameter", Fault::error(400, "AccessDeniedException", "not authorized"));
    let mut said = Vec::new();
    for (destination, refusal, environment) in [
        ("{ slack: deployments, token: \"ssm:/andon/nowhere\" }", None, None),
        (
            "{ slack: deployments, token: \"ssm:/andon/locked\" }",
            None,
            Some(("AWS_ENDPOINT_URL_SSM", parameters.url())),
        ),
        ("{ slack: deployments, token: \"env:NOT_SET\" }", None, None),
        (
            "{ slack-webhook: \"env:SLACK_WEBHOOK\" }",
            None,
            Some(("SLACK_WEBHOOK", "http://hooks.slack.example/services/T0/B0/SECRET".to_owned())),
        ),
        ("{ slack-webhook: \"env:SLACK_WEBHOOK\" }", Some(("webhook", "channel_is_archived")), None),
        ("{ slack: deployments, token: \"env:SLACK_TOKEN\" }", Some(("chat.postMessage", "is_archived")), None),
        ("{ slack: deployments, token: \"env:SLACK_TOKEN\" }", Some(("chat.postMessage", "not_in_channel")), None),
        ("{ sns: \"arn:aws:sns:us-east-2:123456789012:nowhere\" }", None, None),
    ] {
        let config = format!("version: 1\ndestinations:\n  team: {destination}\nroutes:\n  - to: [team, default]\n");
        let account = Account::open(&config).await;
        if let Some((operation, error)) = refusal {
            account.slack.inject_always(operation, SlackFault::Refused(error.to_owned()));
        }
        let mut variables = account.environment();
        variables.extend(environment.map(|(name, value)| (name.to_owned(), value)));
        let function = Function::start(NOTIFIER, variables).await.unwrap();
        deliver(&function, &events("codepipeline-run-commands-failed")).await;
        assert_eq!(account.subjects().await, ["[FAILED] docs-portal failed in Build / BuildSite"], "{destination}");
        let letters = account.read(&account.dead_letters).await;
        assert_eq!(letters.len(), 1, "{destination}: {letters:#?}");
        let reason = letters[0]["reason"].as_str().unwrap();
        let log = function.log();
        assert!(log.contains("failed permanently: cannot send to team"), "{log}");
        assert!(!log.contains("SECRET") && !log.contains(TOKEN), "{log}");
        said.push(reason.to_owned());
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_record_never_harms_its_neighbours() {
    let account = Account::open("version: 1\n").await;
    let function = account.start().await;
    let run = events("codepipeline-run-commands-failed");
    let failure = run
        .iter()
        .find(|event| event["detail"]["action"] == "BuildSite" && event["detail"]["state"] == "FAILED")
        .unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut event = failure.clone();
        change(&mut event);
        event.to_string()
    };
    let bodies = [
        "{not json".to_owned(),
        "[1, 2]".to_owned(),
        "7".to_owned(),
        with(&|event| event["detail"]["state"] = json!("PAUSED")),
        with(&|event| event["detail"]["padding"] = json!("x".repeat(256 * 1024))),
        with(&|event| event["detail"]["pipeline"] = json!("📦-parcels-🚚")),
        with(&|event| event["time"] = json!("9999-12-31T23:59:59Z")),
        with(&|event| event["detail"]["execution-id"] = json!("arn:aws:codepipeline:eu-west-1:111122223333:x")),
        with(&|event| event["detail"]["execution-id"] = json!(7)),
        failure.to_string(),
    ];
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let answer = invoke(&function, &raw(&bodies)).await;
    assert_eq!(answer, all_done(), "what no retry can mend is not tried again: {}", function.log());
    let mut reasons: Vec<String> = account
        .read(&account.dead_letters)
        .await
        .iter()
        .map(|letter| letter["reason"].as_str().unwrap().to_owned())
        .collect();
    reasons.sort();
    insta::assert_snapshot!(reasons.join("\n"));
    let mut subjects = account.subjects().await;
    subjects.sort();
    assert_eq!(
        subjects,
        [
            "[FAILED] ?-parcels-? failed in Build / BuildSite",
            "[FAILED] docs-portal failed again in Build / BuildSite",
            "[FAILED] docs-portal failed in Build / BuildSite",
        ],
        "the big one is the last one again; the ARN is a run of its own"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_functions_at_once_tell_it_once() {
    let account = Account::open("version: 1\n").await;
    let (one, two) = (account.start().await, account.start().await);
    let run = events("codepipeline-run-build-failed");
    let mut waiting: Vec<Value> = run.iter().rev().cloned().collect();
    for _ in 0..10 {
        let mut again = Vec::new();
        for event in waiting {
            let payload = batch(std::slice::from_ref(&event));
            let (first, second) = tokio::join!(invoke(&one, &payload), invoke(&two, &payload));
            if first != all_done() || second != all_done() {
                again.push(event);
            }
        }
        waiting = again;
        if waiting.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    assert_eq!(waiting, Vec::<Value>::new());
    assert_eq!(account.subjects().await, ["[FAILED] payments-api failed in Build / UnitTests"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_no_event_explains_is_looked_up() {
    let account = Account::open("version: 1\n").await;
    let function = account.start().await;
    let run = events("codepipeline-run-build-failed");
    let mut failed = run
        .iter()
        .find(|event| {
            event["detail-type"].as_str().unwrap().contains("Pipeline Execution")
                && event["detail"]["state"] == "FAILED"
        })
        .unwrap()
        .clone();
    // The function's own account: the pipelines of others cannot be asked about.
    failed["account"] = json!("123456789012");
    account.codepipeline.put_execution(
        "payments-api",
        json!({"pipelineExecutionId": failed["detail"]["execution-id"], "status": "Failed", "startTime": 1_763_626_324.0}),
    );
    account.codepipeline.put_action(
        "payments-api",
        json!({
            "pipelineExecutionId": failed["detail"]["execution-id"],
            "actionExecutionId": "2b0d8c7e-6c1f-4c07-9d0c-7d3f0a3f2f11",
            "pipelineVersion": 6,
            "stageName": "Build",
            "actionName": "UnitTests",
            "startTime": 1_763_626_500.0,
            "lastUpdateTime": 1_763_626_663.0,
            "status": "Failed",
            "input": {"actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}},
            "output": {"executionResult": {
                "externalExecutionId": "payments-api-unit-tests:1",
                "externalExecutionSummary": "Build terminated with state: FAILED",
            }},
        }),
    );
    assert_eq!(invoke(&function, &batch(std::slice::from_ref(&failed))).await, all_done(), "{}", function.log());
    assert_eq!(account.subjects().await, ["[FAILED] payments-api failed in Build / UnitTests"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_missing_or_wrong_stops_the_start_with_its_name() {
    let good = || {
        let mut environment = credentials();
        environment.insert("ANDON_TABLE".to_owned(), "andon".to_owned());
        environment.insert("ANDON_TOPIC_ARN".to_owned(), "arn:aws:sns:eu-west-1:111122223333:andon".to_owned());
        environment
    };
    let mut said = Vec::new();
    for (name, value) in [
        ("ANDON_TABLE", None),
        ("ANDON_TABLE", Some("no/table")),
        ("ANDON_TOPIC_ARN", None),
        ("ANDON_TOPIC_ARN", Some("alerts")),
        ("ANDON_SLACK_API_URL", Some("http://slack.example.com")),
        ("ANDON_CONFIG", Some("/nowhere/andon.yml")),
    ] {
        let mut environment = good();
        match value {
            Some(value) => environment.insert(name.to_owned(), value.to_owned()),
            None => environment.remove(name),
        };
        let Err(error) = Function::start(NOTIFIER, environment).await else { panic!("started without {name}") };
        let (FunctionError::Stopped { log, .. } | FunctionError::NeverPolled { log, .. }) = error else {
            panic!("{error}")
        };
        said.push(log.lines().find(|line| line.contains("Error")).expect(&log).to_owned());
    }
    insta::assert_snapshot!(said.join("\n"));
}
