//! Answers about several pipelines: how many, which, and for how long.

use super::super::{Answer, Fleet, Group, Listing, Pending, Phrase};
use super::naming::{called, called_in, called_leading, called_red};
use super::{Draft, Greeting, cause, group, muted, since};
use andon::board::{PipelineRow, StatusColor};
use andon::run::Status;

/// The most pipelines that are named without being asked.
const A_FEW: usize = 3;
/// The most pipelines that are named in one breath.
const A_BREATH: usize = 5;

/// The most pipelines that "the third one" may mean.
const MAX_REMEMBERED: usize = 10;

/// The state of all pipelines.
pub(super) fn overview(mut draft: Draft<'_>, fleet: &Fleet, greeting: Greeting) -> Answer {
    let voice = draft.voice;
    let count = |light: StatusColor| fleet.rows().iter().filter(|row| row.light == light).count();
    let (red, waiting, running) = (count(StatusColor::Red), count(StatusColor::Waiting), count(StatusColor::Running));
    let well = count(StatusColor::Green);
    if well == fleet.rows().len() {
        draft.say(Phrase::OverviewGreen, &[("count", well.into())]);
    } else {
        let parts = [
            (Phrase::PartFailing, red),
            (Phrase::PartWaiting, waiting),
            (Phrase::PartRunning, running),
            (Phrase::PartEnded, count(StatusColor::Grey)),
            (Phrase::PartWell, well),
        ];
        let parts = parts.into_iter().filter(|(_, count)| *count > 0);
        let parts: Vec<String> = parts.map(|(part, count)| voice.counted(part, count)).collect();
        draft.say(Phrase::Overview, &[("list", voice.and(&parts).into())]);
    }
    draft.session.named.clear();
    name_red(&mut draft, fleet);
    mending(&mut draft, fleet, red);
    let groups = [(Group::Failing, red), (Group::Waiting, waiting), (Group::Running, running)];
    let first = groups.into_iter().find(|(_, count)| *count > 0);
    draft.session.listing = first.map(|(group, _)| Listing { group, named: 0 });
    if greeting == Greeting::Welcome {
        draft.ask(voice.say(Phrase::AskWhat, &[]), None);
    }
    let mut rows: Vec<&PipelineRow> = fleet.rows().iter().collect();
    rows.sort_by(|a, b| a.before(b));
    draft.rows(fleet, rows).title(voice.say(Phrase::TitleOverview, &[]));
    draft.done()
}

/// The pipelines that are red, with their branches, the oldest first: "the first one" is one of them.
fn name_red(draft: &mut Draft<'_>, fleet: &Fleet) {
    let rows = group(fleet, Group::Failing);
    let few: Vec<&PipelineRow> = rows.iter().copied().take(A_FEW).collect();
    if few.is_empty() {
        return;
    }
    let list = draft.voice.and(&items(draft, fleet, &few, Group::Failing));
    let phrase = if few.len() < rows.len() { Phrase::OverviewRedLongest } else { Phrase::OverviewRed };
    draft.say(phrase, &[("list", list.into())]);
    draft.session.named = rows.iter().take(MAX_REMEMBERED).map(|row| row.overview.pipeline.clone()).collect();
    muted::of_several(draft, fleet, &rows);
}

/// A fix on its way makes no pipeline less red, but it is listed with what waits or runs.
fn mending(draft: &mut Draft<'_>, fleet: &Fleet, red: usize) {
    let mending = |of| group(fleet, of).iter().filter(|row| row.light == StatusColor::Red).count();
    match (red, mending(Group::Waiting), mending(Group::Running)) {
        (_, 0, 0) => {}
        (1, 1, _) => {
            draft.say(Phrase::RedWaiting, &[]);
        }
        (1, ..) => {
            draft.say(Phrase::RedRunning, &[]);
        }
        (_, waiting, running) => {
            let parts = [(Phrase::PartWaiting, waiting), (Phrase::PartRunning, running)].into_iter();
            let parts = parts.filter(|(_, count)| *count > 0).map(|(part, count)| draft.voice.counted(part, count));
            let list = draft.voice.and(&parts.collect::<Vec<_>>());
            draft.say(Phrase::RedMending, &[("list", list.into())]);
        }
    }
}

/// The phrases for a group.
struct Words {
    none: Phrase,
    some: Phrase,
    many: Phrase,
    title: Phrase,
}

