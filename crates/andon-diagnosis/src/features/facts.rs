//! What is known of one line by itself.

use super::super::clean::Mark;
use super::super::scan::is_foreign_frame;
use super::super::words::step;
use super::shape::{
    error_class, first_class, has_place, has_source_file, head_of, is_code_line, is_frame, is_summary, level, numbered,
};

/// What can be said of a line's shape, each a bit of [`Facts::shape`] and a feature.
macro_rules! shapes {
    ($($name:ident),+ $(,)?) => {
        #[derive(Clone, Copy)]
        #[allow(non_camel_case_types)]
        pub(super) enum Shape { $($name),+ }
        pub(super) const SHAPES: &[&str] = &[$(stringify!($name)),+];
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
    pub(super) groups: u64,
    pub(super) shape: u64,
    pub(super) indent: u16,
    pub(super) length: u16,
    pub(super) words: u16,
    pub(super) capitals: f32,
    pub(super) digits: f32,
    pub(super) signs: f32,
    pub(super) first: u8,
    /// The line without its digits, as a hash: the same message again has the same one.
    pub(super) template: u64,
}

impl Facts {
    pub(super) fn is(&self, shape: Shape) -> bool {
        self.shape >> (shape as u64) & 1 == 1
    }

    pub(super) fn says(&self, group: usize) -> bool {
        self.groups >> group & 1 == 1
    }

    pub(super) fn of(text: &str, mark: Mark, red: bool) -> Self {
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
        set(Shape::ForeignFrame, is_foreign_frame(text));
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

/// Whether a line sounds like an error.
pub(super) fn is_error(facts: &Facts) -> bool {
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
