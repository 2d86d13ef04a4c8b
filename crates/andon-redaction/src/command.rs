//! Command lines: options that take a secret (`--db-password x`), and the short ones of well-known tools (`mysql -px`).

use std::ops::Range;

use crate::name::{Strength, option_strength, strength};
use crate::spans::Spans;
use crate::text::{MAX_AFTER, from, line_from, part};
use crate::tools::{Form, TOOLS};
use crate::value::{Value, is_likely, is_made_up, is_masked, is_reference};

/// Hides the secrets of command lines.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = words(line, at);
        hide_options(text, &words, spans);
        hide_set(text, &words, spans);
        hide_short(text, &words, spans);
        hide_htpasswd(text, &words, spans);
        hide_masked(text, &words, spans);
        hide_stored(text, &words, spans);
        hide_piped(text, &words, spans);
        at += line.len();
    }
}

/// The words of a line, as a shell parts them: each with its place, without its quotes.
fn words(line: &str, start: usize) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(next) = from(line, at).find(|c: char| !c.is_whitespace()) {
        at += next;
        // `["login", "-p", "x"]`
        at += from(line, at).len() - from(line, at).trim_start_matches(['[', ',']).len();
        let rest = from(line, at);
        if rest.is_empty() {
            break;
        }
        let quote = rest.chars().next().filter(|c| "\"'".contains(*c));
        let (begin, len, whole) = if let Some(quote) = quote {
            let inner = from(rest, 1);
            // A quote that stays open is one character of a word.
            let len = inner.find(quote).unwrap_or_else(|| inner.find(char::is_whitespace).unwrap_or(inner.len()));
            (at + 1, len, len + 1 + usize::from(from(inner, len).starts_with(quote)))
        } else {
            let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
            // `-p'two words'`
            let open = part(rest, 0..len).find(['"', '\'']).filter(|_| rest.starts_with('-'));
            let len = open
                .and_then(|open| Some((open, rest.get(open..)?.chars().next()?)))
                .and_then(|(open, quote)| Some(open + 1 + from(rest, open + 1).find(quote)? + 1))
                .map_or(len, |quoted| quoted.max(len));
            (at, len, len)
        };
        words.push(start + begin..start + begin + len);
        at += whole.max(1);
    }
    words
}

/// Words that tell of an option rather than give its value: `Using --password via the CLI is insecure`.
fn is_prose(word: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const PROSE: &[&str] = &[
        "a", "an", "and", "are", "argument", "as", "can", "cannot", "flag", "for", "from", "given", "has", "if", "in",
        "instead", "is", "must", "need", "needs", "not", "on", "option", "options", "or", "parameter", "provided",
        "required", "requires", "should", "specified", "switch", "the", "to", "value", "via", "was", "when", "with",
    ];
    PROSE.iter().any(|prose| word.trim_end_matches([',', '.', ':']).eq_ignore_ascii_case(prose))
}

fn is_end(word: &str) -> bool {
    matches!(word, "|" | "||" | "&&" | ";" | "&" | "\\" | "<" | ">" | ">>" | "<<")
}

fn hide_options(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    for pair in words.windows(2) {
        let [option, value] = pair else { continue };
        let (name, said) = (part(text, option.clone()), part(text, value.clone()));
        let is_option =
            name.starts_with('-') && name.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_option
            || name.contains(['=', ':', ',', '"', '\''])
            || is_end(said)
            || is_prose(said)
            || said.starts_with("--")
        {
            continue;
        }
        let Some(strength) = option_strength(name) else { continue };
        // `-passin pass:x`
        let skipped = if said.starts_with("pass:") { 5 } else { 0 };
        let (said, start) = (from(said, skipped), value.start + skipped);
        let quoted = text.get(..value.start).is_some_and(|before| before.ends_with(['"', '\'']));
        let value = Value { text: said, quoted: true, after: line_from(text, value.end, MAX_AFTER) };
        // `--secret dbPassword x`
        let is_name = said.contains(|c: char| c.is_ascii_uppercase() || c == '_')
            && !said.bytes().any(|b| b.is_ascii_digit())
            && option_strength(said) == Some(Strength::Certain);
        let is_other = is_name || !quoted && (said.contains('(') || said.starts_with(['-', '<', '[']));
        if !is_other && value.is_secret(strength, false) {
            spans.hide(start..start + said.trim_end_matches([',', ')', '"', '\'']).len());
        }
    }
}