fn words(group: Group) -> Words {
    use Phrase as P;
    let (none, some, many, title) = match group {
        Group::Failing => (P::FailingNone, P::FailingSome, P::FailingMany, P::TitleFailing),
        Group::Running => (P::RunningNone, P::RunningSome, P::RunningMany, P::TitleRunning),
        Group::Waiting => (P::WaitingNone, P::WaitingSome, P::WaitingMany, P::TitleWaiting),
    };
    Words { none, some, many, title }
}

/// The pipelines of a group: a few by name, more of them summed up.
pub(super) fn list(mut draft: Draft<'_>, fleet: &Fleet, of: Group) -> Answer {
    let voice = draft.voice;
    let words = words(of);
    let rows = group(fleet, of);
    draft.rows(fleet, rows.iter().copied()).title(voice.say(words.title, &[]));
    let named = if rows.len() > A_FEW { 0 } else { rows.len() };
    draft.session.listing = Some(Listing { group: of, named });
    match rows.as_slice() {
        [] => {
            draft.say(words.none, &[]);
        }
        [only] if of == Group::Failing => {
            let pipeline = called_leading(fleet, only, voice);
            let long = draft.for_long(since(only, of));
            draft.say(Phrase::FailingOne, &[("pipeline", pipeline.into()), ("for", long)]);
            if let Some(sentence) = cause::sentence(only, None, voice) {
                draft.speak(sentence);
            }
            super::pipeline::also_red(&mut draft, only);
        }
        [longest, ..] if rows.len() > A_FEW => {
            let pipeline =
                if of == Group::Failing { called_red(fleet, longest, voice) } else { called(fleet, longest, voice) };
            let long = draft.for_long(since(longest, of));
            draft.say(words.many, &[("count", rows.len().into()), ("pipeline", pipeline.into()), ("for", long)]);
            draft.ask(voice.say(Phrase::AskList, &[]), Some(Pending::More));
        }
        few => {
            let items = items(&draft, fleet, few, of);
            draft.say(words.some, &[("count", few.len().into()), ("list", voice.and(&items).into())]);
            if of == Group::Failing {
                draft.ask(voice.say(Phrase::AskWhy, &[]), Some(Pending::Why));
            }
        }
    }
    if of == Group::Failing {
        muted::of_several(&mut draft, fleet, &rows);
    }
    remember(&mut draft, &rows);
    draft.done()
}

/// The names of a group, so many at a time.
pub(super) fn names(mut draft: Draft<'_>, fleet: &Fleet, of: Group, from: usize) -> Answer {
    let voice = draft.voice;
    let rows = group(fleet, of);
    if rows.is_empty() {
        return list(draft, fleet, of);
    }
    // The whole list has been told: from the start, then.
    let from = if from >= rows.len() { 0 } else { from };
    let next: Vec<&PipelineRow> = rows.iter().copied().skip(from).take(A_BREATH).collect();
    let named = from + next.len();
    let items = items(&draft, fleet, &next, of);
    let phrase = match from {
        0 => Phrase::WhichNext,
        _ if named == rows.len() => Phrase::WhichLast,
        _ => Phrase::WhichMore,
    };
    draft.rows(fleet, rows.iter().copied()).title(voice.say(words(of).title, &[]));
    draft.say(phrase, &[("list", voice.and(&items).into())]);
    draft.session.listing = Some(Listing { group: of, named });
    if named < rows.len() {
        draft.ask(voice.say(Phrase::AskMore, &[]), Some(Pending::More));
    }
    remember(&mut draft, &next);
    draft.done()
}

fn items(draft: &Draft<'_>, fleet: &Fleet, rows: &[&PipelineRow], of: Group) -> Vec<String> {
    let item = |row: &&PipelineRow| {
        let pipeline = match of {
            Group::Failing => called_red(fleet, row, draft.voice),
            Group::Running => called_in(fleet, row, Status::InProgress, draft.voice),
            Group::Waiting => called_in(fleet, row, Status::Waiting, draft.voice),
        };
        draft.voice.say(Phrase::Item, &[("pipeline", pipeline.into()), ("for", draft.for_long(since(row, of)))])
    };
    rows.iter().map(item).collect()
}

/// The first one named is the one that "why?" is about.
fn remember(draft: &mut Draft<'_>, rows: &[&PipelineRow]) {
    draft.session.topic = None;
    draft.session.named.clear();
    draft.session.spoken_of.clear();
    if let Some(first) = rows.first() {
        draft.session.speak_of(&first.overview.pipeline);
    }
}
