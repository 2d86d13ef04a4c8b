//! Doing something by voice: asked about, confirmed by a code, done in CodePipeline, and written to the log.

use andon_answers::Locale;
use serde_json::{Value, json};
use test_support::fault::Fault;

use crate::talk::{launch, say, speech, talk, transcript};
use crate::world::{CODE, Voice, World};

fn fill(text: &str) -> Value {
    json!({"fill": text})
}

fn confirm(yes: bool) -> Value {
    json!({"confirm": yes})
}

/// CodePipeline knows the pipelines of the fleet as the ledger does.
fn know(world: &World) {
    let ledger = |file: &str| andon::testing::events(file)[0]["detail"]["execution-id"].clone();
    let stage = |name: &str, run: &Value, status: &str, actions: Value| json!({"stageName": name, "latestExecution": {"pipelineExecutionId": run, "status": status}, "actionStates": actions});
    let aws = &world.codepipeline;
    let failed = ledger("codepipeline-run-build-failed");
    aws.set_pipeline_state(
        json!({"pipelineName": "payments-api", "stageStates": [stage("Build", &failed, "Failed", json!([]))]}),
    );
    aws.put_execution(
        "payments-api",
        json!({"pipelineExecutionId": failed, "status": "Failed", "startTime": 1_767_225_600}),
    );
    let running = ledger("codepipeline-run-running");
    let token = "5d8f1f7e-8f0a-4b39-8a0e-6f7d5a3c2b1a";
    let waiting =
        json!([{"actionName": "ApproveRelease", "latestExecution": {"status": "InProgress", "token": token}}]);
    aws.set_pipeline_state(
        json!({"pipelineName": "mobile-bff", "stageStates": [stage("Release", &running, "InProgress", waiting)]}),
    );
    aws.put_execution(
        "web-frontend",
        json!({"pipelineExecutionId": running, "status": "InProgress", "startTime": 1_767_225_600}),
    );
}

