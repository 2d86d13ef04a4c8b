//! How long an answer takes, over a ledger of a thousand pipelines in SQLite: 99 of 100 are to be there within 5 ms. It
//! is measured and printed, and nothing fails: time depends on the machine.
//!
//! Half of the questions follow a change of the ledger, as they do where pipelines are at work.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::time::{Duration, Instant};

use alexa::{Alexa, Skills};
use andon::clock::Clock as _;
use andon::ledger::{Ledger, NoArchive, record};
use andon::run::DeploymentRule;
use andon::run_action::NoActions;
use andon::testing::{events, home, invocation, told};
use andon_answers::{Answerer, Kind, Locale, Session, Voice};
use andon_cli::local::{SystemClock, in_memory, remember};
use serde_json::{Value, json};

const FRUIT: [&str; 10] =
    ["apple", "apricot", "banana", "cherry", "elderberry", "fig", "grape", "lemon", "orange", "quince"];
const PARTS: [&str; 10] = ["api", "auth", "billing", "cart", "etl", "gateway", "mobile-bff", "search", "svc", "worker"];
const PLACES: [&str; 10] =
    ["dev", "test", "staging", "prod", "prod-eu", "prod-us", "canary", "nightly", "sandbox", "drill"];
const ROUNDS: usize = 200;

/// What is asked in turn: an intent, and the pipeline it is about.
const QUESTIONS: [(&str, Option<&str>); 8] = [
    ("OverviewIntent", None),
    ("FailingIntent", None),
    ("RunningIntent", None),
    ("StatusIntent", Some("cherry search prod")),
    ("WhyIntent", Some("banana a p i staging")),
    ("LastDeploymentIntent", Some("quince service production")),
    ("StatusIntent", Some("orange")),
    ("StatusIntent", Some("no such thing at all")),
];

/// What is typed in turn.
const TYPED: [&str; 10] = [
    "is anything red right now",
    "why did banana api staging fail",
    "what broke overnight",
    "how many deployments did we do this week",
    "failures of cherry-search-prod since monday",
    "which stage is orange-etl-canary in",
    "flakiest pipeline this month",
    "status of the payments gateway",
    "retry fig-cart-prod",
    "list all nightly pipelines",
];

fn request(intent: &str, pipeline: Option<&str>) -> Value {
    let slots = pipeline.map(|heard| json!({"pipeline": {"name": "pipeline", "value": heard}}));
    json!({
        "version": "1.0",
        "session": {"new": false, "sessionId": "s", "application": {"applicationId": "a"}, "attributes": {}},
        "context": {"System": {
            "application": {"applicationId": "a"},
            "device": {"supportedInterfaces": {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.2"}}}},
        }},
        "request": {"type": "IntentRequest", "requestId": "r", "locale": "en-US", "intent": {"name": intent, "slots": slots}},
    })
}

/// The same events, of another pipeline.
fn of(pipeline: &str, recorded: &[Value]) -> Vec<Value> {
    let mut recorded = recorded.to_vec();
    for event in &mut recorded {
        if let Some(name) = event.pointer_mut("/detail/pipeline") {
            *name = json!(pipeline);
        }
    }
    recorded
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let ledger = in_memory().unwrap();
    let kinds = [
        events("codepipeline-run-succeeded"),
        events("codepipeline-run-retry-succeeded"),
        events("codepipeline-run-build-failed"),
        events("codepipeline-run-running"),
    ];
    let names: Vec<String> = FRUIT
        .iter()
        .flat_map(|fruit| PARTS.iter().flat_map(move |part| PLACES.map(|place| format!("{fruit}-{part}-{place}"))))
        .collect();
    let all: Vec<Value> =
        names.iter().zip(kinds.iter().cycle()).flat_map(|(name, recorded)| of(name, recorded)).collect();
    remember(&ledger, &all, &home(), &DeploymentRule::EVERY_RUN).await.unwrap();
    let pipelines = ledger.pipelines().await.unwrap().len();

    let skill = Alexa {
        desk: Answerer::new(ledger.clone(), SystemClock),
        actions: NoActions,
        passcode: NoActions,
        clock: SystemClock,
        rules: None,
        skills: Skills::Any,
    };
    println!("{pipelines} pipelines, {ROUNDS} times each   median ms   99 of 100, ms");
    let mut every = Vec::new();
    for (intent, pipeline) in QUESTIONS {
        let mut took = Vec::new();
        for round in 0..=ROUNDS {
            if round % 2 == 1 {
                let name = names.get(round * 7 % names.len()).unwrap();
                let mut change = events("codepipeline-run-build-fixed");
                change.truncate(1 + round % change.len());
                for told in of(name, &change).iter().filter_map(told) {
                    record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
                }
            }
            let payload = request(intent, pipeline);
            let started = Instant::now();
            let Ok(reply) = skill.handle(payload, &invocation("call")).await;
            let time = started.elapsed();
            assert!(reply.pointer("/response/outputSpeech").is_some(), "{intent}: {reply}");
            // The first time prepares the names.
            if round > 0 {
                took.push(time);
            }
        }
        line(&format!("{intent} {}", pipeline.unwrap_or_default()), &took);
        every.extend(took);
    }
    for question in TYPED {
        let mut took = Vec::new();
        for _ in 0..=ROUNDS {
            let (now, voice) = (SystemClock.now(), Voice::of(Locale::EnUs));
            let started = Instant::now();
            let answer = skill.desk.ask(question, &Session::default(), now, voice).await;
            took.push(started.elapsed());
            assert_ne!(answer.kind, Kind::NotUnderstood, "{question}");
        }
        line(question, &took);
        every.extend(took);
    }
    line("all", &every);
}

fn line(name: &str, took: &[Duration]) {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let rank = |percent: usize| sorted.get(sorted.len() * percent / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("{name:<42} {:>8.2} {:>15.2}", rank(50), rank(99));
}
