//! The files of a release, from a folder: the packages of the functions, the templates and the skill.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use andon_package::archive;
use anyhow::{Context as _, bail};

/// The file with the checksums, one of which every other file has to have.
const CHECKSUMS: &str = "SHA256SUMS";

/// A processor that Lambda has, by Lambda's own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Arch {
    /// AWS Graviton
    #[value(name = "arm64")]
    Arm64,
    /// Intel and AMD
    #[value(name = "x86_64")]
    X86_64,
}

impl Arch {
    /// Lambda's own name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }
}

/// A release in a folder.
#[derive(Debug)]
pub struct Release {
    folder: PathBuf,
    checksums: BTreeMap<String, String>,
}

impl Release {
    /// Reads what a release in this folder consists of.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(CHECKSUMS);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} is not the folder of a release: it has no {CHECKSUMS}", folder.display()))?;
        let line = |line: &str| line.split_once("  ").map(|(sum, name)| (name.to_owned(), sum.to_owned()));
        let checksums = text.lines().map(line).collect::<Option<_>>();
        let checksums = checksums.with_context(|| format!("{} is not a list of checksums", path.display()))?;
        Ok(Self { folder: folder.to_owned(), checksums })
    }

    /// The contents of a file, which have to be those that were released.
    pub fn read(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let Some(wanted) = self.checksums.get(name) else {
            bail!("the release in {} has no {name}", self.folder.display());
        };
        let path = self.folder.join(name);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if archive::sha256(&bytes) != *wanted {
            bail!("{} is damaged: its checksum is not the one in {CHECKSUMS}; download it again", path.display());
        }
        Ok(bytes)
    }

    /// The names of the functions that were built for a processor.
    pub fn functions(&self, arch: Arch) -> anyhow::Result<Vec<&str>> {
        let suffix = format!("-{}.zip", arch.name());
        let names: Vec<&str> = self
            .checksums
            .keys()
            .filter(|name| !name.starts_with("andon-"))
            .filter_map(|name| name.strip_suffix(&suffix))
            .collect();
        if names.is_empty() {
            bail!("the release in {} has no functions for {}", self.folder.display(), arch.name());
        }
        Ok(names)
    }

    /// The package of a function, with this configuration in it.
    pub fn package(&self, function: &str, arch: Arch, configuration: &str) -> anyhow::Result<Vec<u8>> {
        let name = format!("{function}-{}.zip", arch.name());
        archive::with_configuration(&self.read(&name)?, configuration).with_context(|| format!("cannot use {name}"))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A release of one function that does nothing.
    pub(crate) fn small(folder: &Path) {
        let package = archive::package(b"#!/bin/sh\n", None).unwrap();
        fs::write(folder.join("notifier-arm64.zip"), &package).unwrap();
        let sums = format!("{}  notifier-arm64.zip\n{}  andon-arm64.zip\n", archive::sha256(&package), "0".repeat(64));
        fs::write(folder.join(CHECKSUMS), sums).unwrap();
    }

    #[test]
    fn the_functions_of_a_release_get_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        small(folder.path());
        let release = Release::open(folder.path()).unwrap();
        assert_eq!(release.functions(Arch::Arm64).unwrap(), ["notifier"]);
        let whole = archive::package(b"#!/bin/sh\n", Some("version: 1\n")).unwrap();
        assert_eq!(release.package("notifier", Arch::Arm64, "version: 1\n").unwrap(), whole);
    }

    #[test]
    fn what_is_damaged_or_missing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = |error: anyhow::Error| format!("{error:#}");
        assert!(text(Release::open(folder.path()).unwrap_err()).contains("is not the folder of a release"));
        small(folder.path());
        let release = Release::open(folder.path()).unwrap();
        assert!(text(release.functions(Arch::X86_64).unwrap_err()).contains("no functions for x86_64"));
        fs::write(folder.path().join("notifier-arm64.zip"), "<html>not found</html>").unwrap();
        assert!(text(release.package("notifier", Arch::Arm64, "").unwrap_err()).contains("is damaged"));
    }
}
