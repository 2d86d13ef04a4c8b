//! Trains the model by which a diagnosis ranks lines, and tells how good it is on logs that it has not seen.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts of lines and logs are small")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use andon_diagnosis::training::{Draft, Sample};
use andon_diagnosis::{Evidence, Log};
use anyhow::{Result, anyhow};
use serde::Serialize;

mod cases;
mod kinds;
mod lists;
mod score;
mod trees;
mod words;

use cases::Case;
use score::{BASELINES, Score, baseline};

/// So many folds of the cross-validation.
const FOLDS: usize = 5;
/// Settings are chosen on the first so many folds; the others tell whether they hold.
const CHOOSING: usize = 3;
/// Added to the logarithm of the odds of ranked lines: more lines quoted hold the cause more often, and say it less clearly.
const QUOTED: f32 = -1.0;
/// Candidates for it.
const SHIFTS: [f32; 5] = [-1.5, -1.25, -1.0, -0.75, -0.5];

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folders of labelled logs to learn from
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Only logs of this folder are judged by cross-validation (default: the first)
    #[arg(long)]
    judged: Option<PathBuf>,
    /// Where the model goes
    #[arg(long, default_value = "crates/andon-diagnosis/src/model.bin")]
    model: PathBuf,
    /// Where the figures of the cross-validation go
    #[arg(long, default_value = "crates/andon-diagnosis/figures.json")]
    figures: PathBuf,
    /// Only evaluates
    #[arg(long)]
    evaluate: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    let all = cases::read(&options.folders)?;
    let judged =
        options.judged.as_ref().or(options.folders.first()).map(|folder| cases::read(&[folder])).transpose()?;
    let judged = judged.map_or(0, |cases| cases.len());
    let all: Vec<&Case> = all.iter().collect();
    println!("{} logs, {judged} of them judged; read in {:.1} s", all.len(), started.elapsed().as_secs_f32());
    let fold_of = cases::folds(&all, FOLDS, 1);
    let others = |fold: usize| all.iter().zip(&fold_of).filter(move |(_, of)| **of != fold).map(|(case, _)| *case);
    let ranker = |fold: usize| trees::learn(&others(fold).collect::<Vec<_>>());
    let mut rankers = Vec::new();
    let side_by_side = std::thread::available_parallelism().map_or(1, usize::from);
    for folds in (0..FOLDS).collect::<Vec<_>>().chunks(side_by_side) {
        let learned: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = folds.iter().map(|fold| scope.spawn(|| ranker(*fold))).collect();
            running.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        for draft in learned {
            rankers.push(draft.map_err(|_| anyhow!("the training of a fold failed"))??);
        }
        println!("{} of {FOLDS} folds: {:.1} s", rankers.len(), started.elapsed().as_secs_f32());
    }
    let listed: Vec<lists::Listed<'_>> = all
        .iter()
        .zip(&fold_of)
        .filter_map(|(case, fold)| Some((*case, case.sample.listed(rankers.get(*fold)?))))
        .collect();
    let mut drafts = Vec::new();
    for (fold, ranker) in rankers.into_iter().enumerate() {
        let known = listed.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(listed, _)| listed);
        let draft = lists::learn(ranker, known)?.with_limits(QUOTED, [0.0; 3]);
        drafts.push(kinds::learn(draft, &others(fold).collect::<Vec<_>>())?);
    }
    let held_out: Vec<(&Case, &Draft)> =
        all.iter().zip(&fold_of).take(judged).filter_map(|(case, fold)| Some((*case, drafts.get(*fold)?))).collect();
    let confidence = calibrated(&held_out);
    println!("confidence {confidence:?}");
    for shift in SHIFTS {
        let mut sum = Score::default();
        for ((case, draft), _) in held_out.iter().zip(&fold_of).filter(|(_, fold)| **fold < CHOOSING) {
            sum.add(judge(case, &(*draft).clone().with_limits(shift, confidence)).0);
        }
        println!("{shift}: {:?}", sum.share());
    }
    let figures = Figures::of(&held_out, &fold_of, all.len(), confidence);
    println!("{figures:#?}");
    fs::write(&options.figures, serde_json::to_string_pretty(&figures)? + "\n")?;
    if !options.evaluate {
        let draft = lists::learn(trees::learn(&all)?, listed.iter())?.with_limits(QUOTED, confidence);
        let draft = kinds::learn(draft, &all)?;
        fs::write(&options.model, draft.to_bytes())?;
        println!("{} written after {:.1} s", options.model.display(), started.elapsed().as_secs_f32());
    }
    Ok(())
}

