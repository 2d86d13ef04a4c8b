//! Where the Python and npm packages are that the tests use, and how one of their programs is started.
//!
//! `cargo xtask test` puts them there; nothing is looked for anywhere else, so that every machine runs the same versions.
//! The one exception is Chromium, which comes with the system.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The names that Chromium goes by.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The folder in this repository that says which packages, and holds the small programs that serve them.
pub fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tools")
}

/// The folder that the packages are installed into: `target/test-tools` of this workspace.
pub fn folder() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).join("target/test-tools")
}

/// A Python that has the packages of `requirements.txt`, about to run one of the programs in [`sources`].
pub fn python(program: &str) -> Command {
    let mut command = Command::new(folder().join("python/bin/python"));
    command.arg(sources().join(program));
    command
}

/// What one of the programs in [`sources`] finds wrong with these values, which it reads as a line of JSON each: a line
/// for every fault.
pub fn judged(program: &str, values: impl IntoIterator<Item = Value>) -> io::Result<Vec<String>> {
    let mut judge = python(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = judge.stdin.take() {
        for value in values {
            writeln!(stdin, "{value}")?;
        }
    }
    let output = judge.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("{program} failed with {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Node with the packages of `package.json`, about to run one of the programs in [`sources`].
pub fn node(program: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(sources().join(program)).env("NODE_PATH", folder().join("node/node_modules"));
    command
}

/// The Chromium of this machine; `None` if it has none.
pub fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    CHROMIUM.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}
