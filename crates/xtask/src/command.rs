//! Running other programs: what is run is printed first, and what fails is named.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A cargo command in this workspace.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = in_workspace(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// A program that works on this workspace, as cargo's own and other people's commands do.
pub(crate) fn in_workspace(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    // What `cargo run` sets for this program is not meant for the commands that it runs, some of which rebuild a crate
    // when they see it change.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command.current_dir(workspace::root());
    command
}

/// Runs a command with this program's input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot run `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed with {status}");
    }
    Ok(())
}

/// Runs a command and gives what it writes to standard output; what it writes to standard error is seen.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot run `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` writes no text"))
}

/// Whether a program is there to be run.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The version that a program says it has; `None` if it does not start, or says none.
pub(crate) fn version(program: &mut Command) -> Option<(u64, u64, u64)> {
    let output =
        program.arg("--version").stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    version_in(&String::from_utf8_lossy(&output.stdout))
}

/// The first version in a text such as `cargo-nextest 0.9.148 (cd1d6d546 2026-10-07)` or `v22.20.0`.
fn version_in(text: &str) -> Option<(u64, u64, u64)> {
    text.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').splitn(3, '.');
        let (major, minor, patch) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let patch = patch.split(|c: char| !c.is_ascii_digit()).next()?;
        Some((major.parse().ok()?, minor.parse().ok()?, patch.parse().ok()?))
    })
}

/// A command as one would type it, variables included.
fn shown(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.display(), quoted(&value.to_string_lossy())));
        }
    }
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    words.push(program.display().to_string());
    words.extend(command.get_args().map(|argument| quoted(&argument.to_string_lossy())));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_programs_say() {
        assert_eq!(version_in("cargo-nextest 0.9.148 (cd1d6d546 2026-10-07)\nrelease: 0.9.148"), Some((0, 9, 148)));
        assert_eq!(version_in("v22.20.0\n"), Some((22, 20, 0)));
        assert_eq!(version_in("Version: 1.14.0-rc.1\n"), Some((1, 14, 0)));
        assert_eq!(version_in("no version, 1.2 at most"), None);
    }
}
