//! Acting: what exactly a call would do, and the question that a person answers first.

use std::time::Duration;

use andon::arn::Arn;
use andon::ledger::Ledger;
use andon::name::StageName;
use andon::run_action::{ActionError, NotApplicable, PipelineActions, PlannedAction, RunAction, plan};
use andon::text::{fit, one_line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::find::find;
use crate::shown::{Which, address, id};
use crate::tool::Here;

/// How long a question to a person stays open.
pub(crate) const VALID_FOR: Duration = Duration::from_mins(5);
/// The most characters of a reason.
const MAX_REASON: usize = 200;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME.
    pipeline: String,
    /// Id of the run as read; if the pipeline has moved on, nothing is done.
    run: String,
    /// The stage, for `retry`, `approve` and `reject`.
    stage: Option<String>,
    /// Why, in a few words; kept in CodePipeline.
    reason: String,
}

/// What would be done, checked against the pipeline as it is now.
#[derive(Debug, Clone)]
pub(crate) struct Intended {
    /// What is carried out.
    pub(crate) order: PlannedAction,
    /// What is kept in CodePipeline.
    pub(crate) reason: String,
    /// The question to a person.
    pub(crate) question: String,
    /// What the confirmation is bound to: action, pipeline, run, stage and attempt.
    pub(crate) fingerprint: String,
}

/// Who acts.
#[derive(Debug, Clone)]
pub(crate) struct By {
    /// The caller's ARN, where IAM has let them in.
    pub(crate) caller: Option<String>,
    /// The client's own name for itself.
    pub(crate) client: String,
}

impl By {
    /// Both, for what is kept in CodePipeline.
    fn told(&self) -> String {
        let client = one_line(&self.client);
        match self.caller.as_deref() {
            None => client,
            Some(arn) => format!("{}, with {client}", Arn::parse(arn).map_or(arn, |arn| arn.resource)),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Which,
    done: &'static str,
    run: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
}

/// Works out what a call comes to.
pub(crate) fn intend<L: Ledger>(action: RunAction, input: &Input, here: &Here<'_, L>) -> Result<Intended, Fault> {
    let row = find(here.fleet, &input.pipeline)?;
    let overview = &row.overview;
    let order = plan(action, overview).map_err(|nothing| Fault::told(nothing_to_do(nothing)))?;
    let is_run = |execution: &str| input.run.trim() == execution || input.run.trim() == id(execution);
    if !is_run(order.execution.as_str()) {
        return Err(Fault::Told(format!(
            "The pipeline has moved on: this would now be about run {}. Nothing was done; read its state again.",
            id(order.execution.as_str())
        )));
    }
    let stage = order.stage().map(|stage| id(stage.as_str()));
    if let (Some(wanted), Some(stage)) = (&input.stage, &stage)
        && wanted.trim() != stage
    {
        return Err(Fault::Told(format!("This would be about stage {stage}. Nothing was done; read the state again.")));
    }
    let attempt = if overview.latest.execution == order.execution { overview.latest.attempt.number() } else { 0 };
    let reason = fit(&one_line(&input.reason), MAX_REASON, |_| 1);
    let place = address(&overview.pipeline);
    let run = id(order.execution.short());
    let approval = order.approval().map(|approval| id(approval.as_str()));
    // A stage can have several approvals, one after the other: an answer to one is none to the next.
    let what = approval.as_ref().map(|approval| format!("{approval} in ")).unwrap_or_default();
    let question = match (action, &stage) {
        (RunAction::Retry, Some(stage)) => format!("Retry stage {stage} of {place}, run {run}?"),
        (RunAction::Approve, Some(stage)) => format!("Approve {what}stage {stage} of {place}, run {run}?"),
        (RunAction::Reject, Some(stage)) => format!("Reject {what}stage {stage} of {place}, run {run}?"),
        _ => format!("Stop run {run} of {place}?"),
    };
    let question = format!("{question} Reason given by the assistant: {reason}");
    let (stage, approval) = (stage.as_deref().unwrap_or_default(), approval.as_deref().unwrap_or_default());
    let fingerprint =
        [action.as_str(), &place, order.execution.as_str(), stage, approval, &attempt.to_string()].join("|");
    Ok(Intended { order, reason, question, fingerprint })
}

/// Does it, after a person has confirmed it.
pub(crate) async fn carry_out<L: Ledger, A: PipelineActions>(
    action: RunAction,
    intended: &Intended,
    by: &By,
    here: &Here<'_, L>,
    actions: &A,
) -> Result<Output, Fault> {
    let Intended { order, reason, .. } = intended;
    let told = fit(&format!("By {}, through an assistant: {reason}", by.told()), 2 * MAX_REASON, |_| 1);
    // Whoever waits may give up before there is an answer, and then nothing more is written.
    tracing::info!(
        action = action.as_str(),
        pipeline = %order.pipeline,
        execution = %order.execution,
        caller = by.caller,
        client = by.client,
        "action by an assistant begins"
    );
    let outcome = actions.carry_out(order, &told).await;
    tracing::info!(
        action = action.as_str(),
        pipeline = %order.pipeline,
        execution = %order.execution,
        stage = order.stage().map(StageName::as_str),
        caller = by.caller,
        client = by.client,
        reason,
        outcome = if outcome.is_ok() { "done" } else { "failed" },
        "action by an assistant, confirmed by a person"
    );
    outcome.map_err(|ActionError { doing, problem, .. }| Fault::Told(format!("Cannot {doing}: {problem}")))?;
    Ok(Output {
        which: Which::of(&order.pipeline, here.fleet),
        done: action.as_str(),
        run: id(order.execution.as_str()),
        stage: order.stage().map(|stage| id(stage.as_str())),
    })
}

fn nothing_to_do(nothing: NotApplicable) -> &'static str {
    match nothing {
        NotApplicable::NothingFailed => "The latest run has not failed, so there is nothing to retry.",
        NotApplicable::RunsAgain => "A new run is under way, so there is nothing to retry.",
        NotApplicable::NothingWaits => "Nothing waits for an approval in this pipeline.",
        NotApplicable::NothingRuns => "No run of this pipeline is under way.",
    }
}
