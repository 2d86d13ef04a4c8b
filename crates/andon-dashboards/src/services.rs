//! What deployed services use and how they do: CPU and memory of ECS, errors and latency of Lambda.

use super::Site;
use super::body::Content;
use super::chart::Formulas;
use super::layout::Layout;
use super::words::label;
use andon::service::Service;

/// Adds a row of graphs, those of which there are services.
pub(super) fn row(layout: &mut Layout, site: &Site<'_>) {
    let region = &site.home.region;
    let ecs = |metric: &str, title: &str| -> Option<Content> {
        let lines = site.services.iter().fold(Formulas::default(), |lines, service| match service {
            Service::Ecs { cluster, name } => {
                let search = format!(
                    "SEARCH('{{AWS/ECS,ClusterName,ServiceName}} MetricName=\"{metric}\" ClusterName=\"{cluster}\" \
                     ServiceName=\"{name}\"', 'Average')"
                );
                lines.shown(search, label(&format!("{cluster}/{name}")))
            }
            Service::Lambda { .. } => lines,
        });
        (!lines.is_empty()).then(|| lines.recent_trends(title, region, "%"))
    };
    let lambda = |metric: &str, statistic: &str, per: &str, title: &str, measure: &'static str| -> Option<Content> {
        let lines = site.services.iter().fold(Formulas::default(), |lines, service| match service {
            Service::Lambda { function } => {
                let search = format!(
                    "SEARCH('{{AWS/Lambda,FunctionName}} MetricName=\"{metric}\" FunctionName=\"{function}\"', \
                     '{statistic}'){per}"
                );
                lines.shown(search, label(function))
            }
            Service::Ecs { .. } => lines,
        });
        (!lines.is_empty()).then(|| lines.recent_trends(title, region, measure))
    };
    let graphs = [
        ecs("CPUUtilization", "ECS: CPU"),
        ecs("MemoryUtilization", "ECS: memory"),
        lambda("Errors", "Sum", "", "Lambda: errors", "errors"),
        lambda("Duration", "p95", " / 1000", "Lambda: duration (95th percentile)", "seconds"),
    ];
    layout.row(6, graphs.into_iter().flatten().collect());
}
