//! Values: whether what stands behind the name of a secret can be one.

use crate::name::Strength;

/// What stands behind a name, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'t> {
    pub(crate) text: &'t str,
    pub(crate) quoted: bool,
    /// What follows it on its line.
    pub(crate) after: &'t str,
}

impl Value<'_> {
    /// Whether this is a secret, behind a name of this strength and a separator.
    pub(crate) fn is_secret(self, strength: Strength, loose: bool) -> bool {
        let text = self.text.trim();
        if !text.contains(char::is_alphanumeric) || is_reference(text) || is_masked(text) || is_version_range(text) {
            return false;
        }
        match strength {
            Strength::Vague => is_made_up(text) && !is_path(text) && !text.trim_end_matches('=').contains('='),
            Strength::Certain | Strength::Header if self.quoted => !is_said(text) && !is_quoted_prose(text),
            Strength::Certain | Strength::Header => {
                let is_prose = if loose {
                    is_said(text) || is_sentence(text, self.after) || is_list(text)
                } else {
                    text.len() > 3 && is_said(text)
                };
                let is_word = text.bytes().all(|b| b.is_ascii_alphabetic());
                let is_type = is_word && (self.after.starts_with('<') || self.after.trim_start().starts_with("= "));
                // `kubernetes_secret.db: Creating...`
                let goes_on = text.ends_with("...") || text.ends_with('…');
                !(is_prose || is_type || goes_on || is_code(text))
            }
        }
    }
}

/// What merely points to a secret (a variable, an ARN, a parameter's name), or stands for none.
pub(crate) fn is_reference(value: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const STARTS: &[&str] = &[
        "arn:", "ssm:", "secretsmanager:", "env:", "env.", "file:", "vault:", "ref+", "<", "{{", "{%", "%(",
        "(sensitive", "(known", "(none", "(null", "!Ref", "!Sub", "!Get", "@Microsoft", "${{", "process.env",
        "os.environ", "os.getenv", "ENV[", "/run/secrets", "var.", "vars.", "local.", "locals.", "module.", "data.",
        "secrets.", "self.", "this.", "config.", "params.", "aws_", "id=", "random_password.", "op://", "projects/",
        "./", "../", "ENC[", "!ImportValue", "!Join", "!If", "!FindInMap", "!Select",
    ];
    const NONE: &[&str] = &["null", "none", "nil", "undefined", "true", "false", "yes", "no", "on", "off", "n/a"];
    let variable = value.strip_prefix('$').is_some_and(|name| {
        name.starts_with(['{', '(', '@'])
            || name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !is_made_up(name)
            || (1..=2).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit() || b"@*#?".contains(&b))
    });
    // YAML: `*anchor`
    let alias = value.strip_prefix('*').is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
            && !is_made_up(name)
    });
    let of_windows = value.len() > 2 && value.starts_with('%') && value.ends_with('%');
    variable
        || alias
        || of_windows
        || STARTS.iter().any(|start| value.starts_with(start))
        || NONE.iter().any(|none| value.eq_ignore_ascii_case(none))
}

/// What has been hidden already, here or by another tool: `***`, `[MASKED]`, `xxxxx`.
pub(crate) fn is_masked(value: &str) -> bool {
    let bare = value.trim_matches(|c: char| "[]<>(){}\"'".contains(c));
    let one_of = |letters: &str| bare.len() >= 3 && bare.chars().all(|c| letters.contains(c));
    one_of("*")
        || one_of("xX")
        || one_of("•")
        || one_of(".…")
        || one_of("#")
        || one_of("-")
        || ["masked", "redacted", "hidden", "filtered", "secret", "removed", "sensitive", "omitted"]
            .iter()
            .any(|word| bare.eq_ignore_ascii_case(word))
}

