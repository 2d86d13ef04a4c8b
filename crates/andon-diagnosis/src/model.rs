//! What was learned from labelled logs: words, trees and thresholds, as `cargo xtask train` writes them.
//!
//! The file is little-endian: a magic, the words' tables, the trees' nodes, and a few numbers. Reading it copies the
//! trees only; the tables stay where they are.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "counts of lines and words are small, and a list of features is long"
)]

use std::borrow::Cow;
use std::sync::LazyLock;

use super::category::{self, Category, SIGNS};
use super::words::{Lexicon, RARITIES, WEIGHTS};

/// What was learned overrules a rule that is sure of its tool only if another kind is so much likelier,
const SURE: f32 = 0.1;
/// plain words only if it is so much likelier,
const PLAIN: f32 = 0.3;
/// and what is told of a text too short to learn anything else from only if it is so much likelier.
const SHORT: f32 = 0.45;

const MAGIC: &[u8; 8] = b"ANDONRK4";

/// The model that is built in.
pub(super) static MODEL: LazyLock<Model<'static>> =
    LazyLock::new(|| Model::read(include_bytes!("model.bin")).unwrap_or_else(Model::empty));

/// A ranker of lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model<'a> {
    pub(super) lexicon: Lexicon<'a>,
    /// They judge a line by its features.
    pub(super) lines: Trees,
    /// They judge it again, among the lines that rank highest.
    pub(super) lists: Trees,
    /// They judge of these whether something would be missing without it.
    pub(super) needs: Trees,
    pub(super) limits: Limits,
    pub(super) kinds: Kinds<'a>,
}

/// Boosted trees: the sum of their leaves is the logarithm of odds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Trees {
    /// The score before any tree has spoken.
    pub(super) base: f32,
    /// Where each tree begins among the nodes.
    pub(super) roots: Vec<u32>,
    pub(super) nodes: Vec<Node>,
}

/// What the signs of a failure say of its kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kinds<'a> {
    pub(super) scale: f32,
    /// For each kind, how common it is.
    pub(super) biases: [f32; 12],
    /// For each sign, a weight for each kind, in units of `scale`.
    pub(super) weights: Cow<'a, [u8]>,
}

/// What kind of failure a rule tells, or else single words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) kind: Category,
    /// Whether a rule tells it that knows the tool.
    pub(super) is_sure: bool,
    /// Whether there are hardly more lines than those that are quoted.
    pub(super) is_short: bool,
}

/// A node of a tree: a question, or a leaf with its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Node {
    /// The feature that is asked about; [`LEAF`] for none.
    pub(super) feature: u16,
    /// Below it, it goes on to the left; the value of a leaf.
    pub(super) value: f32,
    /// Counted from the tree's root; those of a leaf are its own place.
    pub(super) left: u16,
    pub(super) right: u16,
}

/// Stands for a feature in a leaf.
pub(super) const LEAF: u16 = u16::MAX;

/// What was chosen on logs that the trees had not seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Limits {
    /// Added to the logarithm of the odds of ranked lines before it is decided how many of them are quoted.
    pub(super) quoted: f32,
    /// How the first line's score, and its lead over the second, become a probability: bias, score, lead.
    pub(super) confidence: [f32; 3],
}

impl<'a> Model<'a> {
    fn empty() -> Self {
        let none: Cow<'_, [u8]> = Cow::Borrowed(&[]);
        let lexicon = Lexicon { bias: 0.0, scale: 0.0, weights: none.clone(), logs: 1.0, rarities: none };
        Self {
            lexicon,
            lines: Trees::default(),
            lists: Trees::default(),
            needs: Trees::default(),
            limits: Limits::default(),
            kinds: Kinds::none(),
        }
    }

