//! Gradient-boosted trees over the features of lines.

use andon_diagnosis::training::{Draft, Question, Sample};
use anyhow::{Context, Result};
use forust_ml::gradientbooster::GrowPolicy;
use forust_ml::objective::ObjectiveType;
use forust_ml::sampler::SampleMethod;
use forust_ml::tree::Tree;
use forust_ml::{GradientBooster, Matrix};

use super::cases::{Case, folds};
use super::words;

/// Lines whose words are further down are taken one in so many, at so much more weight.
const LIKELY: f32 = 120.0;
const THINNED: usize = 4;
/// How much a line of a part without a failure weighs.
const CALM: f64 = 0.7;
/// Within what it learns from, words are learned so many times, each without the lines that they then describe.
const FOLDS: usize = 4;

/// How the trees are grown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    pub(super) trees: usize,
    pub(super) leaves: usize,
    pub(super) depth: usize,
    pub(super) rate: f32,
    pub(super) l2: f32,
    /// What the lines of a leaf weigh at least.
    pub(super) least: f32,
    /// The share of the features that a tree may ask about.
    pub(super) columns: f64,
    /// Whether the leaf is divided next that gains most, and each tree sees four rows of five; otherwise a tree grows
    /// level by level, and sees all rows.
    pub(super) best_first: bool,
    /// Where the random numbers start that choose rows and features.
    pub(super) seed: u64,
}

/// The growth that did best on held-out logs.
const GROWTH: Growth = Growth {
    trees: 320,
    leaves: 30,
    depth: 10,
    rate: 0.045,
    l2: 5.0,
    least: 2.0,
    columns: 0.3,
    best_first: false,
    seed: 3,
};
/// So many such models are averaged: they differ in what they drew by chance, and so do their mistakes.
const MODELS: u64 = 2;

/// A model of these cases, without its limits.
pub(super) fn learn(cases: &[&Case]) -> Result<Draft> {
    let models = (0..MODELS).map(|model| learned(cases, 7 + model, Growth { seed: GROWTH.seed + model, ..GROWTH }));
    let (base, trees) = mean(models.collect::<Result<Vec<_>>>()?);
    Ok(words::learn(cases).with_trees(base, &trees))
}

/// Trees with the score before any of them.
type Grown = (f32, Vec<Vec<Question>>);

/// One model that says the mean of what several say.
pub(super) fn mean(models: impl IntoIterator<Item = Grown>) -> Grown {
    let (mut bases, mut trees) = (Vec::new(), Vec::new());
    for (base, own) in models {
        bases.push(base);
        trees.extend(own);
    }
    let share = 1.0 / bases.len().max(1) as f32;
    for question in trees.iter_mut().flatten() {
        if let Question::Leaf(value) = question {
            *value *= share;
        }
    }
    (bases.iter().sum::<f32>() * share, trees)
}

/// Trees that judge lines; `salt` divides the logs that teach words from those in which they then describe lines.
fn learned(cases: &[&Case], salt: u64, growth: Growth) -> Result<Grown> {
    let names = Sample::features();
    let place =
        names.iter().position(|name| name == "spoken-order").context("no feature orders lines by their words")?;
    let (mut rows, mut truths, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    let fold_of = folds(cases, FOLDS, salt);
    for fold in 0..FOLDS {
        let others: Vec<&Case> =
            cases.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(case, _)| *case).collect();
        let heard = words::learn(&others);
        for case in cases.iter().zip(&fold_of).filter(|(_, of)| **of == fold).map(|(case, _)| case) {
            for candidate in case.sample.candidates(&heard) {
                let is_cause = case.is_cause.get(candidate.line).copied().unwrap_or(false);
                let unlikely = !is_cause && candidate.row.get(place).is_some_and(|order| *order >= LIKELY);
                if unlikely && candidate.line % THINNED != 0 {
                    continue;
                }
                truths.push(f64::from(u8::from(is_cause)));
                weights.push(if is_cause {
                    case.weight()
                } else if unlikely {
                    THINNED as f64
                } else {
                    1.0
                });
                rows.push(candidate.row);
            }
            for candidate in case.calm.iter().flat_map(|calm| calm.candidates(&heard)) {
                if candidate.line % THINNED == 0 || candidate.row.get(place).is_some_and(|order| *order < 3.0) {
                    truths.push(0.0);
                    weights.push(CALM);
                    rows.push(candidate.row);
                }
            }
        }
    }
    grown(&rows, &truths, &weights, growth)
}

/// Trees that tell true rows from others, and the score before any of them.
pub(super) fn grown(rows: &[Vec<f32>], truths: &[f64], weights: &[f64], growth: Growth) -> Result<Grown> {
    // The library wants columns one after the other.
    let width = rows.first().map_or(0, Vec::len);
    let columns: Vec<f64> = (0..width)
        .flat_map(|column| rows.iter().map(move |row| row.get(column).copied().map_or(0.0, f64::from)))
        .collect();
    let data = Matrix::new(&columns, rows.len(), width);
    let mut booster = GradientBooster::default()
        .set_objective_type(ObjectiveType::LogLoss)
        .set_iterations(growth.trees)
        .set_learning_rate(growth.rate)
        .set_max_depth(growth.depth)
        .set_max_leaves(growth.leaves)
        .set_l2(growth.l2)
        .set_min_leaf_weight(growth.least)
        .set_subsample(0.8)
        .set_colsample_bytree(growth.columns)
        .set_nbins(64)
        .set_seed(growth.seed)
        .set_initialize_base_score(true)
        .set_parallel(false);
    if growth.best_first {
        booster.grow_policy = GrowPolicy::LossGuide;
        booster.sample_method = SampleMethod::Random;
    }
    booster.fit(&data, truths, weights, None)?;
    let trees = booster.trees.iter().map(questions).collect::<Option<_>>().context("a tree is too big")?;
    Ok((booster.base_score as f32, trees))
}

/// A tree's nodes, children after their parents.
fn questions(tree: &Tree) -> Option<Vec<Question>> {
    let mut order = vec![0_usize];
    let mut at = 0;
    while let Some(node) = order.get(at).and_then(|number| tree.nodes.get(*number)) {
        if !node.is_leaf {
            order.extend([node.left_child, node.right_child]);
        }
        at += 1;
    }
    let place = |number: usize| order.iter().position(|known| *known == number).and_then(|at| u16::try_from(at).ok());
    order
        .iter()
        .map(|number| {
            let node = tree.nodes.get(*number)?;
            if node.is_leaf {
                return Some(Question::Leaf(node.weight_value));
            }
            Some(Question::Below {
                feature: u16::try_from(node.split_feature).ok()?,
                value: at_least(node.split_value),
                next: [place(node.left_child)?, place(node.right_child)?],
            })
        })
        .collect()
}

/// The least single that is no less than a double: below the one is below the other for every single.
fn at_least(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) >= value { near } else { near.next_up() }
}
