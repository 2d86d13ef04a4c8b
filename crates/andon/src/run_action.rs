//! Actions on a run: retry it where it failed, answer an approval, stop it.
//!
//! [`plan`] works out from the state of the pipeline what exactly would be done, so that it can be confirmed first. The
//! caller decides whether the user is allowed to; a port carries the action out.

use std::fmt;
use std::str::FromStr;

use strum::{IntoStaticStr, VariantArray};

use crate::history::Overview;
use crate::invalid::Invalid;
use crate::name::{ActionName, ExecutionId, PipelineId, StageName};
use crate::run::Status;
use crate::suggest::named;

/// A kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum RunAction {
    /// Try the failed actions of a stage again.
    Retry,
    /// Say yes to what waits.
    Approve,
    /// Say no to what waits.
    Reject,
    /// Stop what runs, after the actions that are at work now.
    Stop,
}

impl RunAction {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl FromStr for RunAction {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        named(text, |quoted| format!("{quoted} is not a voice action"))
    }
}

impl fmt::Display for RunAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing to be done to one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAction {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The run.
    pub execution: ExecutionId,
    /// What is to be done.
    pub step: Step,
}

/// What is to be done, and where in the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Try the failed actions of this stage again.
    Retry(StageName),
    /// Say yes to the approval in this stage.
    Approve(Approval),
    /// Say no to the approval in this stage.
    Reject(Approval),
    /// Stop the run.
    Stop,
}

/// A manual approval that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The stage it is in.
    pub stage: StageName,
    /// The action, where it is known to be the one that waits.
    pub action: Option<ActionName>,
}

impl PlannedAction {
    /// The stage it is about, where it is about one.
    pub fn stage(&self) -> Option<&StageName> {
        match &self.step {
            Step::Retry(stage) => Some(stage),
            Step::Approve(approval) | Step::Reject(approval) => Some(&approval.stage),
            Step::Stop => None,
        }
    }

    /// The approval that it answers, where it answers one and that is known.
    pub fn approval(&self) -> Option<&ActionName> {
        match &self.step {
            Step::Approve(approval) | Step::Reject(approval) => approval.action.as_ref(),
            Step::Retry(_) | Step::Stop => None,
        }
    }
}

/// Why there is nothing to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotApplicable {
    /// The latest run has not failed, or its failed stage is unknown.
    #[error("the latest run has not failed, so there is nothing to retry")]
    NothingFailed,
    /// It failed, and a run is under way again.
    #[error("a new run is under way, so there is nothing to retry")]
    RunsAgain,
    /// Nothing waits for an approval.
    #[error("nothing waits for an approval")]
    NothingWaits,
    /// Nothing runs.
    #[error("no run is under way")]
    NothingRuns,
}

/// What an action comes to as the pipeline stands now.
pub fn plan(action: RunAction, overview: &Overview) -> Result<PlannedAction, NotApplicable> {
    let planned = |execution: &ExecutionId, step| PlannedAction {
        pipeline: overview.pipeline.clone(),
        execution: execution.clone(),
        step,
    };
    let waiting = || {
        let run = overview.open.iter().find(|run| run.status == Status::Waiting).ok_or(NotApplicable::NothingWaits)?;
        let current = run.current.as_ref().ok_or(NotApplicable::NothingWaits)?;
        Ok((&run.execution, Approval { stage: current.stage.clone(), action: current.action.clone() }))
    };
    match action {
        RunAction::Retry => {
            let latest = &overview.latest;
            match (&latest.failure, latest.status) {
                (Some(failure), Status::Failed | Status::Rejected) => {
                    let stage = failure.stage.clone().ok_or(NotApplicable::NothingFailed)?;
                    Ok(planned(&latest.execution, Step::Retry(stage)))
                }
                (_, status) if !status.is_final() && overview.health.is_red() => Err(NotApplicable::RunsAgain),
                _ => Err(NotApplicable::NothingFailed),
            }
        }
        RunAction::Approve => waiting().map(|(execution, approval)| planned(execution, Step::Approve(approval))),
        RunAction::Reject => waiting().map(|(execution, approval)| planned(execution, Step::Reject(approval))),
        // Of several runs the latest: it is the one that somebody has just seen begin.
        RunAction::Stop => match overview.open.last() {
            Some(run) => Ok(planned(&run.execution, Step::Stop)),
            None => Err(NotApplicable::NothingRuns),
        },
    }
}

