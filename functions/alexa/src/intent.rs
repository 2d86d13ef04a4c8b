//! The questions behind the intents of the interaction model.

use andon::name::{AccountId, Home, PipelineId, PipelineName, Region};
use andon::run_action::RunAction;
use andon_answers::intents::question;
use andon_answers::{Question, Subject, Voice};
use strum::VariantArray as _;

use crate::request::{Intent, Slot};

/// The slot that holds a pipeline's name.
pub(crate) const PIPELINE: &str = "pipeline";
/// The slot with the rest of a question in the user's own words.
pub(crate) const QUESTION: &str = "question";
/// The slot with the digits of the code.
pub(crate) const CODE: &str = "code";
/// The type of the slot that holds a pipeline's name.
pub(crate) const PIPELINE_TYPE: &str = "PIPELINE_NAME";

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum IntentKind {
    /// An answer.
    Question(Question),
    /// That something be done to a pipeline.
    RunAction(RunAction, Subject),
    /// A question in the user's own words.
    Words(String),
    /// The last answer once more.
    Again,
}

/// The intents that take any question, in English: each hears what follows one way to begin, as Alexa's free text needs a
/// beginning and leaves it out.
const BEGINNINGS: &[(&str, &str)] = &[
    ("WhatQuestionIntent", "what"),
    ("WhichQuestionIntent", "which"),
    ("WhoQuestionIntent", "who"),
    ("WhenQuestionIntent", "when"),
    ("HowQuestionIntent", "how"),
    ("IsQuestionIntent", "is"),
    ("AreQuestionIntent", "are"),
    ("DidQuestionIntent", "did"),
    ("HasQuestionIntent", "has"),
    ("AnyQuestionIntent", "any"),
    ("CompareQuestionIntent", "compare"),
    ("FailuresQuestionIntent", "failures"),
    ("DeploymentsQuestionIntent", "deployments"),
];

/// What an intent asks for, in the language of a voice; `None` if it is none of the model's.
pub(crate) fn asked(intent: &Intent, voice: &Voice) -> Option<IntentKind> {
    if let Some((_, beginning)) = BEGINNINGS.iter().find(|(name, _)| *name == intent.name) {
        let rest = intent.slot(QUESTION).map(|slot| slot.heard).unwrap_or_default();
        return Some(IntentKind::Words([beginning, rest.as_str()].join(" ")));
    }
    let named = intent.slot(PIPELINE).map(|_| subject(intent, voice));
    if let Some(question) = question(&intent.name, named) {
        return Some(IntentKind::Question(question));
    }
    if intent.name == "AMAZON.RepeatIntent" {
        return Some(IntentKind::Again);
    }
    let what = RunAction::VARIANTS.iter().find(|what| intent_of(**what) == intent.name)?;
    Some(IntentKind::RunAction(*what, subject(intent, voice)))
}

/// The intent of the model that asks for an intervention.
pub(crate) fn intent_of(intervention: RunAction) -> &'static str {
    match intervention {
        RunAction::Retry => "RetryIntent",
        RunAction::Approve => "ApproveIntent",
        RunAction::Reject => "RejectIntent",
        RunAction::Stop => "StopPipelineIntent",
    }
}

/// The questions about one pipeline for which the model has a dialog, so that Alexa can elicit the name.
pub(crate) fn has_dialog(intent: &str) -> bool {
    matches!(intent, "StatusIntent" | "WhyIntent" | "ChangesIntent" | "LastDeploymentIntent")
}

/// The pipeline that an intent names. "It" is no name, although Alexa takes it for one.
pub(crate) fn subject(intent: &Intent, voice: &Voice) -> Subject {
    intent.slot(PIPELINE).map_or(Subject::Last, |Slot { heard, ids }| {
        // Of several that Alexa thinks of, what was heard tells more than she does.
        let known = if let [one] = ids.as_slice() { read(one) } else { None };
        known.map_or_else(|| Subject::heard(&heard, voice), |id| Subject::Known(vec![id]))
    })
}

