//! The project's own benchmark: real failing logs with their causes labelled, scored as `benchmark/README.md` says.

#![allow(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use andon_diagnosis::{Evidence, Log, MOST_LINES, diagnose};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    log: Vec<String>,
    cause: Vec<usize>,
    must: Vec<String>,
    category: String,
    #[serde(default)]
    alt: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, Default)]
struct Score {
    cases: f64,
    hit: f64,
    first: f64,
    f1: f64,
    category: f64,
}

/// The naive ways to find a cause that any diagnosis has to beat.
const BASELINES: [&str; 3] = ["last lines", "first matching lines", "last matching lines"];

impl Case {
    /// For each labelled line, the indices that serve for it.
    fn truth(&self) -> Vec<BTreeSet<usize>> {
        let mut same: BTreeMap<usize, BTreeSet<usize>> =
            self.cause.iter().map(|line| (*line, BTreeSet::from([*line]))).collect();
        for group in &self.alt {
            if let Some(set) = group.first().and_then(|line| same.get_mut(line)) {
                set.extend(group);
            }
        }
        same.into_values().collect()
    }

    fn score(&self, picked: &[usize], category: &str) -> Score {
        let truth = self.truth();
        let right = picked.iter().filter(|line| truth.iter().any(|set| set.contains(line))).count() as f64;
        let found = truth.iter().filter(|set| picked.iter().any(|line| set.contains(line))).count() as f64;
        let precision = if picked.is_empty() { 0.0 } else { right / picked.len() as f64 };
        let recall = if truth.is_empty() { 0.0 } else { found / truth.len() as f64 };
        let quoted: Vec<&str> = picked.iter().filter_map(|line| self.log.get(*line)).map(String::as_str).collect();
        let quoted = quoted.join("\n");
        let yes = |holds: bool| f64::from(u8::from(holds));
        Score {
            cases: 1.0,
            hit: yes(self.must.iter().all(|must| quoted.contains(must))),
            first: yes(picked.first().is_some_and(|line| truth.iter().any(|set| set.contains(line)))),
            f1: if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 },
            category: yes(category == self.category),
        }
    }

    fn baseline(&self, kind: &str) -> Vec<usize> {
        let words = ["error", "fail", "exception", "fatal", "denied", "not found", "cannot"];
        let all = 0..self.log.len();
        let mut picked: Vec<usize> = match kind {
            "last lines" => all.filter(|at| !self.log[*at].trim().is_empty()).collect(),
            _ => all.filter(|at| words.iter().any(|word| self.log[*at].to_lowercase().contains(word))).collect(),
        };
        let start = if kind == "first matching lines" { 0 } else { picked.len().saturating_sub(MOST_LINES) };
        picked.drain(..start);
        picked.truncate(MOST_LINES);
        picked
    }
}

impl Score {
    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.hit += other.hit;
        self.first += other.first;
        self.f1 += other.f1;
        self.category += other.category;
    }

    fn row(&self) -> String {
        let share = |sum: f64| sum / self.cases;
        format!(
            "{:3.0} | {:.3} | {:.3} | {:.3} | {:.3}",
            self.cases,
            share(self.hit),
            share(self.first),
            share(self.f1),
            share(self.category)
        )
    }
}

