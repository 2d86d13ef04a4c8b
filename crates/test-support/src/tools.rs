//! Where the Python and npm packages are that the tests use, and how one of their programs is started.
//!
//! `cargo xtask test` puts them there; nothing is looked for anywhere else, so that every machine runs the same versions.
//! The exceptions are Node and Chromium, which come with the system, or are installed there where the system has none.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

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

/// The official client of the Model Context Protocol, about to judge a server: `mcp_client.py` says what it takes.
pub fn mcp_client() -> Command {
    let mut command = Command::new(folder().join("mcp/bin/python"));
    command.arg(sources().join("mcp_client.py"));
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
    let mut command = Command::new(node_program());
    command.arg(sources().join(program)).env("NODE_PATH", folder().join("node/node_modules"));
    command
}

/// The program that is Node: the one installed for the tests, or the system's.
pub fn node_program() -> PathBuf {
    installed("node").unwrap_or_else(|| PathBuf::from("node"))
}

/// The path of a program that was installed because the system has none: `target/test-tools/bin/<name>`.
pub fn installed(name: &str) -> Option<PathBuf> {
    Some(folder().join("bin").join(name)).filter(|file| file.is_file())
}
