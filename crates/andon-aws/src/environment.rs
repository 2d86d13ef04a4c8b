//! The environment variables of the functions. Every error names the variable and gives an example.

use std::collections::BTreeSet;
use std::env::VarError;
use std::path::PathBuf;

use andon::arn::Arn;
use andon::invalid::Invalid;
use andon::name::{AccountId, Home, Region};
use andon::secret::SecretRef;
use andon_config::Config;
use andon_notify::destination::sns::TopicArn;

#[cfg(feature = "evidence")]
use crate::evidence::MemberRole;
#[cfg(feature = "send")]
use crate::send::ServiceApis;

/// The configuration's file beside the binary, where `ANDON_CONFIG` names no other.
const CONFIG: &str = "andon.yml";

/// A variable that is missing or wrong.
#[derive(thiserror::Error)]
pub enum EnvironmentError {
    /// It is not there.
    #[error("the environment variable {name} is not set: {meaning}, for example {example:?}")]
    Missing {
        /// Which.
        name: &'static str,
        /// What it says.
        meaning: &'static str,
        /// What one looks like.
        example: &'static str,
    },
    /// It is there and cannot be used.
    #[error("the environment variable {name} is invalid: {problem}; expected {meaning}, for example {example:?}")]
    Wrong {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What it says.
        meaning: &'static str,
        /// What one looks like.
        example: &'static str,
    },
    /// The file it names, or that is there without being named, is no configuration.
    #[error("cannot use the configuration:\n{0}")]
    Config(String),
}

/// A function that cannot start prints its error by `Debug`: it should read as well there.
impl std::fmt::Debug for EnvironmentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A variable, what it says, and what one looks like.
#[derive(Debug, Clone, Copy)]
struct Variable {
    name: &'static str,
    meaning: &'static str,
    example: &'static str,
}

const TABLE: Variable =
    Variable { name: "ANDON_TABLE", meaning: "the DynamoDB table that holds all state", example: "andon" };
const TOPIC: Variable = Variable {
    name: "ANDON_TOPIC_ARN",
    meaning: "the SNS topic for alerts that match no route",
    example: "arn:aws:sns:eu-west-1:111122223333:andon",
};
const SLACK: Variable = Variable {
    name: "ANDON_SLACK_API_URL",
    meaning: "the base URL of the Slack API",
    example: "https://slack.com/api",
};
const PAGERDUTY: Variable = Variable {
    name: "ANDON_PAGERDUTY_API_URL",
    meaning: "the base URL of PagerDuty's events API",
    example: "https://events.pagerduty.com",
};
const OPSGENIE: Variable = Variable {
    name: "ANDON_OPSGENIE_API_URL",
    meaning: "the base URL of the Opsgenie API",
    example: "https://api.opsgenie.com",
};

#[cfg(feature = "evidence")]
const ROLE: Variable = Variable {
    name: "ANDON_EVIDENCE_ROLE",
    meaning: "the name of the role to assume for evidence in other accounts",
    example: "andon-evidence",
};
#[cfg(feature = "evidence")]
const EXTERNAL_ID: Variable = Variable {
    name: "ANDON_EVIDENCE_EXTERNAL_ID",
    meaning: "the external id that the role in other accounts requires",
    example: "andon-4f1c2b",
};
const CHAT_QUEUE: Variable = Variable {
    name: "ANDON_CHAT_QUEUE",
    meaning: "the URL of the queue for what takes longer than an answer to Slack may",
    example: "https://sqs.eu-west-1.amazonaws.com/111122223333/andon-chat",
};
const MCP_KEY: Variable = Variable {
    name: "ANDON_MCP_KEY",
    meaning: "the secret that seals what AI assistants keep between two requests",
    example: "secretsmanager:andon-mcp-key",
};
const SKILL: Variable = Variable {
    name: "ANDON_SKILL_ID",
    meaning: "the ids of the Alexa skills that may call the function, separated by commas",
    example: "amzn1.ask.skill.12345678-1234-1234-1234-123456789012",
};

const LEX: Variable = Variable {
    name: "ANDON_LEX_BOTS",
    meaning: "the ids of the Lex bots that may call the function, separated by commas",
    example: "ABCDEFGHIJ",
};

impl Variable {
    fn read(self) -> Result<Option<String>, EnvironmentError> {
        match std::env::var(self.name) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(self.wrong(&"it is not valid UTF-8")),
        }
    }

    fn required(self) -> Result<String, EnvironmentError> {
        let Self { name, meaning, example } = self;
        self.read()?.ok_or(EnvironmentError::Missing { name, meaning, example })
    }

    fn wrong(self, problem: &impl ToString) -> EnvironmentError {
        let Self { name, meaning, example } = self;
        EnvironmentError::Wrong { name, problem: problem.to_string(), meaning, example }
    }
}

