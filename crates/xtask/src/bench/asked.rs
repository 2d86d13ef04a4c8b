//! The skill, asked what people ask, over a ledger of a thousand pipelines.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_support::runtime_api::{Answer, Function};

use super::warm::{Warm, under_way};
use super::world::{SKILL, World};
use super::{Subject, events};

/// The function that is asked, and the one that fills its ledger.
pub(super) const ALEXA: &str = "alexa";
const METRICS: &str = "metrics";

/// How many pipelines there are.
const PIPELINES: usize = 1_000;
/// How many events are handed over at once while the ledger is filled.
const BATCH: usize = 10;

/// What is asked in turn: an intent, and the pipeline it is about.
const QUESTIONS: [(&str, Option<&str>); 6] = [
    ("OverviewIntent", None),
    ("FailingIntent", None),
    ("StatusIntent", Some("checkout number seven hundred")),
    ("WhyIntent", Some("checkout 0007 prod")),
    ("LastDeploymentIntent", Some("checkout service")),
    ("AMAZON.HelpIntent", None),
];

pub(super) async fn ask(subjects: &[Subject], subject: &Subject, world: &World, rounds: usize) -> Result<Warm> {
    let environment = world.another_table()?;
    let filler = subjects.iter().find(|subject| subject.name == METRICS).context("nothing fills the ledger")?;
    fill(filler, &environment).await?;
    let function = Function::start(&subject.binary, environment).await;
    let function = function.with_context(|| format!("{} does not start", subject.name))?;
    let mut warm = Warm::new();
    for round in 0..=rounds {
        for (intent, pipeline) in QUESTIONS {
            world.take_calls();
            let started = Instant::now();
            let answer = function.invoke(&request(intent, pipeline)).await?;
            let took = started.elapsed();
            let is_answered = answer.ok().is_some_and(|reply| reply.pointer("/response/outputSpeech").is_some());
            if !is_answered {
                bail!("{intent} is not answered: {answer:?}; it wrote:\n{}", function.log());
            }
            // The first round makes the clients, and reads the names.
            if round > 0 {
                let calls = world.take_calls();
                warm.note(took, took.saturating_sub(under_way(&calls)));
                let operations = calls.into_iter().map(|call| call.operation).collect();
                warm.calls.insert(format!("asked: {intent}"), operations);
            }
        }
    }
    warm.peak_memory = function.peak_memory();
    Ok(warm)
}

/// One failed run each of so many pipelines.
async fn fill(filler: &Subject, environment: &[(String, String)]) -> Result<()> {
    println!("filling a ledger with {PIPELINES} pipelines");
    let function = Function::start(&filler.binary, environment.to_vec()).await?;
    let recorded = events::recorded()?;
    let run = recorded.first().context("there is no recorded run")?;
    let start = Timestamp::now() - SignedDuration::from_hours(2);
    let numbers: Vec<usize> = (0..PIPELINES).collect();
    for chunk in numbers.chunks(BATCH) {
        let told = chunk.iter().filter_map(|number| {
            let events = events::another(run, &format!("checkout-{number:04}-prod"), *number, start);
            events.into_iter().rfind(|event| event.pointer("/detail/action").is_some())
        });
        let records: Vec<Value> = told
            .enumerate()
            .flat_map(|(at, event)| {
                let batch = events::batch(&event, &format!("message {at}"), 2);
                batch.get("Records").and_then(Value::as_array).cloned().unwrap_or_default()
            })
            .collect();
        if let Answer::Error(failure) = function.invoke(&json!({ "Records": records })).await? {
            bail!("the ledger is not filled: {failure:?}");
        }
    }
    Ok(())
}

fn request(intent: &str, pipeline: Option<&str>) -> Value {
    let application = json!({ "applicationId": SKILL });
    let slots = pipeline.map(|heard| json!({ "pipeline": { "name": "pipeline", "value": heard } }));
    json!({
        "version": "1.0",
        "session": { "new": false, "sessionId": "s", "application": application, "attributes": {} },
        "context": { "System": {
            "application": application,
            "device": { "supportedInterfaces": { "Alexa.Presentation.APL": { "runtime": { "maxVersion": "2024.2" } } } },
        } },
        "request": { "type": "IntentRequest", "requestId": "r", "locale": "en-US", "intent": { "name": intent, "slots": slots } },
    })
}
