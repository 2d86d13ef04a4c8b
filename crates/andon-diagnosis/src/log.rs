//! A log as it is read: its lines, cleaned, each with the number it has in the original.

use super::clean::{self, Lane, Mark};

/// The lines of a log, numbered as in the bytes that it was made from.
#[derive(Clone, Debug, Default)]
pub struct Log {
    text: String,
    lines: Vec<Span>,
    newest_first: bool,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    mark: Mark,
    red: bool,
    lane: Lane,
}

impl Log {
    /// Reads any bytes; what is not UTF-8 is replaced, and lines are what `\n` separates.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        if bytes.is_empty() {
            return Self::default();
        }
        let raw: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let form = clean::Form::of(&raw);
        let mut log = Self {
            text: String::with_capacity(bytes.len()),
            lines: Vec::with_capacity(raw.len()),
            newest_first: is_newest_first(&raw),
        };
        for line in raw {
            let (text, mark, lane) = clean::clean(line, form);
            let start = log.text.len();
            log.text.push_str(&text);
            log.lines.push(Span { start, end: log.text.len(), mark, red: clean::is_red(line), lane });
            log.text.push('\n');
        }
        log
    }

    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it has no line at all.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The cleaned text of the line at `index` (from 0); empty beyond the end.
    pub fn line(&self, index: usize) -> &str {
        self.lines.get(index).and_then(|span| self.text.get(span.start..span.end)).unwrap_or("")
    }

    /// What the runner said of that line.
    pub(super) fn mark(&self, index: usize) -> Mark {
        self.lines.get(index).map_or(Mark::None, |span| span.mark)
    }

    /// Which of several jobs, steps or builds it belongs to.
    pub(super) fn lane(&self, index: usize) -> Lane {
        self.lines.get(index).map_or(Lane::default(), |span| span.lane)
    }

    /// Whether a part of it was printed in red.
    pub(super) fn is_red(&self, index: usize) -> bool {
        self.lines.get(index).is_some_and(|span| span.red)
    }

    /// All lines, separated by `\n`.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the line at `index` ends in [`Self::text`].
    pub(super) fn end_of(&self, index: usize) -> Option<usize> {
        self.lines.get(index).map(|span| span.end)
    }

    /// Listings of stack and service events come newest first: their first cause is the last one listed.
    pub(super) fn newest_first(&self) -> bool {
        self.newest_first
    }
}

/// Compares the time stamps of neighbours at the head and at the end; both decide, so that any length costs the same.
fn is_newest_first(raw: &[&[u8]]) -> bool {
    let head = raw.iter().take(100);
    let tail = raw.iter().skip(raw.len().saturating_sub(100).max(100));
    let stamps: Vec<&[u8]> = head.chain(tail).filter_map(|line| find_stamp(line)).collect();
    let falling = stamps.windows(2).filter(|pair| matches!(pair, [a, b] if a > b)).count();
    let rising = stamps.windows(2).filter(|pair| matches!(pair, [a, b] if a < b)).count();
    falling > 0 && falling > 2 * rising
}

/// The first `2026-03-18T16:01:03` in the line's head.
fn find_stamp(line: &[u8]) -> Option<&[u8]> {
    let head = line.get(..160.min(line.len()))?;
    head.windows(19).find(|window| {
        window.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            10 => *byte == b'T' || *byte == b' ',
            13 | 16 => *byte == b':',
            _ => byte.is_ascii_digit(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers() {
        let log = Log::from_bytes(b"one\n\n2020-01-01T00:00:00Z three\r\n");
        assert_eq!((log.len(), log.line(0), log.line(1), log.line(2), log.line(3)), (3, "one", "", "three", ""));
    }

    #[test]
    fn a_listing_that_goes_back_in_time_is_newest_first() {
        let falling = b"2026-04-03T10:10:02Z  b\n2026-04-03T10:10:01Z  a\n2026-04-03T10:10:00Z  a\n";
        let rising = b"2026-04-03T10:10:00Z  a\n2026-04-03T10:10:01Z  b\n";
        assert!(Log::from_bytes(falling).newest_first());
        assert!(!Log::from_bytes(rising).newest_first());
    }

    #[test]
    fn nothing_is_no_lines() {
        assert!(Log::from_bytes(b"").is_empty());
        assert!(Log::from_bytes(b"\n").is_empty());
    }
}
