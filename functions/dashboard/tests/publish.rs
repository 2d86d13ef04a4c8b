//! Which dashboards are made, whatever fails on the way, and that the board never changes anything.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use andon::batch::Invocation;
use andon::event::{Event, Received, parse};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, record};
use andon::run::{DeploymentRule, Run};
use andon::testing::faults::{Fault, Faults, Faulty};
use andon::testing::{home, invocation};
use andon_config::Config;
use andon_dashboards::{Dashboard, DashboardError, DashboardName, DashboardStore};
use dashboard::{Dashboards, Unfinished};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A store in memory; it refuses whatever has to do with these names.
#[derive(Debug, Default)]
struct Shelf {
    bodies: RefCell<BTreeMap<String, String>>,
    refused: RefCell<BTreeSet<String>>,
    calls: RefCell<Vec<String>>,
}

impl Shelf {
    fn call(&self, call: &str, name: &str) -> Result<(), DashboardError> {
        self.calls.borrow_mut().push(format!("{call} {name}"));
        let doing = format!("{call} {name}");
        let refused = self.refused.borrow().contains(&doing);
        if refused { Err(DashboardError { doing, problem: "no luck".to_owned() }) } else { Ok(()) }
    }

    fn names(&self) -> Vec<String> {
        self.bodies.borrow().keys().cloned().collect()
    }

    fn changes(&self) -> Vec<String> {
        let calls = self.calls.take();
        calls.into_iter().filter(|call| call.starts_with("put") || call.starts_with("remove")).collect()
    }
}

impl DashboardStore for &Shelf {
    async fn names(&self, prefix: &str) -> Result<Vec<DashboardName>, DashboardError> {
        self.call("list", prefix)?;
        let bodies = self.bodies.borrow();
        Ok(bodies
            .keys()
            .filter(|name| name.starts_with(prefix))
            .filter_map(|name| DashboardName::parse(name.clone()))
            .collect())
    }

    async fn body(&self, name: &DashboardName) -> Result<Option<String>, DashboardError> {
        self.call("read", name.as_str())?;
        Ok(self.bodies.borrow().get(name.as_str()).cloned())
    }

    async fn put(&self, dashboard: &Dashboard) -> Result<Vec<String>, DashboardError> {
        self.call("put", dashboard.name.as_str())?;
        self.bodies.borrow_mut().insert(dashboard.name.to_string(), dashboard.json());
        Ok(Vec::new())
    }

    async fn remove(&self, name: &DashboardName) -> Result<(), DashboardError> {
        self.call("remove", name.as_str())?;
        self.bodies.borrow_mut().remove(name.as_str());
        Ok(())
    }
}

/// A ledger that knows so many pipelines of three accounts.
fn ledger(count: usize) -> MemoryLedger {
    let ledger = MemoryLedger::new();
    let event = andon::testing::events("codepipeline-run-build-failed").remove(0);
    for number in 0..count {
        let mut event = event.clone();
        event["detail"]["pipeline"] = json!(format!("service-{number}"));
        event["account"] = json!(format!("{}", 111_122_223_333_usize + number % 3));
        let received = Received { home: home(), at: andon::testing::time(&event) };
        let Event::Pipeline(event) = parse(&event, &received).unwrap() else { panic!("{event}") };
        let recorded = record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, Run::of(&event));
        recorded.now_or_never().unwrap().unwrap();
    }
    ledger
}

fn call(ledger: &MemoryLedger, store: &Shelf, payload: Value, faults: &Rc<Faults>) -> Result<Value, Unfinished> {
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:andon-dashboard:live".to_owned();
    let invocation = Invocation { function, ..invocation("call") };
    let ledger = Faulty::new(ledger, faults);
    let dashboards = Dashboards { ledger, store, clock: now, config: Config::default(), alarms: Vec::new() };
    dashboards.handle(payload, &invocation).now_or_never().unwrap()
}

fn publish(ledger: &MemoryLedger, store: &Shelf) -> Result<Value, Unfinished> {
    call(ledger, store, json!({"andon": "dashboard"}), &Faults::interleaving(0))
}

#[test]
fn a_small_fleet_has_one_dashboard_which_is_put_once() {
    let (ledger, store) = (ledger(3), Shelf::default());
    assert_eq!(publish(&ledger, &store).unwrap(), json!({"dashboards": 1, "put": 1, "removed": 0}));
    assert_eq!(publish(&ledger, &store).unwrap(), json!({"dashboards": 1, "put": 0, "removed": 0}));
    assert_eq!(store.changes(), ["put Pipelines-eu-west-1"]);
}

