//! Pairs of a name and a value, in whatever language: `NAME=value`, `"name": "value"`, `:name => "value"`,
//! `<name>value</name>`, `name="X" value="Y"`, `define('NAME', 'value')`, headers, and the parameters of a URL.
//!
//! All of them have something between the two that separates them. So each separator of the text is looked at, the name is
//! read before it and the value behind it.

use std::ops::Range;

use crate::name::{Strength, option_strength, parameter_strength, strength};
use crate::spans::Spans;
use crate::text::{MAX_AFTER, MAX_HEADER, Place, from, line_from, name_before, next, part, value_at, word_before};
use crate::value::{Value, is_made_up, is_masked, is_reference};

/// How far behind `name: DB_PASSWORD` its `value:` may stand.
const MAX_GAP: usize = 240;
/// How long an element's opening tag may be.
const MAX_TAG: usize = 240;

/// A name that was itself a value: `name: DB_PASSWORD`; the secret is what the next `value:` says.
struct Announced {
    strength: Strength,
    at: usize,
}

/// What separates a name from a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// `=`, `:=`, `=>`
    Equals,
    /// `: `
    Colon,
    /// The end of an opening tag.
    Tag,
    /// `"NAME", "value"`
    Comma,
}

/// Hides the values of names that secrets have.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut announced: Option<Announced> = None;
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        if at < done {
            continue;
        }
        let Some((separator, name_end, value_start)) = separator(text, at, byte) else { continue };
        let Some((name, quoted, of_tag)) = name_of(text, name_end, separator) else { continue };
        let said = part(text, name.clone());
        if announced.as_ref().is_some_and(|announced| at - announced.at > MAX_GAP) {
            announced = None;
        }
        let mut found = strength_of(text, &name, separator, quoted);
        let in_tag = of_tag && announced.as_ref().is_some_and(|announced| announced.at > name.start);
        if found.is_none() && (is_value_word(said) || in_tag) {
            found = announced.take().map(|announced| announced.strength);
        }
        if is_name_word(said) {
            announced = value_at(text, value_start)
                .filter(|place| !part(text, place.range.clone()).contains(['/', ' ']))
                .and_then(|place| strength(part(text, place.range.clone())).map(|strength| (strength, place)))
                .map(|(strength, place)| Announced { strength, at: place.range.end });
        }
        let Some(strength) = found else { continue };
        if let Some(end) = hide_value(text, value_start, strength, separator, spans) {
            done = end;
        }
    }
}

/// The separator at a place: its kind, where the name ends before it, and where the value may begin.
fn separator(text: &str, at: usize, byte: u8) -> Option<(Separator, usize, usize)> {
    let bytes = text.as_bytes();
    let (before, next) = (at.checked_sub(1).and_then(|at| bytes.get(at)).copied(), bytes.get(at + 1).copied());
    match byte {
        b'=' => match (before, next) {
            (_, Some(b'=' | b'~')) | (Some(b'=' | b'!' | b'<' | b'>' | b'~'), _) => None,
            (_, Some(b'>')) => Some((Separator::Equals, at, at + 2)),
            (Some(b':' | b'?' | b'+'), _) => Some((Separator::Equals, at - 1, at + 1)),
            _ => Some((Separator::Equals, at, at + 1)),
        },
        b':' => (before != Some(b':') && !matches!(next, Some(b':' | b'=')) && !from(text, at).starts_with("://"))
            .then_some((Separator::Colon, at, at + 1)),
        b'>' => (!matches!(before, Some(b'/' | b'=' | b'-' | b' ' | b'?'))).then_some((Separator::Tag, at, at + 1)),
        b',' => matches!(before, Some(b'"' | b'\'')).then_some((Separator::Comma, at, at + 1)),
        _ => None,
    }
}

/// The name before a separator, whether it is quoted, and whether it is that of an element.
fn name_of(text: &str, end: usize, separator: Separator) -> Option<(Range<usize>, bool, bool)> {
    if separator != Separator::Tag {
        return name_before(text, end).map(|(name, quoted)| (name, quoted, false));
    }
    let before = text.as_bytes().get(..end)?;
    let open = before.iter().rev().take(MAX_TAG).position(|b| *b == b'<' || *b == b'\n')?;
    let start = end - open;
    let tag = text.get(start..end)?;
    let len = tag.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(b)).count();
    (len > 0 && before.get(start - 1) == Some(&b'<')).then_some((start..start + len, false, true))
}

fn strength_of(text: &str, name: &Range<usize>, separator: Separator, quoted: bool) -> Option<Strength> {
    let said = part(text, name.clone());
    let before = text.get(..name.start).and_then(|before| before.chars().next_back());
    match separator {
        // A call's first argument, or a list of arguments.
        Separator::Comma => {
            let opens = text.get(..name.start).unwrap_or_default().trim_end_matches(['"', '\'', ' ']).ends_with('(');
            (quoted && (opens || said.starts_with('-'))).then(|| option_strength(said)).flatten()
        }
        Separator::Equals if matches!(before, Some('?' | '&' | '#')) => parameter_strength(said),
        // A part of an ARN or of another list of parts.
        Separator::Colon if before == Some(':') => None,
        // A line of a file: `src/token.rs:12`.
        Separator::Colon if said.contains('.') && is_line_number(from(text, name.end + 1)) => None,
        // Where a shell stands.
        _ if said.eq_ignore_ascii_case("pwd") && from(text, name.end + 1).starts_with('/') => None,
        _ if said.starts_with('-') => option_strength(said),
        _ if is_of_a_grammar(said, word_before(text, name.start)) => Some(Strength::Vague),
        _ => strength(said).or_else(|| {
            // `API key: x`
            let word = word_before(text, name.start);
            let pair = matches!(said, "key" | "Key" | "KEY" | "passe").then(|| strength(&format!("{word}_{said}")));
            pair.flatten().filter(|strength| *strength == Strength::Certain)
        }),
    }
}

