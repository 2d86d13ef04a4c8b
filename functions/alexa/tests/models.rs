//! The interaction models and the manifest keep the rules by which Alexa builds and certifies a skill.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

const ENGLISH: [&str; 5] = ["en-US", "en-GB", "en-AU", "en-CA", "en-IN"];
const LOCALES: [&str; 9] = ["en-US", "en-GB", "en-AU", "en-CA", "en-IN", "de-DE", "es-ES", "fr-FR", "ja-JP"];
/// What a conversation is made of beside its questions: few words are said for it.
const FOLLOW_UPS: [&str; 5] =
    ["WhichOnesIntent", "OtherOneIntent", "FirstOneIntent", "SecondOneIntent", "PipelineIntent"];
/// Intents that take any question in the user's own words: those are understood in English only.
const IN_OWN_WORDS: &str = "QuestionIntent";
const REQUIRED: [&str; 5] = ["Help", "Stop", "Cancel", "NavigateHome", "Fallback"];

fn read(path: &str) -> Value {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../")).join(path);
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

fn model(locale: &str) -> Value {
    read(&format!("skill-package/interactionModels/custom/{locale}.json"))["interactionModel"].clone()
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v Vec<Value> {
    value.pointer(pointer).and_then(Value::as_array).unwrap()
}

fn texts<'v>(value: &'v Value, pointer: &str) -> Vec<&'v str> {
    list(value, pointer).iter().map(|text| text.as_str().unwrap()).collect()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

/// The words of a sample, and its slots.
fn parts(sample: &str) -> (String, Vec<&str>) {
    let slots = sample.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect();
    let words = sample.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect();
    (words, slots)
}

#[test]
fn there_is_a_model_for_every_locale_of_the_manifest() {
    let manifest = read("skill-package/skill.json");
    let locales = manifest["manifest"]["publishingInformation"]["locales"].as_object().unwrap();
    assert_eq!(locales.keys().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(LOCALES));
}

#[test]
fn english_is_understood_alike_everywhere() {
    for locale in ENGLISH {
        assert_eq!(model(locale), model("en-US"), "{locale} is not en-US: copy the one that is right over the others");
    }
}

#[test]
fn every_locale_knows_the_same_intents_slots_and_dialogs() {
    let shape = |locale: &str| {
        let model = model(locale);
        let slots = |intent: &Value| -> Vec<(String, String)> {
            let slots = intent["slots"].as_array().cloned().unwrap_or_default();
            slots.iter().map(|slot| (name(slot).to_owned(), slot["type"].as_str().unwrap().to_owned())).collect()
        };
        let intents: BTreeMap<String, _> = list(&model, "/languageModel/intents")
            .iter()
            .filter(|intent| !name(intent).ends_with(IN_OWN_WORDS))
            .map(|intent| (name(intent).to_owned(), slots(intent)))
            .collect();
        (intents, model["dialog"].clone())
    };
    for locale in LOCALES {
        assert_eq!(shape(locale), shape("en-US"), "{locale}");
    }
}

#[test]
fn the_invocation_name_is_one_that_alexa_takes() {
    let forbidden = [
        "ask", "tell", "open", "launch", "start", "enable", "load", "begin", "resume", "run", "use", "play", "to",
        "from", "by", "if", "and", "in", "for", "that", "alexa", "amazon", "echo", "computer", "skill", "app",
    ];
    for locale in LOCALES {
        let model = model(locale);
        let invocation = model["languageModel"]["invocationName"].as_str().unwrap();
        let words: Vec<&str> = invocation.split(' ').collect();
        assert!(words.len() >= 2, "{locale}: {invocation}");
        assert!(
            invocation.chars().all(|c| c.is_alphabetic() && !c.is_uppercase() || matches!(c, ' ' | '\'' | '.' | 'ー'))
        );
        assert!(words.iter().all(|word| !forbidden.contains(word)), "{locale}: {invocation}");
    }
}

#[test]
fn what_people_say_is_written_as_alexa_reads_it() {
    for locale in LOCALES {
        let model = model(locale);
        let slot_types: BTreeSet<&str> = list(&model, "/languageModel/types").iter().map(name).collect();
        let mut said = BTreeMap::new();
        for intent in list(&model, "/languageModel/intents") {
            let intent_name = name(intent);
            let slots = intent["slots"].as_array().cloned().unwrap_or_default();
            let known: Vec<&str> = slots.iter().map(name).collect();
            let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == '.');
            assert!(is_name(intent_name) && known.iter().all(|slot| is_name(slot)));
            for slot in &slots {
                let kind = slot["type"].as_str().unwrap();
                assert!(kind.starts_with("AMAZON.") || slot_types.contains(kind), "{locale}: {kind} is no slot type");
            }
            let of_slots = slots.iter().flat_map(|slot| slot["samples"].as_array().cloned().unwrap_or_default());
            let samples: Vec<Value> = list(intent, "/samples").iter().cloned().chain(of_slots).collect();
            for sample in &samples {
                let sample = sample.as_str().unwrap();
                let (words, used) = parts(sample);
                let legal = |c: char| c.is_alphabetic() || matches!(c, ' ' | '.' | '_' | '\'' | '-' | 'ー');
                assert!(words.chars().all(legal), "{locale}: {sample}");
                assert!(used.iter().all(|slot| known.contains(slot)), "{locale}: {sample} has a slot nobody knows");
                assert_eq!(sample.trim(), sample);
            }
            for sample in texts(intent, "/samples") {
                let before = said.insert(sample.to_lowercase(), intent_name.to_owned());
                assert_eq!(before, None, "{locale}: {sample:?} of {intent_name} is said twice");
            }
        }
    }
}