    /// Reads the file; `None` when it is none.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let (bias, scale, logs) = (float(&mut rest)?, float(&mut rest)?, float(&mut rest)?);
        let limits =
            Limits { quoted: float(&mut rest)?, confidence: [float(&mut rest)?, float(&mut rest)?, float(&mut rest)?] };
        let weights = Cow::Borrowed(take(&mut rest, WEIGHTS)?);
        let rarities = Cow::Borrowed(take(&mut rest, RARITIES)?);
        let kind_scale = float(&mut rest)?;
        let mut biases = [0.0; 12];
        for bias in &mut biases {
            *bias = float(&mut rest)?;
        }
        let kinds = Kinds { scale: kind_scale, biases, weights: Cow::Borrowed(take(&mut rest, SIGNS * 12)?) };
        let (lines, lists, needs) = (Trees::read(&mut rest)?, Trees::read(&mut rest)?, Trees::read(&mut rest)?);
        let lexicon = Lexicon { bias, scale, weights, logs, rarities };
        rest.is_empty().then_some(Self { lexicon, lines, lists, needs, limits, kinds })
    }

    /// The file of this model.
    #[cfg(feature = "training")]
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let lexicon = &self.lexicon;
        let [bias, score, lead] = self.limits.confidence;
        for value in [lexicon.bias, lexicon.scale, lexicon.logs, self.limits.quoted, bias, score, lead] {
            out.extend(value.to_le_bytes());
        }
        out.extend_from_slice(&lexicon.weights);
        out.extend_from_slice(&lexicon.rarities);
        out.extend(self.kinds.scale.to_le_bytes());
        out.extend(self.kinds.biases.iter().flat_map(|bias| bias.to_le_bytes()));
        out.extend_from_slice(&self.kinds.weights);
        self.lines.write(&mut out);
        self.lists.write(&mut out);
        self.needs.write(&mut out);
        out
    }

    /// The likeliest kind of failure for signs as [`category::Quoted`] gives them: the one that is told, unless another
    /// is clearly likelier.
    pub(super) fn category(&self, signs: &[(usize, f32)], told: Told) -> Category {
        let Told { kind: told, is_sure, is_short } = told;
        // Few logs tell of these, and those that do say so in plain words.
        let is_plain =
            matches!(told, Category::Quota | Category::Timeout | Category::Permission | Category::Infrastructure);
        let margin = match told {
            Category::Unknown => 0.0,
            _ if is_short => SHORT,
            _ if is_plain => PLAIN,
            _ if is_sure => SURE,
            _ => 0.0,
        };
        let score = |kind: usize| {
            let weight = |sign: usize| {
                self.kinds.weights.get(sign * 12 + kind).map_or(0.0, |weight| f32::from(weight.cast_signed()))
            };
            let sum: f32 = signs.iter().map(|(sign, value)| value * weight(*sign)).sum();
            self.kinds.biases.get(kind).copied().unwrap_or(0.0) + self.kinds.scale * sum
        };
        let scores: Vec<f32> = (0..category::ALL.len()).map(score).collect();
        let best = category::ALL.iter().zip(&scores).max_by(|(_, a), (_, b)| a.total_cmp(b));
        let known = category::ALL.iter().zip(&scores).find(|(kind, _)| **kind == told);
        match (best, known) {
            (Some((kind, best)), Some((_, known))) if best - known >= margin => *kind,
            _ => told,
        }
    }

    /// The probability that the first of ranked lines belongs to the cause.
    pub(super) fn confidence(&self, first: f32, second: f32) -> f32 {
        let [bias, score, lead] = self.limits.confidence;
        1.0 / (1.0 + (-(bias + score * first + lead * (first - second).clamp(0.0, 6.0))).exp())
    }
}