/// What an action on this very run comes to as the pipeline stands now, however many others are under way.
pub fn plan_run(
    action: RunAction,
    overview: &Overview,
    execution: &ExecutionId,
) -> Result<PlannedAction, NotApplicable> {
    let mut of_run = overview.clone();
    of_run.open.retain(|run| run.execution == *execution);
    let order = plan(action, &of_run)?;
    if order.execution == *execution { Ok(order) } else { Err(NotApplicable::NothingFailed) }
}

/// Carries out actions on runs.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait PipelineActions {
    /// Carries an order out. What is given as the reason stays with the run in CodePipeline.
    async fn carry_out(&self, order: &PlannedAction, reason: &str) -> Result<(), ActionError>;
}

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {doing}: {problem}")]
pub struct ActionError {
    /// What it means for the user.
    pub why: ActionErrorKind,
    /// What was being done, to what.
    pub doing: String,
    /// The service's message, and what to do about it.
    pub problem: String,
}

/// What stood in the way of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionErrorKind {
    /// The stage cannot be retried: the pipeline has changed since, or nothing in it failed.
    NotRetryable,
    /// A later run has passed through the stage.
    Overtaken,
    /// Too much else is going on in it.
    Busy,
    /// The approval has been answered, or it has expired.
    Answered,
    /// The run has ended or is being stopped.
    NotStoppable,
    /// There is no such pipeline, run, stage or action any more.
    Gone,
    /// Andon may not.
    Forbidden,
    /// CodePipeline could not be reached, or was out of order.
    Unavailable,
}

/// For machines that cannot reach CodePipeline.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoActions;

impl PipelineActions for NoActions {
    async fn carry_out(&self, order: &PlannedAction, _: &str) -> Result<(), ActionError> {
        Err(ActionError {
            why: ActionErrorKind::Forbidden,
            doing: format!("do anything to {}", order.pipeline),
            problem: "this process has no access to CodePipeline; use the deployed function".to_owned(),
        })
    }
}

/// Knows the code that people say before something is done.
#[expect(async_fn_in_trait, reason = "callers are generic and single-threaded; nobody needs the futures to be Send")]
pub trait Passcode {
    /// Whether this is the code that is kept there. Takes as long for a wrong one as for the right one.
    async fn is(&self, kept: &crate::secret::SecretRef, said: &str) -> Result<bool, PasscodeError>;
}

/// Why a code cannot be checked. It never contains one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot check the code: {0}")]
pub struct PasscodeError(pub String);

/// For machines that keep no code: none is right.
impl Passcode for NoActions {
    async fn is(&self, _: &crate::secret::SecretRef, _: &str) -> Result<bool, PasscodeError> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{History, RunSummary};
    use crate::run::{DeploymentRule, Run};
    use crate::testing;

    /// How the pipeline of a recorded run stood after the first so many of its events.
    fn after(file: &str, events: usize) -> Overview {
        let told: Vec<Run> = testing::events(file).iter().filter_map(testing::told).take(events).collect();
        let mut run = told[0].clone();
        for more in told {
            run.merge(more);
        }
        let mut history = History::new(run.pipeline.clone());
        history.learn(RunSummary::of(&run, &DeploymentRule::default()));
        history.overview().unwrap()
    }

    fn ordered(run_action: RunAction, overview: &Overview) -> Result<Step, NotApplicable> {
        plan(run_action, overview).map(|order| order.step)
    }

    #[test]
    fn a_failed_stage_can_be_retried_and_nothing_else_be_done() {
        let failed = after("codepipeline-run-build-failed", usize::MAX);
        assert!(matches!(ordered(RunAction::Retry, &failed), Ok(Step::Retry(stage)) if stage.as_str() == "Build"));
        assert_eq!(ordered(RunAction::Approve, &failed), Err(NotApplicable::NothingWaits));
        assert_eq!(ordered(RunAction::Stop, &failed), Err(NotApplicable::NothingRuns));
    }

    #[test]
    fn a_run_under_way_can_be_stopped_and_not_be_retried() {
        let running = after("codepipeline-run-build-failed", 2);
        assert_eq!(ordered(RunAction::Stop, &running), Ok(Step::Stop));
        assert_eq!(ordered(RunAction::Retry, &running), Err(NotApplicable::NothingFailed));
    }

    #[test]
    fn a_well_pipeline_wants_nothing() {
        let well = after("codepipeline-run-succeeded", usize::MAX);
        for run_action in RunAction::VARIANTS.iter().copied() {
            assert!(plan(run_action, &well).is_err(), "{run_action}");
        }
    }
}