/// `ANDON_TABLE`: the table that everything is kept in.
pub fn table() -> Result<String, EnvironmentError> {
    let table = TABLE.required()?;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !(3..=255).contains(&table.len()) || !table.chars().all(legal) {
        return Err(TABLE.wrong(&"a table's name has 3 to 255 letters, digits, `_`, `-` and `.`"));
    }
    Ok(table)
}

/// `ANDON_TOPIC_ARN`: the topic of alerts that no route takes elsewhere.
pub fn topic() -> Result<TopicArn, EnvironmentError> {
    let arn = TOPIC.required()?;
    TopicArn::parse(&arn).map_err(|error| TOPIC.wrong(&error))
}

/// `ANDON_SLACK_API_URL`: where Slack's methods are; `default` unless it is set.
pub fn slack_api(default: &str) -> Result<String, EnvironmentError> {
    Ok(api(SLACK)?.unwrap_or_else(|| default.to_owned()))
}

/// `ANDON_PAGERDUTY_API_URL` and `ANDON_OPSGENIE_API_URL`: where these services are, if not where they usually are.
#[cfg(feature = "send")]
pub fn service_apis() -> Result<ServiceApis, EnvironmentError> {
    Ok(ServiceApis { pagerduty: api(PAGERDUTY)?, opsgenie: api(OPSGENIE)? })
}

/// `ANDON_CHAT_QUEUE`: where the function that faces Slack puts work; none in the function that does it.
pub fn chat_queue() -> Result<Option<String>, EnvironmentError> {
    CHAT_QUEUE.read()
}

/// The base URL of an API, without a slash at its end.
fn api(variable: Variable) -> Result<Option<String>, EnvironmentError> {
    let Some(url) = variable.read()? else { return Ok(None) };
    let is_host = |rest: &str| rest.is_empty() || rest.starts_with([':', '/']);
    let local = ["http://127.0.0.1", "http://localhost"].iter().any(|host| url.strip_prefix(host).is_some_and(is_host));
    if url.starts_with("https://") || local {
        Ok(Some(url.trim_end_matches('/').to_owned()))
    } else {
        // A token goes there with every call.
        Err(variable.wrong(&"it is not https"))
    }
}

/// `ANDON_DEAD_LETTERS`: the URL of the queue for events that cannot be processed, if set.
pub fn dead_letters() -> Result<Option<String>, EnvironmentError> {
    let queue = Variable {
        name: "ANDON_DEAD_LETTERS",
        meaning: "the queue for events that cannot be processed",
        example: "https://sqs.eu-west-1.amazonaws.com/111122223333/andon-dead-letters",
    };
    queue.read()
}

/// `ANDON_EVIDENCE_ROLE` and `ANDON_EVIDENCE_EXTERNAL_ID`: the role by which evidence in other accounts is read, if there is one.
#[cfg(feature = "evidence")]
pub fn evidence_role() -> Result<Option<MemberRole>, EnvironmentError> {
    role_of(ROLE.read()?, EXTERNAL_ID.read()?)
}

#[cfg(feature = "evidence")]
fn role_of(name: Option<String>, external_id: Option<String>) -> Result<Option<MemberRole>, EnvironmentError> {
    let Some(name) = name else {
        return match external_id {
            Some(_) => Err(EXTERNAL_ID.wrong(&format!("{} is not set, so no role requires it", ROLE.name))),
            None => Ok(None),
        };
    };
    let legal = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    if name.len() > 512 || !name.chars().all(legal) {
        return Err(ROLE.wrong(&"use the role's name, not its ARN: the account is the one where the action failed"));
    }
    if external_id.as_ref().is_some_and(|id| !(2..=1224).contains(&id.len())) {
        return Err(EXTERNAL_ID.wrong(&"an external id has 2 to 1224 characters"));
    }
    Ok(Some(MemberRole { name, external_id }))
}

/// The Lex bots that may call the function, from `ANDON_LEX_BOTS`.
pub fn lex_bots() -> Result<BTreeSet<String>, EnvironmentError> {
    let bots = LEX.required()?;
    let bots: BTreeSet<String> = bots.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    match bots.iter().find(|id| !id.chars().all(|c| c.is_ascii_alphanumeric())) {
        Some(wrong) => Err(LEX.wrong(&format!("{wrong:?} is not the id of a bot"))),
        None if bots.is_empty() => Err(LEX.wrong(&"it is empty")),
        None => Ok(bots),
    }
}

