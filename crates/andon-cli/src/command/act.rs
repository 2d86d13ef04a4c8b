//! `andon retry`, `approve`, `reject` and `stop`: what would be done is shown, and done once it is confirmed.

use andon::board::PipelineRow;
use andon::history::ChangeSummary;
use andon::name::AccountId;
use andon::run_action::{ActionError, NotApplicable, PipelineActions as _, PlannedAction, RunAction, Step, plan};
use andon_aws::run_action::CodePipelineActions;
use anyhow::{anyhow, bail};

use super::status::short_id;
use super::{Surroundings, Verdict, question, runtime};
use crate::aws::Reach;
use crate::system::{Which, find};
use crate::terminal::{BOLD, one_line, paint};

/// Which run, and how to reach it.
#[derive(Debug, clap::Args)]
struct Target {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: String,
    /// Run, by the beginning of its ID; if the pipeline has moved on to another one, nothing is done
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Act without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    reach: Reach,
}

/// Retry the failed actions of the stage that failed
#[derive(Debug, clap::Args)]
pub(super) struct Retry {
    #[command(flatten)]
    target: Target,
}

/// Approve what waits
#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    #[command(flatten)]
    target: Target,
    /// Comment that stays with the approval
    #[arg(long, value_name = "TEXT", default_value = "")]
    comment: String,
}

/// Reject what waits
#[derive(Debug, clap::Args)]
pub(super) struct Reject {
    #[command(flatten)]
    target: Target,
    /// Why; it stays with the approval
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Stop the run once the actions that are at work have ended
#[derive(Debug, clap::Args)]
pub(super) struct Stop {
    #[command(flatten)]
    target: Target,
    /// Why; it stays with the run
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl Retry {
    pub(super) fn run(&self, around: Surroundings) -> anyhow::Result<Verdict> {
        self.target.act(RunAction::Retry, "", around)
    }
}

impl Approve {
    pub(super) fn run(&self, around: Surroundings) -> anyhow::Result<Verdict> {
        self.target.act(RunAction::Approve, &self.comment, around)
    }
}

impl Reject {
    pub(super) fn run(&self, around: Surroundings) -> anyhow::Result<Verdict> {
        self.target.act(RunAction::Reject, &self.reason, around)
    }
}

impl Stop {
    pub(super) fn run(&self, around: Surroundings) -> anyhow::Result<Verdict> {
        self.target.act(RunAction::Stop, &self.reason, around)
    }
}

impl Target {
    fn act(&self, action: RunAction, reason: &str, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let history = find(&self.which.open().await?.ledger, &self.pipeline).await?;
            let name = &history.pipeline.name;
            let overview = history.overview().ok_or_else(|| anyhow!("no runs of {name} are recorded"))?;
            let row = PipelineRow::of(overview);
            let order = plan(action, &row.overview).map_err(|nothing| anyhow!("{}", not_applicable(nothing, &row)))?;
            if let Some(wanted) = self.run.as_ref().filter(|wanted| !order.execution.as_str().starts_with(*wanted)) {
                bail!("{name} has moved on: this would now be about run {}, not {wanted}", order.execution.short());
            }
            let change = history.run(&order.execution).and_then(|run| run.change.as_ref());
            around.terminal.line(described(&order, change))?;
            if !self.yes && !question::confirm("Go ahead?", "--yes")? {
                around.terminal.line("Nothing was done.")?;
                return Ok(Verdict::Well);
            }
            let session = self.reach.session(self.which.aws(), &history.pipeline).await?;
            let actions = CodePipelineActions::new(&session.config);
            actions.belongs_to(&AccountId::parse(session.account.as_str()).map_err(|error| anyhow!("{error}"))?);
            let told =
                format!("By {}, with andon{}{reason}", session.caller, if reason.is_empty() { "" } else { ": " });
            let done = actions.carry_out(&order, &told).await;
            done.map_err(|ActionError { doing, problem, .. }| anyhow!("cannot {doing}: {problem}"))?;
            around.terminal.line(format!("Done. `andon watch {name}` shows how it goes on."))?;
            Ok(Verdict::Well)
        })
    }
}

/// What would be done, to which run, with which change.
fn described(order: &PlannedAction, change: Option<&ChangeSummary>) -> String {
    let PlannedAction { pipeline, execution, step } = order;
    let run = execution.short();
    let what = match step {
        Step::Retry(stage) => format!("Retry stage {stage}"),
        Step::Approve(approval) => {
            format!("Approve {}", approval.action.as_ref().map_or(approval.stage.as_str(), |it| it.as_str()))
        }
        Step::Reject(approval) => {
            format!("Reject {}", approval.action.as_ref().map_or(approval.stage.as_str(), |it| it.as_str()))
        }
        Step::Stop => "Stop".to_owned(),
    };
    let mut text = format!(
        "{}{}{}, run {run} ({}, {})",
        paint(BOLD, &one_line(&what)),
        if matches!(step, Step::Stop) { " " } else { " of " },
        paint(BOLD, &one_line(pipeline.name.as_str())),
        pipeline.home.account,
        pipeline.home.region
    );
    if let Some(change) = change {
        let parts = [change.title.as_deref(), change.author.as_deref()];
        let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        text.push('\n');
        text.push_str(&one_line(&format!("{} {words}", short_id(change))));
    }
    text
}

fn not_applicable(nothing: NotApplicable, row: &PipelineRow) -> String {
    format!("nothing was done to {}: {nothing} (the latest run: {})", row.overview.pipeline.name, row.word())
}
