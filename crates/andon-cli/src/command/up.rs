//! `andon up`: a service and its pipeline, created or brought up to date.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use andon::run::Explanation;
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{Surroundings, Verdict, init, question, runtime};
use crate::aws::{self, Session};
use crate::service::cost::{self, Cost};
use crate::service::detect::{self, Given};
use crate::service::progress::{Progress, Sign};
use crate::service::run::{self, End, Run, Runs};
use crate::service::settings::{FILE, Settings};
use crate::service::stacks::{Outcome, Prepared, ResourceChange, Stack, Stacks, Wanted};
use crate::service::store::Store;
use crate::service::templates::{self, Template};
use crate::service::watched::Watched;
use crate::service::{connection, settings};
use crate::terminal::{BOLD, Cell, DIM, Table, Terminal, clean, paint};

/// How often the first run of a new pipeline is looked for before one is started, and a run in Andon's ledger.
const MAX_LOOKS: u32 = 20;

/// Deploy a service: its environment, its pipeline and, by the pipeline, acceptance and production
///
/// Shows what it would do and what that costs, then asks. It can be interrupted and run again at any time: it continues
/// where it was. Without andon-service.yml it writes one from the Dockerfile (or SAM template) and the Git remote.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Up {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    aws: aws::Options,
    /// The folder of the service
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Deploy without asking
    #[arg(long)]
    yes: bool,
    /// Show what it would do, and end
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// End once the pipeline is deployed, without following its run
    #[arg(long)]
    no_follow: bool,
    /// Minutes to wait for a connection to be authorised
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    wait: u64,
    /// Andon's own stack
    #[arg(long, value_name = "STACK", env = "ANDON_STACK", default_value = "andon")]
    stack: String,
    /// Write JSON; progress goes to standard error
    #[arg(long)]
    json: bool,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 3000)]
    pace: u64,
}

/// One row of the plan.
#[derive(Debug, Serialize)]
struct Row {
    stack: String,
    plan: &'static str,
    what: String,
    #[serde(skip)]
    cost: Cost,
    changes: Vec<ResourceChange>,
}

/// Everything that is known before anything is done.
struct Plan {
    environment: Option<Prepared>,
    pipeline: Option<Prepared>,
    /// Whether acceptance and production get a new template.
    new_template: bool,
    rows: Vec<Row>,
}

/// What became of the stacks.
struct Deployed {
    environment: Outcome,
    pipeline: Outcome,
    /// When anything that a run depends on last changed.
    changed: Option<Timestamp>,
}

impl Plan {
    fn is_empty(&self) -> bool {
        !self.new_template && !self.rows.iter().any(|row| matches!(row.plan, "create" | "update"))
    }
}

