//! Requests for a custom widget, with the context of the dashboard around it.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;
use serde_json::Value;

use crate::{MAX_SEARCH_LEN, Selection, Theme, Viewer};
use andon::name::{ExecutionId, PipelineId};

/// The default number of pipelines per page.
const ROWS: usize = 20;
/// The most pipelines to a page: some 300 KB.
const MAX_ROWS: usize = 100;

/// A request from CloudWatch.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// What the widget is and which parameters it takes.
    Describe,
    /// A request to show something.
    Show(Wanted, Viewer),
}

/// What to show.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// The board.
    Board(Selection, AccountFilter),
    /// One pipeline.
    Pipeline {
        /// The pipeline.
        pipeline: PipelineId,
        /// One of its runs; the latest if none is named.
        execution: Option<ExecutionId>,
    },
}

/// The accounts whose pipelines a board is about; all if none is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter(Vec<String>);

impl AccountFilter {
    /// Those of these ids.
    pub fn of(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(ids.into_iter().map(Into::into).collect())
    }

    /// Whether a pipeline is in one of them.
    pub fn hold(&self, pipeline: &PipelineId) -> bool {
        self.0.is_empty() || self.0.iter().any(|id| id == pipeline.home.account.as_str())
    }
}

impl Request {
    /// Takes a payload as CloudWatch's, if it is one.
    ///
    /// Parsing is tolerant: whatever is missing or invalid in the context counts as not set.
    pub fn parse(payload: &Value) -> Option<Self> {
        if payload.get("describe").is_some_and(|asked| *asked != Value::Bool(false)) {
            return Some(Self::Describe);
        }
        let context = payload.get("widgetContext")?;
        // What was clicked, what the dashboard's author set.
        let member = |name: &str| payload.get(name).or_else(|| context.get("params")?.get(name));
        let number = |name: &str| {
            let value = member(name)?;
            let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
            usize::try_from(number).ok()
        };
        // What a link finds goes before what the viewer has typed before, and that before the dashboard's author.
        let found = payload.get("find").or_else(|| context.pointer("/forms/all/search")).or_else(|| member("search"));
        let board = || {
            let selection = Selection {
                search: found.and_then(Value::as_str).unwrap_or_default().trim().chars().take(MAX_SEARCH_LEN).collect(),
                page: number("page").unwrap_or(1).max(1),
                rows: number("rows").unwrap_or(ROWS).clamp(1, MAX_ROWS),
                view: choice(member("view")),
                group: choice(member("group")),
                sort: choice(member("sort")),
            };
            // Whose board it is stays as the dashboard's author set it, whatever is clicked.
            let accounts = context.pointer("/params/accounts").or_else(|| payload.get("accounts"));
            let ids = accounts.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            Wanted::Board(selection, AccountFilter::of(ids.iter().filter_map(Value::as_str)))
        };
        let wanted = pipeline(payload).unwrap_or_else(board);
        Some(Self::Show(wanted, viewer(context)))
    }
}

/// A choice by its name; the usual one if there is none of this name.
fn choice<T: FromStr + Default>(value: Option<&Value>) -> T {
    value.and_then(Value::as_str).and_then(|name| name.trim().parse().ok()).unwrap_or_default()
}

fn pipeline(payload: &Value) -> Option<Wanted> {
    let wanted = payload.get("pipeline")?;
    let pipeline = PipelineId::deserialize(wanted).ok()?;
    let execution = wanted.get("execution").and_then(|execution| ExecutionId::deserialize(execution).ok());
    Some(Wanted::Pipeline { pipeline, execution })
}

fn viewer(context: &Value) -> Viewer {
    let text = |pointer: &str| context.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let zoomed = context.pointer("/timeRange/zoom/start").or_else(|| context.pointer("/timeRange/start"));
    Viewer {
        theme: if text("/theme") == "dark" { Theme::Dark } else { Theme::Light },
        zone: offset(text("/timezone/offsetISO")).map_or(TimeZone::UTC, TimeZone::fixed),
        locale: text("/locale").to_owned(),
        since: zoomed.and_then(Value::as_i64).and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()),
    }
}

/// An offset such as `+05:30`. (`offsetInMinutes` has the opposite sign.)
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(sign * seconds).ok()
}
