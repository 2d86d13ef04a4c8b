//! `andon init`: files that a person can keep.

use std::fs;

use crate::world::{command, repository};

fn init(folder: &std::path::Path, more: &[&str]) -> (i32, String, String) {
    let output = command(folder, &[&["init"], more].concat()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn settings_and_a_test_are_written_once_and_never_over_what_is_there() {
    let folder = repository("git@github.com:northquay/orders.git");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\nEXPOSE 8080\n").unwrap();
    let (code, out, err) = init(folder.path(), &["--health", "/healthz", "--customer", "Acme"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("git add acceptance.yml andon-service.yml"), "{out}");
    let settings = fs::read_to_string(folder.path().join("andon-service.yml")).unwrap();
    assert!(settings.contains("test: acceptance.yml") && settings.contains("customer: Acme"), "{settings}");
    let test = fs::read_to_string(folder.path().join("acceptance.yml")).unwrap();
    assert!(test.contains("\"$URL/healthz\""), "{test}");
    fs::write(folder.path().join("acceptance.yml"), "mine").unwrap();
    let (code, out, _) = init(folder.path(), &[]);
    assert_eq!(code, 0);
    assert!(out.contains("acceptance.yml (there already)"), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("acceptance.yml")).unwrap(), "mine");
}

#[test]
fn the_templates_are_the_ones_in_the_repository() {
    let folder = repository("git@github.com:northquay/orders.git");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\nEXPOSE 8080\n").unwrap();
    let (code, _, err) = init(folder.path(), &["--templates"]);
    assert_eq!(code, 0, "{err}");
    for name in ["environment.yml", "service.yml", "pipeline.yml"] {
        let written = fs::read_to_string(folder.path().join("deploy").join(name)).unwrap();
        assert_eq!(written, crate::template::text(name), "{name}");
    }
    let settings = fs::read_to_string(folder.path().join("andon-service.yml")).unwrap();
    assert!(settings.contains("templates: deploy"), "{settings}");
}

#[test]
fn a_sam_application_with_a_skill_is_recognised() {
    let folder = repository("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/weather-skill");
    fs::write(folder.path().join("template.yaml"), "Transform: AWS::Serverless-2016-10-31\n").unwrap();
    let (code, _, err) = init(folder.path(), &["--skill", "amzn1.ask.skill.1", "--json"]);
    assert_eq!(code, 0, "{err}");
    let settings = fs::read_to_string(folder.path().join("andon-service.yml")).unwrap();
    for line in ["name: weather-skill", "provider: CodeCommit", "template: template.yaml", "skill: amzn1.ask.skill.1"] {
        assert!(settings.contains(line), "{line} in {settings}");
    }
}

#[test]
fn a_name_that_is_too_long_is_refused_with_the_limit() {
    let folder = repository("git@github.com:northquay/orders.git");
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\nEXPOSE 8080\n").unwrap();
    let (code, _, err) = init(folder.path(), &["--name", "the-customer-notification-service"]);
    assert_eq!(code, 2);
    assert!(err.contains("2 to 20 lowercase letters"), "{err}");
    assert!(!folder.path().join("andon-service.yml").exists());
}
