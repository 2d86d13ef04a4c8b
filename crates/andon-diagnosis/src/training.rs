//! What `cargo xtask train` needs: the words and features of labelled logs, and the model's file.
//!
//! Training and use compute everything alike, because this only lends out what a diagnosis uses itself.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "counts of lines and words are small, and a list of features is long"
)]

use std::borrow::Cow;

use super::contest::{self, Choice};
use super::log::Log;
use super::model::{Kinds, LEAF, Limits, Model, Node, Trees};
use super::rank;
use super::scan::RULES;
use super::structure::Structure;
use super::words::{self, Lexicon, RARITIES, WEIGHTS, bucket, rarity_of};
use super::{Category, Diagnosis, Evidence, Reading, category};

/// So many weights of words are learned.
pub const MAX_WEIGHTS: usize = WEIGHTS;
/// So many counts of names are kept.
pub const MAX_NAMES: usize = RARITIES;

/// So many signs speak of the kind of failure.
pub const MAX_KIND_SIGNS: usize = category::SIGNS;
/// The kinds of failure, in the model's order.
pub const KINDS: [Category; 12] = category::ALL;

fn grown(base: f32, trees: &[Vec<Question>]) -> Trees {
    let mut grown = Trees { base, ..Trees::default() };
    for tree in trees {
        grown.roots.push(grown.nodes.len() as u32);
        grown.nodes.extend((0..).zip(tree).map(|(at, question)| match *question {
            Question::Below { feature, value, next: [left, right] } => Node { feature, value, left, right },
            Question::Leaf(value) => Node { feature: LEAF, value, left: at, right: at },
        }));
    }
    grown
}

/// A log as the ranker sees it.
pub struct Sample {
    log: Log,
    structure: Structure,
    choice: Option<Choice>,
}

/// A line that can be the cause.
#[derive(Debug)]
pub struct Candidate {
    /// Its index in the log.
    pub line: usize,
    /// Its features, in the order of [`Sample::features`].
    pub row: Vec<f32>,
}

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub enum Question {
    /// Whether a feature is below a value: then on to the first of the two nodes, else to the second.
    Below {
        /// The feature's place.
        feature: u16,
        /// The value.
        value: f32,
        /// The nodes, counted from the root; later than this one.
        next: [u16; 2],
    },
    /// The end: what it adds to the score.
    Leaf(f32),
}

