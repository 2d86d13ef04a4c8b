//! Names: whether a variable, an option, a header or a key of a file is one that secrets have.

/// How surely a name is that of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// A secret if the value looks made up by a machine or for a machine: `NPM_AUTH`, `session`, `CACHE_X_KEY`.
    Vague,
    /// A secret unless the value is a reference, or says something about the secret: `password`, `api_key`.
    Certain,
    /// A header whose whole value is the secret, but for the scheme: `Authorization`, `Cookie`.
    Header,
}

/// Words that make any name that of a secret.
#[rustfmt::skip] // several to a line
const CERTAIN: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "passord", "motdepasse", "contraseña",
    "contrasena", "senha", "wachtwoord", "parola", "hasło", "haslo", "heslo", "lösenord", "losenord", "adgangskode",
    "salasana", "jelszó", "şifre", "пароль", "密码", "密碼", "パスワード", "비밀번호", "secret", "token", "credential", "apikey",
    "passkey", "connectionstring", "masterauth", "psk",
];
/// Words that names without a gap end in: `authtoken`, `PGPASSWORD`, `keystorepass`.
#[rustfmt::skip] // several to a line
const ENDS: &[&str] = &[
    "password", "passwd", "passphrase", "passwort", "secret", "token", "apikey", "secretkey", "accesskey",
    "privatekey", "accountkey", "storepass", "keypass", "dbpass", "sshpass", "userpass", "rootpass", "adminpass",
    "becomepass", "authkey", "masterkey", "licensekey", "requirepass",
];
/// What stands before `key` in the name of a secret.
#[rustfmt::skip] // several to a line
const KEYS: &[&str] = &[
    "api", "access", "account", "private", "secret", "encryption", "encrypt", "signing", "master", "license",
    "storage", "admin", "shared", "subscription", "hmac", "aes", "cipher", "crypto", "jwt", "webhook", "consumer",
    "auth", "authentication", "authorization", "application", "fernet", "client", "deploy", "record", "gpg", "ssh",
    "app", "session", "integration", "instrumentation", "ingest", "ingestion", "service", "licence", "stripe",
    "write", "personal", "recovery", "unseal",
];
/// What stands before `key` in the name of something else.
#[rustfmt::skip] // several to a line
const OTHER_KEYS: &[&str] = &[
    "cache", "primary", "foreign", "sort", "partition", "public", "object", "s3", "row", "hash", "range", "kms",
    "index", "unique", "composite", "idempotency", "routing", "restore", "lookup", "map", "host", "issue", "project",
    "surrogate",
];
/// What stands before `token` in the name of something else.
#[rustfmt::skip] // several to a line
const OTHER_TOKENS: &[&str] = &[
    "request", "forward", "backward", "next", "page", "pagination", "continuation", "sync", "idempotency",
    "cancellation",
];
/// Pairs of words, one after the other, that are certain.
const PAIRS: &[(&str, &str)] = &[
    ("webhook", "url"),
    ("hook", "url"),
    ("connection", "string"),
    ("conn", "str"),
    ("art", "api"),
    ("identified", "by"),
    ("de", "passe"),
    ("sonar", "login"),
];
/// Words that a name of a secret ends in only if the value looks made up.
const VAGUE: &[&str] = &[
    "passwords",
    "secrets",
    "tokens",
    "credentials",
    "auth",
    "pass",
    "pw",
    "pwd",
    "jwt",
    "otp",
    "bearer",
    "dsn",
    "pat",
    "sid",
];
/// Last words of names that tell of a secret without being one: `password_file`, `tokenUrl`, `SECRET_ARN`.
#[rustfmt::skip] // several to a line
const ABOUT: &[&str] = &[
    "file", "files", "path", "dir", "url", "uri", "endpoint", "name", "names", "id", "ids", "arn", "length", "len",
    "size", "count", "limit", "type", "types", "policy", "field", "header", "ttl", "age", "expiry", "expires",
    "expiration", "expired", "version", "enabled", "disabled", "required", "format", "prompt", "reset", "hint",
    "regex", "pattern", "ref", "error", "errors", "status", "prefix", "suffix", "label", "title", "class", "selector",
    "stdin", "variable", "alias", "usage", "used", "strategy", "provider", "manager", "store", "service", "validator",
    "issuer", "from", "algorithm", "alg", "mode", "source", "location", "rotation", "fd", "scope", "scopes",
    "audience", "cmd", "command", "helper", "process", "bucket", "created", "updated", "strength", "match",
    "mismatch", "valid", "present", "host", "hostname", "port", "region", "account", "user", "username", "domain",
    "filter", "fingerprint", "fingerprints", "finder", "parser", "exception",
];
/// First words of names that tell of a secret: `has_password`, `max_tokens`.
#[rustfmt::skip] // several to a line
const SAYS: &[&str] = &[
    "no", "not", "has", "is", "show", "use", "uses", "using", "max", "min", "total", "num", "forgot", "reset", "hide",
    "without", "allow", "require", "requires", "skip", "missing", "enable", "disable", "validate", "input", "output",
    "prompt", "completion", "next", "prev", "previous", "page", "continuation", "cursor", "unexpected",
];
const HEADERS: &[&str] = &["authorization", "proxyauthorization", "cookie", "setcookie"];