#[test]
fn a_ledger_that_knows_nothing_yet_has_a_dashboard_that_says_so() {
    let store = Shelf::default();
    publish(&ledger(0), &store).unwrap();
    assert!(store.bodies.borrow()["Pipelines-eu-west-1"].contains("No pipelines yet."));
}

#[test]
fn dashboards_come_and_go_with_the_groups_and_leave_others_alone() {
    let store = Shelf::default();
    for name in ["Pipelines-eu-west-1-by-hand", "Pipelines-eu-west-10", "Costs"] {
        store.bodies.borrow_mut().insert(name.to_owned(), "{}".to_owned());
    }
    let others = store.names();
    assert_eq!(publish(&ledger(300), &store).unwrap(), json!({"dashboards": 4, "put": 4, "removed": 0}));
    assert_eq!(publish(&ledger(30), &store).unwrap(), json!({"dashboards": 1, "put": 1, "removed": 3}));
    let mut left = others;
    left.push("Pipelines-eu-west-1".to_owned());
    left.sort();
    assert_eq!(store.names(), left);
}

#[test]
fn one_that_fails_keeps_no_other_from_its_turn_and_is_tried_again() {
    for refused in ["put Pipelines-eu-west-1", "put Pipelines-eu-west-1-111122223334"] {
        let (ledger, store) = (ledger(300), Shelf::default());
        store.refused.borrow_mut().insert(refused.to_owned());
        let error = publish(&ledger, &store).unwrap_err().to_string();
        assert_eq!(error, format!("1 of 4 dashboards failed and will be retried: cannot {refused}: no luck"));
        assert_eq!(store.names().len(), 3);
        store.refused.borrow_mut().clear();
        assert_eq!(publish(&ledger, &store).unwrap(), json!({"dashboards": 4, "put": 1, "removed": 0}));
    }
}

#[test]
fn one_that_cannot_be_read_is_put_all_the_same_and_said() {
    let (ledger, store) = (ledger(3), Shelf::default());
    publish(&ledger, &store).unwrap();
    store.refused.borrow_mut().insert("read Pipelines-eu-west-1".to_owned());
    let error = publish(&ledger, &store).unwrap_err().to_string();
    assert_eq!(error, "1 of 1 dashboards failed and will be retried: cannot read Pipelines-eu-west-1: no luck");
    assert_eq!(store.changes(), ["put Pipelines-eu-west-1"; 2]);
}

#[test]
fn nothing_is_changed_while_it_is_not_known_how_pipelines_stand() {
    let (ledger, store) = (ledger(300), Shelf::default());
    publish(&ledger, &store).unwrap();
    store.changes();
    let faults = Faults::at(0, Fault::ErrorBefore);
    call(&ledger, &store, json!({"andon": "dashboard"}), &faults).unwrap_err();
    assert_eq!(store.changes(), Vec::<String>::new());
    store.refused.borrow_mut().insert("list Pipelines-eu-west-1".to_owned());
    assert_eq!(publish(&ledger, &store).unwrap_err().to_string(), "cannot list Pipelines-eu-west-1: no luck");
    assert_eq!(store.changes(), Vec::<String>::new());
}

#[test]
fn what_the_board_is_asked_for_touches_no_dashboard() {
    let (ledger, store) = (ledger(3), Shelf::default());
    let quiet = Faults::interleaving(0);
    for payload in [
        json!({"describe": true}),
        json!({"widgetContext": {"theme": "dark"}}),
        // Whoever may look could write this: it is a question of the board all the same.
        json!({"andon": "dashboard", "widgetContext": {}}),
        json!({"andon": "sweep"}),
        json!("dashboard"),
    ] {
        call(&ledger, &store, payload, &quiet).unwrap();
    }
    assert_eq!(*store.calls.borrow(), Vec::<String>::new());
    let shown = call(&ledger, &store, json!({"widgetContext": {}}), &quiet).unwrap();
    assert!(shown.as_str().is_some_and(|html| html.contains("service-2")), "{shown}");
    let trouble = call(&ledger, &store, json!({"widgetContext": {}}), &Faults::at(0, Fault::ErrorBefore)).unwrap();
    assert!(trouble.as_str().is_some_and(|html| html.contains("is unavailable")), "{trouble}");
}
