//! Calls of tools, read from their names and arguments.

use andon::run_action::RunAction;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::act;
use crate::fault::Fault;
use crate::tool::{ask, delivery, deployments, get_log, get_pipeline, list_pipelines, list_runs, what_changed, why};

/// The tools, in the order of their list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ToolName {
    ListPipelines,
    GetPipeline,
    Why,
    GetLog,
    ListRuns,
    WhatChanged,
    Deployments,
    Delivery,
    Ask,
    Retry,
    Approve,
    Reject,
    Stop,
}

impl ToolName {
    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// What it does to a run, if it does anything.
    pub(crate) fn action(self) -> Option<RunAction> {
        match self {
            Self::Retry => Some(RunAction::Retry),
            Self::Approve => Some(RunAction::Approve),
            Self::Reject => Some(RunAction::Reject),
            Self::Stop => Some(RunAction::Stop),
            _ => None,
        }
    }
}

/// A call that only reads.
#[derive(Debug)]
pub(crate) enum Reading {
    ListPipelines(list_pipelines::Input),
    GetPipeline(get_pipeline::Input),
    Why(why::Input),
    GetLog(get_log::Input),
    ListRuns(list_runs::Input),
    WhatChanged(what_changed::Input),
    Deployments(deployments::Input),
    Delivery(delivery::Input),
    Ask(ask::Input),
}

/// A call.
#[derive(Debug)]
pub(crate) enum Call {
    /// It only reads.
    Read(Reading),
    /// It changes something.
    Act(RunAction, act::Input),
}

impl Call {
    /// Reads a call.
    pub(crate) fn read(tool: ToolName, arguments: Option<Map<String, Value>>) -> Result<Self, Fault> {
        let arguments = Value::Object(arguments.unwrap_or_default());
        Ok(Self::Read(match tool {
            ToolName::ListPipelines => Reading::ListPipelines(input(arguments)?),
            ToolName::GetPipeline => Reading::GetPipeline(input(arguments)?),
            ToolName::Why => Reading::Why(input(arguments)?),
            ToolName::GetLog => Reading::GetLog(input(arguments)?),
            ToolName::ListRuns => Reading::ListRuns(input(arguments)?),
            ToolName::WhatChanged => Reading::WhatChanged(input(arguments)?),
            ToolName::Deployments => Reading::Deployments(input(arguments)?),
            ToolName::Delivery => Reading::Delivery(input(arguments)?),
            ToolName::Ask => Reading::Ask(input(arguments)?),
            ToolName::Retry => return Ok(Self::Act(RunAction::Retry, input(arguments)?)),
            ToolName::Approve => return Ok(Self::Act(RunAction::Approve, input(arguments)?)),
            ToolName::Reject => return Ok(Self::Act(RunAction::Reject, input(arguments)?)),
            ToolName::Stop => return Ok(Self::Act(RunAction::Stop, input(arguments)?)),
        }))
    }
}

/// The arguments of a tool. What is wrong with them is told to the model, which can mend them.
fn input<T: DeserializeOwned>(arguments: Value) -> Result<T, Fault> {
    serde_json::from_value(arguments).map_err(|error| Fault::Told(format!("The arguments are wrong: {error}.")))
}
