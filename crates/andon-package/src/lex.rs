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
type Locale = (&'static str, &'static str, &'static str);

/// The locales that the bot can have.
const LOCALES: [Locale; 6] = [
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
/// The intents of the skill that do something: the bot answers questions only.
const LEFT_OUT: [&str; 4] = ["RetryIntent", "ApproveIntent", "RejectIntent", "StopPipelineIntent"];
/// The most values of a slot type that the template has, and the most characters of a value.
const MAX_VALUES: usize = 1_000;
const MAX_VALUE: usize = 140;
/// The most bytes that the names take in all locales together: CloudFormation takes a template of 1 MB.
const MAX_NAME_BYTES: usize = 600_000;
/// What a value takes beside its name.
const AROUND_VALUE: usize = 34;

/// What Alexa knows by intents of its own in every language, and Lex does not.
struct Talk {
    welcome: &'static [&'static str],
    yes: &'static [&'static str],
    no: &'static [&'static str],
    farewell: &'static [&'static str],
}

fn talk(language: &str) -> Talk {
    match language {
        "de" => Talk {
            welcome: &["hallo", "guten Morgen", "guten Tag", "guten Abend"],
            yes: &["ja", "ja bitte", "ja gern", "genau", "okay"],
            no: &["nein", "nein danke", "nee", "lieber nicht"],
            farewell: &["auf Wiedersehen", "auf Wiederhören", "tschüss", "das war alles", "danke das war alles"],
        },
        "es" => Talk {
            welcome: &["hola", "buenos días", "buenas tardes"],
            yes: &["sí", "sí por favor", "claro", "vale", "de acuerdo"],
            no: &["no", "no gracias", "mejor no"],
            farewell: &["adiós", "hasta luego", "eso es todo", "nada más", "gracias eso es todo"],
        },
        "fr" => Talk {
            welcome: &["bonjour", "bonsoir", "salut"],
            yes: &["oui", "oui s'il te plaît", "oui merci", "d'accord", "bien sûr"],
            // spellchecker:ignore-next-line
            no: &["non", "non merci", "pas maintenant"],
            farewell: &["au revoir", "à bientôt", "c'est tout", "merci c'est tout"],
        },
        "ja" => Talk {
            welcome: &["こんにちは", "おはよう", "もしもし"],
            yes: &["はい", "はいお願いします", "お願いします", "うん"],
            no: &["いいえ", "いいえ結構です", "結構です", "大丈夫です"],
            farewell: &["さようなら", "失礼します", "以上です", "ありがとう以上です"],
        },
        _ => Talk {
            welcome: &["hello", "hi", "good morning", "good evening", "start"],
            yes: &["yes", "yes please", "yeah", "sure", "okay"],
            no: &["no", "no thanks", "no thank you", "nope"],
            farewell: &["goodbye", "bye", "that is all", "that's all", "thanks that is all"],
        },
    }
}

/// The template of a bot.
#[derive(Debug, Clone)]
pub struct Bot {
    /// The template of a stack with the bot and its function.
    pub template: Value,
    /// How many of the names the bot listens for.
    pub names: usize,
}

/// Makes the template from the skill's models in a folder, for these locales: `en_US`.
///
/// `names` are those of the pipelines as they are spoken, the likeliest to be asked about first. `code` is the function's
/// package, as a path from where the template will be.
pub fn bot(skill: &Path, locales: &[String], names: &[String], code: &str) -> Result<Bot, Error> {
    let chosen: Vec<Locale> = locales.iter().map(|name| locale(name)).collect::<Result<_, _>>()?;
    let names = listened_for(names, chosen.len());
    let mut definitions = Vec::new();
    for (locale, model, voice) in &chosen {
        let path = skill.join("interactionModels/custom").join(format!("{model}.json"));
        let text = fs::read_to_string(&path).map_err(file(&path))?;
        let shown = || path.display().to_string();
        let model: Value = serde_json::from_str(&text).map_err(|source| Error::Json { path: shown(), source })?;
        let intents = model.pointer("/interactionModel/languageModel/intents").and_then(Value::as_array);
        let intents = intents.ok_or_else(|| Error::NoIntents(shown()))?;
        definitions.push(json!({
            "LocaleId": locale,
            "NluConfidenceThreshold": 0.4,
            "VoiceSettings": { "VoiceId": voice, "Engine": "neural" },
            "SlotTypes": [slot_type(&model, &names)],
            "Intents": intents_of(intents, locale.get(..2).unwrap_or_default()),
        }));
    }
    let digest = archive::sha256(json!(definitions).to_string().as_bytes());
    let version = format!("BotVersion{}", digest.get(..12).unwrap_or_default());
    let template = stack(&chosen, &json!(definitions), &version, code)?;
    Ok(Bot { template, names: names.len() })
}

/// All locales that a bot can have.
pub fn locales() -> Vec<String> {
    LOCALES.map(|(name, ..)| name.to_owned()).to_vec()
}

fn locale(name: &str) -> Result<Locale, Error> {
    let known = LOCALES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).copied();
    known.ok_or_else(|| Error::NoLocale { name: name.to_owned(), known: locales().join(", ") })
}

/// The names that a bot with so many locales has room for, each once, in the order of the alphabet: another order of runs
/// is no other bot.
fn listened_for(names: &[String], locales: usize) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut bytes = 0;
    let mut kept: Vec<String> = names
        .iter()
        .filter(|name| !name.trim().is_empty() && name.chars().count() <= MAX_VALUE)
        .filter(|name| taken.insert(name.to_lowercase()))
        .take_while(|name| {
            bytes += (name.len() + AROUND_VALUE) * locales;
            bytes <= MAX_NAME_BYTES
        })
        .take(MAX_VALUES)
        .cloned()
        .collect();
    kept.sort();
    kept
}

