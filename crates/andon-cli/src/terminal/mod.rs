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
pub use table::{Cell, Column, Table};
pub use text::{coloured, shorten, width_of, wrapped};
pub use time::{ago, for_long, moment};

/// Standard output.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    width: Option<usize>,
    shows_links: bool,
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
        Self { width, shows_links: width.is_some() && shows_links(|name| std::env::var(name).ok()) }
    }

    /// A page for a text to have behind it, if the terminal shows links.
    pub fn link(self, url: impl FnOnce() -> Option<String>) -> Option<String> {
        if self.shows_links { url() } else { None }
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

/// Whether the terminal is one that is known to show links (OSC 8): there is no way to ask it.
fn shows_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_one_of = |name: &str, known: &[&str]| variable(name).is_some_and(|value| known.contains(&value.as_str()));
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let plain = is_set("NO_COLOR") || is_one_of("TERM", &["dumb"]);
    let vte = variable("VTE_VERSION").and_then(|version| version.parse::<u32>().ok()).is_some_and(|it| it >= 5000);
    !plain
        && (vte
            || is_one_of("TERM_PROGRAM", &["iTerm.app", "WezTerm", "vscode", "Hyper", "ghostty", "rio"])
            || is_one_of("TERM", &["xterm-kitty", "alacritty", "foot", "xterm-ghostty"])
            || ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].into_iter().any(is_set))
}

/// Says something beside the output, on stderr.
pub fn aside(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", paint(DIM, &clean(text)));
}

/// Prints a problem on stderr. If that fails, there is nothing else to do.
pub fn complain(problem: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{} {}", paint(BAD, "andon:"), clean(problem));
}

#[cfg(test)]
mod tests {
    use super::shows_links;

    #[test]
    fn links_are_shown_by_terminals_that_are_known_to_and_never_without_colour() {
        let with = |set: &[(&str, &str)]| {
            shows_links(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(with(&[("TERM_PROGRAM", "WezTerm")]));
        assert!(with(&[("VTE_VERSION", "7600")]));
        assert!(!with(&[("VTE_VERSION", "4200")]));
        assert!(!with(&[("TERM", "xterm-256color")]));
        assert!(!with(&[("TERM_PROGRAM", "WezTerm"), ("NO_COLOR", "1")]));
    }
}
