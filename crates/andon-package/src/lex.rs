//! The Lex bot as a template: intents and sample utterances of the skill's models, slot values from the ledger.
//!
//! A bot version is frozen, and CloudFormation makes no new one when the bot changes. So the logical id of the version
//! contains a digest of the definition.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::{Error, archive, file};

/// A locale of the bot: its name in Lex, its name in the skill, and a neural voice of Amazon Polly.
const LOCALES: [(&str, &str, &str); 6] = [
    ("en_US", "en-US", "Joanna"),
    ("en_GB", "en-GB", "Amy"),
    ("de_DE", "de-DE", "Vicki"),
    ("es_ES", "es-ES", "Lucia"),
    ("fr_FR", "fr-FR", "Lea"),
    ("ja_JP", "ja-JP", "Takumi"),
];
/// The slot of a pipeline's name, and the type of slot with the names.
const PIPELINE: &str = "pipeline";
const PIPELINE_NAME: &str = "PipelineName";
/// The intents of the skill that do something, or that are there only for the way in which Alexa listens.
const LEFT_OUT: [&str; 4] = ["RetryIntent", "ApproveIntent", "RejectIntent", "StopPipelineIntent"];
/// The most values of a slot type that the template has, and the most characters of a value.
const MAX_VALUES: usize = 1_000;
const MAX_VALUE: usize = 140;
/// What greets the bot, by language: Alexa opens a skill by its name, and Lex has nothing like that.
const GREETINGS: [(&str, &[&str]); 5] = [
    ("en", &["hello", "hi", "good morning", "good evening", "start"]),
    ("de", &["hallo", "guten Morgen", "guten Tag", "guten Abend"]),
    ("es", &["hola", "buenos días", "buenas tardes"]),
    ("fr", &["bonjour", "bonsoir", "salut"]),
    ("ja", &["こんにちは", "おはよう", "もしもし"]),
];

/// A pipeline's name, as it is spoken and as it is written.
pub type Name = (String, String);

/// The template of a stack with the bot and its function, made from the skill's models in a folder.
///
/// `code` is the function's package, as a path from where the template will be.
pub fn template(skill: &Path, names: &[Name], code: &str) -> Result<Value, Error> {
    let mut locales = Vec::new();
    for (locale, model, voice) in LOCALES {
        let path = skill.join("interactionModels/custom").join(format!("{model}.json"));
        let text = fs::read_to_string(&path).map_err(file(&path))?;
        let shown = || path.display().to_string();
        let model: Value = serde_json::from_str(&text).map_err(|source| Error::Json { path: shown(), source })?;
        let intents = model.pointer("/interactionModel/languageModel/intents").and_then(Value::as_array);
        let intents = intents.ok_or_else(|| Error::NoIntents(shown()))?;
        locales.push(json!({
            "LocaleId": locale,
            "NluConfidenceThreshold": 0.4,
            "VoiceSettings": { "VoiceId": voice, "Engine": "neural" },
            "SlotTypes": [slot_type(&model, names)],
            "Intents": intents_of(intents, locale.get(..2).unwrap_or_default()),
        }));
    }
    let digest = archive::sha256(json!(locales).to_string().as_bytes());
    let version = format!("BotVersion{}", digest.get(..12).unwrap_or_default());
    stack(&json!(locales), &version, code)
}

/// The names to listen for: those of the ledger, or the examples of the model where there are none.
fn slot_type(model: &Value, names: &[Name]) -> Value {
    let examples = model.pointer("/interactionModel/languageModel/types/0/values").and_then(Value::as_array);
    let examples = examples.into_iter().flatten().filter_map(|value| value.pointer("/name/value")?.as_str());
    let examples: Vec<Name> = examples.map(|name| (name.to_owned(), name.to_owned())).collect();
    let (mut values, mut taken) = (Vec::new(), BTreeSet::new());
    for (spoken, written) in if names.is_empty() { &examples } else { names } {
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_VALUE;
        if values.len() == MAX_VALUES || !fits(spoken) || !taken.insert(spoken) {
            continue;
        }
        let synonyms: Vec<Value> = Some(written)
            .filter(|written| fits(written) && *written != spoken)
            .map(|written| json!({ "Value": written }))
            .into_iter()
            .collect();
        let mut value = json!({ "SampleValue": { "Value": spoken } });
        if let (Some(members), false) = (value.as_object_mut(), synonyms.is_empty()) {
            members.insert("Synonyms".to_owned(), Value::Array(synonyms));
        }
        values.push(value);
    }
    json!({
        "Name": PIPELINE_NAME,
        "SlotTypeValues": values,
        // Andon's own matcher knows what a name means; Lex listens for its words.
        "ValueSelectionSetting": {
            "ResolutionStrategy": "ORIGINAL_VALUE",
            "AdvancedRecognitionSetting": { "AudioRecognitionStrategy": "UseSlotValuesAsCustomVocabulary" },
        },
    })
}

