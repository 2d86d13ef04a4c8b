//! The questions behind the intents of the voice models: those of the Alexa skill, and of the Lex bot made from them.

use super::{Group, Question, Subject, Topic};

/// What Alexa's own intents begin with. Lex allows neither a full stop in a name nor the name of a built-in intent, so that
/// its bot has `Yes` where the skill has `AMAZON.YesIntent`.
const BUILT_IN: &str = "AMAZON.";

/// The intents that are about one pipeline: their slot holds its name.
pub const ABOUT_ONE: [&str; 6] =
    ["StatusIntent", "WhyIntent", "ChangesIntent", "LastDeploymentIntent", "FourKeysIntent", "PipelineIntent"];

/// The question that an intent asks, about the pipeline that it names if it names one; `None` for an intent that asks for
/// something else or that the models do not have.
pub fn question(intent: &str, named: Option<Subject>) -> Option<Question> {
    let is_named = named.is_some();
    let subject = named.unwrap_or(Subject::Last);
    let name = intent.strip_prefix(BUILT_IN).unwrap_or(intent);
    Some(match name.strip_suffix("Intent").unwrap_or(name) {
        "Welcome" => Question::Welcome,
        "Overview" => Question::Overview,
        "Failing" => Question::List(Group::Failing),
        "Running" => Question::List(Group::Running),
        "Approvals" => Question::List(Group::Waiting),
        "Status" => Question::About(Topic::Status, subject),
        "Why" => Question::About(Topic::Why, subject),
        "Changes" => Question::About(Topic::Change, subject),
        "LastDeployment" => Question::About(Topic::LastDeployment, subject),
        "FourKeys" if is_named => Question::About(Topic::Keys, subject),
        "FourKeys" => Question::Keys,
        "Pipeline" => Question::Named(subject),
        "WhichOnes" => Question::Which,
        "OtherOne" => Question::Other,
        "FirstOne" => Question::Nth(1),
        "SecondOne" => Question::Nth(2),
        "Yes" => Question::Yes,
        "No" => Question::No,
        "Help" => Question::Help,
        "Stop" | "Cancel" | "NavigateHome" | "Farewell" => Question::Goodbye,
        "Fallback" => Question::NotUnderstood,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_the_same_with_and_without_amazons_name() {
        assert_eq!(question("AMAZON.HelpIntent", None), Some(Question::Help));
        assert_eq!(question("Help", None), Some(Question::Help));
        assert_eq!(question("WeatherIntent", None), None);
    }

    #[test]
    fn the_intents_about_one_pipeline_take_its_name() {
        let name = || Subject::Heard("payments api".to_owned());
        for intent in ABOUT_ONE {
            assert_ne!(question(intent, Some(name())), question(intent, None), "{intent}");
        }
    }
}
