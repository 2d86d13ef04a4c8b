//! A day in the life of a deployed stack, played once for all tests: what happened, and who was told.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};
use test_support::call::Call;
use test_support::fault::Fault;
use test_support::slack_request::{form, request, sign};
use test_support::stand_in::SlackFault;

use crate::account::{Account, HUB, recorded, recorded_here};
use crate::failures;
use crate::stack::Stack;

pub(crate) const MEMBER: &str = "111122223333";
const SKILL: &str = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000";
const EXTERNAL_ID: &str = "andon-of-acme";
const CONFIGURATION: &str = "\
version: 1
slack-token: ssm:/andon/slack-token
destinations:
  team: { slack: deployments }
  hook: { slack-webhook: \"secretsmanager:andon/webhook\" }
  audit: { sns: \"arn:aws:sns:us-east-1:123456789012:audit\" }
routes:
  - name: everything
    to: [team, hook, audit, default]
chat:
  signing-secret: secretsmanager:andon/signing
  workspaces: T0123456789
  may:
    - { actions: [on-it, retry], who: U0123456789 }
mcp:
  actions: [retry]
  who: anyone
";
/// What Slack signs its requests with.
const SIGNING: &str = "8f742231b10e8888abcd99yyyzzz85a5";

/// What came of the day.
pub(crate) struct Day {
    pub(crate) account: Account,
    pub(crate) stack: Stack,
    pub(crate) spoke: Stack,
    /// The mails about what happened in the hub's account, and about what happened in the member's.
    pub(crate) mails: Vec<Value>,
    pub(crate) mails_of_member: Vec<Value>,
    /// The calls that each function made to AWS.
    pub(crate) calls: BTreeMap<String, Vec<Call>>,
    pub(crate) logs: BTreeMap<String, String>,
    /// What the functions answered to schedules and people.
    pub(crate) answers: Vec<(String, Value)>,
}

/// Plays it, unless another test has done so.
pub(crate) fn day() -> &'static Day {
    static DAY: OnceLock<Day> = OnceLock::new();
    DAY.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(play())
    })
}

async fn play() -> Day {
    let account = Account::open();
    let (endpoint, webhook_url) = (account.url().to_owned(), account.slack.webhook_url());
    let stack = Stack::deploy(
        &endpoint,
        HUB,
        "sam-template.yml",
        "andon",
        &[
            ("Email", "team@example.com"),
            ("SecretsPath", "/andon"),
            ("MoreTopics", "arn:aws:sns:us-east-1:123456789012:audit"),
            ("SkillId", SKILL),
            ("VoiceActions", "on"),
            ("SlackApp", "actions"),
            ("McpServer", "actions"),
            ("OrganizationId", "o-exampleorgid"),
            ("EvidenceExternalId", EXTERNAL_ID),
        ],
    );
    let outputs = stack.outputs();
    let hub = [
        ("HubBus", outputs["HubBus"].as_str()),
        ("HubRole", outputs["NotifierRole"].as_str()),
        ("EvidenceExternalId", EXTERNAL_ID),
        ("Email", "platform@example.com"),
    ];
    let spoke = Stack::deploy(&endpoint, MEMBER, "spoke.yml", "andon-spoke", &hub);
    account.subscribe(&outputs["Topic"]);
    account.create_topic("audit");
    account.package(CONFIGURATION);
    let token = json!({ "Name": "/andon/slack-token", "Type": "SecureString", "Value": "xoxb-not-a-real-token" });
    account.ask("ssm", "AmazonSSM.PutParameter", &token);
    let webhook = json!({ "Name": "andon/webhook", "SecretString": webhook_url });
    account.ask("secretsmanager", "secretsmanager.CreateSecret", &webhook);
    let signing = json!({ "Name": "andon/signing", "SecretString": SIGNING });
    account.ask("secretsmanager", "secretsmanager.CreateSecret", &signing);
    // CloudFormation draws it.
    let key = json!({ "Name": "andon-mcp-key", "SecretString": SIGNING.repeat(2) });
    account.ask("secretsmanager", "secretsmanager.CreateSecret", &key);
    failures::prepare(&account.aws);

    let mut day = Day {
        account,
        stack,
        spoke,
        mails: Vec::new(),
        mails_of_member: Vec::new(),
        calls: BTreeMap::new(),
        logs: BTreeMap::new(),
        answers: Vec::new(),
    };
    day.happens_at_home();
    day.functions_work(&|_| {}).await;
    day.mails = day.account.mails();
    let of_member = recorded(&["codepipeline-run-commands-failed"]);
    day.account.put(day.spoke.key(), &of_member);
    // EventBridge leaves the account as it was when it forwards an event; moto puts its own.
    day.functions_work(&|event| event["account"] = json!(MEMBER)).await;
    day.mails_of_member = day.account.mails();
    day
}

impl Day {
    fn happens_at_home(&self) {
        let key = self.stack.key();
        let failed_and_mended = ["codepipeline-run-build-failed", "codepipeline-run-build-fixed"];
        self.account.put(key, &recorded_here(&failed_and_mended));
        self.account.put(key, &recorded_here(&["codepipeline-run-running"]));
        let evidence = ["codebuild-build-failed", "cloudformation-resource-failed", "ecs-deployment-failed"];
        self.account.put(key, &recorded_here(&evidence));
        self.account.put(key, &failures::of_every_kind());
        // What none of the rules is for: it must not reach a queue.
        self.account.put(key, &recorded_here(&["cloudwatch-alarm-firing"]));
        self.account.put(key, &recorded_here(&["codebuild-build-succeeded"]));
        // Nobody could read this one, so it is put aside.
        let mut unreadable = recorded_here(&["codepipeline-action-failed"]);
        unreadable[0]["detail"]["execution-id"] = json!(7);
        self.account.put(key, &unreadable);
    }

