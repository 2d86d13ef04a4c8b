//! An alert as it reads in Slack.

use serde_json::json;
use test_support::browser::{Colours, Scripts, Visit};
use test_support::tools;

use crate::{look, support, texts, visit};

/// A channel beside Slack's sidebar.
const CHANNEL: (u32, u32) = (780, 555);

#[test]
fn a_failure_reads_well_in_slack() {
    let run = support::recorded("retry-succeeded");
    let previewed = support::run(&["preview", "failed", "--run", &run, "--as", "slack", "--json"]);
    assert_eq!(previewed.code, 0, "{}", previewed.err);
    let page = std::fs::read_to_string(tools::sources().join("slack.html")).unwrap();
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("alert.html");
    std::fs::write(&file, page.replace("MESSAGE;", &format!("{};", previewed.json()))).unwrap();
    let seen = visit(&[Visit {
        url: format!("file://{}", file.display()),
        window: CHANNEL,
        colours: Colours::Light,
        scripts: Scripts::Run,
        steps: vec![look("alert"), json!({ "read": "h1" }), json!({ "read": "pre" }), json!({ "read": ".actions a" })],
    }]);
    let [_, title, cause, links] = &seen[0].steps[..] else { panic!("{seen:?}") };
    assert_eq!(texts(title), ["ledger-core failed in Deploy / DeployLedger"]);
    assert!(texts(cause)[0].contains("sqs:SetQueueAttributes"), "the resource that failed first: {cause}");
    assert_eq!(texts(links), ["Open log", "Open run", "View change"]);
}