/// `password: incorrect`, `using password: YES`, `password: string`
fn is_said(value: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const SAID: &[&str] = &[
        "required", "missing", "invalid", "incorrect", "wrong", "expired", "empty", "unset", "denied", "failed",
        "not", "is", "unknown", "unexpected", "expected", "revoked", "unauthorized", "forbidden", "error", "string",
        "str", "number", "boolean", "bool", "any", "object", "bytes", "text", "varchar", "must", "cannot", "can't",
        "cant", "can", "too", "await", "new", "exec", "this", "the", "a", "an", "was", "has", "are", "should", "does",
        "do", "could", "unbound", "parameter", "via", "and", "or", "for", "in", "to", "from", "with", "unable",
        "getting", "inherit", "optional", "default", "ok", "valid", "char", "int", "integer", "float", "date", "uuid",
        "json", "function", "undefined", "blank", "short", "long", "mismatch",
        "write", "read", "none", "migrating", "migrated", "reverting", "reverted", "skipped", "disabled", "enabled",
    ];
    let word = value.trim_end_matches(['.', '!', '?', ':', ',', ';', ')']);
    SAID.iter().any(|said| word.eq_ignore_ascii_case(said))
}

/// `token = getToken(`, `password: config.password`, `secret: Option<String>`, `[`, `|`
fn is_code(value: &str) -> bool {
    const NAMES: &[&str] = &["password", "secret", "token", "key", "credential", "passwd", "pwd"];
    let identifier = |c: char| c.is_ascii_alphanumeric() || "_.:$".contains(c);
    let lower = value.to_ascii_lowercase();
    let call =
        value.find(['(', '[', '<']).is_some_and(|at| value.get(..at).is_some_and(|name| name.chars().all(identifier)))
            && !is_made_up(value);
    !value.starts_with(|c: char| c.is_alphanumeric() || "_-+/.~*%#!@^$=?".contains(c))
        || call
        || value.contains(['`', '|'])
        || value.ends_with(';') && value.bytes().all(|b| b.is_ascii_alphabetic() || b == b';')
        || value.starts_with(|c: char| c.is_ascii_uppercase())
            && ["String", "Token", "Secret", "Password", "SecretString"].contains(&value)
        || is_type(value)
        || !value.bytes().any(|b| b.is_ascii_digit())
            && NAMES.iter().any(|name| lower.contains(name))
            && value.chars().all(identifier)
}

/// `&str`, `:string`, `varchar(255)`
fn is_type(value: &str) -> bool {
    value.starts_with('&') || value.starts_with("varchar") || value.starts_with("Option<")
}

/// `password: authentication failed for user`: a word, and further words behind it; `12 characters` too.
fn is_sentence(value: &str, rest: &str) -> bool {
    let said = value.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'')
        || value.len() < 4 && value.bytes().all(|b| b.is_ascii_digit());
    said && rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '('))
}

/// `tokens: 12`, `token: 1,532`: a count.
fn is_list(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') && value.len() < 6
}

/// `"password": "must not be blank"`: three words and more that are nothing but words.
fn is_quoted_prose(value: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const SIGNS: &[&str] = &[
        "is", "be", "must", "not", "a", "the", "for", "of", "to", "was", "and", "are", "no", "required", "invalid",
        "wrong", "your", "has", "should", "cannot", "can't", "with", "too", "may", "field",
    ];
    let words: Vec<&str> = value.split(' ').collect();
    let plain = |word: &&str| {
        word.trim_end_matches(['.', ',', '!', '?']).bytes().all(|b| b.is_ascii_alphabetic() || b"'-".contains(&b))
    };
    words.len() >= 2
        && words.iter().filter(|word| plain(word)).count() * 4 >= words.len() * 3
        && words.iter().any(|word| SIGNS.iter().any(|sign| word.trim_end_matches('.').eq_ignore_ascii_case(sign)))
}

/// Whether people or generators may have made this up to be secret: letters and digits mixed, or a long tangle of cases.
pub(crate) fn is_made_up(value: &str) -> bool {
    let value = value.trim_end_matches(['.', ',', ';', ':']);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    value.len() >= 8 && !value.contains(' ') && (digits >= 1 && letters >= 2 || is_tangle(value)) && !is_version(value)
}

