//! Tables: a name in one cell and its secret in the next (`| DB_PASSWORD | x |`, `password    x`), or below (`user,password`).

use std::ops::Range;

use crate::name::{Strength, strength};
use crate::spans::Spans;
use crate::text::part;
use crate::value::{is_likely, is_made_up};

/// How many rows below its head a table has.
const MAX_ROWS: usize = 64;
/// How long a line of a table is, and how many cells it has.
const MAX_LINE: usize = 2048;
const MAX_CELLS: usize = 32;

/// What stands between the cells of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Bars,
    Blanks,
    Commas,
    Semicolons,
}

/// A row whose cells name the columns below it.
struct Head {
    rule: Rule,
    cells: usize,
    secrets: Vec<usize>,
    rows: usize,
}

/// Hides the secrets in the cells of tables.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let mut start = 0;
    let mut head: Option<Head> = None;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        if line.len() > MAX_LINE {
            head = None;
            continue;
        }
        let Some((rule, cells)) = cells(line, at, head.as_ref()) else {
            head = head.filter(|_| is_line_drawn(line));
            continue;
        };
        if let Some(known) = head.as_mut().filter(|known| known.rule == rule && known.cells == cells.len()) {
            known.rows += 1;
            for cell in known.secrets.iter().filter_map(|place| cells.get(*place)) {
                let said = part(text, cell.clone());
                if is_likely(said) || is_made_up(said) && rule != Rule::Blanks {
                    spans.hide(cell.clone());
                }
            }
            if known.rows > MAX_ROWS {
                head = None;
            }
            continue;
        }
        if matches!(rule, Rule::Bars | Rule::Blanks) {
            for pair in cells.windows(2) {
                let [name, value] = pair else { continue };
                let said = part(text, value.clone());
                let is_secret = match strength_of_cell(part(text, name.clone())) {
                    Some(Strength::Certain) => is_likely(said),
                    Some(_) => is_likely(said) && is_made_up(said),
                    None => false,
                };
                if is_secret {
                    spans.hide(value.clone());
                }
            }
        }
        head = head_of(text, rule, &cells).or_else(|| head.filter(|_| is_line_drawn(line)));
    }
}

/// A row that names columns, one of them that of a secret.
fn head_of(text: &str, rule: Rule, cells: &[Range<usize>]) -> Option<Head> {
    let is_title = |cell: &Range<usize>| {
        let said = part(text, cell.clone());
        (1..=40).contains(&said.len())
            && said.split(' ').count() <= 4
            && said.bytes().all(|b| {
                b.is_ascii_alphabetic()
                    || b"_ -\"".contains(&b) && (matches!(rule, Rule::Bars | Rule::Blanks) || b != b' ')
            })
    };
    if cells.len() < 2 || !cells.iter().all(is_title) {
        return None;
    }
    let secrets: Vec<usize> = (0..cells.len())
        .filter(|at| {
            let name = cells.get(*at).map_or("", |cell| part(text, cell.clone()));
            strength(&name.replace([' ', '"'], "_")) == Some(Strength::Certain)
        })
        .collect();
    (!secrets.is_empty()).then_some(Head { rule, cells: cells.len(), secrets, rows: 0 })
}

/// `|------|-----|`, `+----+`, `====`
fn is_line_drawn(line: &str) -> bool {
    line.trim().chars().all(|c| "-=+|: ─━┼│┃├┤┌┐└┘┬┴═╪╞╡".contains(c))
}

/// How sure a cell is the name of a secret: one word, or words as people write them.
fn strength_of_cell(cell: &str) -> Option<Strength> {
    let is_name = cell.len() <= MAX_CELLS * 2
        && cell.split(' ').count() <= 3
        && cell.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.- ".contains(&b));
    // A file: `token.rs`, `password.ts`.
    let is_file = cell.rsplit_once('.').is_some_and(|(_, end)| end.len() <= 4 && strength(end).is_none());
    is_name.then(|| strength(&cell.replace(' ', "_"))).flatten().filter(|_| !is_file)
}

/// Whether a line may be one of a file of values: nothing but names, or a row below them.
fn may_be_head_or_row(line: &str, rule: Rule, head: Option<&Head>) -> bool {
    head.is_some_and(|head| head.rule == rule)
        || line.bytes().all(|b| b.is_ascii_alphabetic() || b"_,;\" -".contains(&b))
}

/// The cells of a line, if it is a row.
fn cells(line: &str, start: usize, head: Option<&Head>) -> Option<(Rule, Vec<Range<usize>>)> {
    let line = line.trim_end();
    let (rule, marks): (_, &[&str]) = if line.contains(['|', '│', '┃', '║']) {
        (Rule::Bars, &["|", "│", "┃", "║"])
    } else if line.contains("  ")
        || line.contains('\t')
        || line.contains(" -> ")
        || line.contains(" → ")
        || line.contains("> ")
        || line.contains("...")
    {
        (Rule::Blanks, &["  ", "\t", " -> ", " => ", " ==> ", " --> ", " → ", "..."])
    } else if line.contains(',') && may_be_head_or_row(line, Rule::Commas, head) {
        (Rule::Commas, &[","])
    } else if line.contains(';') && may_be_head_or_row(line, Rule::Semicolons, head) {
        (Rule::Semicolons, &[";"])
    } else {
        return None;
    };
    let mut cells = Vec::new();
    let mut at = 0;
    while at <= line.len() && cells.len() < MAX_CELLS {
        let rest = line.get(at..)?;
        let cut = marks.iter().filter_map(|mark| rest.find(mark).map(|place| (place, mark.len()))).min();
        let (len, gap) = cut.unwrap_or((rest.len(), 1));
        let cell = part(rest, 0..len);
        let bare = cell.trim_matches([' ', '\t', '.', '"', '*', '`']);
        let begin = start + at + cell.find(bare).unwrap_or(0);
        if !bare.is_empty() || matches!(rule, Rule::Commas | Rule::Semicolons) {
            cells.push(begin..begin + bare.len());
        }
        at += len + gap;
    }
    Some((rule, cells))
}
