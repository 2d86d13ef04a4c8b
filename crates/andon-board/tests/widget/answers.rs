//! What the widget says.

use andon::account::Accounts;
use andon::ledger::memory::MemoryLedger;
use andon::testing::faults::{Fault, Faults, Faulty};
use andon::testing::invocation;
use andon_board::widget::{Reply, Request, answer, trouble};
use futures_util::FutureExt as _;
use serde_json::json;

use crate::document::read;
use crate::{asking, fleet, names, now, shown};

fn listed(html: &str) -> Vec<String> {
    let body = read(html);
    let names: Vec<String> = body.all().iter().filter(|element| element.name == "h2").map(|name| name.text()).collect();
    names
}

#[test]
fn the_board_of_a_recorded_day() {
    let html = shown(&fleet::day(), &asking(json!({"widgetContext": {"timezone": {"offsetISO": "+01:00"}}})));
    insta::assert_snapshot!("board", read(&html).outline());
}

#[test]
fn a_failed_run_in_a_popup() {
    let pipeline = json!({"account": "111122223333", "region": "eu-west-1", "name": "payments-api"});
    let html = shown(&fleet::day(), &asking(json!({ "pipeline": pipeline })));
    insta::assert_snapshot!("popup", read(&html).outline());
}

#[test]
fn pipelines_are_found_by_what_people_call_them() {
    let ledger = fleet::day();
    let found = |search: &str| listed(&shown(&ledger, &asking(json!({ "search": search }))));
    assert_eq!(found("PAYments"), ["payments-api"]);
    assert_eq!(found("finance ireland"), ["invoice-export"]);
    assert_eq!(found("444455556666"), ["invoice-export"]);
    assert_eq!(found("running"), ["data-lake-etl"]);
    assert_eq!(found("payments tokyo"), [""; 0]);
    let nothing = shown(&ledger, &asking(json!({"search": "payments tokyo"})));
    assert!(read(&nothing).text().contains("No pipelines match “payments tokyo”. Show all"));
}

#[test]
fn pipelines_without_a_run_in_the_dashboards_time_range_stand_below_a_line() {
    let range = |hours: i64| {
        let start = now().as_millisecond() - hours * 3_600_000;
        let html = shown(&fleet::day(), &asking(json!({"widgetContext": {"timeRange": {"start": start}}})));
        let body = read(&html);
        let quiet: Vec<String> = body.with_class("quiet").iter().map(|row| row.with_class("who")[0].text()).collect();
        (body.with_class("row").len(), quiet.len(), body.with_class("parting").first().map(|line| line.text()))
    };
    let (all, none, line) = range(24 * 365);
    assert_eq!((none, line), (0, None));
    let (still_all, some, line) = range(1);
    assert_eq!(still_all, all, "nothing is hidden");
    assert!(some > 0 && some < all, "what is red, waits or runs is never quiet");
    assert_eq!(line.as_deref(), Some("No runs since 11:00"));
}

#[test]
fn before_the_first_event_it_says_what_to_wait_for() {
    let html = shown(&MemoryLedger::new(), &asking(json!({})));
    assert!(read(&html).text().starts_with("No pipelines yet."));
}

#[test]
fn a_pipeline_that_is_gone_is_said_to_be() {
    let gone = json!({"account": "111122223333", "region": "eu-west-1", "name": "gone"});
    let html = shown(&fleet::day(), &asking(json!({ "pipeline": gone })));
    assert!(read(&html).text().contains("Andon has no runs of such a pipeline."));
    let old = json!({"account": "111122223333", "region": "eu-west-1", "name": "payments-api", "execution": "old"});
    let html = shown(&fleet::day(), &asking(json!({ "pipeline": old })));
    assert!(read(&html).text().contains("Andon has no record of this run"));
}

#[test]
fn a_ledger_that_cannot_be_read_is_said_to_be() {
    let ledger = MemoryLedger::new();
    let faulty = Faulty::new(&ledger, &Faults::at(0, Fault::ErrorBefore));
    let request = Request::parse(&asking(json!({"widgetContext": {"theme": "dark"}}))).unwrap();
    let accounts = Accounts::default();
    let error =
        answer(&request, &faulty, names(&accounts), now(), &invocation("1")).now_or_never().unwrap().unwrap_err();
    let Reply::Html(html) = trouble(&request, names(&accounts), now(), &error) else { panic!("not HTML") };
    let body = read(&html);
    assert!(body.with_class("andon")[0].has_class("dark"));
    insta::assert_snapshot!(
        body.text(),
        @"The board is unavailable: cannot do anything in the ledger: a fault was injected. The next refresh tries again."
    );
}

#[test]
fn it_describes_itself_and_the_parameters_to_begin_with() {
    let (ledger, accounts, call) = (MemoryLedger::new(), Accounts::default(), invocation("1"));
    let reply = answer(&Request::Describe, &ledger, names(&accounts), now(), &call);
    let reply = serde_json::to_value(reply.now_or_never().unwrap().unwrap()).unwrap();
    let markdown = reply["markdown"].as_str().unwrap();
    let yaml = markdown.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let parameters: serde_json::Value = serde_saphyr::from_str(yaml).unwrap();
    assert_eq!(parameters, json!({"rows": 20, "search": ""}));
    insta::assert_snapshot!("description", markdown);
}

#[test]
fn html_is_answered_as_a_json_string() {
    assert_eq!(serde_json::to_value(Reply::Html("<p>".to_owned())).unwrap(), json!("<p>"));
}
