//! A report as one HTML document, for a mail or for print.

use andon::words::span;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Document;
use super::words::{MAX_LISTED, cause, change, failed, median};

const STYLE: &str = "\
body{font:14px/1.5 system-ui,sans-serif;color:#1b2027;background:#fff;max-width:70em;margin:2em auto;padding:0 1em}\
h1{font-size:22px}h2{font-size:17px;margin-top:2em}p,li{color:#57606a}\
dl{display:flex;flex-wrap:wrap;gap:8px 32px}dt{color:#57606a}dd{margin:0;font-size:17px;font-weight:600}\
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:400;color:#57606a}\
th,td{padding:5px 8px;border-bottom:1px solid #d8dee4;vertical-align:top;overflow-wrap:anywhere}";

impl Document<'_> {
    pub(super) fn html(&self) -> Markup {
        let figures = &self.figures;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    h1 { (self.title) }
                    p { (self.period()) }
                    dl { @for (name, value) in self.totals() { div { dt { (name) } dd { (value) } } } }
                    ul { @for caveat in self.caveats() { li { (caveat) } } }
                    h2 { "Pipelines" }
                    table {
                        thead { tr { th { "Pipeline" } th { "Deployments" } th { "Failed" } th { "Lead time" } th { "Time to recover" } th { "Red" } } }
                        tbody { @for one in figures.pipelines.iter().take(MAX_LISTED) {
                            tr {
                                td { (self.named(one)) }
                                td { (one.figures.deployments) }
                                td { (failed(&one.figures)) }
                                td { (median(one.figures.lead_time)) }
                                td { (median(one.figures.recovery_time)) }
                                td { @if one.red.is_zero() { "never" } @else { (span(one.red)) } }
                            }
                        } }
                    }
                    (more(figures.pipelines.len()))
                    h2 { "Outages" }
                    @if figures.outages.is_empty() { p { "None." } } @else {
                        table {
                            thead { tr { th { "Pipeline" } th { "Since" } th { "Until" } th { "Cause" } th { "Mended by" } } }
                            tbody { @for outage in figures.outages.iter().take(MAX_LISTED) {
                                tr {
                                    td { (outage.pipeline.name) }
                                    td { (self.moment(outage.since)) }
                                    td { (self.until(outage)) }
                                    td { (cause(outage)) }
                                    td { @if let Some(known) = &outage.mended_by { (change(known)) } }
                                }
                            } }
                        }
                    }
                    (more(figures.outages.len()))
                    h2 { "Deployed" }
                    @if figures.deployed.is_empty() { p { "Nothing." } } @else {
                        table {
                            thead { tr { th { "When" } th { "Pipeline" } th { "Change" } } }
                            tbody { @for deployed in figures.deployed.iter().take(MAX_LISTED) {
                                tr { td { (self.moment(deployed.at)) } td { (deployed.pipeline.name) } td { (change(&deployed.change)) } }
                            } }
                        }
                    }
                    (more(figures.deployed.len()))
                }
            }
        }
    }
}

fn more(count: usize) -> Markup {
    html! { @if count > MAX_LISTED { p { "and " (count - MAX_LISTED) " more" } } }
}
