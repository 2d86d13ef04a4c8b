//! What the metrics cost: CloudWatch bills each metric by the hours in which it gets a value.

use super::Detail;

/// The price of a custom metric a month, of the first 10,000, in US dollars.
pub const METRIC: f64 = 0.30;
/// How many metrics are billed at that price; those beyond it cost [`METRIC_BEYOND`].
const MAX_AT_FULL_PRICE: u32 = 10_000;
/// The price of a custom metric a month beyond the first 10,000.
const METRIC_BEYOND: f64 = 0.10;
/// The share of its hours in which a metric of a pipeline gets a value that runs twenty times a day; five times a working
/// day it is an eighth of that.
const BUSY: f64 = 0.55;
const CALM: f64 = 0.07;

/// The custom metrics of a pipeline with five stages of one action each. A test counts them.
pub fn metrics_of_a_pipeline(detail: Detail) -> u32 {
    match detail {
        Detail::Pipeline => 15,
        Detail::Stage => 31,
        Detail::Action => 45,
    }
}

/// What the metrics of so many pipelines cost a month, in US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthlyCost {
    /// Where each runs five times a working day.
    pub calm: f64,
    /// Where each runs twenty times a day.
    pub busy: f64,
    /// Where every metric gets a value in every hour: it cannot be more.
    pub most: f64,
}

/// What the metrics of so many pipelines cost a month.
pub fn monthly(pipelines: u32, detail: Detail) -> MonthlyCost {
    let metrics = pipelines.saturating_mul(metrics_of_a_pipeline(detail));
    // CloudWatch counts metrics by the hours in which they get a value, and so does its step in price.
    let price = |share: f64| {
        let metrics = f64::from(metrics) * share;
        let beyond = (metrics - f64::from(MAX_AT_FULL_PRICE)).max(0.0);
        (metrics - beyond) * METRIC + beyond * METRIC_BEYOND
    };
    MonthlyCost { calm: price(CALM), busy: price(BUSY), most: price(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_pipelines_cost_more_and_metrics_beyond_ten_thousand_less() {
        let most = |pipelines, detail| format!("{:.0}", monthly(pipelines, detail).most);
        let few = [most(0, Detail::Pipeline), most(10, Detail::Pipeline), most(10, Detail::Action)];
        assert_eq!(few, ["0", "45", "135"]);
        assert_eq!(most(1_000, Detail::Pipeline), (3_000 + 500).to_string());
        let cost = monthly(300, Detail::Pipeline);
        assert!(cost.calm < cost.busy && cost.busy < cost.most, "{cost:?}");
    }
}
