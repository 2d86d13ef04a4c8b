//! What is said of branches, pull requests and mutes, in every language.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "compiled for tests only"
)]

mod support;

use std::fmt::Write as _;

use andon::clock::Timer;
use andon_answers::{Answerer, Group, Locale, Question, Session, Subject, Topic, Voice};
use jiff::SignedDuration;
use support::script;

struct Never;

impl Timer for Never {
    async fn wait(&self, _: SignedDuration) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn branches_and_mutes_are_told_in_every_language() {
    let script = script(include_str!("files/fourth/agency.txt"));
    let desk = Answerer::new(script.ledger().await, Never).knowing(script.accounts.clone(), script.zone.clone());
    let about = |topic, name: &str| Question::About(topic, Subject::Heard(name.to_owned()));
    let questions = [
        Question::Overview,
        Question::List(Group::Failing),
        Question::Which,
        Question::Nth(2),
        Question::List(Group::Running),
        about(Topic::Status, "patient portal juniper prod"),
        about(Topic::Why, "patient portal juniper staging"),
        about(Topic::Change, "patient portal juniper prod"),
        about(Topic::LastDeployment, "route planner"),
        about(Topic::Status, "redwood payments"),
    ];
    let mut text = String::new();
    for locale in [Locale::EnUs, Locale::De, Locale::Es, Locale::Fr, Locale::Ja] {
        writeln!(text, "{locale:?}").unwrap();
        let mut session = Session::default();
        for question in &questions {
            let answer = desk.answer(question, &session, script.now, Voice::of(locale)).await;
            writeln!(text, "  {}", answer.speech).unwrap();
            session = answer.session;
        }
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn what_happens_on_one_branch_is_not_told_of_another() {
    let script = script(include_str!("files/fourth/agency.txt"));
    let desk = Answerer::new(script.ledger().await, Never).knowing(script.accounts.clone(), script.zone.clone());
    for (question, told, not_told) in [
        // Its new run is of another branch.
        ("how is route planner", "on release/2026-11 has been red", "new run"),
        ("which stage failed in route planner", "on release/2026-11 failed in stage Build", "hotfix"),
        ("who fixed patient portal juniper prod", "on release/2 is not fixed", "recovered"),
        ("is patient portal juniper prod flaky", "the result changed once", "times"),
        // A branch is no instruction, and neither is a merge request.
        ("release/2", "pipelines on branch release/2 is red", "nothing"),
        ("merge request 17", "on #17 has been red", "nothing"),
        ("did the hotfix pass", "on hotfix/tolls has been running", "green"),
        ("is master green", "has a branch master", "is green"),
    ] {
        let speech =
            desk.ask(question, &Session::default(), script.now, Voice::of(Locale::EnUs)).await.speech.to_string();
        assert!(speech.contains(told) && !speech.contains(not_told), "{question}: {speech}");
    }
}
