//! The functions' binaries as they are deployed.
//!
//! Each is built by itself: built together, cargo would give each of them the features that any of them needs. What
//! they say of paths is said in the same words on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Arch;
use crate::command::{cargo, exists, output, run};
use crate::workspace;

impl Arch {
    /// The processor of this machine, where Lambda has it.
    pub(crate) fn of_this_machine() -> Result<Self> {
        match std::env::consts::ARCH {
            "aarch64" => Ok(Self::Arm64),
            "x86_64" => Ok(Self::X86_64),
            other => bail!("Lambda has no {other}"),
        }
    }

    fn triple(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }
}

/// The functions of this workspace, which are the folders in `functions/`.
pub(crate) fn functions() -> Result<Vec<String>> {
    let folder = workspace::root().join("functions");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Builds a package's binary of the same name for Lambda.
pub(crate) fn build(package: &str, arch: Arch) -> Result<PathBuf> {
    build_in(&workspace::root(), &workspace::target(), package, arch)
}

/// Builds it in a clone of this workspace somewhere else.
pub(super) fn build_in(root: &Path, target: &Path, package: &str, arch: Arch) -> Result<PathBuf> {
    let triple = arch.triple();
    let with_lambda = exists("cargo-lambda");
    if !with_lambda && (Arch::of_this_machine().ok() != Some(arch) || std::env::consts::OS != "linux") {
        bail!(
            "cannot build for {triple} on this machine without cargo-lambda: `pip install cargo-lambda` brings it with \
             a linker for every system, `rustup target add {triple}` the standard library; or take --arch of this machine"
        );
    }
    let mut build = if with_lambda { cargo(["lambda", "build"]) } else { cargo(["build"]) };
    build.args(["--release", "--locked", "--package", package, "--target", triple]);
    if with_lambda {
        // Its own optimisations are another profile than the one in this workspace, for another processor than asked.
        build.args(["--disable-optimizations"]);
    }
    build.args(["--config", &flags(root, triple)?]).current_dir(root);
    build.env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", "0");
    for instead_of_the_configuration in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS"] {
        build.env_remove(instead_of_the_configuration);
    }
    // The C code of the TLS library names its files, too.
    build.env(
        "CFLAGS",
        format!("-ffile-prefix-map={}=/cargo -ffile-prefix-map={}=/target", cargo_home()?, target.display()),
    );
    run(&mut build)?;
    // cargo-lambda moves what it has built.
    Ok(if with_lambda {
        target.join("lambda").join(package).join("bootstrap")
    } else {
        target.join(triple).join("release").join(package)
    })
}

/// A binary for one fixed address. Otherwise the loader corrects some 57,000 addresses at every start, which touches
/// 400 pages and takes a function with several SDK clients longer than all else before its first poll. The price: the
/// program itself is no longer put at a random address; its libraries, heap and stack still are.
const AT_A_FIXED_ADDRESS: &str = "-Crelocation-model=static";

/// Flags as an addition to those of the configuration: the variable `RUSTFLAGS` would take their place.
fn flags(root: &Path, triple: &str) -> Result<String> {
    let rustc = rustc();
    let sysroot = output(Command::new(&rustc).args(["--print", "sysroot"]))?;
    let version = output(Command::new(&rustc).arg("-vV"))?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let remapped = [
        (root.display().to_string(), "/andon".to_owned()),
        (cargo_home()?, "/cargo".to_owned()),
        // The standard library says this of itself, unless its sources are installed.
        (format!("{}/lib/rustlib/src/rust", sysroot.trim()), format!("/rustc/{commit}")),
    ]
    .map(|(path, name)| format!("--remap-path-prefix={path}={name}"));
    let flags = remapped.into_iter().chain([AT_A_FIXED_ADDRESS.to_owned()]);
    let flags: Vec<String> = flags.map(|flag| serde_json::json!(flag).to_string()).collect();
    Ok(format!("target.{triple}.rustflags=[{}]", flags.join(",")))
}

/// The compiler of the cargo that runs this, which is the one that will build.
fn rustc() -> PathBuf {
    let beside = std::env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name("rustc"));
    beside.filter(|rustc| rustc.is_file()).unwrap_or_else(|| "rustc".into())
}

fn cargo_home() -> Result<String> {
    let home = std::env::var("CARGO_HOME").ok();
    home.or_else(|| Some(format!("{}/.cargo", std::env::var("HOME").ok()?)))
        .context("neither CARGO_HOME nor HOME is set")
}
