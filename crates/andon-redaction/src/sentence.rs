//! Sentences and other text that names a secret and then shows it, without a sign between them: `Your API key is x`,
//! `machine x login y password z`, `PASSWORD 'x'`, `aws configure set aws_secret_access_key x`.
//!
//! Near the name, only what a generator makes is a secret; directly behind it, also what people make up.

use std::ops::Range;

use crate::name::{Strength, is_password, strength};
use crate::pairs::header_at;
use crate::spans::Spans;
use crate::text::{MAX_AFTER, from, line_from, part, quoted_at};
use crate::value::{Value, is_hex, is_likely, is_made_up, is_masked, is_path, is_reference, is_tangle};

/// How many words behind the name the secret may stand.
const MAX_WORDS: usize = 6;
/// How many words a sentence has between the name and what it is said to be.
const MAX_BETWEEN: usize = 8;
/// How long a name is.
const MAX_NAME: usize = 64;
/// Signs that stand around words of a sentence.
const AROUND: &[char] = &['"', '\'', '`', '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', ':', '.', '!', '?', '|'];

/// A word of a line: as it is written, and without the signs around it.
struct Word<'t> {
    whole: &'t str,
    bare: &'t str,
    start: usize,
    bare_start: usize,
}

impl Word<'_> {
    /// What the next word may belong to: nothing, behind a stop.
    fn before(&self) -> &str {
        if self.whole.ends_with([':', ',', '.', ';']) { "" } else { self.bare }
    }

    fn range(&self) -> Range<usize> {
        self.bare_start..self.bare_start + self.bare.len()
    }
}

/// Hides the secrets that are told near the names of secrets.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut start = 0;
    let mut announced = 0_usize;
    let mut of_netrc = false;
    for line in text.split_inclusive('\n') {
        if announced > 0 && !line.trim().is_empty() {
            announced -= 1;
            if let Some(range) = alone(line, start) {
                spans.hide(range);
                announced = 0;
            }
        }
        of_netrc = is_netrc(line, of_netrc);
        let words = words(line, start);
        hide_near(&words, spans);
        hide_told(text, &words, of_netrc, spans);
        if line.trim_end().ends_with(':') && is_announcement(&words) {
            announced = 2;
        }
        start += line.len();
    }
}

/// `machine x login y password z`, on one line or more.
fn is_netrc(line: &str, follows: bool) -> bool {
    let mut words = line.split_whitespace();
    let is_key = |word: Option<&str>| matches!(word, None | Some("login" | "account" | "password"));
    match words.next() {
        Some("machine") => words.next().is_some() && is_key(words.next()),
        Some("default") => words.next() == Some("login"),
        Some("login" | "account" | "password") => follows && words.next().is_some() && is_key(words.next()),
        _ => false,
    }
}

fn words(line: &str, start: usize) -> Vec<Word<'_>> {
    let mut at = start;
    line.split([' ', '\t', '\n', '\r', '=', '('])
        .map(|whole| {
            let bare = whole.trim_matches(AROUND);
            let word = Word { whole, bare, start: at, bare_start: at + whole.find(bare).unwrap_or(0) };
            at += whole.len() + 1;
            word
        })
        .collect()
}

