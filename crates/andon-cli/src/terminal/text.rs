//! Text from outside, made safe for a terminal.

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

#[cfg(test)]
mod tests {
    use andon::text::{clean, one_line};

    use super::*;

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\u{9b}2J\u{202e}b\nc"), "a[31mred2Jb\nc");
        assert_eq!(one_line(" a\r\n b\tc "), "a b c");
    }

    #[test]
    fn a_long_text_is_cut_at_a_column_not_at_a_byte() {
        assert_eq!(shorten("payments", 8), "payments");
        assert_eq!(shorten("payments-api", 8), "payment…");
        assert_eq!(shorten("支払い-api", 6), "支払…");
    }
}
