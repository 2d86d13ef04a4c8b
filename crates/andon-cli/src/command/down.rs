//! `andon down`: a service removed, with everything that was created for it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Surroundings, Verdict, question, runtime};
use crate::aws::{self, Session};
use crate::service::progress::{Progress, Sign};
use crate::service::run::Runs;
use crate::service::settings::{FILE, Settings, is_name};
use crate::service::stacks::{Stack, Stacks};
use crate::service::store::Store;
use crate::service::templates;
use crate::terminal::{BOLD, Terminal, paint};

/// Remove a service: acceptance, its pipeline with the images, and its environment if no other service uses it
///
/// Asks for the name of the service. Production is removed only with --production. It can be interrupted and run again.
#[derive(Debug, clap::Args)]
pub(super) struct Down {
    /// The service [default: the one in andon-service.yml]
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    aws: aws::Options,
    /// The folder of the service
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Remove production too
    #[arg(long)]
    production: bool,
    /// Remove without asking, given the name of the service
    #[arg(long, value_name = "SERVICE")]
    confirm: Option<String>,
    /// Write JSON; progress goes to standard error
    #[arg(long)]
    json: bool,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 3000)]
    pace: u64,
}

/// What there is to remove.
struct Found {
    name: String,
    production: Option<Stack>,
    acceptance: Option<Stack>,
    pipeline: Option<Stack>,
    environment: Option<Stack>,
    /// The other services of the environment.
    others: Vec<String>,
}

impl Found {
    /// The stacks that go, in the order in which they go.
    fn going(&self) -> Vec<&Stack> {
        let environment = self.environment.as_ref().filter(|_| self.others.is_empty());
        [self.production.as_ref(), self.acceptance.as_ref(), self.pipeline.as_ref(), environment]
            .into_iter()
            .flatten()
            .collect()
    }

    fn store(&self) -> Option<&str> {
        self.environment.as_ref()?.outputs.get("Store").map(String::as_str)
    }
}

impl Down {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(self.remove(around.terminal))
    }

    async fn remove(self, terminal: Terminal) -> anyhow::Result<Verdict> {
        let mut progress = Progress::new(terminal, self.json);
        let settings = Settings::read(&self.folder.join(FILE));
        let name = match (&self.service, &settings) {
            (Some(name), _) => name.clone(),
            (None, Ok(Some(settings))) => settings.name.clone(),
            (None, Ok(None)) => bail!("there is no {FILE} here: name the service, `andon down SERVICE`"),
            (None, Err(error)) => bail!("{error}\nname the service, `andon down SERVICE`, to remove it all the same"),
        };
        if !is_name(&name) {
            bail!("{name:?} is not the name of a service");
        }
        let settings = settings.ok().flatten().filter(|settings| settings.name == name);
        let session = Session::open(&self.aws).await?;
        let pace = Duration::from_millis(self.pace);
        let stacks = Stacks::new(&session, pace);
        let found = find(&stacks, &name, settings.as_ref()).await?;
        let going: Vec<String> = found.going().iter().map(|stack| stack.name.clone()).collect();
        if going.is_empty() {
            if self.json {
                terminal.json(&json!({"service": name, "removed": [], "stays": []}))?;
            } else {
                progress
                    .line(&format!("There is nothing of {name} in account {}, {}.", session.account, session.region))?;
            }
            return Ok(Verdict::Well);
        }
        if let Some(production) = found.production.as_ref().filter(|_| !self.production) {
            bail!(
                "{} exists, and it needs the pipeline and the environment: `andon down --production` removes it with \
                 them. Nothing was removed",
                production.name
            );
        }
        let stays = stays(&found, &name);
        progress.line(&paint(BOLD, &format!("{name} in account {}, {}", session.account, session.region)))?;
        progress.line(&format!("  removed: {}", going.join(", ")))?;
        progress.line("           with images, logs, artifacts and access logs")?;
        for line in &stays {
            progress.line(&format!("  stays:   {line}"))?;
        }
        let typed = match self.confirm {
            Some(typed) => typed,
            None => question::ask(&format!("Type {name} to remove it:"), &format!("--confirm {name}"))?,
        };
        if typed != name {
            progress.line("Nothing was removed.")?;
            return Ok(Verdict::Well);
        }
        take_down(&session, &stacks, &found, pace, &mut progress).await?;
        if self.json {
            terminal.json(&json!({"service": name, "removed": going, "stays": stays}))?;
        } else {
            progress.line(&format!("{name} is removed."))?;
        }
        Ok(Verdict::Well)
    }
}

