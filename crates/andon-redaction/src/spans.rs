//! The places of a text that are to be hidden.

use std::ops::Range;

use crate::HIDDEN;

/// Byte ranges to hide, in any order; they may overlap.
#[derive(Debug, Default)]
pub(crate) struct Spans(Vec<Range<usize>>);

impl Spans {
    /// Hides a range; an empty one hides nothing.
    pub(crate) fn hide(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.0.push(range);
        }
    }

    /// The ranges so far.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.0.iter()
    }

    /// The text with [`HIDDEN`] in place of each range; `None` if that is the text itself.
    ///
    /// A range over several lines hides each of them, so that line numbers stay.
    pub(crate) fn apply(mut self, text: &str) -> Option<String> {
        self.0.sort_unstable_by_key(|range| (range.start, range.end));
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        let mut ranges = self.0.into_iter().peekable();
        while let Some(mut range) = ranges.next() {
            while let Some(next) = ranges.next_if(|next| next.start <= range.end) {
                range.end = range.end.max(next.end);
            }
            shown.push_str(text.get(at..range.start).unwrap_or_default());
            let hidden = text.get(range.clone()).unwrap_or_default();
            for (number, line) in hidden.split('\n').enumerate() {
                if number > 0 {
                    shown.push('\n');
                }
                let line = line.strip_suffix('\r').unwrap_or(line);
                let indent = if number > 0 { line.len() - line.trim_start_matches([' ', '\t']).len() } else { 0 };
                if line.len() > indent {
                    shown.push_str(line.get(..indent).unwrap_or_default());
                    shown.push_str(HIDDEN);
                }
            }
            at = range.end;
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        (shown != text).then_some(shown)
    }
}
