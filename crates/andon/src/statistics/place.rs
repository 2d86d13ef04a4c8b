//! The dimensions of a data point, and the claim by which it is counted once.

use jiff::Timestamp;

use super::{Datum, Measurement, Metric};
use crate::event::Subject;
use crate::ledger::ClaimKey;
use crate::name::{Home, PipelineId};

/// A pipeline, seen from home.
pub(super) struct Place<'a> {
    pub(super) pipeline: &'a PipelineId,
    pub(super) home: &'a Home,
}

impl Place<'_> {
    /// Pipelines in another account or region carry both as dimensions, so that two of one name never mix.
    fn dimensions(&self, subject: &Subject) -> Vec<(&'static str, String)> {
        let mut dimensions = vec![("PipelineName", self.pipeline.name.to_string())];
        match subject {
            Subject::Stage(stage) => dimensions.push(("StageName", stage.to_string())),
            Subject::Action { stage, action } => {
                dimensions.push(("StageName", stage.to_string()));
                dimensions.push(("ActionName", action.to_string()));
            }
            Subject::Pipeline | Subject::Unnamed => {}
        }
        if self.pipeline.home != *self.home {
            dimensions.push(("AccountId", self.pipeline.home.account.to_string()));
            dimensions.push(("Region", self.pipeline.home.region.to_string()));
        }
        dimensions
    }

    /// A datum about a subject; `end` tells which of its ends it is of.
    pub(super) fn measurement(
        &self,
        metric: Metric,
        value: f64,
        subject: &Subject,
        at: Timestamp,
        end: &str,
    ) -> Measurement {
        let what = match subject {
            Subject::Pipeline | Subject::Unnamed => String::new(),
            Subject::Stage(stage) => format!("/{stage}"),
            Subject::Action { stage, action } => format!("/{stage}/{action}"),
        };
        let of = |metric: Metric, late: &str| ClaimKey {
            pipeline: self.pipeline.clone(),
            effect: format!("metric/{}/{end}{what}{late}", metric.name()),
        };
        let shared = metric.counted_with();
        Measurement {
            shared: of(shared, ""),
            claim: of(metric, if metric == shared { "#late" } else { "" }),
            datum: Datum { metric, value, dimensions: self.dimensions(subject), at },
        }
    }
}

/// The whole seconds of a span of time; `None` for one that ends before it begins, by clocks that disagree.
///
/// Events tell when they came to be by the second, and when things began by the millisecond: what ends within the
/// second in which it began took no time.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> Option<f64> {
    let seconds = to.duration_since(from).as_secs_f64();
    if seconds > 0.0 { Some(seconds.round()) } else { (seconds > -1.0).then_some(0.0) }
}