async fn find(stacks: &Stacks<'_>, name: &str, settings: Option<&Settings>) -> anyhow::Result<Found> {
    let pipeline = stacks.find(&format!("{name}-pipeline")).await?;
    let tagged = pipeline.as_ref().and_then(|pipeline| pipeline.tags.get(templates::ENVIRONMENT_STACK).cloned());
    // When the pipeline has gone already, the settings say which environment it was in.
    let environment = tagged.or(settings.map(Settings::environment_stack));
    let mut others = Vec::new();
    if let Some(environment) = &environment {
        for stack in stacks.tagged(templates::ENVIRONMENT_STACK).await? {
            let service = stack.tags.get(templates::SERVICE).map_or(stack.name.as_str(), String::as_str);
            if stack.tags.get(templates::ENVIRONMENT_STACK) == Some(environment) && service != name {
                others.push(service.to_owned());
            }
        }
        others.sort();
        others.dedup();
    }
    let environment = match environment {
        Some(environment) => stacks.find(&environment).await?,
        None => None,
    };
    Ok(Found {
        name: name.to_owned(),
        production: stacks.find(&format!("{name}-production")).await?,
        acceptance: stacks.find(&format!("{name}-acceptance")).await?,
        pipeline,
        environment,
        others,
    })
}

/// What is not removed, a line each.
fn stays(found: &Found, name: &str) -> Vec<String> {
    let mut stays = Vec::new();
    match &found.environment {
        Some(environment) if !found.others.is_empty() => {
            stays.push(format!("{}, which {} uses too", environment.name, found.others.join(" and ")));
        }
        None => {
            stays.push("the environment, if there is one: andon-service.yml, which names it, is not here".to_owned());
        }
        Some(_) => {}
    }
    stays.push(format!("the repository with {FILE}, the metrics in CloudWatch"));
    stays.push(format!("what Andon knows of it, until `andon forget {name}`"));
    stays
}

/// Removes what was deployed last first. The pipeline's role deletes the stacks of the stages, so it goes after them.
async fn take_down(
    session: &Session,
    stacks: &Stacks<'_>,
    found: &Found,
    pace: Duration,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    if found.pipeline.is_some() {
        Runs::new(session, &found.name, pace).close().await?;
    }
    for stage in [&found.production, &found.acceptance].into_iter().flatten() {
        take_down_one(stacks, &stage.name, progress).await?;
    }
    if let (Some(bucket), false) = (found.store(), found.others.is_empty()) {
        let store = Store::new(session, bucket);
        let name = &found.name;
        for prefix in [format!("{name}/"), format!("templates/{name}/"), format!("access-logs/{name}-")] {
            store.empty(&prefix, progress).await?;
        }
    }
    if let Some(pipeline) = &found.pipeline {
        take_down_one(stacks, &pipeline.name, progress).await?;
    }
    if let (Some(environment), true) = (&found.environment, found.others.is_empty()) {
        let bucket = found.store().map(|bucket| Store::new(session, bucket));
        if let Some(store) = bucket {
            let count = store.empty("", progress).await.context("the environment stays until its bucket is empty")?;
            progress.item(Sign::Done, "bucket", &format!("{count} objects deleted"), None)?;
        }
        take_down_one(stacks, &environment.name, progress).await?;
    }
    Ok(())
}

async fn take_down_one(stacks: &Stacks<'_>, name: &str, progress: &mut Progress) -> anyhow::Result<()> {
    // Whatever a run was about to do there ends first.
    let Some(stack) = stacks.idle(name, progress).await? else { return Ok(()) };
    progress.line(&paint(BOLD, name))?;
    stacks.delete(&stack, progress).await
}