/// How well it does on one log, and how sure it is.
fn judge(case: &Case, draft: &Draft) -> (Score, f64) {
    let diagnosis = draft.diagnose(&Evidence::from_log(Log::from_bytes(case.text.as_bytes())));
    let picked: Vec<usize> = diagnosis.cause.iter().map(|line| line.line.saturating_sub(1)).collect();
    (Score::of(&case.label, &picked, diagnosis.category.as_str()), diagnosis.confidence.probability())
}

/// What the cross-validation found, all on logs that the model had not seen.
#[derive(Debug, Serialize)]
struct Figures {
    trained_on: usize,
    folds: usize,
    all: Score,
    over_100_lines: Score,
    /// The logs of the folds on which no setting was chosen.
    not_chosen_on: Score,
    by_category: BTreeMap<String, Score>,
    baselines: BTreeMap<&'static str, Score>,
    reliability: Vec<Reliability>,
}

/// How often the first line was right when the confidence was in this range.
#[derive(Debug, Serialize)]
struct Reliability {
    from: f64,
    to: f64,
    cases: f64,
    right: f64,
}

/// Where the ranges of confidence begin.
const RANGES: [f64; 6] = [0.0, 0.3, 0.5, 0.6, 0.8, 0.9];

impl Figures {
    fn of(held_out: &[(&Case, &Draft)], fold_of: &[usize], trained_on: usize, confidence: [f32; 3]) -> Self {
        let (mut all, mut long, mut others) = (Score::default(), Score::default(), Score::default());
        let mut by_category: BTreeMap<String, Score> = BTreeMap::new();
        let mut baselines: BTreeMap<&'static str, Score> = BTreeMap::new();
        let mut ranges = RANGES.map(|from| Reliability { from, to: 1.0, cases: 0.0, right: 0.0 });
        for ((case, draft), fold) in held_out.iter().zip(fold_of) {
            let (score, sure) = judge(case, &(*draft).clone().with_limits(QUOTED, confidence));
            all.add(score);
            if case.label.log.len() > 100 {
                long.add(score);
            }
            if *fold >= CHOOSING {
                others.add(score);
            }
            by_category.entry(case.label.category.clone()).or_default().add(score);
            for way in BASELINES {
                baselines.entry(way).or_default().add(Score::of(&case.label, &baseline(&case.label, way), ""));
            }
            if let Some(range) = ranges.iter_mut().rev().find(|range| sure >= range.from) {
                range.cases += 1.0;
                range.right += score.first;
            }
        }
        let mut to = 1.0;
        for range in ranges.iter_mut().rev() {
            (range.to, to) = (to, range.from);
            range.right = (range.right / range.cases.max(1.0) * 1000.0).round() / 1000.0;
        }
        Self {
            trained_on,
            folds: FOLDS,
            all: all.share(),
            over_100_lines: long.share(),
            not_chosen_on: others.share(),
            by_category: by_category.into_iter().map(|(category, score)| (category, score.share())).collect(),
            baselines: baselines.into_iter().map(|(way, score)| (way, score.share())).collect(),
            reliability: ranges.into(),
        }
    }
}

/// A log's score and lead, and whether its first line is right.
fn point(draft: &Draft, sample: &Sample, right: bool) -> Option<(f64, f64, f64)> {
    let (first, second) = draft.lead(sample)?;
    Some((f64::from(first), f64::from((first - second).clamp(0.0, 6.0)), f64::from(u8::from(right))))
}

/// A logistic regression of whether the first line is right on its score and its lead.
fn calibrated(held_out: &[(&Case, &Draft)]) -> [f32; 3] {
    let points: Vec<(f64, f64, f64)> = held_out
        .iter()
        .filter_map(|(case, draft)| {
            let line = draft.first(&case.sample)?;
            let right = case.is_cause.get(line).copied().unwrap_or(false);
            point(draft, &case.sample, right)
        })
        .collect();
    let mut values = [0.0_f64; 3];
    for _ in 0..20_000 {
        let mut slope = [0.0_f64; 3];
        for (score, lead, right) in &points {
            let miss = 1.0 / (1.0 + (-(values[0] + values[1] * score + values[2] * lead)).exp()) - right;
            slope[0] += miss;
            slope[1] += miss * score;
            slope[2] += miss * lead;
        }
        for (value, slope) in values.iter_mut().zip(slope) {
            *value -= 0.3 * slope / points.len().max(1) as f64;
        }
    }
    values.map(|value| (value * 1000.0).round() as f32 / 1000.0)
}
