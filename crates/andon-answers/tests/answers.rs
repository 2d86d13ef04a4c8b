//! What are people told who ask? Conversations over the recorded runs, in every language.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

use std::cell::Cell;
use std::sync::Arc;
use strum::VariantArray as _;

use andon::clock::Timer;
use andon::event::{Attempt, EvidenceEvent};
use andon::history::{ChangeSummary, Current, DoraMetrics, History, OpenRun, Overview, Standing};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{
    Claim, ClaimKey, DeferredEvent, GroupedFailure, Known, Lease, Ledger, LedgerError, NoArchive, Receipt, Saved,
    Versioned, record,
};
use andon::name::{ExecutionId, ExternalId, PipelineId, PipelineName, StageName};
use andon::run::{DeploymentRule, Run, Status};
use andon::testing::{events, home, told};
use andon_answers::{
    Answer, Answerer, Fleet, Group, Kind, Locale, Question, READ_TIMEOUT, Session, Subject, Topic, Voice, answer,
    spoken,
};
use andon_diagnosis::{Evidence, Log};
use andon_notify::{Found, explain};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const NOW: &str = "2026-11-20T11:30:00Z";
const RUNS: [&str; 11] = [
    "history",
    "succeeded",
    "build-failed",
    "build-failed-again",
    "deploy-failed-parallel",
    "retry-succeeded",
    "approval-rejected",
    "stopped",
    "running",
    "in-progress",
    "cross-region-failed",
];

/// What the unit tests print.
const LOG: &str = "\
[Container] 2026/11/20 08:17:01 Running command pytest
=================================== FAILURES ===================================
______________________________ test_refund_twice _______________________________
    def test_refund_twice():
>       assert refund(order) == 0
E       assert 12 == 0
tests/test_refund.py:41: AssertionError
=========================== short test summary info ============================
FAILED tests/test_refund.py::test_refund_twice - assert 12 == 0
FAILED tests/test_refund.py::test_refund_partly - assert 7 == 5
========================= 2 failed, 40 passed in 3.21s =========================
[Container] 2026/11/20 08:17:20 Command did not exit successfully pytest exit status 1
";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Waits for ever, or not at all.
enum Clock {
    Stopped,
    RunOut,
}

impl Timer for Clock {
    async fn wait(&self, _: SignedDuration) {
        match self {
            Self::Stopped => std::future::pending().await,
            Self::RunOut => tokio::task::yield_now().await,
        }
    }
}

/// A ledger of the recorded runs, each failure explained by what its action said.
async fn recorded(runs: &[&str]) -> MemoryLedger {
    let ledger = MemoryLedger::new();
    for event in runs.iter().flat_map(|run| events(&format!("codepipeline-run-{run}"))) {
        if let Some(told) = told(&event) {
            let run = record(&ledger, &NoArchive, &DeploymentRule::default(), told).await.unwrap().run;
            for failure in run.failures(run.attempt()) {
                let log =
                    if failure.action.as_ref().is_some_and(|action| action.as_str() == "UnitTests") { LOG } else { "" };
                let evidence = Evidence::from_log(Log::from_bytes(log.as_bytes()));
                let explanation = explain(&failure, &[], Found { evidence, missing: Vec::new() }, &[]);
                let explained = run.explained(run.attempt(), &failure, explanation);
                record(&ledger, &NoArchive, &DeploymentRule::default(), explained).await.unwrap();
            }
        }
    }
    ledger
}

fn heard(name: &str) -> Subject {
    Subject::Heard(name.to_owned())
}

/// Asks one question after the other, and writes down what is said.
async fn conversation(desk: &Answerer<MemoryLedger, Clock>, locale: Locale, questions: &[(&str, Question)]) -> String {
    let voice = Voice::of(locale);
    let mut session = Session::default();
    let mut lines = Vec::new();
    for (said, question) in questions {
        let answer = desk.answer(question, &session, now(), voice).await;
        lines.push(format!("– {said}\n  {}", answer.speech));
        session = serde_json::from_str(&serde_json::to_string(&answer.session).unwrap()).unwrap();
    }
    lines.join("\n")
}

