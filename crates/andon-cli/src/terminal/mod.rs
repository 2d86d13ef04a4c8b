//! Output for terminals and for pipes.
//!
//! Styles are always written, and stripped where they cannot be shown: in a pipe, with `NO_COLOR`, on a terminal without
//! colours. Tables are laid out on a terminal; in a pipe, tabs separate their cells.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

pub mod alert;
pub mod data;
pub mod json;
pub mod slack;
mod style;
mod table;
mod text;
mod time;

pub use andon::text::{clean, one_line};
pub use style::{ATTENTION, BAD, BOLD, DIM, GOOD, NEUTRAL, of_light, of_status, of_tone, paint};
pub use table::{Cell, Table};
pub use text::{shorten, width_of};
pub use time::{ago, for_long, moment};

/// Standard output.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    width: Option<usize>,
}

/// The most columns of a line, even on wider screens: longer lines are hard to read.
const WIDEST: usize = 160;
/// And where the screen is narrower than this, they are cut by the screen.
const NARROWEST: usize = 40;

impl Terminal {
    /// Finds out what standard output is.
    pub fn of_process() -> Self {
        let width = io::stdout().is_terminal().then(|| {
            terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).clamp(NARROWEST, WIDEST))
        });
        Self { width }
    }

    /// The width of a screen, if there is one.
    pub fn width(self) -> Option<usize> {
        self.width
    }

    /// Writes a text and ends the line.
    pub fn line(self, text: impl AsRef<str>) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_ref().as_bytes())?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Writes a JSON document, so that a person can read it too.
    pub fn json(self, value: &impl Serialize) -> io::Result<()> {
        self.line(serde_json::to_string_pretty(value)?)
    }

    /// Writes a JSON document on one line.
    pub fn json_line(self, value: &impl Serialize) -> io::Result<()> {
        self.line(serde_json::to_string(value)?)
    }

    /// Writes a table.
    pub fn table(self, table: &Table) -> io::Result<()> {
        table.lines(self.width).iter().try_for_each(|line| self.line(line))
    }
}

/// Prints a problem on stderr. If that fails, there is nothing else to do.
pub fn complain(problem: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{} {}", paint(BAD, "andon:"), clean(problem));
}
