//! Hashes of passwords, which can be tried out at leisure: `$6$salt$hash`, bcrypt, Argon2, `{SSHA}...`, `pbkdf2_sha256$...`.

use crate::spans::Spans;
use crate::text::{from, next, part};

/// How long a hash is at most.
const MAX_HASH: usize = 512;
/// How long it is at least, with its salt.
const MIN_HASH: usize = 24;

/// Hides hashes of passwords.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut done = 0;
    for (at, sign) in text.match_indices(['$', '{']) {
        if at < done {
            continue;
        }
        let rest = next(text, at, MAX_HASH);
        let len = if sign == "{" { in_ldap(rest) } else { modular(rest) };
        if let Some(len) = len {
            spans.hide(at..at + len);
            done = at + len;
        } else if let Some((start, len)) = named(text, at) {
            spans.hide(start..start + len);
            done = start + len;
        }
    }
}

/// `$id$salt$hash`, with whatever parameters between.
fn modular(rest: &str) -> Option<usize> {
    let id = from(rest, 1).bytes().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-').count();
    let body = from(rest, id + 1).strip_prefix('$').filter(|_| (1..=20).contains(&id))?;
    let len = run(body);
    let parts = || part(body, 0..len).split('$');
    let digits = body.bytes().take(len).any(|b| b.is_ascii_digit());
    let is_hash = parts().all(|part| !part.is_empty()) && parts().next_back().is_some_and(|hash| hash.len() >= 20);
    (is_hash && len >= MIN_HASH && digits).then_some(id + 2 + len)
}

/// `{SSHA}base64`
fn in_ldap(rest: &str) -> Option<usize> {
    const SCHEMES: &[&str] = &["SSHA", "SHA", "SMD5", "MD5", "CRYPT", "SSHA256", "SSHA512", "PBKDF2", "ARGON2"];
    let (scheme, body) = rest.get(1..)?.split_once('}')?;
    let len = run(body);
    let is_plain = matches!(scheme, "PLAIN" | "CLEAR" | "CLEARTEXT") && len > 0;
    (is_plain || SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) && len >= MIN_HASH)
        .then_some(scheme.len() + 2 + len)
}

/// `pbkdf2_sha256$600000$salt$hash`, `scrypt:32768:8:1$salt$hash`, `SCRAM-SHA-256$4096:salt$stored:server`
fn named(text: &str, at: usize) -> Option<(usize, usize)> {
    const KINDS: &[&str] = &["pbkdf2", "scrypt", "bcrypt", "argon2", "scram-sha", "sha256", "sha512", "md5", "sha1"];
    let before = text.get(..at)?;
    let name = before.bytes().rev().take(64).take_while(|b| b.is_ascii_alphanumeric() || b"_-:".contains(b)).count();
    let start = at - name;
    let kind = part(text, start..at).to_ascii_lowercase();
    let body = from(text, at + 1);
    let len = next(body, 0, MAX_HASH).bytes().take_while(|b| is_of_hash(*b) || *b == b':').count();
    let is_hash = KINDS.iter().any(|known| kind.starts_with(known)) && part(body, 0..len).contains('$');
    (is_hash && len >= MIN_HASH).then_some((start, name + 1 + len))
}

fn is_of_hash(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"./+=,$-".contains(&b)
}

fn run(text: &str) -> usize {
    text.bytes().take_while(|b| is_of_hash(*b)).count()
}
