//! The files of a release, from a folder or downloaded: the packages of the functions, the templates and the skill.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use andon_package::archive;
use anyhow::{Context as _, bail};

/// The file with the checksums, one of which every other file has to have.
pub const CHECKSUMS: &str = "SHA256SUMS";

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

    /// The file of a function's package for it.
    pub fn package_of(self, function: &str) -> String {
        format!("{function}-{}.zip", self.name())
    }
}

/// A release.
#[derive(Debug)]
pub struct Release {
    place: String,
    /// The list of the checksums as it was released.
    sums: String,
    checksums: BTreeMap<String, String>,
    files: Files,
}

/// Where the files of a release are.
#[derive(Debug)]
enum Files {
    In(PathBuf),
    Held(BTreeMap<String, Vec<u8>>),
}

impl Release {
    /// Reads what a release in this folder consists of.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(CHECKSUMS);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} is not the folder of a release: it has no {CHECKSUMS}", folder.display()))?;
        Self::of(folder.display().to_string(), &text, Files::In(folder.to_owned()))
    }

    /// A release at an address, of which nothing but the checksums is known yet.
    pub fn at(address: &str, checksums: &str) -> anyhow::Result<Self> {
        Self::of(address.to_owned(), checksums, Files::Held(BTreeMap::new()))
    }

    fn of(place: String, sums: &str, files: Files) -> anyhow::Result<Self> {
        let line = |line: &str| line.split_once("  ").map(|(sum, name)| (name.to_owned(), sum.to_owned()));
        let checksums = sums.lines().map(line).collect::<Option<_>>();
        let checksums = checksums.with_context(|| format!("the {CHECKSUMS} of {place} is not a list of checksums"))?;
        Ok(Self { place, sums: sums.to_owned(), checksums, files })
    }

    /// The list of the checksums.
    pub fn sums(&self) -> &str {
        &self.sums
    }

    /// Takes in a file that was downloaded, which has to be as it was released.
    pub fn hold(&mut self, name: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        self.must_be_released(name, &bytes)?;
        if let Files::Held(held) = &mut self.files {
            held.insert(name.to_owned(), bytes);
        }
        Ok(())
    }

    /// Whether a file is part of the release.
    pub fn has(&self, name: &str) -> bool {
        self.checksums.contains_key(name)
    }

    /// The contents of a file, which have to be those that were released.
    pub fn read(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        if !self.has(name) {
            bail!("the release in {} has no {name}", self.place);
        }
        match &self.files {
            Files::Held(held) => held.get(name).cloned().with_context(|| format!("{name} was not downloaded")),
            Files::In(folder) => {
                let path = folder.join(name);
                let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                self.must_be_released(name, &bytes)?;
                Ok(bytes)
            }
        }
    }

    /// The contents of a file that is a text.
    pub fn text(&self, name: &str) -> anyhow::Result<String> {
        String::from_utf8(self.read(name)?).with_context(|| format!("{name} of {} is not a text", self.place))
    }

    fn must_be_released(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        if self.checksums.get(name) != Some(&archive::sha256(bytes)) {
            bail!("{name} of {} is damaged: its checksum is not the one in {CHECKSUMS}; download it again", self.place);
        }
        Ok(())
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
            bail!("the release in {} has no functions for {}", self.place, arch.name());
        }
        Ok(names)
    }

    /// The package of a function, with this configuration in it.
    pub fn package(&self, function: &str, arch: Arch, configuration: &str) -> anyhow::Result<Vec<u8>> {
        let name = arch.package_of(function);
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
