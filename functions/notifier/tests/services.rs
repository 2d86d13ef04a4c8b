//! What becomes of alerts at the services that take them over HTTP: once each, refused with a reason, tried again. With
//! the function as it is built.

#![expect(clippy::unwrap_used, reason = "a test")]

mod account;

use std::io;

use account::{Account, NOTIFIER, all_done, batch, events, invoke};
use serde_json::Value;
use test_support::runtime_api::Function;
use test_support::stand_in::{HttpFault, Receiver};

/// A service, and the ways in which it refuses for good.
struct Service {
    start: fn() -> io::Result<Receiver>,
    /// The destination, in `andon.yml`.
    destination: &'static str,
    /// The variables of the function that lead to it.
    environment: fn(&Receiver) -> Vec<(&'static str, String)>,
    /// The status and text of an answer, and what the dead letter says.
    refusals: &'static [(u16, &'static str, &'static str)],
}

const TEAMS: Service = Service {
    start: Receiver::teams,
    destination: "{ teams: env:WEBHOOK }",
    environment: |teams| vec![("WEBHOOK", teams.url())],
    refusals: &[
        (
            401,
            r#"{"error":{"code":"DirectApiAuthorizationRequired","message":"The request must be authenticated."}}"#,
            "store the whole URL",
        ),
        (404, r#"{"error":{"code":"WorkflowNotFound","message":"The workflow could not be found."}}"#, "was deleted"),
        (
            400,
            r#"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"Trigger 'manual' is not enabled."}}"#,
            "turn the workflow on",
        ),
        (413, "Request Entity too large", "too large"),
    ],
};

const SERVICES: [Service; 1] = [TEAMS];

/// A function that sends everything to one service.
struct World {
    account: Account,
    receiver: Receiver,
    function: Function,
}

impl World {
    async fn start(service: &Service) -> Self {
        let config = format!("version: 1\ndestinations:\n  there: {}\nroutes:\n  - to: there\n", service.destination);
        let (account, receiver) = (Account::open(&config).await, (service.start)().unwrap());
        let mut environment = account.environment();
        let own = (service.environment)(&receiver);
        environment.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let function = Function::start(NOTIFIER, environment).await.unwrap();
        Self { account, receiver, function }
    }

    /// Gives the function events, one by one; gives back those that the queue has to deliver again.
    async fn deliver(&self, events: &[Value]) -> Vec<Value> {
        let mut again = Vec::new();
        for event in events {
            if invoke(&self.function, &batch(std::slice::from_ref(event))).await != all_done() {
                again.push(event.clone());
            }
        }
        again
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_told_once_however_much_fails_in_it() {
    for service in SERVICES {
        let world = World::start(&service).await;
        let run = events("codepipeline-run-deploy-failed-parallel");
        for _ in 0..2 {
            assert!(world.deliver(&run).await.is_empty(), "{}", world.function.log());
        }
        let taken = world.receiver.taken();
        assert_eq!(taken.len(), 1, "{}: {taken:?}", service.destination);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_a_dead_letter_that_says_why_and_is_told_once_it_is_back() {
    for service in SERVICES {
        for (status, answer, reason) in service.refusals {
            let world = World::start(&service).await;
            world.receiver.inject_always(HttpFault::Status(*status, (*answer).to_owned()));
            assert!(world.deliver(&events("codepipeline-run-commands-failed")).await.is_empty(), "no retry can help");
            let letters = world.account.read(&world.account.dead_letters).await;
            let [letter] = letters.as_slice() else { panic!("{status}: one letter for a run: {letters:?}") };
            let said = letter["reason"].as_str().unwrap();
            assert!(said.contains(reason) && said.contains("there"), "{status}: {said}");
            let log = world.function.log();
            for (_, secret) in (service.environment)(&world.receiver) {
                assert!(!said.contains(&secret) && !log.contains(&secret), "{said} {log}");
            }
            world.receiver.clear_faults();
            assert!(world.deliver(&[letter["event"].clone()]).await.is_empty());
            assert_eq!(world.receiver.taken().len(), 1, "{status}: {}", world.function.log());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_waited_for_or_left_to_the_queue() {
    for service in SERVICES {
        let world = World::start(&service).await;
        let run = events("codepipeline-run-commands-failed");
        for fault in [HttpFault::RateLimited(60), HttpFault::Status(503, "busy".to_owned()), HttpFault::Close] {
            world.receiver.inject_always(fault.clone());
            assert!(!world.deliver(&run).await.is_empty(), "{fault:?}: the queue delivers it again");
            assert!(world.account.read(&world.account.dead_letters).await.is_empty(), "{fault:?}");
        }
        world.receiver.clear_faults();
        world.receiver.inject_sequence([Some(HttpFault::RateLimited(1))]);
        assert!(world.deliver(&run).await.is_empty(), "a second is waited for: {}", world.function.log());
        assert_eq!(world.receiver.taken().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_without_an_answer_is_sent_twice_at_most() {
    for service in SERVICES {
        let world = World::start(&service).await;
        world.receiver.inject_always(HttpFault::Hang);
        let run = events("codepipeline-run-build-failed");
        let failed = |event: &&Value| event["detail"]["state"] == "FAILED" && event["detail"]["action"].is_string();
        let failed = run.iter().find(failed).unwrap();
        let mut deliveries = 0;
        while !world.deliver(std::slice::from_ref(failed)).await.is_empty() {
            deliveries += 1;
            assert!(deliveries < 3, "it counts as told after the second: {}", world.function.log());
        }
        assert_eq!(world.receiver.requests().len(), 2, "{}", service.destination);
    }
}
