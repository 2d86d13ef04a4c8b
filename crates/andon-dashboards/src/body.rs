//! The body of a dashboard in CloudWatch's format, typed so that no member can be misspelt.

use serde::Serialize;

use super::DashboardName;

/// The columns of a dashboard.
pub const COLUMNS: u16 = 24;

/// What is on a dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// How far back it looks at first, as an ISO 8601 duration with a minus.
    pub start: &'static str,
    /// Whether the graphs keep their own periods.
    pub period_override: PeriodOverride,
    /// What is where.
    pub widgets: Vec<Widget>,
}

/// What happens to the periods of graphs when a viewer picks another time range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodOverride {
    /// They stay unchanged.
    Inherit,
}

/// A widget and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widget {
    /// The column of its left edge.
    pub x: u16,
    /// The row of its upper edge.
    pub y: u16,
    /// How many columns it takes.
    pub width: u16,
    /// How many rows it takes.
    pub height: u16,
    /// What it shows.
    #[serde(flatten)]
    pub content: Content,
}

/// What a widget shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", content = "properties", rename_all = "lowercase")]
pub enum Content {
    /// Words.
    Text(Text),
    /// Metrics.
    Metric(Chart),
    /// What a function answers.
    Custom(Custom),
    /// The states of alarms.
    Alarm(Alarms),
}

/// The states of alarms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarms {
    /// What they are called together.
    pub title: String,
    /// The alarms, by their ARNs.
    pub alarms: Vec<String>,
}

/// Words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    /// The words.
    pub markdown: String,
    /// The background of the text.
    pub background: Background,
}

/// The background of a text widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Background {
    /// The dashboard itself.
    Transparent,
}

/// Metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// What it is called.
    pub title: String,
    /// How it is drawn.
    pub view: View,
    /// Where the metrics are.
    pub region: String,
    /// Seconds to a point.
    pub period: u32,
    /// Whether the whole time range is one point.
    #[serde(skip_serializing_if = "is_off")]
    pub set_period_to_time_range: bool,
    /// Whether what is drawn is piled up.
    #[serde(skip_serializing_if = "is_off")]
    pub stacked: bool,
    /// What is drawn.
    pub metrics: Vec<Line>,
    /// The y-axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y_axis: Option<YAxis>,
    /// Where the names are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legend: Option<Legend>,
    /// Lines to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_off(flag: &bool) -> bool {
    !flag
}

/// How metrics are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum View {
    /// Lines over time.
    TimeSeries,
    /// A number.
    SingleValue,
    /// A bar for each.
    Bar,
}

/// One expression. CloudWatch expects each in a list of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line(pub (Formula,));

/// An expression, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// A search, a query or metric math.
    pub expression: String,
    /// What other expressions call it.
    pub id: String,
    /// What people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is shown; CloudWatch's default is yes.
    #[serde(skip_serializing_if = "is_on")]
    pub visible: bool,
    /// In what colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<&'static str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_on(flag: &bool) -> bool {
    *flag
}

/// The scale beside a graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YAxis {
    /// The one on the left.
    pub left: Axis,
}

/// A scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Axis {
    /// Where it begins.
    pub min: u32,
    /// What it measures.
    pub label: &'static str,
    /// Whether CloudWatch adds the metrics' unit.
    pub show_units: bool,
}

/// Lines to compare with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotations {
    /// Lines at a value.
    pub horizontal: Vec<Mark>,
}

/// A line at a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// What it stands for.
    pub label: &'static str,
    /// The value, in the measure of the graph.
    pub value: u32,
}

/// Where the names of what is drawn are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Legend {
    /// On which side.
    pub position: Side,
}

/// A side of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Below it.
    Bottom,
    /// To its right.
    Right,
}

/// What a function answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Custom {
    /// What it is called.
    pub title: String,
    /// The function's ARN.
    pub endpoint: String,
    /// What the function is given each time.
    pub params: Params,
    /// When the widget is refreshed.
    pub update_on: UpdateOn,
}

/// What the board is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Params {
    /// The dashboard that this was generated for, to recognise copies under other names.
    pub dashboard: DashboardName,
    /// How many pipelines there are to a page.
    pub rows: u16,
    /// The accounts whose pipelines it shows; all if none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
}

/// When a custom widget is refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateOn {
    /// When the dashboard is refreshed.
    pub refresh: bool,
    /// When the widget's size changes.
    pub resize: bool,
    /// When another time range is picked.
    pub time_range: bool,
}

impl UpdateOn {
    /// Whenever anything changes.
    pub const EVERYTHING: Self = Self { refresh: true, resize: true, time_range: true };
}
