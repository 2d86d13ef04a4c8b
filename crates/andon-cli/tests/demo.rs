//! `andon demo`: the recorded day, its alerts, its data, its board.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use support::{Server, andon, run};

const NOW: &str = "2026-11-20T11:30:00Z";

#[test]
fn the_demo_shows_every_alert_and_the_data_and_ends() {
    let ended = run(&["demo", "--once", "--now", NOW]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn the_alerts_of_the_demo_are_those_of_the_listing() {
    let out = run(&["demo", "--once", "--now", NOW]).out;
    let subjects: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("Subject: ")).collect();
    let of = |kind: &str| subjects.iter().filter(|subject| subject.starts_with(kind)).count();
    assert_eq!((of("[FAILED]"), of("[RECOVERED]"), of("[ATTENTION]"), subjects.len()), (9, 5, 4, 20));
    let before = out.split("Today").next().unwrap();
    assert_eq!((before.matches(" ✗ ").count(), before.matches(" ✓ ").count()), (4, 3));
}

#[test]
fn the_demo_then_serves_the_board() {
    let server = Server::of(andon(&["demo", "--port", "0"]));
    let board = server.get("/");
    assert_eq!(board.status, 200);
    let names: Vec<String> = server
        .get("/api/pipelines")
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {} {}",
                row["light"].as_str().unwrap(),
                row["status"].as_str().unwrap(),
                row["pipeline"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            "red succeeded storefront-checks",
            "red succeeded tariff-service",
            "red failed invoice-export",
            "red failed orders-fulfilment",
            "waiting waiting mobile-bff",
            "waiting in-progress billing-prod",
            "running in-progress data-lake-etl",
            "green succeeded auth-gateway",
            "green succeeded image-resizer",
            "green succeeded docs-portal",
            "green succeeded pricing-engine",
            "green succeeded notification-hub",
            "green succeeded search-indexer",
            "grey stopped inventory-sync",
            "grey rejected website",
            "green succeeded ledger-core",
            "green succeeded cart-service",
            "green succeeded payments-api",
            "green succeeded checkout-svc-prod",
        ]
    );
    assert_eq!(server.end(), Some(0));
}
