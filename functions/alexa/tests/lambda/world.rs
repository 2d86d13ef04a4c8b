//! The function as Lambda runs it, over a ledger with a handful of pipelines, and CodePipeline for it to act on.

use std::path::PathBuf;

use andon::ledger::{NoArchive, record};
use andon::run::{DeploymentRule, Run};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::dynalite;
use test_support::runtime_api::Function;
use test_support::stand_in::Aws;
use test_support::unique;

pub(crate) const SKILL: &str = "amzn1.ask.skill.11111111-2222-3333-4444-555555555555";
/// The account that the function runs in.
pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const CODE: &str = "4711";
const ALEXA: &str = env!("CARGO_BIN_EXE_alexa");

/// A run of the sample events: of which file, how many of its events, as which pipeline, and the time since the last.
type Told = (&'static str, usize, &'static str, SignedDuration);

/// Times are in the middle of what they are said as, so that a slow machine says the same.
const FLEET: [Told; 7] = [
    ("codepipeline-run-build-failed", 12, "payments-api", SignedDuration::from_mins(100)),
    ("codepipeline-run-succeeded", 24, "checkout-svc-prod", SignedDuration::from_mins(120)),
    ("codepipeline-run-succeeded", 24, "checkout-svc-staging", SignedDuration::from_mins(300)),
    ("codepipeline-run-commands-failed", usize::MAX, "orders-fulfilment", SignedDuration::from_mins(200)),
    ("codepipeline-run-running", 16, "mobile-bff", SignedDuration::from_mins(150)),
    ("codepipeline-run-running", 7, "web-frontend", SignedDuration::from_mins(105)),
    ("codepipeline-run-superseded", usize::MAX, "nightly-build", SignedDuration::from_hours(70)),
];

/// What may be done by voice.
pub(crate) enum Voice {
    Off,
    On,
    /// Only for somebody else.
    Others,
}

pub(crate) struct World {
    pub(crate) function: Function,
    pub(crate) codepipeline: Aws,
}

impl World {
    pub(crate) async fn with_fleet(voice: &Voice) -> Self {
        let runs: Vec<Run> = FLEET.iter().map(|told| run(*told)).collect();
        Self::start(&runs, voice).await
    }

    pub(crate) async fn empty() -> Self {
        Self::start(&[], &Voice::Off).await
    }

    pub(crate) async fn start(runs: &[Run], voice: &Voice) -> Self {
        let (shared, table, codepipeline) =
            (aws::config(&dynalite().unwrap(), "eu-west-1"), unique("andon-test"), Aws::start().unwrap());
        let ledger = DynamoLedger::connect(&shared, &table, SystemClock);
        ledger.create_table().await.unwrap();
        for run in runs {
            record(&ledger, &NoArchive, &DeploymentRule::default(), run.clone()).await.unwrap();
        }
        let function = Function::start(ALEXA, environment(&table, &codepipeline, voice)).await.unwrap();
        let world = Self { function, codepipeline };
        // The first call makes the clients; who comes first waits for them, and is no example.
        for _ in 0..5 {
            let reply = world.function.invoke(&envelope(&json!({"type": "LaunchRequest", "locale": "en-US"}))).await;
            if !reply.unwrap().ok().unwrap().to_string().contains("I cannot read my records") {
                break;
            }
        }
        world
    }

    /// One request without a conversation around it.
    pub(crate) async fn reply(&self, request: &Value) -> Value {
        self.send(&envelope(request)).await
    }

    pub(crate) async fn send(&self, envelope: &Value) -> Value {
        let answer = self.function.invoke(envelope).await.unwrap();
        answer.ok().unwrap_or_else(|| panic!("{envelope} is an error: {answer:?}\n{}", self.function.log())).clone()
    }
}

/// A request as Alexa sends it.
pub(crate) fn envelope(request: &Value) -> Value {
    let (application, user) = (json!({"applicationId": SKILL}), json!({"userId": "amzn1.ask.account.AEXAMPLE"}));
    json!({
        "version": "1.0",
        "session": {"new": true, "sessionId": "s", "application": application, "user": user, "attributes": {}},
        "context": {"System": {"application": application, "user": user, "device": {"supportedInterfaces": {}}}},
        "request": request,
    })
}

/// The run that a file of the sample events tells of, moved to where its last event is so long ago.
pub(crate) fn run((file, events, pipeline, ago): Told) -> Run {
    // The function acts in its own account alone.
    andon::testing::run_until_lately(file, events, pipeline, ago, ACCOUNT)
}

pub(crate) fn environment(table: &str, codepipeline: &Aws, voice: &Voice) -> Vec<(String, String)> {
    let users = match voice {
        Voice::Off => None,
        Voice::On => Some("amzn1.ask.account.AEXAMPLE"),
        Voice::Others => Some("amzn1.ask.account.BEXAMPLE"),
    };
    let rules = users.map(|user| {
        format!("voice: {{ actions: [retry, approve, reject, stop], code: env:VOICE_CODE, users: {user} }}\n")
    });
    let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{table}.yml"));
    std::fs::write(&config, format!("version: 1\n{}", rules.unwrap_or_default())).unwrap();
    let mut environment = codepipeline.environment();
    environment.extend(
        [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &dynalite().unwrap()),
            ("ANDON_TABLE", table),
            ("ANDON_CONFIG", &config.display().to_string()),
            ("ANDON_SKILL_ID", SKILL),
            ("VOICE_CODE", CODE),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    environment
}
