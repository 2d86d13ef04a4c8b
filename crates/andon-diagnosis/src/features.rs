//! What a line looks like, as numbers: the one place in which features are computed, for training and for use.
//!
//! [`Facts`] describe a line by itself (words, shape, marks); `row` adds where it stands, what stands around it, how
//! often it repeats and which tool rule knows it.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "counts of lines and words are small, and a list of features is long"
)]

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::clean::Mark;
use super::log::Log;
use super::structure::{Region, Structure};
use super::words::{self, Lexicon, Rarity, step};

/// Groups of words, each a feature; matched without regard to case, anywhere in a line.
const GROUPS: &[(&str, &[&str])] = &[
    ("error", &["error", "err!"]),
    ("fail", &["fail"]),
    ("exception", &["exception", "traceback", "panic", "unhandled", "uncaught"]),
    ("fatal", &["fatal", "critical", "severe", "emerg"]),
    (
        "denied",
        &[
            "denied",
            "not authorized",
            "unauthorized",
            "forbidden",
            "not permitted",
            "accessdenied",
            "credential",
            "authentication",
            "authorization",
        ],
    ),
    (
        "not-found",
        &[
            "not found",
            "notfound",
            "no such",
            "does not exist",
            "doesn't exist",
            "enoent",
            "not exist",
            "nosuch",
            "no module named",
            "cannot find",
            "could not find",
            "couldn't find",
            "unable to find",
            "can't find",
            "unable to locate",
            "unresolved",
        ],
    ),
    ("cannot", &["cannot", "can't", "could not", "couldn't", "unable to", "can not"]),
    ("not-done", &["did not", "does not", "didn't", "doesn't", "is not", "are not", "not a ", "must not", "no longer"]),
    (
        "invalid",
        &[
            "invalid",
            "illegal",
            "malformed",
            "unexpected",
            "bad ",
            "incorrect",
            "mismatch",
            "conflict",
            "incompatible",
            "corrupt",
            "wrong",
        ],
    ),
    ("missing", &["missing", "undefined", "undeclared", "null", "not set", "not defined", "empty", "nil ", "none"]),
    ("required", &["required", "must be", "must have", "should be", "has to be", "expecting", "requires", "need"]),
    ("unknown", &["unknown", "unrecognized", "unsupported", "not supported", "not recognized", "deprecated option"]),
    ("expected", &["expected", "want", "received", "actual", "got ", "but was", "to equal", "to be"]),
    ("assert", &["assert", "expect("]),
    ("timeout", &["timeout", "timed out", "deadline", "time out"]),
    (
        "network",
        &[
            "econn",
            "connection",
            "refused",
            "resolve host",
            "socket",
            "dns",
            "certificate",
            "ssl",
            "tls",
            "unreachable",
            "network",
        ],
    ),
    (
        "killed",
        &[
            "killed",
            "out of memory",
            "oom",
            "heap",
            "sigkill",
            "sigterm",
            "signal",
            "no space left",
            "segmentation",
            "core dumped",
            "memory",
        ],
    ),
    ("quota", &["quota", "limit", "throttl", "exceed", "too many"]),
    (
        "exit",
        &[
            "exit code",
            "exit status",
            "exited with",
            "exitcode",
            "returned non-zero",
            "non-zero",
            "exited",
            "status code",
            "errno",
            "exit 1",
        ],
    ),
    (
        "wrapper",
        &[
            "command failed",
            "build failed",
            "elifecycle",
            "returned a non-zero",
            "failed to execute goal",
            "process completed",
            "script returned",
            "failed with exit",
            "failed with exception",
            "run with --",
            "re-run",
            "rerun",
            "job failed",
        ],
    ),
    (
        "pointer",
        &[
            "for more information",
            "full log",
            "complete log",
            "see the",
            "see http",
            "more details",
            "stack trace of",
            "to see the",
            "logs can be found",
            "try running",
            "for details",
            "for help",
            "learn more",
            "help.",
            "read more",
            "check the",
        ],
    ),
    (
        "hint",
        &[
            "hint",
            "help:",
            "note:",
            "try ",
            "you can",
            "you may",
            "make sure",
            "please",
            "did you mean",
            "consider",
            "suggest",
            "maybe",
            "perhaps",
            "fix",
        ],
    ),
    ("warn", &["warn", "deprecat", "notice"]),
    ("retry", &["retry", "retrying", "attempt", "will try again", "again"]),
    ("ignored", &["ignor", "skip", "optional", "continue", "harmless", "suppress", "not fatal", "non-fatal"]),
    (
        "calm",
        &[
            "0 error",
            "no error",
            "0 fail",
            "errors: 0",
            "failures: 0",
            "failed: 0",
            "failed=0",
            "0 warnings",
            "failures: 0, errors: 0",
            "0 vulnerabilities",
            "no issues",
            "errors=0",
        ],
    ),
    (
        "good",
        &["success", "passed", "complete", "done", "finished", "up to date", "ready", "created", "succeeded", " ok"],
    ),
    (
        "caused",
        &[
            "caused by",
            "because",
            "reason",
            "due to",
            "root cause",
            "cause:",
            "message:",
            "details:",
            "what went wrong",
        ],
    ),
    (
        "cleanup",
        &[
            "clean", "post job", "upload", "artifact", "cache", "removing", "stopping", "terminat", "shutting",
            "shutdown", "orphan", "teardown",
        ],
    ),
    (
        "progress",
        &[
            "download",
            "install",
            "fetch",
            "pulling",
            "extract",
            "unpack",
            "building",
            "compiling",
            "running",
            "starting",
            "collecting",
            "resolving",
            "loading",
            "creating",
            "checking",
            "preparing",
            "using ",
        ],
    ),
    ("test", &["test", "spec", "suite"]),
    (
        "summary",
        &[
            "tests run",
            "tests:",
            "test suites",
            "total",
            "summary",
            "passing",
            "failing",
            " failed,",
            " passed",
            "snapshots:",
            "short test summary",
            "problems (",
            "found ",
        ],
    ),
    (
        "http",
        &[
            "http error",
            "status code",
            " 400",
            " 401",
            " 403",
            " 404",
            " 409",
            " 422",
            " 429",
            " 500",
            " 502",
            " 503",
            "bad gateway",
            "http/",
        ],
    ),
    (
        "dependency",
        &[
            "package",
            "module",
            "dependency",
            "dependencies",
            "version",
            "requirement",
            "library",
            "peer ",
            "import",
            "artifact ",
        ],
    ),
    ("syntax", &["syntax", "parse", "token", "compil", "type ", "symbol", "identifier", "property"]),
    (
        "deploy",
        &[
            "deploy",
            "rollback",
            "rolling back",
            "stack",
            "release",
            "container",
            "task",
            "resource",
            "service",
            "health",
        ],
    ),
    (
        "stack-event",
        &[
            "create_failed",
            "update_failed",
            "delete_failed",
            "rollback_in_progress",
            "rollback_complete",
            "_in_progress",
            "_complete",
        ],
    ),
    ("canceled", &["cancel", "abort", "interrupt", "stopp"]),
    ("file", &[" file", "directory", "folder", "path"]),
    ("environment", &["environment", "variable", "config", "setting", "option", "argument", "parameter", "flag"]),
    ("permission-path", &["permission", "arn:aws", "iam", "role", "policy", "access"]),
    ("database", &["database", "sql", "relation", "column", "table", "migration", "constraint"]),
    ("lint", &["lint", "prettier", "format", "rule", "style", "ruff", "mypy", "checkstyle"]),
    ("docker", &["docker", "image", "manifest", "layer", "dockerfile"]),
    ("previous", &["previous", "above", "earlier", "original", "following", "occurred"]),
    ("command", &["command", "script", "usage", "npm run", "yarn run", "executing", "exec "]),
    ("daemon", &["daemon", "agent", "runner", "worker", "server", "process "]),
    ("git", &["git", "branch", "commit", "checkout", "clone", "remote", "refs"]),
];

