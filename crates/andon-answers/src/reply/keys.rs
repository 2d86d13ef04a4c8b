//! Answers about the four keys of delivery.

use jiff::SignedDuration;

use super::super::{Answer, Fleet, Phrase};
use super::Draft;
use andon::board::PipelineRow;
use andon::history::DoraMetrics;

/// The days of an average month.
const MONTH: f64 = 365.25 / 12.0;

/// Those of one pipeline.
pub(super) fn of_one(draft: &mut Draft<'_>, row: &PipelineRow, pipeline: &str) {
    let Some(keys) = &row.overview.keys else {
        draft.say(Phrase::KeysNone, &[("pipeline", pipeline.into())]);
        return;
    };
    let since = draft.voice.since(keys.since, draft.now);
    let filling = [("pipeline", pipeline.into()), ("count", keys.deployments.into()), ("since", since.into())];
    draft.say(Phrase::KeysDeployments, &filling);
    failures(draft, &[keys]);
    if let Some(lead_time) = keys.lead_time {
        let span = draft.voice.span(SignedDuration::from_secs(lead_time.seconds));
        draft.say(Phrase::KeysLead, &[("span", span.into())]);
    }
    if let Some(recovery_time) = keys.recovery_time {
        let span = draft.voice.span(SignedDuration::from_secs(recovery_time.seconds));
        draft.say(Phrase::KeysRecovery, &[("span", span.into())]);
    }
}

/// Those of all pipelines together: the sums of their rates, as each is known for a time of its own. A median of all
/// cannot be computed from the medians of each, and is left out.
pub(super) fn of_all(mut draft: Draft<'_>, fleet: &Fleet) -> Answer {
    let title = draft.voice.say(Phrase::TitleKeys, &[]);
    draft.title(title);
    let keys: Vec<&DoraMetrics> = fleet.rows().iter().filter_map(|row| row.overview.keys.as_ref()).collect();
    if keys.is_empty() {
        draft.say(Phrase::KeysNothing, &[]);
    } else {
        let (phrase, count) = often(keys.iter().map(|keys| keys.per_week(keys.deployments, draft.now)).sum());
        draft.say(phrase, &[("count", count.into())]);
        failures(&mut draft, &keys);
    }
    draft.done()
}

/// A weekly rate as people say it: of the longest of day, week and month that has one or two.
fn often(per_week: f64) -> (Phrase, f64) {
    let (per_day, per_month) = (per_week / 7.0, per_week / 7.0 * MONTH);
    if per_week <= 0.0 {
        (Phrase::KeysNever, 0.0)
    } else if per_day >= 1.5 {
        (Phrase::KeysADay, per_day.round())
    } else if per_week >= 0.75 {
        (Phrase::KeysAWeek, per_week.round())
    } else {
        (Phrase::KeysAMonth, per_month.round())
    }
}

fn failures(draft: &mut Draft<'_>, keys: &[&DoraMetrics]) {
    let rate = |count: fn(&DoraMetrics) -> usize| -> f64 {
        keys.iter().map(|keys| keys.per_week(count(keys), draft.now)).sum()
    };
    if let Some(percent) = percent(rate(|keys| keys.failed), rate(|keys| keys.deployments)) {
        draft.say(Phrase::KeysFailures, &[("percent", percent.into())]);
    }
}

/// How many of a hundred failed; `None` where nothing did either. One in a thousand is not none, nor are 999 all.
fn percent(failed: f64, succeeded: f64) -> Option<f64> {
    let all = failed + succeeded;
    let least = if failed > 0.0 { 1.0 } else { 0.0 };
    let most = if succeeded > 0.0 { 99.0 } else { 100.0 };
    (all > 0.0).then(|| (100.0 * failed / all).round().clamp(least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_told_in_the_unit_in_which_it_is_a_small_number() {
        for (per_week, phrase, count) in [
            (0.0, Phrase::KeysNever, 0.0),
            (0.1, Phrase::KeysAMonth, 0.0),
            (0.25, Phrase::KeysAMonth, 1.0),
            (0.7, Phrase::KeysAMonth, 3.0),
            (0.8, Phrase::KeysAWeek, 1.0),
            (10.4, Phrase::KeysAWeek, 10.0),
            (10.5, Phrase::KeysADay, 2.0),
            (140.0, Phrase::KeysADay, 20.0),
        ] {
            assert_eq!(often(per_week), (phrase, count), "{per_week}");
        }
    }

    #[test]
    fn few_failures_are_not_none_and_few_successes_are_not_none_either() {
        let told = [(0.0, 5.0), (1.0, 999.0), (1.0, 2.0), (999.0, 1.0), (3.0, 0.0)].map(|(f, s)| percent(f, s));
        assert_eq!(told, [0.0, 1.0, 33.0, 99.0, 100.0].map(Some));
        assert_eq!(percent(0.0, 0.0), None);
    }
}
