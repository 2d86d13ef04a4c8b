//! References to secrets, never the secrets themselves.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;

/// A reference to a secret. It is safe to print; what it refers to is fetched at first use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretRef {
    /// `ssm:/name`: a parameter of the Systems Manager parameter store.
    Ssm(String),
    /// `secretsmanager:id` or `secretsmanager:id#key`: a secret, or one key of a JSON secret.
    SecretsManager {
        /// Its name or ARN.
        id: String,
        /// The key, when the secret is a JSON object.
        key: Option<String>,
    },
    /// `env:NAME`: an environment variable.
    Env(String),
}

/// What to write in place of a secret.
const FORMS: &str = "store the secret in Parameter Store, Secrets Manager or an environment variable, and write \
     `ssm:/name`, `secretsmanager:id` or `env:NAME`";

impl FromStr for SecretRef {
    type Err = Invalid;

    /// The error of a text that is no reference never repeats the text.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Some(name) = text.strip_prefix("ssm:") {
            ssm(name)
        } else if let Some(id) = text.strip_prefix("secretsmanager:") {
            secrets_manager(id)
        } else if let Some(name) = text.strip_prefix("env:") {
            env(name)
        } else {
            Err(Invalid::new("a secret value is not allowed here; give a reference").with_help(FORMS))
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssm(name) => write!(f, "ssm:{name}"),
            Self::SecretsManager { id, key: None } => write!(f, "secretsmanager:{id}"),
            Self::SecretsManager { id, key: Some(key) } => write!(f, "secretsmanager:{id}#{key}"),
            Self::Env(name) => write!(f, "env:{name}"),
        }
    }
}

/// Whether the text at least means to be a reference, so that it may be shown.
pub fn is_reference(text: &str) -> bool {
    ["ssm:", "secretsmanager:", "env:"].iter().any(|scheme| text.starts_with(scheme))
}

fn ssm(name: &str) -> Result<SecretRef, Invalid> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let help = "write a reference such as `ssm:/andon/slack-token`";
    if name.is_empty() || name == "/" {
        Err(Invalid::new("the parameter name is missing").with_help(help))
    } else if name.contains('/') && (!name.starts_with('/') || name.ends_with('/')) {
        Err(Invalid::new("a parameter name with slashes starts with a slash and does not end with one").with_help(help))
    } else if !name.chars().all(legal) || name.len() > 1011 {
        Err(Invalid::new("a parameter name has only letters, digits, `.`, `-`, `_` and `/`, at most 1011")
            .with_help(help))
    } else {
        Ok(SecretRef::Ssm(name.to_owned()))
    }
}

fn secrets_manager(reference: &str) -> Result<SecretRef, Invalid> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "/_+=.@:-".contains(c);
    let help = "write a reference such as `secretsmanager:andon/slack`, or `secretsmanager:andon/slack#token` for one key of a JSON secret";
    let (id, key) = match reference.split_once('#') {
        Some((id, key)) => (id, Some(key)),
        None => (reference, None),
    };
    if id.is_empty() || key.is_some_and(str::is_empty) {
        Err(Invalid::new("the secret name is missing, or the key is empty").with_help(help))
    } else if !id.chars().all(legal) || id.len() > 2048 {
        Err(Invalid::new("a secret name has only letters, digits and `/_+=.@-`").with_help(help))
    } else {
        Ok(SecretRef::SecretsManager { id: id.to_owned(), key: key.map(str::to_owned) })
    }
}

fn env(name: &str) -> Result<SecretRef, Invalid> {
    let starts_well = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if starts_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(SecretRef::Env(name.to_owned()))
    } else {
        Err(Invalid::new(
            "the name of an environment variable has letters, digits and `_`, and does not start with a digit",
        )
        .with_help("write a reference such as `env:SLACK_TOKEN`"))
    }
}

/// The address of an incoming webhook, once it has been fetched. It is itself a secret, so
/// neither `Debug` nor any error shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Why a text is no webhook address; without the text, which is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadWebhookUrl {
    /// It is not an `https` address, and not `http` to this very machine.
    NotHttps,
    /// It has no host, or characters no address has.
    Malformed,
}

impl WebhookUrl {
    /// Accepts `https` everywhere, and `http` on the loopback for tests and demonstrations.
    pub fn parse(text: &str) -> Result<Self, BadWebhookUrl> {
        let text = text.trim();
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
            return Err(BadWebhookUrl::Malformed);
        }
        let (scheme, rest) = text.split_once("://").ok_or(BadWebhookUrl::Malformed)?;
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
        if authority.contains('@') {
            return Err(BadWebhookUrl::Malformed);
        }
        let host = match authority.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or(""),
            None => authority.split(':').next().unwrap_or(""),
        };
        if host.is_empty() {
            return Err(BadWebhookUrl::Malformed);
        }
        let loopback = host.eq_ignore_ascii_case("localhost")
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if scheme.eq_ignore_ascii_case("https") || (scheme.eq_ignore_ascii_case("http") && loopback) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadWebhookUrl::NotHttps)
        }
    }

    /// The address, to send to and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(***)")
    }
}

impl fmt::Display for BadWebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttps => "the webhook URL is not https: store a URL that starts with https://",
            Self::Malformed => "the webhook is not a valid URL: store the URL as the service shows it",
        })
    }
}

impl std::error::Error for BadWebhookUrl {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_read_and_print_as_written() {
        for text in [
            "ssm:/andon/slack-token",
            "ssm:token",
            "secretsmanager:andon/hook",
            "secretsmanager:andon/slack#token",
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:andon-AbCdEf",
            "env:SLACK_TOKEN",
        ] {
            assert_eq!(text.parse::<SecretRef>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_references_are_refused() {
        for text in [
            "ssm:",
            "ssm:/",
            "ssm:andon/token",
            "ssm:/andon/",
            "ssm:/a b",
            "secretsmanager:",
            "secretsmanager:a#",
            "env:",
            "env:1A",
            "env:A-B",
        ] {
            assert!(text.parse::<SecretRef>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_webhook_is_https_or_on_this_machine() {
        for good in [
            "https://hooks.slack.com/services/T0/B0/x",
            "HTTPS://example.com",
            "http://127.0.0.1:8080/hook",
            "http://[::1]:8080/",
            "http://localhost/x",
            " https://example.com/x\n",
        ] {
            assert!(WebhookUrl::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("http://hooks.slack.com/services/x", BadWebhookUrl::NotHttps),
            ("http://localhost.example.com/", BadWebhookUrl::NotHttps),
            ("http://localhost@example.com/", BadWebhookUrl::Malformed),
            ("http://127.0.0.1.example.com/", BadWebhookUrl::NotHttps),
            ("http://example.com\\@127.0.0.1/", BadWebhookUrl::NotHttps),
            ("ftp://127.0.0.1/", BadWebhookUrl::NotHttps),
            ("hooks.slack.com/services/x", BadWebhookUrl::Malformed),
            ("https://", BadWebhookUrl::Malformed),
            ("https://a b", BadWebhookUrl::Malformed),
        ] {
            assert_eq!(WebhookUrl::parse(bad), Err(why), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_error_of_a_literal_never_repeats_it(secret in "[A-Za-z0-9]{12,40}") {
            let shown = secret.parse::<SecretRef>().unwrap_err().to_string();
            prop_assert!(!shown.contains(&secret));
        }

        #[test]
        fn no_address_is_shown_by_debug(path in "[a-z]{8,20}") {
            let url = WebhookUrl::parse(&format!("https://example.com/{path}")).unwrap();
            let shown = format!("{url:?}");
            prop_assert!(!shown.contains(&path));
        }
    }
}
