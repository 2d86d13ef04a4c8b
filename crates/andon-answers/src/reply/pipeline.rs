//! Answers about one pipeline.

use super::super::{Fleet, Phrase};
use super::naming::{self, cut};
use super::{Detail, Draft, cause};
use andon::board::{PipelineRow, StatusColor};
use andon::history::{ChangeSummary, Current};
use andon::line::Line;
use andon::run::Status;
use jiff::SignedDuration;

/// The most characters of a commit's first line that are spoken.
const MAX_TITLE_LEN: usize = 100;

/// Where a run is, in words: its action or else its stage.
fn whereabouts(current: Option<&Current>) -> Option<String> {
    let current = current?;
    Some(cause::place(Some(&current.stage), current.action.as_ref()).unwrap_or_default())
        .filter(|place| !place.is_empty())
}

/// How it stands.
pub(super) fn status(draft: &mut Draft<'_>, row: &PipelineRow, pipeline: &str) {
    let latest = &row.overview.latest;
    let began = draft.for_long(row.began());
    match row.light {
        StatusColor::Red => {
            let since = row.red_since().unwrap_or_else(|| row.news_at());
            let long = draft.for_long(since);
            draft.say(Phrase::StatusRed, &[("pipeline", pipeline.into()), ("for", long)]);
            if let Some(sentence) = cause::sentence(row, None, draft.voice) {
                draft.speak(sentence);
            }
            also_red(draft, row);
            // A run of another branch mends nothing.
            let leads = |line: Option<&Line>| naming::leading(row).is_none_or(|leading| Some(leading) == line);
            let waiting = row.overview.waiting().filter(|run| leads(run.line.as_ref()));
            let current = latest.current.as_ref().filter(|_| leads(row.overview.line.as_ref()));
            let current = waiting.map_or(current, |run| run.current.as_ref());
            if let Some(place) = whereabouts(current) {
                let waits = waiting.is_some();
                let phrase = if waits { Phrase::StatusRedWaiting } else { Phrase::StatusRetrying };
                draft.say(phrase, &[("place", place.into())]);
            }
        }
        StatusColor::Waiting => {
            let current = row.overview.waiting().and_then(|run| run.current.as_ref());
            let since = current.map_or_else(|| row.began(), |current| current.since);
            let (place, long) = (whereabouts(current).unwrap_or_default(), draft.for_long(since));
            draft.say(Phrase::StatusWaiting, &[("pipeline", pipeline.into()), ("place", place.into()), ("for", long)]);
        }
        StatusColor::Running => {
            match whereabouts(latest.current.as_ref()) {
                Some(place) => draft.say(
                    Phrase::StatusRunning,
                    &[("pipeline", pipeline.into()), ("place", place.into()), ("for", began)],
                ),
                None => draft.say(Phrase::StatusStarted, &[("pipeline", pipeline.into()), ("for", began)]),
            };
            if let Some(typical) = row.overview.typical {
                let span = draft.voice.span(SignedDuration::from_secs(typical.median));
                draft.say(Phrase::StatusUsual, &[("span", span.into())]);
            }
        }
        StatusColor::Green => {
            let ago = draft.ago(row.news_at());
            draft.say(Phrase::StatusGreen, &[("pipeline", pipeline.into()), ("ago", ago)]);
        }
        StatusColor::Grey => ended(draft, row, pipeline),
    }
}

/// On which other branches and pull requests it is red.
pub(super) fn also_red(draft: &mut Draft<'_>, row: &PipelineRow) {
    let lines = naming::also_red(row);
    if !lines.is_empty() {
        let lines = draft.voice.and(&lines);
        draft.say(Phrase::AlsoRed, &[("lines", lines.into())]);
    }
}

/// A run that ended neither well nor badly.
pub(super) fn ended(draft: &mut Draft<'_>, row: &PipelineRow, pipeline: &str) {
    let how = match row.overview.latest.status {
        Status::Rejected => "rejected",
        Status::Superseded => "superseded",
        Status::Canceled => "canceled",
        _ => "stopped",
    };
    let ago = draft.ago(row.news_at());
    draft.say(Phrase::StatusEnded, &[("pipeline", pipeline.into()), ("how", how.into()), ("ago", ago)]);
}