/// The names to listen for: those of the ledger, or the examples of the model where there are none.
fn slot_type(model: &Value, names: &[String]) -> Value {
    let examples = model.pointer("/interactionModel/languageModel/types/0/values").and_then(Value::as_array);
    let examples = examples.into_iter().flatten().filter_map(|value| value.pointer("/name/value")?.as_str());
    let examples: Vec<String> = examples.map(str::to_owned).collect();
    let names = if names.is_empty() { &examples } else { names };
    let values: Vec<Value> = names.iter().map(|name| json!({ "SampleValue": { "Value": name } })).collect();
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
    let hook = json!({ "Enabled": true });
    let Talk { welcome, yes, no, farewell } = talk(language);
    let own = [("Welcome", welcome), ("Yes", yes), ("No", no), ("Farewell", farewell)];
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut made = Vec::new();
    for (name, words) in own {
        taken.extend(words.iter().map(|words| words.to_lowercase()));
        made.push(json!({
            "Name": name,
            "SampleUtterances": words.iter().map(|words| json!({ "Utterance": words })).collect::<Vec<_>>(),
            "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        }));
    }
    // Lex refuses the name of a built-in intent for one of the bot's, except that of the fallback.
    for (name, parent) in [("FallbackIntent", "FallbackIntent"), ("Help", "HelpIntent"), ("Stop", "StopIntent")] {
        made.push(json!({
            "Name": name, "ParentIntentSignature": format!("AMAZON.{parent}"),
            "DialogCodeHook": hook, "FulfillmentCodeHook": hook,
        }));
    }
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
            // Lex refuses one utterance in two intents.
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
fn stack(chosen: &[Locale], definitions: &Value, version: &str, code: &str) -> Result<Value, Error> {
    let shown = || "lex-template.json".to_owned();
    let mut stack: Value = serde_json::from_str(include_str!("lex-template.json"))
        .map_err(|source| Error::Json { path: shown(), source })?;
    let hook = json!({
        "LambdaCodeHook": { "CodeHookInterfaceVersion": "1.0", "LambdaArn": { "Fn::GetAtt": ["Function", "Arn"] } },
    });
    let ids = || chosen.iter().map(|(locale, ..)| *locale);
    let frozen = json!({ "SourceBotVersion": "DRAFT" });
    let versions: Vec<Value> =
        ids().map(|locale| json!({ "LocaleId": locale, "BotVersionLocaleDetails": frozen })).collect();
    let setting = json!({ "Enabled": true, "CodeHookSpecification": hook });
    let hooks: Vec<Value> =
        ids().map(|locale| json!({ "LocaleId": locale, "BotAliasLocaleSetting": setting })).collect();
    let filled = [
        ("/Resources/Function/Properties/CodeUri", json!(code)),
        ("/Resources/Bot/Properties/BotLocales", definitions.clone()),
        ("/Resources/BotVersion/Properties/BotVersionLocaleSpecification", json!(versions)),
        ("/Resources/Alias/Properties/BotAliasLocaleSettings", json!(hooks)),
        ("/Resources/Alias/Properties/BotVersion/Fn::GetAtt/0", json!(version)),
    ];
    for (pointer, value) in filled {
        *stack.pointer_mut(pointer).ok_or(Error::NoPlace(pointer))? = value;
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

    fn made(names: &[String]) -> Bot {
        let skill = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skill-package");
        bot(&skill, &super::locales(), names, "lex.zip").unwrap()
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn definitions(template: &Value) -> &Vec<Value> {
        template["Resources"]["Bot"]["Properties"]["BotLocales"].as_array().unwrap()
    }

    #[test]
    fn names_of_the_ledger_are_listened_for_each_once() {
        let bot = made(&owned(&["payments API", "Orders", "orders", ""]));
        assert_eq!(bot.names, 2);
        assert_eq!(
            definitions(&bot.template)[0]["SlotTypes"][0]["SlotTypeValues"],
            json!([{ "SampleValue": { "Value": "Orders" } }, { "SampleValue": { "Value": "payments API" } }])
        );
    }

    #[test]
    fn a_template_with_very_many_names_is_one_that_cloudformation_takes() {
        let names: Vec<String> =
            (0..2_000).map(|at| format!("customer {at} payments API service production")).collect();
        let bot = made(&names);
        let bytes = bot.template.to_string().len();
        assert!(bot.names > 900 && bytes < 1_000_000, "{} names, {bytes} bytes", bot.names);
    }

    #[test]
    fn a_locale_that_no_bot_has_is_named_with_those_that_there_are() {
        let skill = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skill-package");
        let error = bot(&skill, &owned(&["pt_BR"]), &[], "lex.zip").unwrap_err().to_string();
        assert_eq!(error, "there is no bot in pt_BR; there are en_US, en_GB, de_DE, es_ES, fr_FR, ja_JP");
    }

    #[test]
    fn no_locale_has_an_utterance_twice_or_with_a_mark_that_lex_refuses() {
        let template = made(&[]).template;
        for locale in definitions(&template) {
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
        let template = made(&[]).template;
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
        let version = |names: &[&str]| {
            let template = made(&owned(names)).template;
            template["Resources"]["Alias"]["Properties"]["BotVersion"]["Fn::GetAtt"][0].as_str().unwrap().to_owned()
        };
        assert_eq!(version(&["a", "b"]), version(&["b", "a"]), "whichever ran last");
        assert_ne!(version(&["a", "b"]), version(&["a", "c"]));
    }
}
