//! Routes as they are written; [`crate::routing`] decides by them.

use andon::alert::AlertKind;
use andon::glob::Globs;

use crate::destination::DestinationName;
use crate::digest::DigestTime;
use crate::mention::Mention;
use crate::quiet_hours::QuietHours;

/// A route: which alerts go where, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The name of the route.
    pub name: Option<String>,
    /// Which alerts it takes.
    pub matches: Match,
    /// Which kinds of them it takes.
    pub kinds: Vec<AlertKind>,
    /// Which failures it sends.
    pub failures: Failures,
    /// Whether failures of several pipelines with one cause are one message.
    pub together: bool,
    /// Who is mentioned in Slack when an alert needs action.
    pub mention: Vec<Mention>,
    /// When what is not urgent waits.
    pub quiet: Option<QuietHours>,
    /// When it sends a digest of what is still red; never without it.
    pub digest: Option<DigestTime>,
    /// Where it leads; nowhere silences what it takes.
    pub to: Vec<DestinationName>,
    /// Whether later routes are evaluated too.
    pub continues: bool,
}

impl Route {
    /// Whether it takes alerts of a kind: a digest only where it says when, or silences it.
    pub fn takes(&self, kind: AlertKind) -> bool {
        let is_timed = self.digest.is_some() || self.to.is_empty();
        self.kinds.contains(&kind) && (kind != AlertKind::Digest || is_timed)
    }
}

/// Which alerts a route takes: all of the globs that are given must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Match {
    /// The pipeline.
    pub pipeline: Option<Globs>,
    /// The account, by its id or by its name in `accounts`.
    pub account: Option<Globs>,
    /// The customer that the account belongs to.
    pub customer: Option<Globs>,
    /// The region.
    pub region: Option<Globs>,
    /// The stage; an alert about no stage does not match.
    pub stage: Option<Globs>,
    /// The action; an alert about no action does not match.
    pub action: Option<Globs>,
    /// The category of the diagnosis; an alert without one does not match.
    pub category: Option<Globs>,
    /// The branch; an alert of a run whose branch is not known does not match.
    pub branch: Option<Globs>,
    /// The tag that started the run.
    pub tag: Option<Globs>,
    /// What set the run off: `push`, `tag`, `pull-request`, or CodePipeline's name of the kind.
    pub trigger: Option<Globs>,
    /// The number of the pull request that started the run.
    pub pull_request: Option<Globs>,
    /// Who wrote the change.
    pub author: Option<Globs>,
}

/// Which failures a route sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Failures {
    /// Every one.
    #[default]
    Every,
    /// Only the first after a success.
    Changes,
}

impl Match {
    /// Whether it takes everything that the other one takes.
    pub fn covers(&self, other: &Self) -> bool {
        let always = |globs: Option<&Globs>, others: Option<&Globs>| match (globs, others) {
            (None, _) => true,
            (Some(globs), None) => globs.are_everything(),
            (Some(globs), Some(others)) => globs.cover(others),
        };
        let if_any = |globs: Option<&Globs>, others: Option<&Globs>| match (globs, others) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(globs), Some(others)) => globs.cover(others),
        };
        always(self.pipeline.as_ref(), other.pipeline.as_ref())
            && always(self.account.as_ref(), other.account.as_ref())
            && always(self.region.as_ref(), other.region.as_ref())
            && if_any(self.customer.as_ref(), other.customer.as_ref())
            && if_any(self.stage.as_ref(), other.stage.as_ref())
            && if_any(self.action.as_ref(), other.action.as_ref())
            && if_any(self.category.as_ref(), other.category.as_ref())
            && if_any(self.branch.as_ref(), other.branch.as_ref())
            && if_any(self.tag.as_ref(), other.tag.as_ref())
            && if_any(self.trigger.as_ref(), other.trigger.as_ref())
            && if_any(self.pull_request.as_ref(), other.pull_request.as_ref())
            && if_any(self.author.as_ref(), other.author.as_ref())
    }
}
