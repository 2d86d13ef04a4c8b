//! Reading a text back and forth from a place in it.

use std::ops::Range;

/// How far back a name reaches.
const MAX_NAME: usize = 96;
/// How much is looked at behind a value, to tell whether it is part of a sentence.
pub(crate) const MAX_AFTER: usize = 256;
/// How long a header's value is.
pub(crate) const MAX_HEADER: usize = 16 * 1024;

/// Where a value stands, and whether in quotes.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) range: Range<usize>,
    pub(crate) quoted: bool,
}

pub(crate) fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

pub(crate) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// What comes next, and no more of it than so many bytes, whatever the length of the text: looks ahead are bounded, so that
/// the time stays linear.
pub(crate) fn next(text: &str, at: usize, most: usize) -> &str {
    let rest = from(text, at);
    rest.get(..rest.floor_char_boundary(most)).unwrap_or(rest)
}

/// The rest of the line from a place on, as far as it matters.
pub(crate) fn line_from(text: &str, at: usize, most: usize) -> &str {
    let rest = next(text, at, most);
    rest.split(['\n', '\r']).next().unwrap_or(rest)
}

/// The line up to a place, as far as it matters.
pub(crate) fn line_before(text: &str, at: usize, most: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let near = from(before, before.floor_char_boundary(at.saturating_sub(most)));
    near.rsplit('\n').next().unwrap_or(near)
}

/// The name that ends before a separator, and whether it stands in quotes: `password` in `"password" :`.
pub(crate) fn name_before(text: &str, end: usize) -> Option<(Range<usize>, bool)> {
    let before = text.get(..end)?;
    let mut bare = before.trim_end_matches([' ', '\t']);
    let mut quoted = false;
    // `["DB_PASSWORD"]`, `\"password\"`
    for closer in [']', '"', '\'', '\\'] {
        if let Some(less) = bare.strip_suffix(closer) {
            quoted |= closer == '"' || closer == '\'';
            bare = less;
        }
    }
    let is_name = |c: char| c.is_alphanumeric() || "_-.$@/".contains(c);
    let mut start = bare.len();
    for (at, letter) in bare.char_indices().rev() {
        if !is_name(letter) || bare.len() - at > MAX_NAME {
            break;
        }
        start = at;
    }
    // `["Jwt:Key"]`
    if quoted && let Some(outer) = bare.get(..start).and_then(|before| before.strip_suffix(':')) {
        start -= 1 + outer.bytes().rev().take(MAX_NAME).take_while(u8::is_ascii_alphanumeric).count();
    }
    (start < bare.len()).then_some((start..bare.len(), quoted))
}

/// The word before a place, on the same line.
pub(crate) fn word_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let trimmed = before.trim_end_matches([' ', '\t']);
    if trimmed.len() == before.len() {
        return "";
    }
    let start = trimmed
        .char_indices()
        .rev()
        .take(MAX_NAME)
        .take_while(|(_, c)| c.is_alphanumeric() || *c == '_' || *c == '-')
        .last();
    start.and_then(|(at, _)| trimmed.get(at..)).unwrap_or_default()
}

/// The value that begins at a place, behind blanks: what stands in quotes, or as far as a value goes.
pub(crate) fn value_at(text: &str, at: usize) -> Option<Place> {
    let rest = from(text, at);
    let bare = rest.trim_start_matches([' ', '\t']);
    let bare = bare.strip_prefix(['[', '(']).filter(|inner| inner.starts_with(['"', '\''])).unwrap_or(bare);
    let start = at + rest.len() - bare.len();
    if let Some(place) = quoted_at(text, start) {
        return Some(place);
    }
    let len = bare_len(bare);
    (len > 0).then_some(Place { range: start..start + len, quoted: false })
}

/// What stands in the quotes that open at a place.
pub(crate) fn quoted_at(text: &str, start: usize) -> Option<Place> {
    let bare = from(text, start);
    for (open, close) in [("\\\"", "\\\""), ("\\'", "\\'"), ("\"", "\""), ("'", "'"), ("`", "`")] {
        if let Some(inner) = bare.strip_prefix(open) {
            let start = start + open.len();
            return Some(Place { range: start..start + quoted_len(inner, close), quoted: true });
        }
    }
    None
}

/// As far as the closing quote, which no backslash stands before, or to the end of the line.
fn quoted_len(inner: &str, close: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in inner.char_indices() {
        if letter == '\n' || !escaped && from(inner, at).starts_with(close) {
            return at;
        }
        escaped = letter == '\\' && !escaped;
    }
    inner.len()
}

/// As far as a blank, a quote, an angle bracket, or a separator that something else follows.
fn bare_len(value: &str) -> usize {
    let mut letters = value.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            letter if letter.is_whitespace() => true,
            '"' | '\'' | '<' | '>' | '`' => true,
            '\\' => matches!(next, Some('n' | 'r' | '"' | '\'')),
            '&' | ';' | ',' => {
                next.is_none_or(|next| next.is_whitespace() || "\"'".contains(next)) || is_pair(from(value, at + 1))
            }
            ')' | ']' | '}' => next.is_none_or(|next| next.is_whitespace() || "\"',;)]}.".contains(next)),
            _ => false,
        };
        if ends {
            return at;
        }
    }
    value.len()
}

/// Whether another pair begins here: `User=`, `port: `.
fn is_pair(rest: &str) -> bool {
    let name = rest.bytes().take(MAX_NAME).take_while(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(b)).count();
    name > 0 && matches!(rest.as_bytes().get(name), Some(b'=' | b':'))
}
