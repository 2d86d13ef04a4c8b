//! Pairs of a name and a value, in whatever language: `NAME=value`, `"name": "value"`, `:name => "value"`,
//! `<name>value</name>`, `name="X" value="Y"`, `define('NAME', 'value')`, headers, and the parameters of a URL.
//!
//! All of them have something between the two that separates them. So each separator of the text is looked at, the name is
//! read before it and the value behind it.

use std::ops::Range;

use crate::lists::hide_items;
use crate::members::{
    Announced, MAX_GAP, Members, announced_at, behind_name, is_name_word, is_value_word, label_before, short_value_at,
};
use crate::name::{Strength, option_strength, parameter_strength, strength};
use crate::spans::Spans;
use crate::text::{
    MAX_AFTER, MAX_HEADER, Place, from, line_before, line_from, name_before, next, part, value_at, word_before,
};
use crate::value::{Value, is_likely, is_made_up, is_masked, is_reference};
use crate::wrapper::wrapped_at;

/// How long an element's opening tag may be.
const MAX_TAG: usize = 240;

/// How long a declared type is.
const MAX_TYPE: usize = 48;
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
    let mut members = Members::default();
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        if matches!(byte, b'{' | b'}') {
            members.value = None;
            members.of_store = false;
            if byte == b'{' {
                members.announced = label_before(text, at).or(members.announced);
            }
        }
        if at < done {
            continue;
        }
        let Some((separator, name_end, value_start)) = separator(text, at, byte) else { continue };
        let Some((name, quoted, of_tag)) = name_of(text, name_end, separator) else { continue };
        let said = part(text, name.clone());
        if members.announced.as_ref().is_some_and(|announced| at.saturating_sub(announced.at) > MAX_GAP) {
            members.announced = None;
        }
        let mut found = strength_of(text, &name, separator, quoted)
            .or_else(|| declared(text, &name, separator, value_start))
            .filter(|_| !is_expansion(text, &name, value_start));
        let in_tag = of_tag && members.announced.as_ref().is_some_and(|announced| announced.at > name.start);
        if found.is_none() && (is_value_word(said) || in_tag) {
            found = members.announced.take().map(|announced| announced.strength).filter(|_| !members.of_store);
            if found.is_none() && separator != Separator::Tag {
                members.value = short_value_at(text, value_start);
            }
        }
        if is_name_word(said) {
            members.announced = announced_at(text, value_start);
            if let Some(announced) = &members.announced
                && let Some(value) = behind_name(text, announced.at)
            {
                hide_place(text, &value, announced.strength, false, spans);
            }
            if let (Some(announced), Some(value)) = (&members.announced, members.value.take())
                && at.saturating_sub(value.range.end) < MAX_GAP
                && !text.get(value.range.end..at).unwrap_or_default().contains('\n')
            {
                hide_place(text, &value, announced.strength, false, spans);
            }
        } else if said.eq_ignore_ascii_case("type") || said.eq_ignore_ascii_case("from") {
            let kind = short_value_at(text, value_start);
            let kind = kind.map_or("", |place| part(text, place.range));
            members.of_store |= matches!(kind, "SECRETS_MANAGER" | "PARAMETER_STORE");
        }
        let Some(strength) = found else { continue };
        // `DbPassword:`, and below it `Default: x`
        if separator == Separator::Colon && line_from(text, value_start, MAX_AFTER).trim_end().is_empty() {
            members.announced = Some(Announced { strength, at: value_start });
        }
        if let Some(end) = hide_value(text, value_start, strength, separator, spans) {
            done = end;
        }
    }
}