/// `ENV NAME value`, `aws configure set name value`, `npm config set name value`, `setx NAME value`
fn hide_set(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    for (at, setter) in words.iter().enumerate() {
        let mut rest = words.iter().skip(at + 1).skip_while(|word| part(text, (*word).clone()).starts_with('-'));
        let (Some(name), Some(value)) = (rest.next(), rest.next()) else { break };
        let (name, said) = (part(text, name.clone()), part(text, value.clone()));
        let sets = matches!(part(text, setter.clone()), "ENV" | "ARG" | "set" | "setx" | "config" | "setenv" | "put");
        let key = name.rsplit('/').next().unwrap_or(name);
        let Some(strength) = sets.then(|| strength(key)).flatten().filter(|_| !name.contains('=')) else { continue };
        let after = line_from(text, value.end, MAX_AFTER);
        if (Value { text: said, quoted: false, after }).is_secret(strength, true) && !is_end(said) {
            spans.hide(value.clone());
        }
    }
}

fn hide_short(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    let said = |at: usize| words.get(at).map_or("", |word| part(text, word.clone()));
    let is_end_of = |word: &str| is_end(word) || TOOLS.iter().any(|tool| tool.names.contains(&word));
    for at in 0..words.len() {
        let name = said(at).rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let mut tools = TOOLS.iter().filter(|tool| tool.names.contains(&name)).peekable();
        if tools.peek().is_none() {
            continue;
        }
        let end = (at + 1..words.len()).find(|at| is_end_of(said(*at))).unwrap_or(words.len());
        for tool in tools {
            let with = (at + 1..end).find(|at| said(*at) == tool.with);
            if with.is_none() && !tool.with.is_empty() {
                continue;
            }
            for here in at + 1..end {
                for (option, form) in tool.options {
                    hide_option(text, words, here, option, *form, spans);
                }
            }
            let arguments = with.filter(|_| tool.argument > 0).map_or(0..0, |with| with + 1..end);
            let secret = arguments.filter(|at| !said(*at).starts_with('-')).nth(tool.argument.saturating_sub(1));
            if let Some(word) = secret.and_then(|at| words.get(at))
                && is_likely(part(text, word.clone()))
            {
                spans.hide(word.clone());
            }
        }
    }
}

/// Hides the secret of a short option, if it is the one at this word.
fn hide_option(text: &str, words: &[Range<usize>], at: usize, option: &str, form: Form, spans: &mut Spans) {
    let Some(word) = words.get(at) else { return };
    let said = part(text, word.clone());
    let Some(attached) = said.strip_prefix(option).or_else(|| behind_letters(said, option, form)) else { return };
    let next = words.get(at + 1).filter(|_| !matches!(form, Form::Attached)).cloned();
    let value = if attached.is_empty() || matches!(form, Form::Next) {
        next
    } else if (option.starts_with("--") || matches!(form, Form::Apart)) && !attached.starts_with('=') {
        None
    } else {
        Some(word.end - attached.trim_start_matches('=').len()..word.end)
    };
    let Some(mut value) = value else { return };
    let said = part(text, value.clone());
    let bare = said.trim_end_matches([',', ']']).trim_matches(['"', '\'']);
    if let Some(start) = said.find(bare) {
        value = value.start + start..value.start + start + bare.len();
    }
    if let Form::Pair(sign) = form {
        let Some(place) = bare.find(sign) else { return };
        value.start += place + 1;
        if option.is_empty() && from(bare, place + 1).starts_with("//") {
            return;
        }
        if sign == '/' {
            // `user/x@base`, and no path
            let secret = from(bare, place + 1).split('@').next().unwrap_or_default();
            let is_user = part(bare, 0..place).bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if place == 0 || !is_user || secret.contains('/') {
                return;
            }
            value.end = value.start + secret.len();
        }
    }
    let secret = part(text, value.clone());
    if !is_reference(secret) && !is_masked(secret) && !secret.starts_with('-') && !is_end(secret) {
        spans.hide(value);
    }
}