impl Up {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(self.deploy(around.terminal))
    }

    async fn deploy(self, terminal: Terminal) -> anyhow::Result<Verdict> {
        let mut progress = Progress::new(terminal, self.json);
        let (settings, is_new) = self.settings()?;
        let session = Session::open(&self.aws).await?;
        let pace = Duration::from_millis(self.pace);
        let stacks = Stacks::new(&session, pace);
        if is_new && !self.plan {
            init::write_new(&self.folder.join(FILE), &settings.to_yaml())?;
        }
        let andon = stacks.find(&self.stack).await?;
        let has_andon = andon.is_some();
        let environment = stacks.settled(&settings.environment_stack(), &mut progress).await?;
        let pipeline = stacks.settled(&settings.pipeline_stack(), &mut progress).await?;
        let plan = self.plan(&settings, &stacks, environment.as_ref(), pipeline.as_ref()).await?;
        if self.plan && self.json {
            terminal.json(&json!({
                "service": settings.name, "account": session.account, "region": session.region, "stacks": plan.rows,
            }))?;
        } else {
            self.show(&plan, &settings, &session, is_new, has_andon, &mut progress)?;
        }
        if self.plan {
            forget(&plan, &settings, &stacks).await?;
            return Ok(Verdict::Well);
        }
        if !plan.is_empty() && !self.yes && !question::confirm("Deploy?", "--yes")? {
            forget(&plan, &settings, &stacks).await?;
            progress.line("Nothing was deployed.")?;
            return Ok(Verdict::Well);
        }

        let deployed =
            self.apply_all(&settings, &session, &stacks, [environment, pipeline], plan, &mut progress).await?;
        let runs = Runs::new(&session, &settings.name, pace);
        let id = self.run_to_follow(&runs, &deployed, pace, &mut progress).await?;
        let end = if self.no_follow {
            None
        } else {
            progress.line(&format!("\n{}", paint(BOLD, &format!("Run {id}"))))?;
            Some(runs.follow(&id, &mut progress).await?)
        };

        let watched = Watched::new(&session, &settings.name, &id)?;
        let cause = match &end {
            Some(End::Failed(_)) => watched.cause().await?,
            _ => None,
        };
        let is_known = match andon.as_ref().and_then(|stack| stack.outputs.get("Table")) {
            Some(table) if !self.no_follow => Some(becomes_known(&watched, table, pace, &mut progress).await?),
            _ => None,
        };
        let urls = urls(&settings, &stacks).await?;
        if self.json {
            terminal.json(&json!({
                "service": settings.name, "account": session.account, "region": session.region,
                "stacks": [
                    {"name": settings.environment_stack(), "outcome": deployed.environment},
                    {"name": settings.pipeline_stack(), "outcome": deployed.pipeline},
                ],
                "run": {"id": id, "status": end.as_ref().map(word), "cause": cause.as_ref().map(|cause| &cause.cause)},
                "urls": urls.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
                "andon": {"deployed": has_andon, "knows-run": is_known},
            }))?;
        } else {
            self.conclude(end.as_ref(), cause.as_ref(), &urls, is_known, &mut progress)?;
        }
        let is_well = matches!(end, None | Some(End::Waits | End::Succeeded));
        Ok(if is_well { Verdict::Well } else { Verdict::NotWell })
    }

    /// Brings both stacks up to date, with the template that the first run needs before the pipeline is there.
    async fn apply_all(
        &self,
        settings: &Settings,
        session: &Session,
        stacks: &Stacks<'_>,
        [environment, pipeline]: [Option<Stack>; 2],
        plan: Plan,
        progress: &mut Progress,
    ) -> anyhow::Result<Deployed> {
        let wanted = self.environment(settings, environment.as_ref())?;
        let (environment, of_environment) = apply(stacks, wanted, environment, plan.environment, progress).await?;
        let output = |name: &str| environment.outputs.get(name).cloned();
        let own_service = templates::own_service(settings, &self.folder);
        let parameters = templates::pipeline_parameters(settings, own_service.as_deref(), output)?;
        if let Some((_, arn)) = parameters.iter().find(|(name, value)| *name == "ConnectionArn" && !value.is_empty()) {
            let (pace, longest) = (Duration::from_millis(self.pace), Duration::from_secs(60 * self.wait));
            connection::authorised(session, arn, pace, longest, progress).await?;
        }
        let mut stored = None;
        if self.stores_template(settings) {
            let store = Store::new(session, &output("Store").context("the environment has no store")?);
            let (key, text) = (templates::stored_service(settings), Template::Service.load(settings, &self.folder)?);
            if store.holds(&key, &text).await?.is_none() {
                store.put(&key, &text).await?;
            }
            stored = store.holds(&key, &text).await?;
        }
        let wanted = self.pipeline(settings, parameters)?;
        let (pipeline, of_pipeline) = apply(stacks, wanted, pipeline, plan.pipeline, progress).await?;
        Ok(Deployed { environment: of_environment, pipeline: of_pipeline, changed: stored.max(pipeline.changed) })
    }

    /// The run that deploys what is deployed now: the latest one, if it has seen the last change, else a new one.
    async fn run_to_follow(
        &self,
        runs: &Runs<'_>,
        deployed: &Deployed,
        pace: Duration,
        progress: &mut Progress,
    ) -> anyhow::Result<String> {
        let is_new = deployed.pipeline == Outcome::Created;
        if !is_new && runs.reopen().await? {
            progress.item(Sign::Note, "Acceptance", "releases are deployed again", None)?;
        }
        let mut latest = runs.latest().await?;
        let mut looks = 0;
        // CodePipeline starts the first run by itself.
        while latest.is_none() && is_new && looks < MAX_LOOKS {
            tokio::time::sleep(pace).await;
            latest = runs.latest().await?;
            looks += 1;
        }
        let has_seen = |run: &Run| deployed.changed.is_none_or(|changed| run.started >= changed);
        match latest.filter(has_seen) {
            Some(run) if is_new || !self.starts_again(&run)? => Ok(run.id),
            _ => runs.start().await,
        }
    }

    /// Whether a run that failed is followed by another of the same revision.
    fn starts_again(&self, run: &Run) -> anyhow::Result<bool> {
        if !run.is_failed() || self.no_follow {
            return Ok(false);
        }
        Ok(self.yes
            || (question::is_possible() && question::confirm("The latest run failed. Start another?", "--yes")?))
    }

    /// The settings, and whether they are new.
    fn settings(&self) -> anyhow::Result<(Settings, bool)> {
        if let Some(settings) = Settings::read(&self.folder.join(FILE))? {
            if self.given != Given::default() {
                bail!("{FILE} is there: change it there; these options are for the first time");
            }
            return Ok((settings, false));
        }
        let found = detect::look_into(&self.folder);
        let settings = detect::settings(found, self.given.clone()).map_err(|problems| init::cannot(&problems))?;
        Ok((settings, true))
    }

    /// Whether the template of the service comes from here, and not from the repository.
    fn stores_template(&self, settings: &Settings) -> bool {
        settings.container.is_some() && templates::own_service(settings, &self.folder).is_none()
    }

    fn environment(&self, settings: &Settings, existing: Option<&Stack>) -> anyhow::Result<Wanted> {
        let mut parameters = templates::environment_parameters(settings);
        if let Some(existing) = existing {
            parameters = templates::shared(parameters, &existing.parameters, settings)?;
        }
        Ok(Wanted {
            name: settings.environment_stack(),
            template: Template::Environment.load(settings, &self.folder)?,
            url: None,
            parameters: owned(parameters),
            repairs: false,
            tags: templates::environment_tags(settings),
        })
    }

    fn pipeline(&self, settings: &Settings, parameters: templates::Parameters) -> anyhow::Result<Wanted> {
        Ok(Wanted {
            name: settings.pipeline_stack(),
            template: Template::of_pipeline(settings).load(settings, &self.folder)?,
            url: None,
            parameters: owned(parameters),
            repairs: false,
            tags: templates::service_tags(settings),
        })
    }

    async fn plan(
        &self,
        settings: &Settings,
        stacks: &Stacks<'_>,
        environment: Option<&Stack>,
        pipeline: Option<&Stack>,
    ) -> anyhow::Result<Plan> {
        let mut rows = Vec::new();
        let mut prepared_environment = None;
        if let Some(existing) = environment {
            prepared_environment = stacks.prepare(&self.environment(settings, Some(existing))?, Some(existing)).await?;
        }
        rows.push(Row {
            stack: settings.environment_stack(),
            plan: word_of(environment.is_some(), prepared_environment.as_ref()),
            what: environment_in_words(settings),
            cost: cost::of_environment(settings),
            changes: changes(prepared_environment.as_ref()),
        });
        let mut prepared_pipeline = None;
        if let (Some(environment), Some(existing)) = (environment, pipeline) {
            let own_service = templates::own_service(settings, &self.folder);
            let output = |name: &str| environment.outputs.get(name).cloned();
            // What the environment has no output for yet is known once it is deployed.
            if let Ok(parameters) = templates::pipeline_parameters(settings, own_service.as_deref(), output) {
                prepared_pipeline = stacks.prepare(&self.pipeline(settings, parameters)?, Some(existing)).await?;
            }
        }
        rows.push(Row {
            stack: settings.pipeline_stack(),
            plan: word_of(pipeline.is_some(), prepared_pipeline.as_ref()),
            what: if settings.function.is_some() {
                "pipeline and builds"
            } else {
                "pipeline, builds, image repository"
            }
            .to_owned(),
            cost: cost::of_pipeline(),
            changes: changes(prepared_pipeline.as_ref()),
        });
        for stage in ["acceptance", "production"] {
            let exists = stacks.find(&settings.stage_stack(stage)).await?.is_some();
            let production = stage == "production";
            rows.push(Row {
                stack: settings.stage_stack(stage),
                plan: if exists { "deployed" } else { "later" },
                what: stage_in_words(settings, production),
                cost: cost::of_stage(settings, production),
                changes: Vec::new(),
            });
        }
        let store = environment.and_then(|environment| environment.outputs.get("Store"));
        let mut new_template = false;
        if let (Some(store), Some(_), true) = (store, pipeline, self.stores_template(settings)) {
            let text = Template::Service.load(settings, &self.folder)?;
            let held = Store::new(stacks.session(), store).holds(&templates::stored_service(settings), &text).await?;
            new_template = held.is_none();
        }
        // A pipeline whose environment changes is planned when that is done.
        Ok(Plan { environment: prepared_environment, pipeline: prepared_pipeline, new_template, rows })
    }

    fn show(
        &self,
        plan: &Plan,
        settings: &Settings,
        session: &Session,
        is_new: bool,
        has_andon: bool,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        let title = format!("{} in account {}, {}", settings.name, session.account, session.region);
        progress.line(&paint(BOLD, &title))?;
        let source = &settings.source;
        progress.line(&format!("from {}, {}, branch {}", source.provider, source.repository, source.branch))?;
        if let Some(container) = &settings.container {
            progress
                .line(&format!("listens on port {}, is well when {} answers 200", container.port, container.health))?;
        }
        progress.line("")?;
        let mut table = Table::new(["Stack", "Plan", "A month", "What"]);
        for row in &plan.rows {
            let changes: Vec<String> =
                row.changes.iter().map(|change| format!("{} {}", change.action, change.name)).collect();
            table.push_noted(
                vec![
                    Cell::new(&row.stack).styled(BOLD),
                    Cell::new(row.plan),
                    Cell::new(row.cost.to_string()).right(),
                    Cell::new(&row.what),
                ],
                Cell::new(if row.plan == "create" { String::new() } else { changes.join(", ") }).styled(DIM),
            );
        }
        for line in table.lines(Some(progress.width())) {
            progress.line(&line)?;
        }
        let total: Cost = plan.rows.iter().map(|row| row.cost).sum();
        progress.line("")?;
        progress.line(&format!("About {total} a month (us-east-1, without traffic and builds)."))?;
        if plan.rows.iter().any(|row| row.plan == "later") {
            progress.line("\"later\": the pipeline deploys it.")?;
        }
        if plan.new_template {
            progress.line("The template of the service changed: a new run deploys it.")?;
        }
        if is_new && !self.plan {
            progress.line(&format!("These settings are in {FILE} now: keep that file in the repository."))?;
        }
        if !has_andon {
            progress
                .line(&format!("Andon is not deployed here (no stack {}): alerts start once it is.", self.stack))?;
        }
        for file in settings.files() {
            if detect::is_pushed(&self.folder, &settings.source.branch, &file) == Some(false) {
                progress.line(&format!("{file} is not in origin/{}: push it.", settings.source.branch))?;
            }
        }
        progress.line("")?;
        Ok(())
    }

    fn conclude(
        &self,
        end: Option<&End>,
        cause: Option<&Explanation>,
        urls: &[(String, String)],
        is_known: Option<bool>,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        progress.line("")?;
        match end {
            None => progress.line("The pipeline runs.")?,
            Some(End::Waits) => {
                progress.line("Acceptance is deployed and tested. The release waits for your approval.")?;
            }
            Some(End::Succeeded) => progress.line("The release is in production.")?,
            Some(End::Failed(action)) => {
                progress.line(&format!("The run failed in {}.", run::place(action)))?;
                if let Some(cause) = cause {
                    for line in &cause.cause {
                        progress.line(&format!("  {}", clean(line)))?;
                    }
                    if let Some(hint) = &cause.hint {
                        progress.line(&format!("  What to do: {}", clean(hint)))?;
                    }
                }
                if let Some(url) =
                    action.output().and_then(|output| output.execution_result()?.external_execution_url())
                {
                    progress.line(&format!("  {url}"))?;
                }
            }
            Some(End::Other(status)) => progress.line(&format!("The run ended: {}.", status.as_str()))?,
        }
        for (stage, url) in urls {
            progress.line(&format!("  {stage:<10}  {url}"))?;
        }
        match is_known {
            Some(true) => progress.line("Andon watches it: this run is in its ledger.")?,
            Some(false) => progress.line(&format!(
                "Andon has not received this run yet. If that lasts, look at the alarms of the stack {}.",
                self.stack
            ))?,
            None => {}
        }
        Ok(())
    }
}

