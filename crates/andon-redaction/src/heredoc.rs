//! Texts that a shell hands to a command which takes a secret: `docker login --password-stdin <<EOF`, `<<< "x"`.

use crate::name::strength;
use crate::spans::Spans;
use crate::text::{from, line_before, line_from, part, value_at};
use crate::value::{is_masked, is_reference};

/// How much of the line before the text tells what it is for.
const MAX_LINE: usize = 512;
/// How long such a text is.
const MAX_LINES: usize = 64;

/// Hides the texts that stand for secrets.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut done = 0;
    for (at, sign) in text.match_indices("<<") {
        if at < done {
            continue;
        }
        done = at + sign.len();
        if from(text, done).starts_with('<') {
            done += 1;
            if takes_secret(line_before(text, at, MAX_LINE)) {
                hide_word(text, done, spans);
            }
        } else if let Some(tag) = tag(from(text, done))
            && (takes_secret(line_before(text, at, MAX_LINE)) || takes_secret(line_from(text, done, MAX_LINE)))
        {
            hide_lines(text, done, tag, spans);
        }
    }
}

/// Whether a command reads a secret, or a secret is set from what it gives.
fn takes_secret(line: &str) -> bool {
    const READS: &[&str] =
        &["--password-stdin", "--with-token", "--passphrase-fd", "chpasswd", "--token-stdin", "sudo"];
    let words = || line.split(|c: char| c.is_whitespace() || "=$();".contains(c));
    words().any(|word| READS.contains(&word))
        || words().filter(|word| !word.is_empty() && !word.contains('/')).any(|word| strength(word).is_some())
            && !words().any(|word| matches!(word, "psql" | "mysql" | "kubectl" | "python" | "python3" | "node"))
}

/// The word that ends the text: `EOF` in `<<EOF`, `<<-'EOF'`, `<<~EOF`.
fn tag(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['-', '~']).trim_start_matches(['"', '\'', ' ']);
    let len = rest.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let tag = part(rest, 0..len);
    tag.starts_with(|c: char| c.is_ascii_uppercase() || c == '_').then_some(tag)
}

fn hide_word(text: &str, at: usize, spans: &mut Spans) {
    let Some(place) = value_at(text, at) else { return };
    let said = part(text, place.range.clone());
    if !is_reference(said) && !is_masked(said) {
        spans.hide(place.range);
    }
}

fn hide_lines(text: &str, at: usize, tag: &str, spans: &mut Spans) {
    let mut start = at;
    let mut found = Vec::new();
    for (number, line) in from(text, at).split_inclusive('\n').enumerate().take(MAX_LINES) {
        let bare = line.trim();
        let begin = start + line.find(bare).unwrap_or(0);
        start += line.len();
        if number == 0 {
            continue;
        }
        if bare == tag {
            for range in found {
                spans.hide(range);
            }
            return;
        }
        // Names and values of a file are looked at as such.
        if bare.contains(['=', ' ', ':', '{', '<']) || is_reference(bare) || is_masked(bare) {
            continue;
        }
        found.push(begin..begin + bare.len());
    }
}
