//! `delivery`: the DORA figures of one pipeline or of all, over a period.

use andon::history::{Delivery, History, Median};
use andon::ledger::Ledger;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Here, beginning};
use crate::fault::Fault;
use crate::find::find;
use crate::shown::{Which, time};

/// The period, if none is given.
const PERIOD: &str = "30d";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Exact name, or ACCOUNT/REGION/NAME; without it, all together.
    pipeline: Option<String>,
    /// Since when: 24h, 7d, 30d (the default), 12w, or a time in RFC 3339.
    period: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    #[serde(flatten)]
    which: Option<Which>,
    from: String,
    until: String,
    pipelines: usize,
    deployments: usize,
    failed_deployments: usize,
    /// Share of deployments that failed, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    change_failure_rate: Option<f64>,
    /// From commit to deployed; the median of all measured deployments.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_time: Option<Measured>,
    /// From the first failed deployment to the one that succeeded; the median of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_time: Option<Measured>,
    /// Runs of the period are no longer recorded: counts are lower limits.
    is_incomplete: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Measured {
    median_seconds: i64,
    measurements: usize,
}

impl From<Median> for Measured {
    fn from(median: Median) -> Self {
        Self { median_seconds: median.seconds, measurements: median.of }
    }
}

pub(crate) async fn answer<L: Ledger>(input: Input, here: &Here<'_, L>) -> Result<Output, Fault> {
    let from = beginning(input.period.as_deref().unwrap_or(PERIOD), here.now)?;
    let one = input.pipeline.as_deref().map(|name| find(here.fleet, name)).transpose()?;
    let mut histories: Vec<History> = Vec::new();
    if let Some(row) = one {
        histories.push(here.history(&row.overview.pipeline).await?);
    } else {
        for row in here.fleet.rows().iter().filter(|row| row.news_at() >= from) {
            let history = here.ledger.history(&row.overview.pipeline).await.map_err(|error| Fault::unread(&error))?;
            histories.extend(history);
        }
    }
    let figures = Delivery::over(&histories, from, here.now);
    Ok(Output {
        which: one.map(|row| Which::of(&row.overview.pipeline, here.fleet)),
        from: time(from),
        until: time(here.now),
        pipelines: histories.len(),
        deployments: figures.deployments,
        failed_deployments: figures.failed,
        change_failure_rate: figures.change_failure_rate(),
        lead_time: figures.lead_time.map(Into::into),
        recovery_time: figures.recovery_time.map(Into::into),
        is_incomplete: figures.is_partial,
    })
}