/// The pipeline of an entity's id, which is its address.
pub(crate) fn read(id: &str) -> Option<PipelineId> {
    let mut parts = id.splitn(3, '/');
    let home = Home { account: AccountId::parse(parts.next()?).ok()?, region: Region::parse(parts.next()?).ok()? };
    Some(PipelineId { home, name: PipelineName::parse(parts.next()?).ok()? })
}

#[cfg(test)]
mod tests {
    use andon_answers::{Locale, Topic};
    use serde_json::json;

    use super::*;

    const MODEL: &str = include_str!("../../../skill-package/interactionModels/custom/en-US.json");

    /// The names of a part of the shipped model.
    fn names(pointer: &str) -> Vec<String> {
        let model: serde_json::Value = serde_json::from_str(MODEL).unwrap();
        let named = |item: &serde_json::Value| item["name"].as_str().unwrap().to_owned();
        model.pointer(pointer).unwrap().as_array().unwrap().iter().map(named).collect()
    }

    fn english() -> &'static Voice {
        Voice::of(Locale::EnUs)
    }

    fn intent(name: &str) -> Intent {
        serde_json::from_value(serde_json::json!({"name": name})).unwrap()
    }

    #[test]
    fn every_intent_of_the_model_asks_for_something() {
        let intents = names("/interactionModel/languageModel/intents");
        assert!(intents.len() > 20);
        for name in intents {
            assert!(asked(&intent(&name), english()).is_some(), "{name}");
        }
        assert_eq!(asked(&intent("WeatherIntent"), english()), None);
    }

    #[test]
    fn free_questions_are_heard_after_the_beginning_that_they_are_given() {
        let model: serde_json::Value = serde_json::from_str(MODEL).unwrap();
        let intents = model.pointer("/interactionModel/languageModel/intents").unwrap().as_array().unwrap();
        for (name, beginning) in BEGINNINGS {
            let of_model = intents.iter().find(|intent| intent["name"] == *name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(of_model["slots"], json!([{ "name": QUESTION, "type": "AMAZON.SearchQuery" }]), "{name}");
            assert_eq!(of_model["samples"], json!([format!("{beginning} {{{QUESTION}}}")]), "{name}");
            let said = json!({ "name": name, "slots": { QUESTION: { "name": QUESTION, "value": "broke overnight" } } });
            let words = IntentKind::Words(format!("{beginning} broke overnight"));
            assert_eq!(asked(&serde_json::from_value(said).unwrap(), english()), Some(words));
        }
    }

    #[test]
    fn it_is_the_pipeline_spoken_of_last_in_every_language() {
        for (locale, words) in [
            (Locale::EnUs, "it"),
            (Locale::EnGb, "That one"),
            (Locale::De, "sie"),
            (Locale::De, "die Pipeline"),
            (Locale::Es, "ella"),
            (Locale::Fr, "celui-ci"),
            (Locale::Ja, "それ"),
        ] {
            let said = json!({
                "name": "StatusIntent", "slots": { "pipeline": { "name": "pipeline", "value": words } }
            });
            let about_it = Question::About(Topic::Status, Subject::Last);
            let said = asked(&serde_json::from_value(said).unwrap(), Voice::of(locale));
            assert_eq!(said, Some(IntentKind::Question(about_it)), "{words}");
        }
    }

    #[test]
    fn the_dialogs_of_the_model_are_those_that_are_listened_for() {
        let dialogs = names("/interactionModel/dialog/intents");
        for name in names("/interactionModel/languageModel/intents") {
            let listens = has_dialog(&name) || RunAction::VARIANTS.iter().any(|what| intent_of(*what) == name);
            assert_eq!(listens, dialogs.contains(&name), "{name}");
        }
        assert_eq!(names("/interactionModel/languageModel/types"), [PIPELINE_TYPE]);
    }

    #[test]
    fn a_pipeline_is_read_back_from_its_id() {
        let name = PipelineName::parse("a/b c").unwrap();
        let pipeline = PipelineId { home: andon::testing::home(), name };
        assert_eq!(read(&pipeline.address()), Some(pipeline));
        assert_eq!(read("checkout"), None);
    }
}
