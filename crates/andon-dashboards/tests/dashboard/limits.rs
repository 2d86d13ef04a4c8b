//! CloudWatch's limits, as its documentation gives them (docs/dashboards.md says where), checked over finished bodies.

use std::sync::LazyLock;

use andon_dashboards::Dashboard;
use serde_json::Value;

use crate::cloudwatch::{Metrics, found};

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

/// What is wrong with a dashboard, where this fleet's metrics are all that there is.
pub(crate) fn violations(dashboard: &Dashboard, metrics: &Metrics) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |is_kept: bool, limit: &str| {
        if !is_kept {
            wrong.push(format!("{}: {limit}", dashboard.name));
        }
    };
    let body = serde_json::to_value(&dashboard.body).unwrap();
    // Nothing says how large a body may be; what CloudFormation can carry is surely not too much.
    must(body.to_string().len() <= 51_200, "a body of at most 50 KB");
    for error in SCHEMA.iter_errors(&body) {
        must(false, &format!("{} at {}", error, error.instance_path()));
    }
    let widgets = body["widgets"].as_array().unwrap();
    must(widgets.len() <= 500, "500 widgets");
    for pair in places(widgets) {
        must(pair.0 + pair.1 <= 24, "a widget within 24 columns");
    }
    must(!overlap(widgets), "widgets that do not cover each other");
    let mut read_by_all = 0;
    for widget in widgets.iter().filter(|widget| widget["type"] == "metric") {
        let title = &widget["properties"]["title"];
        let expressions: Vec<&str> = widget["properties"]["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line[0]["expression"].as_str().unwrap())
            .collect();
        let searches: Vec<&&str> = expressions.iter().filter(|expression| expression.contains("SEARCH(")).collect();
        must(searches.len() <= 100, &format!("100 searches in {title}"));
        must(
            searches.iter().all(|search| search.chars().count() <= 1024),
            &format!("1,024 characters of a search in {title}"),
        );
        let queries = expressions.iter().filter(|expression| expression.starts_with("SELECT ")).count();
        must(queries <= 1, &format!("one query in {title}"));
        must(queries == 0 || searches.is_empty(), &format!("either searches or a query in {title}"));
        let (mut read, mut drawn) = (0, 0);
        for (metrics, lines) in expressions.iter().filter_map(|expression| found(expression, metrics)) {
            must(metrics.len() <= 10_000, &format!("10,000 metrics of a query in {title}"));
            // What a query adds up is one metric to the dashboard; all that a search finds counts.
            read += if queries == 0 { metrics.len() } else { lines };
            drawn += lines;
        }
        must(read <= 500, &format!("500 metrics in {title}, arithmetic or not; it has {read}"));
        must(drawn <= 500, &format!("500 lines in {title}; it has {drawn}"));
        read_by_all += read;
    }
    must(read_by_all <= 2500, &format!("2,500 metrics; it has {read_by_all}"));
    wrong
}

fn places(widgets: &[Value]) -> Vec<(u64, u64)> {
    widgets.iter().map(|widget| (widget["x"].as_u64().unwrap(), widget["width"].as_u64().unwrap())).collect()
}

fn overlap(widgets: &[Value]) -> bool {
    let mut taken = std::collections::BTreeSet::new();
    widgets.iter().any(|widget| {
        let at = |name: &str| widget[name].as_u64().unwrap();
        (at("x")..at("x") + at("width")).any(|x| (at("y")..at("y") + at("height")).any(|y| !taken.insert((x, y))))
    })
}
