//! `cargo xtask release`: the files that a release publishes, in one folder.
//!
//! - `FUNCTION-ARCH.zip`: the functions without `andon.yml`, which `andon package` adds
//! - `andon-TRIPLE.zip`: the `andon` command for the system that this runs on
//! - the templates, the skill package, a sample `andon.yml`, the manifest of the Slack app and the container file
//! - `sbom.cdx.json`: what is compiled in
//! - `SHA256SUMS`: the checksums of all of them, which `andon package` compares
//!
//! Several systems make one release: each adds its own files to a folder, and the last one assembles it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use andon_package::archive::{self, Entry};
use andon_package::template;
use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{cargo, output, run};
use crate::package::{Arch, glibc, release as functions, zipped};
use crate::sbom;
use crate::workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Builds the functions for this processor; can be repeated
    #[arg(long = "arch", value_name = "ARCH")]
    archs: Vec<Arch>,
    /// Builds the `andon` command for this system
    #[arg(long)]
    binary: bool,
    /// Adds the remaining files, and the checksums of all files in the folder
    #[arg(long)]
    assemble: bool,
    /// Also writes a template that deploys the packages in the buckets PREFIX-REGION, such as PREFIX-eu-west-1
    #[arg(long, value_name = "PREFIX", requires = "assemble")]
    buckets: Option<String>,
    /// The folder
    #[arg(long, value_name = "DIR", default_value = "target/dist")]
    out: PathBuf,
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Files of the repository that are part of a release as they are.
const FILES: [&str; 8] = [
    "Containerfile",
    "LICENSE",
    "README.md",
    "andon.yml",
    "pipeline.yml",
    "sam-template.yml",
    "slack-app-manifest.yml",
    "spoke.yml",
];
/// The name of the file with the checksums, in the form that `sha256sum --check` reads.
const CHECKSUMS: &str = "SHA256SUMS";
/// The template that `--buckets` writes.
const LAUNCHED: &str = "andon-launch.yml";

pub(crate) fn run_all(options: &Options) -> Result<()> {
    if options.archs.is_empty() && !options.binary && !options.assemble {
        bail!("nothing to do: name --arch, --binary or --assemble");
    }
    let out = workspace::root().join(&options.out);
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    for arch in &options.archs {
        for function in functions::functions()? {
            let binary = functions::build(&function, *arch)?;
            glibc::must_suit_lambda(&binary)?;
            write(&out.join(format!("{function}-{}.zip", arch.name())), &zipped(&binary, None)?)?;
        }
    }
    if options.binary {
        binary(&out)?;
    }
    if options.assemble {
        assemble(&out, options.buckets.as_deref())?;
    }
    println!("\nin {}", out.display());
    Ok(())
}

/// Builds the `andon` command, linked to nothing that another Linux may lack if the toolchain has the means.
fn binary(out: &Path) -> Result<()> {
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?.trim().to_owned();
    let without_libc = host.replace("-linux-gnu", "-linux-musl");
    let installed = output(Command::new("rustc").args(["--print", "target-libdir", "--target", &without_libc]))?;
    let triple = if Path::new(installed.trim()).is_dir() { without_libc } else { host };
    let release = ["build", "--release", "--locked", "--package", "andon-cli", "--features", "aws"];
    run(cargo(release).args(["--target", &triple]))?;
    let name = format!("andon{}", std::env::consts::EXE_SUFFIX);
    let path = workspace::target().join(&triple).join("release").join(&name);
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let licence = fs::read(workspace::root().join("LICENSE")).context("cannot read LICENSE")?;
    let zip = archive::zip(&[
        Entry { name: &name, bytes: &bytes, mode: 0o755 },
        Entry { name: "LICENSE", bytes: &licence, mode: 0o644 },
    ])?;
    write(&out.join(format!("andon-{triple}.zip")), &zip)
}

fn assemble(out: &Path, buckets: Option<&str>) -> Result<()> {
    let root = workspace::root();
    for file in FILES {
        fs::copy(root.join(file), out.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    write(&out.join("skill-package.zip"), &folder(&root.join("skill-package"))?)?;
    write(&out.join("sbom.cdx.json"), format!("{:#}\n", sbom::of_workspace()?).as_bytes())?;
    if let Some(prefix) = buckets {
        let template = fs::read_to_string(root.join("sam-template.yml")).context("cannot read sam-template.yml")?;
        write(&out.join(LAUNCHED), launched(&template, prefix).as_bytes())?;
    }
    let sums = checksums(out)?;
    write(&out.join(CHECKSUMS), sums.as_bytes())
}

/// A template whose packages are in a bucket of the Region that it is deployed to, as Lambda demands. They have the
/// configuration that a release comes with: alerts by email.
fn launched(template: &str, prefix: &str) -> String {
    template::with_packages(template, |function| {
        let key = format!("{VERSION}/{function}-${{Architecture}}.zip");
        format!("{{ Bucket: !Sub \"{prefix}-${{AWS::Region}}\", Key: !Sub \"{key}\" }}")
    })
}

/// A zip of all files in a folder.
fn folder(root: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    walk(root, &mut files)?;
    let mut contents = Vec::new();
    for path in files {
        let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        contents.push((name, fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?));
    }
    let entries = contents.iter().map(|(name, bytes)| Entry { name, bytes, mode: 0o644 });
    Ok(archive::zip(&entries.collect::<Vec<_>>())?)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn checksums(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    files.sort();
    let mut lines = String::new();
    for path in files {
        let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        if name != CHECKSUMS {
            lines.extend([archive::sha256(&fs::read(&path)?).as_str(), "  ", &name, "\n"]);
        }
    }
    Ok(lines)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    println!("{:>12}  {}", bytes.len(), path.display());
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_assembled_and_its_checksums_are_right() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notifier-arm64.zip"), b"abc").unwrap();
        assemble(folder.path(), Some("andon-releases")).unwrap();
        let sums = fs::read_to_string(folder.path().join(CHECKSUMS)).unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  notifier-arm64.zip";
        assert!(sums.lines().any(|line| line == abc), "{sums}");
        for file in FILES.into_iter().chain(["skill-package.zip", "sbom.cdx.json", LAUNCHED]) {
            assert!(sums.contains(&format!("  {file}\n")), "{file} is not in\n{sums}");
        }
        let again = tempfile::tempdir().unwrap();
        fs::write(again.path().join("notifier-arm64.zip"), b"abc").unwrap();
        assemble(again.path(), Some("andon-releases")).unwrap();
        assert_eq!(
            fs::read_to_string(again.path().join(CHECKSUMS)).unwrap(),
            sums,
            "two releases of one commit differ"
        );
    }

    #[test]
    fn a_launched_template_takes_its_packages_from_a_bucket_of_its_region() {
        let template = fs::read_to_string(workspace::root().join("sam-template.yml")).unwrap();
        let launched = launched(&template, "andon-releases");
        assert!(!launched.contains("target/lambda"), "{launched}");
        assert!(launched.contains("Bucket: !Sub \"andon-releases-${AWS::Region}\""), "{launched}");
        assert!(launched.contains(&format!("Key: !Sub \"{VERSION}/notifier-${{Architecture}}.zip\"")), "{launched}");
    }

    #[test]
    fn the_template_names_the_version_that_is_released() {
        let template = fs::read_to_string(workspace::root().join("sam-template.yml")).unwrap();
        assert!(template.contains(&format!("SemanticVersion: {VERSION}")));
    }
}
