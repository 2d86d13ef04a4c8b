//! Are pipelines found by what speech recognition makes of their names?

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "compiled for tests only"
)]

use andon_answers::matching::{Index, Match};
use proptest::prelude::*;

const TABLE: &str = include_str!("files/spoken-names.txt");
/// So many of a hundred have to be right.
const RIGHT: usize = 95;

/// The names that are meant; none if it is unknown.
fn meant(index: &Index, fleet: &[&'static str], heard: &str) -> Vec<&'static str> {
    let mut names: Vec<&str> = match index.find(heard) {
        Match::One(at) => vec![fleet[at]],
        Match::Several(found) => found.into_iter().map(|at| fleet[at]).collect(),
        Match::Unknown { .. } => Vec::new(),
    };
    names.sort_unstable();
    names
}

#[test]
fn names_are_found_by_what_is_heard_of_them() {
    let (mut fleet, mut index) = (Vec::new(), Index::default());
    let (mut rows, mut misses) = (0, Vec::new());
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(names) = line.strip_prefix("= ") {
            fleet = names.split(' ').collect();
            index = Index::of(fleet.iter().copied());
            continue;
        }
        let (heard, expected) = line.split_once(" | ").unwrap();
        let mut expected: Vec<&str> = expected.split(' ').filter(|name| *name != "-").collect();
        expected.sort_unstable();
        assert!(expected.iter().all(|name| fleet.contains(name)), "{line}");
        rows += 1;
        let found = meant(&index, &fleet, heard);
        if found != expected {
            misses.push(format!("{heard}: expected {expected:?}, found {found:?}"));
        }
    }
    println!("{} of {rows} are right; these are not:\n{}", rows - misses.len(), misses.join("\n"));
    assert!(rows >= 150, "{rows} rows");
    assert!((rows - misses.len()) * 100 >= rows * RIGHT, "too many misses of {rows}: {misses:#?}");
    // A wrong pipeline is worse than none: nothing is answered with one of another environment or number.
    insta::assert_snapshot!("misses", misses.join("\n"));
}

#[test]
fn a_word_that_is_a_number_elsewhere_may_be_a_name() {
    let index = Index::of(["aa-uno", "etl-2", "etl-two"]);
    assert_eq!(index.find("a a uno"), Match::One(0));
    assert_eq!(index.find("aa-uno"), Match::One(0));
    assert_eq!(index.find("etl two"), Match::Several(vec![1, 2]));
}

#[test]
fn an_unknown_name_comes_with_the_two_nearest() {
    let index = Index::of(["checkout-svc-prod", "checkout-svc-dev", "ledger-core", "payments-api"]);
    assert_eq!(index.find("checkout staging"), Match::Unknown { nearest: vec![1, 0] });
    assert_eq!(index.find(""), Match::Unknown { nearest: Vec::new() });
    assert_eq!(Index::default().find("checkout"), Match::Unknown { nearest: Vec::new() });
}

#[test]
fn namesakes_are_all_meant() {
    let index = Index::of(["web", "web", "api"]);
    assert_eq!(index.find("web"), Match::Several(vec![0, 1]));
}

#[test]
fn one_of_a_thousand_pipelines_is_found() {
    let areas =
        ["checkout", "payments", "ledger", "orders", "search", "inventory", "shipping", "pricing", "auth", "profile"];
    let kinds = ["svc", "api", "worker", "web", "batch", "proxy", "sync", "portal", "gateway", "etl"];
    let places = ["dev", "test", "staging", "prod", "eu-1", "eu-2", "us-1", "us-2", "v1", "v2"];
    let mut names = Vec::new();
    for area in areas {
        for kind in kinds {
            names.extend(places.map(|place| format!("{area}-{kind}-{place}")));
        }
    }
    let index = Index::of(names.iter().map(String::as_str));
    for (heard, name) in [
        ("check out service prod", "checkout-svc-prod"),
        ("inventory sink e u two", "inventory-sync-eu-2"),
        ("pay mints a p i version one", "payments-api-v1"),
    ] {
        let found = index.find(heard);
        assert_eq!(found, Match::One(names.iter().position(|known| known == name).unwrap()), "{heard}");
    }
}

proptest! {
    #[test]
    fn anything_can_be_heard_and_any_name_be_had(
        names in proptest::collection::vec("\\PC{0,120}", 0..6),
        heard in "\\PC{0,520}",
    ) {
        let index = Index::of(names.iter().map(String::as_str));
        for heard in names.iter().map(String::as_str).chain([heard.as_str()]) {
            let found = match index.find(heard) {
                Match::One(at) => vec![at],
                Match::Several(found) => { prop_assert!(found.len() > 1); found }
                Match::Unknown { nearest } => { prop_assert!(nearest.len() <= 2); nearest }
            };
            prop_assert!(found.iter().all(|at| *at < names.len()));
        }
    }

    #[test]
    fn a_name_is_found_by_itself(names in proptest::collection::btree_set("[a-z]{2,9}(-[a-z]{2,9}){0,3}", 1..8)) {
        let names: Vec<String> = names.into_iter().collect();
        let index = Index::of(names.iter().map(String::as_str));
        for (at, name) in names.iter().enumerate() {
            let found = index.find(name);
            let is_among = match &found { Match::One(one) => *one == at, Match::Several(several) => several.contains(&at), Match::Unknown { .. } => false };
            prop_assert!(is_among, "{name}: {found:?}");
        }
    }
}
