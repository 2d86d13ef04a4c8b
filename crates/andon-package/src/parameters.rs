//! The parameters of the stack, and whether `andon.yml` fits them.
//!
//! A function can only read the secrets, publish to the topics and perform the actions that the stack's parameters allow.
//! What `andon.yml` uses beyond that deploys without an error and fails with the first alert, so it is found here.

use std::collections::BTreeMap;

use serde_json::Value;

/// Parameters by name. One that is not given has its default or, in an update, its previous value.
pub type Parameters = BTreeMap<String, String>;

/// A parameter written as `NAME=VALUE`; the value may be empty, and may contain spaces, quotes and `=`.
pub fn parse(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric());
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

/// The parameters in a file as CodePipeline takes it: `{"Parameters": {"Email": "..."}}`.
pub fn of_file(text: &str) -> Result<Parameters, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct File {
        #[serde(rename = "Parameters")]
        parameters: Parameters,
    }
    serde_json::from_str::<File>(text).map(|file| file.parameters)
}

/// What `andon.yml` uses and the stack's parameters do not allow, a sentence each. The text is one that `andon check`
/// accepts; one that is not YAML gives none.
pub fn conflicts(configuration: &str, parameters: &Parameters) -> Vec<String> {
    let Ok(document) = serde_saphyr::from_str::<Value>(configuration) else { return Vec::new() };
    let mut texts = Vec::new();
    gather(&document, &mut texts);
    let parameter = |name: &str| parameters.get(name).map(|value| value.trim()).unwrap_or_default();
    let path = parameter("SecretsPath");
    let topics: Vec<&str> = parameter("MoreTopics").split(',').map(str::trim).collect();
    let mut conflicts = Vec::new();
    for text in texts {
        if let Some(name) = secret(text) {
            if path.is_empty() {
                conflicts.push(format!("{text} cannot be read: the stack's parameter SecretsPath is empty"));
            } else if !is_below(name, path) {
                conflicts.push(format!("{text} cannot be read: it is not below the stack's SecretsPath {path}"));
            }
        } else if text.starts_with("arn:") && text.split(':').nth(2) == Some("sns") && !topics.contains(&text) {
            conflicts.push(format!("{text} cannot be published to: add it to the stack's parameter MoreTopics"));
        }
    }
    if wants(document.pointer("/voice/actions")) && parameter("VoiceActions") != "on" {
        conflicts.push("voice.actions cannot be performed: the stack's parameter VoiceActions is not `on`".to_owned());
    }
    let app = parameter("SlackApp");
    let chat = document.get("chat").filter(|chat| !chat.is_null());
    let wants_chat_actions = wants(chat.and_then(|chat| chat.get("may")));
    if chat.is_some() && (app.is_empty() || app == "off") {
        conflicts.push("chat is not answered: the stack's parameter SlackApp is `off`".to_owned());
    } else if wants_chat_actions && app != "actions" {
        conflicts.push("chat.may cannot be performed: the stack's parameter SlackApp is not `actions`".to_owned());
    }
    let server = parameter("McpServer");
    let mcp = Assistants::of(&document);
    if mcp.is_remote && (server.is_empty() || server == "off") {
        conflicts.push("mcp.who and mcp.origins have no effect: the stack's parameter McpServer is `off`".to_owned());
    } else if mcp.acts && server != "actions" {
        conflicts
            .push("Andon cannot carry out mcp.actions: the stack's parameter McpServer is not `actions`".to_owned());
    }
    conflicts.sort();
    conflicts.dedup();
    conflicts
}

/// What `andon.yml` says of the MCP server at the stack's address. Without `who` nobody may act there, and `mcp.actions` is
/// about `andon mcp` alone.
struct Assistants {
    /// It is about the address at all.
    is_remote: bool,
    /// Somebody may act there.
    acts: bool,
}

impl Assistants {
    fn of(document: &Value) -> Self {
        let has = |key: &str| document.pointer(&format!("/mcp/{key}")).is_some_and(|value| !value.is_null());
        Self { is_remote: has("who") || has("origins"), acts: has("who") && has("actions") }
    }
}