static WORDS: LazyLock<(Option<AhoCorasick>, Vec<u8>)> = LazyLock::new(|| {
    let mut words = Vec::new();
    let mut groups = Vec::new();
    for (group, (_, members)) in (0_u8..).zip(GROUPS) {
        for word in *members {
            words.push(*word);
            groups.push(group);
        }
    }
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(&words)
        .ok();
    (automaton, groups)
});

/// What can be said of a line's shape, each a bit of [`Facts::shape`] and a feature.
macro_rules! shapes {
    ($($name:ident),+ $(,)?) => {
        #[derive(Clone, Copy)]
        #[allow(non_camel_case_types)]
        enum Shape { $($name),+ }
        const SHAPES: &[&str] = &[$(stringify!($name)),+];
    };
}

shapes! {
    Blank, Ruler, LevelError, LevelWarn, LevelInfo, Frame, ForeignFrame, PythonFrame, Place, Caret, CodeLine, Added, Removed,
    Numbered, Bullet, Json, EndsColon, EndsDot, HasColon, StartsLower, StartsUpper, StartsQuote, FailMark, PassMark,
    PytestError, PytestSource, Header, ErrorClass, CausedBy, Echo, Url, Percent, Summary, SourceFile, Quoted, Code, Arn,
    Tree, Table, Timestamped, AllCaps, Sentence, ErrorColon, Red, RunnerError, RunnerAside, CodeBuild, Group, ExpectedLine,
    AssertLine, TestName, Cut,
}

/// What is known of one line by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    groups: u64,
    shape: u64,
    indent: u16,
    length: u16,
    words: u16,
    capitals: f32,
    digits: f32,
    signs: f32,
    first: u8,
    /// The line without its digits, as a hash: the same message again has the same one.
    template: u64,
}

impl Facts {
    fn is(&self, shape: Shape) -> bool {
        self.shape >> (shape as u64) & 1 == 1
    }

    fn says(&self, group: usize) -> bool {
        self.groups >> group & 1 == 1
    }

