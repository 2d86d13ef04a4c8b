//! What a line's text looks like.

/// The first 48 bytes of a line.
pub(in super::super) fn head_of(text: &str) -> &str {
    let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= 48).last().unwrap_or(0);
    text.get(..cut).unwrap_or("")
}

pub(super) fn first_class(text: &str) -> u8 {
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
pub(in super::super) fn level(head: &str, names: &[&str]) -> bool {
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

pub(super) fn is_frame(text: &str) -> bool {
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
pub(super) fn has_place(bytes: &[u8]) -> bool {
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
pub(super) fn is_code_line(text: &str) -> bool {
    let rest = text.trim_start_matches(['>', ' ', '\u{276f}']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..).unwrap_or("").trim_start();
    digits > 0 && digits < 6 && (after.starts_with('|') || after.starts_with('\u{2502}')) || text.starts_with("| ")
}

/// `1) words`, `12. words`
pub(super) fn numbered(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=4).contains(&digits)
        && matches!(bytes.get(digits), Some(b')' | b'.'))
        && bytes.get(digits + 1).is_some_and(|byte| *byte == b' ')
}

/// `TypeError: words`, `java.io.IOException: words`, `botocore.errorfactory.NoSuchKey`
pub(super) fn error_class(text: &str) -> bool {
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
pub(super) fn is_summary(text: &str) -> bool {
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

pub(super) fn has_source_file(text: &str) -> bool {
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