/// What follows a pair's option behind other letters: `user:x` in `-suuser:x`, nothing in `-su`.
fn behind_letters<'t>(word: &'t str, option: &str, form: Form) -> Option<&'t str> {
    let letters = word.strip_prefix('-').filter(|_| matches!(form, Form::Pair(_)) && option.len() == 2)?;
    let letter = option.chars().next_back()?;
    let at = letters.find(letter).filter(|at| *at <= 4)?;
    let before = part(letters, 0..at);
    before.bytes().all(|b| b.is_ascii_alphabetic() && !b"XHdoFTbcKmr".contains(&b)).then(|| from(letters, at + 1))
}

/// `::add-mask::x`: what is to be hidden from then on.
fn hide_masked(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    for word in words {
        if let Some(value) = part(text, word.clone()).strip_prefix("::add-mask::").filter(|value| !is_reference(value))
        {
            spans.hide(word.end - value.len()..word.end);
        }
    }
}

/// `htpasswd -b file user x`: the last argument.
fn hide_htpasswd(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    let said = |word: &Range<usize>| part(text, word.clone());
    let Some(at) = words.iter().position(|word| said(word) == "htpasswd" || said(word).ends_with("/htpasswd")) else {
        return;
    };
    let arguments: Vec<_> = words.iter().skip(at + 1).take_while(|word| !is_end(said(word))).collect();
    let in_batch =
        arguments.iter().any(|word| said(word).starts_with('-') && said(word).len() < 8 && said(word).contains('b'));
    if let Some(last) = arguments.iter().rfind(|word| !said(word).starts_with(['>', '<', '-'])).filter(|_| in_batch)
        && !is_reference(said(last))
        && !is_masked(said(last))
    {
        spans.hide((*last).clone());
    }
}

/// `aws ssm put-parameter --type SecureString --value x`, and a parameter that has the name of a secret
fn hide_stored(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    let said = |word: &Range<usize>| part(text, word.clone());
    let stores = |word: &Range<usize>| {
        matches!(said(word), "put-parameter" | "create-secret" | "put-secret-value" | "secret" | "secrets")
    };
    let is_secure = |word: &Range<usize>| {
        matches!(said(word), "secret" | "secrets" | "create-secret" | "put-secret-value")
            || said(word).ends_with("SecureString")
            || said(word).rsplit('/').next().and_then(strength).is_some()
    };
    if !words.iter().any(stores) || !words.iter().any(is_secure) {
        return;
    }
    for pair in words.windows(2) {
        let [option, value] = pair else { continue };
        if matches!(said(option), "--value" | "--secret-string" | "--body" | "-b")
            && !is_reference(said(value))
            && !is_masked(said(value))
            && !said(value).starts_with("--")
        {
            spans.hide(value.clone());
        }
    }
    for word in words {
        if let Some(value) = said(word).strip_prefix("--value=").filter(|value| !is_reference(value)) {
            spans.hide(word.end - value.len()..word.end);
        }
    }
}

/// `echo x | docker login --password-stdin`, `echo user:x | chpasswd`
fn hide_piped(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    let said = |word: &Range<usize>| part(text, word.clone());
    let Some(pipe) = words.iter().position(|word| said(word) == "|") else { return };
    let (Some(left), Some(right)) = (words.get(..pipe), words.get(pipe + 1..)) else { return };
    let takes = right.iter().any(|word| {
        let word = said(word);
        word.ends_with("-stdin")
            || word == "chpasswd"
            || word == "-S"
            || word.ends_with("passphrase-fd")
            || word == "--with-token"
    });
    let echoes = left.iter().position(|word| matches!(said(word), "echo" | "printf"));
    if let (true, Some(echo)) = (takes, echoes)
        && let Some(value) = left.get(echo + 1..).and_then(<[_]>::last)
    {
        let secret = said(value);
        let skipped =
            if right.iter().any(|word| said(word) == "chpasswd") { secret.find(':').map_or(0, |at| at + 1) } else { 0 };
        if !is_reference(from(secret, skipped))
            && !is_masked(from(secret, skipped))
            && (skipped > 0 || is_made_up(secret) || secret.len() > 3)
        {
            spans.hide(value.start + skipped..value.end);
        }
    }
}
