//! Labelled logs: read, and divided so that what is alike stays together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use andon_diagnosis::training::Sample;
use anyhow::{Context, Result};
use serde::Deserialize;

/// A failing log and what is known of its cause.
pub(super) struct Case {
    pub(super) label: Label,
    pub(super) text: String,
    pub(super) sample: Sample,
    /// For each line, whether it belongs to the cause.
    pub(super) is_cause: Vec<bool>,
    /// Parts of the log in which nothing fails.
    pub(super) calm: Vec<Sample>,
    /// Logs with the same number may know each other.
    pub(super) group: usize,
}

/// A file of the data: indices count from 0.
#[derive(Deserialize)]
pub(super) struct Label {
    pub(super) id: String,
    #[serde(default)]
    pub(super) source: String,
    pub(super) log: Vec<String>,
    pub(super) cause: Vec<usize>,
    pub(super) must: Vec<String>,
    pub(super) category: String,
    #[serde(default)]
    pub(super) category_ok: Vec<String>,
    #[serde(default)]
    pub(super) alt: Vec<Vec<usize>>,
}

impl Label {
    /// For each labelled line, the lines that serve for it.
    pub(super) fn truth(&self) -> Vec<BTreeSet<usize>> {
        let mut same: BTreeMap<usize, BTreeSet<usize>> =
            self.cause.iter().map(|line| (*line, BTreeSet::from([*line]))).collect();
        for group in &self.alt {
            if let Some(set) = group.first().and_then(|line| same.get_mut(line)) {
                set.extend(group);
            }
        }
        same.into_values().collect()
    }
}

/// All cases of the folders, in the order of their files' names.
pub(super) fn read(folders: &[impl AsRef<Path>]) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for folder in folders {
        let folder = folder.as_ref();
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        for path in paths {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let label =
                serde_json::from_slice(&bytes).with_context(|| format!("{} is no labelled log", path.display()))?;
            cases.push(Case::of(label));
        }
    }
    for (case, group) in groups(&cases).into_iter().enumerate() {
        if let Some(case) = cases.get_mut(case) {
            case.group = group;
        }
    }
    Ok(cases)
}

impl Case {
    fn of(label: Label) -> Self {
        let text = label.log.join("\n") + "\n";
        let sample = Sample::of(text.as_bytes());
        // An entry of the log may hold several lines.
        let causes: BTreeSet<usize> = label.truth().into_iter().flatten().collect();
        let mut is_cause = Vec::new();
        for (index, entry) in label.log.iter().enumerate() {
            is_cause.extend(entry.split('\n').map(|_| causes.contains(&index)));
        }
        is_cause.resize(sample.lines(), false);
        let calm = calm(&text, &is_cause, mixed(label.id.len() as u64 ^ text.len() as u64));
        Self { label, text, sample, is_cause, calm, group: 0 }
    }

    /// How much each of its causes weighs: a log with many is not worth more than a few.
    pub(super) fn weight(&self) -> f64 {
        let causes = self.is_cause.iter().filter(|is_cause| **is_cause).count().clamp(1, 8);
        4.0 / (causes as f64).sqrt()
    }
}

/// Far enough before the first cause to be without its forebodings.
const MARGIN: usize = 5;

/// What came well before the first cause, and a few lines of it, also one alone: they teach that a log may have no cause.
fn calm(text: &str, is_cause: &[bool], seed: u64) -> Vec<Sample> {
    let first = is_cause.iter().position(|is_cause| *is_cause).unwrap_or(0);
    let lines: Vec<&str> = text.lines().take(first.saturating_sub(MARGIN)).collect();
    if lines.len() < MARGIN {
        return Vec::new();
    }
    let part = |seed: u64, length: usize| {
        let start = mixed(seed) as usize % lines.len().saturating_sub(length).max(1);
        Sample::of((lines.iter().skip(start).take(length).copied().collect::<Vec<_>>().join("\n") + "\n").as_bytes())
    };
    vec![part(seed, lines.len()), part(seed ^ 1, 1), part(seed ^ 2, 3), part(seed ^ 3, 12)]
}

/// The owner and name of the repository that a log is from; nothing for collections of many repositories' logs.
fn repository(source: &str) -> Option<String> {
    let source = source.trim_start_matches("github.com/").to_lowercase();
    let mut parts = source.split(|c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c))).next()?.split('/');
    let (owner, name) = (parts.next()?, parts.next()?.split(':').next()?);
    (owner != "bugswarm").then(|| format!("{owner}/{name}"))
}

/// Lines that more logs have are the runner's, not the failure's.
const MAX_SHARING: usize = 8;

/// Puts logs of the same repository, and those that share a quarter of their telling lines, into the same group.
fn groups(cases: &[Case]) -> Vec<usize> {
    let telling: Vec<BTreeSet<String>> = cases
        .iter()
        .map(|case| {
            let lines = (0..case.sample.lines()).map(|line| case.sample.text(line).trim());
            lines.filter(|line| line.len() > 25).map(without_numbers).collect()
        })
        .collect();
    let mut holding: HashMap<&str, Vec<usize>> = HashMap::new();
    for (case, lines) in telling.iter().enumerate() {
        for line in lines {
            holding.entry(line).or_default().push(case);
        }
    }
    let mut sizes = vec![0_usize; cases.len()];
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for holders in holding.values().filter(|holders| holders.len() <= MAX_SHARING) {
        for (at, a) in holders.iter().enumerate() {
            if let Some(size) = sizes.get_mut(*a) {
                *size += 1;
            }
            for b in holders.iter().skip(at + 1) {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut groups: Vec<usize> = (0..cases.len()).collect();
    let mut unite = |a: usize, b: usize| {
        let (Some(a), Some(b)) = (groups.get(a).copied(), groups.get(b).copied()) else { return };
        for group in &mut groups {
            if *group == a.max(b) {
                *group = a.min(b);
            }
        }
    };
    for ((a, b), count) in shared {
        let least = sizes.get(a).copied().unwrap_or(0).min(sizes.get(b).copied().unwrap_or(0));
        if count >= 3 && 4 * count >= least {
            unite(a, b);
        }
    }
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, case) in cases.iter().enumerate() {
        if let Some(repository) = repository(&case.label.source) {
            unite(*known.entry(repository).or_insert(at), at);
        }
    }
    groups
}

fn without_numbers(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('0') {
            out.push('0');
        }
    }
    out
}

/// The fold of each case, so many of about the same size; a group is in one fold.
pub(super) fn folds(cases: &[&Case], count: usize, salt: u64) -> Vec<usize> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for case in cases {
        *sizes.entry(case.group).or_default() += 1;
    }
    // Big groups first, each into the emptiest fold; equal ones in an order that has nothing to do with their names.
    let mut order: Vec<(usize, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|(group, size)| (usize::MAX - size, mixed(*group as u64 ^ salt)));
    let mut filled = vec![0_usize; count];
    let mut fold_of: HashMap<usize, usize> = HashMap::new();
    for (group, size) in order {
        let emptiest = (0..count).min_by_key(|fold| filled.get(*fold).copied().unwrap_or(0)).unwrap_or(0);
        if let Some(fold) = filled.get_mut(emptiest) {
            *fold += size;
        }
        fold_of.insert(group, emptiest);
    }
    cases.iter().map(|case| fold_of.get(&case.group).copied().unwrap_or(0)).collect()
}

/// `SplitMix64`: numbers that look random and are always the same.
pub(super) fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
