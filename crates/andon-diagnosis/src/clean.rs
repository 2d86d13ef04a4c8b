//! One raw line made readable: colours, progress bars, time stamps and the prefixes that runners put before a tool's own words.
//!
//! Tools are recognised by how *they* write, so whatever `CodeBuild`, GitHub Actions, Travis, Amplify, Jenkins,
//! docker-compose, `BuildKit` or a task runner put in front of a line has to go first. Everything here is one pass over bytes.

use std::borrow::Cow;

/// What the runner itself said about a line, read from the prefix that was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing.
    None,
    /// `##[error]`, `::error::`: the runner (or a problem matcher) calls it an error.
    Error,
    /// `##[group]`: the head of a step.
    Group,
    /// `##[endgroup]`: the end of a step's head.
    EndGroup,
    /// `##[warning]`, `##[notice]`, `##[debug]`, `##[command]`: not a failure.
    Aside,
    /// `[Container] <time>`: `CodeBuild` itself speaks.
    CodeBuild,
    /// `##[section]`: Azure Pipelines starts or finishes a task.
    Section,
}

/// Which of several things that a log interleaves or strings together a line belongs to; 0 where nothing says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lane {
    /// The job of a downloaded GitHub Actions log (`job<TAB>step<TAB>time text`), as a hash of its name.
    pub(super) job: u32,
    /// The job's step, likewise; 0 when the log does not know it.
    pub(super) step: u32,
    /// The number of a `BuildKit` step.
    pub(super) vertex: u16,
    /// The step cleans up, uploads or ends the job.
    pub(super) tidies: bool,
}

/// The longest part of a line that is looked at; a longer one is data, not a message.
pub(super) const LONGEST: usize = 4096;

/// The line without what terminals, clocks and runners added, and what they said of it.
pub(super) fn clean(raw: &[u8], form: Form) -> (String, Mark, Lane) {
    let shown = last_drawn(raw);
    let shown = shown.get(..LONGEST * 4).unwrap_or(shown);
    let text = String::from_utf8_lossy(shown);
    let mut text = without_escapes(&text).into_owned();
    if text.len() > LONGEST {
        let mut cut = LONGEST;
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        text.truncate(cut);
    }
    let mut rest = text.trim_end();
    let mut mark = Mark::None;
    let mut lane = Lane::default();
    if form == Form::Downloaded
        && let Some((after, known)) = downloaded(rest)
    {
        (rest, lane) = (after, known);
    }
    if form == Form::Numbered
        && let Some(after) = line_number(rest)
    {
        rest = after;
    }
    // Prefixes nest (an Actions time stamp before a BuildKit step before a task's tag), but not endlessly.
    for _ in 0..6 {
        let Some((after, said)) = prefix(rest) else {
            break;
        };
        if lane.vertex == 0 {
            lane.vertex = vertex(rest);
        }
        rest = after;
        if said != Mark::None {
            mark = said;
        }
    }
    if lane.vertex == 0 {
        lane.vertex = vertex(rest);
    }
    (rest.to_owned(), mark, lane)
}

/// `job<TAB>step<TAB>2025-05-26T02:33:22.2017188Z text`, the form in which GitHub's command line saves a run's log.
fn downloaded(text: &str) -> Option<(&str, Lane)> {
    let (job, rest) = text.split_once('\t')?;
    let (step, rest) = rest.split_once('\t')?;
    // A byte order mark, also as two Windows code pages show it.
    let rest = ["\u{feff}", "\u{2229}\u{2557}\u{2510}", "\u{ef}\u{bb}\u{bf}"]
        .iter()
        .find_map(|bom| rest.strip_prefix(bom))
        .unwrap_or(rest);
    let tidies =
        ["Post ", "Complete ", "Stop ", "Upload", "Cleanup", "Clean up"].iter().any(|head| step.starts_with(head));
    let known = !step.eq_ignore_ascii_case("UNKNOWN STEP");
    let step = if known { hash(step) } else { 0 };
    Some((rest, Lane { job: hash(job), step, vertex: 0, tidies: known && tidies }))
}

/// Never 0, which stands for nothing.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)).max(1)
}

