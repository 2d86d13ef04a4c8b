//! What the build does once there are packages: its commands as `buildspec.yml` has them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use test_support::{ask, tools, unique};

use crate::account::HUB;
use crate::day::day;
use crate::stack::Stack;

const BUCKET: &str = "andon-packages";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:andon-alexa";

/// The commands of the phase `build` but for the first, which compiles for minutes (`cargo xtask buildspec` runs all).
fn commands(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join("buildspec.yml")).unwrap();
    let buildspec: Value = serde_saphyr::from_str(&text).unwrap();
    let commands: Vec<String> = serde_json::from_value(buildspec["phases"]["build"]["commands"].clone()).unwrap();
    assert!(commands[0].starts_with("cargo xtask package"), "{commands:?}");
    commands[1..].to_vec()
}

/// A folder with what the commands need, where the packages hold next to nothing.
fn workspace(root: &Path) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique("packaging"));
    fs::create_dir_all(folder.join("target/lambda")).unwrap();
    fs::create_dir_all(folder.join("skill-package")).unwrap();
    for file in ["sam-template.yml", "skill-package/skill.json"] {
        fs::copy(root.join(file), folder.join(file)).unwrap();
    }
    for function in fs::read_dir(root.join("functions")).unwrap() {
        let name = function.unwrap().file_name().into_string().unwrap();
        let file = fs::File::create(folder.join(format!("target/lambda/{name}.zip"))).unwrap();
        let mut zip = zip::ZipWriter::new(file);
        zip.start_file("bootstrap", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(name.as_bytes()).unwrap();
        zip.finish().unwrap();
    }
    folder
}

#[test]
fn what_the_build_packages_can_be_deployed_and_the_skill_calls_its_function() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = workspace(&root);
    let url = day().account.url();
    assert_eq!(ask::put(&format!("{url}/{BUCKET}"), "s3").unwrap().status, 200);
    let path = format!("{}:{}", tools::folder().join("templates/bin").display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-ec", &commands(&root).join("\n")])
        .current_dir(&folder)
        .env("PATH", path)
        .envs([("AWS_ENDPOINT_URL", url), ("AWS_DEFAULT_REGION", "us-east-1"), ("SAM_CLI_TELEMETRY", "0")])
        .envs([("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")])
        .envs([("ANDON_PACKAGES", BUCKET), ("ANDON_SKILL_FUNCTION", FUNCTION)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let template = folder.join("template-export.yml");
    let packaged = fs::read_to_string(&template).unwrap();
    assert_eq!(packaged.matches(&format!("CodeUri: s3://{BUCKET}/packages/")).count(), 4, "{packaged}");
    let stack = Stack::deploy(url, HUB, template.to_str().unwrap(), "packaged", &[]);
    assert_eq!(stack.functions().len(), 3);

    let skill: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("skill-package/skill.json")).unwrap()).unwrap();
    assert_eq!(skill["manifest"]["apis"]["custom"]["endpoint"]["uri"], FUNCTION);
    fs::remove_dir_all(folder).unwrap();
}