    fn of(text: &str, mark: Mark, red: bool) -> Self {
        let mut facts = Self { template: TEMPLATE_SEED, ..Self::default() };
        let trimmed = text.trim();
        let bytes = trimmed.as_bytes();
        facts.indent = u16::try_from(text.len() - text.trim_start().len()).unwrap_or(u16::MAX);
        facts.length = u16::try_from(trimmed.len()).unwrap_or(u16::MAX);
        let (mut capitals, mut digits, mut letters, mut signs, mut words) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u16);
        let mut in_word = false;
        for byte in bytes {
            let letter = byte.is_ascii_alphabetic() || *byte >= 0x80;
            if letter {
                letters += 1;
                capitals += u32::from(byte.is_ascii_uppercase());
                words += u16::from(!in_word);
            } else if byte.is_ascii_digit() {
                digits += 1;
            } else if *byte != b' ' && *byte != b'\t' {
                signs += 1;
            }
            in_word = letter;
            if !byte.is_ascii_digit() {
                facts.template = step(facts.template, *byte);
            }
        }
        let share = |count: u32| count as f32 / (bytes.len().max(1)) as f32;
        facts.words = words;
        facts.capitals = capitals as f32 / letters.max(1) as f32;
        facts.digits = share(digits);
        facts.signs = share(signs);
        facts.first = first_class(trimmed);
        let mut set = |shape: Shape, holds: bool| facts.shape |= u64::from(holds) << (shape as u64);
        set(Shape::Red, red);
        set(Shape::RunnerError, mark == Mark::Error);
        set(Shape::RunnerAside, mark == Mark::Aside);
        set(Shape::CodeBuild, mark == Mark::CodeBuild);
        set(Shape::Group, matches!(mark, Mark::Group | Mark::EndGroup));
        if trimmed.is_empty() {
            set(Shape::Blank, true);
            return facts;
        }
        if letters == 0 {
            set(Shape::Ruler, digits == 0);
            set(Shape::Caret, bytes.contains(&b'^'));
            return facts;
        }
        let starts = |heads: &[&str]| heads.iter().any(|head| trimmed.starts_with(head));
        let head = trimmed.get(..trimmed.len().min(48)).unwrap_or_else(|| head_of(trimmed));
        set(
            Shape::LevelError,
            level(head, &["error", "err", "fatal", "severe", "critical", "panic", "failed", "failure", "emerg"]),
        );
        set(Shape::LevelWarn, level(head, &["warning", "warn", "wrn", "deprecation", "deprecated", "notice"]));
        set(
            Shape::LevelInfo,
            level(
                head,
                &["info", "inf", "debug", "dbg", "trace", "verbose", "verb", "note", "hint", "help", "ok", "pass"],
            ),
        );
        let frame = is_frame(trimmed);
        set(Shape::Frame, frame);
        set(Shape::ForeignFrame, super::scan::is_foreign_frame(text));
        set(Shape::PythonFrame, trimmed.starts_with("File \""));
        set(Shape::Place, has_place(bytes));
        set(
            Shape::Caret,
            bytes.iter().filter(|byte| b"^~".contains(byte)).count() >= 3
                || trimmed.trim_start_matches(['|', ' ']).starts_with('^'),
        );
        set(Shape::CodeLine, is_code_line(trimmed));
        set(
            Shape::Added,
            starts(&["+ ", "+\t"]) && facts.indent > 0
                || trimmed.starts_with("+ Received")
                || trimmed.starts_with("+ actual"),
        );
        set(Shape::Removed, starts(&["- ", "-\t"]) && facts.indent > 0 || trimmed.starts_with("- Expected"));
        set(Shape::Numbered, numbered(bytes));
        set(Shape::Bullet, starts(&["- ", "* ", "\u{2022} ", "\u{b7} "]));
        set(
            Shape::Json,
            starts(&["{", "}", "\"", "[{", "],", "},"]) && trimmed.ends_with(['{', '}', '[', ']', ',', '"']),
        );
        set(Shape::EndsColon, trimmed.ends_with(':'));
        set(Shape::EndsDot, trimmed.ends_with(['.', '!']));
        set(Shape::HasColon, trimmed.contains(": "));
        set(Shape::StartsLower, bytes.first().is_some_and(u8::is_ascii_lowercase));
        set(Shape::StartsUpper, bytes.first().is_some_and(u8::is_ascii_uppercase));
        set(Shape::StartsQuote, starts(&["'", "\"", "`"]));
        set(
            Shape::FailMark,
            starts(&[
                "\u{2717}",
                "\u{2718}",
                "\u{2715}",
                "\u{2716}",
                "\u{d7} ",
                "\u{274c}",
                "\u{25cf} ",
                "FAIL",
                "--- FAIL",
                "\u{1f6a8}",
                "\u{26d4}",
                "\u{2a2f}",
                "\u{2a09}",
                "not ok",
                "F ",
                "X ",
            ]) || trimmed.contains(" FAILED")
                || trimmed.contains("<<< ")
                || trimmed.ends_with(" FAIL"),
        );
        set(
            Shape::PassMark,
            starts(&["\u{2713}", "\u{2714}", "\u{221a}", "\u{2705}", "PASS", "ok ", "--- PASS", "\u{25cb}"])
                || trimmed.ends_with(" PASSED")
                || trimmed.ends_with("... ok")
                || trimmed.ends_with(" ok"),
        );
        set(Shape::PytestError, text.starts_with("E  "));
        set(Shape::PytestSource, text.starts_with(">  "));
        set(
            Shape::Header,
            starts(&["___", "===", "---", "***", "###"]) && letters > 2 && trimmed.ends_with(['_', '=', '-', '*', '#']),
        );
        set(Shape::ErrorClass, error_class(trimmed));
        set(
            Shape::CausedBy,
            starts(&["Caused by", "caused by", "Caused By", "Wraps", "[cause]", "> ", "Reason", "reason", "cause"]),
        );
        set(
            Shape::Echo,
            starts(&["$ ", "+ ", "> ", "++ ", "Run ", "Running command ", "Step ", "RUN "]) && facts.indent == 0,
        );
        set(Shape::Url, trimmed.contains("://"));
        set(Shape::Percent, bytes.contains(&b'%') || trimmed.contains("MB/s") || trimmed.contains("kB "));
        set(Shape::Summary, is_summary(trimmed));
        set(Shape::SourceFile, has_source_file(trimmed));
        set(Shape::Quoted, bytes.iter().filter(|byte| b"'\"`".contains(byte)).count() >= 2);
        set(Shape::Code, trimmed.ends_with([';', '{', '}', ')', ',']) && signs * 8 > letters);
        set(Shape::Arn, trimmed.contains("arn:aws"));
        set(
            Shape::Tree,
            starts(&["\u{251c}", "\u{2514}", "\u{2502}", "|", "`--", "+--", "\u{256d}", "\u{2570}", "\u{276f}"]),
        );
        set(Shape::Table, memchr::memchr_iter(b'|', bytes).count() >= 2);
        set(
            Shape::Timestamped,
            bytes
                .windows(3)
                .take(40)
                .any(|three| matches!(three, [a, b':', b] if a.is_ascii_digit() && b.is_ascii_digit()))
                && bytes.iter().take(40).filter(|byte| **byte == b':').count() >= 2,
        );
        set(Shape::AllCaps, letters > 4 && capitals * 10 > letters * 8);
        set(Shape::Sentence, words >= 5 && signs * 6 < letters);
        set(
            Shape::ErrorColon,
            trimmed.contains("rror: ") || trimmed.contains("RROR: ") || trimmed.contains("xception: "),
        );
        set(
            Shape::ExpectedLine,
            starts(&[
                "Expected",
                "expected",
                "Received",
                "received",
                "Actual",
                "actual",
                "want",
                "got",
                "Want",
                "Got",
                "- Expected",
                "+ Received",
                "left:",
                "right:",
                "but ",
            ]),
        );
        set(Shape::AssertLine, trimmed.contains("assert") || trimmed.contains("expect("));
        set(
            Shape::TestName,
            trimmed.contains("::test")
                || trimmed.contains(".test.")
                || trimmed.contains(".spec.")
                || trimmed.contains("Test.")
                || trimmed.contains(" > ")
                || trimmed.contains(" \u{203a} "),
        );
        set(Shape::Cut, trimmed.ends_with("...") || trimmed.ends_with('\u{2026}'));
        facts
    }
}

