//! What the build does once there are packages: its commands as `buildspec.yml` has them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use andon_package::archive;
use serde_json::Value;
use test_support::{ask, unique};

use crate::account::HUB;
use crate::day::day;
use crate::stack::Stack;

const BUCKET: &str = "andon-packages";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:andon-alexa";

/// The commands of a phase.
fn commands(root: &Path, phase: &str) -> Vec<String> {
    let text = fs::read_to_string(root.join("buildspec.yml")).unwrap();
    let buildspec: Value = serde_saphyr::from_str(&text).unwrap();
    serde_json::from_value(buildspec["phases"][phase]["commands"].clone()).unwrap()
}

/// What CodePipeline hands to CodeBuild, with a release in the cache whose functions hold next to nothing. No file is
/// executable, and there is neither Rust nor a history.
fn workspace(root: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique("packaging"));
    for path in [".cargo", "crates", "functions"] {
        fs::create_dir_all(folder.join(path)).unwrap();
    }
    for file in
        ["Cargo.lock", "Cargo.toml", "andon.yml", "rust-toolchain.toml", "sam-template.yml", "LICENSE", "README.md"]
    {
        fs::copy(root.join(file), folder.join(file)).unwrap();
    }
    copy(&root.join("skill-package"), &folder.join("skill-package"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

/// A release in the folder that the buildspec names, made by a program in place of cargo.
fn cargo(root: &Path, folder: &Path) -> PathBuf {
    let release = folder.join("made");
    fs::create_dir_all(&release).unwrap();
    let mut sums = String::new();
    for function in fs::read_dir(root.join("functions")).unwrap() {
        let name = format!("{}-x86_64.zip", function.unwrap().file_name().into_string().unwrap());
        let package = archive::package(name.as_bytes(), None).unwrap();
        sums.extend([archive::sha256(&package).as_str(), "  ", &name, "\n"]);
        fs::write(release.join(name), package).unwrap();
    }
    fs::write(release.join("SHA256SUMS"), sums).unwrap();
    let andon = fs::read(Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("andon")).unwrap();
    let entry = archive::Entry { name: "andon", bytes: &andon, mode: 0o755 };
    fs::write(release.join("andon-here.zip"), archive::zip(&[entry]).unwrap()).unwrap();
    let programs = folder.join("programs");
    fs::create_dir_all(&programs).unwrap();
    for (name, script) in [
        (
            "cargo",
            format!(
                "[ \"$1 $2\" = 'xtask release' ] || exit 1; mkdir -p \"${{@: -1}}\"; cp {}/* \"${{@: -1}}\"; echo built >> built.log",
                release.display()
            ),
        ),
        ("rustup", "exit 0".to_owned()),
    ] {
        let path = programs.join(name);
        fs::write(&path, format!("#!/bin/bash\n{script}\n")).unwrap();
        make_executable(&path);
    }
    programs
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs a push through the phases; gives back what was written to standard output and error, and whether it worked.
fn push(root: &Path, folder: &Path, programs: &Path, parameters: &str) -> (bool, String) {
    let commands = ["install", "pre_build", "build"].map(|phase| commands(root, phase).join("\n")).join("\n");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-ec", &commands])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .envs([("AWS_ENDPOINT_URL", day().account.url()), ("AWS_DEFAULT_REGION", "us-east-1")])
        .envs([("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")])
        .envs([("ANDON_PACKAGES", BUCKET), ("ANDON_SKILL_FUNCTION", FUNCTION), ("ANDON_PARAMETERS", parameters)])
        .envs([("ANDON_ARCHITECTURE", "x86_64"), ("ANDON_TESTS", "package")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn what_a_push_packages_can_be_deployed_and_only_a_change_of_the_source_code_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = workspace(&root);
    let programs = cargo(&root, &folder);
    let url = day().account.url();
    assert_eq!(ask::put(&format!("{url}/{BUCKET}"), "s3").unwrap().status, 200);
    let parameters = r#"{"Parameters":{"Email":"","SecretsPath":"","MoreTopics":"","VoiceActions":"off"}}"#;
    let built = || fs::read_to_string(folder.join("built.log")).unwrap().lines().count();

    let (succeeded, log) = push(&root, &folder, &programs, parameters);
    assert!(succeeded, "{log}");
    assert_eq!(built(), 1, "{log}");
    let template = folder.join("template-export.yml");
    let packaged = fs::read_to_string(&template).unwrap();
    assert_eq!(packaged.matches(&format!("CodeUri: s3://{BUCKET}/packages/")).count(), 7, "{packaged}");
    let stack = Stack::deploy(url, HUB, template.to_str().unwrap(), "packaged", &[]);
    assert_eq!(stack.functions().len(), 3);
    assert_eq!(fs::read_to_string(folder.join("parameters.json")).unwrap().trim(), parameters);
    let skill = folder.join("target/skill/skill-package");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(skill.join("skill.json")).unwrap()).unwrap();
    assert_eq!(manifest["manifest"]["apis"]["custom"]["endpoint"]["uri"], FUNCTION);
    assert!(skill.join("interactionModels/custom/en-US.json").is_file());

    // A change of the configuration gives other packages without compiling.
    fs::write(folder.join("andon.yml"), "version: 1\nslack-token: ssm:/andon/token\n").unwrap();
    let (succeeded, log) =
        push(&root, &folder, &programs, &parameters.replace(r#""SecretsPath":"""#, r#""SecretsPath":"/andon""#));
    assert!(succeeded, "{log}");
    assert_eq!(built(), 1, "{log}");
    assert_ne!(fs::read_to_string(&template).unwrap(), packaged);

    // What the stack's parameters do not allow stops the build.
    let (succeeded, log) = push(&root, &folder, &programs, parameters);
    assert!(!succeeded && log.contains("ssm:/andon/token cannot be read"), "{log}");

    fs::write(folder.join("crates/change.rs"), "fn main() {}").unwrap();
    let (_, log) = push(&root, &folder, &programs, parameters);
    assert_eq!(built(), 2, "{log}");
    fs::remove_dir_all(folder).unwrap();
}
