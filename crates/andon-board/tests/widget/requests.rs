//! What CloudWatch asks for is understood, whatever is missing or strange around it.

use andon::name::{ExecutionId, PipelineId};
use andon_board::widget::{AccountFilter, Request, Wanted};
use andon_board::{Selection, Theme};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::asking;

fn wanted(payload: &Value) -> Wanted {
    match Request::parse(payload) {
        Some(Request::Show(wanted, _)) => wanted,
        other => panic!("{other:?}"),
    }
}

fn board(search: &str, page: usize, rows: usize) -> Wanted {
    Wanted::Board(Selection { search: search.to_owned(), page, rows, ..Selection::default() }, AccountFilter::default())
}

#[test]
fn what_was_clicked_goes_before_what_was_typed_and_that_before_what_the_author_set() {
    assert_eq!(wanted(&asking(json!({}))), board("", 1, 20));
    let author = json!({"search": "prod", "rows": "10"});
    assert_eq!(wanted(&asking(author.clone())), board("prod", 1, 10));
    let again = asking(json!({"page": 2, "widgetContext": {"params": author}}));
    assert_eq!(wanted(&again), board("prod", 2, 10));
    let typed = asking(json!({"search": "prod", "widgetContext": {"forms": {"all": {"search": " pay "}}}}));
    assert_eq!(wanted(&typed), board("pay", 1, 20));
    let clicked = asking(json!({"find": "red", "widgetContext": {"forms": {"all": {"search": "pay"}}}}));
    assert_eq!(wanted(&clicked), board("red", 1, 20));
    assert_eq!(wanted(&asking(json!({"rows": 0, "page": -3}))), board("", 1, 1));
}

#[test]
fn a_board_of_some_accounts_stays_theirs_whatever_is_clicked() {
    let accounts = |payload| match wanted(&payload) {
        Wanted::Board(_, accounts) => accounts,
        pipeline @ Wanted::Pipeline { .. } => panic!("{pipeline:?}"),
    };
    let author = json!({"accounts": ["111122223333", 7]});
    let theirs = AccountFilter::of(["111122223333"]);
    assert_eq!(accounts(asking(author.clone())), theirs);
    assert_eq!(accounts(asking(json!({"page": 2, "widgetContext": {"params": author}}))), theirs);
    assert_eq!(accounts(asking(json!({"accounts": "111122223333"}))), AccountFilter::default());
    let place = json!({"account": "111122223333", "region": "eu-west-1", "name": "payments-api"});
    let pipeline: PipelineId = serde_json::from_value(place).unwrap();
    assert!(theirs.hold(&pipeline) && AccountFilter::default().hold(&pipeline));
    assert!(!AccountFilter::of(["444455556666"]).hold(&pipeline));
}

#[test]
fn a_pipeline_is_asked_for_by_its_place() {
    let place = json!({"account": "111122223333", "region": "eu-west-1", "name": "payments-api", "execution": "e-1"});
    let pipeline: PipelineId = serde_json::from_value(place.clone()).unwrap();
    let execution = Some(ExecutionId::parse("e-1").unwrap());
    assert_eq!(wanted(&asking(json!({ "pipeline": place }))), Wanted::Pipeline { pipeline, execution });
    // What cannot be a pipeline asks for the board.
    assert_eq!(wanted(&asking(json!({"pipeline": {"name": ""}}))), board("", 1, 20));
    assert_eq!(wanted(&asking(json!({"pipeline": 7}))), board("", 1, 20));
}

#[test]
fn the_viewer_is_who_the_dashboard_says() {
    let context = json!({
        "theme": "dark", "locale": "de", "timezone": {"label": "Local", "offsetISO": "+05:30", "offsetInMinutes": -330},
        "timeRange": {"mode": "absolute", "start": 1_000, "end": 9_000, "zoom": {"start": 5_000, "end": 6_000}},
    });
    let Some(Request::Show(_, viewer)) = Request::parse(&asking(json!({ "widgetContext": context }))) else {
        panic!("not a request")
    };
    assert_eq!((viewer.theme, viewer.locale.as_str()), (Theme::Dark, "de"));
    assert_eq!(viewer.zone, TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap()));
    assert_eq!(viewer.since.unwrap().as_second(), 5);
    let strange = json!({"widgetContext": {
        "theme": 7, "locale": null, "timezone": {"offsetISO": "+99:99"}, "timeRange": "now", "forms": [], "params": "x",
    }});
    let Some(Request::Show(_, viewer)) = Request::parse(&strange) else { panic!("not a request") };
    assert_eq!((viewer.theme, viewer.zone, viewer.since), (Theme::Light, TimeZone::UTC, None));
    for offset in ["-03:30", "+00:00", "", "é", "+", "+1", "+a:b", "+99999999999:0", "-2147483648:00"] {
        assert!(Request::parse(&json!({"widgetContext": {"timezone": {"offsetISO": offset}}})).is_some(), "{offset}");
    }
}

#[test]
fn anything_else_is_none_of_its_business() {
    for other in [json!(null), json!([]), json!("describe"), json!({"andon": "sweep"}), json!({"describe": false})] {
        assert_eq!(Request::parse(&other), None, "{other}");
    }
    assert_eq!(Request::parse(&json!({"describe": true})), Some(Request::Describe));
}
