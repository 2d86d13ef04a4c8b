//! Secrets never leave: what looks like one becomes `***` before a line is stored, sent or shown.
//!
//! Two ways to know a secret: by its own shape (a token's prefix, a private key's frame) and by the name before it
//! (`DB_PASSWORD=`, `Authorization:`). Ids that people need to find their way (commits, UUIDs, ARNs, accounts, builds)
//! have neither and stay. Redacting twice changes nothing.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands for a secret.
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

/// Secrets that are known by what stands before them: group 1 stays, group 2 is hidden.
const NAMED: &[&str] = &[
    // postgres://user:password@host
    r#"([A-Za-z][A-Za-z0-9+.-]*://[^/ \t:@"'<>]*:)([^/ \t@"'<>]+)@"#,
    // https://token@host
    r"(https?://)([A-Za-z0-9_-]{20,})@",
    // DB_PASSWORD=..., export "NPM_TOKEN": ...
    r#"((?-u:\b)(?:[A-Z0-9]+_)*(?:SECRETS?|TOKENS?|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS|WEBHOOK_URL|DATABASE_URL|CONNECTION_STRING)(?:_[A-Z0-9]+)*["']?[ \t]*[=:][ \t]*["']?)([^ \t"',;}]+)"#,
    // password=..., "clientSecret": "...", AccountKey=..., X-Amz-Signature=...
    r#"((?i-u:password|passwd|;[ ]*pwd|passphrase|secret|client_?secret|secret_?key|api_?key|apikey|access_?token|auth_?token|_authtoken|refresh_?token|id_?token|private_?key|accountkey|sharedaccesskey|secretaccesskey|sessiontoken|x-amz-signature|x-amz-security-token|x-amz-credential|sig|token)=["']?)([^ \t"',;&}]+)"#,
    r#"("(?i-u:[a-z_-]*(?:password|passwd|secret|token|apikey|api_key|privatekey|private_key|accesskey|secretaccesskey|credential))"[ \t]*:[ \t]*")([^"]+)"#,
    // Authorization: Bearer ..., X-Api-Key: ...
    r#"((?i-u:authorization["']?[ \t]*[:=][ \t]*["']?(?:bearer|basic|token|digest)[ \t]+))([^ \t"',]+)"#,
    r#"((?i-u:x-(?:api-key|auth-token|amz-security-token|vault-token|gitlab-token)["']?[ \t]*:[ \t]*["']?))([^ \t"',]+)"#,
    r"((?-u:\b)Bearer[ \t]+)([A-Za-z0-9._~+/=-]{16,})",
    // --password x, --token=x, curl -u user:x
    r#"(--(?:password|passwd|token|auth-token|access-token|secret|secret-key|api-key|client-secret|registry-password|docker-password)[ =]["']?)([^ \t"']+)"#,
    r#"((?-u:\b)curl .*-u[ \t]+["']?[^ \t:"']+:)([^ \t"']+)"#,
];

static BY_SHAPE: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SHAPES.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());
static BY_NAME: LazyLock<Vec<Regex>> =
    LazyLock::new(|| NAMED.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());

/// The text without its secrets; borrowed when it has none.
pub fn redact(text: &str) -> Cow<'_, str> {
    if is_key_material(text) {
        return Cow::Borrowed(HIDDEN);
    }
    let mut text = Cow::Borrowed(text);
    for pattern in BY_SHAPE.iter() {
        if pattern.is_match(&text) {
            text = Cow::Owned(pattern.replace_all(&text, HIDDEN).into_owned());
        }
    }
    for pattern in BY_NAME.iter() {
        if pattern.is_match(&text) {
            text = Cow::Owned(pattern.replace_all(&text, hidden_value).into_owned());
        }
    }
    text
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

/// Keeps what merely points to a secret (a variable, an ARN, a parameter's name).
fn hidden_value(found: &Captures<'_>) -> String {
    let part = |at| found.get(at).map_or("", |part| part.as_str());
    let (whole, name, value) = (part(0), part(1), part(2));
    let after = whole.get(name.len() + value.len()..).unwrap_or("");
    let points =
        ["arn:", "$", "ssm:", "secretsmanager:", "env:", "<", "{{", "null", "undefined", "true", "false", "None"]
            .iter()
            .any(|start| value.starts_with(start));
    if points { whole.to_owned() } else { format!("{name}{HIDDEN}{after}") }
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
            ("export NPM_TOKEN=\"abc def\"", "export NPM_TOKEN=\"*** def\""),
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