/// The parameters that would let the stack do what `andon.yml` uses, as far as it says which: each with its new value.
pub fn remedies(configuration: &str, parameters: &Parameters) -> Parameters {
    let mut remedies = Parameters::new();
    let Ok(document) = serde_saphyr::from_str::<Value>(configuration) else { return remedies };
    let mut texts = Vec::new();
    gather(&document, &mut texts);
    let given = |name: &str| parameters.get(name).map(|value| value.trim()).unwrap_or_default();
    let mut set = |name: &str, value: String| {
        if value != given(name) {
            remedies.insert(name.to_owned(), value);
        }
    };
    if let Some(path) =
        common_path(texts.iter().filter_map(|text| secret(text))).filter(|_| given("SecretsPath").is_empty())
    {
        set("SecretsPath", path);
    }
    let mut topics: Vec<&str> =
        given("MoreTopics").split(',').map(str::trim).filter(|topic| !topic.is_empty()).collect();
    for topic in texts.iter().filter(|text| text.starts_with("arn:") && text.split(':').nth(2) == Some("sns")) {
        if !topics.contains(topic) {
            topics.push(topic);
        }
    }
    if !topics.is_empty() {
        set("MoreTopics", topics.join(","));
    }
    if wants(document.pointer("/voice/actions")) {
        set("VoiceActions", "on".to_owned());
    }
    if let Some(chat) = document.get("chat").filter(|chat| !chat.is_null()) {
        let acts = wants(chat.get("may"));
        if acts || !matches!(given("SlackApp"), "questions" | "actions") {
            set("SlackApp", if acts { "actions" } else { "questions" }.to_owned());
        }
    }
    let mcp = Assistants::of(&document);
    if mcp.acts || (mcp.is_remote && !matches!(given("McpServer"), "questions" | "actions")) {
        set("McpServer", if mcp.acts { "actions" } else { "questions" }.to_owned());
    }
    remedies
}

/// The secrets that a configuration refers to, as they stand in it.
pub fn secrets(configuration: &str) -> Vec<String> {
    let Ok(document) = serde_saphyr::from_str::<Value>(configuration) else { return Vec::new() };
    let mut texts = Vec::new();
    gather(&document, &mut texts);
    let mut secrets: Vec<String> = texts.into_iter().filter(|text| secret(text).is_some()).map(str::to_owned).collect();
    secrets.sort();
    secrets.dedup();
    secrets
}

/// Whether a list is there and holds something.
fn wants(list: Option<&Value>) -> bool {
    list.and_then(Value::as_array).is_some_and(|list| !list.is_empty())
}

/// The deepest path that all names are below.
fn common_path<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let folders = names.map(|name| {
        let (folder, _) = name.trim_start_matches('/').rsplit_once('/').unwrap_or_default();
        folder.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>()
    });
    let common = folders.reduce(|common, folder| {
        common.into_iter().zip(folder).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
    })?;
    (!common.is_empty()).then(|| format!("/{}", common.join("/")))
}

/// Every text in a document.
fn gather<'d>(value: &'d Value, texts: &mut Vec<&'d str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
        Value::Object(members) => members.values().for_each(|value| gather(value, texts)),
        _ => {}
    }
}

/// The name of the parameter or of the secret that a reference leads to. The policies of the stack cover names only, of
/// which an ARN of Secrets Manager holds one.
fn secret(reference: &str) -> Option<&str> {
    if let Some(name) = reference.strip_prefix("ssm:") {
        return Some(name);
    }
    let id = reference.strip_prefix("secretsmanager:")?;
    let id = id.split_once('#').map_or(id, |(id, _)| id);
    Some(if id.starts_with("arn:") { id.splitn(7, ':').nth(6).unwrap_or(id) } else { id })
}