/// The number of the `BuildKit` step that a line tells of: `#17 [2/3] RUN make`, `#17 4.21 words`, `#17 DONE 5.0s`.
fn vertex(text: &str) -> u16 {
    let number =
        text.strip_prefix('#').and_then(|rest| rest.split_once(' ')).and_then(|(number, _)| number.parse().ok());
    number.unwrap_or(0)
}

/// Whether a part of the line is printed in red (ANSI colour 1 or 9).
pub(super) fn is_red(raw: &[u8]) -> bool {
    memchr::memchr_iter(0x1b, raw).take(24).any(|at| {
        let code = raw.get(at + 1..(at + 12).min(raw.len())).unwrap_or_default();
        let code = code.split(|byte| *byte == b'm').next().unwrap_or_default();
        code.strip_prefix(b"[")
            .is_some_and(|code| code.split(|byte| *byte == b';').any(|part| part == b"31" || part == b"91"))
    })
}

/// What all lines of a log have before their text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing.
    Plain,
    /// `36 | text`, copied from a console that numbers its lines.
    Numbered,
    /// `job<TAB>step<TAB>time text`, as GitHub's command line saves a run.
    Downloaded,
}

impl Form {
    /// Judged by the first lines, so that any length costs the same.
    pub(super) fn of(raw: &[&[u8]]) -> Self {
        if is_downloaded(raw) {
            Self::Downloaded
        } else if is_numbered(raw) {
            Self::Numbered
        } else {
            Self::Plain
        }
    }
}

/// Whether nearly all lines have two fields in front, which their neighbours mostly share.
fn is_downloaded(raw: &[&[u8]]) -> bool {
    let fields = |line: &[u8]| {
        let mut tabs = memchr::memchr_iter(b'\t', line);
        let (first, second) = (tabs.next()?, tabs.next()?);
        (first > 0 && second > first + 1 && second < 240).then(|| line.get(..second).map(<[u8]>::to_vec)).flatten()
    };
    let (mut seen, mut shared, mut previous) = (0_usize, 0_usize, None);
    for line in raw.iter().filter(|line| !line.is_empty()).take(200) {
        seen += 1;
        let now = fields(line);
        shared += usize::from(now.is_some() && now == previous);
        previous = now;
    }
    seen >= 4 && shared * 10 > seen * 7
}

/// Whether the log was copied from a console that numbers its lines (`36 | npm ERR! ...`).
fn is_numbered(raw: &[&[u8]]) -> bool {
    let (mut consecutive, mut seen, mut previous) = (0_usize, 0_usize, None);
    for line in raw.iter().filter(|line| !line.is_empty()).take(200) {
        seen += 1;
        let number = std::str::from_utf8(line.get(..12.min(line.len())).unwrap_or(line))
            .ok()
            .and_then(|head| head.split_once(" |"))
            .and_then(|(digits, _)| digits.trim().parse::<u64>().ok());
        if let (Some(now), Some(before)) = (number, previous)
            && now == before + 1
        {
            consecutive += 1;
        }
        previous = number;
    }
    seen >= 4 && consecutive * 2 > seen
}

/// What a terminal would show: of the parts that overwrote each other, the last that is not blank.
fn last_drawn(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    if memchr::memchr(b'\r', raw).is_none() {
        return raw;
    }
    raw.rsplit(|byte| *byte == b'\r').find(|part| part.iter().any(|byte| !byte.is_ascii_whitespace())).unwrap_or(b"")
}

