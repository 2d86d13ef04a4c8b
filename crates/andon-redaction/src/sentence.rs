//! Sentences and other text that names a secret and then shows it, without a sign between them: `Your API key is x`,
//! `machine x login y password z`, `aws configure set aws_secret_access_key x`.
//!
//! Here only what a generator makes is a secret.

use crate::name::{Strength, strength};
use crate::spans::Spans;
use crate::text::part;
use crate::value::{is_hex, is_masked, is_path, is_reference, is_tangle};

/// How many words behind the name the secret may stand.
const MAX_WORDS: usize = 6;
/// Signs that stand around words of a sentence.
const AROUND: &[char] = &['"', '\'', '`', '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', ':', '.', '!', '?', '|'];

/// Hides generated values near the names of secrets.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut open = 0_usize;
        let mut before = "";
        let mut at = start;
        for word in line.split([' ', '\t', '\n', '\r', '=']) {
            let bare = word.trim_matches(AROUND);
            let begin = at + word.find(bare).unwrap_or(0);
            at += word.len() + 1;
            let is_near = open + 1 >= MAX_WORDS;
            if open > 0 && is_secret(bare, is_near) {
                spans.hide(begin..begin + bare.len());
                open = 0;
            } else if names(bare, before) {
                open = MAX_WORDS;
            } else if !bare.is_empty() {
                open = open.saturating_sub(1);
            }
            before = bare;
        }
        start += line.len();
    }
    debug_assert!(part(text, 0..start).len() == text.len());
}

/// `password`, `DB_PASSWORD`, `API key`, `login`, `IDENTIFIED BY`
fn names(word: &str, before: &str) -> bool {
    if word.len() > 64 || word.contains(['/', '(']) {
        return false;
    }
    strength(word) == Some(Strength::Certain)
        || matches!(word, "key" | "keys" | "Key" | "BY" | "by" | "passe")
            && strength(&format!("{before}_{word}")) == Some(Strength::Certain)
        || matches!(word, "login" | "add_user" | "change_password" | "htpasswd" | "chpasswd")
}

fn is_secret(word: &str, is_near: bool) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+/=.~!@#%^&*:$".contains(c);
    is_tangle(word)
        && word.chars().all(plain)
        && !is_path(word)
        && !is_reference(word)
        && !is_masked(word)
        && !word.contains("::")
        && !word.contains("arn:")
        && !word.starts_with("0x")
        && !["sha", "SHA", "h1:"].iter().any(|digest| word.starts_with(digest))
        && (!is_hex(word) || is_near && !word.contains('-'))
}