/// Whether a name is below a path, with or without the slash at the beginning.
fn is_below(name: &str, path: &str) -> bool {
    let name = name.trim_start_matches('/');
    name.strip_prefix(path.trim_start_matches('/')).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURATION: &str = "\
version: 1
slack-token: ssm:/andon/slack-token
destinations:
  hook: { slack-webhook: \"secretsmanager:andon/webhooks#team\" }
  audit: { sns: \"arn:aws:sns:eu-west-1:111122223333:audit\" }
voice:
  actions: [retry]
";

    fn given(parameters: &[(&str, &str)]) -> Vec<String> {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        conflicts(CONFIGURATION, &parameters)
    }

    #[test]
    fn what_the_parameters_allow_is_no_conflict() {
        let topics = "arn:aws:sns:eu-west-1:111122223333:other, arn:aws:sns:eu-west-1:111122223333:audit";
        assert_eq!(given(&[("SecretsPath", "/andon"), ("MoreTopics", topics), ("VoiceActions", "on")]), [""; 0]);
    }

    #[test]
    fn what_would_fail_with_the_first_alert_is_named() {
        assert_eq!(
            given(&[]),
            [
                "arn:aws:sns:eu-west-1:111122223333:audit cannot be published to: add it to the stack's parameter MoreTopics",
                "secretsmanager:andon/webhooks#team cannot be read: the stack's parameter SecretsPath is empty",
                "ssm:/andon/slack-token cannot be read: the stack's parameter SecretsPath is empty",
                "voice.actions cannot be performed: the stack's parameter VoiceActions is not `on`",
            ]
        );
    }

    #[test]
    fn a_secret_beside_the_path_is_not_below_it() {
        let parameters = |path: &str| Parameters::from([("SecretsPath".to_owned(), path.to_owned())]);
        for (reference, path, fits) in [
            ("ssm:/andon/token", "/andon", true),
            ("ssm:/andon-other/token", "/andon", false),
            ("ssm:/andon", "/andon", false),
            ("ssm:/team/andon/token", "/team/andon", true),
            ("secretsmanager:andon/token", "/andon", true),
            ("secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:andon/token-a1B2c3", "/andon", true),
            ("secretsmanager:token", "/andon", false),
        ] {
            let text = format!("slack-token: \"{reference}\"\n");
            assert_eq!(conflicts(&text, &parameters(path)).is_empty(), fits, "{reference} {path}");
        }
    }

    #[test]
    fn what_would_be_allowed_is_no_conflict_any_more() {
        let chat = format!("{CONFIGURATION}chat:\n  may:\n    - {{ actions: [retry], who: anyone }}\n");
        let asked = format!("{CONFIGURATION}mcp: {{ origins: \"https://assistant.example.com\" }}\n");
        let acting = format!("{CONFIGURATION}mcp: {{ actions: retry, who: anyone }}\n");
        for configuration in [CONFIGURATION, &chat, &asked, &acting, "version: 1\n"] {
            let other = "arn:aws:sns:eu-west-1:111122223333:other";
            let mut parameters = Parameters::from([("MoreTopics".to_owned(), other.to_owned())]);
            parameters.extend(remedies(configuration, &parameters));
            assert_eq!(conflicts(configuration, &parameters), [""; 0]);
            assert_eq!(remedies(configuration, &parameters), Parameters::new());
            assert!(parameters["MoreTopics"].starts_with(other));
        }
        let none = Parameters::new();
        assert_eq!(remedies(CONFIGURATION, &none)["SecretsPath"], "/andon");
        // Of secrets without a common path, somebody has to choose.
        let apart = "slack-token: ssm:/andon/token\nvoice: { code: \"secretsmanager:other/code\" }\n";
        assert!(!remedies(apart, &none).contains_key("SecretsPath"));
        assert_eq!(secrets(apart), ["secretsmanager:other/code", "ssm:/andon/token"]);
    }

    #[test]
    fn actions_of_assistants_need_the_parameter_where_somebody_may_start_them_at_the_address() {
        let conflicts = |section: &str, server: &str| {
            let parameters = Parameters::from([("McpServer".to_owned(), server.to_owned())]);
            conflicts(&format!("version: 1\nmcp: {section}\n"), &parameters)
        };
        let acting = "{ actions: retry, who: \"arn:aws:iam::111122223333:role/releasers\" }";
        let off = ["mcp.who and mcp.origins have no effect: the stack's parameter McpServer is `off`"];
        assert_eq!(conflicts(acting, ""), off);
        assert_eq!(conflicts("{ origins: \"https://assistant.example.com\" }", "off"), off);
        let asked = ["Andon cannot carry out mcp.actions: the stack's parameter McpServer is not `actions`"];
        assert_eq!(conflicts(acting, "questions"), asked);
        // `andon mcp` acts with the user's own rights, whatever the stack is.
        for (section, server) in [(acting, "actions"), ("{ actions: [retry] }", ""), ("", "questions")] {
            assert_eq!(conflicts(section, server), [""; 0], "{section} {server}");
        }
    }

    #[test]
    fn a_value_may_be_empty_or_hold_anything() {
        assert_eq!(parse("Email="), Some(("Email".to_owned(), String::new())));
        assert_eq!(parse("A=b=c \"d\""), Some(("A".to_owned(), "b=c \"d\"".to_owned())));
        assert_eq!(parse("/andon"), None);
        assert_eq!(parse("=x"), None);
    }

    #[test]
    fn a_file_for_codepipeline_is_read() {
        let read = of_file("{\"Parameters\":{\"Email\":\"\",\"SecretsPath\":\"/andon\"}}").unwrap();
        assert_eq!(read["SecretsPath"], "/andon");
        assert!(of_file("[]").is_err());
    }
}
