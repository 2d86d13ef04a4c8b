//! Histories of kinds that are easily told wrong, played by `andon replay`: what is said of each, and what is counted.
//!
//! The events are in `cases`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::run;

/// Everything is sent, and every limit is set.
const EVERYTHING: &str = "version: 1\nroutes:\n  - { kinds: all, to: default }\n\
    limits:\n  - { stuck-after: 2h, approval-overdue-after: 3h, no-success-after: 2h }\n";
/// What is counted that depends on how runs relate to each other.
const COUNTED: [&str; 6] =
    ["FailureCount", "DeploymentCount", "DeploymentFailureCount", "RecoveryTime", "RedTime", "GreenTime"];
/// What says little of a case.
const PLAIN: [&str; 2] = ["started", "succeeded"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    files
}

/// What comes of a file, in short: the alerts with the lines that differ from case to case, and the counts of pipelines.
fn played(file: &Path, config: &Path) -> String {
    let (file, config) = (file.to_str().unwrap(), config.to_str().unwrap());
    let ended = run(&["replay", file, "--json", "--config", config, "--for", "4h"]);
    let mut told = String::new();
    for line in ended.json_lines() {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        if text("type") == "metric" {
            let is_of_pipeline = line["dimensions"].as_object().unwrap().len() == 1;
            if is_of_pipeline && COUNTED.contains(&text("name").as_str()) {
                writeln!(told, "  {} = {}", text("name"), line["value"]).unwrap();
            }
        } else if !PLAIN.contains(&text("kind").as_str()) {
            let body = text("text");
            let kept = body.lines().filter(|line| is_telling(line)).map(str::trim).collect::<Vec<_>>().join(" | ");
            writeln!(told, "{}: {kept}", text("kind")).unwrap();
        }
    }
    told.push_str(&ended.err);
    told
}

/// Whether a line of an alert is more than its time, its place and its links.
fn is_telling(line: &str) -> bool {
    let line = line.trim();
    let plain =
        ["http", "===", "Time ", "Account ", "Ran for ", "Open ", "Author ", "Approve or reject", "View change"];
    !line.is_empty() && !plain.iter().any(|start| line.starts_with(start))
}

fn all(folder: &Path) -> String {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("andon.yml");
    std::fs::write(&config, EVERYTHING).unwrap();
    let mut told = String::new();
    for file in files(folder) {
        writeln!(told, "== {}", file.file_stem().unwrap().to_str().unwrap()).unwrap();
        told.push_str(&played(&file, &config));
    }
    told
}

#[test]
fn the_cases_of_this_repository_are_told_right() {
    insta::assert_snapshot!(all(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"))));
}

/// Headers are plain text in Slack; everywhere else the name of a branch could mention people.
#[test]
fn a_branch_that_is_called_like_a_mention_mentions_nobody() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/fork-and-branch-like-a-tag.json"));
    let events: Vec<Value> = serde_json::from_str(&text.unwrap().replace("v2.0", "<!channel>")).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), serde_json::to_vec(&events).unwrap()).unwrap();
    let blocks = run(&["preview", "failed", "--as", "slack", "--json", "--run", file.path().to_str().unwrap()]).json();
    assert!(blocks["text"].as_str().unwrap().contains("(&lt;!channel&gt;)"), "{blocks}");
    let others = blocks["blocks"].as_array().unwrap().iter().filter(|block| block["type"] != "header");
    assert!(others.clone().count() > 1 && others.into_iter().all(|block| !block.to_string().contains("<!channel>")));
}

/// Routes that match by what set a run off have digests, too.
#[test]
fn a_digest_goes_by_the_tag_and_the_trigger_of_what_is_red() {
    let directory = tempfile::tempdir().unwrap();
    let (events, config) = (directory.path().join("events.json"), directory.path().join("andon.yml"));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/fork-and-branch-like-a-tag.json");
    let all: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let tagged = all.iter().find(|event| event["detail"]["execution-trigger"]["tag-name"] == "v2.0").unwrap();
    let execution = tagged["detail"]["execution-id"].clone();
    let mut run_of_tag: Vec<Value> =
        all.into_iter().filter(|event| event["detail"]["execution-id"] == execution).collect();
    run_of_tag.last_mut().unwrap()["detail"]["state"] = "FAILED".into();
    std::fs::write(&events, serde_json::to_vec(&run_of_tag).unwrap()).unwrap();
    let digests = |matches: &str| {
        let digest = "{ at: \"09:00\", days: [mon, tue, wed, thu, fri, sat, sun] }";
        let route = format!("{{ match: {{ {matches} }}, to: default, digest: {digest} }}");
        std::fs::write(&config, format!("version: 1\nroutes:\n  - {route}\n")).unwrap();
        let (events, config) = (events.to_str().unwrap(), config.to_str().unwrap());
        let ended = run(&["replay", events, "--json", "--config", config, "--for", "24h"]);
        ended.json_lines().iter().filter(|line| line["kind"] == "digest").count()
    };
    assert_eq!(digests("tag: v2.0"), 1);
    assert_eq!(digests("trigger: tag"), 1);
    assert_eq!(digests("tag: other"), 0);
    assert_eq!(digests("trigger: push"), 0);
}

#[test]
fn a_route_is_shown_once_for_each_alert_whatever_form_the_events_have() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("andon.yml");
    std::fs::write(&config, EVERYTHING).unwrap();
    let config = config.to_str().unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/service-takes-back-an-older-run.json");
    let events: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let lines = events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let of_array = run(&["check", config, "--route", file, "--json"]).json();
    let of_lines = support::run_with(lines.as_bytes(), &["check", config, "--route", "-", "--json"]).json();
    assert_eq!(of_array, of_lines);
    let failed = of_array["alerts"].as_array().unwrap().iter().filter(|alert| alert["kind"] == "failed").count();
    assert_eq!(failed, 2, "{of_array}");
}

#[test]
fn the_clock_runs_on_for_a_month_at_most() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/rollback-is-stopped.json");
    let ended = run(&["replay", file, "--for", "99999d"]);
    assert!(ended.err.contains("at most 31 days"), "{}", ended.err);
}
