//! Text from outside, made safe for a terminal.

use andon::text::clean;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many columns a text takes up.
pub fn width_of(text: &str) -> usize {
    text.width()
}

/// The beginning of a text that fits.
pub fn shorten(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or_default();
        if used >= width {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

/// The beginning and the end of a name that fits: names of one fleet often differ at their ends.
pub(super) fn shorten_middle(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let start = fitting(text.chars(), room.div_ceil(2));
    let end: String = fitting(text.chars().rev(), room - room.div_ceil(2)).chars().rev().collect();
    format!("{start}…{end}")
}

/// As many characters as fit.
fn fitting(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|c| {
            used += c.width().unwrap_or_default();
            used <= width
        })
        .collect()
}

/// A line of a log with its colours, and without whatever else would steer the terminal.
pub fn coloured(line: &str) -> String {
    const INTRODUCER: &str = "\u{1b}[";
    let mut parts = line.split(INTRODUCER);
    let mut out = clean(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
        let (parameters, rest) = part.split_at(end);
        let mut rest = rest.chars();
        if rest.next() == Some('m') {
            out.extend([INTRODUCER, parameters, "m"]);
        }
        out.push_str(&clean(rest.as_str()));
    }
    if out.contains(INTRODUCER) {
        out.push_str("\u{1b}[0m");
    }
    out
}

/// A text with a page behind it, for terminals that show links.
pub(super) fn linked(url: &str, text: &str) -> String {
    format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

/// A text in lines of at most so many columns, broken between words where there are any.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + width_of(&word) <= width => {
                line.push(' ');
                line.push_str(&word);
                continue;
            }
            _ => {}
        }
        while width_of(&word) > width {
            let part = fitting(word.chars(), width);
            if part.is_empty() {
                break;
            }
            word = word.split_off(part.len());
            lines.push(part);
        }
        lines.push(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use andon::text::one_line;

    use super::*;

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\u{9b}2J\u{202e}b\nc"), "a[31mred2Jb\nc");
        assert_eq!(one_line(" a\r\n b\tc "), "a b c");
    }

    #[test]
    fn of_control_sequences_colours_are_left() {
        assert_eq!(coloured("a\u{1b}[31mred\u{1b}[0m\u{1b}[2Jb\u{7}"), "a\u{1b}[31mred\u{1b}[0mb\u{1b}[0m");
        assert_eq!(coloured("plain\u{1b}]0;title\u{7}"), "plain]0;title");
        assert_eq!(coloured("\u{1b}["), "");
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(shorten_middle("payments-api", 12), "payments-api");
        assert_eq!(shorten_middle("payments-api-production", 11), "payme…ction");
        assert_eq!(shorten_middle("支払い支払い", 7), "支…い");
    }

    #[test]
    fn a_text_is_wrapped_between_words_or_else_within() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a verylongword b", 6), ["a", "verylo", "ngword", "b"]);
        assert_eq!(wrapped("  ", 6), [""; 0]);
    }

    #[test]
    fn a_long_text_is_cut_at_a_column_not_at_a_byte() {
        assert_eq!(shorten("payments", 8), "payments");
        assert_eq!(shorten("payments-api", 8), "payment…");
        assert_eq!(shorten("支払い-api", 6), "支払…");
    }
}
