//! `cargo xtask package`: one zip per function, ready for Lambda, and the same bytes from every machine.

use std::path::Path;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

pub(crate) mod archive;
pub(crate) mod glibc;
pub(crate) mod release;
mod verify;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The processor of the functions
    #[arg(long, default_value = "arm64")]
    arch: Arch,
    /// Only these functions, instead of all in `functions/`
    #[arg(long = "function", value_name = "NAME")]
    functions: Vec<String>,
    /// Builds this commit twice, in two folders, and compares the zips; takes long
    #[arg(long)]
    verify: bool,
}

/// A processor that Lambda has, by Lambda's own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    #[value(name = "arm64")]
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let functions = if options.functions.is_empty() { release::functions()? } else { options.functions.clone() };
    if options.verify {
        return verify::two_builds_are_one(&functions, options.arch);
    }
    let mut lines = Vec::new();
    for function in &functions {
        let binary = release::build(function, options.arch)?;
        glibc::must_suit_lambda(&binary)?;
        let zip = crate::workspace::target().join("lambda").join(format!("{function}.zip"));
        lines.push(pack(function, &binary, &zip)?);
    }
    println!("\n{:<12} {:>12} {:>12}  sha-256 of the zip", "function", "bytes", "zipped");
    for line in lines {
        println!("{line}");
    }
    println!("in {}", crate::workspace::target().join("lambda").display());
    Ok(())
}

/// A zip with a binary as Lambda wants it.
pub(crate) fn zipped(binary: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
    archive::zip(&[archive::Entry { name: "bootstrap", bytes: &bytes, mode: 0o755 }])
}

/// Writes a function's zip, and says what came of it.
fn pack(function: &str, binary: &Path, zip: &Path) -> Result<String> {
    let packed = zipped(binary)?;
    if let Some(folder) = zip.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(zip, &packed).with_context(|| format!("cannot write {}", zip.display()))?;
    Ok(format!(
        "{function:<12} {:>12} {:>12}  {}",
        std::fs::metadata(binary)?.len(),
        packed.len(),
        archive::sha256(&packed)
    ))
}