    /// Every function does whatever its queues, schedules and callers have for it.
    async fn functions_work(&mut self, forwarded: &dyn Fn(&mut Value)) {
        let mut names: Vec<String> = self.stack.functions().into_iter().map(str::to_owned).collect();
        // Nobody can be told anything before the queues have been read; and what is asked in Slack comes before its answer.
        names.sort_by_key(|name| (name == "ChatWorker", self.stack.queues(name).is_empty()));
        for name in names {
            self.account.take_calls();
            let function = self.account.start(&self.stack, &name).await;
            // Something fails the first time, so that what was claimed is given back.
            self.account.slack.inject("chat.postMessage", SlackFault::RateLimited(60));
            self.account.recorder.inject("PutMetricData", Fault::error(400, "InternalServiceFault", "Try again"));
            for mapping in self.stack.queues(&name) {
                self.account.poll(&mapping, &function, forwarded).await;
            }
            for input in self.stack.scheduled(&name).into_iter().chain(asked_by_people(&name)) {
                let answer = function.invoke(&input).await.unwrap();
                let answer = answer.ok().unwrap_or_else(|| panic!("{name} {input}: {answer:?}\n{}", function.log()));
                self.answers.push((name.clone(), answer.clone()));
            }
            self.account.slack.clear_faults();
            self.account.recorder.clear_faults();
            self.calls.entry(name.clone()).or_default().extend(self.account.take_calls());
            self.logs.entry(name).or_default().push_str(&function.log());
        }
    }
}

/// What people ask a function for.
fn asked_by_people(function: &str) -> Vec<Value> {
    match function {
        "Alexa" => vec![
            question("FailingIntent", None),
            question("WhyIntent", Some("web one")),
            question("LastDeploymentIntent", Some("payments api")),
        ],
        "Dashboard" => vec![json!({ "describe": true })],
        "Chat" => vec![
            from_slack("/slack/commands", &form(&[("team_id", "T0123456789"), ("text", "what is failing")])),
            from_slack("/slack/commands", &form(&[("team_id", "T0123456789"), ("text", "why did web one fail")])),
            from_slack("/slack/events", &event("app_mention", "what is failing").to_string()),
            from_slack("/slack/events", &event("app_home_opened", "").to_string()),
            from_slack("/slack/actions", &form(&[("payload", &press("on-it").to_string())])),
            from_slack("/slack/actions", &form(&[("payload", &press("reject").to_string())])),
        ],
        "Mcp" => vec![
            from_assistant("list_pipelines", &json!({})),
            from_assistant("why", &json!({ "pipeline": "web-1" })),
            from_assistant("get_pipeline", &json!({ "pipeline": "payments-api" })),
        ],
        _ => Vec::new(),
    }
}

/// A request of an AI assistant, of somebody whom IAM has let in.
fn from_assistant(tool: &str, arguments: &Value) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments } });
    json!({
        "version": "2.0",
        "rawPath": "/mcp",
        "headers": {
            "host": "andon.lambda-url.us-east-1.on.aws", "content-type": "application/json",
            "accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18",
        },
        "requestContext": {
            "http": { "method": "POST", "path": "/mcp" },
            "authorizer": { "iam": { "userArn": "arn:aws:iam::123456789012:user/ada" } },
        },
        "body": call.to_string(),
        "isBase64Encoded": false,
    })
}

/// A request that Slack has signed just now.
fn from_slack(path: &str, body: &str) -> Value {
    let now = jiff::Timestamp::now().as_second().to_string();
    request(path, body, &now, &sign(SIGNING, &now, body))
}

fn event(kind: &str, text: &str) -> Value {
    let event = json!({
        "type": kind, "user": "U0123456789", "tab": "home", "channel": "C0123456789", "ts": "1767225600.000001",
        "thread_ts": "1767225600.000000", "text": text,
    });
    json!({ "type": "event_callback", "team_id": "T0123456789", "event_id": format!("Ev-{kind}"), "event": event })
}

/// A press on the alert of the run that failed.
fn press(button: &str) -> Value {
    let run = &recorded_here(&["codepipeline-run-build-failed"])[0]["detail"];
    let about = json!({
        "pipeline": { "home": { "account": HUB, "region": "us-east-1" }, "name": run["pipeline"] },
        "execution": run["execution-id"], "attempt": 1, "stage": "Build", "alert": "failed",
    });
    json!({
        "type": "block_actions", "team": { "id": "T0123456789" }, "user": { "id": "U0123456789", "name": "alice" },
        "trigger_id": button,
        "container": { "channel_id": "C0123456789", "message_ts": "1767225600.000000" },
        "actions": [{ "action_id": format!("andon-{button}"), "value": about.to_string() }],
    })
}

fn question(intent: &str, pipeline: Option<&str>) -> Value {
    let application = json!({ "applicationId": SKILL });
    let slots = pipeline.map(|heard| json!({ "pipeline": { "name": "pipeline", "value": heard } }));
    json!({
        "version": "1.0",
        "session": { "new": true, "sessionId": "s", "application": application, "attributes": {} },
        "context": { "System": { "application": application, "device": { "supportedInterfaces": {} } } },
        "request": { "type": "IntentRequest", "requestId": "r", "locale": "en-US", "intent": { "name": intent, "slots": slots } },
    })
}
