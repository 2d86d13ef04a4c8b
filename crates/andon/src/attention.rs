//! What people do about a pipeline from a chat: who is on it, what was done to which alert, and what is muted.
//!
//! It is kept with the pipeline's history, so that whoever tells of the pipeline later says it too.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::line::Line;
use crate::name::{ExecutionId, StageName};
use crate::text::one_line;
use crate::words::span;

/// The most deeds that are kept of a pipeline.
const MAX_DEEDS: usize = 20;
/// The most mutes that are kept of a pipeline: one for all of it, and one for each of its latest lines.
const MAX_MUTES: usize = 8;
/// The most characters of a name or of a reason.
const MAX_LEN: usize = 200;

/// A member of a chat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The id, which stays the same when the name changes.
    pub id: String,
    /// The name.
    pub name: String,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// The failed actions of a stage were retried.
    Retried,
    /// An approval was given.
    Approved,
    /// An approval was rejected.
    Rejected,
    /// The run was stopped.
    Stopped,
    /// Somebody said that they are on it.
    TakenOn,
    /// The pipeline or the line of change was muted.
    Muted,
    /// It was muted no longer.
    Unmuted,
}

impl Done {
    /// In a word or two, before "by".
    pub fn words(self) -> &'static str {
        match self {
            Self::Retried => "Retried",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Stopped => "Stopped",
            Self::TakenOn => "Taken on",
            Self::Muted => "Muted",
            Self::Unmuted => "Unmuted",
        }
    }

    /// Whether it changes the run, so that nothing else can be done to it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Retried | Self::Approved | Self::Rejected | Self::Stopped)
    }

    /// Whether it is about being told: the last such deed of an alert counts.
    fn is_of_mute(self) -> bool {
        matches!(self, Self::Muted | Self::Unmuted)
    }
}

/// Something that a member did about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// The alert, by the key under which it is claimed.
    pub alert: String,
    /// The run.
    pub execution: ExecutionId,
    /// What was done.
    pub done: Done,
    /// By whom.
    pub by: Member,
    /// When.
    pub at: Timestamp,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when, of a mute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
}

/// When a mute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// At this time.
    Time(Timestamp),
    /// When what is red is green again.
    Recovery,
}

/// That nobody wants to be told of a pipeline, or of a line of change, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// The line of change; all of the pipeline without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// Who muted it.
    pub by: Member,
    /// Since when: one that is extended goes on, and what it hid stays hidden by it.
    pub since: Timestamp,
    /// When it was last extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<Timestamp>,
    /// When it ends.
    pub until: Until,
    /// The run that it was about.
    pub execution: ExecutionId,
    /// The stages that had failed by then: what fails in another one is told all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageName>,
    /// When somebody ended it before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted: Option<Timestamp>,
}

impl Mute {
    /// Whether it is about a line of change.
    pub fn covers(&self, line: &Line) -> bool {
        self.line.as_ref().is_none_or(|muted| muted == line)
    }

    /// When somebody last changed it.
    fn changed(&self) -> Timestamp {
        self.extended.into_iter().chain(self.lifted).fold(self.since, Timestamp::max)
    }

    /// When it ends by the clock or has been ended by somebody; `None` while only a recovery can end it.
    pub fn end(&self) -> Option<Timestamp> {
        let by_time = match self.until {
            Until::Time(at) => Some(at),
            Until::Recovery => None,
        };
        by_time.into_iter().chain(self.lifted).min()
    }

    /// Whether it holds at a time, as far as the clock tells.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.since <= now && self.end().is_none_or(|end| now < end)
    }

    /// Who muted it, and for how long it stays so: `by alice for another 2 h`.
    pub fn words(&self, now: Timestamp) -> String {
        let by = one_line(&self.by.name);
        match self.until {
            Until::Time(at) => format!("by {by} for another {}", span(at.duration_since(now))),
            Until::Recovery => format!("by {by} until it is green"),
        }
    }

    /// Whether something in a stage is what it was about: anything, where nothing had failed by then.
    pub fn is_about(&self, stage: Option<&StageName>) -> bool {
        self.stages.is_empty() || stage.is_some_and(|stage| self.stages.contains(stage))
    }
}

/// Who is on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Who.
    pub by: Member,
    /// Since when.
    pub since: Timestamp,
    /// The run that it was about.
    pub execution: ExecutionId,
}

/// What people have done about a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Who said last that they are on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    /// What was done, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deeds: Vec<Deed>,
    /// The mutes among what was done, oldest first. They stand apart, because versions that know no mutes cannot read them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mute_deeds: Vec<Deed>,
    /// What was muted last: all of the pipeline, or a line of change each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mutes: Vec<Mute>,
}