/// `ANDON_MCP_KEY`: the secret with which the MCP server seals cursors and confirmations.
pub fn mcp_key() -> Result<SecretRef, EnvironmentError> {
    MCP_KEY.required()?.parse().map_err(|error: Invalid| MCP_KEY.wrong(&error.message))
}

/// `ANDON_SKILL_ID`: the skills that may ask.
pub fn skills() -> Result<BTreeSet<String>, EnvironmentError> {
    let skills: BTreeSet<String> =
        SKILL.required()?.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    match skills.iter().find(|id| !id.starts_with("amzn1.ask.skill.") || id.contains(char::is_whitespace)) {
        Some(wrong) => Err(SKILL.wrong(&format!("{wrong:?} is not a skill id"))),
        None if skills.is_empty() => Err(SKILL.wrong(&"it is empty")),
        None => Ok(skills),
    }
}

/// `ANDON_ALARMS`: the alarms whose states are on the dashboard, if any are.
pub fn alarms() -> Result<Vec<String>, EnvironmentError> {
    let alarms = Variable {
        name: "ANDON_ALARMS",
        meaning: "the ARNs of CloudWatch alarms, separated by commas",
        example: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:andon-NotifierErrors",
    };
    let text = alarms.read()?.unwrap_or_default();
    let arns: Vec<String> = text.split(',').map(str::trim).filter(|arn| !arn.is_empty()).map(str::to_owned).collect();
    match arns.iter().find(|arn| Arn::parse(arn).is_none_or(|arn| arn.service != "cloudwatch")) {
        Some(wrong) => Err(alarms.wrong(&format!("{wrong:?} is not the ARN of an alarm"))),
        None => Ok(arns),
    }
}

/// The configuration: the file that `ANDON_CONFIG` names, or `andon.yml` beside the binary; without either, the default.
pub fn config() -> Result<Config, EnvironmentError> {
    let named = std::env::var_os("ANDON_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = named.clone().unwrap_or_else(beside_the_binary);
    match std::fs::read_to_string(&path) {
        Ok(text) => Config::parse(&text, &path.display().to_string())
            .map_err(|findings| EnvironmentError::Config(findings.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(Config::default()),
        Err(error) => Err(EnvironmentError::Wrong {
            name: "ANDON_CONFIG",
            problem: format!("cannot read {}: {error}", path.display()),
            meaning: "the path of the configuration file",
            example: "/opt/andon.yml",
        }),
    }
}

fn beside_the_binary() -> PathBuf {
    let folder = std::env::var_os("LAMBDA_TASK_ROOT").map(PathBuf::from);
    folder.unwrap_or_else(|| PathBuf::from(".")).join(CONFIG)
}

/// The account and region of a function, by its own ARN; where that is none, by `AWS_REGION` and an unknown account.
pub fn home(function_arn: &str) -> Home {
    // arn:aws:lambda:REGION:ACCOUNT:function:NAME
    let arn = Arn::parse(function_arn);
    let region = arn.and_then(|arn| arn.region()).map(str::to_owned).or_else(|| std::env::var("AWS_REGION").ok());
    let region = region.and_then(|region| Region::parse(region).ok());
    let account = arn.and_then(|arn| arn.account()).and_then(|account| AccountId::parse(account).ok());
    Home { account: account.unwrap_or_else(AccountId::unknown), region: region.unwrap_or_else(Region::unknown) }
}

#[cfg(all(test, feature = "evidence"))]
mod tests {
    use super::*;

    fn role(name: &str, external_id: &str) -> Result<Option<MemberRole>, String> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        role_of(given(name), given(external_id)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_role_of_other_accounts_is_a_name_with_or_without_an_external_id() {
        let named = |external_id: Option<&str>| {
            Some(MemberRole { name: "andon-evidence".to_owned(), external_id: external_id.map(str::to_owned) })
        };
        assert_eq!(role("", ""), Ok(None));
        assert_eq!(role("andon-evidence", ""), Ok(named(None)));
        assert_eq!(role("andon-evidence", "andon-4f1c2b"), Ok(named(Some("andon-4f1c2b"))));
    }

    #[test]
    fn a_role_that_no_account_could_have_is_refused_with_the_variable_and_an_example() {
        for (name, external_id, variable) in [
            ("arn:aws:iam::444455556666:role/andon-evidence", "", "ANDON_EVIDENCE_ROLE"),
            ("two words", "", "ANDON_EVIDENCE_ROLE"),
            ("andon-evidence", "x", "ANDON_EVIDENCE_EXTERNAL_ID"),
            ("", "andon-4f1c2b", "ANDON_EVIDENCE_EXTERNAL_ID"),
        ] {
            let error = role(name, external_id).unwrap_err();
            assert!(error.contains(variable) && error.contains("for example"), "{error}");
        }
    }
}