/// The parts of a model.
#[derive(Clone, Debug)]
pub struct Draft(Model<'static>);

impl Sample {
    /// Reads a log.
    pub fn of(log: &[u8]) -> Self {
        let log = Log::from_bytes(log);
        let structure = Structure::of(&log);
        let choice = contest::choose(&RULES, &log, &structure);
        Self { log, structure, choice }
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.log.len()
    }

    /// A line's text, cleaned.
    pub fn text(&self, line: usize) -> &str {
        self.log.line(line)
    }

    /// The buckets of a line's words, each below [`MAX_WEIGHTS`].
    pub fn words(&self, line: usize) -> Vec<usize> {
        let mut found = Vec::new();
        words::words(self.log.line(line), &mut found);
        found.into_iter().map(|word| bucket(word, WEIGHTS)).collect()
    }

    /// The buckets of all names in the log, each below [`MAX_NAMES`], in order.
    pub fn names(&self) -> Vec<usize> {
        let (mut all, mut found) = (Vec::new(), Vec::new());
        for line in 0..self.log.len() {
            words::names(self.log.line(line), &mut found);
            all.extend(found.iter().map(|name| bucket(*name, RARITIES)));
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The lines that can be the cause, with their features as `draft` knows words.
    pub fn candidates(&self, draft: &Draft) -> Vec<Candidate> {
        let page = rank::page(&draft.0, &self.log, &self.structure, self.choice.as_ref());
        page.candidates().map(|line| Candidate { line, row: page.row(line) }).collect()
    }

    /// The lines that `draft` ranks highest, with what they are among the ranked ones.
    pub fn listed(&self, draft: &Draft) -> Vec<Candidate> {
        let ranking = rank::Ranking::of(&draft.0, &self.log, &self.structure, self.choice.as_ref());
        ranking.into_listed().into_iter().map(|(line, row)| Candidate { line, row }).collect()
    }

    /// What tells of the kind of failure when these lines are quoted: signs below [`MAX_KIND_SIGNS`], and how much each
    /// says; `draft` knows how rare words are.
    pub fn kind_signs(&self, draft: &Draft, lines: &[usize]) -> Vec<(usize, f32)> {
        let reading = Reading::quoting(&self.log, lines);
        reading.kind_signs(&draft.0, reading.rule().as_ref()).0
    }

    /// The names of the features.
    pub fn features() -> Vec<String> {
        super::features::Page::names()
    }
}

impl Draft {
    /// A model that knows words only: what each of them weighs, and how many of so many logs hold each name.
    pub fn of_words(bias: f32, scale: f32, weights: &[i8], logs: u32, holding: &[u32]) -> Self {
        let weights: Vec<u8> = weights.iter().map(|weight| weight.cast_unsigned()).collect();
        let rarities: Vec<u8> = holding.iter().map(|logs| rarity_of(*logs)).collect();
        let lexicon =
            Lexicon { bias, scale, weights: Cow::Owned(weights), logs: logs as f32, rarities: Cow::Owned(rarities) };
        Self(Model {
            lexicon,
            lines: Trees::default(),
            lists: Trees::default(),
            needs: Trees::default(),
            limits: Limits::default(),
            kinds: Kinds::none(),
        })
    }

    /// The same with the trees that judge lines.
    #[must_use]
    pub fn with_trees(mut self, base: f32, trees: &[Vec<Question>]) -> Self {
        self.0.lines = grown(base, trees);
        self
    }

    /// The same with the trees that judge lines among those that were ranked.
    #[must_use]
    pub fn with_lists(mut self, base: f32, trees: &[Vec<Question>]) -> Self {
        self.0.lists = grown(base, trees);
        self
    }

    /// The same with the trees that judge whether something would be missing without such a line.
    #[must_use]
    pub fn with_needs(mut self, base: f32, trees: &[Vec<Question>]) -> Self {
        self.0.needs = grown(base, trees);
        self
    }

    /// The same with its limits: how far the odds of ranked lines are shifted, and what makes a probability of scores.
    #[must_use]
    pub fn with_limits(mut self, quoted: f32, confidence: [f32; 3]) -> Self {
        self.0.limits = Limits { quoted, confidence };
        self
    }

    /// The same with the kinds of failure: for each sign, a weight for each of [`KINDS`].
    #[must_use]
    pub fn with_kinds(mut self, scale: f32, biases: [f32; 12], weights: &[i8]) -> Self {
        let weights: Vec<u8> = weights.iter().map(|weight| weight.cast_unsigned()).collect();
        self.0.kinds = Kinds { scale, biases, weights: Cow::Owned(weights) };
        self
    }

    /// The lines that it would quote of a log.
    pub fn quoted(&self, sample: &Sample) -> Vec<usize> {
        rank::Ranking::of(&self.0, &sample.log, &sample.structure, sample.choice.as_ref()).quoted(&self.0)
    }

    /// The score of a log's first line, and that of the next that says something else.
    pub fn lead(&self, sample: &Sample) -> Option<(f32, f32)> {
        rank::Ranking::of(&self.0, &sample.log, &sample.structure, sample.choice.as_ref()).lead()
    }

    /// The line that is ranked first.
    pub fn first(&self, sample: &Sample) -> Option<usize> {
        rank::Ranking::of(&self.0, &sample.log, &sample.structure, sample.choice.as_ref()).first()
    }

    /// The model's file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write()
    }

    /// What a diagnosis with this model says.
    pub fn diagnose(&self, evidence: &Evidence) -> Diagnosis {
        super::diagnose_with(&self.0, evidence, &[])
    }
}
