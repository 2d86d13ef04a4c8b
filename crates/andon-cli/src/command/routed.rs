//! `andon check --route`: where recorded events would go, and why.

use std::collections::BTreeMap;
use std::path::Path;

use andon::alert::{Alert, AlertBody, Settle, due, service_failed};
use andon::event::{Event, Received, parse};
use andon::ledger::{Contradiction, NoArchive, contradiction, record};
use andon::name::{AccountId, Home, Region};
use andon::run::{Run, WaitPolicy};
use andon_config::Config;
use andon_notify::{Delivery, Facts, Found, Timing, Verdict, explain, route, verdicts};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::runtime;
use crate::local::{in_memory, recorded};
use crate::terminal::{BOLD, Terminal, one_line, paint};

/// Prints what each route does with the alerts of a file of events.
pub(super) fn print(config: &Config, file: &Path, json: bool, terminal: Terminal) -> anyhow::Result<()> {
    let alerts = runtime()?.block_on(alerts(config, file))?;
    if alerts.is_empty() && !json {
        terminal.line(format!("{} leads to no alert.", file.display()))?;
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
    let name = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    let payload: Value = serde_json::from_slice(&text).with_context(|| format!("{name} is not JSON"))?;
    let ledger = in_memory()?;
    let rule = &config.statistics.deployment;
    let (mut runs, mut alerts, mut events) = (BTreeMap::new(), BTreeMap::new(), 0);
    for event in recorded::unwrap(payload) {
        let event = event.with_context(|| format!("in {name}"))?;
        let received = Received { home: nowhere()?, at: Timestamp::UNIX_EPOCH };
        let told = match parse(&event, &received).with_context(|| format!("in {name}"))? {
            Event::Pipeline(event) => Some(Run::of(&event)),
            Event::Evidence(event) => match contradiction(&ledger, &event).await? {
                Contradiction::Of { told, .. } => Some(*told),
                Contradiction::OfNoRun => {
                    alerts.extend(service_failed(&event).map(|alert| ((alert.at, alert.dedup_key()), alert)));
                    None
                }
                Contradiction::Nothing => None,
            },
            Event::Unknown(_) => continue,
            Event::ApprovalRequest(_) | Event::Deleted(_) => None,
        };
        events += 1;
        if let Some(told) = told {
            let recorded = record(&ledger, &NoArchive, rule, told).await?;
            // What is known last counts.
            runs.insert(recorded.run.execution.clone(), (recorded.run, recorded.history));
        }
    }
    if events == 0 {
        bail!("{name} holds no event that Andon follows");
    }
    for (run, history) in runs.values() {
        for attempt in run.attempts() {
            for alert in due(run, history, attempt, WaitPolicy::GiveUp, Settle::OFF).alerts {
                alerts.insert((alert.at, alert.dedup_key()), alert);
            }
        }
    }
    let mut alerts: Vec<Alert> = alerts.into_values().collect();
    for alert in &mut alerts {
        if let AlertBody::Failed(failed) = &mut alert.body {
            for failure in failed.failures.iter_mut().filter(|failure| failure.explanation.is_none()) {
                failure.explanation = Some(explain(failure, &[], Found::default(), &config.runbooks));
            }
        }
    }
    Ok(alerts)
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