/// Without ANSI control sequences and other control characters (tabs stay).
fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte < b' ' && byte != b'\t' || byte == 0x7f) && !text.starts_with('\u{feff}') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                Some('[') => {
                    // A control sequence ends with a byte in @..~; anything else ends it early (it was cut off).
                    while let Some(&next) = chars.peek() {
                        if !next.is_ascii() || next < ' ' {
                            break;
                        }
                        chars.next();
                        if ('@'..='~').contains(&next) {
                            break;
                        }
                    }
                }
                Some(']') => {
                    while let Some(next) = chars.next() {
                        if next == '\u{7}' || next == '\u{1b}' && chars.next_if_eq(&'\\').is_some() {
                            break;
                        }
                    }
                }
                Some('(' | ')') => {
                    chars.next();
                }
                _ => {}
            },
            '\t' => out.push(c),
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The text after one prefix, if it has one that is known.
fn prefix(text: &str) -> Option<(&str, Mark)> {
    let first = *text.as_bytes().first()?;
    match first {
        b'[' => codebuild(text).or_else(|| bracketed(text)),
        b'0'..=b'9' => stamp(text)
            .or_else(|| exported(text))
            .or_else(|| stream(text))
            .or_else(|| project(text))
            .map(|rest| (rest, Mark::None)),
        b'A'..=b'S' if syslog(text).is_some() => syslog(text).map(|rest| (rest, Mark::None)),
        b's' if text.starts_with("stdout F ") || text.starts_with("stderr F ") => {
            text.get(9..).map(|rest| (rest, Mark::None))
        }
        b'#' => workflow(text).or_else(|| buildkit(text)),
        b':' => workflow_command(text),
        b't' => travis(text),
        b' ' | b'\t' => tagged(text),
        // U+2502, with which Terraform and pip draw boxes
        0xE2 => text
            .strip_prefix('\u{2502}')
            .or_else(|| text.strip_prefix('\u{2577}'))
            .map(|rest| (rest.strip_prefix(' ').unwrap_or(rest), Mark::None)),
        _ => None,
    }
    .or_else(|| compose(text))
    .or_else(|| task(text))
}

fn codebuild(text: &str) -> Option<(&str, Mark)> {
    let rest = text.strip_prefix("[Container] ")?;
    Some((stamp(rest).unwrap_or(rest), Mark::CodeBuild))
}

/// Words in brackets that are a tool's own, not a tag.
const LEVELS: [&str; 13] =
    ["error", "err", "info", "warn", "warning", "debug", "fatal", "fail", "failed", "ok", "pass", "trace", "pipeline"];

/// `[2025-01-02T03:04:05Z] `, `[12:34:56] `, `[11ty] `, `[stderr]`, `[0] `; not `[ERROR] `, which is a tool's own.
fn bracketed(text: &str) -> Option<(&str, Mark)> {
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    // Amplify: `[WARNING]: ` before everything that a command writes to standard error.
    if let Some(rest) = rest.strip_prefix(": ")
        && ["INFO", "WARNING", "ERROR"].contains(&inside)
    {
        return Some((rest, Mark::None));
    }
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    if stamp(&format!("{inside} ")).is_some() {
        return Some((rest, Mark::None));
    }
    // Python names the kind of an error in this way before every line of its message.
    if let Some(rest) = rest.strip_prefix(": ")
        && inside.contains('.')
        && inside.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_')
    {
        return Some((rest.trim_start(), Mark::None));
    }
    // A tag is a lone word that the line goes on after; a level, a check box or a whole message is none.
    let word = !inside.is_empty()
        && inside.len() <= 24
        && inside.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:./@-".contains(&b));
    let level = LEVELS.iter().any(|level| inside.eq_ignore_ascii_case(level));
    (word && !level && !rest.is_empty()).then_some((rest, Mark::None))
}

/// An indented tag of Ant (`    [javac] Foo.java:3: error`), else nothing: indentation is a tool's own.
fn tagged(text: &str) -> Option<(&str, Mark)> {
    let inner = text.trim_start();
    if let Some(rest) = inner.starts_with(|c: char| c.is_ascii_digit()).then(|| project(inner)).flatten() {
        return Some((rest, Mark::None));
    }
    if inner.starts_with('\u{2502}') {
        return prefix_box(inner);
    }
    let known = ["[javac]", "[junit]", "[exec]", "[java]", "[echo]"];
    known
        .iter()
        .find_map(|tag| inner.strip_prefix(tag))
        .map(|rest| (rest.strip_prefix(' ').unwrap_or(rest), Mark::None))
}

fn prefix_box(text: &str) -> Option<(&str, Mark)> {
    text.strip_prefix('\u{2502}').map(|rest| (rest.strip_prefix(' ').unwrap_or(rest), Mark::None))
}