impl Trees {
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let base = float(rest)?;
        let trees = short(rest)?;
        let (mut roots, mut nodes) = (Vec::with_capacity(trees.into()), Vec::new());
        for _ in 0..trees {
            roots.push(u32::try_from(nodes.len()).ok()?);
            for at in 0..short(rest)? {
                let (feature, value) = (short(rest)?, float(rest)?);
                let (left, right) = (short(rest)?, short(rest)?);
                // A question leads on to later nodes only, so that nothing runs in a circle; a leaf leads to itself.
                match feature {
                    LEAF => nodes.push(Node { feature, value, left: at, right: at }),
                    _ if left > at && right > at => nodes.push(Node { feature, value, left, right }),
                    _ => return None,
                }
            }
        }
        Some(Self { base, roots, nodes })
    }

    #[cfg(feature = "training")]
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.base.to_le_bytes());
        out.extend((self.roots.len() as u16).to_le_bytes());
        for (at, root) in self.roots.iter().enumerate() {
            let end = self.roots.get(at + 1).map_or(self.nodes.len(), |next| *next as usize);
            let nodes = self.nodes.get(*root as usize..end).unwrap_or_default();
            out.extend((nodes.len() as u16).to_le_bytes());
            for node in nodes {
                out.extend(node.feature.to_le_bytes());
                out.extend(node.value.to_le_bytes());
                let next = if node.feature == LEAF { [0, 0] } else { [node.left, node.right] };
                out.extend(next.map(u16::to_le_bytes).as_flattened());
            }
        }
    }

    /// What they say of several lines: tree by tree, so that each is at hand for all of them.
    pub(super) fn scores(&self, rows: &[impl AsRef<[f32]>]) -> Vec<f32> {
        let mut sums = vec![0.0; rows.len()];
        for (at, root) in self.roots.iter().enumerate() {
            let end = self.roots.get(at + 1).map_or(self.nodes.len(), |next| *next as usize);
            let tree = self.nodes.get(*root as usize..end).unwrap_or_default();
            for (sums, rows) in sums.chunks_mut(ABREAST).zip(rows.chunks(ABREAST)) {
                // A row that is not there goes the same way as the last, and for nothing.
                let rows: [&[f32]; ABREAST] =
                    std::array::from_fn(|at| rows.get(at).or(rows.last()).map_or(&[][..], AsRef::as_ref));
                for (sum, leaf) in sums.iter_mut().zip(leaves(tree, rows)) {
                    *sum += leaf;
                }
            }
        }
        sums.into_iter().map(|sum: f32| self.base + sum).collect()
    }
}

/// So many lines go down a tree side by side: a processor waits for none of them while it has the others.
const ABREAST: usize = 4;

/// The leaves that rows end in.
fn leaves(tree: &[Node], rows: [&[f32]; ABREAST]) -> [f32; ABREAST] {
    let mut at = [0; ABREAST];
    loop {
        let mut moved = false;
        for (at, row) in at.iter_mut().zip(rows) {
            let Some(node) = tree.get(*at) else { return [0.0; ABREAST] };
            let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
            let next = usize::from(if value < node.value { node.left } else { node.right });
            moved |= next != *at;
            *at = next;
        }
        if !moved {
            return at.map(|at| tree.get(at).map_or(0.0, |node| node.value));
        }
    }
}

impl Kinds<'_> {
    pub(super) const fn none() -> Self {
        Self { scale: 0.0, biases: [0.0; 12], weights: Cow::Borrowed(&[]) }
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn float(rest: &mut &[u8]) -> Option<f32> {
    take(rest, 4)?.try_into().ok().map(f32::from_le_bytes)
}

fn short(rest: &mut &[u8]) -> Option<u16> {
    take(rest, 2)?.try_into().ok().map(u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_model_is_read_and_is_small() {
        assert!(Model::read(include_bytes!("model.bin")).is_some());
        assert!(include_bytes!("model.bin").len() <= 1 << 20);
    }

    #[test]
    fn a_damaged_file_is_no_model() {
        let whole: &[u8] = include_bytes!("model.bin");
        for length in [0, 7, 8, 100, whole.len() - 1] {
            assert_eq!(Model::read(&whole[..length]), None);
        }
    }
}