const TEMPLATE_SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn head_of(text: &str) -> &str {
    let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= 48).last().unwrap_or(0);
    text.get(..cut).unwrap_or("")
}

fn first_class(text: &str) -> u8 {
    match text.chars().next() {
        None => 0,
        Some(c) if c.is_ascii_lowercase() => 1,
        Some(c) if c.is_ascii_uppercase() => 2,
        Some(c) if c.is_ascii_digit() => 3,
        Some('[') => 4,
        Some('(' | '{' | '<') => 5,
        Some('-' | '*' | '+') => 6,
        Some('/' | '.' | '~' | '\\') => 7,
        Some('#' | '=' | '_') => 8,
        Some('>' | '$' | '|') => 9,
        Some('\'' | '"' | '`') => 10,
        Some(c) if c.is_ascii() => 11,
        Some(c) if c.is_alphabetic() => 12,
        Some(_) => 13,
    }
}

/// Whether one of the level's names stands at the head of a line, alone or in brackets, or in the field after a time stamp.
fn level(head: &str, names: &[&str]) -> bool {
    let mut words = head.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // Time stamps and logger names come first: the level is among the first few words, in capitals or in front.
    let first = words.next().unwrap_or("");
    if names.iter().any(|name| first.eq_ignore_ascii_case(name)) {
        return true;
    }
    words.take(8).any(|word| {
        word.bytes().all(|byte| byte.is_ascii_uppercase()) && names.iter().any(|name| word.eq_ignore_ascii_case(name))
    })
}

fn is_frame(text: &str) -> bool {
    text.starts_with("at ") && (text.contains('(') || text.contains(':'))
        || text.starts_with("File \"")
        || text.starts_with("from ") && text.contains(":in ")
        || text.starts_with("... ") && text.ends_with("more")
        || text.starts_with("\u{276f} ") && text.contains(':')
        || text.starts_with("goroutine ")
        || text.starts_with('#') && text.contains(".php(")
        || text.contains(".go:") && text.contains(" +0x")
}

/// `name.ext:12`, `name.ext(12,3)`, `name.ext:[12,3]`, `, line 12`
fn has_place(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b':', b'(', bytes.get(at..).unwrap_or_default()) {
        let here = at + found;
        let before = bytes.get(here.saturating_sub(14)..here).unwrap_or_default();
        let name = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let dotted = before.len() > name && before.get(before.len() - name - 1) == Some(&b'.');
        let after = bytes.get(here + 1).copied().unwrap_or(0);
        if dotted && (1..=10).contains(&name) && (after.is_ascii_digit() || after == b'[') {
            return true;
        }
        at = here + 1;
    }
    memchr::memmem::find(bytes, b", line ").is_some() || memchr::memmem::find(bytes, b" on line ").is_some()
}

/// `  12 | code`, `> 12 | code`, `   | ^`
fn is_code_line(text: &str) -> bool {
    let rest = text.trim_start_matches(['>', ' ', '\u{276f}']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..).unwrap_or("").trim_start();
    digits > 0 && digits < 6 && (after.starts_with('|') || after.starts_with('\u{2502}')) || text.starts_with("| ")
}

/// `1) words`, `12. words`
fn numbered(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=4).contains(&digits)
        && matches!(bytes.get(digits), Some(b')' | b'.'))
        && bytes.get(digits + 1).is_some_and(|byte| *byte == b' ')
}

/// `TypeError: words`, `java.io.IOException: words`, `botocore.errorfactory.NoSuchKey`
fn error_class(text: &str) -> bool {
    let text = text.strip_prefix("E ").unwrap_or(text).trim_start();
    let text = ["Caused by: ", "Uncaught ", "Unhandled ", "[cause]: "]
        .iter()
        .fold(text, |text, head| text.strip_prefix(head).unwrap_or(text));
    let name = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"._$:\\".contains(byte)).count();
    let name = text.get(..name).unwrap_or("").trim_end_matches(':');
    ["Error", "Exception", "Failure", "Exit", "Interrupt", "Warning"].iter().any(|end| name.ends_with(end))
        && name.len() > 6
}

/// `2 failed`, `Tests run: 3`, `✖ 3 problems`, `Found 2 errors`
fn is_summary(text: &str) -> bool {
    let has_number = text.bytes().any(|byte| byte.is_ascii_digit());
    has_number
        && [
            "failed",
            "failures",
            "failing",
            "problems",
            "errors",
            "Failures",
            "Errors",
            "passed",
            "error(s)",
            "violations",
            "issues",
        ]
        .iter()
        .any(|word| text.contains(word))
        && text.len() < 160
}

fn has_source_file(text: &str) -> bool {
    const KINDS: [&str; 28] = [
        ".py", ".js", ".ts", ".tsx", ".jsx", ".java", ".go", ".rs", ".rb", ".php", ".c", ".cpp", ".cs", ".kt",
        ".scala", ".swift", ".yml", ".yaml", ".json", ".tf", ".sh", ".vue", ".h", ".toml", ".xml", ".sql", ".dart",
        ".mjs",
    ];
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(found) = memchr::memchr(b'.', bytes.get(at..).unwrap_or_default()) {
        let here = at + found;
        let name = bytes
            .get(here + 1..)
            .unwrap_or_default()
            .iter()
            .take(6)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        if text.get(here..=here + name).is_some_and(|end| KINDS.contains(&end)) && here > 0 {
            return true;
        }
        at = here + 1;
    }
    false
}

