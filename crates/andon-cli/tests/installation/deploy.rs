//! `andon deploy`: the first time, again, with a change, and after failures.

use aws_sdk_s3::types::ServerSideEncryption;

use crate::world::{BUCKET, World, is_change, release};

#[test]
fn created_left_alone_updated_and_unchanged_parameters_kept() {
    let world = World::new();
    let created = world.deploy(&["--email", "team@example.com"]);
    assert_eq!(created.code, 0, "{}{}", created.out, created.err);
    assert_eq!(world.status(), "CREATE_COMPLETE");
    assert!(world.deployed_configuration().contains("version: 1"));
    for part in [
        "andon in account 123456789012, us-east-1",
        "6 functions for arm64",
        "Email = team@example.com",
        "created: private, encrypted, versioned",
        "AWS has sent team@example.com a link",
        "andon test-alert",
    ] {
        assert!(created.out.contains(part), "{part} in {}", created.out);
    }
    assert!(created.out.contains("· AlexaSkill             off: set SkillId"), "{}", created.out);

    world.changes();
    let config = world.configuration("version: 1\n");
    let configured = world.deploy(&["--config", &config]);
    assert_eq!(configured.code, 0, "{}{}", configured.out, configured.err);
    assert_eq!((world.status().as_str(), world.parameter("Email").as_str()), ("UPDATE_COMPLETE", "team@example.com"));
    assert_eq!(world.deployed_configuration(), "version: 1\n");
    assert!(configured.out.contains("modify"), "{}", configured.out);

    world.changes();
    // Without --yes, and without a terminal: there is nothing to ask for.
    let from = world.release.path().to_str().unwrap().to_owned();
    let again = world.run(&["deploy", "--pace", "10", "--from", &from, "--config", &config, "--json"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!(again.json()["outcome"], "unchanged");
    assert_eq!(world.changes(), Vec::<String>::new());

    let off = world.deploy(&["--config", &config, "--parameter", "Email=", "--json"]);
    assert_eq!(off.code, 0, "{}{}", off.out, off.err);
    assert_eq!(off.json()["outcome"], "updated");
    assert_eq!(off.json()["off"]["EmailAlerts"], "set Email, or subscribe to the topic");
    assert_eq!(world.parameter("Email"), "");
}

#[test]
fn its_bucket_is_private_encrypted_and_versioned() {
    let world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    world.look(async |config| {
        let client = aws_sdk_s3::Client::new(&config);
        let access = client.get_public_access_block().bucket(BUCKET).send().await.unwrap();
        let access = access.public_access_block_configuration.unwrap();
        let blocks = [
            access.block_public_acls(),
            access.block_public_policy(),
            access.ignore_public_acls(),
            access.restrict_public_buckets(),
        ];
        assert_eq!(blocks, [Some(true); 4]);
        let versions = client.list_object_versions().bucket(BUCKET).send().await.unwrap().versions.unwrap();
        assert!(versions.iter().all(|version| version.version_id().is_some_and(|id| id != "null")), "{versions:?}");
        let encryption = client.get_bucket_encryption().bucket(BUCKET).send().await.unwrap();
        let rules = encryption.server_side_encryption_configuration.unwrap().rules;
        let by_default = rules[0].apply_server_side_encryption_by_default.clone().unwrap();
        assert_eq!(by_default.sse_algorithm, ServerSideEncryption::Aes256);
        let policy = client.get_bucket_policy().bucket(BUCKET).send().await.unwrap().policy.unwrap();
        assert!(policy.contains("aws:SecureTransport"), "{policy}");
    });
}

#[test]
fn a_creation_that_fails_says_why_and_is_taken_up_again() {
    let world = World::new();
    world.in_the_way("/aws/lambda/andon-notifier", true);
    let failed = world.deploy(&[]);
    assert_eq!(failed.code, 2, "{}", failed.out);
    assert!(failed.err.contains("is rollback complete: NotifierLogs: "), "{}", failed.err);
    assert_eq!(world.status(), "ROLLBACK_COMPLETE");
    world.in_the_way("/aws/lambda/andon-notifier", false);
    let again = world.deploy(&[]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!(world.status(), "CREATE_COMPLETE");
    assert!(again.out.contains("removes what a failed attempt left"), "{}", again.out);
}

#[test]
fn an_update_that_fails_is_rolled_back_and_can_be_tried_again() {
    let world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    let before = world.deployed_configuration();
    world.in_the_way("/aws/lambda/andon-alexa", true);
    let config = world.configuration("version: 1\n");
    let skill = "SkillId=amzn1.ask.skill.00000000-0000-0000-0000-000000000000";
    let failed = world.deploy(&["--config", &config, "--parameter", skill]);
    assert_eq!(failed.code, 2, "{}", failed.out);
    assert!(failed.err.contains("is update rollback complete: AlexaLogs: "), "{}", failed.err);
    assert_eq!((world.status().as_str(), world.parameter("SkillId").as_str()), ("UPDATE_ROLLBACK_COMPLETE", ""));
    assert_eq!(world.deployed_configuration(), before);
    world.in_the_way("/aws/lambda/andon-alexa", false);
    let again = world.deploy(&["--config", &config, "--parameter", skill, "--json"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!(again.json()["outcome"], "updated");
    assert!(!world.parameter("SkillId").is_empty());
}

#[test]
fn a_plan_of_a_new_stack_changes_nothing() {
    let world = World::new();
    let from = world.release.path().to_str().unwrap().to_owned();
    let plan = world.run(&["deploy", "--from", &from, "--plan", "--json"]);
    assert_eq!(plan.code, 0, "{}", plan.err);
    let creates = plan.json()["plan"].as_array().unwrap().iter().any(|change| change["name"] == "Notifier");
    assert!(creates, "{}", plan.out);
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn another_release_and_another_processor_are_deployed_over_the_first() {
    let mut world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    world.release = release(b"#!/bin/sh\nexit 1\n");
    let config = world.configuration("version: 1\n");
    let plan = world.deploy(&["--config", &config, "--arch", "x86_64", "--json"]);
    assert_eq!(plan.code, 0, "{}{}", plan.out, plan.err);
    assert_eq!(world.parameter("Architecture"), "x86_64");
    // The processor is kept like any other parameter.
    let again = world.deploy(&["--config", &config, "--json"]);
    assert_eq!(again.json()["outcome"], "unchanged", "{}", again.err);
}

#[test]
fn cut_off_at_any_change_it_goes_on_when_it_is_run_again() {
    let world = World::new();
    // Each deployment takes seconds, so not every upload is cut off.
    for (passing, loses_reply) in CUTS {
        world.empty_again();
        world.recorder.cut_off(is_change, passing, loses_reply);
        let cut = world.deploy(&[]);
        assert!(world.recorder.clear_faults(), "there is no change after {passing}: {}", cut.out);
        assert_ne!(cut.code, 0, "after {passing}: {}", cut.out);
        // What was created in the end without an answer is a stack with a configuration.
        let config = world.configuration(include_str!("../../../../andon.yml"));
        let again = world.deploy(&["--config", &config]);
        assert_eq!(again.code, 0, "after {passing}, {loses_reply}: {}{}", again.out, again.err);
        assert_eq!(world.status(), "CREATE_COMPLETE", "after {passing}, {loses_reply}");
    }
    assert!(last_change_is_cut_off(&world));
}

/// Where a deployment is cut off: after how many changes, and whether the next one is done without an answer. The changes
/// are the bucket, its five settings, six packages, the template, the change set and its execution.
const CUTS: [(usize, bool); 6] = [(0, true), (3, false), (6, true), (13, true), (14, false), (14, true)];

/// Whether the last of [`CUTS`] is the last change that there is.
fn last_change_is_cut_off(world: &World) -> bool {
    world.empty_again();
    world.recorder.cut_off(is_change, CUTS[CUTS.len() - 1].0 + 1, false);
    let whole = world.deploy(&[]);
    whole.code == 0 && !world.recorder.clear_faults()
}
