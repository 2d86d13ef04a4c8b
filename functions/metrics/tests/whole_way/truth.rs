//! What a history's numbers are, worked out from what happened and by nothing of the product.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::story::{End, Played, STAGES};

/// What counts as a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deploys {
    EveryRun,
    Prod,
}

/// The values of each metric, by name and by the stage and action it is about.
pub(crate) type Numbers = BTreeMap<(&'static str, Vec<&'static str>), Vec<f64>>;

#[expect(clippy::cast_precision_loss, reason = "seconds of some days")]
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    (to.as_second() - from.as_second()) as f64
}

/// All numbers of a history.
pub(crate) fn numbers(played: &[Played], deploys: Deploys) -> Numbers {
    let mut numbers = Numbers::new();
    let mut put = |name: &'static str, place: &[&'static str], value| {
        numbers.entry((name, place.to_vec())).or_default().push(value);
    };

    // Good and bad news, one after the other; a rejection (a failure in `Release`) is neither.
    let news: Vec<(&Played, bool)> = played
        .iter()
        .filter_map(|attempt| match attempt.end {
            End::Succeeded => Some((attempt, true)),
            End::Failed(0 | 2) => Some((attempt, false)),
            _ => None,
        })
        .collect();
    for (index, (attempt, good)) in news.iter().enumerate() {
        let before = &news[..index];
        let row = before.iter().rev().take_while(|(_, other)| other != good).last().map(|(first, _)| first.began);
        let mut put_time = |name, from: Option<Timestamp>, to| {
            if let Some(value) = from.map(|from| seconds(from, to)).filter(|value| *value > 0.0) {
                put(name, &[], value);
            }
        };
        if *good {
            let last_good = before.iter().rposition(|(_, good)| *good);
            let rework = last_good.map(|last| news[last + 1].0.run_began);
            put_time("SuccessLeadTime", Some(attempt.run_began), attempt.ended);
            put_time("SuccessCycleTime", last_good.map(|last| news[last].0.ended), attempt.ended);
            put_time("DeliveryLeadTime", rework, attempt.ended);
            put_time("RedTime", row, attempt.began);
            put("SuccessCount", &[], 1.0);
        } else {
            put_time("FailureLeadTime", Some(attempt.run_began), attempt.ended);
            put_time("GreenTime", row, attempt.began);
            put("FailureCount", &[], 1.0);
        }
    }

    // Deployments, one after the other.
    let deployments: Vec<(&Played, Timestamp, bool)> = match deploys {
        Deploys::EveryRun => news.iter().map(|(attempt, good)| (*attempt, attempt.ended, *good)).collect(),
        Deploys::Prod => played
            .iter()
            .flat_map(|attempt| attempt.stages.iter().map(move |stage| (attempt, stage)))
            .filter(|(_, (stage, ..))| *stage == 2)
            .map(|(attempt, (_, _, ended, good))| (attempt, *ended, *good))
            .collect(),
    };
    for (index, (attempt, ended, good)) in deployments.iter().enumerate() {
        if !good {
            put("DeploymentFailureCount", &[], 1.0);
            continue;
        }
        // Where every success is a deployment, the count of successes says it.
        if deploys == Deploys::Prod {
            put("DeploymentCount", &[], 1.0);
        }
        put("DeploymentFailureCount", &[], 0.0);
        if let Some(authored) = attempt.authored.filter(|authored| authored <= ended) {
            put("ChangeLeadTime", &[], seconds(authored, *ended));
        }
        let broken = deployments[..index].iter().rev().take_while(|(_, _, good)| !good).last();
        if let Some((_, since, _)) = broken {
            put("RecoveryTime", &[], seconds(*since, *ended));
        }
    }

    for attempt in played {
        if attempt.attempt > 1 {
            put("RetryCount", &[], 1.0);
            put("RetryCount", &[STAGES[attempt.stages[0].0].0], 1.0);
        }
        match attempt.end {
            End::Stopped => put("StoppedCount", &[], 1.0),
            End::Superseded => put("SupersededCount", &[], 1.0),
            End::Succeeded | End::Failed(_) => {}
        }
        for (index, began, ended, good) in &attempt.stages {
            let (stage, action, _) = STAGES[*index];
            let took = seconds(*began, *ended);
            if *index == 1 {
                put("ApprovalWait", &[], took);
                put("ApprovalWait", &[stage, action], took);
            }
            if *good {
                put("SuccessCount", &[stage], 1.0);
                put("SuccessCount", &[stage, action], 1.0);
                put("Duration", &[stage], took);
                if *index != 1 {
                    put("Duration", &[stage, action], took);
                }
            } else if *index != 1 {
                put("FailureCount", &[stage], 1.0);
                put("FailureCount", &[stage, action], 1.0);
            }
        }
    }
    numbers
}
