//! What becomes of alerts at the services that take them over HTTP: once each, refused with a reason, tried again. With
//! the function as it is built.

#![expect(clippy::unwrap_used, reason = "a test")]

mod account;

use std::collections::BTreeSet;
use std::io;

use account::{Account, NOTIFIER, all_done, batch, deliver, events, invoke};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use test_support::runtime_api::Function;
use test_support::stand_in::{HttpFault, Receiver, Taken};

/// A service, and the ways in which it refuses for good.
struct Service {
    start: fn() -> io::Result<Receiver>,
    /// The destination, in `andon.yml`.
    destination: &'static str,
    /// The variables of the function that lead to it.
    environment: fn(&Receiver) -> Vec<(&'static str, String)>,
    /// Whether a request whose answer was lost is repeated until there is one, which changes nothing there.
    repeats: bool,
    /// The status and text of an answer, and what the dead letter says.
    refusals: &'static [(u16, &'static str, &'static str)],
}

const TEAMS: Service = Service {
    start: Receiver::teams,
    destination: "{ teams: env:WEBHOOK }",
    environment: |teams| vec![("WEBHOOK", teams.url())],
    repeats: false,
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

/// An integration key, which has 32 characters.
const KEY: &str = "0123456789abcdef0123456789abcdef";

const PAGERDUTY: Service = Service {
    start: Receiver::pagerduty,
    destination: "{ pagerduty: env:KEY }",
    environment: |api| vec![("ANDON_PAGERDUTY_API_URL", api.url()), ("KEY", KEY.to_owned())],
    repeats: true,
    refusals: &[(
        400,
        r#"{"status":"invalid event","message":"Event object is invalid","errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}"#,
        "store the integration key",
    )],
};

const OPSGENIE: Service = Service {
    start: Receiver::opsgenie,
    destination: "{ opsgenie: env:KEY, region: eu }",
    environment: |api| vec![("ANDON_OPSGENIE_API_URL", api.url()), ("KEY", KEY.to_owned())],
    repeats: true,
    refusals: &[
        (
            401,
            r#"{"message":"Could not authenticate","took":0.0,"requestId":"4ae"}"#,
            "store the key of an API integration",
        ),
        (402, r#"{"message":"Payment required"}"#, "the plan of the account"),
    ],
};

/// The secret of a webhook.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const WEBHOOK: Service = Service {
    start: Receiver::webhook,
    destination: "{ webhook: env:HOOK, secret: env:SECRET }",
    environment: |hook| vec![("HOOK", hook.url()), ("SECRET", SECRET.to_owned())],
    repeats: false,
    refusals: &[
        (401, "bad signature", "rejects the event (401 Unauthorized)"),
        (410, "", "rejects the event (410 Gone)"),
        (308, "", "redirects (308"),
    ],
};

const SERVICES: [Service; 4] = [TEAMS, PAGERDUTY, OPSGENIE, WEBHOOK];

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
            let secrets = (service.environment)(&world.receiver).into_iter().filter(|(name, _)| !name.ends_with("URL"));
            for (_, secret) in secrets {
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
    for service in SERVICES.into_iter().filter(|service| !service.repeats) {
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

/// The incidents that are open after these requests, by their keys.
fn open(taken: &[Taken]) -> BTreeSet<String> {
    let mut open = BTreeSet::new();
    for Taken { path, body, .. } in taken {
        let closed = path.strip_prefix("/v2/alerts/").and_then(|rest| rest.split("/close").next());
        let key = |member: &str| body[member].as_str().map(str::to_owned);
        match (closed, body["event_action"].as_str()) {
            (Some(alias), _) => open.remove(&alias.replace("%3A", ":")),
            (None, Some("resolve")) => open.remove(&key("dedup_key").unwrap()),
            _ => open.insert(key("dedup_key").or_else(|| key("alias")).unwrap()),
        };
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streak_of_failures_is_one_incident_that_the_recovery_ends() {
    for service in [PAGERDUTY, OPSGENIE] {
        let world = World::start(&service).await;
        let ended = |run: &str, minutes| {
            let at = Timestamp::now().checked_sub(SignedDuration::from_mins(minutes)).unwrap();
            andon::testing::events_until(run, at)
        };
        for (run, minutes) in [("codepipeline-run-build-failed", 40), ("codepipeline-run-build-failed-again", 20)] {
            deliver(&world.function, &ended(run, minutes)).await;
        }
        let taken = world.receiver.taken();
        assert_eq!(taken.len(), 2, "both failures are told: {taken:?}");
        assert_eq!(open(&taken).into_iter().collect::<Vec<_>>(), ["andon:111122223333:eu-west-1:payments-api:main"]);
        deliver(&world.function, &ended("codepipeline-run-build-fixed", 2)).await;
        let taken = world.receiver.taken();
        assert!(open(&taken).is_empty(), "{taken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_incident_is_not_sent_there() {
    for service in [PAGERDUTY, OPSGENIE] {
        let world = World::start(&service).await;
        assert!(world.deliver(&events("codepipeline-run-running")).await.is_empty(), "an approval waits");
        assert_eq!(world.receiver.requests().len(), 0, "{}", world.function.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_whose_answer_is_lost_is_sent_until_there_is_one() {
    for service in [PAGERDUTY, OPSGENIE] {
        let world = World::start(&service).await;
        world.receiver.inject_always(HttpFault::LostReply);
        let run = events("codepipeline-run-commands-failed");
        for _ in 0..3 {
            assert!(!world.deliver(&run).await.is_empty());
        }
        world.receiver.clear_faults();
        assert!(world.deliver(&run).await.is_empty());
        assert_eq!(open(&world.receiver.taken()).len(), 1, "however often it came: one incident");
    }
}
