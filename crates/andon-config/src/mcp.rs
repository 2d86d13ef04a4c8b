//! What AI assistants may do, who may let them, and which web pages may call.

use std::collections::BTreeSet;

use super::reader::Reader;
use super::tree::Node;
use super::voice_actions::actions;
use andon::arn::Arn;
use andon::invalid::Invalid;
use andon::run_action::RunAction;
use andon::suggest::quoted;

const KEYS: &[&str] = &["actions", "who", "origins"];

/// What AI assistants may do. Without this section they only read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mcp {
    /// What they may start, each time confirmed by a person.
    pub actions: BTreeSet<RunAction>,
    /// Who may start actions at the address of the deployed stack. `andon mcp` acts with the rights of whoever starts it.
    pub who: BTreeSet<Principal>,
    /// The web origins that may call the address of the deployed stack, each with its port.
    pub origins: BTreeSet<String>,
}

/// Somebody whom IAM knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// The role or user with this ARN, without its path: names are unique in an account.
    Named(String),
    /// Everybody whom IAM lets call.
    Anyone,
}

impl Mcp {
    /// Whether a caller may start actions, by the ARN that IAM gives: of a user, or of a session of a role.
    pub fn admits(&self, caller: &str) -> bool {
        let named = named(caller).map(Principal::Named);
        self.who.contains(&Principal::Anyone) || named.is_some_and(|named| self.who.contains(&named))
    }
}

/// The ARN of a role or a user without its path; of a session, that of its role.
fn named(arn: &str) -> Option<String> {
    let Arn { partition, service, account, resource, .. } = Arn::parse(arn)?;
    let is_account = account.len() == 12 && account.chars().all(|c| c.is_ascii_digit());
    let (kind, rest) = resource.split_once('/')?;
    let (kind, name) = match (service, kind) {
        ("iam", "role" | "user") => (kind, rest.rsplit('/').next()?),
        ("sts", "assumed-role") => ("role", rest.split('/').next()?),
        _ => return None,
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c));
    (is_account && is_name).then(|| format!("arn:{partition}:iam::{account}:{kind}/{name}"))
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Mcp> {
    let fields = reader.fields(node, "`mcp`", KEYS)?;
    let node = match (fields.get("origins"), fields.get("who")) {
        (Some(_), None) => fields.get("actions"),
        _ => fields.require("actions", "actions: [retry]", reader),
    };
    let actions = node.map(|node| actions(node, reader)).unwrap_or_default();
    let who = fields.get("who").map(|node| reader.set(node, "`who`", "a role", principal)).unwrap_or_default();
    let origins =
        fields.get("origins").map(|node| reader.set(node, "`origins`", "an origin", origin)).unwrap_or_default();
    Some(Mcp { actions, who, origins })
}

fn principal(text: &str) -> Result<Principal, Invalid> {
    if text == "anyone" {
        return Ok(Principal::Anyone);
    }
    let is_session = Arn::parse(text).is_some_and(|arn| arn.service == "sts");
    named(text).filter(|_| !is_session).map(Principal::Named).ok_or_else(|| {
        Invalid::new(format!("{} is not the ARN of an IAM role or user", quoted(text))).with_help(
            "write the ARN of a role, such as `arn:aws:iam::111122223333:role/developers`, of a user, or `anyone`",
        )
    })
}

/// An origin with its port, in the form that browsers send.
fn origin(text: &str) -> Result<String, Invalid> {
    let wrong = || {
        Invalid::new(format!("{} is not a web origin", quoted(text)))
            .with_help("write scheme and host without a path, such as `https://assistant.example.com`")
    };
    let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<u16>().map_err(|_| wrong())?),
        None => (authority, if scheme == "https" { 443 } else { 80 }),
    };
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let is_local = matches!(host, "localhost" | "127.0.0.1");
    if is_host && (scheme == "https" || (scheme == "http" && is_local)) {
        return Ok(format!("{scheme}://{}:{port}", host.to_ascii_lowercase()));
    }
    Err(wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    fn read(text: &str) -> Result<Mcp, String> {
        let config = Config::parse(&format!("version: 1\nmcp: {text}\n"), "andon.yml");
        config.map(|config| config.mcp).map_err(|findings| findings.to_string())
    }

    fn mcp(text: &str) -> Result<Vec<RunAction>, String> {
        read(text).map(|mcp| mcp.actions.into_iter().collect())
    }

    #[test]
    fn assistants_only_read_unless_actions_are_listed() {
        assert_eq!(mcp(""), Ok(vec![]));
        assert_eq!(mcp("{ actions: [retry, stop] }"), Ok(vec![RunAction::Retry, RunAction::Stop]));
        assert_eq!(mcp("{ actions: approve }"), Ok(vec![RunAction::Approve]));
        for wrong in ["{}", "{ actions: [] }", "{ actions: [delete] }", "{ actions: [retry], confirm: false }", "yes"] {
            assert!(mcp(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_caller_is_known_by_role_or_user_whatever_the_path_and_the_session() {
        let mcp = read(
            "{ actions: retry, who: [\"arn:aws:iam::111122223333:role/team/releasers\", \
             \"arn:aws:iam::111122223333:user/ada\"] }",
        )
        .unwrap();
        for (caller, may) in [
            ("arn:aws:sts::111122223333:assumed-role/releasers/ada@example.com", true),
            ("arn:aws:iam::111122223333:user/people/ada", true),
            ("arn:aws:sts::444455556666:assumed-role/releasers/ada", false),
            ("arn:aws:sts::111122223333:assumed-role/readers/releasers", false),
            ("arn:aws:iam::111122223333:user/releasers", false),
            ("arn:aws:iam::111122223333:role/ada", false),
            ("arn:aws-cn:sts::111122223333:assumed-role/releasers/ada", false),
            ("arn:aws:sts::111122223333:federated-user/ada", false),
            ("arn:aws:iam::111122223333:root", false),
            ("releasers", false),
            ("", false),
        ] {
            assert_eq!(mcp.admits(caller), may, "{caller}");
        }
        assert!(read("{ actions: retry, who: anyone }").unwrap().admits("arn:aws:iam::111122223333:root"));
        assert!(!read("{ actions: retry }").unwrap().admits("arn:aws:iam::111122223333:user/ada"));
    }

    #[test]
    fn origins_are_read_with_their_port() {
        let read = read("{ origins: [\"https://Assistant.example.com\", \"http://localhost:6274\"] }").unwrap();
        let origins: Vec<String> = read.origins.into_iter().collect();
        assert_eq!(origins, ["http://localhost:6274", "https://assistant.example.com:443"]);
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        let mistakes = [
            "{ who: anyone }",
            "{ actions: retry, who: ada }",
            "{ actions: retry, who: \"arn:aws:sts::111122223333:assumed-role/releasers/ada\" }",
            "{ actions: retry, who: [anyone, anyone] }",
            "{ origins: assistant.example.com }",
            "{ origins: \"https://assistant.example.com/path\" }",
            "{ origins: \"http://assistant.example.com\" }",
            "{ origins: \"*\" }",
        ];
        let told: Vec<String> =
            mistakes.iter().map(|text| format!("mcp: {text}\n{}", read(text).unwrap_err())).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
