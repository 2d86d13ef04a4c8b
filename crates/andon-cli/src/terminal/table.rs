//! Tables: columns on a screen, tabs in a pipe.

use anstyle::Style;

use super::style::{DIM, NEUTRAL, paint};
use super::text::{linked, shorten, shorten_middle, width_of};
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
    link: Option<String>,
}

impl Cell {
    /// A cell; the text may come from outside.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref()), style: NEUTRAL, right: false, link: None }
    }

    /// In a style.
    #[must_use]
    pub fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// With a page behind it, where the terminal shows links.
    #[must_use]
    pub fn linked(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// Right-aligned, for numbers.
    #[must_use]
    pub fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// A column: its heading, and what becomes of it where the screen is too narrow.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    head: &'static str,
    /// Left out before those with a higher number; never if there is none.
    drops: Option<u8>,
    /// Its texts lose their middle once no column is left to leave out.
    shrinks: bool,
}

impl From<&'static str> for Column {
    fn from(head: &'static str) -> Self {
        Self { head, drops: None, shrinks: false }
    }
}

impl Column {
    /// A column that is left out where the screen is too narrow, the lowest number first.
    pub fn dropped(head: &'static str, order: u8) -> Self {
        Self { drops: Some(order), ..head.into() }
    }

    /// A column of names, which lose their middle where the screen is too narrow.
    pub fn names(head: &'static str) -> Self {
        Self { shrinks: true, ..head.into() }
    }
}

/// A table. Columns without text are not shown on a screen. Where it is too narrow, the last column gives way unless it is
/// one to be left out; then columns are left out; then names are shortened.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<Column>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    cells: Vec<Cell>,
    note: Option<Cell>,
}

impl Table {
    /// A table with these columns.
    pub fn new<C: Into<Column>>(head: impl IntoIterator<Item = C>) -> Self {
        Self { head: head.into_iter().map(Into::into).collect(), rows: Vec::new() }
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
        let widths = self.widths(width);
        let head: Vec<Cell> = self
            .head
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let right = self.rows.first().and_then(|row| row.cells.get(index)).is_some_and(|cell| cell.right);
                Cell { right, ..Cell::new(column.head).styled(DIM) }
            })
            .collect();
        let mut lines = vec![self.line(&head, &widths)];
        for Row { cells, note } in &self.rows {
            lines.push(self.line(cells, &widths));
            lines.extend(note.as_ref().filter(|note| !note.text.is_empty()).map(|note| {
                let text = shorten(&note.text, width.saturating_sub(INDENT));
                format!("{}{}", " ".repeat(INDENT), paint(note.style, &text))
            }));
        }
        lines
    }

    /// The width of each column; `None` for those that are not shown.
    fn widths(&self, width: usize) -> Vec<Option<usize>> {
        let mut widths: Vec<Option<usize>> = self
            .head
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let texts = self.rows.iter().filter_map(|row| row.cells.get(index)).map(|cell| width_of(&cell.text));
                let widest = texts.max().unwrap_or_default();
                (widest > 0 || self.rows.is_empty()).then(|| widest.max(width_of(column.head)))
            })
            .collect();
        let last = self.head.iter().zip(&widths).rposition(|(_, width)| width.is_some()).unwrap_or_default();
        let gives_way = self.head.get(last).is_some_and(|column| column.drops.is_none());
        let needed = |widths: &[Option<usize>]| {
            let of = |(index, width): (usize, &Option<usize>)| {
                width.map(|width| if gives_way && index == last { width.min(LEAST) } else { width })
            };
            let shown: Vec<usize> = widths.iter().enumerate().filter_map(of).collect();
            shown.iter().sum::<usize>() + GAP * shown.len().saturating_sub(1)
        };
        let mut order: Vec<(u8, usize)> =
            self.head.iter().enumerate().filter_map(|(index, column)| Some((column.drops?, index))).collect();
        order.sort_unstable();
        for (_, index) in order {
            if needed(&widths) > width {
                set(&mut widths, index, None);
            }
        }
        let over = needed(&widths).saturating_sub(width);
        let names = self.head.iter().position(|column| column.shrinks).filter(|_| over > 0);
        if let Some((index, Some(wide))) = names.and_then(|index| Some((index, *widths.get(index)?))) {
            set(&mut widths, index, Some(wide.saturating_sub(over).max(LEAST.min(wide))));
        }
        if let Some(Some(wide)) = widths.get(last).copied().filter(|_| gives_way) {
            let room = (width + wide.min(LEAST)).saturating_sub(needed(&widths));
            set(&mut widths, last, Some(wide.min(room.max(LEAST))));
        }
        widths
    }

    fn line(&self, row: &[Cell], widths: &[Option<usize>]) -> String {
        let shown = row.iter().zip(&self.head).zip(widths).filter_map(|(cell, width)| Some((cell, (*width)?)));
        let cells: Vec<String> = shown
            .map(|((cell, column), width)| {
                let text = if column.shrinks { shorten_middle(&cell.text, width) } else { shorten(&cell.text, width) };
                let space = " ".repeat(width.saturating_sub(width_of(&text)));
                let painted = if cell.style == NEUTRAL { text } else { paint(cell.style, &text) };
                let painted = match &cell.link {
                    Some(url) => linked(url, &painted),
                    None => painted,
                };
                if cell.right { format!("{space}{painted}") } else { format!("{painted}{space}") }
            })
            .collect();
        cells.join(&" ".repeat(GAP)).trim_end().to_owned()
    }
}

fn set(widths: &mut [Option<usize>], index: usize, to: Option<usize>) {
    if let Some(width) = widths.get_mut(index) {
        *width = to;
    }
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

    /// What the table looks like on a screen of this width.
    fn seen(table: &Table, width: usize) -> Vec<String> {
        table.lines(Some(width)).iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn columns_are_left_out_in_order_and_then_names_lose_their_middle() {
        let columns =
            [Column::names("Pipeline"), "Status".into(), Column::dropped("Trend", 1), Column::dropped("By", 2)];
        let mut table = Table::new(columns);
        table.push(["orders-fulfilment-production", "failed", "▂▂█", "ada"].map(Cell::new).to_vec());
        assert_eq!(seen(&table, 60)[1], "orders-fulfilment-production  failed  ▂▂█    ada");
        assert_eq!(seen(&table, 42)[1], "orders-fulfilment-production  failed  ada");
        assert_eq!(seen(&table, 36)[1], "orders-fulfilment-production  failed");
        assert_eq!(seen(&table, 30)[1], "orders-fulf…production  failed");
    }

    #[test]
    fn no_line_is_wider_than_the_screen_and_no_status_is_cut() {
        let columns =
            [Column::names("Pipeline"), "Status".into(), Column::dropped("Trend", 1), Column::dropped("By", 2)];
        let mut table = Table::new(columns);
        table.push(["payments-api", "red, in progress", "▂▂█▂▂█▂▂█", "grace.hopper"].map(Cell::new).to_vec());
        table.push(["支払い-支払い-支払い", "waiting", "", "ada"].map(Cell::new).to_vec());
        for width in 30..100 {
            for line in seen(&table, width) {
                assert!(width_of(&line) <= width, "{width}: {line}");
            }
            assert!(seen(&table, width)[1].contains("red, in progress"), "{width}");
        }
    }

    #[test]
    fn in_a_pipe_cells_are_parted_by_tabs() {
        assert_eq!(table().lines(None), ["payments-api\t12\t2 tests of 418 failed here", "支払い\t3\ta b"]);
    }
}
