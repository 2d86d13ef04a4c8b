//! `andon doctor`: what is wrong with the deployed Andon, and what to do about it.

use std::time::{Duration, Instant};

use andon::words::counted;
use anyhow::Context as _;
use serde_json::json;

use super::{Surroundings, Verdict, runtime};
use crate::aws::{self, Session};
use crate::deployment::health::{Checked, Checks};
use crate::service::progress::{Progress, Sign};
use crate::service::stacks::Stacks;
use crate::system::AnyLedger;
use crate::terminal::{BOLD, Terminal, clean, paint};

/// Check the deployed Andon: stack, secrets, subscriptions, alarms, dead letters, accounts and every resource
///
/// Says one sentence for each problem, and what to do. It changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exits with 1 if something is wrong, or if a check could not be made.")]
pub(super) struct Doctor {
    /// The stack [default: `ANDON_STACK`, or the one that is deployed in the region]
    #[arg(long, value_name = "NAME", env = "ANDON_STACK")]
    stack: Option<String>,
    #[command(flatten)]
    aws: aws::Options,
    /// Do not have CloudFormation compare every resource with the template, which takes a minute
    #[arg(long)]
    quick: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 3000)]
    pace: u64,
}

impl Doctor {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(self.check(around.terminal))
    }

    async fn check(&self, terminal: Terminal) -> anyhow::Result<Verdict> {
        let mut progress = Progress::new(terminal, false);
        let session = Session::open(&self.aws).await?;
        let andon = aws::stack::find(&session, self.stack.as_deref()).await?;
        let pace = Duration::from_millis(self.pace);
        let stack = Stacks::new(&session, pace).find(&andon.name).await?.context("the stack has just gone")?;
        if !self.json {
            progress.wait(&format!("checking {}", stack.name), Instant::now());
        }
        let ledger = AnyLedger::deployed(&session.config, &andon.table);
        let checks = Checks::of(&session, &stack).await?;
        let checked = checks.all(&ledger, (!self.quick).then_some(pace)).await;
        let count: usize = checked.iter().map(|checked| checked.problems.len()).sum();
        let unknown = checked.iter().filter(|checked| checked.unknown.is_some()).count();
        let is_well = count == 0 && unknown == 0;
        if self.json {
            progress.json(&json!({
                "stack": stack.name, "account": session.account, "region": session.region, "well": is_well,
                "checks": checked,
            }))?;
        } else {
            let title = format!("{} in account {}, {}", stack.name, session.account, session.region);
            progress.line(&paint(BOLD, &title))?;
            for checked in &checked {
                show(checked, &mut progress)?;
            }
            progress.line(&match count {
                0 if unknown > 0 => {
                    let checks = counted(u64::try_from(unknown).unwrap_or_default(), "check");
                    format!("No problem was found, but {checks} could not be made.")
                }
                0 => "Nothing is wrong.".to_owned(),
                count => format!("{} to mend.", counted(u64::try_from(count).unwrap_or_default(), "problem")),
            })?;
        }
        Ok(if is_well { Verdict::Well } else { Verdict::NotWell })
    }
}

fn show(checked: &Checked, progress: &mut Progress) -> anyhow::Result<()> {
    if let Some(why) = &checked.unknown {
        return Ok(progress.item(Sign::Note, checked.name, &format!("not checked: {why}"), None)?);
    }
    if checked.problems.is_empty() {
        return Ok(progress.item(Sign::Done, checked.name, &checked.well, None)?);
    }
    for problem in &checked.problems {
        progress.item(Sign::Failed, checked.name, &clean(&problem.what), None)?;
        progress.line(&format!("      {}", clean(&problem.remedy)))?;
    }
    Ok(())
}