fn questions() -> Vec<(&'static str, Question)> {
    use Question as Q;
    let about = |topic, name: &str| Q::About(topic, heard(name));
    vec![
        ("(opens)", Q::Welcome),
        ("What is failing?", Q::List(Group::Failing)),
        ("Why?", Q::About(Topic::Why, Subject::Last)),
        ("And the other one?", Q::Other),
        ("Which ones?", Q::Which),
        ("How is check out service prod?", about(Topic::Status, "check out service prod")),
        ("Who changed what?", Q::About(Topic::Change, Subject::Last)),
        ("When did it last deploy?", Q::About(Topic::LastDeployment, Subject::Last)),
        ("When did pay mints last deploy?", about(Topic::LastDeployment, "pay mints")),
        ("Why is website failing?", about(Topic::Why, "website")),
        ("How is inventory sync?", about(Topic::Status, "inventory sink")),
        ("What is running?", Q::List(Group::Running)),
        ("How is data lake e. t. l.?", about(Topic::Status, "data lake e. t. l.")),
        ("What waits for approval?", Q::List(Group::Waiting)),
        ("How is mobile b f f?", about(Topic::Status, "mobile b f f")),
        ("How are the four keys?", Q::Keys),
        ("Those of payments api?", about(Topic::Keys, "payments api")),
        ("How is billing?", about(Topic::Status, "ledger billing")),
        ("The second one.", Q::Nth(2)),
        ("How is everything?", Q::Overview),
        ("(mumbles)", Q::NotUnderstood),
        ("Help!", Q::Help),
        ("Stop.", Q::Goodbye),
    ]
}

#[tokio::test]
async fn a_conversation_reads_like_one_in_every_locale() {
    for locale in [Locale::EnUs, Locale::De, Locale::Es, Locale::Fr, Locale::Ja] {
        let desk = Answerer::new(recorded(&RUNS).await, Clock::Stopped);
        let text = conversation(&desk, locale, &questions()).await;
        insta::assert_snapshot!(format!("conversation_{}", locale.tag()), text);
    }
}

/// The latest run of the recordings under another name.
async fn named(names: &[&str]) -> Fleet {
    let known = recorded(&["build-failed"]).await.pipelines().await.unwrap().remove(0);
    let called = |name: &&str| {
        let pipeline = PipelineId { home: home(), name: PipelineName::parse(*name).unwrap() };
        Arc::new(Overview { pipeline, ..Overview::clone(&known) })
    };
    Fleet::new(names.iter().map(called).collect())
}

fn ask(question: &Question, fleet: &Fleet, session: &Session) -> Answer {
    answer(question, fleet, session, now(), Voice::of(Locale::EnUs))
}

