//! The question back when it is not clear which pipeline is meant.

use super::super::spoken::words;
use super::super::{Answer, Fleet, Found, Kind, Pending, Phrase, Session, Topic, Voice};
use super::Draft;
use super::naming::{called, cut, said};
use andon::board::PipelineRow;
use andon::name::PipelineId;
use jiff::Timestamp;

/// The most candidates that are asked about by name.
const MAX_NAMED: usize = 4;

/// Asks which pipeline is meant, before an action. `None` if it is clear.
pub fn unclear(
    found: &Found<'_>,
    fleet: &Fleet,
    topic: Topic,
    session: &Session,
    now: Timestamp,
    voice: &Voice,
) -> Option<Answer> {
    let clear = matches!(found, Found::One(_));
    (!clear).then(|| ask(Draft::new(voice, now, session), fleet, topic, found))
}

/// Asks which of them the question means.
pub(in super::super) fn ask_which(
    found: &Found<'_>,
    fleet: &Fleet,
    topic: Topic,
    session: &Session,
    now: Timestamp,
    voice: &Voice,
) -> Answer {
    ask(Draft::new(voice, now, session), fleet, topic, found)
}

/// Asks which pipeline the question means.
pub(super) fn ask(mut draft: Draft<'_>, fleet: &Fleet, topic: Topic, found: &Found<'_>) -> Answer {
    let voice = draft.voice;
    let which = |candidates: &[&PipelineRow]| Some(Pending::WhichOne { topic, candidates: ids(candidates) });
    match found {
        Found::One(row) => {
            let one = [*row];
            draft.kind(Kind::WhichOne(ids(&one))).rows(fleet, one).ask(one_of(fleet, &one, voice), which(&one));
        }
        Found::Several(rows) if rows.len() > MAX_NAMED => {
            draft.kind(Kind::WhichOne(ids(rows))).rows(fleet, rows.iter().copied());
            draft.say(Phrase::AskMoreWords, &[("count", rows.len().into())]);
            // So many would not fit in a session; the name that is said next is looked for among all.
            draft.ask(voice.say(Phrase::AskPipeline, &[]), Some(Pending::WhichOne { topic, candidates: Vec::new() }));
        }
        Found::Several(rows) => {
            draft.kind(Kind::WhichOne(ids(rows))).rows(fleet, rows.iter().copied());
            draft.ask(one_of(fleet, rows, voice), which(rows));
        }
        Found::Unknown { heard, nearest } => {
            draft.kind(Kind::NoSuchPipeline(ids(nearest))).rows(fleet, nearest.iter().copied());
            let heard = repeated(heard);
            if heard.is_empty() {
                draft.say(Phrase::NoName, &[]);
            } else {
                draft.say(Phrase::NoSuch, &[("heard", heard.into())]);
            }
            if nearest.is_empty() {
                draft.ask(voice.say(Phrase::AskPipeline, &[]), which(&[]));
            } else {
                draft.ask(one_of(fleet, nearest, voice), which(nearest));
            }
        }
        Found::Gone(pipeline) => {
            draft.session.spoken_of.retain(|known| known != *pipeline);
            draft.say(Phrase::Gone, &[("pipeline", said(pipeline).into())]);
        }
        Found::Unnamed => {
            draft.kind(Kind::NoPipeline).ask(voice.say(Phrase::AskPipeline, &[]), which(&[]));
        }
    }
    draft.done()
}

fn one_of(fleet: &Fleet, rows: &[&PipelineRow], voice: &Voice) -> String {
    let names: Vec<String> = rows.iter().map(|row| called(fleet, row, voice)).collect();
    voice.say(Phrase::AskWhichOne, &[("list", voice.or(&names).into())])
}

fn ids(rows: &[&PipelineRow]) -> Vec<PipelineId> {
    rows.iter().map(|row| row.overview.pipeline.clone()).collect()
}

/// The spoken text, shortened so that it can be repeated.
fn repeated(heard: &str) -> String {
    cut(&words(heard).join(" "))
}