/// How a tool rule knows a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// The weight of the best rule that matches it; 0 for none.
    pub(super) weight: u8,
    /// The best weight of a rule that would quote it, and its place in that quotation (0: the matched line).
    pub(super) quoted_by: u8,
    pub(super) place: u8,
    /// Whether it is the cause that rules alone would name, and whether it is quoted with that.
    pub(super) chosen: bool,
    pub(super) beside_chosen: bool,
}

/// All that is known of a log's lines, before they are ranked.
pub(super) struct Page<'a> {
    facts: Vec<Facts>,
    known: Vec<Known>,
    structure: &'a Structure,
    /// How much the words of each line speak for a cause.
    spoken: Vec<f32>,
    /// Whether a line can be the cause at all.
    eligible: Vec<bool>,
    /// The lines that are looked at closely.
    looked_at: Vec<bool>,
    /// For each line, its place when the eligible ones are ordered by their words; and the best before and after it.
    order: Vec<f32>,
    best_before: Vec<f32>,
    best_after: Vec<f32>,
    best: f32,
    rarity: Vec<Rarity>,
    /// In how many lines the commonest of a line's rare words stands.
    shared: Vec<f32>,
    /// The lines that are not blank, and for each line its place among them.
    solid: Vec<usize>,
    places: Vec<usize>,
    repeats: HashMap<u64, (u32, u32)>,
    /// How often each line's message was said before.
    said_before: Vec<u32>,
    /// How many lines that name a cause of what stands above them come before each line.
    causes_before: Vec<u32>,
    /// For each line, how many lines before it look like errors.
    errors_before: Vec<u32>,
    /// First and last line of the paragraph (between blank lines) that each line is in.
    paragraphs: Vec<(u32, u32)>,
    first_error: usize,
    last_error: usize,
    last_line: usize,
}

/// With no more lines than this, all are looked at closely.
const MAX_ALL: usize = 1200;
/// Of more, so many whose words speak most for a cause, with so many neighbours on each side,
const MAX_BEST: usize = 250;
const NEIGHBOURS: usize = 3;
/// and so many before the end of what failed.
const MAX_LAST: usize = 80;
/// What a line that is not there says.
const SILENT: f32 = -12.0;

impl<'a> Page<'a> {
    /// Reads a log; `known` tells how the rules know the lines that are looked at.
    pub(super) fn of(
        log: &Log,
        structure: &'a Structure,
        lexicon: &Lexicon<'_>,
        known: impl FnOnce(&[bool]) -> Vec<Known>,
    ) -> Self {
        let mut found = Vec::new();
        let count = log.len();
        let blank: Vec<bool> = (0..count).map(|at| log.line(at).trim().is_empty()).collect();
        let blank = |at: usize| blank.get(at).is_none_or(|blank| *blank);
        let spoken: Vec<f32> = (0..count)
            .map(|at| {
                if blank(at) {
                    return SILENT;
                }
                words::words(log.line(at), &mut found);
                lexicon.score(&found)
            })
            .collect();
        let may = |at: usize| matches!(structure.region(at), Region::Plain | Region::Failing);
        let mut eligible: Vec<bool> = (0..count).map(|at| !blank(at) && may(at)).collect();
        if !eligible.contains(&true) {
            eligible = (0..count).map(|at| !blank(at)).collect();
        }
        let of = |values: &[f32], at: usize| values.get(at).copied().unwrap_or(SILENT);
        let is = |flags: &[bool], at: usize| flags.get(at).copied().unwrap_or(false);
        let all: Vec<usize> = (0..count).filter(|at| !blank(*at)).collect();
        let mut ordered = all.clone();
        ordered.sort_by(|a, b| {
            let value = |at: usize| if is(&eligible, at) { of(&spoken, at) } else { SILENT };
            value(*b).total_cmp(&value(*a)).then(a.cmp(b))
        });
        let mut order = vec![0.0; count];
        for (place, at) in ordered.iter().enumerate() {
            if let Some(slot) = order.get_mut(*at) {
                *slot = place as f32;
            }
        }
        let best = ordered.first().map_or(SILENT, |at| if is(&eligible, *at) { of(&spoken, *at) } else { SILENT });
        let running = |lines: &mut dyn Iterator<Item = usize>| {
            let (mut out, mut best) = (vec![SILENT; count], SILENT);
            for at in lines {
                if let Some(slot) = out.get_mut(at) {
                    *slot = best;
                }
                if is(&eligible, at) {
                    best = best.max(of(&spoken, at));
                }
            }
            out
        };
        let best_before = running(&mut all.iter().copied());
        let best_after = running(&mut all.iter().rev().copied());
        // Of a long log only the lines that matter are looked at; to the rest of this they are all that there is.
        let looked_at: Vec<bool> = if all.len() <= MAX_ALL {
            (0..count).map(|at| !blank(at)).collect()
        } else {
            let mut chosen = vec![false; count];
            let mut choose = |at: usize| {
                if let Some(slot) = chosen.get_mut(at) {
                    *slot = !blank(at);
                }
            };
            for at in ordered.iter().take(MAX_BEST) {
                (at.saturating_sub(NEIGHBOURS)..=at + NEIGHBOURS).for_each(&mut choose);
            }
            let end = structure.end_of_failure();
            all.iter().rev().filter(|at| **at < end).take(MAX_LAST).for_each(|at| choose(*at));
            chosen
        };
        let mut facts: Vec<Facts> = (0..count)
            .map(|at| {
                if is(&looked_at, at) {
                    Facts::of(log.line(at), log.mark(at), log.is_red(at))
                } else {
                    Facts { shape: 1, ..Facts::default() }
                }
            })
            .collect();
        if let (Some(words), groups) = (&WORDS.0, &WORDS.1) {
            for (at, facts) in facts.iter_mut().enumerate().filter(|(at, _)| is(&looked_at, *at)) {
                for found in words.find_overlapping_iter(log.line(at)) {
                    facts.groups |= groups.get(found.pattern().as_usize()).map_or(0, |group| 1 << group);
                }
            }
        }
        let mut repeats: HashMap<u64, (u32, u32)> = HashMap::new();
        let (mut said_before, mut causes_before, mut causes) = (Vec::new(), Vec::new(), 0);
        let (mut solid, mut places) = (Vec::new(), Vec::new());
        for (at, facts) in (0_u32..).zip(&facts) {
            let entry = repeats.entry(facts.template).or_insert((0, at));
            said_before.push(entry.0);
            entry.0 += 1;
            causes_before.push(causes);
            causes += u32::from(facts.is(Shape::CausedBy));
            places.push(solid.len());
            if !facts.is(Shape::Blank) {
                solid.push(at as usize);
            }
        }
        let mut errors_before = Vec::with_capacity(facts.len());
        let mut seen = 0;
        for facts in &facts {
            errors_before.push(seen);
            seen += u32::from(is_error(facts));
        }
        let first_error = facts.iter().position(is_error).unwrap_or(facts.len());
        let last_error = facts.iter().rposition(is_error).unwrap_or(facts.len());
        let last_line = facts.iter().rposition(|facts| !facts.is(Shape::Blank)).unwrap_or(0);
        let mut paragraphs = vec![(0, 0); facts.len()];
        let mut start = 0;
        for at in 0..=facts.len() {
            if facts.get(at).is_none_or(|facts| facts.is(Shape::Blank)) {
                for slot in paragraphs.get_mut(start..at).into_iter().flatten() {
                    *slot = (start as u32, at as u32);
                }
                start = at + 1;
            }
        }
        let mut held: HashMap<u32, u32> = HashMap::new();
        let names: Vec<Vec<u32>> = (0..count)
            .map(|at| {
                if !is(&looked_at, at) {
                    return Vec::new();
                }
                words::names(log.line(at), &mut found);
                for name in &found {
                    *held.entry(*name).or_default() += 1;
                }
                found.clone()
            })
            .collect();
        let rarity = names.iter().map(|names| lexicon.rarity(names)).collect();
        let shared = names
            .iter()
            .map(|names| {
                let rare = names.iter().filter(|name| lexicon.is_rare(**name));
                rare.filter_map(|name| held.get(name)).max().map_or(0.0, |count| *count as f32)
            })
            .collect();
        let known = known(&looked_at);
        #[allow(clippy::inconsistent_struct_constructor, reason = "in the order in which they are found")]
        Self {
            facts,
            known,
            structure,
            spoken,
            eligible,
            looked_at,
            order,
            best_before,
            best_after,
            best,
            rarity,
            shared,
            solid,
            places,
            said_before,
            causes_before,
            repeats,
            errors_before,
            paragraphs,
            first_error,
            last_error,
            last_line,
        }
    }