/// How sure the name of a declaration with a type is a secret: `API_KEY: &str = "x"`, `var dbPassword string = "x"`.
fn declared(text: &str, name: &Range<usize>, separator: Separator, value_start: usize) -> Option<Strength> {
    let rest = line_from(text, value_start, MAX_TYPE).trim_start();
    if separator != Separator::Equals || !rest.starts_with(['"', '\'', 'b', 'r', '`']) {
        return None;
    }
    let near = line_before(text, value_start, MAX_TYPE * 3).trim_end_matches(['=', ' ', ':']);
    let declared = near.rsplit_once(": ").or_else(|| near.rsplit_once(':')).filter(|(_, kind)| {
        kind.len() <= MAX_TYPE && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b"_<>[]&' |?.".contains(&b))
    });
    let before = match declared {
        Some((before, _)) => before,
        None => match part(text, name.clone()) {
            "string" | "String" | "str" | "text" | "byte" => near.rsplit_once(' ')?.0,
            _ => return None,
        },
    };
    // Basic: `Dim password As String`
    let before = before.trim_end().trim_end_matches(" As").trim_end();
    let len = before.bytes().rev().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    strength(from(before, before.len() - len))
}

/// What a shell says or takes where a variable is not set, rather than its value: `${NAME:?message}`, `${NAME:+x}`.
fn is_expansion(text: &str, name: &Range<usize>, value_start: usize) -> bool {
    let rest = line_from(text, value_start, MAX_GAP);
    let default = || rest.strip_prefix('-').and_then(|rest| rest.split('}').next());
    text.get(..name.start).is_some_and(|before| before.ends_with('{'))
        && (rest.starts_with(['?', '+']) || default().is_some_and(|default| !is_likely(default)))
}

