//! `andon destroy`: Andon's own stack removed.

use std::collections::BTreeMap;
use std::time::Duration;

use andon::name::Region;
use andon_aws::dashboards::CloudWatchShelf;
use andon_dashboards::{DashboardName, DashboardStore as _, changes};
use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::json;

use super::{Surroundings, Verdict, question, runtime};
use crate::aws::{self, Session};
use crate::deployment::bucket::{Bucket, is_package};
use crate::deployment::is_andon;
use crate::service::progress::{Progress, Sign};
use crate::service::stacks::{Stack, Stacks};
use crate::service::store::Store;
use crate::terminal::{BOLD, Terminal, paint};

/// Remove Andon itself: its functions, rules, queues, topic, alarms and logs
///
/// Asks for the name of the stack, and says what stays and how to remove that. It can be interrupted and run again.
#[derive(Debug, clap::Args)]
pub(super) struct Destroy {
    /// The stack
    #[arg(long, value_name = "NAME", env = "ANDON_STACK", default_value = aws::stack::DEFAULT)]
    stack: String,
    /// The bucket of the packages [default: andon-artifacts-ACCOUNT-REGION]
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    #[command(flatten)]
    aws: aws::Options,
    /// Remove without asking, given the name of the stack
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Remove the packages too
    #[arg(long)]
    packages: bool,
    /// Write JSON; progress goes to standard error
    #[arg(long)]
    json: bool,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 3000)]
    pace: u64,
}

/// Something that is not removed.
#[derive(Debug, Serialize)]
struct Stays {
    what: String,
    /// What removes it.
    remedy: String,
}

