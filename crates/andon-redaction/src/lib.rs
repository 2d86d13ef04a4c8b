//! Redaction: what looks like a secret becomes `***` before a line is stored, sent or shown.
//!
//! A secret is recognised by its own shape (a token's prefix, a private key's frame) or by the name before it
//! (`DB_PASSWORD=`, `Authorization:`). Ids that readers need (commits, UUIDs, ARNs, accounts, builds) have neither and
//! stay. Redacting twice changes nothing.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The replacement of a secret.
pub const HIDDEN: &str = "***";

/// Secrets that are known by their shape; all of the match is hidden.
const SHAPES: &[&str] = &[
    // AWS access key ids
    r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?-u:\b)",
    // GitHub, GitLab, npm, PyPI, Docker Hub, Hugging Face
    r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{16,}|dckr_pat_[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,})",
    // Slack tokens and web hooks
    r"(?-u:\b)(?:xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,})",
    r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{8,}",
    // Stripe, Google, SendGrid
    r"(?-u:\b)(?:[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|AIza[A-Za-z0-9_-]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
    // JSON web tokens
    r"(?-u:\b)eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?",
    // A private key within one text
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)",
];

/// Secrets that are recognised by the text before them: group 1 stays, group 2 is hidden.
const NAMED: &[&str] = &[
    // postgres://user:password@host
    r#"([A-Za-z][A-Za-z0-9+.-]*://[^/ \t:@"'<>]*:)([^/ \t@"'<>]+)@"#,
    // https://token@host
    r"(https?://)([A-Za-z0-9_-]{20,})@",
    // DB_PASSWORD=..., export "NPM_TOKEN": ...
    r#"((?-u:\b)(?:[A-Z0-9]+_)*(?:SECRETS?|TOKENS?|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS|WEBHOOK_URL|DATABASE_URL|CONNECTION_STRING)(?:_[A-Z0-9]+)*["']?[ \t]*[=:][ \t]*)("[^"]+|'[^']+|[^ \t"',;}]+)"#,
    // Authorization: Bearer ..., X-Api-Key: ...
    r#"((?i-u:authorization["']?[ \t]*[:=][ \t]*["']?(?:bearer|basic|token|digest)[ \t]+))([^ \t"',]+)"#,
    r#"((?i-u:x-(?:api-key|auth-token|amz-security-token|vault-token|gitlab-token)["']?[ \t]*:[ \t]*["']?))([^ \t"',]+)"#,
    r"((?-u:\b)Bearer[ \t]+)([A-Za-z0-9._~+/=-]{16,})",
    // --password x, --token=x, curl -u user:x
    r#"(--(?:password|passwd|token|auth-token|access-token|secret|secret-key|api-key|client-secret|registry-password|docker-password)[ =]["']?)([^ \t"']+)"#,
    r#"((?-u:\b)curl .*-u[ \t]+["']?[^ \t:"']+:)([^ \t"']+)"#,
];

/// The same in people's own words and in files: `password: ...`, `"clientSecret": "..."`, `db.password = ...`, `?sig=...`.
/// Such names occur in sentences and in code as well, so what follows has to look like a value.
const WORDED: &str = r#"(?x)
    ( (?:^|[^A-Za-z0-9:/])
      (?i-u: [a-z0-9_.-]*
        (?: password | passwd | passphrase | secret | token | api[_-]?key | private[_-]?key | secret[_-]?key
          | account[_-]?key | access[_-]?key | credential | x-amz-signature | \bsig | \b(?-i:pwd|Pwd) ) )
      \\?["']? [\ \t]* [:=] [\ \t]* )
    ( \\?"[^"\\]+ | '[^']+ | [^\ \t"',;&})\]]+ )"#;

static BY_SHAPE: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SHAPES.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());
static BY_NAME: LazyLock<Vec<Regex>> =
    LazyLock::new(|| NAMED.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());

static IN_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(WORDED).ok());

/// Hiding one secret may show another (`A_TOKEN=x@y` within a URL): so often it is looked again.
const MOST_PASSES: usize = 8;

/// The text without its secrets; borrowed when it has none.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST_PASSES {
        match hidden_once(&text) {
            Some(less) => text = Cow::Owned(less),
            None => return text,
        }
    }
    // What does not come to rest is nothing that anybody could read.
    Cow::Borrowed(HIDDEN)
}

