//! Every sample of every interaction model, said aloud.

use std::collections::BTreeMap;

use andon_answers::Locale;
use serde_json::Value;

use crate::judges::{must_be_ssml, must_fit_the_types};
use crate::talk::{model, say, talk};
use crate::world::{Voice, World};

/// What is said, and the intent that it stands under. One sample may say what another says in more words.
fn samples(locale: Locale) -> BTreeMap<String, String> {
    let model: Value = serde_json::from_str(&std::fs::read_to_string(model(locale)).unwrap()).unwrap();
    let mut samples = BTreeMap::new();
    for intent in model["interactionModel"]["languageModel"]["intents"].as_array().unwrap() {
        for sample in intent["samples"].as_array().unwrap() {
            let said =
                sample.as_str().unwrap().replace("{pipeline}", "payments api").replace("{question}", "twice in a row");
            samples.insert(said, intent["name"].as_str().unwrap().to_owned());
        }
    }
    samples
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_reaches_its_intent_and_is_answered() {
    let world = World::with_fleet(&Voice::On).await;
    let mut replies = Vec::new();
    // The models of the other English locales are the same.
    for locale in [Locale::EnUs, Locale::De, Locale::Es, Locale::Fr, Locale::Ja] {
        let samples = samples(locale);
        let steps: Vec<Value> = samples.keys().map(|said| say(said)).collect();
        for (turn, (said, intent)) in talk(&world, locale, true, &steps).into_iter().zip(&samples) {
            assert_eq!(turn.request["request"]["intent"]["name"], **intent, "{}: {said}", locale.tag());
            assert!(turn.response["response"]["outputSpeech"].is_object(), "{}: {said}", locale.tag());
            replies.push(turn.response);
        }
    }
    must_be_ssml(&replies);
    must_fit_the_types("replies", "ask-sdk-model", "ResponseEnvelope", &replies);
}