/// How surely something of this name is a secret; `None` for names of other things.
pub(crate) fn strength(name: &str) -> Option<Strength> {
    let words = words(name);
    let (first, last) = (words.first()?.as_str(), words.last()?.as_str());
    if HEADERS.contains(&words.concat().as_str()) || last == "authorization" {
        return Some(Strength::Header);
    }
    let pair = |pair: &[String]| matches!(pair, [a, b] if PAIRS.contains(&(a.as_str(), b.as_str())));
    if words.windows(2).any(pair) {
        return Some(Strength::Certain);
    }
    if words.len() > 1 && (ABOUT.contains(&last) || SAYS.contains(&first)) {
        return None;
    }
    let certain = |word: &str| CERTAIN.contains(&word) || ENDS.iter().any(|end| word.ends_with(end));
    let is_about = |at: usize| words.iter().skip(at + 1).any(|word| ABOUT.contains(&word.as_str()));
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| words.get(before)).map(String::as_str);
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let strength = match (word, before) {
            // What a list goes on by, and what tells one request from another.
            ("token", Some(before)) if OTHER_TOKENS.contains(&before) => None,
            _ if certain(word) && !is_about(at) => Some(Strength::Certain),
            ("key" | "keys", Some(before)) if KEYS.contains(&before) => Some(Strength::Certain),
            ("key", Some(before)) if at + 1 == words.len() && !OTHER_KEYS.contains(&before) => Some(Strength::Vague),
            // `DB_PASS`, `MYSQL_PWD`: but `PWD` is where a shell stands.
            ("pass" | "pw" | "pwd", Some(_)) if at + 1 == words.len() => Some(Strength::Certain),
            ("pwd", None) if name.contains("PWD") => None,
            ("pwd", None) => Some(Strength::Certain),
            // A test runner's word.
            ("pass", None) if name.contains("PASS") => None,
            (word, _) if at + 1 == words.len() && VAGUE.contains(&word) => Some(Strength::Vague),
            _ => None,
        };
        found = found.max(strength);
    }
    // Bundler names the hosts that it has credentials for: `BUNDLE_GEMS__EXAMPLE__COM`.
    let of_bundler = name.starts_with("BUNDLE_") && name.contains("__");
    found.or(of_bundler.then_some(Strength::Certain))
}

/// The same of an option of a command, where a lone `--pass` or `--pw` is certain.
pub(crate) fn option_strength(name: &str) -> Option<Strength> {
    match name.trim_start_matches('-') {
        "pass" | "pw" | "pwd" | "Pass" | "Pwd" | "passin" | "passout" => Some(Strength::Certain),
        name => strength(name),
    }
}

/// The same of a parameter of a URL, where short names are common.
pub(crate) fn parameter_strength(name: &str) -> Option<Strength> {
    const SHORT: &[&str] = &["key", "code", "auth", "session", "ticket", "sid", "jwt", "hash", "assertion"];
    let words = words(name);
    let last = words.last()?.as_str();
    let signs = matches!(last, "sig" | "signature").then_some(Strength::Certain);
    signs.or_else(|| strength(name)).or_else(|| SHORT.contains(&last).then_some(Strength::Vague))
}

/// Whether something of this name is a password, which people make up, rather than a token or a key.
pub(crate) fn is_password(name: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const PASSWORDS: &[&str] = &[
        "pass", "passe", "kennwort", "contrase", "senha", "wachtwoord", "parola", "haslo", "hasło", "heslo", "senord",
        "adgangskode", "salasana", "jelszó", "şifre", "пароль", "密码", "密碼", "パスワード", "비밀번호", "masterauth",
    ];
    strength(name).is_some() && {
        let lower = name.to_lowercase();
        PASSWORDS.iter().any(|word| lower.contains(word)) || lower.ends_with("pwd")
    }
}

/// The words of a name in lower case: `dbPassword`, `DB_PASSWORD` and `db.password` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = name.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let starts =
            letter.is_uppercase() && (!before.is_uppercase() || letters.peek().is_some_and(|next| next.is_lowercase()));
        if (starts || !letter.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_same_words_in_every_style() {
        for name in ["dbPassword", "DB_PASSWORD", "db.password", "db-password", "DbPassword"] {
            assert_eq!(words(name), ["db", "password"]);
        }
        assert_eq!(words("APIKeyID"), ["api", "key", "id"]);
    }

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in
            ["PGPASSWORD", "SECRET_KEY_BASE", "_authToken", "x-api-key", "accessKey", "MYSQL_PWD", "LICENSE_KEY"]
        {
            assert_eq!(strength(name), Some(Strength::Certain), "{name}");
        }
        for name in ["NPM_AUTH", "_auth", "pass", "FOO_KEY"] {
            assert_eq!(strength(name), Some(Strength::Vague), "{name}");
        }
        for name in [
            "PWD",
            "OLDPWD",
            "tokenUrl",
            "max_tokens",
            "password_file",
            "SECRET_ARN",
            "primary_key",
            "key",
            "monkey",
            "compass",
            "author",
            "secretName",
            "hasPassword",
            "passwordLength",
            "keyboard",
            "access_key_id",
        ] {
            assert_eq!(strength(name), None, "{name}");
        }
    }
}
