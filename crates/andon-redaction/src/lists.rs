//! Lists of secrets: what stands behind a name in brackets, or in the lines below it.

use crate::spans::Spans;
use crate::text::part;
use crate::text::{MAX_AFTER, from, line_from, value_at};
use crate::value::{is_hex, is_likely, is_made_up};

/// How many items of a list are looked at.
const MAX_ITEMS: usize = 256;

/// Hides the items of a list: `["x", "y"]`, or lines that begin with `- `. Gives back where it ends, if any was hidden.
pub(crate) fn hide_items(text: &str, at: usize, spans: &mut Spans) -> Option<usize> {
    let head = line_from(text, at, MAX_AFTER);
    let bare = head.trim_start();
    let mut ends = None;
    if let Some((list, _)) = bare.strip_prefix('[').and_then(|list| list.split_once(']'))
        && !list.contains(['"', '\'', '[', '('])
    {
        for item in list.split(',').map(str::trim) {
            if is_item(item) {
                let start = at + head.len() - bare.len() + bare.find(item).unwrap_or(0);
                spans.hide(start..start + item.len());
                ends = Some(start + item.len());
            }
        }
    } else if let Some(list) = bare.strip_prefix('[').filter(|list| list.starts_with(['"', '\'', ' '])) {
        let mut next = at + head.len() - list.len();
        for _ in 0..MAX_ITEMS {
            let Some(place) = value_at(text, next).filter(|place| place.quoted) else { break };
            if is_item(part(text, place.range.clone())) {
                spans.hide(place.range.clone());
                ends = Some(place.range.end);
            }
            let rest = line_from(text, place.range.end + 1, MAX_AFTER);
            let Some(more) = rest.trim_start().strip_prefix(',') else { break };
            next = place.range.end + 1 + rest.len() - more.len();
        }
    } else if bare.trim_end().is_empty() {
        let mut start = at + head.len();
        for line in from(text, start).split_inclusive('\n').take(MAX_ITEMS) {
            let begin = start;
            start += line.len();
            if line.trim().is_empty() && begin == at + head.len() {
                continue;
            }
            let bare = line.trim_start();
            let is_within = line.len() > bare.len() && line.starts_with(' ');
            let member = || bare.split_once(": ").map(|(_, value)| value).filter(|_| is_within);
            let Some(item) = bare.strip_prefix("- ").or_else(member) else { break };
            let said = item.trim().trim_matches(['"', '\'']);
            if is_item(said) {
                let place = begin + line.find(said).unwrap_or(0);
                spans.hide(place..place + said.len());
                ends = Some(place + said.len());
            }
        }
    }
    ends
}

fn is_item(said: &str) -> bool {
    // `db-credentials-v2` names a secret.
    let is_name = said.split(['-', '_']).all(|word| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        letters.bytes().all(|b| b.is_ascii_lowercase()) && (letters.len() == word.len() || letters.len() < 2)
    });
    is_likely(said) && is_made_up(said) && !is_name && !said.contains([':', '/']) || is_hex(said) && said.len() >= 20
}
