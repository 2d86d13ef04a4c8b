//! `andon check --route`: where recorded events would go, and why.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use andon::alert::{Alert, AlertBody, Settle, due, service_failed};
use andon::event::{Deleted, Event, Received, parse};
use andon::history::History;
use andon::ledger::{Contradiction, Ledger as _, NoArchive, contradicted_before, contradiction, forget, record};
use andon::name::{AccountId, ExecutionId, Home, PipelineId, Region};
use andon::run::{Run, WaitPolicy};
use andon_config::Config;
use andon_notify::{Delivery, Facts, Found, Timing, Verdict, explain, route, verdicts};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::runtime;
use crate::local::{LocalLedger, Shared, each_event, in_memory};
use crate::terminal::{BOLD, Terminal, one_line, paint};

/// Prints what each route does with the alerts of a file of events.
pub(super) fn print(config: &Config, file: &Path, json: bool, terminal: Terminal) -> anyhow::Result<()> {
    let alerts = runtime()?.block_on(alerts(config, file))?;
    if alerts.is_empty() && !json {
        let name = if file == Path::new("-") { "standard input".into() } else { file.display().to_string() };
        terminal.line(format!("{name} leads to no alert."))?;
    }
    let mut list = Vec::new();
    for alert in &alerts {
        let facts = Facts::of(alert);
        let (verdicts, deliveries) = (verdicts(&config.routing, &facts), route(&config.routing, &facts));
        if json {
            list.push(as_json(config, alert, &verdicts, &deliveries));
        } else {
            terminal.line(as_text(config, alert, &verdicts, &deliveries))?;
        }
    }
    if json {
        terminal.json(&json!({ "alerts": list }))?;
    }
    Ok(())
}

/// The alerts that events lead to, each once, as it is when all of them are known. Their causes are those that the events
/// themselves name: logs are not read.
async fn alerts(config: &Config, file: &Path) -> anyhow::Result<Vec<Alert>> {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    let mut events = Vec::new();
    let mut take = |event| {
        events.push(event);
        true
    };
    let (_, problem) = if file == Path::new("-") {
        each_event(io::stdin().lock(), &mut take)
    } else {
        each_event(BufReader::new(File::open(file).with_context(|| format!("cannot read {name}"))?), &mut take)
    };
    if let Some(problem) = problem {
        bail!("{name}: {problem}");
    }
    let (mut led_to, mut followed) =
        (LedTo { config, ledger: in_memory()?, runs: BTreeMap::new(), alerts: BTreeMap::new() }, 0);
    for event in events {
        let event = event.with_context(|| format!("in {name}"))?;
        let received = Received { home: nowhere()?, at: Timestamp::UNIX_EPOCH };
        let event = parse(&event, &received).with_context(|| format!("in {name}"))?;
        followed += u32::from(!matches!(event, Event::Unknown(_)));
        led_to.take(event).await?;
    }
    if followed == 0 {
        bail!("{name} holds no event that Andon follows");
    }
    let mut alerts = led_to.alerts();
    for alert in &mut alerts {
        if let AlertBody::Failed(failed) = &mut alert.body {
            for failure in failed.failures.iter_mut().filter(|failure| failure.explanation.is_none()) {
                failure.explanation = Some(explain(failure, &[], Found::default(), &config.runbooks));
            }
        }
    }
    Ok(alerts)
}

/// What events have led to so far.
struct LedTo<'c> {
    config: &'c Config,
    ledger: Shared<LocalLedger>,
    /// The runs as they are known, each with the history of its pipeline.
    runs: BTreeMap<(PipelineId, ExecutionId), (Arc<Run>, History)>,
    /// The alerts that hang on no run any more, by what they are claimed by.
    alerts: BTreeMap<(PipelineId, String), Alert>,
}

impl LedTo<'_> {
    async fn take(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Pipeline(event) => {
                let told = Run::of(&event);
                let said = contradicted_before(&self.ledger, &told).await?;
                for told in [told].into_iter().chain(said) {
                    self.record(told).await?;
                }
            }
            Event::Evidence(event) => {
                for event in [Some(event.clone()), event.by_deployment()].into_iter().flatten() {
                    self.ledger.keep_evidence(&event).await?;
                }
                match contradiction(&self.ledger, &event).await? {
                    Contradiction::Of { told, .. } => self.record(*told).await?,
                    Contradiction::OfNoRun { perhaps } => {
                        // The first event of a failed deployment tells it.
                        if let Some(alert) = service_failed(&event, perhaps) {
                            self.alerts.entry((alert.pipeline.clone(), alert.dedup_key())).or_insert(alert);
                        }
                    }
                    Contradiction::Nothing => {}
                }
            }
            Event::Deleted(Deleted { pipeline, at }) => {
                // What was told before that was told; what is made anew has no history.
                let (gone, kept): (BTreeMap<_, _>, _) =
                    std::mem::take(&mut self.runs).into_iter().partition(|((of, _), _)| *of == pipeline);
                self.runs = kept;
                self.alerts.extend(gone.values().flat_map(due_of));
                forget(&self.ledger, &pipeline, at).await?;
            }
            Event::ApprovalRequest(_) | Event::Unknown(_) => {}
        }
        Ok(())
    }

    async fn record(&mut self, told: Run) -> anyhow::Result<()> {
        let recorded = record(&self.ledger, &NoArchive, &self.config.statistics.deployment, told).await?;
        // What is known last counts.
        let key = (recorded.run.pipeline.clone(), recorded.run.execution.clone());
        self.runs.insert(key, (recorded.run, recorded.history));
        Ok(())
    }

    /// The alerts, in the order of what they tell.
    fn alerts(self) -> Vec<Alert> {
        let mut alerts = self.alerts;
        alerts.extend(self.runs.values().flat_map(due_of));
        let mut alerts: Vec<Alert> = alerts.into_values().collect();
        alerts.sort_by_key(|alert| alert.at);
        alerts
    }
}

