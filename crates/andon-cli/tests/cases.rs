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
