//! `andon package`: the packages of a release with a configuration in them.

use std::fs;
use std::path::PathBuf;

use andon_config::Config;
use anyhow::Context as _;

use super::{Surroundings, Verdict};
use crate::release::{Arch, Release};

/// Put andon.yml into the function packages of a release
#[derive(Debug, clap::Args)]
pub(super) struct Package {
    /// The folder of the release
    #[arg(long, value_name = "DIR", default_value = ".")]
    from: PathBuf,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "andon.yml")]
    config: PathBuf,
    /// The processor of the functions
    #[arg(long, default_value = "arm64")]
    arch: Arch,
    /// The folder for the packages, where sam-template.yml expects them
    #[arg(long, value_name = "DIR", default_value = "target/lambda")]
    out: PathBuf,
}

impl Package {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let release = Release::open(&self.from)?;
        let name = self.config.display().to_string();
        let text = fs::read_to_string(&self.config).with_context(|| format!("cannot read {name}"))?;
        // A function does not start with a configuration that has an error.
        Config::parse(&text, &name).map_err(|findings| anyhow::anyhow!("{findings}"))?;
        fs::create_dir_all(&self.out).with_context(|| format!("cannot create {}", self.out.display()))?;
        for function in release.functions(self.arch)? {
            let package = release.package(function, self.arch, &text)?;
            let path = self.out.join(format!("{function}.zip"));
            fs::write(&path, package).with_context(|| format!("cannot write {}", path.display()))?;
            around.terminal.line(path.display().to_string())?;
        }
        Ok(Verdict::Well)
    }
}