/// The text after one look for every kind of secret, if that changes it.
fn hidden_once(text: &str) -> Option<String> {
    if is_key_material(text) {
        return Some(HIDDEN.to_owned());
    }
    let mut less = Cow::Borrowed(text);
    for pattern in BY_SHAPE.iter() {
        less = replaced(pattern, less, |_, _| HIDDEN.to_owned());
    }
    for pattern in BY_NAME.iter() {
        less = replaced(pattern, less, hidden_value);
    }
    if let Some(pattern) = IN_WORDS.as_ref() {
        less = replaced(pattern, less, hidden_word);
    }
    (less != text).then(|| less.into_owned())
}

/// The text with every match replaced by what `hide` makes of it and of the whole text.
fn replaced<'a>(pattern: &Regex, text: Cow<'a, str>, hide: fn(&Captures<'_>, &str) -> String) -> Cow<'a, str> {
    match pattern.replace_all(&text, |found: &Captures<'_>| hide(found, &text)) {
        Cow::Borrowed(_) => text,
        Cow::Owned(less) => Cow::Owned(less),
    }
}

/// The lines without their secrets, also those of a private key that goes over several lines.
pub fn redact_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let mut in_key = false;
    lines
        .into_iter()
        .map(|line| {
            let begins = line.contains("-----BEGIN ") && line.contains("PRIVATE KEY");
            let ends = line.contains("-----END ") && line.contains("PRIVATE KEY");
            let hidden = in_key || begins || ends;
            in_key = (in_key || begins) && !ends;
            if hidden { Cow::Borrowed(HIDDEN) } else { redact(line) }
        })
        .collect()
}

fn part<'a>(found: &Captures<'a>, at: usize) -> &'a str {
    found.get(at).map_or("", |part| part.as_str())
}

/// The value behind a name becomes [`HIDDEN`], but for its opening quote.
fn without_value(found: &Captures<'_>) -> String {
    let (whole, name, value) = (part(found, 0), part(found, 1), part(found, 2));
    let bare = value.trim_start_matches(['\\', '"', '\'']);
    let quote = value.strip_suffix(bare).unwrap_or("");
    let after = whole.get(name.len() + value.len()..).unwrap_or("");
    format!("{name}{quote}{HIDDEN}{after}")
}

fn hidden_value(found: &Captures<'_>, _: &str) -> String {
    let value = part(found, 2).trim_start_matches(['\\', '"', '\'']);
    if points_elsewhere(value) { part(found, 0).to_owned() } else { without_value(found) }
}

/// Keeps what merely points to a secret (a variable, an ARN, a parameter's name).
fn points_elsewhere(value: &str) -> bool {
    ["arn:", "$", "ssm:", "secretsmanager:", "env:", "<", "{{", "null", "undefined", "true", "false", "None"]
        .iter()
        .any(|start| value.starts_with(start))
}

/// Names are also words of sentences and of code; then what follows them is no value.
fn hidden_word(found: &Captures<'_>, text: &str) -> String {
    let (name, value) = (part(found, 1), part(found, 2));
    let bare = value.trim_start_matches(['\\', '"', '\'']);
    let quoted = bare.len() < value.len();
    let rest = found.get(0).and_then(|whole| text.get(whole.end()..)).unwrap_or("");
    let before = found.get(1).and_then(|name| text.get(..name.start())).unwrap_or("");
    let is_other = points_elsewhere(bare)
        || !quoted && (is_said_of_a_secret(bare) || is_code(bare))
        || !quoted && name.contains(':') && is_sentence(bare, rest)
        || is_of_a_grammar(name, before) && !is_mixed(bare);
    if is_other { part(found, 0).to_owned() } else { without_value(found) }
}

/// `password: incorrect`, `using password: YES`, `password: string`
fn is_said_of_a_secret(value: &str) -> bool {
    const SAID: &str = "yes no on off required missing invalid incorrect wrong expired empty unset denied failed not is none \
        nil undefined unknown unexpected expected revoked unauthorized forbidden error string str number \
        boolean bool any object bytes text varchar must cannot too sensitive await new";
    let word = value.trim_end_matches(['.', '!', '?', ':']);
    SAID.split(' ').any(|said| word.eq_ignore_ascii_case(said))
}

