//! The four keys of delivery: how often, how fast, how safely, how soon well again.

use jiff::{SignedDuration, Timestamp};

use super::super::{Answer, Fleet, Phrase};
use super::Draft;
use crate::board::Row;
use crate::history::{Keys, Median};

/// What is said of one pipeline, or of all of them together.
struct Figures {
    deployments: usize,
    failed: usize,
    since: Timestamp,
    lead_time: Option<SignedDuration>,
    recovery_time: Option<SignedDuration>,
}

/// Those of one pipeline.
pub(super) fn of_one(draft: &mut Draft<'_>, row: &Row, pipeline: &str) {
    match figures([row]) {
        Some(figures) => {
            let days = days(draft, figures.since);
            let count = figures.deployments;
            draft.say(
                Phrase::KeysDeployments,
                &[("pipeline", pipeline.into()), ("count", count.into()), ("days", days.into())],
            );
            rest(draft, &figures);
        }
        None => {
            draft.say(Phrase::KeysNone, &[("pipeline", pipeline.into())]);
        }
    }
}

/// Those of all pipelines together: the sums, and of medians the middle one.
pub(super) fn of_all(mut draft: Draft<'_>, fleet: &Fleet) -> Answer {
    let title = draft.voice.say(Phrase::TitleKeys, &[]);
    draft.title(title);
    match figures(fleet.rows()) {
        Some(figures) => {
            let days = days(&draft, figures.since);
            draft.say(Phrase::KeysFleet, &[("count", figures.deployments.into()), ("days", days.into())]);
            rest(&mut draft, &figures);
        }
        None => {
            draft.say(Phrase::KeysNothing, &[]);
        }
    }
    draft.done()
}

fn rest(draft: &mut Draft<'_>, figures: &Figures) {
    let all = figures.deployments + figures.failed;
    if let Some(percent) = (figures.failed * 200 + all).checked_div(2 * all) {
        // One in a thousand is not none.
        let percent = if figures.failed > 0 { percent.max(1) } else { 0 };
        draft.say(Phrase::KeysFailures, &[("percent", percent.into())]);
    }
    if let Some(lead_time) = figures.lead_time {
        let span = draft.voice.span(lead_time);
        draft.say(Phrase::KeysLead, &[("span", span.into())]);
    }
    if let Some(recovery_time) = figures.recovery_time {
        let span = draft.voice.span(recovery_time);
        draft.say(Phrase::KeysRecovery, &[("span", span.into())]);
    }
}

fn figures<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Option<Figures> {
    let keys: Vec<&Keys> = rows.into_iter().filter_map(|row| row.overview.keys.as_ref()).collect();
    Some(Figures {
        since: keys.iter().map(|keys| keys.since).min()?,
        deployments: keys.iter().map(|keys| keys.deployments).sum(),
        failed: keys.iter().map(|keys| keys.failed).sum(),
        lead_time: middle(keys.iter().filter_map(|keys| keys.lead_time)),
        recovery_time: middle(keys.iter().filter_map(|keys| keys.recovery_time)),
    })
}

fn middle(medians: impl Iterator<Item = Median>) -> Option<SignedDuration> {
    let mut seconds: Vec<i64> = medians.map(|median| median.seconds).collect();
    seconds.sort_unstable();
    seconds.get(seconds.len().div_ceil(2).checked_sub(1)?).map(|seconds| SignedDuration::from_secs(*seconds))
}

/// How many days back, the first of them counted in full; two at least, so that every language has its plural.
fn days(draft: &Draft<'_>, since: Timestamp) -> i64 {
    let day = 86_400;
    ((draft.now.duration_since(since).as_secs() + day - 1) / day).max(2)
}
