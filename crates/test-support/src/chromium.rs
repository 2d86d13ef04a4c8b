//! Which Chromium the tests use.
//!
//! In this order: the one that `CHROME` names, the one that `cargo xtask test` installed because the system has none, the
//! system's Chromium or Chrome. A browser inside a snap is not used: its confinement hides the folders of the tests from
//! it. Neither is the `chromium-browser` of Ubuntu, a script that only points to the snap.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::tools;

/// The variable that names the browser to use.
pub const VARIABLE: &str = "CHROME";

/// The names that Chromium goes by on Linux.
const NAMES: [&str; 5] = ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome"];

/// Where it is below the application folders of macOS.
const APPLICATIONS: [&str; 2] =
    ["Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"];

/// How much of a file tells whether it is a script that starts a snap.
const MAX_SCRIPT_BYTES: u64 = 8192;

/// The browser to use; `None` if there is none.
pub fn find() -> Option<PathBuf> {
    given().or_else(|| tools::installed("chromium")).or_else(of_system)
}

/// The browser that `CHROME` names, whether it is there or not.
pub fn given() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// The system's browser.
pub fn of_system() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut homes = vec![PathBuf::from("/Applications")];
    homes.extend(std::env::var_os("HOME").map(|home| Path::new(&home).join("Applications")));
    among(&folders, &homes)
}

fn among(folders: &[PathBuf], applications: &[PathBuf]) -> Option<PathBuf> {
    let on_path = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let in_applications = APPLICATIONS.iter().flat_map(|name| applications.iter().map(move |folder| folder.join(name)));
    on_path.chain(in_applications).find(|file| file.is_file() && !is_snap(file))
}

/// Whether a program is a snap, or a script that starts one.
fn is_snap(file: &Path) -> bool {
    let resolved = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    if resolved.starts_with("/snap") || resolved.ends_with("bin/snap") {
        return true;
    }
    let mut beginning = Vec::new();
    let read = File::open(&resolved).and_then(|file| file.take(MAX_SCRIPT_BYTES).read_to_end(&mut beginning));
    read.is_ok() && beginning.starts_with(b"#!") && String::from_utf8_lossy(&beginning).contains("/snap/bin/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, with these files.
    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(crate::unique(name));
        for (name, text) in files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_script_that_points_to_a_snap_is_no_browser() {
        let stub =
            "#!/bin/sh\nif ! [ -x /snap/bin/chromium ]; then\n  echo 'requires the chromium snap' >&2\n  exit 1\nfi\n";
        let ubuntu = folder("ubuntu", &[("chromium-browser", stub)]);
        assert_eq!(among(std::slice::from_ref(&ubuntu), &[]), None);
        let debian = folder("debian", &[("chromium", "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n")]);
        assert_eq!(among(&[ubuntu.clone(), debian.clone()], &[]), Some(debian.join("chromium")));
        for folder in [ubuntu, debian] {
            fs::remove_dir_all(folder).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_snap_is_no_browser() {
        let system = folder("system", &[("usr/bin/snap", "\u{7f}ELF")]);
        fs::create_dir_all(system.join("snap/bin")).unwrap();
        std::os::unix::fs::symlink(system.join("usr/bin/snap"), system.join("snap/bin/chromium")).unwrap();
        assert_eq!(among(&[system.join("snap/bin")], &[]), None);
        fs::remove_dir_all(system).unwrap();
    }

    #[test]
    fn an_application_of_macos_is_found() {
        let applications = folder("applications", &[("Google Chrome.app/Contents/MacOS/Google Chrome", "binary")]);
        let found = among(&[PathBuf::from("/nowhere")], std::slice::from_ref(&applications));
        assert_eq!(found, Some(applications.join(APPLICATIONS[0])));
        fs::remove_dir_all(applications).unwrap();
    }
}
