//! CloudWatch as far as dashboards go: which metrics there are of a fleet, and which of them an expression finds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use andon::name::{Home, PipelineId};
use andon::statistics::{Metric, dimension_value};
use regex::Regex;

/// A metric that has data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) dimensions: BTreeMap<&'static str, String>,
}

static CONDITION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(\w+)="([^"]+)""#).unwrap());
static CONDITIONS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\w+="[^"]+"( \w+="[^"]+"| \(\w+="[^"]+"( OR \w+="[^"]+")*\))*$"#).unwrap());
static SORTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^SORT\((?<array>.+), (SUM|AVG), DESC, (?<limit>\d+)\)$").unwrap());
static QUERY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^SELECT (SUM|AVG|MAX)\("(?<metric>\w+)"\) FROM ("Pipeline"|SCHEMA\("Pipeline"(?<schema>(, "\w+")+)\))( WHERE "(?<dimension>\w+)" = '(?<value>[\w-]+)')?( GROUP BY (?<by>"\w+"(, "\w+")*) ORDER BY (SUM|AVG|MAX)\(\) DESC LIMIT (?<limit>\d+))?$"#,
    )
    .unwrap()
});

/// Metrics of whole pipelines, and whether stages have them as well.
const METRICS: [(Metric, bool); 8] = [
    (Metric::SuccessCount, true),
    (Metric::FailureCount, true),
    (Metric::SuccessLeadTime, false),
    (Metric::RetryCount, true),
    (Metric::ApprovalWait, true),
    (Metric::DeploymentCount, false),
    (Metric::DeploymentFailureCount, false),
    (Metric::ChangeLeadTime, false),
];
const RECOVERY: (Metric, bool) = (Metric::RecoveryTime, false);

/// All metrics that there are, by name.
pub(crate) type Metrics = BTreeMap<String, Vec<Series>>;

/// Every metric of every pipeline, with a stage of its own.
pub(crate) fn metrics(pipelines: &[PipelineId], home: &Home) -> Metrics {
    let mut all = Metrics::new();
    let mut add = |series: Series| all.entry(series.name.to_owned()).or_default().push(series);
    for pipeline in pipelines {
        let mut dimensions = BTreeMap::from([("PipelineName", dimension_value(pipeline.name.as_str()).into_owned())]);
        if pipeline.home != *home {
            dimensions.insert("AccountId", dimension_value(pipeline.home.account.as_str()).into_owned());
            dimensions.insert("Region", pipeline.home.region.to_string());
        }
        for (metric, of_stages) in METRICS.into_iter().chain([RECOVERY]) {
            add(Series { name: metric.name(), dimensions: dimensions.clone() });
            if of_stages {
                let mut dimensions = dimensions.clone();
                dimensions.insert("StageName", "Deploy".to_owned());
                add(Series { name: metric.name(), dimensions });
            }
        }
    }
    all
}

/// What an expression finds: the metrics it reads, and how many lines it draws. `None` for arithmetic over others.
pub(crate) fn found<'m>(expression: &str, metrics: &'m Metrics) -> Option<(Vec<&'m Series>, usize)> {
    if let Some(sorted) = SORTED.captures(expression) {
        let (found, lines) = found(&sorted["array"], metrics)?;
        return Some((found, lines.min(sorted["limit"].parse().unwrap())));
    }
    let expression = expression.strip_suffix(" / 60").unwrap_or(expression);
    if expression.starts_with("SEARCH('{AWS/") {
        // What services measure is no metric of a pipeline.
        return Some((Vec::new(), 0));
    }
    if let Some(terms) = expression.strip_prefix("SEARCH('") {
        let found = search(terms.rsplit_once("', '").unwrap().0, metrics);
        let lines = found.len();
        return Some((found, lines));
    }
    expression.starts_with("SELECT ").then(|| query(expression, metrics))
}

/// `{Pipeline,PipelineName} MetricName="X" (AccountId="1" OR AccountId="2") Region="r"`
fn search<'m>(terms: &str, metrics: &'m Metrics) -> Vec<&'m Series> {
    let (schema, conditions) = match terms.strip_prefix("{Pipeline,") {
        Some(rest) => {
            let (names, rest) = rest.split_once("} ").unwrap();
            (Some(names.split(',').collect::<BTreeSet<_>>()), rest)
        }
        None => (None, terms.strip_prefix("Namespace=\"Pipeline\" ").unwrap()),
    };
    assert!(CONDITIONS.is_match(conditions), "{conditions}");
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for condition in CONDITION.captures_iter(conditions) {
        wanted.entry(condition.get(1).unwrap().as_str()).or_default().insert(condition.get(2).unwrap().as_str());
    }
    let matches = |series: &&Series| {
        let is_of_schema =
            schema.as_ref().is_none_or(|names| series.dimensions.keys().copied().eq(names.iter().copied()));
        let value = |name: &str| match name {
            "MetricName" => Some(series.name),
            name => series.dimensions.get(name).map(String::as_str),
        };
        is_of_schema && wanted.iter().all(|(name, any)| value(name).is_some_and(|value| any.contains(value)))
    };
    let named = wanted["MetricName"].first().and_then(|name| metrics.get(*name));
    named.into_iter().flatten().filter(matches).collect()
}

/// `SELECT SUM("X") FROM SCHEMA("Pipeline", "D") WHERE "D" = 'v' GROUP BY "D" ORDER BY SUM() DESC LIMIT 10`
fn query<'m>(expression: &str, metrics: &'m Metrics) -> (Vec<&'m Series>, usize) {
    let parts = QUERY.captures(expression).unwrap_or_else(|| panic!("{expression}"));
    let names = |part: &str| {
        parts.name(part).map(|names| {
            names
                .as_str()
                .split(", ")
                .filter(|name| !name.is_empty())
                .map(|name| name.trim_matches('"').to_owned())
                .collect::<BTreeSet<_>>()
        })
    };
    let schema = names("schema");
    let matches = |series: &&Series| {
        schema.as_ref().is_none_or(|schema| series.dimensions.keys().copied().eq(schema.iter().map(String::as_str)))
            && parts.name("dimension").is_none_or(|name| {
                series.dimensions.get(name.as_str()).map(String::as_str)
                    == parts.name("value").map(|value| value.as_str())
            })
    };
    let processed: Vec<&Series> = metrics.get(&parts["metric"]).into_iter().flatten().filter(matches).collect();
    let lines = match names("by") {
        None => 1,
        Some(by) => {
            let groups: BTreeSet<Vec<Option<&String>>> = processed
                .iter()
                .map(|series| by.iter().map(|name| series.dimensions.get(name.as_str())).collect())
                .collect();
            groups.len().min(parts["limit"].parse().unwrap())
        }
    };
    (processed, lines)
}