/// The separator at a place: its kind, where the name ends before it, and where the value may begin.
fn separator(text: &str, at: usize, byte: u8) -> Option<(Separator, usize, usize)> {
    let bytes = text.as_bytes();
    let (before, next) = (at.checked_sub(1).and_then(|at| bytes.get(at)).copied(), bytes.get(at + 1).copied());
    match byte {
        b'=' => match (before, next) {
            (_, Some(b'=' | b'~')) | (Some(b'=' | b'!' | b'<' | b'>' | b'~'), _) => None,
            (_, Some(b'>')) => Some((Separator::Equals, at, at + 2)),
            (Some(b':' | b'+'), _) => Some((Separator::Equals, at - 1, at + 1)),
            // `?=`, `||=`, `??=`
            (Some(b'?' | b'|'), _) => {
                let signs = bytes.get(..at)?.iter().rev().take_while(|b| matches!(b, b'?' | b'|')).count();
                Some((Separator::Equals, at - signs.min(2), at + 1))
            }
            _ => Some((Separator::Equals, at, at + 1)),
        },
        // LDIF: `userPassword:: x`
        b':' if before == Some(b':') && next == Some(b' ') => Some((Separator::Colon, at - 1, at + 1)),
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
        // A call's first argument, a list of arguments, or a tuple that begins with a name: `{:password, "x"}`.
        Separator::Comma => {
            let opens = text.get(..name.start).unwrap_or_default().trim_end_matches(['"', '\'', ' ']).ends_with('(');
            (quoted && (opens || said.starts_with('-'))).then(|| option_strength(said)).flatten()
        }
        Separator::Equals if matches!(before, Some('?' | '&' | '#')) => parameter_strength(said),
        // A part of an ARN or of another list of parts.
        Separator::Colon if before == Some(':') => None,
        // The tag of an image: `registry/token:1a2b3c4`.
        Separator::Colon if from(said, 1).contains('/') && !from(text, name.end + 1).starts_with([' ', '"', '\n']) => {
            None
        }
        // A line of a file: `src/token.rs:12`.
        Separator::Colon if said.contains('.') && is_line_number(from(text, name.end + 1)) => None,
        // Where a shell stands.
        _ if said.eq_ignore_ascii_case("pwd") && from(text, name.end + 1).starts_with('/') => None,
        // `-Dsonar.login=x`, `-PossrhPassword=x`
        _ if said.starts_with("-D") || said.starts_with("-P") => option_strength(from(said, 2)),
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
    if separator != Separator::Tag
        && let Some(end) = hide_items(text, at, spans)
    {
        return Some(end);
    }
    let place = match separator {
        Separator::Tag => {
            // On one line, and ended by the tag's own end.
            let value = next(text, at, MAX_HEADER);
            let opened = if value.starts_with("<![CDATA[") { 9 } else { 0 };
            let inner = from(value, opened);
            let len = inner
                .find(['<', '\n', ']'])
                .filter(|len| from(inner, *len).starts_with(if opened > 0 { "]]></" } else { "</" }))?;
            Place { range: at + opened..at + opened + len, quoted: true }
        }
        _ => wrapped_at(text, at)?,
    };
    if separator == Separator::Comma && !place.quoted {
        return None;
    }
    // In `DB_PASSWORD=x` of a shell nothing but the value can follow; behind a colon people write sentences.
    let is_loose = separator != Separator::Equals || from(text, at).starts_with([' ', '\t']);
    let place = filled_in(text, &place).unwrap_or(place);
    if is_spoken_of(text, at, &place) || !hide_place(text, &place, strength, is_loose, spans) {
        return None;
    }
    // Terraform: `"old" -> "new"`; and a text in parts: `"one" + "two"`
    let mut end = place.range.end;
    while let rest = from(text, end + usize::from(place.quoted))
        && let Some(rest) = [" -> ", " + ", " . "].iter().find_map(|sign| rest.strip_prefix(sign))
        && let Some(next) = value_at(text, text.len() - rest.len())
        && (next.quoted || !place.quoted)
        && end - place.range.start < MAX_HEADER
    {
        spans.hide(next.range.clone());
        end = next.range.end;
    }
    Some(end)
}

/// Hides what stands at a place, if it is a secret.
fn hide_place(text: &str, place: &Place, strength: Strength, is_loose: bool, spans: &mut Spans) -> bool {
    let said = part(text, place.range.clone());
    let value = Value { text: said, quoted: place.quoted, after: line_from(text, place.range.end, MAX_AFTER) };
    let is_secret = value.is_secret(strength, is_loose);
    if is_secret {
        spans.hide(place.range.clone());
    }
    is_secret
}

/// The argument that takes a placeholder's place: `"password={}", "x"`.
fn filled_in(text: &str, place: &Place) -> Option<Place> {
    let rest = line_from(text, place.range.start, MAX_AFTER);
    let filled = ["{}", "%s", "%v", "{0}", "{:?}"].iter().find_map(|sign| rest.strip_prefix(sign))?;
    let argument = filled.trim_start_matches(['"', '\'']).strip_prefix(',')?;
    let place = value_at(text, place.range.start + rest.len() - argument.len())?;
    (place.quoted && is_likely(part(text, place.range.clone()))).then_some(place)
}

/// A type in back-ticks (`` `Token: Serialize` ``), or a command in them, whose output would be the secret.
fn is_spoken_of(text: &str, at: usize, place: &Place) -> bool {
    let said = part(text, place.range.clone());
    let opened = text.get(at..place.range.start).is_some_and(|before| before.ends_with('`'));
    let closed = from(text, place.range.end).starts_with('`');
    closed && (opened && said.contains([' ', '/', '$']) || !opened && !is_made_up(said))
        || place.quoted && !opened && ends_quotes(text, place)
}

/// Whether the quote before a place closes what was quoted before it: `"Enter password: " NAME`.
fn ends_quotes(text: &str, place: &Place) -> bool {
    let Some(quote) = text.get(..place.range.start).and_then(|before| before.chars().next_back()) else { return false };
    if !matches!(quote, '"' | '\'') {
        return false;
    }
    let is_open = !from(text, place.range.end).starts_with(quote);
    is_open && line_before(text, place.range.start - 1, MAX_AFTER).matches(quote).count() % 2 == 1
}

/// The value of `Authorization`, `Cookie` and the like: the rest of the line or of the quotes, but for the scheme.
pub(crate) fn header_at(text: &str, at: usize, most: usize) -> Option<Range<usize>> {
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
    let place = Place { range: start + skipped..start + skipped + value.len(), quoted: true };
    if let Some(place) = filled_in(text, &place) {
        return Some(place.range);
    }
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
