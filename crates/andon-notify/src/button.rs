//! Buttons of a message: what a member of a chat can do about an alert.
//!
//! A button holds ids alone. What it would do is worked out anew when it is pressed.

use andon::alert::{Alert, AlertBody};
use andon::attention::{Deed, Done};
use andon::event::Attempt;
use andon::line::Line;
use andon::name::{ActionName, ExecutionId, PipelineId, StageName};
use andon::run_action::RunAction;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum ButtonKind {
    /// Retries the failed actions of a stage.
    Retry,
    /// Gives an approval.
    Approve,
    /// Rejects an approval, after asking for a reason.
    Reject,
    /// Stops the run.
    Stop,
    /// Says that somebody is on it.
    #[serde(rename = "on-it")]
    #[strum(serialize = "on-it")]
    TakeOn,
    /// Mutes the pipeline or the line of change, after asking for how long.
    Mute,
    /// Ends a mute.
    Unmute,
}

impl ButtonKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The button of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// What it does to the run; nothing where it only says something.
    pub fn run_action(self) -> Option<RunAction> {
        match self {
            Self::Retry => Some(RunAction::Retry),
            Self::Approve => Some(RunAction::Approve),
            Self::Reject => Some(RunAction::Reject),
            Self::Stop => Some(RunAction::Stop),
            Self::TakeOn | Self::Mute | Self::Unmute => None,
        }
    }

    /// What is written on it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Retry => "Retry failed actions",
            Self::Approve => "Approve",
            Self::Reject => "Reject…",
            Self::Stop => "Stop",
            Self::TakeOn => "I'm on it",
            Self::Mute => "Mute…",
            Self::Unmute => "Unmute",
        }
    }

    /// What has been done once it was pressed.
    pub fn done(self) -> Done {
        match self {
            Self::Retry => Done::Retried,
            Self::Approve => Done::Approved,
            Self::Reject => Done::Rejected,
            Self::Stop => Done::Stopped,
            Self::TakeOn => Done::TakenOn,
            Self::Mute => Done::Muted,
            Self::Unmute => Done::Unmuted,
        }
    }

    /// The question before something is done that cannot be taken back; `None` where nothing is asked, or a form asks.
    pub fn question(self, about: &AlertRef) -> Option<String> {
        let (name, run) = (&about.pipeline.name, about.execution.short());
        let stage = about.stage.as_ref().map_or("?", StageName::as_str);
        match self {
            Self::Retry => Some(format!("Retry stage {stage} of {name}, run {run}?")),
            Self::Approve => {
                let action = about.action.as_ref().map_or(stage, ActionName::as_str);
                Some(format!("Approve {action} of {name}, run {run}?"))
            }
            Self::Stop => Some(format!("Stop run {run} of {name} once the actions that are at work have ended?")),
            Self::Reject | Self::TakeOn | Self::Mute | Self::Unmute => None,
        }
    }
}

/// The alert that a button is about, by ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRef {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The run.
    pub execution: ExecutionId,
    /// The attempt.
    pub attempt: Attempt,
    /// The stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageName>,
    /// The action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionName>,
    /// The line of change, where the pipeline has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// The key under which the alert is claimed; empty where there is none.
    #[serde(default)]
    pub alert: String,
}

/// What can be done about an alert: nothing that has been done already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buttons {
    /// The alert.
    pub about: AlertRef,
    /// What can be done about it.
    pub kinds: Vec<ButtonKind>,
}

impl Buttons {
    /// The buttons of an alert; `None` if nothing can be done about it.
    pub fn of(alert: &Alert, deeds: &[Deed]) -> Option<Self> {
        let (attempt, kinds): (Attempt, &[ButtonKind]) = match &alert.body {
            AlertBody::Failed(failed) => {
                (failed.attempt, &[ButtonKind::Retry, ButtonKind::TakeOn, ButtonKind::Mute, ButtonKind::Unmute])
            }
            AlertBody::ApprovalNeeded(approval) | AlertBody::ApprovalOverdue { approval, .. } => {
                (approval.attempt, &[ButtonKind::Approve, ButtonKind::Reject])
            }
            AlertBody::Stuck { attempt, .. } => {
                (*attempt, &[ButtonKind::Stop, ButtonKind::TakeOn, ButtonKind::Mute, ButtonKind::Unmute])
            }
            _ => return None,
        };
        let is_settled = deeds.iter().any(|deed| deed.done.is_final());
        let is_muted = deeds.iter().any(|deed| deed.done == Done::Muted);
        let is_open = |kind: &ButtonKind| match kind.done() {
            Done::TakenOn => !deeds.iter().any(|deed| deed.done == Done::TakenOn),
            Done::Muted => !is_muted,
            Done::Unmuted => is_muted,
            Done::Retried => !is_settled && alert.stage().is_some(),
            Done::Approved | Done::Rejected | Done::Stopped => !is_settled,
        };
        let kinds: Vec<ButtonKind> = kinds.iter().copied().filter(is_open).collect();
        let about = AlertRef {
            pipeline: alert.pipeline.clone(),
            execution: alert.execution.clone()?,
            attempt,
            stage: alert.stage().cloned(),
            action: alert.action().cloned(),
            line: alert.line.clone(),
            alert: alert.dedup_key(),
        };
        (!kinds.is_empty()).then_some(Self { about, kinds })
    }
}
