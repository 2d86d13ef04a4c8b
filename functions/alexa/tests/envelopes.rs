//! Whatever the function is called with, it answers: with a valid reply or a clean refusal.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use alexa::{Alexa, Skills};
use andon::clock::{Clock, Timer};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, record};
use andon::run::DeploymentRule;
use andon::run_action::NoActions;
use andon::testing;
use andon_answers::{Answerer, Kind, Locale, Phrase, Session, Voice};
use andon_config::Config;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const SKILL: &str = "amzn1.ask.skill.1";

/// A clock that stands still, on which nobody waits in vain.
#[derive(Debug, Clone, Copy)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }
}

impl Timer for Still {
    async fn wait(&self, _: SignedDuration) {
        std::future::pending::<()>().await;
    }
}

fn skill() -> Alexa<MemoryLedger, NoActions, NoActions, Still> {
    let ledger = MemoryLedger::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for file in ["codepipeline-run-build-failed", "codepipeline-run-running", "codepipeline-run-succeeded"] {
            for run in testing::events(file).iter().filter_map(testing::told) {
                record(&ledger, &NoArchive, &DeploymentRule::default(), run).await.unwrap();
            }
        }
    });
    let config = "version: 1\nvoice: { actions: [retry, approve, reject, stop], code: env:CODE }\n";
    Alexa {
        desk: Answerer::new(ledger, Still),
        actions: NoActions,
        passcode: NoActions,
        clock: Still,
        rules: Config::parse(config, "andon.yml").unwrap().voice,
        skills: Skills::Only(BTreeSet::from([SKILL.to_owned()])),
    }
}

thread_local! {
    /// Warm, as a function is.
    static WARM: Alexa<MemoryLedger, NoActions, NoActions, Still> = skill();
}

fn handle(payload: Value) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let Ok(reply) = WARM.with(|skill| runtime.block_on(skill.handle(payload, &testing::invocation("1"))));
    reply
}

/// What every reply keeps, whatever it answers.
fn must_be_valid(request: &Value, reply: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(&reply["version"], "1.0");
    prop_assert!(reply.to_string().len() <= 24_000, "{} bytes to {}", reply.to_string().len(), request);
    let response = reply["response"].as_object().unwrap();
    for speech in [reply.pointer("/response/outputSpeech/ssml"), reply.pointer("/response/reprompt/outputSpeech/ssml")]
    {
        let Some(speech) = speech.and_then(Value::as_str) else { continue };
        prop_assert!(speech.chars().count() <= 8_000);
        prop_assert!(roxmltree::Document::parse(speech).is_ok(), "{}", speech);
    }
    if response.contains_key("outputSpeech") {
        prop_assert!(response["shouldEndSession"].is_boolean(), "{}", reply);
    }
    if response.contains_key("directives") && response["shouldEndSession"] == true {
        let listens = response["directives"].as_array().unwrap().iter().any(|directive| {
            directive["type"].as_str().unwrap().starts_with("Dialog.Elicit")
                || directive["type"] == "Dialog.ConfirmIntent"
        });
        prop_assert!(!listens, "nobody can answer: {}", reply);
    }
    Ok(())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[a-z ]{0,500}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-zA-Z]{1,12}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_intent() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "OverviewIntent",
        "StatusIntent",
        "FailingIntent",
        "RunningIntent",
        "WhyIntent",
        "ChangesIntent",
        "LastDeploymentIntent",
        "FourKeysIntent",
        "ApprovalsIntent",
        "WhichOnesIntent",
        "OtherOneIntent",
        "FirstOneIntent",
        "SecondOneIntent",
        "PipelineIntent",
        "RetryIntent",
        "ApproveIntent",
        "RejectIntent",
        "StopPipelineIntent",
        "AMAZON.YesIntent",
        "AMAZON.NoIntent",
        "AMAZON.HelpIntent",
        "AMAZON.RepeatIntent",
        "AMAZON.StopIntent",
        "AMAZON.FallbackIntent",
        "WeatherIntent",
    ])
}

/// A request as Alexa would send it, with a pipeline that may be anything.
fn any_request() -> impl Strategy<Value = Value> {
    let heard = prop_oneof![
        Just("checkout service prod".to_owned()),
        Just("payments api".to_owned()),
        Just("4711".to_owned()),
        ".{0,60}",
        "[a-z ]{500}",
        "[<>&'\"a-z]{1,20}",
    ];
    let locale = prop::sample::select(vec!["en-US", "en-GB", "de-DE", "es-ES", "fr-FR", "ja-JP", "xx", ""]);
    let status = prop::sample::select(vec!["NONE", "CONFIRMED", "DENIED"]);
    let kind = prop::sample::select(vec!["IntentRequest", "IntentRequest", "LaunchRequest", "CanFulfillIntentRequest"]);
    (any_intent(), heard, locale, status, kind, any::<bool>()).prop_map(|(intent, heard, locale, status, kind, screen)| {
        let interfaces = if screen { json!({"Alexa.Presentation.APL": {}}) } else { json!({}) };
        let slot = |name: &str| json!({"name": name, "value": heard, "confirmationStatus": "NONE"});
        json!({
            "version": "1.0",
            "session": {"new": false, "application": {"applicationId": SKILL}, "user": {"userId": "u"}, "attributes": {}},
            "context": {"System": {"application": {"applicationId": SKILL}, "device": {"supportedInterfaces": interfaces}}},
            "request": {"type": kind, "locale": locale, "intent": {
                "name": intent, "confirmationStatus": status, "slots": {"pipeline": slot("pipeline"), "code": slot("code")},
            }},
        })
    })
}