    /// The lines that are ranked.
    pub(super) fn candidates(&self) -> impl Iterator<Item = usize> {
        let both = self.eligible.iter().zip(&self.looked_at);
        both.enumerate().filter(|(_, (eligible, looked_at))| **eligible && **looked_at).map(|(at, _)| at)
    }

    /// Whether any line that is ranked sounds like an error, before the runner says that something failed.
    pub(super) fn complains(&self) -> bool {
        let told = self.structure.failed;
        self.candidates().any(|at| told.is_none_or(|told| at < told) && self.facts.get(at).is_some_and(is_error))
    }

    /// What a line says without its numbers, as a hash.
    pub(super) fn template(&self, at: usize) -> u64 {
        self.facts.get(at).map_or(0, |facts| facts.template)
    }

    /// How a message of its kind looks: lines that tell of several failures of one kind have the same.
    pub(super) fn look(&self, at: usize) -> u64 {
        const TELLING: &[Shape] = &[
            Shape::LevelError,
            Shape::LevelWarn,
            Shape::Frame,
            Shape::Place,
            Shape::Caret,
            Shape::CodeLine,
            Shape::FailMark,
            Shape::PytestError,
            Shape::PytestSource,
            Shape::Header,
            Shape::ErrorClass,
            Shape::CausedBy,
            Shape::ErrorColon,
            Shape::RunnerError,
            Shape::Numbered,
            Shape::AssertLine,
            Shape::ExpectedLine,
        ];
        let mask = TELLING.iter().fold(0_u64, |mask, shape| mask | 1 << (*shape as u64));
        self.facts.get(at).map_or(0, |facts| facts.shape & mask)
    }

    /// The features' names, in their order.
    #[cfg(feature = "training")]
    pub(super) fn names() -> Vec<String> {
        let mut sink = Sink { names: Some(Vec::new()), values: Vec::new() };
        let log = Log::from_bytes(b"x\n");
        let structure = Structure::of(&log);
        let lexicon = Lexicon { bias: 0.0, scale: 1.0, weights: (&[]).into(), logs: 1.0, rarities: (&[]).into() };
        Page::of(&log, &structure, &lexicon, |_| vec![Known::default()]).fill(0, &mut sink);
        sink.names.unwrap_or_default()
    }

    /// The features of the line at `at`.
    pub(super) fn row(&self, at: usize, values: Vec<f32>) -> Vec<f32> {
        let mut sink = Sink { names: None, values };
        sink.values.clear();
        self.fill(at, &mut sink);
        sink.values
    }

