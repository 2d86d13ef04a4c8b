//! The Slack app as Lambda runs it: its own binary twice, with the queue between them, a ledger in DynamoDB, CodePipeline to
//! act on, and a Slack.

use std::path::PathBuf;

use andon::alert::{Alert, AlertKind, Settle, due};
use andon::event::{Event, Received, parse};
use andon::history::History;
use andon::ledger::{Ledger as _, NoArchive, record};
use andon::run::{DeploymentRule, Run, WaitPolicy};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_config::Config;
use andon_notify::destination::slack::render_in_chat;
use andon_notify::message::{Context, compose};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::{dynalite, moto};
use test_support::runtime_api::Function;
use test_support::slack_request::{form, request, sign};
use test_support::stand_in::{Aws, Slack};
use test_support::unique;

const CHAT: &str = env!("CARGO_BIN_EXE_chat");
/// The account that the function runs in.
pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
pub(crate) const TEAM: &str = "T0123456789";
pub(crate) const CHANNEL: &str = "C0123456789";
/// Who may do everything, who is in the group that may approve, and who may nothing.
pub(crate) const ALICE: &str = "U0ALICE0000";
pub(crate) const BOB: &str = "U0B0B000000";
pub(crate) const EVE: &str = "U0EVE000000";

const RULES: &str = "
  may:
    - { actions: [approve, reject], match: { pipeline: \"*-prod\" }, who: U0N0B0DY000 }
    - { actions: [approve, reject], who: [U0ALICE0000, S0RELEASERS] }
    - { actions: [retry, stop, on-it, mute], who: [U0ALICE0000, U0B0B000000] }
";

/// A run of the sample events: of which file, how many of its events, as which pipeline, and the time since the last.
type Told = (&'static str, usize, &'static str, SignedDuration);

const FLEET: [Told; 5] = [
    ("codepipeline-run-build-failed", 12, "payments-api", SignedDuration::from_mins(100)),
    ("codepipeline-run-succeeded", 24, "checkout-svc", SignedDuration::from_mins(120)),
    ("codepipeline-run-running", 16, "mobile-bff", SignedDuration::from_mins(150)),
    ("codepipeline-run-running", 7, "web-frontend", SignedDuration::from_mins(105)),
    ("codepipeline-run-running", 16, "billing-prod", SignedDuration::from_mins(30)),
];

pub(crate) struct World {
    pub(crate) chat: Function,
    pub(crate) worker: Function,
    pub(crate) slack: Slack,
    pub(crate) codepipeline: Aws,
    pub(crate) ledger: DynamoLedger<SystemClock>,
    queues: aws_sdk_sqs::Client,
    queue: String,
    runs: Vec<Run>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with_rules(RULES).await
    }

    pub(crate) async fn with_rules(rules: &str) -> Self {
        let (shared, table) = (aws::config(&moto().unwrap(), "eu-west-1"), unique("andon-test"));
        let dynamodb = dynalite().unwrap();
        let (codepipeline, slack) = (Aws::start().unwrap(), Slack::start().unwrap());
        let ledger = DynamoLedger::connect(&aws::config(&dynamodb, "eu-west-1"), &table, SystemClock);
        ledger.create_table().await.unwrap();
        let runs: Vec<Run> = FLEET.iter().map(|told| run(*told)).collect();
        for run in &runs {
            record(&ledger, &NoArchive, &DeploymentRule::default(), run.clone()).await.unwrap();
        }
        let queues = aws_sdk_sqs::Client::new(&shared);
        let queue = queues.create_queue().queue_name(unique("chat")).send().await.unwrap().queue_url.unwrap();
        let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{table}.yml"));
        let text = format!(
            "version: 1\nslack-token: env:SLACK_TOKEN\nchat:\n  signing-secret: env:SIGNING\n  workspaces: {TEAM}{rules}"
        );
        std::fs::write(&config, text).unwrap();
        let mut environment = codepipeline.environment();
        environment.extend(
            [
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_REGION", "eu-west-1"),
                ("AWS_ENDPOINT_URL", &moto().unwrap()),
                ("AWS_ENDPOINT_URL_DYNAMODB", &dynamodb),
                ("ANDON_TABLE", &table),
                ("ANDON_CONFIG", &config.display().to_string()),
                ("ANDON_SLACK_API_URL", &slack.api_url()),
                ("SLACK_TOKEN", "xoxb-not-a-real-token"),
                ("SIGNING", SECRET),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let worker = Function::start(CHAT, environment.clone()).await.unwrap();
        environment.push(("ANDON_CHAT_QUEUE".to_owned(), queue.clone()));
        let chat = Function::start(CHAT, environment).await.unwrap();
        slack.set_member(json!({"id": ALICE, "team_id": TEAM, "name": "alice"}));
        slack.set_member(json!({"id": BOB, "team_id": TEAM, "name": "bob"}));
        slack.set_group("S0RELEASERS", [BOB]);
        Self { chat, worker, slack, codepipeline, ledger, queues, queue, runs }
    }

    /// CodePipeline knows the pipelines of the fleet as the ledger does.
    pub(crate) fn know(&self) {
        let aws = &self.codepipeline;
        for run in &self.runs {
            let (name, execution) = (run.pipeline.name.as_str(), run.execution.as_str());
            let token = "5d8f1f7e-8f0a-4b39-8a0e-6f7d5a3c2b1a";
            let waiting =
                json!([{"actionName": "ApproveRelease", "latestExecution": {"status": "InProgress", "token": token}}]);
            let (stage, status, actions) = if name == "payments-api" {
                ("Build", "Failed", json!([]))
            } else {
                ("Release", "InProgress", waiting)
            };
            aws.set_pipeline_state(json!({"pipelineName": name, "stageStates": [{
                "stageName": stage,
                "latestExecution": {"pipelineExecutionId": execution, "status": status},
                "actionStates": actions,
            }]}));
            aws.put_execution(
                name,
                json!({"pipelineExecutionId": execution, "status": status, "startTime": 1_767_225_600}),
            );
        }
    }

    /// Records that the approval of a run was given, with what CodePipeline keeps of it.
    pub(crate) async fn approved(&self, pipeline: &str, summary: &str) {
        let run = self.run(pipeline);
        let (stage, approval) = run.approvals().into_iter().next().unwrap();
        let event = json!({
            "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
            "account": run.pipeline.home.account.as_str(), "region": run.pipeline.home.region.as_str(),
            "time": Timestamp::now(),
            "detail": {
                "pipeline": pipeline, "execution-id": run.execution.as_str(), "state": "SUCCEEDED",
                "stage": stage.as_str(), "action": approval.name.as_str(),
                "type": {"owner": "AWS", "provider": "Manual", "category": "Approval", "version": "1"},
                "execution-result": {"external-execution-summary": summary},
            },
        });
        let received = Received { home: run.pipeline.home.clone(), at: Timestamp::now() };
        let Ok(Event::Pipeline(event)) = parse(&event, &received) else { panic!("{event}") };
        let learned = Run::of(&event);
        record(&self.ledger, &NoArchive, &DeploymentRule::default(), learned).await.unwrap();
    }

    /// What CodePipeline was told to do; looks do not count.
    pub(crate) fn done(&self) -> Vec<String> {
        let calls = self.codepipeline.take_requests().into_iter().map(|call| call.operation);
        calls.filter(|operation| !operation.starts_with("Get")).collect()
    }

    pub(crate) fn run(&self, pipeline: &str) -> &Run {
        self.runs.iter().find(|run| run.pipeline.name.as_str() == pipeline).unwrap()
    }

    pub(crate) async fn history(&self, pipeline: &str) -> History {
        self.ledger.history(&self.run(pipeline).pipeline).await.unwrap().unwrap()
    }

    /// Posts the alert of a pipeline as the notifier does; gives back the message's time.
    pub(crate) async fn alert(&self, pipeline: &str, kind: AlertKind) -> String {
        let (run, history) = (self.run(pipeline), self.history(pipeline).await);
        let settle = Settle { length: SignedDuration::ZERO, now: Timestamp::now() };
        let alerts = due(run, &history, run.attempt(), WaitPolicy::GiveUp, settle).alerts;
        let alert: Alert = alerts.into_iter().find(|alert| alert.kind() == kind).unwrap();
        let config = Config::default();
        let context = Context { accounts: config.accounts(), zone: &config.zone, now: Timestamp::now() };
        let message = compose(&alert, &context).in_chat(&alert, Vec::new());
        self.slack.place(CHANNEL, &render_in_chat(&message, &[]))
    }

    /// The message as it stands.
    pub(crate) fn message(&self, ts: &str) -> Value {
        self.slack.messages().into_iter().find(|message| message.ts == ts).unwrap().body
    }

    /// Presses a button of a message.
    pub(crate) async fn press(&self, ts: &str, button: &str, by: &str) -> Value {
        let payload = self.pressed(ts, button, by);
        self.send("/slack/actions", &form(&[("payload", &payload.to_string())])).await
    }

    /// The payload of a press.
    pub(crate) fn pressed(&self, ts: &str, button: &str, by: &str) -> Value {
        let message = self.message(ts);
        let blocks = message["blocks"].as_array().unwrap();
        let mut buttons = blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
        let id = format!("andon-{button}");
        let button =
            buttons.find(|element| element["action_id"] == id).unwrap_or_else(|| panic!("no {button}: {message}"));
        json!({
            "type": "block_actions",
            "user": {"id": by, "username": by.to_lowercase(), "name": by.to_lowercase(), "team_id": TEAM},
            "team": {"id": TEAM, "domain": "acme"},
            "container": {"type": "message", "message_ts": ts, "channel_id": CHANNEL, "is_ephemeral": false},
            "channel": {"id": CHANNEL, "name": "deployments"},
            "trigger_id": unique("trigger"),
            "response_url": self.slack.response_url(),
            "actions": [{"type": "button", "action_id": id, "block_id": "b", "value": button["value"]}],
        })
    }

    /// What a member is answered to the slash command.
    pub(crate) async fn command(&self, text: &str) -> Value {
        self.command_of(ALICE, text).await
    }

    /// The same of another member.
    pub(crate) async fn command_of(&self, member: &str, text: &str) -> Value {
        let body = form(&[
            ("team_id", TEAM),
            ("user_id", member),
            ("user_name", &member.to_lowercase()),
            ("command", "/andon"),
            ("text", text),
            ("response_url", &self.slack.response_url()),
        ]);
        body_of(&self.send("/slack/commands", &body).await)
    }

    /// Sends what Slack has signed just now.
    pub(crate) async fn send(&self, path: &str, body: &str) -> Value {
        let now = Timestamp::now().as_second().to_string();
        self.deliver(&encoded(request(path, body, &now, &sign(SECRET, &now, body)))).await
    }

    pub(crate) async fn deliver(&self, request: &Value) -> Value {
        let answer = self.chat.invoke(request).await.unwrap();
        answer.ok().unwrap_or_else(|| panic!("{request} is an error: {answer:?}\n{}", self.chat.log())).clone()
    }

    /// Hands the worker everything that is on the queue; gives back how many jobs have to come again.
    pub(crate) async fn work(&self) -> usize {
        let jobs = self.jobs().await;
        self.hand(&jobs, 1).await
    }

    /// Hands jobs to the worker, for so many times already.
    pub(crate) async fn hand(&self, jobs: &[String], times: usize) -> usize {
        let record = |(index, body): (usize, &String)| {
            json!({
                "eventSource": "aws:sqs", "messageId": format!("m-{index}"), "body": body,
                "attributes": {"ApproximateReceiveCount": times.to_string()},
            })
        };
        let records: Vec<Value> = jobs.iter().enumerate().map(record).collect();
        let answer = self.worker.invoke(&json!({"Records": records})).await.unwrap();
        let answer = answer.ok().unwrap_or_else(|| panic!("{answer:?} {}", self.worker.log())).clone();
        answer["batchItemFailures"].as_array().unwrap().len()
    }

    /// The jobs on the queue.
    pub(crate) async fn jobs(&self) -> Vec<String> {
        let mut jobs = Vec::new();
        loop {
            let batch = self.queues.receive_message().queue_url(&self.queue).max_number_of_messages(10);
            let batch = batch.send().await.unwrap().messages.unwrap_or_default();
            if batch.is_empty() {
                return jobs;
            }
            for message in batch {
                let receipt = message.receipt_handle().unwrap();
                self.queues.delete_message().queue_url(&self.queue).receipt_handle(receipt).send().await.unwrap();
                jobs.push(message.body.unwrap());
            }
        }
    }
}

/// The same request with its body encoded, as a function URL hands over what is no plain text.
fn encoded(mut request: Value) -> Value {
    request["body"] = json!(aws_smithy_types::base64::encode(request["body"].as_str().unwrap()));
    request["isBase64Encoded"] = json!(true);
    request
}

/// The JSON of an answer; null for an empty one.
pub(crate) fn body_of(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap_or(Value::Null)
}

/// The run that a file of the sample events tells of, moved to where its last event is so long ago.
fn run((file, events, pipeline, ago): Told) -> Run {
    // The function acts in its own account alone.
    andon::testing::run_until_lately(file, events, pipeline, ago, ACCOUNT)
}
