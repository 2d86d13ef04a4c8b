//! Command lines: options that take a secret (`--db-password x`), and the short ones of well-known tools (`mysql -px`).

use std::ops::Range;

use crate::name::{option_strength, strength};
use crate::spans::Spans;
use crate::text::{MAX_AFTER, from, line_from, part};
use crate::value::{Value, is_made_up, is_masked, is_reference};

/// How a tool's option holds its secret.
#[derive(Clone, Copy)]
enum Form {
    /// `-p x` or `-px`
    Any,
    /// `-px` only: a lone `-p` asks.
    Attached,
    /// `-u user:x`
    Pair(char),
}

/// A tool whose short options hold secrets.
struct Tool {
    names: &'static [&'static str],
    /// A word that has to follow, unless it is empty.
    with: &'static str,
    options: &'static [(&'static str, Form)],
}

const TOOLS: &[Tool] = &[
    Tool {
        names: &[
            "docker", "podman", "buildah", "nerdctl", "skopeo", "helm", "oras", "crane", "regctl", "az", "oc", "cf",
            "ibmcloud", "argocd",
        ],
        with: "login",
        options: &[("-p", Form::Any)],
    },
    Tool {
        names: &[
            "mysql",
            "mysqldump",
            "mysqladmin",
            "mysqlimport",
            "mysqlshow",
            "mariadb",
            "mariadb-dump",
            "mariadb-admin",
        ],
        with: "",
        options: &[("-p", Form::Attached)],
    },
    Tool {
        names: &[
            "sshpass",
            "twine",
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoimport",
            "mongoexport",
            "influx",
            "snowsql",
        ],
        with: "",
        options: &[("-p", Form::Any)],
    },
    Tool {
        names: &["curl", "http", "https", "wget"],
        with: "",
        options: &[
            ("-u", Form::Pair(':')),
            ("--user", Form::Pair(':')),
            ("-U", Form::Pair(':')),
            ("--proxy-user", Form::Pair(':')),
            ("-a", Form::Pair(':')),
        ],
    },
    Tool { names: &["lftp", "smbclient"], with: "", options: &[("-u", Form::Pair(',')), ("-U", Form::Pair('%'))] },
    Tool { names: &["redis-cli", "valkey-cli"], with: "", options: &[("-a", Form::Any)] },
    Tool { names: &["openssl"], with: "", options: &[("-k", Form::Any), ("-K", Form::Any)] },
    Tool { names: &["sqlcmd", "bcp", "osql", "isql"], with: "", options: &[("-P", Form::Any)] },
    Tool {
        names: &["ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami", "ldapdelete"],
        with: "",
        options: &[("-w", Form::Any)],
    },
    Tool { names: &["zip", "unzip"], with: "", options: &[("-P", Form::Any)] },
    Tool { names: &["7z", "7za"], with: "", options: &[("-p", Form::Attached)] },
    Tool { names: &["ipmitool"], with: "", options: &[("-P", Form::Any)] },
    Tool { names: &["mosquitto_pub", "mosquitto_sub"], with: "", options: &[("-P", Form::Any)] },
];

/// Hides the secrets of command lines.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = words(line, at);
        hide_options(text, &words, spans);
        hide_set(text, &words, spans);
        hide_short(text, &words, spans);
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
        let rest = from(line, at);
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
        let is_other = !quoted && (said.contains('(') || said.starts_with(['-', '<', '[']));
        if !is_other && value.is_secret(strength, false) {
            spans.hide(start..start + said.trim_end_matches([',', ')', '"', '\'']).len());
        }
    }
}

/// `ENV NAME value`, `aws configure set name value`, `npm config set name value`, `setx NAME value`
fn hide_set(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    for three in words.windows(3) {
        let [setter, name, value] = three else { continue };
        let (name, said) = (part(text, name.clone()), part(text, value.clone()));
        let sets = matches!(part(text, setter.clone()), "ENV" | "ARG" | "set" | "setx" | "config" | "setenv");
        let Some(strength) = sets.then(|| strength(name)).flatten().filter(|_| !name.contains('=')) else { continue };
        let after = line_from(text, value.end, MAX_AFTER);
        if (Value { text: said, quoted: false, after }).is_secret(strength, true) && !is_end(said) {
            spans.hide(value.clone());
        }
    }
}

fn hide_short(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    let said = |at: usize| words.get(at).map_or("", |word| part(text, word.clone()));
    for at in 0..words.len() {
        let name = said(at).rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let Some(tool) = TOOLS.iter().find(|tool| tool.names.contains(&name)) else { continue };
        let is_tool = |word: &str| TOOLS.iter().any(|tool| tool.names.contains(&word));
        let end = (at + 1..words.len()).find(|at| is_end(said(*at)) || is_tool(said(*at))).unwrap_or(words.len());
        if !tool.with.is_empty() && !(at + 1..end).any(|at| said(at) == tool.with) {
            continue;
        }
        for here in at + 1..end {
            for (option, form) in tool.options {
                hide_option(text, words, here, option, *form, spans);
            }
        }
    }
}

/// Hides the secret of a short option, if it is the one at this word.
fn hide_option(text: &str, words: &[Range<usize>], at: usize, option: &str, form: Form, spans: &mut Spans) {
    let Some(word) = words.get(at) else { return };
    let Some(attached) = part(text, word.clone()).strip_prefix(option) else { return };
    let next = words.get(at + 1).filter(|_| !matches!(form, Form::Attached)).cloned();
    let value = if attached.is_empty() {
        next
    } else if option.starts_with("--") && !attached.starts_with('=') {
        None
    } else {
        Some(word.end - attached.trim_start_matches('=').len()..word.end)
    };
    let Some(mut value) = value else { return };
    let said = part(text, value.clone());
    let bare = said.trim_matches(['"', '\'']);
    if let Some(start) = said.find(bare) {
        value = value.start + start..value.start + start + bare.len();
    }
    if let Form::Pair(sign) = form {
        let Some(place) = bare.find(sign) else { return };
        value.start += place + 1;
    }
    let secret = part(text, value.clone());
    if !is_reference(secret) && !is_masked(secret) && !secret.starts_with('-') && !is_end(secret) {
        spans.hide(value);
    }
}

/// `echo x | docker login --password-stdin`, `echo user:x | chpasswd`
fn hide_piped(text: &str, words: &[Range<usize>], spans: &mut Spans) {
    let said = |word: &Range<usize>| part(text, word.clone());
    let Some(pipe) = words.iter().position(|word| said(word) == "|") else { return };
    let (Some(left), Some(right)) = (words.get(..pipe), words.get(pipe + 1..)) else { return };
    let takes = right.iter().any(|word| {
        let word = said(word);
        word.ends_with("-stdin") || word == "chpasswd" || word.ends_with("passphrase-fd") || word == "--with-token"
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