    fn fill(&self, at: usize, sink: &mut Sink) {
        let blank = Facts { shape: 1, ..Facts::default() };
        // Neighbours are counted without the blank lines between them.
        let place = self.places.get(at).copied().unwrap_or(0);
        let neighbour =
            |offset: isize| place.checked_add_signed(offset).and_then(|place| self.solid.get(place)).copied();
        let get = |offset: isize| {
            let at = if offset == 0 { Some(at) } else { neighbour(offset) };
            at.and_then(|at| self.facts.get(at)).unwrap_or(&blank)
        };
        let here = get(0);
        let beside = |offset: isize| at.checked_add_signed(offset).and_then(|at| self.facts.get(at)).unwrap_or(&blank);
        sink.yes(|| "blank-before".into(), beside(-1).is(Shape::Blank));
        sink.yes(|| "blank-after".into(), beside(1).is(Shape::Blank));
        for (group, (name, _)) in GROUPS.iter().enumerate() {
            sink.yes(|| format!("says:{name}"), here.says(group));
        }
        for (shape, name) in SHAPES.iter().enumerate() {
            sink.yes(|| format!("shape:{name}"), here.shape >> shape & 1 == 1);
        }
        sink.put(|| "indent".into(), f32::from(here.indent.min(60)));
        sink.put(|| "length".into(), f32::from(here.length));
        sink.put(|| "words".into(), f32::from(here.words));
        sink.put(|| "capitals".into(), here.capitals);
        sink.put(|| "digits".into(), here.digits);
        sink.put(|| "signs".into(), here.signs);
        sink.put(|| "first".into(), f32::from(here.first));
        sink.put(|| "group-count".into(), here.groups.count_ones() as f32);
        // Around it.
        for offset in [-3, -2, -1, 1, 2, 3] {
            let near = get(offset);
            let name = |what: &str| format!("{offset:+}:{what}");
            for (what, shape) in [
                ("numbered", Shape::Numbered),
                ("caused-by", Shape::CausedBy),
                ("sentence", Shape::Sentence),
                ("frame", Shape::Frame),
                ("level-error", Shape::LevelError),
                ("error-class", Shape::ErrorClass),
                ("place", Shape::Place),
                ("caret", Shape::Caret),
                ("code-line", Shape::CodeLine),
                ("fail-mark", Shape::FailMark),
                ("ends-colon", Shape::EndsColon),
                ("header", Shape::Header),
                ("red", Shape::Red),
                ("runner-error", Shape::RunnerError),
                ("summary", Shape::Summary),
                ("pass-mark", Shape::PassMark),
            ] {
                if offset.abs() <= 2 || matches!(shape, Shape::Frame | Shape::CausedBy) {
                    sink.yes(|| name(what), near.is(shape));
                }
            }
            if offset.abs() <= 2 {
                sink.put(|| name("indent"), f32::from(near.indent.min(60)) - f32::from(here.indent.min(60)));
                sink.put(|| name("length"), f32::from(near.length));
                for group in [0, 1, 2, 4, 5, 6, 8, 12, 13, 18, 19, 20, 21, 22, 26, 27, 29] {
                    sink.yes(|| name(GROUPS.get(group).map_or("", |(name, _)| *name)), near.says(group));
                }
            }
        }
        // Where it stands.
        let lines = self.facts.len().max(1);
        let from_end = self.last_line.saturating_sub(at);
        sink.put(|| "position".into(), at as f32 / lines as f32);
        sink.put(|| "from-end".into(), (from_end as f32).ln_1p());
        sink.put(|| "from-start".into(), (at as f32).ln_1p());
        sink.put(|| "lines".into(), (lines as f32).ln_1p());
        let region = self.structure.region(at);
        for (name, which) in [
            ("plain", Region::Plain),
            ("failing", Region::Failing),
            ("passed", Region::Passed),
            ("after", Region::After),
            ("noise", Region::Noise),
            ("echo", Region::Echo),
        ] {
            sink.yes(|| format!("region:{name}"), region == which);
        }
        sink.yes(|| "failed-known".into(), self.structure.failed.is_some());
        let distance = |to: Option<usize>| to.map_or(1e4, |to| to as f32 - at as f32);
        sink.put(|| "before-exit".into(), distance(self.structure.failed).clamp(-1e4, 1e4));
        sink.put(
            || "after-command".into(),
            self.structure.command.as_ref().map_or(1e4, |command| at as f32 - command.line as f32),
        );
        // Among the errors.
        let all_errors = self.errors_before.last().copied().unwrap_or(0) as f32;
        let before = self.errors_before.get(at).copied().unwrap_or(0) as f32;
        sink.put(|| "errors-before".into(), before);
        sink.put(|| "errors-after".into(), (all_errors - before).max(0.0));
        sink.put(|| "errors-share".into(), before / all_errors.max(1.0));
        sink.put(|| "after-first-error".into(), at as f32 - self.first_error as f32);
        sink.put(|| "before-last-error".into(), self.last_error as f32 - at as f32);
        let since = (1_isize..=40).find(|back| is_error(get(-*back))).unwrap_or(41);
        let until = (1_isize..=40).find(|on| is_error(get(*on))).unwrap_or(41);
        sink.put(|| "since-error".into(), since as f32);
        sink.put(|| "until-error".into(), until as f32);
        // Near what says that something ended badly.
        let ends = |facts: &Facts| facts.says(18) || facts.says(19);
        let since = (1_isize..=40).find(|back| ends(get(-*back))).unwrap_or(41);
        let until = (1_isize..=40).find(|on| ends(get(*on))).unwrap_or(41);
        sink.put(|| "since-end".into(), since as f32);
        sink.put(|| "until-end".into(), until as f32);
        // In its paragraph.
        let (start, end) = self.paragraphs.get(at).copied().unwrap_or((0, 0));
        sink.put(|| "paragraph".into(), (end - start) as f32);
        sink.put(|| "in-paragraph".into(), at as f32 - start as f32);
        let lead = self.facts.get(start as usize).unwrap_or(&blank);
        for (what, shape) in [
            ("level-error", Shape::LevelError),
            ("error-class", Shape::ErrorClass),
            ("fail-mark", Shape::FailMark),
            ("header", Shape::Header),
            ("numbered", Shape::Numbered),
            ("level-warn", Shape::LevelWarn),
            ("frame", Shape::Frame),
        ] {
            sink.yes(|| format!("lead:{what}"), lead.is(shape));
        }
        // A stack or a piece of code that follows.
        let stack =
            (1_isize..=30).take_while(|on| get(*on).is(Shape::Frame) || get(*on).is(Shape::PythonFrame)).count();
        sink.put(|| "stack-below".into(), stack as f32);
        let stack =
            (1_isize..=30).take_while(|back| get(-*back).is(Shape::Frame) || get(-*back).indent > here.indent).count();
        sink.put(|| "deeper-above".into(), stack as f32);
        let deeper = (1_isize..=30).take_while(|on| get(*on).indent > here.indent).count();
        sink.put(|| "deeper-below".into(), deeper as f32);
        // How much a window says error.
        let window = |from: isize, to: isize| (from..=to).filter(|offset| is_error(get(*offset))).count() as f32;
        sink.put(|| "errors-10-before".into(), window(-10, -1));
        sink.put(|| "errors-10-after".into(), window(1, 10));
        let passes =
            |from: isize, to: isize| (from..=to).filter(|offset| get(*offset).is(Shape::PassMark)).count() as f32;
        sink.put(|| "passes-10-before".into(), passes(-10, -1));
        sink.put(|| "passes-10-after".into(), passes(1, 10));
        // How often it is said.
        let (count, first) = self.repeats.get(&here.template).copied().unwrap_or((1, at as u32));
        sink.put(|| "repeated".into(), count as f32);
        sink.yes(|| "said-first".into(), first as usize == at);
        let before = self.said_before.get(at).copied().unwrap_or(0);
        sink.put(|| "said-before".into(), before as f32);
        sink.put(|| "said-after".into(), count.saturating_sub(before + 1) as f32);
        // In a chain of causes, the last one is the root.
        let causes = self.causes_before.last().copied().unwrap_or(0);
        let before = self.causes_before.get(at).copied().unwrap_or(0);
        sink.put(|| "causes-before".into(), before as f32);
        sink.put(|| "causes-after".into(), causes.saturating_sub(before) as f32);
        let further = (1_isize..=60)
            .take_while(|on| get(*on).is(Shape::Frame) || get(*on).is(Shape::CausedBy) || get(*on).indent > 0)
            .filter(|on| get(*on).is(Shape::CausedBy))
            .count();
        sink.put(|| "chain-below".into(), further as f32);
        // How much its words speak for a cause, beside the others'.
        let spoken = |offset: isize| {
            let at = if offset == 0 { Some(at) } else { neighbour(offset) };
            at.and_then(|at| self.spoken.get(at)).copied().unwrap_or(SILENT)
        };
        let value = spoken(0);
        sink.put(|| "spoken".into(), value);
        for offset in [-3, -2, -1, 1, 2, 3] {
            sink.put(|| format!("spoken{offset:+}"), spoken(offset));
        }
        let near = (-5..=5).map(spoken).fold(SILENT, f32::max);
        let of = |values: &[f32]| values.get(at).copied().unwrap_or(SILENT);
        sink.put(|| "spoken-best".into(), value - self.best);
        sink.put(|| "spoken-order".into(), of(&self.order));
        sink.put(|| "spoken-near".into(), near);
        sink.put(|| "spoken-mean".into(), (-5..=5).map(spoken).sum::<f32>() / 11.0);
        sink.put(|| "spoken-near-best".into(), value - near);
        sink.put(|| "spoken-before".into(), value - of(&self.best_before));
        sink.put(|| "spoken-after".into(), value - of(&self.best_after));
        // How much it says that other logs do not.
        let rarity = |offset: isize| {
            let at = if offset == 0 { Some(at) } else { neighbour(offset) };
            at.and_then(|at| self.rarity.get(at)).copied().unwrap_or_default()
        };
        let own = rarity(0);
        sink.put(|| "rarity-mean".into(), own.mean);
        sink.put(|| "rarity-most".into(), own.most);
        sink.put(|| "rarity-sum".into(), own.sum);
        sink.put(|| "unheard".into(), own.unheard);
        sink.put(|| "rare".into(), own.rare);
        sink.put(|| "rare-shared".into(), of(&self.shared));
        for offset in [-1, 1] {
            sink.put(|| format!("rarity-sum{offset:+}"), rarity(offset).sum - own.sum);
            sink.put(|| format!("rare{offset:+}"), rarity(offset).rare);
        }
        // What rules know.
        let known = self.known.get(at).copied().unwrap_or_default();
        sink.put(|| "rule:weight".into(), f32::from(known.weight));
        sink.put(|| "rule:quoted-by".into(), f32::from(known.quoted_by));
        sink.put(|| "rule:place".into(), f32::from(known.place));
        sink.yes(|| "rule:chosen".into(), known.chosen);
        sink.yes(|| "rule:beside-chosen".into(), known.beside_chosen);
        let near = |offset: isize| neighbour(offset).and_then(|at| self.known.get(at)).copied().unwrap_or_default();
        for offset in [-2, -1, 1, 2] {
            sink.put(|| format!("rule:weight:{offset:+}"), f32::from(near(offset).weight));
        }
    }
}

fn is_error(facts: &Facts) -> bool {
    (facts.is(Shape::LevelError)
        || facts.is(Shape::ErrorClass)
        || facts.is(Shape::RunnerError)
        || facts.is(Shape::FailMark)
        || facts.says(0)
        || facts.says(1)
        || facts.says(2)
        || facts.says(3))
        && !facts.is(Shape::LevelWarn)
        && !facts.is(Shape::PassMark)
        && !facts.says(25)
}

struct Sink {
    names: Option<Vec<String>>,
    values: Vec<f32>,
}

impl Sink {
    fn put(&mut self, name: impl Fn() -> String, value: f32) {
        if let Some(names) = &mut self.names {
            names.push(name());
        }
        self.values.push(value);
    }

    fn yes(&mut self, name: impl Fn() -> String, holds: bool) {
        self.put(name, f32::from(u8::from(holds)));
    }
}