/// Whether a word that stands where a secret would may be one that people made up, short as it is: `hunter2`, `s3cret!`.
pub(crate) fn is_likely(value: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const OTHER: &[&str] = &[
        "sha", "base", "oauth", "aes", "rs", "hs", "es", "ed", "pkcs", "argon", "utf", "x", "md", "http", "ipv", "node",
        "python", "java", "ubuntu", "debian", "win", "amd", "arm", "v", "step", "line", "test", "user", "host", "sha-",
        "utf-", "aes-", "e", "s", "k",
    ];
    let has = |kind: fn(&u8) -> bool| value.as_bytes().iter().any(kind);
    let letters = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_word = OTHER.iter().any(|other| letters.eq_ignore_ascii_case(other));
    // `us-east-1`
    let is_region = value.split('-').count() > 2 && value.rsplit('-').next().is_some_and(|last| last.len() == 1);
    let number = value.bytes().take_while(|b| b.is_ascii_digit() || b".,".contains(b)).count();
    let is_amount = number > 0 && value.len() - number <= 3;
    (6..=200).contains(&value.len())
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || value.contains(['!', '@', '#', '$', '%', '^', '&', '*']))
        && value.bytes().all(|b| b.is_ascii_graphic())
        && !value.contains(['(', '[', '{', '<', '>', '"', '\'', '`'])
        && !value.contains("::")
        && !value.starts_with(['-', '@', '%', '#', '&', '*'])
        && !value.starts_with("0x")
        && !["sha", "SHA", "h1:", "arn:"].iter().any(|start| value.starts_with(start))
        && !(is_word || is_region || is_amount)
        && !is_version(value)
        && !is_version_range(value)
        && !is_path(value)
        && !is_reference(value)
        && !is_masked(value)
        && !is_type(value)
}

/// `1.2.3-rc.1`, `v18`, `2024-05-01T10:00:00Z`: digits and dots first of all.
fn is_version(value: &str) -> bool {
    let bare = value.strip_prefix('v').unwrap_or(value);
    let digits = bare.bytes().take_while(|b| b.is_ascii_digit() || b".-:".contains(b)).count();
    digits * 2 > bare.len() && bare.contains(['.', ':'])
}

/// `^9.0.3`, `>=1.2`: what a package of that name is wanted in.
fn is_version_range(value: &str) -> bool {
    let bare = value.trim_start_matches(['^', '~', '>', '=', '<', 'v', ' ']);
    bare.contains('.') && bare.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// `/run/x`, `./key.pem`, `src/auth2.rs`, `s3://...`: a file, as far as one can tell.
pub(crate) fn is_path(value: &str) -> bool {
    value.starts_with(['/', '~']) && value.matches('/').count() > 1
        || value.starts_with("./")
        || value.contains("://")
        || value.rsplit_once('.').is_some_and(|(stem, end)| {
            stem.len() > 1
                && (2..=5).contains(&end.len())
                && end.bytes().all(|b| b.is_ascii_lowercase())
                && stem.bytes().filter(u8::is_ascii_digit).count() < 4
        })
}

/// Nothing but hexadecimal digits, in groups or not: as commits, digests, UUIDs and trace ids are.
pub(crate) fn is_hex(value: &str) -> bool {
    value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'))
        || value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F' | b'-'))
}

/// What only a generator makes: its longest run of letters and digits changes between lower case, upper case and digits
/// more often than names and words do.
pub(crate) fn is_tangle(value: &str) -> bool {
    let longest = value.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|run| run.len()).unwrap_or_default();
    let class = |b: u8| match b {
        b'0'..=b'9' => 0_usize,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let mut seen = [0_usize; 3];
    let mut changes = 0;
    let mut before = None;
    for class in longest.bytes().map(class) {
        if let Some(count) = seen.get_mut(class) {
            *count += 1;
        }
        changes += usize::from(before.is_some_and(|before| before != class));
        before = Some(class);
    }
    let classes = seen.iter().filter(|count| **count > 0).count();
    let [digits, ..] = seen;
    // Of a hundred neighbours, how many differ: 62 in base 62, 40 in base 36; some 35 in a name of several words.
    let percent = if longest.len() > 1 { changes * 100 / (longest.len() - 1) } else { 0 };
    match (classes, digits) {
        (3, _) => longest.len() >= 10 && percent >= 42,
        (2, 0) => longest.len() >= 12 && percent >= 42,
        (2, 2..) => longest.len() >= 10 && percent >= 24,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_values_are_told_from_names() {
        for value in ["aK9dPq2RzWm1", "aKdPqRzWmBxTcV", "k3j4h5g6f7d8"] {
            assert!(is_tangle(value), "{value}");
        }
        for value in [
            "shouldReturn401WhenTokenIsExpired",
            "x86_64-unknown-linux-gnu",
            "node18alpine",
            "PaymentServiceIntegrationTestConfiguration",
            "us-east-1",
            "email",
        ] {
            assert!(!is_tangle(value), "{value}");
        }
    }
}