impl Attention {
    /// Whether nothing was ever done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in a deed; returns whether it was new. The same deed is kept once, however often it is told.
    pub fn take(&mut self, mut deed: Deed) -> bool {
        deed.by.name = cut(&deed.by.name);
        deed.reason = deed.reason.as_deref().map(cut);
        if deed.done.is_of_mute() {
            self.mute_deeds.retain(|known| known.alert != deed.alert);
            self.mute_deeds.push(deed);
            self.mute_deeds.drain(..self.mute_deeds.len().saturating_sub(MAX_DEEDS));
            return true;
        }
        let key = |deed: &Deed| (deed.alert.clone(), deed.execution.clone(), deed.done, deed.by.id.clone());
        if self.deeds.iter().any(|known| key(known) == key(&deed)) {
            return false;
        }
        if deed.done == Done::TakenOn {
            self.owner = Some(Owner { by: deed.by.clone(), since: deed.at, execution: deed.execution.clone() });
        }
        self.deeds.push(deed);
        self.deeds.drain(..self.deeds.len().saturating_sub(MAX_DEEDS));
        true
    }

    /// Takes in a mute, in place of the one before of the same pipeline or line; returns whether it was new. One that still
    /// holds is extended or shortened. An order that is older than what is known, or came twice, changes nothing.
    pub fn mute(&mut self, mut mute: Mute, deed: Deed) -> bool {
        if let Some(known) = self.mutes.iter().find(|known| known.line == mute.line) {
            if known.changed() >= mute.since {
                return false;
            }
            if known.holds(mute.since) {
                mute.extended = Some(mute.since);
                mute.since = known.since;
            }
        }
        mute.by.name = cut(&mute.by.name);
        self.mutes.retain(|known| known.line != mute.line);
        // Where there are too many, those that no longer hold go first.
        while self.mutes.len() >= MAX_MUTES {
            let ended = self.mutes.iter().position(|known| !known.holds(mute.since));
            self.mutes.remove(ended.unwrap_or_default());
        }
        self.mutes.push(mute);
        self.take(deed);
        true
    }

    /// Ends what is muted of a line, or of all of the pipeline; returns whether anything was.
    pub fn unmute(&mut self, line: Option<&Line>, deed: Deed) -> bool {
        let at = deed.at;
        let is_it = |mute: &&mut Mute| (line.is_none() || mute.line.as_ref() == line) && mute.holds(at);
        let lifted = self.mutes.iter_mut().filter(is_it).map(|mute| mute.lifted = Some(at)).count();
        if lifted > 0 {
            self.take(deed);
        }
        lifted > 0
    }

    /// What was muted last, whether or not it still is.
    pub(crate) fn mutes(&self) -> &[Mute] {
        &self.mutes
    }

    /// The same of one line of change: without what is muted of the others.
    pub(crate) fn of_line(&self, line: &Line) -> Self {
        let mutes = self.mutes.iter().filter(|mute| mute.covers(line)).cloned().collect();
        Self { mutes, ..self.clone() }
    }

    /// What was done about an alert, oldest first.
    pub fn about(&self, alert: &str) -> Vec<Deed> {
        let mut about: Vec<Deed> = self.all().filter(|deed| deed.alert == alert).cloned().collect();
        about.sort_by_key(|deed| deed.at);
        about
    }