impl Destroy {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(self.destroy(around.terminal))
    }

    async fn destroy(self, terminal: Terminal) -> anyhow::Result<Verdict> {
        let mut progress = Progress::new(terminal, self.json);
        let session = Session::open(&self.aws).await?;
        let stacks = Stacks::new(&session, Duration::from_millis(self.pace));
        let Some(stack) = stacks.idle(&self.stack, &mut progress).await? else {
            return self.nothing(&session, &mut progress).await;
        };
        if !is_andon(&stack) {
            bail!(
                "the stack {} is not a deployed Andon. If a deployment of it failed, `andon deploy` takes it up again; \
                 `aws cloudformation delete-stack {} --stack-name {}` deletes it whatever it is",
                stack.name,
                session.cli_options(),
                stack.name
            );
        }
        let bucket = Bucket::new(&session, self.bucket.as_deref());
        let boards = CloudWatchShelf::connect(&session.config);
        let dashboards = dashboards(&boards, &session, &dashboard_function(&session, &stack.name)).await?;
        let stays = self.stays(&session, &stack, &bucket);
        progress.line(&paint(BOLD, &format!("{} in account {}, {}", stack.name, session.account, session.region)))?;
        progress.line(
            "  removed: functions, rules, queues, topic, subscriptions, alarms, log groups, the key of the MCP server",
        )?;
        for name in &dashboards {
            progress.line(&format!("  removed: the dashboard {name}"))?;
        }
        if self.packages {
            progress.line(&format!("  removed: the packages of {} in the bucket {}", stack.name, bucket.name))?;
        }
        for Stays { what, remedy } in &stays {
            progress.line(&format!("  stays:   {what}"))?;
            progress.line(&format!("           {remedy}"))?;
        }
        if !self.is_confirmed(&stack.name)? {
            progress.line("Nothing was removed.")?;
            return Ok(Verdict::Well);
        }
        stacks.delete(&stack, &mut progress).await?;
        remove_dashboards(&boards, &dashboards, &mut progress).await?;
        if self.packages {
            self.remove_packages(&session, &stack.name, &bucket, &mut progress).await?;
        }
        if self.json {
            progress.json(&json!({"stack": stack.name, "removed": true, "stays": stays}))?;
        } else {
            progress.line(&format!("{} is removed.", stack.name))?;
        }
        Ok(Verdict::Well)
    }

    /// There is no stack; its dashboards may be there if its removal was interrupted, and its packages.
    async fn nothing(&self, session: &Session, progress: &mut Progress) -> anyhow::Result<Verdict> {
        let bucket = Bucket::new(session, self.bucket.as_deref());
        let boards = CloudWatchShelf::connect(&session.config);
        let dashboards = dashboards(&boards, session, &dashboard_function(session, &self.stack)).await?;
        let mut is_removed = false;
        if !dashboards.is_empty() {
            progress.line(&format!("There is no stack {}; its dashboards are there:", self.stack))?;
            for name in &dashboards {
                progress.line(&format!("  removed: the dashboard {name}"))?;
            }
            if !self.is_confirmed(&self.stack)? {
                progress.line("Nothing was removed.")?;
                return Ok(Verdict::Well);
            }
            remove_dashboards(&boards, &dashboards, progress).await?;
            is_removed = true;
        }
        if self.packages && bucket.is_there().await? {
            progress.line(&format!("There is no stack {}; its packages are in {}.", self.stack, bucket.name))?;
            if !self.is_confirmed(&self.stack)? {
                progress.line("Nothing was removed.")?;
                return Ok(Verdict::Well);
            }
            self.remove_packages(session, &self.stack, &bucket, progress).await?;
            is_removed = true;
        }
        if self.json {
            progress.json(&json!({"stack": self.stack, "removed": is_removed, "stays": []}))?;
        } else {
            let (account, region) = (&session.account, &session.region);
            progress.line(&format!("There is no stack {} in account {account}, {region}.", self.stack))?;
        }
        Ok(Verdict::Well)
    }

    fn is_confirmed(&self, name: &str) -> anyhow::Result<bool> {
        let typed = match &self.confirm {
            Some(typed) => typed.clone(),
            None => question::ask(&format!("Type {name} to remove it:"), &format!("--confirm {name}"))?,
        };
        Ok(typed == name)
    }

    async fn remove_packages(
        &self,
        session: &Session,
        stack: &str,
        bucket: &Bucket<'_>,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        let store = Store::new(session, &bucket.name);
        let count = store.remove(&format!("{stack}/"), is_package, progress).await?;
        progress.item(Sign::Done, &bucket.name, &format!("{count} objects deleted"), None)?;
        if bucket.own && bucket.delete_if_empty().await? {
            progress.item(Sign::Done, &bucket.name, "bucket deleted", None)?;
        }
        Ok(())
    }

    fn stays(&self, session: &Session, stack: &Stack, bucket: &Bucket<'_>) -> Vec<Stays> {
        let options = session.cli_options();
        let mut stays = Vec::new();
        if let Some(table) = stack.outputs.get("Table") {
            stays.push(Stays {
                what: format!("the table {table} with its history"),
                remedy: format!(
                    "aws dynamodb delete-table {options} --table-name {table}\n           or keep it for the \
                     next stack: andon deploy --parameter ExistingTable={table}"
                ),
            });
        }
        if !self.packages {
            stays.push(Stays {
                what: format!("the packages in the bucket {}", bucket.name),
                remedy: "andon destroy --packages removes them".to_owned(),
            });
        }
        if stack.role.is_some() {
            stays.push(Stays {
                what: "the pipeline that deploys this stack, and would create it again".to_owned(),
                remedy: format!("aws cloudformation delete-stack {options} --stack-name andon-pipeline"),
            });
        }
        if stack.outputs.get("OtherAccounts").is_some_and(|value| value.starts_with("on")) {
            stays.push(Stays {
                what: "the stacks of spoke.yml in other accounts and Regions".to_owned(),
                remedy: "aws cloudformation delete-stack --stack-name andon-spoke, in each of them".to_owned(),
            });
        }
        if let Some(path) = stack.parameters.get("SecretsPath").filter(|path| !path.is_empty()) {
            stays.push(Stays {
                what: format!("the secrets below {path}"),
                remedy: format!("aws ssm get-parameters-by-path {options} --path {path} lists them"),
            });
        }
        stays
    }
}

/// The ARN of the function that makes the dashboards of a stack, as the template names it.
fn dashboard_function(session: &Session, stack: &str) -> String {
    let (partition, region, account) = (session.partition(), &session.region, &session.account);
    format!("arn:{partition}:lambda:{region}:{account}:function:customWidget-{stack}")
}

async fn remove_dashboards(
    boards: &CloudWatchShelf,
    names: &[DashboardName],
    progress: &mut Progress,
) -> anyhow::Result<()> {
    for name in names {
        boards.remove(name).await?;
        progress.item(Sign::Done, name.as_str(), "dashboard removed", None)?;
    }
    Ok(())
}

/// The dashboards that the stack's function made; those of another Andon in the region are not among them.
async fn dashboards(boards: &CloudWatchShelf, session: &Session, function: &str) -> anyhow::Result<Vec<DashboardName>> {
    let region = Region::parse(&session.region).context("the region has no name that dashboards can have")?;
    let mut there = BTreeMap::new();
    for name in boards.names(DashboardName::of_all(&region).as_str()).await? {
        if name.is_of(&region)
            && let Some(body) = boards.body(&name).await?
        {
            there.insert(name, body);
        }
    }
    Ok(changes(&[], &there, function).remove.into_iter().cloned().collect())
}