/// `token = getToken(`, `password: config.password`, `secret: Option<String>`, `[`, `|`
fn is_code(value: &str) -> bool {
    let names = ["password", "secret", "token", "key", "credential", "process.env", "os.environ", "self.", "this."];
    let lower = value.to_ascii_lowercase();
    !value.starts_with(|c: char| c.is_ascii_alphanumeric() || "_-+/.~*%#!@^".contains(c))
        || value.contains(['(', '<', '`'])
        || !value.bytes().any(|b| b.is_ascii_digit()) && names.iter().any(|name| lower.contains(name))
}

/// `password: authentication failed for user`: a word, and further words behind it.
fn is_sentence(value: &str, rest: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_alphabetic())
        && rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// `Unexpected token: identifier`: a parser's word, not a credential.
fn is_of_a_grammar(name: &str, before: &str) -> bool {
    const SAID_BEFORE: [&str; 8] =
        ["unexpected", "illegal", "expected", "invalid", "unknown", "unrecognized", "next", "bad"];
    let last = before.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
    name.to_ascii_lowercase().contains("token") && SAID_BEFORE.iter().any(|word| last.eq_ignore_ascii_case(word))
}

/// Letters and digits mixed, as people and generators make secrets.
fn is_mixed(value: &str) -> bool {
    value.len() >= 8 && value.bytes().any(|b| b.is_ascii_digit()) && value.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A line of a key's body, quoted without its frame: long, nothing but base64, and not a hash.
fn is_key_material(line: &str) -> bool {
    let line = line.trim();
    let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
    let has = |kind: fn(&u8) -> bool| line.as_bytes().iter().any(kind);
    line.len() >= 64
        && line.bytes().all(base64)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!((BY_SHAPE.len(), BY_NAME.len()), (SHAPES.len(), NAMED.len()));
        assert!(IN_WORDS.is_some());
    }

    #[test]
    fn tokens_are_known_by_their_shape() {
        for secret in [
            "AKIAIOSFODNN7EXAMPLE",
            "ASIAIOSFODNN7EXAMPLE",
            concat!("gh", "p_0123456789abcdefghijABCDEFGHIJ012345"),
            concat!("github", "_pat_11ABCDEFG0123456789_abcdefghijklmnop"),
            concat!("xox", "b-123456789012-abcdefGHIJKL"),
            concat!("npm", "_0123456789abcdefghijABCDEFGHIJ012345"),
            concat!("pypi", "-AgEIcHlwaS5vcmcCJGFiY2RlZg"),
            concat!("sk_", "live_0123456789abcdef"),
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        ] {
            let line = format!("using {secret} now");
            assert_eq!(redact(&line), "using *** now", "{secret}");
        }
        assert_eq!(
            redact(concat!("POST https://hooks.", "slack.com/services/T000/B000/XXXXXXXX failed")),
            "POST https://*** failed"
        );
    }

    #[test]
    fn values_are_known_by_the_names_before_them() {
        for (line, expected) in [
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=***"),
            ("export NPM_TOKEN=\"abc def\"", "export NPM_TOKEN=\"***\""),
            ("MY_SECRET_KEY: s3cr3t", "MY_SECRET_KEY: ***"),
            ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY=***"),
            ("postgres://shop:hunter2@db:5432/shop", "postgres://shop:***@db:5432/shop"),
            ("Server=db;User=sa;Password=hunter2;", "Server=db;User=sa;Password=***;"),
            ("{\"clientSecret\": \"abc\", \"id\": 1}", "{\"clientSecret\": \"***\", \"id\": 1}"),
            ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
            ("docker login --password hunter2 registry", "docker login --password *** registry"),
            ("curl -u admin:hunter2 https://x", "curl -u admin:*** https://x"),
            ("GET /a?X-Amz-Signature=abcdef&X=1", "GET /a?X-Amz-Signature=***&X=1"),
            ("//registry.example/:_authToken=abc", "//registry.example/:_authToken=***"),
        ] {
            assert_eq!(redact(line), expected);
        }
    }

    #[test]
    fn values_are_known_in_peoples_own_words() {
        for (line, expected) in [
            ("password: hunter2", "password: ***"),
            ("password=hunter2", "password=***"),
            ("password = 'two words'", "password = '***'"),
            ("logging in with password: hunter", "logging in with password: ***"),
            ("db_password: hunter2, user: shop", "db_password: ***, user: shop"),
            ("  db.password = hunter2", "  db.password = ***"),
            ("{\"token\": \"x\"}", "{\"token\": \"***\"}"),
            ("{'apiKey': 'x y'}", "{'apiKey': '***'}"),
            (r#"{\"token\": \"x\"}"#, r#"{\"token\": \"***\"}"#),
            ("Password: hunter2 Token: abc1", "Password: *** Token: ***"),
            ("password=a token=b", "password=*** token=***"),
            ("Server=db;User Id=sa;Pwd=hunter;", "Server=db;User Id=sa;Pwd=***;"),
            ("invalid token: 0a1b2c3d4e", "invalid token: ***"),
            ("AccountKey=abc==;EndpointSuffix=x", "AccountKey=***;EndpointSuffix=x"),
        ] {
            assert_eq!(redact(line), expected);
        }
    }

    #[test]
    fn what_is_said_about_secrets_stays() {
        for line in [
            "FATAL:  password authentication failed for user \"shop\"",
            "psql: error: password: authentication failed for user shop",
            "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
            "SyntaxError: Unexpected token: identifier",
            "SyntaxError: Unexpected token: punc (;)",
            "error: expected one of `:`, found token: `Comma`",
            "Error: token: invalid",
            "login failed, password: incorrect",
            "  password: string;",
            "  token: Option<String>,",
            "password = var.db_password",
            "token: process.env.TOKEN",
            "const token = await getToken()",
            "Parse error: syntax error, unexpected token \"}\"",
            "Enter password:",
            "fatal: could not read Password for 'https://github.com': terminal prompts disabled",
            "Secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
            "ResourceInitializationError: unable to pull secrets or registry auth: access denied",
            "  + password = (sensitive value)",
            "The security token included in the request is expired",
        ] {
            assert_eq!(redact(line), line);
        }
    }

    #[test]
    fn hiding_one_secret_may_show_another() {
        for text in [
            "0\u{18}&tps://ER_SECRET_KEY:0@\0",
            "tps://ER_SECRET_KEY:x@y@z",
            "a://A_TOKEN:$b@c",
            "https://A_TOKEN:b@token=c@d",
        ] {
            let once = redact(text).into_owned();
            assert_eq!(redact(&once), once, "{text:?}");
        }
    }

    #[test]
    fn a_private_key_over_several_lines_is_hidden() {
        let lines = [
            "key:",
            concat!("-----BEGIN RSA ", "PRIVATE KEY-----"),
            "MIIEabc",
            "short",
            concat!("-----END RSA ", "PRIVATE KEY-----"),
            "done",
        ];
        assert_eq!(redact_lines(lines), ["key:", "***", "***", "***", "***", "done"]);
    }

    #[test]
    fn ids_that_lead_somewhere_stay() {
        for line in [
            "commit 3f786850e387550fdab836ed7e6dc881de23001b",
            "request 609c5786-5479-4e98-b6fa-7ab3267ddfb1",
            "arn:aws:iam::123456789012:role/build and arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
            "account 123456789012, build shop:97595edc-1db1-4070-97a0-71fa862f0993",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "DB_SECRET_ARN=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
            "SyntaxError: Unexpected token: }",
            "PWD=/codebuild/output/src123/src",
            "expected password, found token",
            "git clone https://github.com/shop/shop.git",
        ] {
            assert_eq!(redact(line), line);
        }
    }

    proptest! {
        #[test]
        fn redacting_twice_changes_nothing(text in "(?s).{0,120}|[A-Z_]{0,9}(SECRET|TOKEN|PASSWORD)[=:] ?['\"]?[!-~]{0,40}|[a-z]{1,5}://[!-~]{0,30}:[!-~]{0,20}@[a-z]{0,9}") {
            let once = redact(&text).into_owned();
            prop_assert_eq!(redact(&once).into_owned(), once.clone());
        }

        #[test]
        fn ids_are_never_eaten(commit in "[0-9a-f]{40}", account in "[0-9]{12}", uuid in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}") {
            let line = format!("run {uuid} of {commit} in arn:aws:codebuild:eu-west-1:{account}:build/shop:{uuid} ({account})");
            prop_assert_eq!(redact(&line).into_owned(), line.clone());
        }
    }
}
