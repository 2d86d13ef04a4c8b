//! From a question to its answer: first the pipelines that it means, then the sentences.

use jiff::Timestamp;

use super::{Answer, Fleet, Found, Group, Pending, Question, Session, Subject, Topic, Voice};
use andon::board::{PipelineRow, StatusColor};
use andon::history::History;
use andon::name::PipelineId;
use andon::run::Run;

mod cause;
mod clarify;
mod draft;
pub(super) mod facts;
mod keys;
mod list;
mod muted;
mod naming;
mod pipeline;
mod talk;
mod topic;
mod why;

pub(super) use clarify::ask_which as which_one;
pub use clarify::unclear;
use draft::Draft;
pub use draft::standing;
pub(super) use facts::Records;
pub use naming::called;
pub(super) use naming::{also_red, leading};
pub(super) use talk::{no_ledger, not_understood};

/// What was looked up of the one pipeline that a question is about; all of it may be missing.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// Its history.
    pub history: Option<History>,
    /// The run by which it is red.
    pub failed: Option<Run>,
}

/// What a question means, among these pipelines and after what was said before.
#[derive(Debug)]
pub enum Meaning<'a> {
    /// Something that needs no pipeline: help, goodbye.
    Talk(&'a Question),
    /// It was not understood.
    Lost(&'a Fleet),
    /// The state of all pipelines, at the start of a session or as an answer.
    Overview(&'a Fleet, Greeting),
    /// A list, from its start or from where it was left.
    List(&'a Fleet, Group, From),
    /// The four keys over all pipelines.
    Keys(&'a Fleet),
    /// This, of that pipeline.
    Tell(&'a Fleet, Topic, &'a PipelineRow),
    /// This, of a pipeline that first has to be made out.
    Unclear(&'a Fleet, Topic, Found<'a>),
    /// There is no other pipeline to speak of.
    NoOther,
    /// It is none of those that were asked about.
    NoneOfThose(Topic),
    /// The user declined what was offered.
    NotThat,
    /// The user is done.
    Enough,
}

/// Whether the session has just started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    /// It has; the answer asks for a question.
    Welcome,
    /// They have asked for this.
    Asked,
}

/// Where a list starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// From its start, summed up if it is long.
    Start,
    /// By names, after so many of them.
    Name(usize),
}

impl<'a> Meaning<'a> {
    /// Whether the ledger has to be read at all.
    pub fn needs_ledger(question: &Question, session: &Session) -> bool {
        match question {
            Question::Help | Question::Goodbye => false,
            // The second time, questions are offered that have an answer now.
            Question::NotUnderstood => session.is_lost,
            _ => true,
        }
    }

    /// What the question means.
    pub fn of(question: &'a Question, fleet: &'a Fleet, session: &'a Session) -> Self {
        match question {
            Question::Help | Question::Goodbye => Self::Talk(question),
            Question::NotUnderstood => Self::Lost(fleet),
            Question::Welcome => Self::Overview(fleet, Greeting::Welcome),
            Question::Overview => Self::Overview(fleet, Greeting::Asked),
            Question::List(group) => Self::List(fleet, *group, From::Start),
            Question::Keys => Self::Keys(fleet),
            Question::About(topic, subject) => Self::about(fleet, *topic, subject, session),
            Question::Which => Self::which(fleet, session),
            Question::Other => Self::other(fleet, session),
            Question::Nth(number) => Self::nth(fleet, *number, session),
            Question::Named(subject) => Self::named(fleet, subject, session),
            Question::Yes => Self::yes(question, fleet, session),
            Question::No => no(session),
        }
    }

    /// The pipeline that more has to be looked up of.
    pub fn wants(&self) -> Option<&'a PipelineId> {
        match self {
            Self::Tell(_, Topic::Why, row) if row.red_since().is_some() => Some(&row.overview.pipeline),
            Self::Tell(_, Topic::LastDeployment, row) => Some(&row.overview.pipeline),
            _ => None,
        }
    }

    /// What is said.
    pub fn answer(&self, voice: &Voice, now: Timestamp, session: &Session, detail: &Detail) -> Answer {
        let draft = Draft::new(voice, now, session);
        match self {
            Self::Talk(question) => talk::talk(draft, question),
            Self::Lost(fleet) => talk::lost(draft, fleet),
            Self::Enough => talk::talk(draft, &Question::Goodbye),
            Self::NotThat => talk::anything_else(draft),
            Self::NoneOfThose(topic) => clarify::ask(draft, &Fleet::default(), *topic, &Found::Unnamed),
            Self::NoOther => talk::no_other(draft),
            Self::Overview(fleet, _) | Self::List(fleet, ..) | Self::Keys(fleet) | Self::Unclear(fleet, ..)
                if fleet.rows().is_empty() =>
            {
                talk::empty(draft)
            }
            Self::Overview(fleet, greeting) => list::overview(draft, fleet, *greeting),
            Self::List(fleet, group, From::Start) => list::list(draft, fleet, *group),
            Self::List(fleet, group, From::Name(from)) => list::names(draft, fleet, *group, *from),
            Self::Keys(fleet) => keys::of_all(draft, fleet),
            Self::Tell(fleet, topic, row) => topic::tell(draft, fleet, *topic, row, detail),
            Self::Unclear(fleet, topic, found) => clarify::ask(draft, fleet, *topic, found),
        }
    }

    fn about(fleet: &'a Fleet, topic: Topic, subject: &'a Subject, session: &'a Session) -> Self {
        match fleet.find(subject, session) {
            Found::One(row) => Self::Tell(fleet, topic, row),
            // "Why?" out of the blue is about what is red.
            Found::Unnamed if topic == Topic::Why => match group(fleet, Group::Failing).as_slice() {
                [only] => Self::Tell(fleet, topic, only),
                [] => Self::List(fleet, Group::Failing, From::Start),
                several => Self::Unclear(fleet, topic, Found::Several(several.to_vec())),
            },
            found => Self::Unclear(fleet, topic, found),
        }
    }

    fn which(fleet: &'a Fleet, session: &Session) -> Self {
        match session.listing {
            Some(listing) => Self::List(fleet, listing.group, From::Name(listing.named)),
            None => Self::List(fleet, Group::Failing, From::Start),
        }
    }

    /// The other one of two that were listed or asked about; else the one spoken of before.
    fn other(fleet: &'a Fleet, session: &'a Session) -> Self {
        let topic = session.topic.unwrap_or(Topic::Status);
        let listed = session.listing.map(|listing| group(fleet, listing.group)).unwrap_or_default();
        let last = session.spoken_of.first();
        let others: Vec<&PipelineRow> = listed.into_iter().filter(|row| Some(&row.overview.pipeline) != last).collect();
        match others.as_slice() {
            [only] => Self::Tell(fleet, topic, only),
            [] => match session.spoken_of.get(1).and_then(|before| fleet.row(before)) {
                Some(row) => Self::Tell(fleet, topic, row),
                None => Self::NoOther,
            },
            _ => {
                let fresh: Vec<&PipelineRow> =
                    others.iter().copied().filter(|row| !session.spoken_of.contains(&row.overview.pipeline)).collect();
                match fresh.as_slice() {
                    [only] => Self::Tell(fleet, topic, only),
                    _ => Self::Unclear(fleet, topic, Found::Several(others)),
                }
            }
        }
    }

    fn nth(fleet: &'a Fleet, number: usize, session: &'a Session) -> Self {
        let at = number.saturating_sub(1);
        let topic = session.topic.unwrap_or(Topic::Status);
        if let Some(Pending::WhichOne { topic, candidates }) = &session.pending {
            let Some(chosen) = candidates.get(at) else {
                return Self::Unclear(fleet, *topic, fleet.known(candidates));
            };
            return fleet
                .row(chosen)
                .map_or(Self::Unclear(fleet, *topic, Found::Gone(chosen)), |row| Self::Tell(fleet, *topic, row));
        }
        match nth(fleet, number, session).and_then(|named| fleet.row(&named)) {
            Some(row) => Self::Tell(fleet, topic, row),
            None => Self::Unclear(fleet, topic, Found::Unnamed),
        }
    }

    fn named(fleet: &'a Fleet, subject: &'a Subject, session: &'a Session) -> Self {
        let Some(Pending::WhichOne { topic, candidates }) = &session.pending else {
            return Self::about(fleet, Topic::Status, subject, session);
        };
        // "That one" is one of those that were asked about.
        if *subject == Subject::Last && !candidates.is_empty() {
            return Self::one_of(fleet, *topic, candidates);
        }
        // What was asked about comes first: "the production one" is one of those, whatever else is called so.
        if let (Subject::Heard(heard), false) = (subject, candidates.is_empty())
            && let Some(chosen) = fleet.among(candidates, heard)
        {
            return Self::Tell(fleet, *topic, chosen);
        }
        Self::about(fleet, *topic, subject, session)
    }

    fn yes(question: &'a Question, fleet: &'a Fleet, session: &'a Session) -> Self {
        match &session.pending {
            Some(Pending::More) => Self::which(fleet, session),
            Some(Pending::Why) => Self::about(fleet, Topic::Why, &Subject::Last, session),
            Some(Pending::WhichOne { topic, candidates }) => Self::one_of(fleet, *topic, candidates),
            None => Self::Talk(question),
        }
    }

    /// "Yes" to "do you mean this one?", or to more than one.
    fn one_of(fleet: &'a Fleet, topic: Topic, candidates: &'a [PipelineId]) -> Self {
        match candidates {
            [only] => fleet
                .row(only)
                .map_or(Self::Unclear(fleet, topic, Found::Gone(only)), |row| Self::Tell(fleet, topic, row)),
            [] => Self::Unclear(fleet, topic, Found::Unnamed),
            several => Self::Unclear(fleet, topic, fleet.known(several)),
        }
    }
}

/// "No" ends a conversation only where nothing else was asked.
fn no<'a>(session: &Session) -> Meaning<'a> {
    match &session.pending {
        Some(Pending::WhichOne { topic, candidates }) if !candidates.is_empty() => Meaning::NoneOfThose(*topic),
        Some(Pending::WhichOne { .. } | Pending::More | Pending::Why) => Meaning::NotThat,
        None => Meaning::Enough,
    }
}

/// One of those that the last answer named, counted from 1; of a list that it summed up, one of the list.
pub(super) fn nth(fleet: &Fleet, number: usize, session: &Session) -> Option<PipelineId> {
    let at = number.saturating_sub(1);
    if !session.named.is_empty() {
        return session.named.get(at).filter(|named| fleet.row(named).is_some()).cloned();
    }
    let listed = session.listing.map(|listing| group(fleet, listing.group)).unwrap_or_default();
    listed.get(at).map(|row| row.overview.pipeline.clone())
}

/// The pipelines of a group, those that have been so for longest first.
fn group(fleet: &Fleet, group: Group) -> Vec<&PipelineRow> {
    let belongs = |row: &&PipelineRow| match group {
        Group::Failing => row.light == StatusColor::Red,
        Group::Waiting => row.overview.waiting().is_some(),
        Group::Running => row.overview.in_status(andon::run::Status::InProgress).is_some(),
    };
    let mut rows: Vec<&PipelineRow> = fleet.rows().iter().filter(belongs).collect();
    rows.sort_by(|a, b| {
        since(a, group).cmp(&since(b, group)).then_with(|| a.overview.pipeline.cmp(&b.overview.pipeline))
    });
    rows
}

/// Since when a pipeline belongs to a group.
fn since(row: &PipelineRow, group: Group) -> Timestamp {
    let waiting = row.overview.waiting().and_then(|run| run.current.as_ref()).map(|current| current.since);
    match group {
        Group::Failing => row.red_since().unwrap_or_else(|| row.news_at()),
        Group::Waiting => waiting.unwrap_or_else(|| row.began()),
        Group::Running => row.began(),
    }
}
