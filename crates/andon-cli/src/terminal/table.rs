//! Tables: columns on a screen, tabs in a pipe.

use anstyle::Style;

use super::style::{DIM, NEUTRAL, paint};
use super::text::{shorten, width_of};
use andon::text::one_line;

/// The space between two columns.
const GAP: usize = 2;
/// How far notes are set in: under the second column, where the first one is a sign.
const INDENT: usize = 1 + GAP;
/// The least that the last column shrinks to.
const LEAST: usize = 12;

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    style: Style,
    right: bool,
}

impl Cell {
    /// A cell; the text may come from outside.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref()), style: NEUTRAL, right: false }
    }

    /// In a style.
    #[must_use]
    pub fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Right-aligned, for numbers.
    #[must_use]
    pub fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// A table. Its last column gives way where the screen is too narrow.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    cells: Vec<Cell>,
    note: Option<Cell>,
}

impl Table {
    /// A table with these headings.
    pub fn new(head: impl Into<Vec<&'static str>>) -> Self {
        Self { head: head.into(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells, note: None });
    }

    /// Adds a row with something more to say: on a screen on a line of its own, in a pipe as its last cell.
    pub fn push_noted(&mut self, cells: Vec<Cell>, note: Cell) {
        self.rows.push(Row { cells, note: Some(note) });
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as lines: laid out for a screen of this width, or else with tabs and no headings.
    pub fn lines(&self, width: Option<usize>) -> Vec<String> {
        match width {
            Some(width) => self.laid_out(width),
            None => self
                .rows
                .iter()
                .map(|row| {
                    row.cells.iter().chain(&row.note).map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("\t")
                })
                .collect(),
        }
    }

    fn laid_out(&self, width: usize) -> Vec<String> {
        let columns = self.columns(width);
        let head: Vec<Cell> = self
            .head
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let right = self.rows.first().and_then(|row| row.cells.get(index)).is_some_and(|cell| cell.right);
                Cell { right, ..Cell::new(text).styled(DIM) }
            })
            .collect();
        let mut lines = vec![line(&head, &columns)];
        for Row { cells, note } in &self.rows {
            lines.push(line(cells, &columns));
            lines.extend(note.as_ref().filter(|note| !note.text.is_empty()).map(|note| {
                let text = shorten(&note.text, width.saturating_sub(INDENT));
                format!("{}{}", " ".repeat(INDENT), paint(note.style, &text))
            }));
        }
        lines
    }

    fn columns(&self, width: usize) -> Vec<usize> {
        let mut columns: Vec<usize> = self.head.iter().map(|text| width_of(text)).collect();
        for row in &self.rows {
            for (column, cell) in columns.iter_mut().zip(&row.cells) {
                *column = (*column).max(width_of(&cell.text));
            }
        }
        let gaps = GAP * columns.len().saturating_sub(1);
        if let Some((last, others)) = columns.split_last_mut() {
            let room = width.saturating_sub(others.iter().sum::<usize>() + gaps);
            *last = (*last).min(room.max(LEAST));
        }
        columns
    }
}

fn line(row: &[Cell], columns: &[usize]) -> String {
    let cells: Vec<String> = row
        .iter()
        .zip(columns)
        .map(|(cell, column)| {
            let text = shorten(&cell.text, *column);
            let space = " ".repeat(column.saturating_sub(width_of(&text)));
            let painted = if cell.style == NEUTRAL { text } else { paint(cell.style, &text) };
            if cell.right { format!("{space}{painted}") } else { format!("{painted}{space}") }
        })
        .collect();
    cells.join(&" ".repeat(GAP)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["Pipeline", "Runs", "Why"]);
        table.push(vec![Cell::new("payments-api"), Cell::new("12").right(), Cell::new("2 tests of 418 failed here")]);
        table.push(vec![Cell::new("支払い"), Cell::new("3").right(), Cell::new("a\tb")]);
        table
    }

    #[test]
    fn on_a_screen_columns_line_up_and_the_last_one_gives_way() {
        let lines: Vec<String> =
            table().lines(Some(40)).iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(
            lines,
            ["Pipeline      Runs  Why", "payments-api    12  2 tests of 418 fail…", "支払い           3  a b",]
        );
    }

    #[test]
    fn a_note_has_a_line_of_its_own_on_a_screen_and_a_cell_in_a_pipe() {
        let mut table = Table::new(["", "Pipeline"]);
        table.push_noted(vec![Cell::new("✗"), Cell::new("payments-api")], Cell::new("2 tests of 418 failed"));
        table.push_noted(vec![Cell::new("✓"), Cell::new("website")], Cell::new(""));
        let lines = table.lines(Some(20));
        let lines: Vec<String> = lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(lines, ["   Pipeline", "✗  payments-api", "   2 tests of 418 f…", "✓  website"]);
        assert_eq!(table.lines(None), ["✗\tpayments-api\t2 tests of 418 failed", "✓\twebsite\t"]);
    }

    #[test]
    fn in_a_pipe_cells_are_parted_by_tabs() {
        assert_eq!(table().lines(None), ["payments-api\t12\t2 tests of 418 failed here", "支払い\t3\ta b"]);
    }
}
