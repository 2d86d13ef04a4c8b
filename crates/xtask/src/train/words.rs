//! How much each word speaks for a cause: a logistic regression over hashed words.

use andon_diagnosis::training::{Draft, MAX_NAMES, MAX_WEIGHTS};

use super::cases::{Case, mixed};

/// So often all lines are gone through.
const ROUNDS: usize = 6;
/// How far a word's weight moves at first; then less, the more often it is met.
const STEP: f32 = 0.15;
/// Keeps the weights small.
const DECAY: f32 = 2e-5;

/// What the words of these cases weigh, and how many of them hold each name.
pub(super) fn learn(cases: &[&Case]) -> Draft {
    let mut lines: Vec<(Vec<usize>, bool, f32)> = Vec::new();
    let mut holding = vec![0_u32; MAX_NAMES];
    for case in cases {
        for name in case.sample.names() {
            if let Some(count) = holding.get_mut(name) {
                *count += 1;
            }
        }
        for (line, is_cause) in case.is_cause.iter().enumerate() {
            if !case.sample.text(line).trim().is_empty() {
                let weight = if *is_cause { case.weight() as f32 } else { 1.0 };
                lines.push((case.sample.words(line), *is_cause, weight));
            }
        }
    }
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let mut bias = -3.0_f32;
    let mut weights = vec![0.0_f32; MAX_WEIGHTS];
    let mut moved = vec![1e-6_f32; MAX_WEIGHTS];
    for round in 0..ROUNDS {
        order.sort_by_key(|at| mixed((*at as u64) << 8 | round as u64));
        for at in &order {
            let Some((words, is_cause, weight)) = lines.get(*at) else { continue };
            let sum: f32 = words.iter().filter_map(|word| weights.get(*word)).sum();
            let probability = 1.0 / (1.0 + (-(bias + sum)).exp());
            let slope = weight * (probability - f32::from(u8::from(*is_cause)));
            bias -= 0.002 * slope;
            for word in words {
                if let (Some(value), Some(moved)) = (weights.get_mut(*word), moved.get_mut(*word)) {
                    let slope = slope + DECAY * *value;
                    *moved += slope * slope;
                    *value -= STEP * slope / moved.sqrt();
                }
            }
        }
    }
    let most = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs())).max(1e-6);
    let scale = most.min(6.0) / 127.0;
    let bytes: Vec<i8> = weights.iter().map(|weight| (weight / scale).round().clamp(-127.0, 127.0) as i8).collect();
    Draft::of_words(bias, scale, &bytes, u32::try_from(cases.len()).unwrap_or(u32::MAX), &holding)
}
