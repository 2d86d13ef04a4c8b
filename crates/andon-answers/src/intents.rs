//! The questions behind the intents of the voice models: those of the Alexa skill, and of the Lex bot made from them.

use super::{Group, Question, Subject, Topic};

/// What Alexa's own intents begin with. Amazon Lex allows no full stop in a name and leaves it out.
const BUILT_IN: &str = "AMAZON.";

/// The intents that are about one pipeline: their slot holds its name.
pub const ABOUT_ONE: [&str; 6] =
    ["StatusIntent", "WhyIntent", "ChangesIntent", "LastDeploymentIntent", "FourKeysIntent", "PipelineIntent"];

/// The question that an intent asks, about the pipeline that it names if it names one; `None` for an intent that asks for
/// something else or that the models do not have.
pub fn question(intent: &str, named: Option<Subject>) -> Option<Question> {
    let is_named = named.is_some();
    let subject = named.unwrap_or(Subject::Last);
    Some(match intent.strip_prefix(BUILT_IN).unwrap_or(intent) {
        "WelcomeIntent" => Question::Welcome,
        "OverviewIntent" => Question::Overview,
        "FailingIntent" => Question::List(Group::Failing),
        "RunningIntent" => Question::List(Group::Running),
        "ApprovalsIntent" => Question::List(Group::Waiting),
        "StatusIntent" => Question::About(Topic::Status, subject),
        "WhyIntent" => Question::About(Topic::Why, subject),
        "ChangesIntent" => Question::About(Topic::Change, subject),
        "LastDeploymentIntent" => Question::About(Topic::LastDeployment, subject),
        "FourKeysIntent" if is_named => Question::About(Topic::Keys, subject),
        "FourKeysIntent" => Question::Keys,
        "PipelineIntent" => Question::Named(subject),
        "WhichOnesIntent" => Question::Which,
        "OtherOneIntent" => Question::Other,
        "FirstOneIntent" => Question::Nth(1),
        "SecondOneIntent" => Question::Nth(2),
        "YesIntent" => Question::Yes,
        "NoIntent" => Question::No,
        "HelpIntent" => Question::Help,
        "StopIntent" | "CancelIntent" | "NavigateHomeIntent" => Question::Goodbye,
        "FallbackIntent" => Question::NotUnderstood,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_the_same_with_and_without_amazons_name() {
        assert_eq!(question("AMAZON.HelpIntent", None), Some(Question::Help));
        assert_eq!(question("HelpIntent", None), Some(Question::Help));
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
