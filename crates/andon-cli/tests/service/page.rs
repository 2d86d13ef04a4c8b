//! The page `docs/service.md`, followed by someone new to it, command by command.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::template;
use crate::world::World;

#[test]
fn the_page_can_be_followed_to_its_end() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/service.md");
    let page = fs::read_to_string(page).unwrap();
    let world = World::new();
    for command in ["andon up --plan", "andon up", "andon init", "andon down", "andon down --production"] {
        assert!(page.lines().any(|line| line.split("  #").next().unwrap().trim_end() == command), "{command}");
    }

    // 1. Look before you deploy.
    assert_eq!(world.andon(&["up", "--plan"]).code, 0);
    // 2. Deploy.
    let first = world.up(&[]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    world.deploy_stage("acceptance", &world.outputs("main-environment"));
    // 3. A test that fails.
    let init = world.andon(&["init"]);
    assert!(init.out.contains("test: acceptance.yml"), "{}{}", init.out, init.err);
    let settings = world.folder.path().join("andon-service.yml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text + "acceptance:\n  test: acceptance.yml\n").unwrap();
    world.run("Failed");
    let result = json!({"externalExecutionSummary": "Build terminated with state: FAILED"});
    world.action("Acceptance", "Test", "Test", "Failed", &result);
    world.action("Approval", "Approve", "Approval", "Abandoned", &json!({}));
    let failed = world.up(&["--no-follow", "--json"]);
    assert_eq!(failed.json()["stacks"][1]["outcome"], "updated", "{}", failed.err);
    // 4. Fix and approve: the push starts a run, which goes through.
    world.run("Succeeded");
    world.action("Acceptance", "Test", "Test", "Succeeded", &json!({}));
    world.action("Approval", "Approve", "Approval", "Succeeded", &json!({}));
    world.action("Production", "Deploy", "Deploy", "Succeeded", &json!({}));
    world.deploy_stage("production", &world.outputs("main-environment"));
    let released = world.up(&[]);
    assert_eq!(released.code, 0, "{}{}", released.out, released.err);
    for part in
        ["The release is in production.", "acceptance  http://orders-acceptance", "production  http://orders-prod"]
    {
        assert!(released.out.contains(part), "{part} in {}", released.out);
    }
    // Remove it.
    let refused = world.down(&[]);
    assert!(refused.err.contains("andon down --production"), "{}", refused.err);
    assert_eq!(world.down(&["--production"]).code, 0);
    assert!(world.stacks().is_empty());
}

/// What the templates declare that moto does not create, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    ("AWS::EC2::SecurityGroupEgress", "moto has no rules of their own; cfn-lint reads them"),
    ("AWS::EC2::SecurityGroupIngress", "only with a certificate"),
];

#[test]
fn what_moto_does_not_create_is_known() {
    let world = World::new();
    assert_eq!(world.up(&["--no-follow"]).code, 0);
    world.deploy_stage("acceptance", &world.outputs("main-environment"));
    let stacks = [
        ("environment.yml", "main-environment"),
        ("pipeline.yml", "orders-pipeline"),
        ("service.yml", "orders-acceptance"),
    ];
    let mut left_out = BTreeSet::new();
    for (name, stack) in stacks {
        let reply = world.ask(&[("Action", "DescribeStackResources"), ("StackName", stack)]);
        let template = template::read(name);
        let declared =
            template["Resources"].as_object().unwrap().values().map(|resource| resource["Type"].as_str().unwrap());
        let missing = declared.filter(|kind| !reply.body.contains(&format!("<ResourceType>{kind}</ResourceType>")));
        left_out.extend(missing.map(str::to_owned));
    }
    // With a connection, no rule starts the pipeline.
    left_out.remove("AWS::Events::Rule");
    assert_eq!(left_out.iter().map(String::as_str).collect::<Vec<_>>(), LEFT_OUT.map(|(kind, _)| kind));
}