impl Score {
    fn short(&self) -> String {
        let share = |sum: f64| sum / self.cases;
        format!("{:.2} / {:.2} / {:.2}", share(self.hit), share(self.first), share(self.f1))
    }
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            serde_json::from_slice(&std::fs::read(path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

fn explain(case: &Case) -> (Vec<usize>, String) {
    let text = case.log.join("\n") + "\n";
    let diagnosis = diagnose(&Evidence::from_log(Log::from_bytes(text.as_bytes())), &[]);
    let category = serde_json::to_value(diagnosis.category).unwrap().as_str().unwrap().to_owned();
    (diagnosis.cause.iter().map(|line| line.line - 1).collect(), category)
}

/// Scores all cases and prints the tables of the docs (`cargo test -- --nocapture`).
fn scored(folder: &Path) -> Score {
    scored_by_category(folder).0
}

/// All in all, and the rows of the docs' table by category.
fn scored_by_category(folder: &Path) -> (Score, Vec<String>) {
    let mut total = Score::default();
    let mut by_category: BTreeMap<String, (Score, [Score; 3])> = BTreeMap::new();
    for case in cases(folder) {
        let (picked, category) = explain(&case);
        let score = case.score(&picked, &category);
        total.add(score);
        if score.hit < 1.0 || score.category < 1.0 {
            println!("missed: {} {}", case.id, if score.hit < 1.0 { "cause" } else { "category" });
        }
        let row = by_category.entry(case.category.clone()).or_default();
        row.0.add(score);
        for (baseline, kind) in row.1.iter_mut().zip(BASELINES) {
            baseline.add(case.score(&case.baseline(kind), ""));
        }
    }
    println!("category | cases | hit | first | f1 | category right");
    for (category, (score, baselines)) in &by_category {
        println!("{category} | {}", score.row());
        for (baseline, kind) in baselines.iter().zip(BASELINES) {
            println!("    {kind} | {}", baseline.row());
        }
    }
    println!("all | {}", total.row());
    let rows = by_category.iter().map(|(category, (score, baselines))| {
        let [last, first, last_matching] = baselines.map(|baseline| baseline.short());
        let right = score.category / score.cases;
        let (cases, own) = (score.cases, score.short());
        format!("| {category} | {cases:.0} | {own} | {right:.2} | {last} | {first} | {last_matching} |")
    });
    (total, rows.collect())
}

fn assert_floor(score: Score, hit: f64, first: f64, f1: f64, category: f64) {
    for (name, got, floor) in [
        ("hit", score.hit, hit),
        ("first", score.first, first),
        ("f1", score.f1, f1),
        ("category", score.category, category),
    ] {
        assert!(got / score.cases >= floor, "{name} fell to {:.3}, below {floor}", got / score.cases);
    }
}

#[test]
fn the_own_benchmark_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (score, rows) = scored_by_category(&root.join("benchmark"));
    assert!(score.cases >= 60.0);
    assert_floor(score, 0.97, 0.96, 0.90, 0.95);
    let page = std::fs::read_to_string(root.join("docs/diagnosis.md")).unwrap();
    let all = format!("| all, now | {} |", score.row());
    for row in rows.iter().chain([&all]) {
        assert!(page.lines().any(|line| line == row), "docs/diagnosis.md does not say: {row}");
    }
}

/// The page of the documentation says what `cargo xtask train` found on logs that the model had not seen.
#[test]
fn the_documented_figures_are_those_of_the_last_training() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let figures: serde_json::Value =
        serde_json::from_slice(&std::fs::read(root.join("figures.json")).unwrap()).unwrap();
    let page = std::fs::read_to_string(root.join("../../docs/diagnosis.md")).unwrap();
    let number = |score: &serde_json::Value, name: &str| score[name].as_f64().unwrap();
    let row = |title: &str, score: &serde_json::Value| {
        let [cases, hit, first, f1] = ["cases", "hit", "first", "f1"].map(|name| number(score, name));
        let [category, lenient] = ["category", "lenient"].map(|name| number(score, name));
        format!("| {title} | {cases} | {hit:.3} | {first:.3} | {f1:.3} | {category:.3} | {lenient:.3} |")
    };
    let mut rows = vec![
        row("all", &figures["all"]),
        row("over 100 lines", &figures["over_100_lines"]),
        row("the other two parts", &figures["not_chosen_on"]),
    ];
    rows.extend(figures["by_category"].as_object().unwrap().iter().map(|(category, score)| row(category, score)));
    for (way, score) in figures["baselines"].as_object().unwrap() {
        let [cases, hit, first, f1] = ["cases", "hit", "first", "f1"].map(|name| number(score, name));
        rows.push(format!("| {way} | {cases} | {hit:.3} | {first:.3} | {f1:.3} | - | - |"));
    }
    for range in figures["reliability"].as_array().unwrap() {
        let [from, to, cases, right] = ["from", "to", "cases", "right"].map(|name| number(range, name));
        rows.push(format!("| {from:.1} to {to:.1} | {cases} | {right:.3} |"));
    }
    let missing: Vec<&String> = rows.iter().filter(|row| !page.lines().any(|line| line == *row)).collect();
    assert!(missing.is_empty(), "docs/diagnosis.md does not say:\n{missing:#?}");
}

#[test]
fn further_labelled_logs_are_explained() {
    let Some(folder) = std::env::var_os("ANDON_FAILURE_LOGS") else {
        println!("NOT TESTED: ANDON_FAILURE_LOGS names no folder of labelled logs");
        return;
    };
    assert_floor(scored(Path::new(&folder)), 0.95, 0.80, 0.65, 0.80);
}
