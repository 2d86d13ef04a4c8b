//! Commands actions: a log stream.

use super::*;

#[tokio::test]
async fn the_log_of_a_recorded_commands_action_is_read() {
    let (pipeline, failures) = failures("codepipeline-run-commands-failed");
    let external = failures[0].result.as_ref().unwrap().external.as_ref().unwrap();
    let (_, rest) = external.as_str().split_once(":log-group:").unwrap();
    let (group, stream) = rest.split_once(":log-stream:").unwrap();
    let world = World::new();
    world.aws.append_log(
        group,
        stream,
        lines([
            "[Container] 2026/11/20 09:04:10.000000 Running command npm run build:site\n",
            "> docs@1.0.0 build:site\n",
            "Error: Cannot find module './theme'\n",
            "npm error Lifecycle script `build:site` failed with error:\n",
        ]),
    );
    let found = world.evidence.gather(&pipeline, &failures[0]).await;
    assert!(cause(&found).iter().any(|line| line.contains("Cannot find module './theme'")), "{:?}", cause(&found));
    assert_eq!(world.operations(), ["GetLogEvents"]);
}

#[tokio::test]
async fn the_region_and_the_account_in_a_logs_own_name_decide() {
    let world = World::new();
    let log = |account: &str| {
        format!("arn:aws:logs:ap-southeast-2:{account}:log-group:/aws/codepipeline/web:log-stream:57c5/a388")
    };
    let found = world.gather(&failure("Commands", &log("111122223333"))).await;
    assert_eq!(found.missing, ["The log stream 57c5/a388 of /aws/codepipeline/web no longer exists"]);
    assert_eq!(world.aws.requests()[0].region, "ap-southeast-2");
    let found = world.gather(&failure("Commands", &log("999900001111"))).await;
    assert_eq!(found.missing, ["The log is in account 999900001111, where Andon has no role"]);
}
