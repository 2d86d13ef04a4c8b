//! What is put, what is left as it is, and what is removed.

use std::collections::BTreeMap;

use andon::account::Accounts;
use andon_dashboards::{Dashboard, DashboardName, changes};

use crate::{FUNCTION, accounts, dashboards, spread};

fn there(dashboards: &[Dashboard]) -> BTreeMap<DashboardName, String> {
    dashboards
        .iter()
        .map(|dashboard| (dashboard.name.clone(), serde_json::to_string(&dashboard.body).unwrap()))
        .collect()
}

/// The names of what is put, and of what is removed.
fn told(wanted: &[Dashboard], there: &BTreeMap<DashboardName, String>) -> (Vec<String>, Vec<String>) {
    let changes = changes(wanted, there, FUNCTION);
    let put = changes.put.iter().map(|dashboard| dashboard.name.to_string()).collect();
    (put, changes.remove.iter().map(ToString::to_string).collect())
}

const NONE: Vec<String> = Vec::new();

#[test]
fn what_is_there_already_is_not_put_again_however_it_is_written() {
    let wanted = dashboards(&spread(300, 3), &accounts());
    assert_eq!(told(&wanted, &there(&wanted)), (NONE, NONE));
    let reformatted = wanted
        .iter()
        .map(|dashboard| (dashboard.name.clone(), serde_json::to_string_pretty(&dashboard.body).unwrap()))
        .collect();
    assert_eq!(told(&wanted, &reformatted), (NONE, NONE));
}

#[test]
fn what_is_missing_or_was_edited_or_is_no_dashboard_is_put() {
    let wanted = dashboards(&spread(300, 3), &accounts());
    let mut there = there(&wanted);
    let names: Vec<DashboardName> = there.keys().cloned().collect();
    there.remove(&names[1]);
    there.insert(names[2].clone(), r#"{"widgets":[]}"#.to_owned());
    there.insert(names[3].clone(), "not JSON".to_owned());
    let mut put = told(&wanted, &there).0;
    put.sort();
    assert_eq!(put, names[1..].iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn dashboards_of_groups_that_are_gone_are_removed() {
    let before = dashboards(&spread(300, 3), &accounts());
    let after = dashboards(&spread(30, 3), &Accounts::default());
    let (put, removed) = told(&after, &there(&before));
    assert_eq!(put, ["Pipelines-eu-west-1"]);
    assert_eq!(removed.len(), before.len() - 1);
}

#[test]
fn what_somebody_else_made_stays() {
    let wanted = dashboards(&spread(30, 3), &accounts());
    let own = there(&dashboards(&spread(300, 3), &accounts()));
    let (name, body) = own.iter().nth(1).unwrap();
    let others = [
        // Saved under another name.
        (format!("{name}-mine"), body.clone()),
        // Made by the Andon beside this one.
        (name.to_string(), body.replace("function:andon-dashboard", "function:trial-dashboard")),
        ("Pipelines-eu-west-1-by-hand".to_owned(), r#"{"widgets":[{"type":"text"}]}"#.to_owned()),
        ("Pipelines-eu-west-1-odd".to_owned(), "not JSON".to_owned()),
    ];
    for (name, body) in others {
        let there = BTreeMap::from([(DashboardName::parse(name.clone()).unwrap(), body)]);
        assert_eq!(told(&wanted, &there).1, NONE, "{name}");
    }
}

#[test]
fn an_alias_makes_no_stranger() {
    let wanted = dashboards(&spread(30, 3), &accounts());
    let own = there(&dashboards(&spread(300, 3), &accounts()));
    let (name, body) = own.iter().nth(1).unwrap();
    let there = BTreeMap::from([(name.clone(), body.replace(":andon-dashboard:live", ":andon-dashboard"))]);
    assert_eq!(told(&wanted, &there).1, [name.to_string()]);
}
