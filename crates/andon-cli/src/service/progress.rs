//! What a long command says while it works: a line for each thing done, and on a screen what it waits for.

use std::io::Write as _;
use std::time::Instant;

use andon::words::span;
use jiff::SignedDuration;

use crate::terminal::{ATTENTION, BAD, DIM, GOOD, Terminal, one_line, paint, shorten, width_of};

/// The width where there is no screen.
const WIDTH: usize = 80;
/// The columns of a name.
const NAME: usize = 26;

/// How a thing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Well.
    Done,
    /// Badly.
    Failed,
    /// It waits for a person.
    Waits,
    /// It is worth knowing.
    Note,
}

/// The lines of progress.
#[derive(Debug)]
pub struct Progress {
    terminal: Terminal,
    /// To standard error, where standard output is for a program.
    aside: bool,
    waiting: bool,
}

impl Progress {
    /// On standard output, or beside it.
    pub fn new(terminal: Terminal, aside: bool) -> Self {
        Self { terminal, aside, waiting: false }
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) -> std::io::Result<()> {
        self.clear();
        if self.aside { writeln!(anstream::stderr(), "{text}") } else { self.terminal.line(text) }
    }

    /// A JSON document on standard output, wherever the progress goes.
    pub fn json(&mut self, value: &impl serde::Serialize) -> std::io::Result<()> {
        self.clear();
        self.terminal.json(value)
    }

    /// A thing, what there is to say of it, and how long it took. It fits into a screen of 80 columns, except for a
    /// failure, whose reason is shown in full.
    pub fn item(&mut self, sign: Sign, name: &str, what: &str, took: Option<SignedDuration>) -> std::io::Result<()> {
        self.line(&item(self.width(), sign, name, what, took))
    }

    /// What is being waited for; on a screen alone, where the next line takes its place.
    pub fn wait(&mut self, what: &str, since: Instant) {
        let Some(width) = self.terminal.width().filter(|_| !self.aside) else { return };
        let elapsed = SignedDuration::try_from(since.elapsed()).map(span).unwrap_or_default();
        let text = shorten(&one_line(&format!("  … {what}, {elapsed}")), width.saturating_sub(1));
        let _ = write!(anstream::stdout(), "\r\u{1b}[K{}", paint(DIM, &text));
        let _ = std::io::stdout().flush();
        self.waiting = true;
    }

    /// The columns there are.
    pub fn width(&self) -> usize {
        self.terminal.width().unwrap_or(WIDTH)
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.waiting) {
            let _ = write!(anstream::stdout(), "\r\u{1b}[K");
            let _ = std::io::stdout().flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn item(width: usize, sign: Sign, name: &str, what: &str, took: Option<SignedDuration>) -> String {
    let (mark, style) = match sign {
        Sign::Done => ("✓", GOOD),
        Sign::Failed => ("✗", BAD),
        Sign::Waits => ("◐", ATTENTION),
        Sign::Note => ("·", DIM),
    };
    let took = took.map(span).unwrap_or_default();
    let (name, what) = (one_line(name), one_line(what));
    let name = format!("{name}{}", " ".repeat(NAME.saturating_sub(width_of(&name))));
    let mark = paint(style, mark);
    if sign == Sign::Failed {
        return format!("  {mark} {name} {what}").trim_end().to_owned();
    }
    let room = width.saturating_sub(6 + width_of(&name) + width_of(&took));
    let what = shorten(&what, room);
    let gap = " ".repeat(room.saturating_sub(width_of(&what)));
    format!("  {mark} {name} {}{gap} {took}", paint(DIM, &what)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_into_80_columns_and_reasons_are_whole() {
        let took = Some(SignedDuration::from_secs(94));
        let plain = |line: String| anstream::adapter::strip_str(&line).to_string();
        let line = plain(item(80, Sign::Done, "NatGatewayA", "EC2::NatGateway", took));
        assert_eq!(line, format!("  ✓ {:<26} {:<38} 1 min 34 s", "NatGatewayA", "EC2::NatGateway"));
        let long = plain(item(80, Sign::Done, &"Name".repeat(9), &"what ".repeat(30), took));
        assert_eq!(width_of(&long), 80, "{long}");
        let reason = "The maximum number of addresses has been reached. ".repeat(3);
        assert!(plain(item(80, Sign::Failed, "NatAddressA", &reason, None)).ends_with(reason.trim_end()));
    }
}