/// Digits, and no more than a file has lines.
fn is_line_number(rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (1..=6).contains(&digits) && !rest.as_bytes().get(digits).is_some_and(u8::is_ascii_alphanumeric)
}

/// `Unexpected token: identifier`: a parser's word, not a credential.
fn is_of_a_grammar(name: &str, before: &str) -> bool {
    const SAID_BEFORE: [&str; 9] =
        ["unexpected", "illegal", "expected", "invalid", "unknown", "unrecognized", "next", "bad", "found"];
    name.to_ascii_lowercase().contains("token") && SAID_BEFORE.iter().any(|word| before.eq_ignore_ascii_case(word))
}

/// What a name is told by: `name: DB_PASSWORD`, `<add key="ApiKey"`, `<key>ApiKey</key>`, `ParameterKey=DbPassword`.
fn is_name_word(name: &str) -> bool {
    ["name", "key", "parameterkey", "variable", "field", "option"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// What the value of such a name is told by.
fn is_value_word(name: &str) -> bool {
    ["value", "val", "parametervalue", "default", "content", "string", "data", "secretstring"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
}

/// Hides the value that begins at a place, if it is a secret; gives back where it ends.
fn hide_value(text: &str, at: usize, strength: Strength, separator: Separator, spans: &mut Spans) -> Option<usize> {
    if strength == Strength::Header {
        // Most headers that hold none are over soon.
        let near = header_at(text, at, MAX_AFTER)?;
        let value = if near.end < at + MAX_AFTER { near } else { header_at(text, at, MAX_HEADER)? };
        spans.hide(value.clone());
        return Some(value.end);
    }
    if separator == Separator::Colon
        && let Some(block) = block_at(text, at)
    {
        spans.hide(block.clone());
        return Some(block.end);
    }
    let place = match separator {
        Separator::Tag => {
            // On one line, and ended by the tag's own end.
            let value = next(text, at, MAX_HEADER);
            let len = value.find(['<', '\n']).filter(|len| from(value, *len).starts_with("</"))?;
            Place { range: at..at + len, quoted: true }
        }
        _ => value_at(text, at)?,
    };
    if separator == Separator::Comma && !place.quoted {
        return None;
    }
    let said = part(text, place.range.clone());
    // `Authorization:[Bearer x]` and the like are headers; a list of values is one of values.
    let value = Value { text: said, quoted: place.quoted, after: line_from(text, place.range.end, MAX_AFTER) };
    // In `DB_PASSWORD=x` of a shell nothing but the value can follow; behind a colon people write sentences.
    let is_loose = separator != Separator::Equals || from(text, at).starts_with([' ', '\t']);
    if !value.is_secret(strength, is_loose) {
        return None;
    }
    spans.hide(place.range.clone());
    // Terraform: `"old" -> "new"`
    let quote = usize::from(place.quoted);
    let next = place.range.end + quote;
    if let Some(rest) = from(text, next).strip_prefix(" -> ")
        && let Some(place) = value_at(text, text.len() - rest.len())
    {
        spans.hide(place.range.clone());
        return Some(place.range.end);
    }
    Some(place.range.end)
}

/// The value of `Authorization`, `Cookie` and the like: the rest of the line or of the quotes, but for the scheme.
fn header_at(text: &str, at: usize, most: usize) -> Option<Range<usize>> {
    const SCHEMES: &[&str] = &[
        "bearer",
        "basic",
        "token",
        "digest",
        "apikey",
        "api-key",
        "negotiate",
        "ntlm",
        "key",
        "aws4-hmac-sha256",
        "splunk",
        "jwt",
    ];
    let line = line_from(text, at, most);
    let bare = line.trim_start_matches([' ', '\t', '[', '{', '(']);
    let (bare, close) = match bare.chars().next() {
        Some(quote @ ('"' | '\'')) => (from(bare, 1), quote),
        Some('\\') => (from(bare, 2), '\\'),
        _ => {
            (bare, if line.len() > bare.trim_start().len() && line.trim_start().starts_with('[') { ']' } else { '\0' })
        }
    };
    let start = at + line.len() - bare.len();
    let mut value = bare.split([close, '"', '\'']).next().unwrap_or(bare).trim_end();
    let scheme = value.split(' ').next().unwrap_or_default();
    let has_scheme = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) && value.len() > scheme.len() + 1;
    let skipped = if has_scheme { scheme.len() + 1 } else { 0 };
    value = from(value, skipped);
    let first = value.split([' ', ';']).next().unwrap_or_default();
    if value.is_empty() || is_reference(value) || is_masked(value) || !has_scheme && !is_made_up(first) {
        return None;
    }
    Some(start + skipped..start + skipped + value.len())
}

/// A YAML block: `password: |`, and the lines below that stand further to the right.
fn block_at(text: &str, at: usize) -> Option<Range<usize>> {
    let head = line_from(text, at, MAX_AFTER);
    let sign = head.trim();
    if !sign.starts_with(['|', '>']) || !sign.bytes().all(|b| b"|>+-0123456789".contains(&b)) {
        return None;
    }
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let own = text.get(..at)?.rsplit('\n').next().map(indent)?;
    let start = at + head.len();
    let mut end = start;
    for line in from(text, start).split_inclusive('\n').skip(1) {
        if !line.trim().is_empty() && indent(line) <= own {
            break;
        }
        end += line.len();
    }
    let first = from(text, start).split_inclusive('\n').next().map_or(0, str::len);
    let body = text.get(start + first..end + first)?;
    let body = body.trim_end();
    (!body.is_empty()).then(|| start + first..start + first + body.len())
}
