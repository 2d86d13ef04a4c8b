//! Names of pipelines in answers, and the question which one is meant.

use super::super::spoken::{spoken, words};
use super::super::{Answer, Fleet, Found, Kind, Pending, Phrase, Session, Topic, Voice};
use super::Draft;
use andon::board::PipelineRow;
use andon::name::PipelineId;
use jiff::Timestamp;

/// The most candidates that are asked about by name.
const MAX_NAMED: usize = 4;
/// The most characters of the spoken text that are repeated, and of a name on a card.
const MAX_LEN: usize = 60;

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

/// Asks which pipeline the question means.
pub(super) fn ask(mut draft: Draft<'_>, fleet: &Fleet, topic: Topic, found: &Found<'_>) -> Answer {
    let voice = draft.voice;
    let which = |candidates: &[&PipelineRow]| Some(Pending::WhichOne { topic, candidates: ids(candidates) });
    match found {
        Found::One(row) => {
            let one = [*row];
            draft.kind(Kind::WhichOne(ids(&one))).rows(one).ask(one_of(fleet, &one, voice), which(&one));
        }
        Found::Several(rows) if rows.len() > MAX_NAMED => {
            draft.kind(Kind::WhichOne(ids(rows))).rows(rows.iter().copied());
            draft.say(Phrase::AskMoreWords, &[("count", rows.len().into())]);
            // So many would not fit in a session; the name that is said next is looked for among all.
            draft.ask(voice.say(Phrase::AskPipeline, &[]), Some(Pending::WhichOne { topic, candidates: Vec::new() }));
        }
        Found::Several(rows) => {
            draft.kind(Kind::WhichOne(ids(rows))).rows(rows.iter().copied());
            draft.ask(one_of(fleet, rows, voice), which(rows));
        }
        Found::Unknown { heard, nearest } => {
            draft.kind(Kind::NoSuchPipeline(ids(nearest))).rows(nearest.iter().copied());
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

/// A pipeline's spoken name, with region or account if the name is not unique.
pub fn called(fleet: &Fleet, row: &PipelineRow, voice: &Voice) -> String {
    let id = &row.overview.pipeline;
    let name = said(id);
    let namesakes =
        || fleet.rows().iter().map(|row| &row.overview.pipeline).filter(|other| other.name == id.name && *other != id);
    if namesakes().next().is_none() {
        name
    } else if namesakes().all(|other| other.home.region != id.home.region) {
        let region = spoken(id.home.region.as_str());
        voice.say(Phrase::InRegion, &[("pipeline", name.into()), ("region", region.into())])
    } else {
        let account: Vec<char> = id.home.account.as_str().chars().collect();
        let last: Vec<String> = account.iter().skip(account.len().saturating_sub(4)).map(char::to_string).collect();
        voice.say(Phrase::InAccount, &[("pipeline", name.into()), ("account", last.join(" ").into())])
    }
}

/// A pipeline's name in words; as it is written where it has none.
pub(super) fn said(pipeline: &PipelineId) -> String {
    let said = spoken(pipeline.name.as_str());
    if said.is_empty() { pipeline.name.to_string() } else { said }
}

/// The start of a name.
pub(super) fn cut(name: &str) -> String {
    if name.chars().count() <= MAX_LEN { name.to_owned() } else { name.chars().take(MAX_LEN).chain(['…']).collect() }
}

/// The spoken text, shortened so that it can be repeated.
fn repeated(heard: &str) -> String {
    cut(&words(heard).join(" "))
}