/// The alerts that a run leads to, each by what it is claimed by.
fn due_of((run, history): &(Arc<Run>, History)) -> Vec<((PipelineId, String), Alert)> {
    let of_attempt = |attempt| due(run, history, attempt, WaitPolicy::GiveUp, Settle::OFF).alerts;
    let alerts = run.attempts().into_iter().flat_map(of_attempt);
    alerts.map(|alert| ((alert.pipeline.clone(), alert.dedup_key()), alert)).collect()
}

/// For events that name no account: their home is not theirs.
fn nowhere() -> anyhow::Result<Home> {
    Ok(Home { account: AccountId::parse("unknown")?, region: Region::parse("unknown")? })
}

/// A route by its place and its name.
fn called(config: &Config, index: usize) -> String {
    match config.routing.routes.get(index).and_then(|route| route.name.as_deref()) {
        Some(name) => format!("route {} ({})", index + 1, one_line(name)),
        None => format!("route {}", index + 1),
    }
}

/// What a route does with the alert, in words.
fn why(config: &Config, index: usize, alert: &Alert, verdict: &Verdict<'_>) -> String {
    let route = config.routing.routes.get(index);
    match verdict {
        Verdict::NotReached => "not reached".to_owned(),
        Verdict::Kind => format!("no: it does not take {}", alert.kind()),
        Verdict::Repeated => "takes it and sends nothing: `failures: changes`, and it failed before".to_owned(),
        Verdict::Mismatch(mismatches) => {
            let each = mismatches.iter().map(|mismatch| {
                let globs: Vec<&str> = mismatch.globs.0.iter().map(andon::glob::Glob::as_str).collect();
                let globs = globs.join(" or ");
                match mismatch.value {
                    Some(value) => format!("`{}` is {}, not {globs}", mismatch.key, one_line(value)),
                    None => format!("`{}` is not known, so it is not {globs}", mismatch.key),
                }
            });
            format!("no: {}", each.collect::<Vec<_>>().join("; "))
        }
        Verdict::Sends if route.is_some_and(|route| route.to.is_empty()) => {
            "takes it and sends nothing: `to: []`".to_owned()
        }
        Verdict::Sends => "takes it".to_owned(),
    }
}

/// Where it goes and when, in words.
fn sent(alert: &Alert, delivery: &Delivery<'_>) -> String {
    let name = &delivery.destination.name;
    match delivery.timing(alert.at) {
        Timing::Deliver => name.to_string(),
        Timing::HoldUntil(until) => format!("{name}, held by quiet hours until {until}"),
    }
}

fn as_text(config: &Config, alert: &Alert, verdicts: &[Verdict<'_>], deliveries: &[Delivery<'_>]) -> String {
    let facts = Facts::of(alert);
    let place: Vec<&str> = [facts.stage, facts.action].into_iter().flatten().collect();
    let known = [
        ("branch", facts.branch),
        ("tag", facts.tag),
        ("pull request", facts.pull_request),
        ("trigger", facts.trigger),
        ("author", facts.author),
        ("category", facts.category),
    ];
    let known: Vec<String> =
        known.into_iter().filter_map(|(key, value)| Some(format!("{key} {}", one_line(value?)))).collect();
    let place = if place.is_empty() { String::new() } else { format!(" in {}", one_line(&place.join(" / "))) };
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    let mut lines = vec![format!("{} of {}{place}{known}", alert.kind(), paint(BOLD, &one_line(facts.pipeline)))];
    let judged = verdicts.iter().enumerate();
    lines.extend(
        judged.map(|(index, verdict)| format!("{}: {}", called(config, index), why(config, index, alert, verdict))),
    );
    let is_taken = verdicts.iter().any(|verdict| matches!(verdict, Verdict::Sends | Verdict::Repeated));
    if !is_taken {
        let because = if facts.kind.is_default() { "it is sent by default" } else { "it is not sent by default" };
        lines.push(format!("no route takes it: {because}"));
    }
    let sent: Vec<String> = deliveries.iter().map(|delivery| sent(alert, delivery)).collect();
    lines.push(if sent.is_empty() { "goes nowhere".to_owned() } else { format!("goes to {}", sent.join("; ")) });
    lines.join("\n  ")
}

fn as_json(config: &Config, alert: &Alert, verdicts: &[Verdict<'_>], deliveries: &[Delivery<'_>]) -> Value {
    let facts = Facts::of(alert);
    let routes: Vec<Value> = verdicts
        .iter()
        .enumerate()
        .map(|(index, verdict)| {
            json!({
                "route": index + 1,
                "name": config.routing.routes.get(index).and_then(|route| route.name.as_deref()),
                "takes": matches!(verdict, Verdict::Sends | Verdict::Repeated),
                "why": why(config, index, alert, verdict),
            })
        })
        .collect();
    let to: Vec<Value> = deliveries
        .iter()
        .map(|delivery| {
            let held = match delivery.timing(alert.at) {
                Timing::Deliver => None,
                Timing::HoldUntil(until) => Some(until.to_string()),
            };
            json!({"destination": delivery.destination.name.as_str(), "held_until": held})
        })
        .collect();
    json!({
        "kind": alert.kind().as_str(), "pipeline": facts.pipeline, "stage": facts.stage, "action": facts.action,
        "branch": facts.branch, "category": facts.category, "routes": routes, "to": to,
    })
}