/// What CodePipeline was told to do; looks do not count.
fn done(world: &World) -> Vec<String> {
    let calls = world.codepipeline.take_requests().into_iter().map(|call| call.operation);
    calls.filter(|operation| !operation.starts_with("Get")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_by_the_code_is_done_and_written_down() {
    let world = World::with_fleet(&Voice::On).await;
    know(&world);
    let retry = [launch(), say("retry payments api"), confirm(true), fill(CODE), say("no")];
    let approve = [say("approve mobile bff"), say("yes"), say(CODE), say("no")];
    let stop = [say("pull the cord on web frontend"), confirm(true), fill("4 7 1 1"), say("no")];
    let mut talks = Vec::new();
    for (steps, operation) in
        [(&retry[..], "RetryStageExecution"), (&approve, "PutApprovalResult"), (&stop, "StopPipelineExecution")]
    {
        talks.push(transcript(&talk(&world, Locale::EnUs, false, steps)));
        assert_eq!(done(&world), [operation]);
    }
    insta::assert_snapshot!(talks.join("\n"));
    let log = world.function.log();
    for written in [
        "retry by voice: done",
        "approve by voice: done",
        "stop by voice: done",
        "amzn1.ask.account.AEXAMPLE",
        "payments-api",
    ] {
        assert!(log.contains(written), "{written} is not in {log}");
    }
    assert!(!log.contains(CODE), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_which_and_left_alone_and_never_done_unasked() {
    let world = World::with_fleet(&Voice::On).await;
    know(&world);
    let conversations = [
        vec![say("retry the failed stage of payments api"), confirm(false), say("no")],
        vec![say("stop web frontend"), say("no"), say("what is failing")],
        // Which one? The first.
        vec![launch(), say("retry checkout service"), say("the first one")],
        vec![launch(), say("retry"), fill("payments api"), say("why"), say(CODE)],
        // A code without a yes is no yes.
        vec![
            say("retry payments api"),
            json!({"intent": "RetryIntent", "slots": {"pipeline": "payments api", "code": CODE}}),
        ],
        // Another pipeline is another question.
        vec![say("retry payments api"), say("I mean mobile bff")],
        vec![
            launch(),
            say("approve checkout service prod"),
            say("reject orders fulfilment"),
            say("stop payments api"),
            say("retry web frontend"),
        ],
    ];
    let talks: Vec<String> =
        conversations.iter().map(|steps| transcript(&talk(&world, Locale::EnUs, false, steps))).collect();
    insta::assert_snapshot!(talks.join("\n"));
    assert!(done(&world).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_refused_and_after_five_even_the_right_one() {
    let world = World::with_fleet(&Voice::On).await;
    know(&world);
    let attempt = |code: &str| [say("retry payments api"), confirm(true), fill(code)];
    for wrong in ["0000", "1234", "4712", "471", "47111"] {
        let turns = talk(&world, Locale::EnUs, false, &attempt(wrong));
        let last = turns.last().unwrap();
        assert_eq!(speech(&last.response), "I am sorry, I cannot do that.", "{}", world.function.log());
        assert_eq!(last.response["response"]["shouldEndSession"], json!(true));
    }
    let turns = talk(&world, Locale::EnUs, false, &attempt(CODE));
    assert_eq!(speech(&turns.last().unwrap().response), "I am sorry, I cannot do that.");
    assert!(done(&world).is_empty());
    let log = world.function.log();
    assert_eq!(log.matches("denied: wrong code").count(), 5, "{log}");
    assert!(log.contains("denied: too many wrong codes in this hour"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_the_same_whatever_the_reason() {
    let (on, off) = (World::with_fleet(&Voice::Others).await, World::with_fleet(&Voice::Off).await);
    for world in [&on, &off] {
        know(world);
    }
    let heard = |world: &World, text: &str| speech(&talk(world, Locale::EnUs, false, &[say(text)])[0].response);
    for text in ["retry payments api", "approve mobile bff", "stop the run of no such thing", "reject"] {
        assert_eq!(heard(&on, text), "I am sorry, I cannot do that.");
        assert_eq!(heard(&off, text), "I am not set up to change anything.");
    }
    assert!(on.function.log().contains("the user is not listed under `voice.users` in andon.yml"));
    assert!(done(&on).is_empty() && done(&off).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_somebody_else_in_the_session_is_refused() {
    let world = World::with_fleet(&Voice::On).await;
    let mut forged = crate::world::envelope(&json!({
        "type": "IntentRequest", "locale": "en-US",
        "intent": {"name": "RetryIntent", "slots": {"pipeline": {"name": "pipeline", "value": "payments api"}}},
    }));
    forged["session"]["user"]["userId"] = json!("amzn1.ask.account.BEXAMPLE");
    assert_eq!(speech(&world.send(&forged).await), "I am sorry, I cannot do that.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_that_nobody_asked_for_counts_for_nothing() {
    let world = World::with_fleet(&Voice::On).await;
    let request = crate::world::envelope(&json!({
        "type": "IntentRequest", "locale": "en-US",
        "intent": {"name": "RetryIntent", "confirmationStatus": "CONFIRMED", "slots": {
            "pipeline": {"name": "pipeline", "value": "payments api"}, "code": {"name": "code", "value": CODE},
        }},
    }));
    let reply = world.send(&request).await;
    assert_eq!(speech(&reply), "Shall I retry build of payments API?");
    assert!(done(&world).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_codepipeline_refuses_is_told_in_a_sentence_that_helps() {
    let world = World::with_fleet(&Voice::On).await;
    know(&world);
    let mut told = Vec::new();
    for (code, operation, what) in [
        ("StageNotRetryableException", "RetryStageExecution", "retry payments api"),
        ("NotLatestPipelineExecutionException", "RetryStageExecution", "retry payments api"),
        ("ConflictException", "RetryStageExecution", "retry payments api"),
        ("PipelineNotFoundException", "RetryStageExecution", "retry payments api"),
        ("AccessDeniedException", "RetryStageExecution", "retry payments api"),
        ("ApprovalAlreadyCompletedException", "PutApprovalResult", "approve mobile bff"),
        ("InvalidApprovalTokenException", "PutApprovalResult", "reject mobile bff"),
        ("PipelineExecutionNotStoppableException", "StopPipelineExecution", "stop web frontend"),
    ] {
        world.codepipeline.inject_always(operation, Fault::error(400, code, "as AWS says"));
        for locale in [Locale::EnUs, Locale::De] {
            let wish = match (locale, what) {
                (Locale::EnUs, what) => what.to_owned(),
                (_, what) => {
                    let (verb, name) = what.split_once(' ').unwrap();
                    match verb {
                        "retry" => format!("wiederhole {name}"),
                        "approve" => format!("genehmige {name}"),
                        "reject" => format!("lehne {name} ab"),
                        _ => format!("stoppe {name}"),
                    }
                }
            };
            let turns = talk(&world, locale, false, &[say(&wish), confirm(true), fill(CODE)]);
            told.push(format!("{code}: {}", speech(&turns[2].response)));
        }
        world.codepipeline.clear_faults();
    }
    world.codepipeline.inject_always("StopPipelineExecution", Fault::Hang);
    let turns = talk(&world, Locale::EnUs, false, &[say("stop web frontend"), confirm(true), fill(CODE)]);
    told.push(format!("no answer: {}", speech(&turns[2].response)));
    insta::assert_snapshot!(told.join("\n"));
}
