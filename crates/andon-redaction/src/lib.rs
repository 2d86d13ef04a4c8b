//! Redaction: what looks like a secret becomes `***` before a line is stored, sent or shown.
//!
//! A secret is recognised by its own shape (the prefix of a token, the frame of a private key), or by the name before it
//! in whatever form a log holds names and values: an assignment, a header, an option of a command, a file's key, an
//! element, a parameter of a URL, a sentence. Ids that readers need (commits, digests, UUIDs, ARNs, builds) have neither
//! and stay, as does what is merely said about a secret. Redacting twice changes nothing. The time is linear in the text.

use std::borrow::Cow;
use std::ops::Range;

mod calls;
mod command;
mod hash;
mod heredoc;
mod lists;
mod members;
mod name;
mod pairs;
mod sentence;
mod shapes;
mod spans;
mod table;
mod text;
mod tools;
mod url;
mod value;
mod view;
mod wrapper;

use spans::Spans;
use view::View;

/// The replacement of a secret.
pub const HIDDEN: &str = "***";

/// Hiding one secret may show another (`A_TOKEN=x@y` within a URL): so often it is looked again.
const MAX_PASSES: usize = 8;

/// The text without its secrets; borrowed when it has none. It has as many lines as before.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_PASSES {
        match hidden_once(&text) {
            Some(less) => text = Cow::Owned(less),
            None => return text,
        }
    }
    // What does not come to rest is nothing that anybody could read.
    Cow::Borrowed(HIDDEN)
}

/// The lines without their secrets, also those that go over several lines.
pub fn redact_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let lines: Vec<&str> = lines.into_iter().collect();
    let whole = lines.join("\n");
    let shown = redact(&whole);
    if matches!(shown, Cow::Borrowed(_)) {
        return lines.into_iter().map(Cow::Borrowed).collect();
    }
    let shown: Vec<&str> = shown.split('\n').collect();
    if shown.len() != whole.split('\n').count() {
        return lines.iter().map(|_| Cow::Borrowed(HIDDEN)).collect();
    }
    let mut at = 0;
    let mut of_line = |line: &str| {
        let count = line.split('\n').count();
        let part = shown.get(at..at + count).unwrap_or_default().join("\n");
        at += count;
        part
    };
    lines
        .into_iter()
        .map(|line| {
            let part = of_line(line);
            if part == line { Cow::Borrowed(line) } else { Cow::Owned(part) }
        })
        .collect()
}

/// The text after one look for every kind of secret, if that changes it.
fn hidden_once(text: &str) -> Option<String> {
    let mut spans = Spans::default();
    if let Some(plain) = View::without_invisible(text) {
        for range in found(&plain.text).ranges() {
            spans.hide(plain.place(range).unwrap_or_default());
        }
    } else {
        spans = found(text);
    }
    spans.apply(text)
}

/// Where the secrets of a text stand, both as it is and with its encoded characters decoded.
fn found(text: &str) -> Spans {
    let mut spans = Spans::default();
    find(text, &mut spans);
    if let Some(decoded) = View::decoded(text) {
        let mut within = Spans::default();
        find(&decoded.text, &mut within);
        // Lines that stand side by side there need not do so in the text.
        let is_one_line = |range: &&Range<usize>| !text::part(&decoded.text, (*range).clone()).contains('\n');
        for range in within.ranges().filter(is_one_line) {
            spans.hide(decoded.place(range).unwrap_or_default());
        }
    }
    spans
}

fn find(text: &str, spans: &mut Spans) {
    shapes::find(text, spans);
    hash::find(text, spans);
    pairs::find(text, spans);
    calls::find(text, spans);
    url::find(text, spans);
    command::find(text, spans);
    heredoc::find(text, spans);
    table::find(text, spans);
    sentence::find(text, spans);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            redact(concat!("POST https://hooks.", "slack.com/services/T000/B000/aB3dE6gH9jK2mN5pQ8sT1vW4 failed")),
            "POST https://hooks.slack.com/services/T000/B000/*** failed"
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
