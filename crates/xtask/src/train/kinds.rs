//! Which kind of failure quoted lines tell of: a logistic regression for twelve kinds over hashed words.

use andon_diagnosis::training::{Draft, KINDS, MAX_KIND_WORDS};

use super::cases::{Case, mixed};

/// So often all logs are gone through.
const ROUNDS: usize = 30;
/// How far a weight moves at first.
const STEP: f32 = 0.04;
/// Keeps the weights small.
const DECAY: f32 = 2e-2;

/// The same model, which knows kinds as well: from the labelled lines, and from those that it quotes itself.
pub(super) fn learn(draft: Draft, cases: &[&Case]) -> Draft {
    let mut samples: Vec<(Vec<usize>, usize)> = Vec::new();
    for case in cases {
        let kind = KINDS.iter().position(|kind| kind.as_str() == case.label.category).unwrap_or(KINDS.len() - 1);
        let labelled: Vec<usize> =
            case.label.cause.iter().copied().filter(|line| *line < case.sample.lines()).collect();
        samples.push((case.sample.kind_words(&labelled), kind));
        samples.push((case.sample.kind_words(&draft.quoted(&case.sample)), kind));
    }
    let kinds = KINDS.len();
    let mut biases = [0.0_f32; 12];
    let mut weights = vec![0.0_f32; MAX_KIND_WORDS * kinds];
    let mut moved = vec![1e-4_f32; MAX_KIND_WORDS * kinds];
    // The mean of the later rounds does not hang on the order of the logs.
    let mut means = vec![0.0_f32; MAX_KIND_WORDS * kinds];
    let mut order: Vec<usize> = (0..samples.len()).collect();
    for round in 0..ROUNDS {
        order.sort_by_key(|at| mixed((*at as u64) << 8 | round as u64));
        for at in &order {
            let Some((words, truth)) = samples.get(*at) else { continue };
            let mut scores = biases;
            for word in words {
                for (score, weight) in scores.iter_mut().zip(weights.iter().skip(word * kinds)) {
                    *score += weight;
                }
            }
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
            for (kind, (score, bias)) in scores.iter().zip(&mut biases).enumerate() {
                let slope = (score - most).exp() / sum - f32::from(u8::from(kind == *truth));
                *bias -= 0.01 * slope;
                for word in words {
                    let place = word * kinds + kind;
                    if let (Some(weight), Some(moved)) = (weights.get_mut(place), moved.get_mut(place)) {
                        let slope = slope + DECAY * *weight;
                        *moved += slope * slope;
                        *weight -= STEP * slope / moved.sqrt();
                    }
                }
            }
        }
        if round >= ROUNDS / 2 {
            for (mean, weight) in means.iter_mut().zip(&weights) {
                *mean += weight / (ROUNDS - ROUNDS / 2) as f32;
            }
        }
    }
    let most = means.iter().fold(1e-6_f32, |most, weight| most.max(weight.abs()));
    let scale = most / 127.0;
    let bytes: Vec<i8> = means.iter().map(|weight| (weight / scale).round() as i8).collect();
    draft.with_kinds(scale, biases, &bytes)
}
