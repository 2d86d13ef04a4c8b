//! Questions to the person at the terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context as _, bail};

/// Asks a question on standard error and reads one line. Without a person at a terminal it fails, and says which option
/// answers instead.
pub(super) fn ask(question: &str, option: &str) -> anyhow::Result<String> {
    if !is_possible() {
        bail!("there is no terminal to ask at: pass {option}");
    }
    let mut err = anstream::stderr().lock();
    write!(err, "{question} ")?;
    err.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the answer")?;
    Ok(line.trim().to_owned())
}

/// Whether there is a person to ask.
pub(super) fn is_possible() -> bool {
    std::io::stdin().is_terminal()
}

/// Whether the answer is yes; no is what an empty line means.
pub(super) fn confirm(question: &str, option: &str) -> anyhow::Result<bool> {
    let answer = ask(&format!("{question} [y/N]"), option)?;
    Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
}