/// The author and change: for a red pipeline the one that broke it, then the latest if that is another.
pub(super) fn change(draft: &mut Draft<'_>, row: &PipelineRow, fleet: &Fleet, pipeline: &str) {
    let broken = row.overview.broken_by.as_ref().filter(|_| row.light == StatusColor::Red);
    let breaking = broken.and_then(|broken| broken.first.as_ref().or(broken.change.as_ref()));
    let is_told = breaking.is_some_and(|breaking| broke(draft, row, pipeline, breaking));
    let same = |latest: &ChangeSummary| breaking.is_some_and(|breaking| breaking.is_same(latest));
    if !is_told || row.change().is_some_and(|latest| !same(latest)) {
        let latest = naming::called(fleet, row, draft.voice);
        let line = row.overview.line.as_ref().filter(|_| breaking.is_some()).and_then(Line::name);
        let latest = line.map_or(latest.clone(), |line| naming::on_line(&latest, &line, draft.voice));
        latest_change(draft, row, &latest);
    }
}

/// Says which change made a pipeline red, if known.
fn broke(draft: &mut Draft<'_>, row: &PipelineRow, pipeline: &str, breaking: &ChangeSummary) -> bool {
    let pipeline = ("pipeline", pipeline.into());
    let ago = ("ago", draft.ago(row.red_since().unwrap_or_else(|| row.news_at())));
    match spoken_change(Some(breaking)) {
        (Some(author), Some(title)) => {
            draft.say(Phrase::BrokeKnown, &[pipeline, ("author", author.into()), ("title", title.into()), ago])
        }
        (Some(author), None) => draft.say(Phrase::BrokeAuthor, &[pipeline, ("author", author.into()), ago]),
        (None, Some(title)) => draft.say(Phrase::BrokeTitle, &[pipeline, ("title", title.into()), ago]),
        (None, None) => return false,
    };
    true
}

fn latest_change(draft: &mut Draft<'_>, row: &PipelineRow, pipeline: &str) {
    let (author, title) = spoken_change(row.change());
    let pipeline = ("pipeline", pipeline.into());
    let ago = ("ago", draft.ago(row.began()));
    match (author, title) {
        (Some(author), Some(title)) => {
            draft.say(Phrase::ChangeKnown, &[pipeline, ("author", author.into()), ("title", title.into()), ago])
        }
        (Some(author), None) => draft.say(Phrase::ChangeAuthor, &[pipeline, ("author", author.into()), ago]),
        (None, Some(title)) => draft.say(Phrase::ChangeTitle, &[pipeline, ("title", title.into()), ago]),
        (None, None) => draft.say(Phrase::ChangeUnknown, &[pipeline, ago]),
    };
}

/// Who and what, as far as that can be spoken.
fn spoken_change(change: Option<&ChangeSummary>) -> (Option<String>, Option<String>) {
    let author = change.and_then(|change| change.author.as_deref()).map(str::trim).filter(|author| !author.is_empty());
    let title =
        change.and_then(|change| change.title.as_deref()).and_then(|title| cause::speakable(title, MAX_TITLE_LEN));
    (author.map(cut), title)
}

/// When it last succeeded, and with which change.
pub(super) fn last_deployment(draft: &mut Draft<'_>, row: &PipelineRow, pipeline: &str, detail: &Detail) {
    let Some(at) = row.overview.health.last_success else {
        draft.say(Phrase::DeployedNever, &[("pipeline", pipeline.into())]);
        return;
    };
    let ago = draft.ago(at);
    let runs = detail.history.as_ref().map(andon::history::History::runs).unwrap_or_default();
    let deployed = runs.iter().rev().find(|run| run.status == Status::Succeeded);
    let line = detail.history.as_ref().filter(|history| history.has_lines()).zip(deployed);
    let line = line.map(|(history, run)| history.line(run));
    let name = line.as_ref().and_then(Line::name);
    let pipeline = name.map_or(pipeline.to_owned(), |name| naming::on_line(pipeline, &name, draft.voice));
    draft.say(Phrase::Deployed, &[("pipeline", pipeline.into()), ("ago", ago)]);
    if let (Some(author), Some(title)) = spoken_change(deployed.and_then(|run| run.change.as_ref())) {
        draft.say(Phrase::DeployedChange, &[("author", author.into()), ("title", title.into())]);
    }
    // Whether another branch is red says nothing of what was deployed.
    let of_line = |line: &Line| row.overview.red.iter().find(|red| red.line == *line).map(|red| red.since);
    let since = line.as_ref().map_or_else(|| row.red_since(), of_line);
    if let Some(since) = since {
        let long = draft.for_long(since);
        draft.say(Phrase::DeployedRed, &[("for", long)]);
    }
}