#[test]
fn there_are_enough_ways_to_say_it() {
    for locale in LOCALES {
        let wanted = if ENGLISH.contains(&locale) { 12 } else { 6 };
        for intent in list(&model(locale), "/languageModel/intents") {
            let count = list(intent, "/samples").len();
            let is_main = !name(intent).starts_with("AMAZON.") && !FOLLOW_UPS.contains(&name(intent));
            let is_main = is_main && !name(intent).ends_with(IN_OWN_WORDS);
            assert!(!is_main || count >= wanted, "{locale}: {} has {count}", name(intent));
        }
    }
}

#[test]
fn what_certification_asks_for_is_there() {
    for locale in LOCALES {
        let model = model(locale);
        let intents: BTreeSet<&str> = list(&model, "/languageModel/intents").iter().map(name).collect();
        for required in REQUIRED {
            assert!(intents.contains(format!("AMAZON.{required}Intent").as_str()), "{locale}: {required}");
        }
        let values = list(&model, "/languageModel/types/0/values");
        assert!(values.iter().all(|value| value["name"]["value"].as_str().unwrap().chars().count() <= 140));
    }
}

#[test]
fn every_prompt_is_there_and_none_is_left_over() {
    for locale in LOCALES {
        let model = model(locale);
        let prompts: BTreeSet<&str> =
            list(&model, "/prompts").iter().map(|prompt| prompt["id"].as_str().unwrap()).collect();
        let mut used = BTreeSet::new();
        for intent in list(&model, "/dialog/intents") {
            let all = intent["slots"].as_array().unwrap().iter().chain([intent]);
            let named =
                all.flat_map(|part| part["prompts"].as_object().into_iter().flat_map(|prompts| prompts.values()));
            used.extend(named.map(|id| id.as_str().unwrap()));
        }
        assert_eq!(used, prompts, "{locale}");
    }
}

#[test]
fn the_manifest_keeps_the_rules_of_the_store() {
    let manifest = read("skill-package/skill.json")["manifest"].clone();
    for (locale, texts) in manifest["publishingInformation"]["locales"].as_object().unwrap() {
        let length = |member: &str| texts[member].as_str().unwrap().chars().count();
        assert!((2..=50).contains(&length("name")), "{locale}");
        assert!((1..=160).contains(&length("summary")), "{locale}");
        assert!((1..=4000).contains(&length("description")), "{locale}");
        assert!(texts["keywords"].as_array().unwrap().len() <= 30);
        for icon in ["smallIconUri", "largeIconUri"] {
            let path = texts[icon].as_str().unwrap().strip_prefix("file://").unwrap();
            assert!(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../skill-package")).join(path).is_file());
        }
        let model = model(locale);
        let (invocation, wake) =
            (model["languageModel"]["invocationName"].as_str().unwrap(), ["Alexa, ", "アレクサ、"]);
        let phrases = list(texts, "/examplePhrases");
        assert!((1..=3).contains(&phrases.len()), "{locale}");
        for phrase in phrases {
            let phrase = phrase.as_str().unwrap();
            assert!(wake.iter().any(|wake| phrase.starts_with(wake)) && phrase.contains(invocation), "{phrase}");
            let after = phrase.split_once(invocation).unwrap().1.trim().trim_start_matches('で');
            let samples: Vec<&str> =
                list(&model, "/languageModel/intents").iter().flat_map(|intent| texts_of(intent)).collect();
            assert!(after.is_empty() || after == "を開いて" || samples.contains(&after), "{locale}: {after:?}");
        }
    }
    let interfaces: Vec<&str> = list(&manifest, "/apis/custom/interfaces")
        .iter()
        .map(|interface| interface["type"].as_str().unwrap())
        .collect();
    assert!(interfaces.contains(&"ALEXA_PRESENTATION_APL"));
    assert_eq!(read("ask-resources.json")["profiles"]["default"]["skillMetadata"]["src"], "./skill-package");
}

fn texts_of(intent: &Value) -> Vec<&str> {
    texts(intent, "/samples")
}
