//! A real browser: visits pages, and tells what is to be seen there.

use std::io::{self, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};
use thiserror::Error;

use crate::{chromium, tools};

/// A visit to a page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Where to.
    pub url: String,
    /// The window's width and height.
    pub window: (u32, u32),
    /// Whether the visitor prefers dark colours.
    pub colours: Colours,
    /// Whether scripts run.
    pub scripts: Scripts,
    /// What is done there, in order: see `browser.cjs`.
    pub steps: Vec<Value>,
}

/// The colours that a visitor prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Whether scripts run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// They do.
    Run,
    /// The browser has been told to run none.
    Blocked,
}

/// What was seen on a visit.
#[derive(Debug, Clone)]
pub struct Seen {
    /// For each step, what it brought.
    pub steps: Vec<Value>,
    /// What went wrong: a step that could not be done, an error that the page wrote.
    pub complaints: Vec<String>,
}

/// Makes some visits, each with a fresh profile.
pub fn make(visits: &[Visit]) -> Result<Vec<Seen>, BrowserError> {
    let executable = chromium::find().ok_or(BrowserError::NoChromium)?;
    let visits: Vec<Value> = visits.iter().map(Visit::to_json).collect();
    let input = json!({ "executable": executable, "visits": visits }).to_string();
    let mut node = tools::node("browser.cjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(BrowserError::NotStarted)?;
    if let Some(mut stdin) = node.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(BrowserError::NotStarted)?;
    }
    let ended = node.wait_with_output().map_err(BrowserError::NotStarted)?;
    let made: Vec<Value> = serde_json::from_slice(&ended.stdout)
        .map_err(|_| BrowserError::Stopped { log: String::from_utf8_lossy(&ended.stderr).into_owned() })?;
    Ok(made.iter().map(Seen::of).collect())
}

impl Visit {
    fn to_json(&self) -> Value {
        json!({
            "url": self.url,
            "width": self.window.0,
            "height": self.window.1,
            "dark": self.colours == Colours::Dark,
            "scripts": self.scripts == Scripts::Run,
            "steps": self.steps,
        })
    }
}

impl Seen {
    fn of(made: &Value) -> Self {
        let list = |name: &str| made.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let complaints = list("complaints").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Self { steps: list("seen"), complaints }
    }
}

/// Why nothing was seen.
#[derive(Debug, Error)]
pub enum BrowserError {
    /// There is no browser.
    #[error("Chromium is not installed; `cargo xtask test --only tools` installs it or prints how to")]
    NoChromium,
    /// The program that drives it is not there.
    #[error("cannot start the browser's driver; `cargo xtask test --only tools` installs its packages: {0}")]
    NotStarted(io::Error),
    /// It ended before all visits were made.
    #[error("the browser's driver stopped; it wrote:\n{log}")]
    Stopped {
        /// What it wrote.
        log: String,
    },
}