fn intents_of(intents: &[Value], language: &str) -> Vec<Value> {
    let greetings = GREETINGS.iter().find(|(of, _)| *of == language).map_or(&[][..], |(_, words)| words);
    let hook = json!({ "Enabled": true });
    let mut made = vec![
        json!({
            "Name": "WelcomeIntent",
            "SampleUtterances": greetings.iter().map(|words| json!({ "Utterance": words })).collect::<Vec<_>>(),
            "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        }),
        json!({
            "Name": "FallbackIntent", "ParentIntentSignature": "AMAZON.FallbackIntent",
            "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        }),
        json!({
            "Name": "HelpIntent", "ParentIntentSignature": "AMAZON.HelpIntent",
            "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        }),
        json!({
            "Name": "StopIntent", "ParentIntentSignature": "AMAZON.StopIntent",
            "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        }),
    ];
    let mut taken: BTreeSet<String> = greetings.iter().map(|words| words.to_lowercase()).collect();
    for intent in intents {
        let text = |member: &str| intent.get(member).and_then(Value::as_str).unwrap_or_default();
        let name = text("name");
        let slots = intent.get("slots").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_name = |slot: &Value| slot.get("name").and_then(Value::as_str) == Some(PIPELINE);
        if name.contains('.') || LEFT_OUT.contains(&name) || !slots.iter().all(is_name) {
            continue;
        }
        let samples = intent.get("samples").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let mut utterances = Vec::new();
        for sample in samples.map(utterance).filter(|sample| !sample.is_empty()) {
            // One utterance in two intents, Lex refuses.
            if taken.insert(sample.to_lowercase()) {
                utterances.push(json!({ "Utterance": sample }));
            }
        }
        let mut made_of = json!({
            "Name": name, "SampleUtterances": utterances, "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        });
        if let (Some(members), false) = (made_of.as_object_mut(), slots.is_empty()) {
            members.insert("Slots".to_owned(), json!([slot()]));
            members.insert("SlotPriorities".to_owned(), json!([{ "SlotName": PIPELINE, "Priority": 1 }]));
        }
        made.push(made_of);
    }
    made
}

/// The slot of a name. The function asks for it in its own words.
fn slot() -> Value {
    json!({
        "Name": PIPELINE,
        "SlotTypeName": PIPELINE_NAME,
        "ValueElicitationSetting": { "SlotConstraint": "Optional" },
    })
}

/// A sample without the marks that Lex does not take.
fn utterance(sample: &str) -> String {
    let kept = sample.chars().map(|c| match c {
        '’' => '\'',
        c if c.is_alphanumeric() || matches!(c, ' ' | '\'' | '{' | '}' | '_' | '-' | '.') => c,
        // A vowel mark of a script without letters for vowels is no letter of its own.
        c if !c.is_ascii() && !c.is_ascii_punctuation() && !matches!(c, '¿' | '¡' | '。' | '、' | '？' | '！') => {
            c
        }
        _ => ' ',
    });
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fills in what depends on the models: the locales of the bot, of its version and of its alias.
fn stack(locales: &Value, version: &str, code: &str) -> Result<Value, Error> {
    let shown = || "lex-template.json".to_owned();
    let mut stack: Value = serde_json::from_str(include_str!("lex-template.json"))
        .map_err(|source| Error::Json { path: shown(), source })?;
    let hook = json!({
        "LambdaCodeHook": { "CodeHookInterfaceVersion": "1.0", "LambdaArn": { "Fn::GetAtt": ["Function", "Arn"] } },
    });
    let versions = LOCALES
        .map(|(locale, ..)| json!({ "LocaleId": locale, "BotVersionLocaleDetails": { "SourceBotVersion": "DRAFT" } }));
    let hooks = LOCALES.map(|(locale, ..)| {
        let setting = json!({ "Enabled": true, "CodeHookSpecification": hook });
        json!({ "LocaleId": locale, "BotAliasLocaleSetting": setting })
    });
    let filled = [
        ("/Resources/Function/Properties/CodeUri", json!(code)),
        ("/Resources/Bot/Properties/BotLocales", locales.clone()),
        ("/Resources/BotVersion/Properties/BotVersionLocaleSpecification", json!(versions)),
        ("/Resources/Alias/Properties/BotAliasLocaleSettings", json!(hooks)),
        ("/Resources/Alias/Properties/BotVersion/Fn::GetAtt/0", json!(version)),
    ];
    for (pointer, value) in filled {
        if let Some(place) = stack.pointer_mut(pointer) {
            *place = value;
        }
    }
    if let Some(resources) = stack.get_mut("Resources").and_then(Value::as_object_mut)
        && let Some(frozen) = resources.remove("BotVersion")
    {
        resources.insert(version.to_owned(), frozen);
    }
    Ok(stack)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(names: &[Name]) -> Value {
        let skill = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skill-package");
        template(&skill, names, "lex.zip").unwrap()
    }

    fn locales(template: &Value) -> &Vec<Value> {
        template["Resources"]["Bot"]["Properties"]["BotLocales"].as_array().unwrap()
    }

    #[test]
    fn names_of_the_ledger_are_listened_for_each_once() {
        let names =
            [("payments API", "payments-api"), ("payments API", "payments_api"), ("orders", "orders"), ("", "-")];
        let names: Vec<Name> = names.map(|(spoken, written)| (spoken.to_owned(), written.to_owned())).to_vec();
        let template = made(&names);
        assert_eq!(
            locales(&template)[0]["SlotTypes"][0]["SlotTypeValues"],
            json!([
                { "SampleValue": { "Value": "payments API" }, "Synonyms": [{ "Value": "payments-api" }] },
                { "SampleValue": { "Value": "orders" } },
            ])
        );
    }

    #[test]
    fn no_locale_has_an_utterance_twice_or_with_a_mark_that_lex_refuses() {
        let template = made(&[]);
        for locale in locales(&template) {
            let mut all: Vec<String> = Vec::new();
            for intent in locale["Intents"].as_array().unwrap() {
                let name = intent["Name"].as_str().unwrap();
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
                let utterances = intent["SampleUtterances"].as_array().map(Vec::as_slice).unwrap_or_default();
                assert!(intent["ParentIntentSignature"].is_string() || !utterances.is_empty(), "{name}");
                all.extend(utterances.iter().map(|utterance| utterance["Utterance"].as_str().unwrap().to_lowercase()));
            }
            assert!(all.iter().all(|text| !text.contains(['?', '!', ',', '’', '¿'])), "{all:?}");
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!((all.len(), count > 100), (count, true), "{}", locale["LocaleId"]);
        }
    }

    #[test]
    fn every_locale_has_a_version_and_the_function() {
        let template = made(&[]);
        let resources = &template["Resources"];
        let frozen = resources.as_object().unwrap().iter().find(|(name, _)| name.starts_with("BotVersion")).unwrap().1;
        for list in [
            &resources["Bot"]["Properties"]["BotLocales"],
            &frozen["Properties"]["BotVersionLocaleSpecification"],
            &resources["Alias"]["Properties"]["BotAliasLocaleSettings"],
        ] {
            assert_eq!(list.as_array().map(Vec::len), Some(LOCALES.len()), "{list}");
        }
        assert_eq!(resources["Function"]["Properties"]["CodeUri"], "lex.zip");
    }

    #[test]
    fn a_bot_that_changes_gets_a_new_version() {
        let version = |names: &[Name]| {
            let template = made(names);
            template["Resources"]["Alias"]["Properties"]["BotVersion"]["Fn::GetAtt"][0].as_str().unwrap().to_owned()
        };
        let changed = [("orders".to_owned(), "orders".to_owned())];
        assert_eq!(version(&[]), version(&[]));
        assert_ne!(version(&[]), version(&changed));
    }
}
