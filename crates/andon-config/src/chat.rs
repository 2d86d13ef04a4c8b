//! The Slack app: who may ask, and who may do what from a chat.

use std::collections::BTreeSet;

use andon::invalid::Invalid;
use andon::secret::SecretRef;
use andon::suggest::{named, quoted};
use andon_notify::{ButtonKind, Match};

use super::destination::{SharedTokens, Token, secret};
use super::finding::Finding;
use super::reader::Reader;
use super::routes::{self, Known};
use super::tree::Node;

/// The Slack app. Without this section there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// The reference to the secret that Slack signs its requests with.
    pub signing_secret: SecretRef,
    /// The reference to the bot's token.
    pub token: SecretRef,
    /// The workspaces that may ask.
    pub workspaces: BTreeSet<String>,
    /// Who may do what; the first rule that is about an action and a pipeline decides.
    pub may: Vec<May>,
}

/// Who may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct May {
    /// What.
    pub actions: BTreeSet<ButtonKind>,
    /// With which pipelines, stages and actions.
    pub matches: Match,
    /// Who.
    pub who: BTreeSet<Who>,
}

/// Members of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The member with this id.
    Member(String),
    /// The members of the user group with this id.
    Group(String),
    /// Every member of the workspace who is no guest.
    Anyone,
}

const KEYS: &[&str] = &["signing-secret", "token", "workspaces", "may"];
const MAY_KEYS: &[&str] = &["actions", "match", "who"];
const MATCH_KEYS: &[&str] = &["pipeline", "account", "customer", "region", "stage", "action"];

pub(super) fn read(node: &Node, known: &Known<'_>, tokens: &SharedTokens, reader: &mut Reader<'_>) -> Option<Chat> {
    let fields = reader.fields(node, "`chat`", KEYS)?;
    let example = "signing-secret: ssm:/andon/slack-signing-secret";
    let signing_secret =
        fields.require("signing-secret", example, reader).and_then(|node| secret(node, "`signing-secret`", reader));
    let token = match (fields.get("token"), tokens.get("slack-token")) {
        (Some(node), _) => secret(node, "`token`", reader),
        (None, Some(Token::Is(token))) => Some(token.clone()),
        (None, Some(Token::Wrong)) => None,
        (None, _) => {
            reader.note(
                Finding::error(fields.span.clone(), "the Slack app has no bot token")
                    .with_help("add `slack-token: ssm:/andon/slack-token` at the top level, or `token:` here"),
            );
            None
        }
    };
    let workspaces = fields
        .require("workspaces", "workspaces: T0123456789", reader)
        .map(|node| reader.set(node, "`workspaces`", "a workspace", team))
        .unwrap_or_default();
    let may = match fields.section("may") {
        Some(node) => reader.items(node, "`may`").iter().filter_map(|node| may(node, known, reader)).collect(),
        None => Vec::new(),
    };
    note_hidden(fields.section("may"), &may, reader);
    Some(Chat { signing_secret: signing_secret?, token: token?, workspaces, may })
}

fn may(node: &Node, known: &Known<'_>, reader: &mut Reader<'_>) -> Option<May> {
    let fields = reader.fields(node, "a rule of `may`", MAY_KEYS)?;
    let actions = fields
        .require("actions", "actions: [retry, approve]", reader)
        .map(|node| reader.set(node, "`actions`", "an action", action));
    let matches = match fields.section("match") {
        Some(node) => routes::matches(node, MATCH_KEYS, known, reader),
        None => Match::default(),
    };
    let who = fields
        .require("who", "who: [U0123456789, S0123456789]", reader)
        .map(|node| reader.set(node, "`who`", "a member", who));
    Some(May { actions: actions?, matches, who: who? })
}

/// Warns of rules that can never decide, because an earlier one is about all of the same.
fn note_hidden(node: Option<&Node>, rules: &[May], reader: &mut Reader<'_>) {
    let Some(node) = node else { return };
    for (index, rule) in rules.iter().enumerate() {
        let earlier = rules.iter().take(index);
        let hides = |other: &May| other.matches == Match::default() || other.matches == rule.matches;
        let hidden: BTreeSet<ButtonKind> =
            earlier.filter(|other| hides(other)).flat_map(|other| other.actions.iter().copied()).collect();
        if rule.actions.is_subset(&hidden) && !rule.actions.is_empty() {
            let finding = Finding::warning(node.span.clone(), format!("rule {} of `may` never applies", index + 1))
                .with_help("an earlier rule is about the same actions and pipelines: put the narrower rule first");
            reader.note(finding);
        }
    }
}

fn action(text: &str) -> Result<ButtonKind, Invalid> {
    named(text, |quoted| format!("{quoted} is not an action in a chat"))
}

fn is_id(text: &str, first: &[char]) -> bool {
    text.len() >= 9 && text.starts_with(first) && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn team(text: &str) -> Result<String, Invalid> {
    if is_id(text, &['T', 'E']) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(format!("{} is not the id of a workspace", quoted(text)))
        .with_help("open Slack in a browser: the address has it after `/client/`, such as `T0123456789`"))
}

fn who(text: &str) -> Result<Who, Invalid> {
    match text {
        "anyone" => Ok(Who::Anyone),
        id if is_id(id, &['U', 'W']) => Ok(Who::Member(id.to_owned())),
        id if is_id(id, &['S']) => Ok(Who::Group(id.to_owned())),
        _ => Err(Invalid::new(format!("{} is not a member or a user group", quoted(text))).with_help(
            "write the id from the member's profile (`U0123456789`), that of a group (`S0123456789`), or `anyone`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    fn chat(text: &str) -> Result<Chat, String> {
        let text = format!("version: 1\nslack-token: env:TOKEN\nchat: {text}\n");
        let config = Config::parse(&text, "andon.yml");
        config.map(|config| config.chat.unwrap()).map_err(|findings| findings.to_string())
    }

    #[test]
    fn without_rules_there_are_questions_only() {
        let chat = chat("{ signing-secret: env:SIGNING, workspaces: T0123456789 }").unwrap();
        assert_eq!(chat.may, []);
        assert_eq!(chat.token.to_string(), "env:TOKEN");
        assert_eq!(Config::parse("version: 1\nchat:\n", "andon.yml").unwrap().chat, None);
    }

    #[test]
    fn rules_say_who_may_do_what() {
        let chat = chat(
            "{ signing-secret: env:SIGNING, workspaces: [T0123456789], may: [\
             { actions: [approve, reject], match: { pipeline: \"*-prod\" }, who: S0123456789 },\
             { actions: [retry, on-it], who: [U0123456789, anyone] }] }",
        )
        .unwrap();
        let [first, second] = chat.may.as_slice() else { panic!("{chat:?}") };
        assert!(first.actions.contains(&ButtonKind::Reject) && first.matches.pipeline.is_some());
        assert_eq!(second.who.iter().next_back(), Some(&Who::Anyone));
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        let mistakes = [
            "{}",
            "{ signing-secret: 8f742231b10e8888abcd99yyyzzz85a5, workspaces: acme }",
            "{ signing-secret: env:S, workspaces: [] }",
            "{ signing-secret: env:S, workspaces: T0123456789, may: [{ actions: [restart], who: alice }] }",
            "{ signing-secret: env:S, workspaces: T0123456789, may: [{ actions: retry, who: [] }] }",
            "{ signing-secret: env:S, workspaces: T0123456789, may: [{ actions: retry, match: { branch: x }, who: anyone }] }",
        ];
        let told: Vec<String> =
            mistakes.iter().map(|text| format!("chat: {text}\n{}", chat(text).unwrap_err())).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
