//! Values within what a language puts around them: `Some("x")`, `new String("x")`, `b'x'`, `[[x]]`, `!!str x`, `&anchor x`.

use crate::text::{Place, from, line_from, part, quoted_at, value_at};
use crate::value::{is_likely, is_made_up, is_reference};

/// How long the names before a wrapped value are.
const MAX_WRAPPER: usize = 96;

/// The value at a place, behind blanks and within its wrappers.
pub(crate) fn wrapped_at(text: &str, at: usize) -> Option<Place> {
    let start = tagged_at(text, at);
    long_bracket_at(text, start)
        .or_else(|| prefixed_at(text, start))
        .or_else(|| called_at(text, start))
        .or_else(|| value_at(text, start))
}

/// Where the value begins behind blanks and the marks of YAML: `!!str x`, `&anchor x`.
fn tagged_at(text: &str, at: usize) -> usize {
    let line = line_from(text, at, MAX_WRAPPER);
    let bare = line.trim_start_matches([' ', '\t']);
    let start = at + line.len() - bare.len();
    let Some((mark, rest)) = bare.split_once(' ') else { return start };
    let name = mark.trim_start_matches(['!', '&']);
    let is_mark = (mark.starts_with('!') && !is_reference(mark) || mark.starts_with('&'))
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    // Behind `&str =` stands no value of YAML.
    if is_mark && start > at && !rest.trim_start().starts_with(['=', '|', '&', '>']) {
        start + mark.len() + 1
    } else {
        start
    }
}

/// Lua: `[[x]]`, `[==[x]==]`
fn long_bracket_at(text: &str, at: usize) -> Option<Place> {
    let rest = from(text, at).strip_prefix('[')?;
    let level = rest.bytes().take_while(|b| *b == b'=').count();
    let inner = from(rest, level).strip_prefix('[').filter(|inner| !inner.starts_with(['"', '\'', '[', ' ', '$']))?;
    let start = at + level + 2;
    let len = inner.find(['\n', ']'])?;
    let close = from(inner, len).strip_prefix(']')?;
    (len > 0 && close.bytes().take_while(|b| *b == b'=').count() == level && from(close, level).starts_with(']'))
        .then_some(Place { range: start..start + len, quoted: true })
}

/// `b'x'`, `f"x"`, `N'x'`, `@"x"`, `$'x'`, `r#"x"#`, `"""x"""`
fn prefixed_at(text: &str, at: usize) -> Option<Place> {
    let rest = from(text, at);
    let letters = rest.bytes().take(2).take_while(|b| b"bBrRfFuUNL@$".contains(b)).count();
    let hashes = from(rest, letters).bytes().take(3).take_while(|b| *b == b'#').count();
    let quotes = from(rest, letters + hashes);
    let triple = usize::from(quotes.starts_with("\"\"\"") || quotes.starts_with("'''")) * 2;
    if letters + hashes + triple == 0 || !quotes.starts_with(['"', '\'']) {
        return None;
    }
    quoted_at(text, at + letters + hashes + triple)
}

/// `Some("x")`, `Secret::new("x")`, `new String("x")`, `[]byte("x")`, `ConvertTo-SecureString -String "x"`
fn called_at(text: &str, at: usize) -> Option<Place> {
    let line = line_from(text, at, MAX_WRAPPER);
    let open = line.find(['"', '\''])?;
    let before = part(line, 0..open);
    let before = before.trim_end_matches(['b', 'r', 'f', 'u', '@', '#', '&']);
    let is_cmdlet = before.trim_start_matches('(').starts_with("ConvertTo-SecureString ");
    let names = before.strip_prefix("new ").unwrap_or(before);
    let is_call = names.ends_with('(')
        && names.len() > 1
        && names.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:.&<>[](!-".contains(&b));
    // `Just "x"`
    let is_applied = names.ends_with(' ') && holds(names.trim());
    if !(is_call || is_cmdlet || is_applied) {
        return None;
    }
    let place = quoted_at(text, at + open)?;
    let said = part(text, place.range.clone());
    let is_held = is_cmdlet || is_applied || names.split(['(', ':', '.', '!', '<', '[', ']']).any(holds);
    let asks = names.split(|c: char| !c.is_ascii_alphanumeric()).any(asks);
    (!asks && (is_held && !is_name(said) || is_likely(said) && is_made_up(said))).then_some(place)
}

/// What merely holds a value.
fn holds(name: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const HOLDS: &[&str] = &[
        "some", "just", "ok", "string", "str", "bytes", "byte", "secret", "secretstring", "securestring", "sensitive",
        "password", "token", "of", "ofnullable", "box", "arc", "rc", "cow", "borrowed", "owned", "cstring", "buffer",
        "b64decode", "b64encode", "atob", "btoa", "quote", "literal", "plain", "plaintext", "unsafeplaintext", "text",
        "optional", "securestr", "encode", "decode", "tostring", "unicode", "nonsensitive", "secretstr", "secretvalue",
    ];
    HOLDS.iter().any(|held| name.eq_ignore_ascii_case(held))
}

/// What looks a value up by the name that it is given, or asks for it.
fn asks(name: &str) -> bool {
    const ASKS: &[&str] = &[
        "get",
        "env",
        "fetch",
        "read",
        "load",
        "input",
        "prompt",
        "find",
        "lookup",
        "param",
        "config",
        "require",
        "open",
        "file",
        "path",
        "resolve",
        "ref",
        "ask",
        "secretsmanager",
        "ssm",
        "vault",
        "sub",
        "credentials",
        "expect",
        "describe",
        "check",
        "validate",
        "has",
        "is",
        "test",
        "assert",
        "select",
        "column",
        "field",
    ];
    let lower = name.to_ascii_lowercase();
    ASKS.iter().any(|ask| {
        lower.strip_prefix(ask).is_some_and(|rest| {
            rest.is_empty() || name.get(ask.len()..).is_some_and(|rest| rest.starts_with(|c: char| !c.is_lowercase()))
        })
    })
}

/// A name of a secret rather than a secret: `Some("password")`.
fn is_name(said: &str) -> bool {
    crate::name::strength(said).is_some() && !said.bytes().any(|b| b.is_ascii_digit())
}