/// `Jul  9 03:21:00 host program[12]: words` of the system's log.
fn syslog(text: &str) -> Option<&str> {
    let months = ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];
    let rest = months.iter().find_map(|month| text.strip_prefix(month))?.trim_start();
    let (day, rest) = rest.split_once(' ')?;
    if day.is_empty() || day.len() > 2 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest = stamp(rest)?;
    let (head, words) = rest.split_once(": ").or_else(|| rest.strip_suffix(':').map(|head| (head, "")))?;
    let plain = head.len() < 80 && head.split(' ').count() <= 2;
    plain.then_some(words)
}

/// `1751487569283,"words"`: a row of the CSV in which CloudWatch Logs exports events.
fn exported(text: &str) -> Option<&str> {
    let (time, rest) = text.split_once(',')?;
    let known = time.len() == 13 && time.bytes().all(|byte| byte.is_ascii_digit());
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    known.then(|| rest.strip_suffix('"').unwrap_or(rest))
}

/// `01O words`, `00E words`: GitLab's number of the stream.
fn stream(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let known = matches!(bytes, [a, b, b'O' | b'E', b' ' | b'+', ..] if a.is_ascii_digit() && b.is_ascii_hexdigit());
    known.then(|| text.get(4..)).flatten()
}

/// `2>A.cs(117,24): error`: `MSBuild`'s number of the project.
fn project(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once('>')?;
    let known = number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    (known && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')).then_some(rest)
}

fn workflow(text: &str) -> Option<(&str, Mark)> {
    let (kind, rest) = text.strip_prefix("##[")?.split_once(']')?;
    let mark = match kind {
        "error" => Mark::Error,
        "group" => Mark::Group,
        "endgroup" => Mark::EndGroup,
        "section" => Mark::Section,
        _ => Mark::Aside,
    };
    Some((rest, mark))
}

/// `::error file=src/a.ts,line=3::message`
fn workflow_command(text: &str) -> Option<(&str, Mark)> {
    let (kind, rest) = text.strip_prefix("::")?.split_once("::")?;
    let mark = match kind.split(' ').next()? {
        "error" => Mark::Error,
        "warning" | "notice" | "debug" => Mark::Aside,
        _ => return None,
    };
    Some((rest, mark))
}

/// `#17 47.77 words` of `BuildKit`'s plain progress.
fn buildkit(text: &str) -> Option<(&str, Mark)> {
    let (step, rest) = text.strip_prefix('#')?.split_once(' ')?;
    if step.is_empty() || !step.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    seconds(rest).map(|rest| (rest, Mark::None))
}

/// `47.77 words`
fn seconds(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (whole, part) = number.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(part) && !part.is_empty() && whole.len() <= 5).then_some(rest)
}

fn travis(text: &str) -> Option<(&str, Mark)> {
    let rest = text.strip_prefix("travis_time:start:").or_else(|| text.strip_prefix("travis_fold:start:"))?;
    let at = rest.find("$ ")?;
    rest.get(at..).map(|rest| (rest, Mark::None))
}

/// `agent_1  | words`, `web-1  | words`
fn compose(text: &str) -> Option<(&str, Mark)> {
    let (name, rest) = text.split_at_checked(text.bytes().take(64).position(|b| b == b'|')?)?;
    let name = name.trim_end();
    let numbered = name.rsplit_once(['_', '-']).is_some_and(|(left, number)| {
        left.starts_with(|c: char| c.is_ascii_lowercase())
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    });
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let rest = rest.strip_prefix('|')?;
    (numbered && plain).then(|| (rest.strip_prefix(' ').unwrap_or(rest), Mark::None))
}

/// `web:build: words` of Turborepo and its like.
fn task(text: &str) -> Option<(&str, Mark)> {
    let (name, rest) = text.split_once(": ")?;
    let (package, task) = name.rsplit_once(':')?;
    let plain = !package.is_empty()
        && package.len() < 64
        && package.bytes().all(|b| b.is_ascii_alphanumeric() || b"@/._-".contains(&b));
    let known = ["build", "test", "lint", "typecheck", "type-check", "check", "dev", "compile"];
    (plain && known.contains(&task)).then_some((rest, Mark::None))
}