/// Whether Andon gets to know a run; its events take some seconds.
async fn becomes_known(
    watched: &Watched<'_>,
    table: &str,
    pace: Duration,
    progress: &mut Progress,
) -> anyhow::Result<bool> {
    let since = Instant::now();
    for look in 0..MAX_LOOKS {
        if look > 0 {
            progress.wait("waiting for Andon to receive the run", since);
            tokio::time::sleep(pace).await;
        }
        if watched.is_known(table).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets what was prepared.
async fn forget(plan: &Plan, settings: &Settings, stacks: &Stacks<'_>) -> anyhow::Result<()> {
    if plan.environment.is_some() {
        stacks.discard(&settings.environment_stack()).await?;
    }
    if plan.pipeline.is_some() {
        stacks.discard(&settings.pipeline_stack()).await?;
    }
    Ok(())
}

/// Makes a stack what it should be: by what was prepared, if that still does it.
async fn apply(
    stacks: &Stacks<'_>,
    wanted: Wanted,
    existing: Option<Stack>,
    prepared: Option<Prepared>,
    progress: &mut Progress,
) -> anyhow::Result<(Stack, Outcome)> {
    let mut prepared = prepared.filter(|prepared| prepared.is(&wanted));
    if prepared.is_none() {
        if existing.is_none() {
            stacks.clear(&wanted.name, progress).await?;
        }
        prepared = stacks.prepare(&wanted, existing.as_ref()).await?;
    }
    match (prepared, existing) {
        (None, Some(stack)) => {
            progress.item(Sign::Note, &stack.name, "unchanged", None)?;
            Ok((stack, Outcome::Unchanged))
        }
        (None, None) => bail!("the template of {} creates nothing", wanted.name),
        (Some(prepared), _) => {
            progress.line(&paint(BOLD, &wanted.name))?;
            stacks.execute(&prepared, progress).await
        }
    }
}

fn owned(parameters: templates::Parameters) -> Vec<(String, String)> {
    parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn word_of(exists: bool, prepared: Option<&Prepared>) -> &'static str {
    match (exists, prepared) {
        (false, _) => "create",
        (true, Some(_)) => "update",
        (true, None) => "unchanged",
    }
}

fn changes(prepared: Option<&Prepared>) -> Vec<ResourceChange> {
    prepared.map(|prepared| prepared.changes.clone()).unwrap_or_default()
}

fn environment_in_words(settings: &Settings) -> String {
    let network = match (&settings.container, &settings.network) {
        (None, _) => "",
        (_, settings::Network { vpc: Some(_), .. }) => "cluster, ",
        (_, settings::Network { two_nat_gateways: true, .. }) => "network with two NAT gateways, cluster, ",
        _ => "network with a NAT gateway, cluster, ",
    };
    let connects = settings.source.connection.is_none() && settings.source.provider != settings::Provider::CodeCommit;
    let connection = if connects { format!(", connection to {}", settings.source.provider) } else { String::new() };
    format!("{network}bucket{connection}")
}

fn stage_in_words(settings: &Settings, production: bool) -> String {
    if settings.container.is_none() {
        return settings.function.as_ref().map(|function| function.template.clone()).unwrap_or_default();
    }
    if production {
        format!("load balancer, {} to {} tasks", settings.production.minimum, settings.production.maximum)
    } else {
        "load balancer, 1 to 2 tasks".to_owned()
    }
}

async fn urls(settings: &Settings, stacks: &Stacks<'_>) -> anyhow::Result<Vec<(String, String)>> {
    let mut urls = Vec::new();
    for stage in ["acceptance", "production"] {
        let stack = stacks.find(&settings.stage_stack(stage)).await?;
        urls.extend(stack.and_then(|stack| Some((stage.to_owned(), stack.outputs.get("Url")?.clone()))));
    }
    Ok(urls)
}

fn word(end: &End) -> String {
    match end {
        End::Waits => "waits".to_owned(),
        End::Succeeded => "succeeded".to_owned(),
        End::Failed(_) => "failed".to_owned(),
        End::Other(status) => status.as_str().to_lowercase(),
    }
}
