//! Graphs and numbers, built from expressions.

use super::body::{Annotations, Axis, Chart, Content, Formula, Legend, Line, Mark, Side, View, YAxis};
use andon::name::Region;

/// A day, in seconds: the period of a trend.
const DAY: u32 = 86_400;
/// The period of what services measure, in seconds.
const FIVE_MINUTES: u32 = 300;

/// Green for success and red for failure, which also differ in lightness.
pub(super) const WELL: &str = "#2ca02c";
pub(super) const BROKEN: &str = "#b3151c";

/// Lead time for changes of elite and of high performers, in hours: less than a day, less than a week. The bands of all
/// three measures are those of DORA's "Accelerate State of DevOps" reports.
pub(super) const LEAD_TIME: [Mark; 2] = [Mark { label: "elite", value: 24 }, Mark { label: "high", value: 168 }];
/// Change failure rate of elite and of high performers, in percent.
pub(super) const FAILURE_RATE: [Mark; 2] = [Mark { label: "elite", value: 5 }, Mark { label: "high", value: 20 }];
/// Time to recovery of elite and of high performers, in hours: less than an hour, less than a day.
pub(super) const RECOVERY: [Mark; 2] = [Mark { label: "elite", value: 1 }, Mark { label: "high", value: 24 }];

/// The expressions of one graph, each by an id that the next ones can use.
#[derive(Debug, Default)]
pub(super) struct Formulas(Vec<Line>);

impl Formulas {
    /// Adds an expression that others use.
    pub(super) fn part(&mut self, expression: String) -> String {
        self.add(expression, None, false, None)
    }

    /// Adds one that is shown.
    pub(super) fn shown(mut self, expression: String, label: impl Into<String>) -> Self {
        self.add(expression, Some(label.into()), true, None);
        self
    }

    /// Adds one that is shown in a colour.
    pub(super) fn coloured(mut self, expression: String, label: &str, colour: &'static str) -> Self {
        self.add(expression, Some(label.to_owned()), true, Some(colour));
        self
    }

    /// Adds one that shows many, each by the name that CloudWatch gives it.
    pub(super) fn unnamed(mut self, expression: String) -> Self {
        self.add(expression, None, true, None);
        self
    }

    fn add(&mut self, expression: String, label: Option<String>, visible: bool, color: Option<&'static str>) -> String {
        let id = format!("e{}", self.0.len() + 1);
        self.0.push(Line((Formula { expression, id: id.clone(), label, visible, color },)));
        id
    }

    /// One number.
    pub(super) fn number(self, title: impl Into<String>, region: &Region) -> Content {
        Content::Metric(self.chart(title, region, View::SingleValue))
    }

    /// One number for the whole time range.
    pub(super) fn number_of_all(self, title: impl Into<String>, region: &Region) -> Content {
        let chart = self.chart(title, region, View::SingleValue);
        Content::Metric(Chart { set_period_to_time_range: true, ..chart })
    }

    /// Day by day, with lines to compare with.
    pub(super) fn marked_trend(
        self,
        title: impl Into<String>,
        region: &Region,
        measure: &'static str,
        marks: &[Mark],
    ) -> Content {
        let chart = self.chart(title, region, View::TimeSeries);
        Content::Metric(Chart {
            y_axis: Some(scale(measure)),
            legend: Some(names(Side::Bottom)),
            annotations: Some(Annotations { horizontal: marks.to_vec() }),
            ..chart
        })
    }

    /// Day by day, piled up.
    pub(super) fn piled_trend(self, title: impl Into<String>, region: &Region, measure: &'static str) -> Content {
        let chart = self.chart(title, region, View::TimeSeries);
        Content::Metric(Chart {
            stacked: true,
            y_axis: Some(scale(measure)),
            legend: Some(names(Side::Bottom)),
            ..chart
        })
    }

    /// Day by day, a line for each of many.
    pub(super) fn many_trends(self, title: impl Into<String>, region: &Region, measure: &'static str) -> Content {
        let chart = self.chart(title, region, View::TimeSeries);
        Content::Metric(Chart { y_axis: Some(scale(measure)), legend: Some(names(Side::Right)), ..chart })
    }

    /// In steps of five minutes, a line for each of several.
    pub(super) fn recent_trends(self, title: impl Into<String>, region: &Region, measure: &'static str) -> Content {
        let chart = self.chart(title, region, View::TimeSeries);
        Content::Metric(Chart {
            period: FIVE_MINUTES,
            y_axis: Some(scale(measure)),
            legend: Some(names(Side::Bottom)),
            ..chart
        })
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A bar for each, over the whole time range.
    pub(super) fn bars(self, title: impl Into<String>, region: &Region) -> Content {
        let chart = self.chart(title, region, View::Bar);
        Content::Metric(Chart { set_period_to_time_range: true, legend: Some(names(Side::Right)), ..chart })
    }

    fn chart(self, title: impl Into<String>, region: &Region, view: View) -> Chart {
        Chart {
            title: title.into(),
            view,
            region: region.to_string(),
            period: DAY,
            set_period_to_time_range: false,
            stacked: false,
            metrics: self.0,
            y_axis: None,
            legend: None,
            annotations: None,
        }
    }
}

fn scale(label: &'static str) -> YAxis {
    YAxis { left: Axis { min: 0, label, show_units: false } }
}

fn names(position: Side) -> Legend {
    Legend { position }
}
