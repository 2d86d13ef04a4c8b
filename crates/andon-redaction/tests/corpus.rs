//! How much of a large set of secrets is hidden, and how much harmless text is left alone.
//!
//! Two sets lie in `corpus/`, one by the kind of secret and one by the format that it stands in. Their values are made up
//! here, from a seed per line, so that the repository stores nothing that looks like a secret. The lines are split in two
//! by a hash: rules are written against [`Half::Built`] alone, and [`Half::HeldOut`] tells what they are worth.
//! `CORPUS_SHOW=built` prints what the rules miss.

#![allow(clippy::print_stderr, clippy::string_slice, clippy::indexing_slicing, reason = "a test")]

use std::fmt::Write as _;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Built,
    HeldOut,
}

/// One line of the set: the text, and the secrets in it.
struct Sample {
    text: String,
    secrets: Vec<String>,
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The lines of one half, each with the values of one seed.
fn samples(set: &str, half: Half) -> Vec<(String, Sample)> {
    set.lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("## "))
        .filter(|line| (hash(line) >> 7).is_multiple_of(2) == (half == Half::Built))
        .map(|line| (line.to_owned(), expand(line)))
        .collect()
}

/// Makes up the values of a line.
fn expand(line: &str) -> Sample {
    let mut state = hash(line) | 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut text, mut secrets, mut secret) = (String::new(), Vec::new(), None);
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let start = text.len();
        rest = &rest[next.len_utf8()..];
        match next {
            '«' => secret = Some(start),
            '»' => {
                if let Some(start) = secret.take() {
                    secrets.push(text[start..].to_owned());
                }
            }
            '[' => match repeated(rest) {
                Some((class, count, after)) => {
                    for _ in 0..count {
                        text.push(class[usize::try_from(random() % 997).unwrap_or(0) % class.len()]);
                    }
                    rest = after;
                }
                None => text.push('['),
            },
            '\\' if rest.starts_with(['n', 'e']) => {
                text.push(if rest.starts_with('n') { '\n' } else { '\u{1b}' });
                rest = &rest[1..];
            }
            other => text.push(other),
        }
    }
    Sample { text, secrets }
}

/// `a-z0-9]{12}...`: the characters, how many of them, and what follows.
fn repeated(rest: &str) -> Option<(Vec<char>, usize, &str)> {
    let (class, after) = rest.split_once(']').filter(|(class, _)| !class.contains(['[', '«']))?;
    let (count, after) = after.strip_prefix('{')?.split_once('}')?;
    let count = count.parse().ok()?;
    let given: Vec<char> = class.chars().collect();
    let mut characters = Vec::new();
    let mut at = 0;
    while at < given.len() {
        if let [from, '-', to] = given[at..(at + 3).min(given.len())] {
            characters.extend(from..=to);
            at += 3;
        } else {
            characters.push(given[at]);
            at += 1;
        }
    }
    Some((characters, count, after))
}

/// Whether a reader of `shown` learns a good part of the secret: its first or its last half.
fn leaks(shown: &str, secret: &str) -> bool {
    let middle = (0..=secret.len() / 2).rev().find(|at| secret.is_char_boundary(*at)).unwrap_or(0);
    shown.contains(&secret[..middle]) && middle >= 4 || shown.contains(&secret[middle..])
}

/// How many of a half there are, and those that went wrong.
fn measure(set: &str, half: Half, wrong: impl Fn(&Sample, &str) -> bool) -> (usize, String) {
    let samples = samples(set, half);
    let mut report = String::new();
    for (line, sample) in &samples {
        let shown = andon_redaction::redact(&sample.text);
        if wrong(sample, &shown) {
            let _ = writeln!(report, "{line}\n    {}", shown.replace('\n', "\\n"));
        }
    }
    (samples.len(), report)
}