    /// What was done about a run, oldest first.
    pub fn of_run(&self, execution: &ExecutionId) -> impl DoubleEndedIterator<Item = &Deed> {
        self.all().filter(move |deed| deed.execution == *execution)
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = &Deed> {
        self.deeds.iter().chain(&self.mute_deeds)
    }

    /// Forgets who was on it and what was muted by a time, because the pipeline was deleted then.
    pub(crate) fn forget(&mut self, at: Timestamp) {
        self.owner = self.owner.take().filter(|owner| owner.since > at);
        self.mutes.retain(|mute| mute.since > at);
    }

    /// Who said last that they are on it, whether or not that still matters.
    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_LEN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(alert: &str, done: Done, by: &str) -> Deed {
        Deed {
            alert: alert.to_owned(),
            execution: ExecutionId::parse("e-1").unwrap(),
            done,
            by: Member { id: by.to_owned(), name: by.to_lowercase() },
            at: Timestamp::UNIX_EPOCH,
            reason: None,
            until: None,
        }
    }

    fn mute(line: Option<&str>, since: i64, minutes: i64) -> Mute {
        let at = |second| Timestamp::from_second(second).unwrap();
        Mute {
            line: line.map(|name| Line::Branch(name.to_owned())),
            by: Member { id: "U1".to_owned(), name: "alice".to_owned() },
            since: at(since),
            until: Until::Time(at(since + 60 * minutes)),
            execution: ExecutionId::parse("e-1").unwrap(),
            stages: Vec::new(),
            extended: None,
            lifted: None,
        }
    }

    #[test]
    fn versions_that_know_no_mutes_read_the_rest() {
        let mut attention = Attention::default();
        attention.take(deed("failed/e-1/1", Done::TakenOn, "U1"));
        assert!(attention.mute(mute(None, 60, 30), deed("failed/e-1/1", Done::Muted, "U1")));
        let written = serde_json::to_value(&attention).unwrap();
        let done: Vec<&str> =
            written["deeds"].as_array().unwrap().iter().map(|deed| deed["done"].as_str().unwrap()).collect();
        assert_eq!(done, ["taken-on"]);
        assert_eq!(attention.about("failed/e-1/1").len(), 2);
    }

    #[test]
    fn a_mute_that_holds_outlives_those_that_have_ended() {
        let mut attention = Attention::default();
        assert!(attention.mute(mute(None, 0, 600), deed("all", Done::Muted, "U1")));
        for number in 0..20 {
            let short = mute(Some(&format!("feature/{number}")), 60 * (number + 1), 1);
            assert!(attention.mute(short, deed("line", Done::Muted, "U1")), "{number}");
        }
        assert_eq!(attention.mutes().len(), MAX_MUTES);
        assert!(attention.mutes().iter().any(|mute| mute.line.is_none()));
    }

    #[test]
    fn a_mute_that_is_extended_goes_on() {
        let mut attention = Attention::default();
        let ends = |attention: &Attention| (attention.mutes()[0].since.as_second(), attention.mutes()[0].end());
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        assert!(attention.mute(mute(None, 0, 10), deed("all", Done::Muted, "U1")));
        assert!(attention.mute(mute(None, 300, 10), deed("all", Done::Muted, "U1")));
        assert_eq!(ends(&attention), (0, at(900)));
        assert!(attention.mute(mute(None, 360, 1), deed("all", Done::Muted, "U1")), "shortened");
        assert!(!attention.mute(mute(None, 300, 10), deed("all", Done::Muted, "U1")), "the order from before again");
        assert_eq!(ends(&attention), (0, at(420)));
        assert!(attention.mute(mute(None, 500, 1), deed("all", Done::Muted, "U1")), "a new one");
        assert_eq!(ends(&attention), (500, at(560)));
    }

    #[test]
    fn a_pipeline_that_was_deleted_is_muted_no_more() {
        let mut attention = Attention::default();
        attention.take(deed("failed/e-1/1", Done::TakenOn, "U1"));
        assert!(attention.mute(mute(None, 60, 30), deed("failed/e-1/1", Done::Muted, "U1")));
        attention.forget(Timestamp::from_second(100).unwrap());
        assert!(attention.mutes().is_empty() && attention.owner().is_none());
    }

    #[test]
    fn the_last_mute_of_a_line_counts_and_an_order_that_comes_late_changes_nothing() {
        let muted = |until: i64| Deed {
            until: Some(Until::Time(Timestamp::from_second(until).unwrap())),
            ..deed("failed/e-1/1", Done::Muted, "U1")
        };
        let unmuted =
            |at: i64| Deed { at: Timestamp::from_second(at).unwrap(), ..deed("failed/e-1/1", Done::Unmuted, "U2") };
        let mut attention = Attention::default();
        assert!(attention.mute(mute(None, 100, 60), muted(3700)));
        assert!(!attention.mute(mute(None, 100, 60), muted(3700)), "the same order again");
        assert!(attention.mute(mute(None, 200, 10), muted(800)), "for another time");
        assert!(attention.mute(mute(Some("main"), 150, 60), muted(3750)), "a line by itself");
        assert_eq!(attention.about("failed/e-1/1").len(), 1, "the message says the last one");
        assert!(!attention.unmute(Some(&Line::Branch("other".to_owned())), unmuted(300)));
        assert!(attention.unmute(None, unmuted(300)));
        assert!(!attention.unmute(None, unmuted(301)), "it is not muted any more");
        assert!(!attention.mute(mute(None, 250, 60), muted(3850)), "an order from before comes late");
        assert!(attention.mutes().iter().all(|mute| !mute.holds(Timestamp::from_second(300).unwrap())));
        assert_eq!(attention.about("failed/e-1/1").len(), 1);
        for second in 400..420 {
            assert!(attention.mute(mute(Some(&second.to_string()), second, 1), muted(second)));
        }
        assert_eq!(attention.mutes().len(), MAX_MUTES);
    }

    #[test]
    fn a_deed_is_kept_once_and_the_last_who_took_it_on_owns_it() {
        let mut attention = Attention::default();
        assert!(attention.take(deed("failed/e-1/1", Done::TakenOn, "U1")));
        assert!(!attention.take(deed("failed/e-1/1", Done::TakenOn, "U1")));
        assert!(attention.take(deed("failed/e-1/1", Done::TakenOn, "U2")));
        assert!(attention.take(deed("failed/e-1/2", Done::Retried, "U3")));
        assert_eq!(attention.owner().unwrap().by.id, "U2");
        assert_eq!(attention.about("failed/e-1/1").len(), 2);
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let mut attention = Attention::default();
        for number in 0..100 {
            attention.take(deed(&format!("failed/e-1/{number}"), Done::Retried, &"x".repeat(1000)));
        }
        let json = serde_json::to_string(&attention).unwrap();
        assert_eq!(attention.deeds.len(), MAX_DEEDS);
        assert!(attention.about("failed/e-1/99").iter().all(|deed| deed.by.name.len() == MAX_LEN), "{json}");
    }
}
