//! The kinds of alert: one table of their names, tones and defaults.

use std::fmt;
use std::str::FromStr;

use strum::{IntoStaticStr, VariantArray};

use crate::invalid::Invalid;
use crate::suggest::named;

/// A kind of alert, by the name that `andon.yml` has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum AlertKind {
    /// A run failed.
    Failed,
    /// The first success after failures.
    Recovered,
    /// An earlier change was deployed again.
    RolledBack,
    /// A manual approval waits.
    ApprovalNeeded,
    /// A manual approval has waited for too long.
    ApprovalOverdue,
    /// A run takes far longer than it should.
    Stuck,
    /// There has been no success for too long.
    NoSuccess,
    /// What is still red, at the time of day that a route asks for.
    Digest,
    /// A deployment that no run made failed.
    ServiceFailed,
    /// A manual approval was given.
    Approved,
    /// A manual approval was rejected.
    Rejected,
    /// A run started.
    Started,
    /// A run succeeded.
    Succeeded,
    /// A user stopped a run.
    Stopped,
    /// A newer run took a run's place.
    Superseded,
    /// A run was canceled, and nothing has run since.
    Canceled,
}

/// What a kind of alert is at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something is broken.
    Bad,
    /// What was broken works again, or all went well.
    Good,
    /// A person is waited for, or something takes too long.
    Attention,
    /// For information.
    Neutral,
}

/// What is true of every alert of one kind.
struct Traits {
    /// The tag in the subject of an email.
    tag: &'static str,
    tone: Tone,
    /// Whether routes that name no kinds send it: a person may have to act on it.
    is_default: bool,
    /// Whether quiet hours let it through unless `except` says otherwise: something is broken, or works again, so that a
    /// person who was woken may go back to sleep.
    is_urgent: bool,
    /// Whether a route's `mention` applies: a person has to act.
    mentions: bool,
}

impl AlertKind {
    #[rustfmt::skip]
    const fn traits(self) -> Traits {
        use Tone::{Attention, Bad, Good, Neutral};
        match self {
            Self::Failed          => Traits { tag: "FAILED",    tone: Bad,       is_default: true,  is_urgent: true,  mentions: true },
            Self::RolledBack      => Traits { tag: "ROLLED BACK", tone: Attention, is_default: true, is_urgent: true, mentions: true },
            Self::Recovered       => Traits { tag: "RECOVERED", tone: Good,      is_default: true,  is_urgent: true,  mentions: false },
            Self::ApprovalNeeded
            | Self::ApprovalOverdue => Traits { tag: "ATTENTION", tone: Attention, is_default: true,  is_urgent: false, mentions: true },
            Self::Stuck
            | Self::NoSuccess     => Traits { tag: "ATTENTION", tone: Attention, is_default: true,  is_urgent: true,  mentions: true },
            // It comes at the time that was asked for.
            Self::Digest          => Traits { tag: "STILL RED", tone: Attention, is_default: true,  is_urgent: true,  mentions: false },
            Self::ServiceFailed   => Traits { tag: "FAILED",    tone: Bad,       is_default: false, is_urgent: true,  mentions: true },
            Self::Succeeded       => Traits { tag: "OK",        tone: Good,      is_default: false, is_urgent: false, mentions: false },
            Self::Approved | Self::Rejected | Self::Started | Self::Stopped | Self::Superseded
            | Self::Canceled      => Traits { tag: "INFO",      tone: Neutral,   is_default: false, is_urgent: false, mentions: false },
        }
    }

    /// The name, in kebab case.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The kinds that a route sends when it names none.
    pub fn defaults() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(|kind| kind.is_default())
    }

    /// Whether routes that name no kinds send it.
    pub const fn is_default(self) -> bool {
        self.traits().is_default
    }

    /// Whether quiet hours let it through unless `except` says otherwise.
    pub const fn is_urgent(self) -> bool {
        self.traits().is_urgent
    }

    /// Whether a route's `mention` applies to it.
    pub const fn mentions(self) -> bool {
        self.traits().mentions
    }

    /// Its tone.
    pub const fn tone(self) -> Tone {
        self.traits().tone
    }

    /// The tag in the subject of an email, such as `FAILED`.
    pub fn tag(self) -> &'static str {
        self.traits().tag
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AlertKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        named(text, |quoted| format!("unknown kind of alert {quoted}"))
    }
}