#[tokio::test]
async fn a_long_list_is_summed_up_and_told_on_request() {
    let names: Vec<String> = (1..=12).map(|number| format!("shop-{number}")).collect();
    let fleet = named(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (mut session, mut lines) = (Session::default(), Vec::new());
    for question in
        [Question::List(Group::Failing), Question::Yes, Question::Which, Question::Yes, Question::Which, Question::No]
    {
        let answer = ask(&question, &fleet, &session);
        lines.push(format!("– {question:?}\n  {}", answer.speech));
        session = answer.session;
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn no_to_an_offer_does_not_end_the_conversation() {
    let names: Vec<String> = (1..=12).map(|number| format!("shop-{number}")).collect();
    let long = named(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let offered = ask(&Question::List(Group::Failing), &long, &Session::default());
    let declined = ask(&Question::No, &long, &offered.session);
    assert_eq!(declined.speech.to_string(), "Anything else?");
    let ended = ask(&Question::No, &long, &declined.session);
    assert_eq!((ended.kind, ended.speech.to_string()), (Kind::Farewell, "Goodbye.".to_owned()));

    let two = named(&["checkout-svc-prod", "checkout-svc-dev", "ledger-core"]).await;
    let unclear = ask(&Question::About(Topic::Why, heard("check out")), &two, &Session::default());
    let neither = ask(&Question::No, &two, &unclear.session);
    assert_eq!(neither.speech.to_string(), "Which pipeline do you mean?");
    let told = ask(&Question::Named(heard("ledger core")), &two, &neither.session);
    assert!(
        told.speech.to_string().starts_with("Ledger core failed"),
        "what was asked is still known: {}",
        told.speech
    );
    let none = ask(&Question::No, &two, &neither.session);
    assert_eq!(none.speech.to_string(), "Anything else?");
    let that = ask(&Question::Named(Subject::Last), &two, &unclear.session);
    assert_eq!(that.speech.to_string(), unclear.speech.to_string(), "\"that one\" of two is asked about again");
}

/// The pipeline of a recorded failure, changed.
async fn changed(name: &str, change: impl FnOnce(&mut Overview)) -> Arc<Overview> {
    let mut overview = Overview::clone(&named(&[name]).await.rows()[0].overview);
    change(&mut overview);
    Arc::new(overview)
}

/// One whose latest run ended as it did.
async fn ended(name: &str, status: Status) -> Arc<Overview> {
    changed(name, |overview| {
        overview.latest.status = status;
        overview.health.streak = None;
        overview.broken_by = None;
    })
    .await
}

#[tokio::test]
async fn only_what_is_green_is_fine() {
    let green = || async { [ended("a", Status::Succeeded).await, ended("b", Status::Succeeded).await] };
    let overview = |overviews: Vec<Arc<Overview>>| {
        ask(&Question::Overview, &Fleet::new(overviews), &Session::default()).speech.to_string()
    };
    assert_eq!(overview(green().await.to_vec()), "Both pipelines are green.");
    let mut with_ended = green().await.to_vec();
    for (name, status) in [("c", Status::Rejected), ("d", Status::Stopped), ("e", Status::Canceled)] {
        with_ended.push(ended(name, status).await);
    }
    assert_eq!(overview(with_ended), "Three ended without finishing and two are green.");
}

#[tokio::test]
async fn a_fix_that_waits_or_runs_is_told_of_a_red_pipeline() {
    let fix = |status| {
        move |overview: &mut Overview| {
            overview.latest.status = status;
            overview.latest.ended = None;
            overview.latest.failure = None;
            let since = now().checked_sub(SignedDuration::from_mins(5)).unwrap();
            let current = Some(Current { stage: StageName::parse("Release").unwrap(), action: None, since });
            overview.latest.current.clone_from(&current);
            overview.open = vec![OpenRun {
                execution: overview.latest.execution.clone(),
                weight: overview.latest.weight,
                status,
                attempt: Attempt::FIRST,
                since,
                current,
                between: None,
                queued_behind: None,
                change: None,
                line: None,
            }];
        }
    };
    let waiting = changed("a-service", fix(Status::Waiting)).await;
    let running = changed("b-service", fix(Status::InProgress)).await;
    let told = |question: Question, fleet: &Fleet| ask(&question, fleet, &Session::default()).speech.to_string();

    let one = Fleet::new(vec![waiting.clone()]);
    let overview = told(Question::Overview, &one);
    assert_eq!(
        overview,
        "One pipeline is red. Red: a service for three hours. The next run of the red one is waiting for approval."
    );
    let status = told(Question::About(Topic::Status, Subject::Last), &one);
    assert!(status.ends_with("A new run is waiting for approval in release."), "{status}");

    let both = Fleet::new(vec![waiting, running, ended("c-service", Status::Succeeded).await]);
    assert_eq!(
        told(Question::Overview, &both),
        "Two pipelines are red and one is green. Red: a service for three hours and b service for three hours. Of the red \
         ones, one is waiting for approval and one is running."
    );
    assert!(told(Question::List(Group::Waiting), &both).starts_with("One pipeline is waiting for approval: a service"));
    assert!(told(Question::List(Group::Running), &both).starts_with("One pipeline is running: b service"));
}

#[tokio::test]
async fn who_broke_it_is_not_whoever_came_last() {
    let by = |author: &str, title: &str| {
        let mut change: ChangeSummary = serde_json::from_str("{}").unwrap();
        (change.author, change.title) = (Some(author.to_owned()), Some(title.to_owned()));
        Some(change)
    };
    let told = |overview: Arc<Overview>| {
        let fleet = Fleet::new(vec![overview]);
        ask(&Question::About(Topic::Change, Subject::Last), &fleet, &Session::default()).speech.to_string()
    };
    let broken = changed("payments-api", |overview| {
        overview.broken_by.as_mut().unwrap().change = by("Tomasz Wilk", "Round refunds half to even");
        overview.latest.change = by("Ada Byron", "Try again");
    });
    assert_eq!(
        told(broken.await),
        "Payments API broke three hours ago, with a change by Tomasz Wilk: Round refunds half to even. The latest change \
         in payments API came three hours ago, by Ada Byron: Try again."
    );
    let broken_for_long = changed("payments-api", |overview| {
        let broken_by = overview.broken_by.as_mut().unwrap();
        broken_by.change = by("Ada Byron", "Try again");
        broken_by.first = by("Tomasz Wilk", "Round refunds half to even");
        overview.latest.change = by("Ada Byron", "Try again");
    });
    assert!(
        told(broken_for_long.await).starts_with("Payments API broke three hours ago, with a change by Tomasz Wilk")
    );
    let by_one = changed("payments-api", |overview| {
        overview.broken_by.as_mut().unwrap().change = by("Tomasz Wilk", "Round refunds half to even");
        overview.latest.change = by("Tomasz Wilk", "Round refunds half to even");
    });
    assert_eq!(
        told(by_one.await),
        "Payments API broke three hours ago, with a change by Tomasz Wilk: Round refunds half to even."
    );
}

#[tokio::test]
async fn deployments_of_pipelines_that_are_known_for_different_times_are_told_as_a_rate() {
    let keys = |days: i64, deployments, failed| {
        move |overview: &mut Overview| {
            let since = now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap();
            overview.keys = Some(DoraMetrics { since, deployments, failed, lead_time: None, recovery_time: None });
        }
    };
    // 30 in ten days and six in sixty are three a day, and not 36 in sixty days.
    let often = changed("often", keys(10, 30, 0)).await;
    let seldom = changed("seldom", keys(60, 6, 6)).await;
    let told = |question: Question, fleet: Vec<Arc<Overview>>| {
        ask(&question, &Fleet::new(fleet), &Session::default()).speech.to_string()
    };
    assert_eq!(
        told(Question::Keys, vec![often.clone(), seldom.clone()]),
        "There are about three deployments a day. 3 percent of the attempts failed."
    );
    assert_eq!(
        told(Question::Keys, vec![seldom.clone()]),
        "There are about three deployments a month. 50 percent of the attempts failed."
    );
    assert_eq!(
        told(Question::About(Topic::Keys, heard("often")), vec![often, seldom]),
        "Often has deployed 30 times since November 10. No attempt failed."
    );
}

#[tokio::test]
async fn a_name_that_several_have_is_asked_about() {
    let fleet = named(&["checkout-svc-prod", "checkout-svc-dev", "ledger-core"]).await;
    let question = Question::About(Topic::Why, heard("check out"));
    let asked = ask(&question, &fleet, &Session::default());
    assert_eq!(asked.speech.to_string(), "Do you mean checkout service prod or checkout service dev?");
    assert!(matches!(&asked.kind, Kind::WhichOne(candidates) if candidates.len() == 2));
    assert_eq!(asked.reprompt.as_ref().unwrap().to_string(), asked.speech.to_string());
    for reply in
        [Question::Nth(2), Question::Named(heard("the dev one")), Question::Named(heard("checkout service dev"))]
    {
        let told = ask(&reply, &fleet, &asked.session);
        assert!(told.speech.to_string().starts_with("Checkout service dev failed"), "{reply:?}: {}", told.speech);
    }
    let other = ask(&Question::Named(heard("ledger core")), &fleet, &asked.session);
    assert!(other.speech.to_string().starts_with("Ledger core"), "{}", other.speech);
}

#[tokio::test]
async fn namesakes_are_told_apart_by_where_they_are() {
    let here = named(&["web"]).await.rows()[0].overview.clone();
    let mut there = here.clone();
    Arc::make_mut(&mut there).pipeline.home.region = andon::name::Region::parse("us-east-1").unwrap();
    let mut elsewhere = here.clone();
    Arc::make_mut(&mut elsewhere).pipeline.home.account = andon::name::AccountId::parse("444455556666").unwrap();
    let question = Question::About(Topic::Status, heard("web"));
    let by_region = ask(&question, &Fleet::new(vec![here.clone(), there]), &Session::default());
    assert_eq!(by_region.speech.to_string(), "Do you mean web in EU west 1 or web in US east 1?");
    let by_account = ask(&question, &Fleet::new(vec![here, elsewhere]), &Session::default());
    assert_eq!(
        by_account.speech.to_string(),
        "Do you mean web in the account ending in 3 3 3 3 or web in the account ending in 6 6 6 6?"
    );
}

#[tokio::test]
async fn nothing_and_nobody_are_answered_too() {
    let empty = Fleet::default();
    let nothing = "I have not seen any pipelines yet. Each one appears when it next runs.";
    for question in
        [Question::List(Group::Failing), Question::Overview, Question::Keys, Question::About(Topic::Why, heard("x"))]
    {
        assert_eq!(ask(&question, &empty, &Session::default()).speech.to_string(), nothing, "{question:?}");
    }
    let fleet = named(&["a-service", "b-service"]).await;
    let unnamed = ask(&Question::About(Topic::Status, Subject::Last), &fleet, &Session::default());
    assert_eq!(
        (unnamed.kind, unnamed.speech.to_string()),
        (Kind::NoPipeline, "Which pipeline do you mean?".to_owned())
    );
    let gone = PipelineId { home: home(), name: PipelineName::parse("checkout-svc").unwrap() };
    let deleted = ask(&Question::About(Topic::Status, Subject::Known(vec![gone])), &fleet, &Session::default());
    assert_eq!(deleted.speech.to_string(), "I no longer see checkout service. It may have been deleted.");
    let long = ask(&Question::About(Topic::Status, heard(&"zyx ".repeat(125))), &fleet, &Session::default());
    assert!(matches!(long.kind, Kind::NoSuchPipeline(_)));
    assert!(long.speech.to_string().chars().count() < 200, "{}", long.speech);
}

#[tokio::test]
async fn a_slow_ledger_is_owned_up_to() {
    let voice = Voice::of(Locale::EnUs);
    let question = Question::List(Group::Failing);
    let slow = Answerer::new(Slow::after(0, MemoryLedger::new()), Clock::RunOut);
    let answer = slow.answer(&question, &Session::default(), now(), voice).await;
    assert_eq!(answer.kind, Kind::NoLedger);
    assert_eq!(answer.speech.to_string(), "I cannot read my records right now. Please ask again in a minute.");
    // Help needs no ledger.
    assert_eq!(slow.answer(&Question::Help, &Session::default(), now(), voice).await.kind, Kind::Talk);
    assert_eq!(READ_TIMEOUT, SignedDuration::from_secs(1));
}

#[tokio::test]
async fn a_ledger_grown_slow_is_answered_for_by_what_was_read_before() {
    let voice = Voice::of(Locale::EnUs);
    let desk = Answerer::new(Slow::after(1, recorded(&["build-failed"]).await), Clock::RunOut);
    let question = Question::List(Group::Failing);
    let first = desk.answer(&question, &Session::default(), now(), voice).await;
    let later = now().checked_add(SignedDuration::from_mins(11)).unwrap();
    let second = desk.answer(&question, &Session::default(), later, voice).await;
    assert!(first.speech.to_string().starts_with("Only payments API is failing."), "{}", first.speech);
    let apology = "My records are slow right now. This is from eleven minutes ago. Only payments API is failing.";
    assert!(second.speech.to_string().starts_with(apology), "{}", second.speech);
    assert_eq!(desk.fleet(later).await.unwrap().stale, Some(now()));
}

/// A ledger that tells how the pipelines stand so many times, and then no longer answers.
struct Slow {
    ledger: MemoryLedger,
    answers: Cell<usize>,
}

impl Slow {
    fn after(answers: usize, ledger: MemoryLedger) -> Self {
        Self { ledger, answers: Cell::new(answers) }
    }
}

impl Ledger for Slow {
    async fn add(&self, _: &[Run]) -> Vec<Result<(), LedgerError>> {
        std::future::pending().await
    }
    async fn load(&self, _: &PipelineId, _: &ExecutionId) -> Result<Known, LedgerError> {
        std::future::pending().await
    }
    async fn save(&self, _: &Versioned<History>, _: &[Standing]) -> Result<Saved, LedgerError> {
        std::future::pending().await
    }
    async fn stand(&self, _: &[Standing]) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn claim(&self, _: &ClaimKey, _: &Lease) -> Result<Claim, LedgerError> {
        std::future::pending().await
    }
    async fn settle(&self, _: &ClaimKey, _: &Lease, _: &Receipt) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn release(&self, _: &ClaimKey, _: &Lease) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn keep_evidence(&self, _: &EvidenceEvent) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn evidence(&self, _: &ExternalId) -> Result<Vec<EvidenceEvent>, LedgerError> {
        std::future::pending().await
    }
    async fn defer(&self, _: &DeferredEvent) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn deferred_until(&self, _: Timestamp) -> Result<Vec<DeferredEvent>, LedgerError> {
        std::future::pending().await
    }
    async fn delete_deferred(&self, _: &DeferredEvent) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn join(&self, _: &str, _: &GroupedFailure) -> Result<(), LedgerError> {
        std::future::pending().await
    }
    async fn group(&self, _: &str) -> Result<Vec<GroupedFailure>, LedgerError> {
        std::future::pending().await
    }
    async fn history(&self, _: &PipelineId) -> Result<Option<History>, LedgerError> {
        std::future::pending().await
    }
    async fn pipelines(&self) -> Result<Vec<Arc<Overview>>, LedgerError> {
        match self.answers.get().checked_sub(1) {
            Some(left) => self.answers.set(left),
            None => std::future::pending().await,
        }
        self.ledger.pipelines().await
    }
}

#[tokio::test]
async fn what_only_a_slow_look_would_tell_is_left_out() {
    let desk = Answerer::new(Slow::after(1, recorded(&["build-failed"]).await), Clock::RunOut);
    let question = Question::About(Topic::Why, heard("payments"));
    let answer = desk.answer(&question, &Session::default(), now(), Voice::of(Locale::EnUs)).await;
    let told = answer.speech.to_string();
    assert_eq!(
        told,
        "Payments API failed three hours ago. Two tests failed in unit tests. The change is by Tomasz Wilk."
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_pipeline_is_called_the_speech_is_sound(name in "\\PC{1,100}", heard_name in "\\PC{0,500}", locale in 0..Locale::VARIANTS.len()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let fleet = runtime.block_on(named(&[name.as_str(), "checkout-svc-prod"]));
        let voice = Voice::of(Locale::VARIANTS[locale]);
        for question in [
            Question::List(Group::Failing),
            Question::Overview,
            Question::About(Topic::Why, heard(&name)),
            Question::About(Topic::Change, heard(&heard_name)),
        ] {
            let told = answer(&question, &fleet, &Session::default(), now(), voice);
            let ssml = told.speech.ssml();
            prop_assert!(ssml.chars().count() <= 8000);
            prop_assert!(ssml.starts_with("<speak><s>") && ssml.ends_with("</s></speak>"), "{ssml}");
            let inner = ssml.replace("<speak>", "").replace("</speak>", "").replace("<s>", "").replace("</s>", "");
            prop_assert!(!inner.contains(['<', '>']), "{ssml}");
            let ampersands = inner.matches('&').count();
            prop_assert_eq!(ampersands, inner.matches("&amp;").count() + inner.matches("&lt;").count() + inner.matches("&gt;").count());
            prop_assert!(!ssml.chars().any(char::is_control));
            prop_assert!(serde_json::to_string(&told.session).unwrap().len() < 4000);
            prop_assert!(told.card.title.len() + told.card.text.len() < 8000);
        }
        prop_assert!(spoken(&name).chars().count() <= 500);
    }
}
