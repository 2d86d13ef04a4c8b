//! The layout of widgets: rows from top to bottom, each as wide as the dashboard.

use super::body::{COLUMNS, Content, Widget};

/// The widgets so far, and the row below them.
#[derive(Debug, Default)]
pub(super) struct Layout {
    widgets: Vec<Widget>,
    below: u16,
}

impl Layout {
    /// Puts some contents side by side, of one height, dividing the width among them; four at most in one row.
    pub(super) fn row(&mut self, height: u16, contents: Vec<Content>) {
        let mut contents = contents.into_iter().peekable();
        while contents.peek().is_some() {
            let row: Vec<Content> = contents.by_ref().take(4).collect();
            let width = COLUMNS / u16::try_from(row.len()).unwrap_or(1);
            let (mut x, y) = (0, self.below);
            for content in row {
                self.widgets.push(Widget { x, y, width, height, content });
                x += width;
            }
            self.below += height;
        }
    }

    pub(super) fn into_widgets(self) -> Vec<Widget> {
        self.widgets
    }
}