const SECRETS: [&str; 2] = [include_str!("corpus/secrets.txt"), include_str!("corpus/secrets-by-format.txt")];
const HARMLESS: [&str; 2] = [include_str!("corpus/harmless.txt"), include_str!("corpus/harmless-by-format.txt")];
const HALVES: [Half; 2] = [Half::Built, Half::HeldOut];

fn leaked(set: &str, half: Half) -> (usize, String) {
    measure(set, half, |sample, shown| sample.secrets.iter().any(|secret| leaks(shown, secret)))
}

fn harmed(set: &str, half: Half) -> (usize, String) {
    measure(set, half, |sample, shown| shown != sample.text)
}

/// Prints the figures of a half; the misses only of the half that rules are built on, or of one that a reader asks for.
fn tell(what: &str, half: Half, (count, report): &(usize, String)) -> usize {
    let name = if half == Half::Built { "built" } else { "held-out" };
    let wrong = report.lines().count() / 2;
    eprintln!("{name}: {wrong} of {count} {what}");
    if std::env::var("CORPUS_SHOW").is_ok_and(|shown| shown == name) {
        eprintln!("{report}");
    }
    wrong
}

#[test]
fn at_least_95_percent_of_the_secrets_are_hidden() {
    let shown = SECRETS.map(|set| {
        HALVES.map(|half| {
            let found = leaked(set, half);
            tell("secrets shown", half, &found) * 20 > found.0
        })
    });
    assert_eq!(shown, [[false; 2]; 2], "more than 5 % of a half are shown");
}

#[test]
fn nothing_harmless_is_changed() {
    let changed = HARMLESS.map(|set| HALVES.map(|half| tell("harmless texts changed", half, &harmed(set, half))));
    assert_eq!(changed, [[0; 2]; 2]);
}

/// Texts that make a scanner look far ahead or back at every step, which must not make it slow.
#[test]
fn the_time_is_linear_in_the_text() {
    let parts = [
        "docker login ",
        "password: a ",
        "token=\"",
        "token='a\" ",
        "a://a",
        "://",
        "\"",
        "'",
        "<password>",
        "=",
        ":",
        "-p ' ",
        "password: |\n",
        "authorization: x ",
        "cookie:",
        "name=\"password\" ",
        "echo | ",
        "eyJa.",
        "-----BEGIN PRIVATE KEY-----",
        "sk-",
        "AKIA",
        "a_",
        "( ",
        "curl -u ",
        "\\\"",
        "ключ=",
        "key: ",
        "password password ",
        "x@",
        "//a:b/",
        "f(\"a\", ",
        "auth=(\"a\", \"b1\" ",
        "token = f(f(",
        "password [[",
        "<<EOF\nx\n",
        "<< ",
        "\u{1b}[",
        "\u{1b}]",
        "a\u{200b}",
        "%5B=",
        "&quot;",
        "$6$a$",
        "{SSHA}",
        "| token ",
        "| token\n",
        "password is ",
        "password \"",
        "\"value\": \"x\", ",
        "name=token\n\n",
        "name=token::",
        "token:\n- x\n",
        "token: [\"x\", ",
        "machine x login ",
        "user,password\n",
        "token  x  ",
        "token: str = ",
        "\"{}\", ",
        "use the password:\n",
        "htpasswd -b ",
        "Authorization ",
    ];
    for part in parts {
        let times = |bytes: usize| {
            let text = part.repeat(bytes / part.len());
            let began = std::time::Instant::now();
            let shown = andon_redaction::redact(&text);
            assert_eq!(andon_redaction::redact(&shown), shown);
            began.elapsed().as_secs_f64()
        };
        let (small, large) = (times(1 << 12), times(1 << 15));
        if std::env::var_os("CORPUS_SHOW").is_some() {
            eprintln!("{part:?}: {small:.3} s, then {large:.3} s");
        }
        // Eight times the text: 64 times the time where it is quadratic.
        assert!(large < small.max(0.004) * 32.0, "{part:?}: {small} s, then {large} s");
    }
}
