//! Which kind of failure quoted lines tell of: a ridge regression for twelve kinds over the signs of a failure.

use andon_diagnosis::training::{Draft, KINDS, MAX_KIND_SIGNS};
use anyhow::{Context, Result};

use super::cases::Case;

/// Keeps the weights small.
const RIDGE: f64 = 0.3;
/// How much all logs have in common.
const COMMON: f64 = 0.1;
/// How likely the other kinds are together that can be defended.
const OTHERS: f64 = 0.3;

/// The same model, which knows kinds as well: from the labelled lines, and from those that it quotes itself.
pub(super) fn learn(draft: Draft, cases: &[&Case]) -> Result<Draft> {
    let mut samples: Vec<Vec<(usize, f32)>> = Vec::new();
    let mut truths: Vec<[f64; 12]> = Vec::new();
    for case in cases {
        let labelled: Vec<usize> =
            case.label.cause.iter().copied().filter(|line| *line < case.sample.lines()).collect();
        for lines in [labelled, draft.quoted(&case.sample)] {
            samples.push(case.sample.kind_signs(&draft, &lines));
            truths.push(truth(case));
        }
    }
    let answers = solved(&products(&samples), &truths).context("no logs to learn kinds from")?;
    let mut biases = [0.0_f64; 12];
    let mut weights = vec![0.0_f64; MAX_KIND_SIGNS * KINDS.len()];
    for (signs, answer) in samples.iter().zip(&answers) {
        for (kind, (value, bias)) in answer.iter().zip(&mut biases).enumerate() {
            *bias += COMMON * value;
            for (sign, much) in signs {
                if let Some(weight) = weights.get_mut(sign * KINDS.len() + kind) {
                    *weight += f64::from(*much) * value;
                }
            }
        }
    }
    let most = weights.iter().fold(1e-6_f64, |most, weight| most.max(weight.abs()));
    let scale = most / 127.0;
    let bytes: Vec<i8> = weights.iter().map(|weight| (weight / scale).round() as i8).collect();
    Ok(draft.with_kinds(scale as f32, biases.map(|bias| bias as f32), &bytes))
}

/// How likely each kind is: mostly the labelled one.
fn truth(case: &Case) -> [f64; 12] {
    let label = &case.label;
    let others: Vec<&str> =
        label.category_ok.iter().map(String::as_str).filter(|other| *other != label.category).collect();
    let mut truth = [0.0; 12];
    for (kind, slot) in KINDS.iter().zip(&mut truth) {
        if kind.as_str() == label.category {
            *slot = if others.is_empty() { 1.0 } else { 1.0 - OTHERS };
        } else if others.contains(&kind.as_str()) {
            *slot = OTHERS / others.len() as f64;
        }
    }
    truth
}

/// How alike all samples are.
fn products(samples: &[Vec<(usize, f32)>]) -> Vec<Vec<f64>> {
    let mut own = vec![0.0_f64; MAX_KIND_SIGNS];
    let mut products = Vec::with_capacity(samples.len());
    for (at, sample) in samples.iter().enumerate() {
        for (sign, much) in sample {
            if let Some(slot) = own.get_mut(*sign) {
                *slot += f64::from(*much);
            }
        }
        let product = |other: &Vec<(usize, f32)>| {
            let sum: f64 =
                other.iter().map(|(sign, much)| own.get(*sign).copied().unwrap_or(0.0) * f64::from(*much)).sum();
            sum + COMMON
        };
        products.push(samples.iter().take(at + 1).map(product).collect());
        own.fill(0.0);
    }
    products
}

/// The solution of a symmetric system, of which the lower half is given, with [`RIDGE`] on its diagonal: by Cholesky's
/// decomposition.
fn solved(lower: &[Vec<f64>], right: &[[f64; 12]]) -> Option<Vec<[f64; 12]>> {
    let mut roots: Vec<Vec<f64>> = Vec::with_capacity(lower.len());
    for (at, row) in lower.iter().enumerate() {
        let mut own: Vec<f64> = Vec::with_capacity(at + 1);
        for (other, value) in row.iter().enumerate() {
            let before = roots.get(other).unwrap_or(&own);
            let sum: f64 = own.iter().zip(before).map(|(a, b)| a * b).sum();
            let rest = value - sum;
            let root = if other == at { (rest + RIDGE).max(1e-9).sqrt() } else { rest / roots.get(other)?.last()? };
            own.push(root);
        }
        roots.push(own);
    }
    // Forward, then back.
    let mut answers: Vec<[f64; 12]> = Vec::with_capacity(right.len());
    for (row, right) in roots.iter().zip(right) {
        let mut answer = *right;
        for (root, known) in row.iter().zip(&answers) {
            for (value, known) in answer.iter_mut().zip(known) {
                *value -= root * known;
            }
        }
        let own = row.last()?;
        answers.push(answer.map(|value| value / own));
    }
    for at in (0..answers.len()).rev() {
        let row = roots.get(at)?;
        let own = row.last()?;
        let answer = answers.get(at)?.map(|value| value / own);
        *answers.get_mut(at)? = answer;
        for (root, other) in row.iter().zip(answers.iter_mut().take(at)) {
            for (value, known) in other.iter_mut().zip(&answer) {
                *value -= root * known;
            }
        }
    }
    Some(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        // [[4 - RIDGE, 2], [2, 3 - RIDGE]] with RIDGE on its diagonal; the answer is (1, 2).
        let right = |value: f64| [value; 12];
        let answers = solved(&[vec![4.0 - RIDGE], vec![2.0, 3.0 - RIDGE]], &[right(8.0), right(8.0)]).unwrap();
        for (answer, expected) in answers.iter().zip([1.0, 2.0]) {
            assert!(answer.iter().all(|value| (value - expected).abs() < 1e-9), "{answers:?}");
        }
    }
}
