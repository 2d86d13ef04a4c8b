//! The `dashboard` function: maintains the CloudWatch dashboards and renders the live board on them.
//!
//! There are two kinds of invocation: a schedule (`{"andon": "dashboard"}`) reconciles the dashboards, and CloudWatch requests
//! the live board. Requests for the board only read, because every viewer of a dashboard acts with the function's own
//! permissions. `Err` means "invoke again".

use std::collections::BTreeMap;

use andon::batch::Invocation;
use andon::clock::Clock;
use andon::ledger::{Ledger, LedgerError};
use andon::name::PipelineId;
use andon_board::widget::Request;
use andon_board::{Names, widget};
use andon_config::Config;
use andon_dashboards::{Changes, Dashboard, DashboardError, DashboardName, DashboardStore, Site, build, changes};
use futures_util::StreamExt as _;
use futures_util::future::join;
use futures_util::stream::iter;
use serde_json::{Value, json};

/// How many calls are under way at once: CloudWatch takes ten a second of each kind.
const AT_ONCE: usize = 5;

/// The dashboard function and the ports it needs.
#[derive(Debug)]
pub struct Dashboards<L, S, C> {
    /// The ledger.
    pub ledger: L,
    /// Where dashboards are kept.
    pub store: S,
    /// The time.
    pub clock: C,
    /// The names of the accounts, and the services whose metrics are shown.
    pub config: Config,
    /// The ARNs of the alarms whose states are shown.
    pub alarms: Vec<String>,
}

/// Why the dashboards are not as they should be. All that could be done has been done.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It is not known which dashboards there are.
    #[error(transparent)]
    Shelf(#[from] DashboardError),
    /// Some dashboards could not be dealt with.
    #[error("{} of {count} dashboards failed and will be retried: {}", problems.len(), problems.join("; "))]
    Some {
        /// How many there are to deal with.
        count: usize,
        /// What went wrong with each that failed.
        problems: Vec<String>,
    },
}

impl<L: Ledger, S: DashboardStore, C: Clock> Dashboards<L, S, C> {
    /// Handles one call.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Unfinished> {
        if let Some(request) = Request::parse(&payload) {
            return Ok(self.show(&request, invocation).await);
        }
        if payload.get("andon").and_then(Value::as_str) == Some("dashboard") {
            return self.publish(invocation).await;
        }
        tracing::info!(event.unknown = 1, "ignored: neither a scheduled event nor a request from a dashboard");
        Ok(Value::Null)
    }

    /// Answers for the board. A viewer is better served by a sentence than by the bare error that CloudWatch would show.
    async fn show(&self, request: &Request, invocation: &Invocation) -> Value {
        let now = self.clock.now();
        let Config { environments, issues, .. } = &self.config;
        let names = Names { accounts: self.config.accounts(), environments, issues };
        let reply = match widget::answer(request, &self.ledger, names, now, invocation).await {
            Ok(reply) => reply,
            Err(error) => {
                tracing::error!("cannot render the board: {error}");
                widget::trouble(request, names, now, &error)
            }
        };
        json!(reply)
    }

    /// Reconciles the dashboards: puts those that are missing or different, deletes those whose
    /// pipelines no longer exist. A failure does not keep the others from being updated.
    async fn publish(&self, invocation: &Invocation) -> Result<Value, Unfinished> {
        let region = &invocation.home.region;
        let prefix = DashboardName::of_all(region);
        let (overviews, names) = join(self.ledger.pipelines(), self.store.names(prefix.as_str())).await;
        let pipelines: Vec<PipelineId> = overviews?.iter().map(|overview| overview.pipeline.clone()).collect();
        let site = Site {
            home: &invocation.home,
            function: &invocation.function,
            accounts: self.config.accounts(),
            deployments: self.config.statistics.deployments(),
            alarms: &self.alarms,
            services: &self.config.services,
        };
        let wanted = build(&pipelines, &site);
        let names: Vec<DashboardName> = names?.into_iter().filter(|name| name.is_of(region)).collect();
        let mut problems = Vec::new();
        let there = self.read(&names, &mut problems).await;
        let Changes { put, remove } = changes(&wanted, &there, &invocation.function);
        let (put, remove) = (self.put(put, &there).await, self.remove(remove).await);
        let answer = json!({
            "dashboards": wanted.len(),
            "put": put.iter().filter(|done| done.is_ok()).count(),
            "removed": remove.iter().filter(|done| done.is_ok()).count(),
        });
        problems.extend(put.into_iter().chain(remove).filter_map(Result::err).map(|error| error.to_string()));
        tracing::info!(pipelines = pipelines.len(), "dashboards: {answer}");
        if problems.is_empty() { Ok(answer) } else { Err(Unfinished::Some { count: wanted.len(), problems }) }
    }

    /// The bodies of the dashboards that are there. One that cannot be read is put as if it were missing.
    async fn read(&self, names: &[DashboardName], problems: &mut Vec<String>) -> BTreeMap<DashboardName, String> {
        let read = async |name: &DashboardName| (name.clone(), self.store.body(name).await);
        let bodies: Vec<_> = iter(names.iter().map(read)).buffer_unordered(AT_ONCE).collect().await;
        let mut there = BTreeMap::new();
        for (name, body) in bodies {
            match body {
                Ok(body) => there.extend(body.map(|body| (name, body))),
                Err(error) => problems.push(error.to_string()),
            }
        }
        there
    }

    async fn put(
        &self,
        dashboards: Vec<&Dashboard>,
        there: &BTreeMap<DashboardName, String>,
    ) -> Vec<Result<(), DashboardError>> {
        let put = async |dashboard: &Dashboard| {
            let warnings = self.store.put(dashboard).await?;
            let name = &dashboard.name;
            let instead = if there.contains_key(name) { ", replacing the previous one" } else { "" };
            tracing::info!("put {name}{instead}");
            if !warnings.is_empty() {
                tracing::warn!("CloudWatch warns of the dashboard {name}: {}", warnings.join("; "));
            }
            Ok(())
        };
        iter(dashboards.into_iter().map(put)).buffer_unordered(AT_ONCE).collect().await
    }

    async fn remove(&self, names: Vec<&DashboardName>) -> Vec<Result<(), DashboardError>> {
        let remove = async |name: &DashboardName| {
            self.store.remove(name).await?;
            tracing::info!("deleted {name}: its group of pipelines no longer exists");
            Ok(())
        };
        iter(names.into_iter().map(remove)).buffer_unordered(AT_ONCE).collect().await
    }
}
