//! Views of a text in which names and values stand plain: without colours and invisible characters, and with encoded
//! characters decoded. What is found in a view is hidden in the text.

use std::ops::Range;

use crate::text::{from, next, part};

/// How long a control sequence of a terminal is.
const MAX_SEQUENCE: usize = 64;

/// A part of a view, and where it stands in the text.
#[derive(Debug)]
struct Segment {
    view: usize,
    text: Range<usize>,
    /// Whether it reads the same in both.
    verbatim: bool,
}

/// A text read in another way.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) text: String,
    segments: Vec<Segment>,
}

impl View {
    /// The view without terminal sequences and invisible characters; `None` if there are none.
    pub(crate) fn without_invisible(text: &str) -> Option<Self> {
        let mut view = Self::default();
        let mut copied = 0;
        for (at, letter) in text.char_indices() {
            if at < copied {
                continue;
            }
            let len = match letter {
                '\u{1b}' | '\u{9b}' => sequence_len(next(text, at, MAX_SEQUENCE)),
                letter if is_invisible(letter) => letter.len_utf8(),
                _ => continue,
            };
            view.push(text, copied..at);
            copied = at + len;
        }
        view.finish(text, copied)
    }

    /// The lines that hold encoded characters (`%5B`, `\u0022`, `&quot;`), with these decoded; `None` if there are none.
    pub(crate) fn decoded(text: &str) -> Option<Self> {
        let mut view = Self::default();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let mut copied = start;
            for (at, sign) in line.char_indices().filter(|(_, c)| matches!(c, '%' | '\\' | '&')) {
                let at = start + at;
                if at < copied {
                    continue;
                }
                let Some((letter, len)) = decode(from(line, at - start), sign) else { continue };
                view.push(text, copied..at);
                view.segments.push(Segment { view: view.text.len(), text: at..at + len, verbatim: false });
                view.text.push(char::from(letter));
                copied = at + len;
            }
            if copied > start {
                view.push(text, copied..start + line.len());
            }
            start += line.len();
        }
        (!view.text.is_empty()).then_some(view)
    }

    fn push(&mut self, text: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.segments.push(Segment { view: self.text.len(), text: range.clone(), verbatim: true });
            self.text.push_str(part(text, range));
        }
    }

    fn finish(mut self, text: &str, copied: usize) -> Option<Self> {
        if copied == 0 {
            return None;
        }
        self.push(text, copied..text.len());
        Some(self)
    }

    /// Where a range of the view stands in the text.
    pub(crate) fn place(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let last = range.end.checked_sub(1)?;
        let (first, last) = (self.segment(range.start)?, self.segment(last)?);
        let start = if first.verbatim { first.text.start + range.start - first.view } else { first.text.start };
        let end = if last.verbatim { last.text.start + range.end - last.view } else { last.text.end };
        Some(start..end)
    }

    fn segment(&self, at: usize) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.view <= at);
        self.segments.get(after.checked_sub(1)?)
    }
}

/// The length of a control sequence: `ESC [ ... m`, `ESC ] ... BEL`, or two characters.
fn sequence_len(rest: &str) -> usize {
    let escape = rest.chars().next().map_or(0, char::len_utf8);
    let body = from(rest, escape);
    let (body, opened) = match body.strip_prefix('[') {
        Some(body) => (body, 1),
        None if rest.starts_with('\u{9b}') => (body, 0),
        None if body.starts_with(']') => {
            let end = body.find(['\u{7}', '\u{1b}', '\n']).unwrap_or(0);
            return escape + end + usize::from(from(body, end).starts_with('\u{7}'));
        }
        None => return escape,
    };
    let parameters = body.bytes().take_while(|b| (0x20..=0x3f).contains(b)).count();
    let ends = body.as_bytes().get(parameters).is_some_and(|b| (0x40..=0x7e).contains(b));
    escape + opened + parameters + usize::from(ends)
}

/// Characters that take no room: joiners, marks of direction, soft hyphens.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The printable character that is encoded at the start of a text, and the length of its code.
fn decode(rest: &str, sign: char) -> Option<(u8, usize)> {
    const ENTITIES: &[(&str, u8)] =
        &[("&quot;", b'"'), ("&#34;", b'"'), ("&#x22;", b'"'), ("&apos;", b'\''), ("&#39;", b'\''), ("&amp;", b'&')];
    let hex = |digits: &str| u8::from_str_radix(digits, 16).ok().filter(|b| (0x20..0x7f).contains(b));
    match sign {
        '%' => Some((hex(rest.get(1..3).filter(|digits| !digits.starts_with('+'))?)?, 3)),
        '\\' => Some((hex(rest.strip_prefix("\\u00")?.get(..2).filter(|digits| !digits.starts_with('+'))?)?, 6)),
        _ => ENTITIES.iter().find(|(code, _)| rest.starts_with(code)).map(|(code, letter)| (*letter, code.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_a_view_is_found_in_the_text() {
        let text = "\u{1b}[33ma\u{200b}b\u{1b}[0m=c";
        let view = View::without_invisible(text).expect("a view");
        assert_eq!(view.text, "ab=c");
        assert_eq!(view.place(&(0..2)).map(|range| &text[range]), Some("a\u{200b}b"));
        assert_eq!(view.place(&(3..4)).map(|range| &text[range]), Some("c"));
        let text = "plain\na%5Bb%5D=c\n";
        let view = View::decoded(text).expect("a view");
        assert_eq!(view.text, "a[b]=c\n");
        assert_eq!(view.place(&(1..4)).map(|range| &text[range]), Some("%5Bb%5D"));
        assert!(View::without_invisible("plain").is_none() && View::decoded("100 % of & \\ plain").is_none());
    }
}