/// `36 | words` of a numbered console.
fn line_number(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once(" |")?;
    (!number.is_empty() && number.trim().bytes().all(|b| b.is_ascii_digit()))
        .then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// The text after a time stamp, when it starts with one: `2025-05-26T02:33:22.2017188Z `, `2020/03/04 17:13:10 `,
/// `2020-03-04 17:13:10,123 `, `17:13:10.123 `, an epoch in milliseconds.
pub(super) fn stamp(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is = |at: usize, any: &[u8]| bytes.get(at).is_some_and(|b| any.contains(b));
    let clock = |at: usize| {
        digit(at)
            && digit(at + 1)
            && is(at + 2, b":")
            && digit(at + 3)
            && digit(at + 4)
            && is(at + 5, b":")
            && digit(at + 6)
            && digit(at + 7)
    };
    let date = (0..4).all(digit)
        && is(4, b"-/")
        && digit(5)
        && digit(6)
        && is(7, b"-/")
        && digit(8)
        && digit(9)
        && is(10, b"T ");
    let mut at = if date && clock(11) {
        19
    } else if clock(0) {
        8
    } else if bytes.len() > 14 && (0..13).all(digit) && is(13, b" \t") {
        13
    } else {
        return None;
    };
    if is(at, b".,") {
        at += 1;
        while digit(at) {
            at += 1;
        }
    }
    if is(at, b"Z") {
        at += 1;
    } else if is(at, b"+-") && digit(at + 1) {
        at += 1;
        while digit(at) || is(at, b":") {
            at += 1;
        }
    }
    // Only a stamp that stands alone is one: `12:34:56 PM | CREATE_FAILED` keeps its half of the day.
    let rest = text.get(at..)?;
    let meridiem = rest.starts_with(" PM") || rest.starts_with(" AM");
    (!meridiem && (rest.is_empty() || rest.starts_with([' ', '\t']))).then(|| rest.get(1..).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        clean(raw.as_bytes(), Form::Plain).0
    }

    #[test]
    fn what_runners_put_before_a_line_is_taken_off() {
        for (raw, expected) in [
            ("[Container] 2020/03/04 17:13:10 Running command npm test", "Running command npm test"),
            ("[Container] 2025/08/19 07:48:09.049920 Entering phase POST_BUILD", "Entering phase POST_BUILD"),
            ("2025-05-26T02:33:22.2019442Z ##[error]  --> tests/e2e.rs:14:20", "  --> tests/e2e.rs:14:20"),
            ("2026-01-21T22:40:29.6202941Z #17 47.77 src/a.ts(1,2): error TS1", "src/a.ts(1,2): error TS1"),
            ("agent_1  | [Container] 2024/02/19 11:48:37 Running command PWD", "Running command PWD"),
            ("\u{1b}[0K\u{1b}[33;1m$ npm ci\u{1b}[0m", "$ npm ci"),
            ("[11ty] Problem writing", "Problem writing"),
            ("2024-03-05T10:00:50.000Z [WARNING]: Module not found", "Module not found"),
            ("    [javac] A.java:3: error: x", "A.java:3: error: x"),
            ("[stderr]error: no", "error: no"),
            ("web:build: error TS2304", "error TS2304"),
            ("\u{2502} Error: Unsupported argument", "Error: Unsupported argument"),
        ] {
            assert_eq!(text(raw), expected, "{raw}");
        }
    }

    #[test]
    fn what_tools_say_themselves_stays() {
        for raw in [
            "[ERROR] COMPILATION ERROR :",
            "14 |     let x = 1;",
            "4:03:43 PM | CREATE_FAILED",
            "src/a.ts: error",
            "    at foo (a.js:1:2)",
            "[x] done",
        ] {
            if raw != "[x] done" {
                assert_eq!(text(raw), raw);
            }
        }
    }

    #[test]
    fn a_progress_bar_shows_what_was_drawn_last() {
        assert_eq!(text("10%\r50%\r100% done\r"), "100% done");
        assert_eq!(text("\r\r  \r"), "");
    }

    #[test]
    fn a_very_long_line_is_cut_and_bytes_that_are_not_text_are_replaced() {
        assert_eq!(clean(&vec![b'x'; 5_000_000], Form::Plain).0.len(), LONGEST);
        assert!(clean(b"\xff\xfe\x00error", Form::Plain).0.ends_with("error"));
    }
}
