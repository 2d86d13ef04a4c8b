//! Whom the skill listens to, and what it makes of requests that lack something or that nobody knows.

use andon_answers::Locale;
use serde_json::{Value, json};

use crate::judges::{must_be_ssml, must_fit_the_types};
use crate::talk::{launch, say, speech, talk, transcript};
use crate::world::{Voice, World, envelope, run};
use jiff::SignedDuration;

fn launched() -> Value {
    json!({"type": "LaunchRequest", "requestId": "r", "timestamp": "2026-11-20T09:00:00Z", "locale": "en-US"})
}

#[tokio::test(flavor = "multi_thread")]
async fn another_skill_hears_nothing_and_the_log_says_why() {
    let world = World::with_fleet(&Voice::Off).await;
    let foreign = json!({"applicationId": "amzn1.ask.skill.99999999-2222-3333-4444-555555555555"});
    let mut requests = Vec::new();
    let mut other = envelope(&launched());
    other["context"]["System"]["application"] = foreign.clone();
    other["session"]["application"] = foreign.clone();
    requests.push(other);
    // Half of it is not enough.
    let mut half = envelope(&launched());
    half["session"]["application"] = foreign;
    requests.push(half);
    let mut none = envelope(&launched());
    none["context"]["System"].as_object_mut().unwrap().remove("application");
    none["session"].as_object_mut().unwrap().remove("application");
    requests.push(none);
    requests.extend([json!({}), json!([]), json!("hello"), Value::Null, json!({"Records": []})]);
    for request in &requests {
        let refusal = json!({"version": "1.0", "response": {"shouldEndSession": true}});
        assert_eq!(world.send(request).await, refusal, "{request}");
    }
    assert!(world.function.log().contains("is not in ANDON_SKILL_ID"), "{}", world.function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_question_is_answered_with_nothing() {
    let world = World::with_fleet(&Voice::Off).await;
    let error = json!({"type": "INVALID_RESPONSE", "message": "directive is not supported"});
    for request in [
        json!({"type": "SessionEndedRequest", "reason": "ERROR", "error": error, "locale": "en-US"}),
        json!({"type": "SessionEndedRequest", "reason": "EXCEEDED_MAX_REPROMPTS"}),
        json!({"type": "System.ExceptionEncountered", "error": error, "cause": {"requestId": "r"}}),
        json!({"type": "Alexa.Presentation.APL.RuntimeError", "token": "board", "errors": [error]}),
        json!({"type": "Alexa.Presentation.APL.UserEvent", "arguments": ["something", "else"]}),
        json!({"type": "SessionResumedRequest", "originIpAddress": "127.0.0.1"}),
        json!({"type": "Connections.Response", "name": "Upsell", "status": {"code": "200"}}),
        json!({"type": "AlexaSkillEvent.SkillEnabled"}),
        json!({"type": "Something.New", "body": {}}),
        json!({"locale": "en-US"}),
    ] {
        let mut envelope = envelope(&request);
        if request["type"] != "SessionEndedRequest" {
            envelope.as_object_mut().unwrap().remove("session");
        }
        assert_eq!(world.send(&envelope).await, json!({"version": "1.0", "response": {}}), "{request}");
    }
    let log = world.function.log();
    assert!(log.contains("INVALID_RESPONSE directive is not supported"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_lacks_what_is_not_needed_is_served() {
    let world = World::with_fleet(&Voice::Off).await;
    let mut bare = envelope(&json!({"type": "IntentRequest", "intent": {"name": "RunningIntent"}}));
    bare["context"]["System"].as_object_mut().unwrap().retain(|member, _| member == "application");
    bare.as_object_mut().unwrap().remove("session");
    assert!(speech(&world.send(&bare).await).contains("running"));
    // An intent of a model that is not the shipped one is not understood, and that is said.
    let unknown =
        world.reply(&json!({"type": "IntentRequest", "locale": "en-US", "intent": {"name": "WeatherIntent"}})).await;
    assert!(speech(&unknown).starts_with("I did not understand that."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_locale_is_spoken_to_in_its_language_or_else_in_english() {
    let world = World::with_fleet(&Voice::Off).await;
    for (locale, heard) in [
        ("de-AT", "Was möchtest du wissen?"),
        ("fr-CA", "Que veux-tu savoir ?"),
        ("es-MX", "¿Qué quieres saber?"),
        ("pt-BR", "What would you like to know?"),
        ("", "What would you like to know?"),
    ] {
        let reply = world.reply(&json!({"type": "LaunchRequest", "locale": locale})).await;
        assert!(speech(&reply).ends_with(heard), "{locale}: {}", speech(&reply));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alexa_is_told_what_could_be_answered() {
    let world = World::with_fleet(&Voice::On).await;
    let ask = |name: &str, pipeline: Option<&str>| {
        let slots = pipeline.map(|value| json!({"pipeline": {"name": "pipeline", "value": value}}));
        json!({"type": "CanFulfillIntentRequest", "locale": "en-US", "intent": {"name": name, "slots": slots}})
    };
    let mut replies = Vec::new();
    let mut told = Vec::new();
    for (name, pipeline) in [
        ("FailingIntent", None),
        ("StatusIntent", Some("checkout service prod")),
        ("StatusIntent", Some("checkout service")),
        ("StatusIntent", Some("the price of fish")),
        ("WhyIntent", None),
        ("RetryIntent", Some("payments api")),
        ("WeatherIntent", None),
    ] {
        let reply = world.reply(&ask(name, pipeline)).await;
        told.push(format!("{name} {}: {}", pipeline.unwrap_or("-"), reply["response"]["canFulfillIntent"]));
        assert!(reply["response"].as_object().unwrap().len() == 1, "nothing is said: {reply}");
        replies.push(reply);
    }
    must_fit_the_types("can-fulfill", "ask-sdk-model", "ResponseEnvelope", &replies);
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_pipeline_is_called_it_is_valid_and_small_enough() {
    let long: Vec<String> = (0..60).map(|number| format!("{number}-{}", "<b>&'\"é日".repeat(10))).collect();
    let names = ["<speak>&amp;<break time=\"10s\"/>", "--- --- ---", "🚀🚀🚀", "${payload.board.title}", "a]]>b"];
    let names = names.iter().map(|name| (*name).to_owned()).chain(long);
    let runs: Vec<_> = names.map(|name| run_named(&name, SignedDuration::from_mins(100))).collect();
    let world = World::start(&runs, &Voice::Off).await;
    let steps =
        [launch(), say("what is failing"), say("which ones"), say("how is everything"), say("how is break time")];
    let mut replies = Vec::new();
    for locale in [Locale::EnUs, Locale::Ja] {
        let steps: &[Value] = if locale == Locale::EnUs { &steps } else { &steps[..1] };
        let turns = talk(&world, locale, true, steps);
        println!("{}", transcript(&turns));
        replies.extend(turns.into_iter().map(|turn| turn.response));
    }
    must_be_ssml(&replies);
    must_fit_the_types("hostile", "ask-sdk-model", "ResponseEnvelope", &replies);
    for reply in &replies {
        assert!(reply.to_string().len() < 24 * 1024);
        assert!(reply["response"]["directives"].as_array().is_some_and(|directives| !directives.is_empty()));
    }
}

fn run_named(name: &str, ago: SignedDuration) -> andon::run::Run {
    let mut run = run(("codepipeline-run-build-failed", 12, "placeholder", ago));
    run.pipeline.name = andon::name::PipelineName::parse(name).unwrap();
    run
}
