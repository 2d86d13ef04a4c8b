//! What `andon deploy` refuses before it changes anything.

use std::fs;

use serde_json::json;
use test_support::stand_in::Site;

use crate::support::account::run_in;
use crate::world::World;

/// Refused with these words, and nothing has changed.
fn refused(world: &World, arguments: &[&str], parts: &[&str]) {
    world.changes();
    let ended = world.deploy(arguments);
    assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
    for part in parts {
        assert!(ended.err.contains(part), "{part} in {}", ended.err);
    }
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn wrong_values_and_what_the_configuration_needs_are_said_at_once() {
    let world = World::new();
    refused(&world, &["--email", "team"], &["Email cannot be \"team\": it has to be an email address, or empty"]);
    refused(&world, &["--parameter", "Address=a@b.c"], &["there is no parameter Address; there are "]);
    refused(&world, &["--stack", "a name"], &["\"a name\" is not a name for the stack"]);
    let config = world.configuration("version: 1\nroutes:\n  - to: nobody\n");
    refused(&world, &["--config", &config], &["ours.yml:3"]);
    let config = world.configuration(
        "version: 1\nslack-token: ssm:/andon/token\ndestinations:\n  audit: { sns: \"arn:aws:sns:us-east-1:111122223333:audit\" }\n\
         routes:\n  - to: audit\n",
    );
    refused(
        &world,
        &["--config", &config],
        &[
            "ssm:/andon/token cannot be read",
            "audit cannot be published to",
            "--parameter 'MoreTopics=arn:aws:sns:us-east-1:111122223333:audit' --parameter 'SecretsPath=/andon'",
        ],
    );
    let topic = "MoreTopics=arn:aws:sns:us-east-1:111122223333:audit";
    let deployed =
        world.deploy(&["--config", &config, "--parameter", topic, "--parameter", "SecretsPath=/andon", "--json"]);
    assert_eq!(deployed.code, 0, "{}{}", deployed.out, deployed.err);
    let missing = &deployed.json()["missing-secrets"][0];
    assert_eq!(missing["reference"], "ssm:/andon/token");
    assert!(missing["remedy"].as_str().unwrap().contains("put-parameter"), "{missing}");
    // The configuration of a stack is not replaced by the one of the release.
    refused(&world, &[], &["there is no andon.yml here"]);
    let release = world.release.path().to_str().unwrap().to_owned();
    let arguments = ["deploy", "--pace", "10", "--from", &release, "--yes"];
    let ended = run_in(world.release.path(), Some(&world.recorder.url()), &arguments, &[]);
    assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("the andon.yml here is the sample of the release"), "{}", ended.err);
}

#[test]
fn the_processor_is_the_one_that_was_given_whichever_way() {
    let world = World::new();
    refused(
        &world,
        &["--arch", "arm64", "--parameter", "Architecture=x86_64"],
        &["--arch arm64 and --parameter Architecture=x86_64 contradict each other"],
    );
    let deployed = world.deploy(&["--parameter", "Architecture=x86_64"]);
    assert_eq!(deployed.code, 0, "{}{}", deployed.out, deployed.err);
    assert!(deployed.out.contains("6 functions for x86_64"), "{}", deployed.out);
    assert_eq!(world.parameter("Architecture"), "x86_64");
}

#[test]
fn a_stack_that_is_something_else_is_left_alone() {
    let world = World::new();
    let template = json!({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}).to_string();
    let stack = ["Action", "StackName", "TemplateBody"].into_iter().zip(["CreateStack", "andon", &template]);
    let fields: Vec<(&str, &str)> = stack.collect();
    test_support::ask::form(&world.recorder.url(), "cloudformation", &fields).unwrap();
    refused(&world, &[], &["the stack andon is there, and it is not an Andon"]);
    let kept = world.destroy(&[]);
    assert_eq!(kept.code, 2);
    assert!(kept.err.contains("is not a deployed Andon"), "{}", kept.err);
    assert_eq!(world.status(), "CREATE_COMPLETE");
}

#[test]
fn missing_permissions_are_named() {
    let world = World::new();
    world.allow(&json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["iam:CreateRole", "kms:*"], "Resource": "*"},
    ]));
    refused(
        &world,
        &[],
        &["iam:CreateRole on arn:aws:iam::123456789012:role/andon-x", "kms:CreateKey on ", "--unchecked"],
    );
    assert_eq!(world.deploy(&["--unchecked"]).code, 0);
}

#[test]
fn a_bucket_elsewhere_is_refused() {
    let world = World::new();
    let refused = world.deploy(&["--bucket", "nobodys-bucket"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("there is no bucket nobodys-bucket"), "{}", refused.err);
    assert_eq!(world.status(), "none");
}

#[test]
fn a_release_at_an_address_is_deployed_only_as_it_was_released() {
    let world = World::new();
    let site = Site::start().unwrap();
    for entry in fs::read_dir(world.release.path()).unwrap() {
        let path = entry.unwrap().path();
        site.put(&format!("/v1/{}", path.file_name().unwrap().to_str().unwrap()), fs::read(path).unwrap());
    }
    let from = format!("{}/v1", site.url());
    let sums = fs::read(world.release.path().join("SHA256SUMS")).unwrap();
    let pinned = andon_package::archive::sha256(&sums);
    refused(&world, &["--from", &from, "--sha256", &"0".repeat(64)], &["this is another release"]);
    let deployed = world.deploy(&["--from", &from, "--sha256", &pinned]);
    assert_eq!(deployed.code, 0, "{}{}", deployed.out, deployed.err);

    world.empty_again();
    site.put("/v1/metrics-arm64.zip", "<html>sign in</html>");
    refused(&world, &["--from", &from], &["metrics-arm64.zip of ", " is damaged"]);
    site.remove("/v1/metrics-arm64.zip");
    refused(&world, &["--from", &from], &["cannot download", "404"]);
    refused(&world, &["--from", "http://example.com/v1"], &["use https, or pass --sha256"]);
}
