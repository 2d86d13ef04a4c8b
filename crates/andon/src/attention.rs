//! What people do about a pipeline from a chat: who is on it, and what was done to which alert.
//!
//! It is kept with the pipeline's history, so that whoever tells of the pipeline later says it too.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::ExecutionId;

/// The most deeds that are kept of a pipeline.
const MAX_DEEDS: usize = 20;
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
        }
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

    /// What was done about an alert, oldest first.
    pub fn about(&self, alert: &str) -> Vec<Deed> {
        self.deeds.iter().filter(|deed| deed.alert == alert).cloned().collect()
    }

    /// What was done about a run, oldest first.
    pub fn of_run(&self, execution: &ExecutionId) -> impl DoubleEndedIterator<Item = &Deed> {
        self.deeds.iter().filter(move |deed| deed.execution == *execution)
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
        }
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