/// All pointers to the members of a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    if let Value::Object(members) = value {
        for (name, member) in members {
            pointers(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn anything_at_all_is_answered(payload in any_json()) {
        let reply = handle(payload.clone());
        must_be_valid(&payload, &reply)?;
    }

    /// A request of Alexa's with one member that is not what it should be.
    #[test]
    fn a_damaged_request_is_answered(mut request in any_request(), which in any::<prop::sample::Index>(), instead in any_json()) {
        let mut found = Vec::new();
        pointers(&request, "", &mut found);
        *request.pointer_mut(&found[which.index(found.len())]).unwrap() = instead;
        let reply = handle(request.clone());
        must_be_valid(&request, &reply)?;
    }

    /// A conversation of any turns, each remembering what the one before asked it to.
    #[test]
    fn any_conversation_is_answered_to_its_end(requests in prop::collection::vec(any_request(), 1..8)) {
        let mut attributes = json!({});
        for mut request in requests {
            request["session"]["attributes"] = attributes;
            let reply = handle(request.clone());
            must_be_valid(&request, &reply)?;
            let asks = request["request"]["type"] != "CanFulfillIntentRequest";
            prop_assert_eq!(reply.pointer("/response/outputSpeech").is_some(), asks, "never silence: {}", reply);
            attributes = reply["sessionAttributes"].clone();
        }
    }
}

#[test]
fn only_an_allowed_skill_may_ask() {
    let request = |here: Value, session: Value| {
        let payload = json!({
            "context": {"System": {"application": {"applicationId": here}}},
            "session": {"application": {"applicationId": session}},
            "request": {"type": "LaunchRequest"},
        });
        handle(payload)["response"]["outputSpeech"].is_object()
    };
    let own = || json!(SKILL);
    assert!(request(own(), own()) && request(own(), Value::Null) && request(Value::Null, own()));
    assert!(!request(json!("amzn1.ask.skill.2"), own()) && !request(own(), json!("amzn1.ask.skill.10")));
    assert!(!request(Value::Null, Value::Null) && !request(json!(""), json!("")));
}

/// What is said to a question in the user's own words.
fn asked_in_words(locale: &str, intent: &str, rest: &str) -> Value {
    let reply = handle(json!({
        "version": "1.0",
        "session": {"new": true, "sessionId": "s", "application": {"applicationId": SKILL}, "attributes": {}},
        "context": {"System": {"application": {"applicationId": SKILL}, "device": {"supportedInterfaces": {}}}},
        "request": {"type": "IntentRequest", "requestId": "r", "locale": locale, "intent": {
            "name": intent, "slots": {"question": {"name": "question", "value": rest}},
        }},
    }));
    reply.pointer("/response/outputSpeech/ssml").cloned().unwrap_or_default()
}

/// The skill and `andon ask` understand alike.
#[test]
fn questions_in_the_users_own_words_are_answered_as_typed_ones_are() {
    for (intent, beginning, rest) in [
        ("WhatQuestionIntent", "what", "broke this month"),
        ("HowQuestionIntent", "how", "many deployments did we do this month"),
        ("IsQuestionIntent", "is", "the payments worker green"),
        ("WhoQuestionIntent", "who", "deployed this week"),
    ] {
        let spoken = asked_in_words("en-US", intent, rest);
        let typed = WARM.with(|skill| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (session, voice) = (Session::default(), Voice::of(Locale::EnUs));
            runtime.block_on(skill.desk.ask(&format!("{beginning} {rest}"), &session, Still.now(), voice))
        });
        assert!(spoken.as_str().unwrap().contains(&typed.speech.ssml()), "{spoken}, and not {}", typed.speech.ssml());
        assert_ne!(typed.kind, Kind::NotUnderstood, "{beginning} {rest}");
    }
}

/// The words of questions are English: in another language they would be misunderstood.
#[test]
fn words_of_another_language_are_not_taken_for_english() {
    let not_understood = Voice::of(Locale::De).say(Phrase::NotUnderstood, &[]);
    let spoken = asked_in_words("de-DE", "IsQuestionIntent", "payments api");
    assert!(spoken.as_str().unwrap().contains(&not_understood), "{spoken}");
}