/// Hides generated values within a few words of a name.
fn hide_near(words: &[Word<'_>], spans: &mut Spans) {
    let mut open = 0_usize;
    let mut before = "";
    for word in words {
        let is_near = open + 1 >= MAX_WORDS;
        if open > 0 && is_generated(word.bare, is_near) {
            spans.hide(word.range());
            open = 0;
        } else if names(word.bare, before) {
            open = MAX_WORDS;
        } else if !word.bare.is_empty() {
            open = open.saturating_sub(1);
        }
        before = word.before();
    }
}

/// Hides what a sentence says that a secret is.
fn hide_told(text: &str, words: &[Word<'_>], of_netrc: bool, spans: &mut Spans) {
    let mut before = "";
    for (at, word) in words.iter().enumerate() {
        let named = if names_secret(word.bare, before) { Some(word.bare) } else { None };
        before = word.before();
        // A directive of a server: `proxy_set_header Authorization "Basic x"`.
        if word.whole == word.bare
            && (6..=MAX_NAME).contains(&word.bare.len())
            && strength(word.bare) == Some(Strength::Header)
            && let Some(range) = header_at(text, word.range().end, MAX_AFTER)
        {
            spans.hide(range);
        }
        let Some(name) = named else { continue };
        let is_password = is_password(name) || matches!(name, "BY" | "by" | "passe");
        if of_netrc && name == "password" {
            let next = words.iter().skip(at + 1).find(|word| !word.whole.is_empty());
            if let Some(secret) = next.filter(|word| !is_reference(word.bare) && !is_masked(word.bare)) {
                spans.hide(secret.start..secret.start + secret.whole.len());
            }
            continue;
        }
        // Behind a sign stands the value of a pair, which is looked at as such.
        if word.whole.starts_with(['$', '%'])
            || word.whole.ends_with([':', '`', ';']) && !word.whole.starts_with(':')
            || in_quotes(word)
        {
            continue;
        }
        let (mut last, mut verb, mut count) = (word, "", 0);
        for next in words.iter().skip(at + 1).filter(|word| !word.whole.is_empty()) {
            let is_next = count == 0;
            let is_after_colon = last.whole.ends_with(':') && !is_next;
            let is_told = tells(last.bare, verb)
                || is_after_colon && (is_verb(verb) || is_password && count <= 3 && !denies(words, at, count));
            if (is_next || is_told)
                && let Some(range) = secret_at(text, next, is_password, is_told)
            {
                spans.hide(range);
                break;
            }
            // `password 7 x`: how it is encoded
            if is_next && next.whole.len() == 1 && next.whole.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            count += 1;
            if count > MAX_BETWEEN || last.whole.ends_with([';', '.']) && !is_next {
                break;
            }
            if is_verb(last.bare) {
                verb = last.bare;
            }
            if is_verb(next.bare) {
                verb = next.bare;
            }
            last = next;
        }
    }
}

/// The secret that begins at a word, in quotes or not.
fn secret_at(text: &str, word: &Word<'_>, is_password: bool, is_told: bool) -> Option<Range<usize>> {
    if let Some(place) = quoted_at(text, word.start).filter(|_| !word.whole.starts_with('`')) {
        let said = part(text, place.range.clone());
        let closed = from(text, place.range.end).starts_with(['"', '\'', '\\']);
        let value = Value { text: said, quoted: true, after: line_from(text, place.range.end, MAX_AFTER) };
        let is_name = strength(said).is_some() && !said.bytes().any(|b| b.is_ascii_digit());
        let digits = said.bytes().filter(u8::is_ascii_digit).count();
        let is_secret = if is_password || is_told {
            !is_path(said)
        } else {
            digits >= 2 && is_made_up(said) && (!said.contains('-') || is_tangle(said))
        };
        return (closed && is_secret && !is_name && !said.starts_with('-') && value.is_secret(Strength::Certain, true))
            .then_some(place.range);
    }
    let said = word.bare;
    // An exclamation mark may be a part of it.
    let end = if word.whole.ends_with('!') { word.start + word.whole.len() } else { word.range().end };
    let is_secret = is_likely(part(text, word.bare_start..end))
        && (is_password || is_told && (is_made_up(said) || is_tangle(said)))
        && !said.contains("://");
    is_secret.then_some(word.bare_start..end)
}

/// A secret that stands alone on its line, below a sentence that announces it.
fn alone(line: &str, start: usize) -> Option<Range<usize>> {
    let bare = line.trim();
    let is_secret = !bare.contains(' ')
        && is_made_up(bare)
        && (is_likely(bare) || is_hex(bare))
        && !is_path(bare)
        && !(bare.ends_with(':') || bare.contains('='));
    let begin = start + line.find(bare).unwrap_or(0);
    is_secret.then_some(begin..begin + bare.len())
}

/// `Please use the following password to proceed:`
fn is_announcement(words: &[Word<'_>]) -> bool {
    #[rustfmt::skip] // several to a line
    const OTHER: &[&str] = &[
        "commit", "digest", "sha", "hash", "id", "revision", "error", "failed", "not", "cannot", "invalid", "missing",
    ];
    let has_name = words.iter().zip(words.iter().skip(1)).any(|(before, word)| names_secret(word.bare, before.bare))
        || words.first().is_some_and(|word| names_secret(word.bare, ""));
    has_name && !words.iter().any(|word| OTHER.iter().any(|other| word.bare.eq_ignore_ascii_case(other)))
}

/// `password`, `DB_PASSWORD`, `API key`, `login`, `IDENTIFIED BY`
fn names(word: &str, before: &str) -> bool {
    names_secret(word, before) || matches!(word, "login" | "add_user" | "change_password" | "htpasswd" | "chpasswd")
}

fn names_secret(word: &str, before: &str) -> bool {
    if word.is_empty() || word.len() > MAX_NAME || word.contains(['/', '(']) || word.contains("::") {
        return false;
    }
    strength(word) == Some(Strength::Certain)
        || matches!(word, "key" | "keys" | "Key" | "BY" | "by" | "passe")
            && strength(&format!("{before}_{word}")) == Some(Strength::Certain)
}

/// A name that is quoted is spoken of.
fn in_quotes(word: &Word<'_>) -> bool {
    word.whole.trim_end_matches([',', '.', ';', ':', ']', '}']).ends_with(['"', '\'', '`', ')'])
}

/// Verbs that say what a secret is or became.
fn is_verb(word: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const VERBS: &[&str] = &[
        "is", "are", "was", "be", "been", "set", "changed", "reset", "updated", "rotated", "generated", "created",
        "following", "equals", "lautet", "ist", "est", "es", "è", "é", "jest", "är", "er", "follows",
    ];
    VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// Whether the words behind a name say what went wrong with it, so that what follows tells the reason.
fn denies(words: &[Word<'_>], name: usize, count: usize) -> bool {
    #[rustfmt::skip] // several to a line
    const DENIES: &[&str] = &[
        "failed", "failure", "error", "invalid", "missing", "not", "expired", "denied", "check", "policy", "must",
        "required", "authentication", "exception", "validation", "rejected", "mismatch", "wrong", "reset", "hash",
    ];
    let between = words.iter().skip(name + 1).filter(|word| !word.whole.is_empty()).take(count);
    between.into_iter().any(|word| DENIES.iter().any(|denies| word.bare.eq_ignore_ascii_case(denies)))
}

/// Whether what follows a word is what the secret is said to be.
fn tells(word: &str, verb: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const TELLS: &[&str] = &[
        "is", "are", "was", "lautet", "ist", "est", "es", "è", "é", "jest", "är", "er", "equals", "being", "now",
        "value",
    ];
    TELLS.iter().any(|tells| word.eq_ignore_ascii_case(tells))
        || matches!(word, "to" | "as") && matches!(verb, "set" | "changed" | "reset" | "updated" | "rotated")
        || matches!(word, "-" | "->" | "→" | "=>" | "==>" | "-->")
}

fn is_generated(word: &str, is_near: bool) -> bool {
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
