//! `cargo xtask package`: one zip per function, ready for Lambda, and the same bytes from every machine.

use std::path::Path;

use andon_config::Config;
use andon_package::archive;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::workspace;

pub(crate) mod glibc;
pub(crate) mod release;
mod verify;

#[derive(Debug, Clone, Args)]
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

impl Options {
    /// All functions, for this processor.
    pub(crate) fn of_all(arch: Arch) -> Self {
        Self { arch, functions: Vec::new(), verify: false }
    }
}

impl Arch {
    /// Lambda's own name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let functions = if options.functions.is_empty() { release::functions()? } else { options.functions.clone() };
    if options.verify {
        return verify::two_builds_are_one(&functions, options.arch);
    }
    let configuration = configuration(&workspace::root())?;
    let mut lines = Vec::new();
    for function in &functions {
        let binary = release::build(function, options.arch)?;
        glibc::must_suit_lambda(&binary)?;
        let zip = workspace::target().join("lambda").join(format!("{function}.zip"));
        lines.push(pack(function, &binary, &configuration, &zip)?);
    }
    println!("\n{:<12} {:>12} {:>12}  sha-256 of the zip", "function", "bytes", "zipped");
    for line in lines {
        println!("{line}");
    }
    println!("in {}", workspace::target().join("lambda").display());
    Ok(())
}

/// The configuration that goes with the functions, which has to be one: with a mistake in it they would not start.
pub(crate) fn configuration(root: &Path) -> Result<String> {
    let path = root.join("andon.yml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    match Config::parse(&text, "andon.yml") {
        Ok(_) => Ok(text),
        Err(findings) => bail!("andon.yml cannot be deployed:\n{findings}"),
    }
}

/// A zip with a binary as Lambda wants it and, unless `andon package` adds it later, the configuration beside it, where
/// the function looks for it.
pub(crate) fn zipped(binary: &Path, configuration: Option<&str>) -> Result<Vec<u8>> {
    let bytes = std::fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
    Ok(archive::package(&bytes, configuration)?)
}

/// Writes the zip of a function and returns the line of the summary.
fn pack(function: &str, binary: &Path, configuration: &str, zip: &Path) -> Result<String> {
    let packed = zipped(binary, Some(configuration))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_with_a_mistake_is_not_packed_and_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join("andon.yml"), text).unwrap();
        write("version: 1\n");
        assert_eq!(configuration(folder.path()).unwrap(), "version: 1\n");
        write("version: 1\nroutes:\n  - to: nobody\n");
        let error = configuration(folder.path()).unwrap_err().to_string();
        assert!(error.contains("andon.yml:3"), "{error}");
        let none = tempfile::tempdir().unwrap();
        assert!(configuration(none.path()).unwrap_err().to_string().contains("cannot read"));
    }
}
