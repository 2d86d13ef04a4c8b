//! Voice actions: which are allowed, for whom, and the reference to the code.

use std::collections::BTreeSet;

use super::destination::secret;
use super::finding::Finding;
use super::reader::Reader;
use super::tree::Node;
use andon::invalid::Invalid;
use andon::run_action::RunAction;
use andon::secret::SecretRef;
use andon::suggest::quoted;

/// What may be done by voice. Without this section nothing may: questions are answered, that is all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceActions {
    /// What may be done.
    pub actions: BTreeSet<RunAction>,
    /// The reference to the four digits that users must say.
    pub code: SecretRef,
    /// The Alexa accounts and recognised voices that may start actions; everyone who knows the code if absent.
    pub users: Option<BTreeSet<String>>,
}

const KEYS: &[&str] = &["actions", "code", "users"];

/// Prefixes of the ids of accounts and of voices.
const ACCOUNT: &str = "amzn1.ask.account.";
const PERSON: &str = "amzn1.ask.person.";

impl VoiceActions {
    /// Whether a user may start actions, by the account and, if Alexa recognises it, the voice.
    pub fn admits(&self, user: Option<&str>, person: Option<&str>) -> bool {
        match &self.users {
            None => user.is_some(),
            Some(users) => [user, person].into_iter().flatten().any(|id| users.contains(id)),
        }
    }
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<VoiceActions> {
    let fields = reader.fields(node, "`voice`", KEYS)?;
    let actions = fields.require("actions", "actions: [retry]", reader).map(|node| actions(node, reader));
    let code =
        fields.require("code", "code: ssm:/andon/voice-code", reader).and_then(|node| secret(node, "`code`", reader));
    let users = fields.get("users").map(|node| users(node, reader));
    Some(VoiceActions { actions: actions?, code: code?, users })
}

pub(super) fn actions(node: &Node, reader: &mut Reader<'_>) -> BTreeSet<RunAction> {
    let mut actions = BTreeSet::new();
    for item in reader.one_or_more(node, "`actions`") {
        if let Some(action) = reader.value(item, "an action", str::parse::<RunAction>)
            && !actions.insert(action)
        {
            note_twice(item, action.as_str(), reader);
        }
    }
    actions
}

fn users(node: &Node, reader: &mut Reader<'_>) -> BTreeSet<String> {
    let mut users = BTreeSet::new();
    for item in reader.one_or_more(node, "`users`") {
        if let Some(user) = reader.value(item, "a user", user)
            && !users.insert(user.clone())
        {
            note_twice(item, &user, reader);
        }
    }
    users
}

fn user(text: &str) -> Result<String, Invalid> {
    let id = text.strip_prefix(ACCOUNT).or_else(|| text.strip_prefix(PERSON));
    match id {
        Some(id) if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) => {
            Ok(text.to_owned())
        }
        _ => Err(Invalid::new(format!("{} is not an Alexa user id", quoted(text))).with_help(format!(
            "use the id from the function's log entry of a refused request: `{ACCOUNT}ID` or `{PERSON}ID`"
        ))),
    }
}

fn note_twice(item: &Node, what: &str, reader: &mut Reader<'_>) {
    reader.note(
        Finding::error(item.span.clone(), format!("{} is listed twice", quoted(what))).with_help("remove one of them"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    fn voice(text: &str) -> Result<VoiceActions, String> {
        let config = Config::parse(&format!("version: 1\nvoice: {text}\n"), "andon.yml");
        config.map(|config| config.voice.unwrap()).map_err(|findings| findings.to_string())
    }

    #[test]
    fn without_the_section_nothing_may_be_done() {
        assert_eq!(Config::parse("version: 1\nvoice:\n", "andon.yml").unwrap().voice, None);
    }

    #[test]
    fn who_may_is_told_by_account_or_by_voice() {
        let anybody = voice("{ actions: retry, code: env:CODE }").unwrap();
        assert!(anybody.admits(Some("amzn1.ask.account.A"), None));
        assert!(!anybody.admits(None, None), "no user is not a listed user");
        let some =
            voice("{ actions: retry, code: env:CODE, users: [amzn1.ask.account.A, amzn1.ask.person.B] }").unwrap();
        assert!(some.admits(Some("amzn1.ask.account.A"), None));
        assert!(some.admits(Some("amzn1.ask.account.C"), Some("amzn1.ask.person.B")));
        assert!(!some.admits(Some("amzn1.ask.account.C"), Some("amzn1.ask.person.D")));
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        let mistakes = [
            "{}",
            "{ actions: [], code: env:CODE }",
            // spellchecker:ignore-next-line
            "{ actions: [retry, retry, aprove, deploy], code: env:CODE }",
            "{ actions: retry, code: \"4711\" }",
            "{ actions: retry, code: env:CODE, users: [alice, amzn1.ask.account.] }",
        ];
        let told: Vec<String> =
            mistakes.iter().map(|text| format!("voice: {text}\n{}", voice(text).unwrap_err())).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
