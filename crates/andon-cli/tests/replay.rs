//! `andon replay`: the recorded runs give the alerts and the metric data that `events/README.md` lists.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use serde_json::{Value, json};
use support::{Ended, recorded, run, run_with};

/// Recorded runs played one after the other, the alerts they lead to, and the times they decide.
struct Case {
    runs: &'static [&'static str],
    alerts: &'static [&'static str],
    times: &'static [&'static str],
}

const HISTORY: &[&str] = &[
    "failed checkout-svc-prod",
    "recovered checkout-svc-prod",
    "failed payments-api",
    "recovered payments-api",
    "failed ledger-core",
    "failed ledger-core",
    "recovered ledger-core",
];

const ALONE: &[Case] = &[
    Case {
        runs: &["succeeded"],
        alerts: &["approval-needed checkout-svc-prod"],
        times: &["checkout-svc-prod ApprovalWait 868", "checkout-svc-prod SuccessLeadTime 1888"],
    },
    Case { runs: &["build-failed"], alerts: &["failed payments-api"], times: &["payments-api FailureLeadTime 340"] },
    Case {
        runs: &["build-failed-again"],
        alerts: &["failed payments-api"],
        times: &["payments-api FailureLeadTime 331"],
    },
    Case {
        runs: &["build-fixed"],
        alerts: &[],
        times: &["payments-api ChangeLeadTime 767", "payments-api SuccessLeadTime 734"],
    },
    Case {
        runs: &["build-failed", "build-failed-again", "build-fixed"],
        alerts: &["failed payments-api", "failed payments-api", "recovered payments-api"],
        times: &[
            "payments-api FailureLeadTime 340",
            "payments-api FailureLeadTime 331",
            "payments-api ChangeLeadTime 767",
            "payments-api RecoveryTime 1714",
            "payments-api RedTime 1320",
            "payments-api SuccessLeadTime 734",
        ],
    },
    Case {
        runs: &["deploy-failed-parallel"],
        alerts: &["failed orders-fulfilment"],
        times: &["orders-fulfilment FailureLeadTime 1077"],
    },
    Case {
        runs: &["retry-succeeded"],
        alerts: &["failed ledger-core", "recovered ledger-core"],
        times: &[
            "ledger-core FailureLeadTime 566",
            "ledger-core RecoveryTime 1345",
            "ledger-core RedTime 1575",
            "ledger-core SuccessLeadTime 1911",
        ],
    },
    Case { runs: &["approval-rejected"], alerts: &["approval-needed website"], times: &["website ApprovalWait 1053"] },
    Case { runs: &["superseded"], alerts: &[], times: &["search-indexer SuccessLeadTime 855"] },
    Case { runs: &["stopped"], alerts: &[], times: &[] },
    Case {
        runs: &["cross-region-failed"],
        alerts: &["failed invoice-export"],
        times: &["invoice-export FailureLeadTime 670"],
    },
    Case { runs: &["commands-failed"], alerts: &["failed docs-portal"], times: &["docs-portal FailureLeadTime 131"] },
    Case { runs: &["lost-start"], alerts: &["failed image-resizer"], times: &[] },
    Case { runs: &["running"], alerts: &["approval-needed mobile-bff"], times: &[] },
    Case { runs: &["in-progress"], alerts: &[], times: &[] },
];

/// What the day adds once the days before it are known.
const AFTER_HISTORY: &[Case] = &[
    Case {
        runs: &["build-failed", "build-failed-again", "build-fixed"],
        alerts: &["failed payments-api", "failed payments-api", "recovered payments-api"],
        times: &[
            "payments-api FailureLeadTime 340",
            "payments-api GreenTime 253157",
            "payments-api FailureLeadTime 331",
            "payments-api ChangeLeadTime 767",
            "payments-api DeliveryLeadTime 2054",
            "payments-api RecoveryTime 1714",
            "payments-api RedTime 1320",
            "payments-api SuccessCycleTime 59110",
            "payments-api SuccessLeadTime 734",
        ],
    },
    Case {
        runs: &["succeeded"],
        alerts: &["approval-needed checkout-svc-prod"],
        times: &[
            "checkout-svc-prod ApprovalWait 868",
            "checkout-svc-prod DeliveryLeadTime 1888",
            "checkout-svc-prod SuccessCycleTime 65979",
            "checkout-svc-prod SuccessLeadTime 1888",
        ],
    },
    Case {
        runs: &["deploy-failed-parallel"],
        alerts: &["failed orders-fulfilment"],
        times: &["orders-fulfilment FailureLeadTime 1077", "orders-fulfilment GreenTime 346264"],
    },
    Case {
        runs: &["retry-succeeded"],
        alerts: &["failed ledger-core", "recovered ledger-core"],
        times: &[
            "ledger-core FailureLeadTime 566",
            "ledger-core GreenTime 172958",
            "ledger-core DeliveryLeadTime 1911",
            "ledger-core RecoveryTime 1345",
            "ledger-core RedTime 1575",
            "ledger-core SuccessCycleTime 77965",
            "ledger-core SuccessLeadTime 1911",
        ],
    },
];

fn played(runs: &[&str]) -> Ended {
    let files: Vec<String> = runs.iter().map(|name| recorded(name)).collect();
    let mut arguments = vec!["replay", "--json"];
    arguments.extend(files.iter().map(String::as_str));
    let ended = run(&arguments);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{runs:?}");
    ended
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} of {value}"))
}

fn alerts(lines: &[Value]) -> Vec<String> {
    let alerts = lines.iter().filter(|line| line["type"] == "alert");
    alerts.map(|alert| format!("{} {}", text(alert, "kind"), text(alert, "pipeline"))).collect()
}

/// The times of whole pipelines. That every success has a duration, too, is another test's business.
fn times(lines: &[Value]) -> Vec<String> {
    let is_time = |line: &&Value| line["type"] == "metric" && line["unit"] == "Seconds" && line["name"] != "Duration";
    let times = lines.iter().filter(is_time).filter(|line| line["dimensions"].get("StageName").is_none());
    times
        .map(|time| format!("{} {} {}", text(&time["dimensions"], "PipelineName"), text(time, "name"), time["value"]))
        .collect()
}

/// How often something was counted: of the pipeline, of its stages, of its actions.
fn counts(lines: &[Value], name: &str) -> [usize; 3] {
    [1, 2, 3].map(|dimensions| {
        let counted = |line: &&Value| {
            line["name"] == name && line["dimensions"].as_object().is_some_and(|all| all.len() == dimensions)
        };
        lines.iter().filter(counted).map(|line| usize::try_from(line["value"].as_u64().unwrap()).unwrap()).sum()
    })
}

#[test]
fn every_recorded_run_gives_the_alerts_and_times_that_are_listed() {
    for Case { runs, alerts: expected, times: decided } in ALONE {
        let lines = played(runs).json_lines();
        assert_eq!(alerts(&lines), *expected, "{runs:?}");
        assert_eq!(times(&lines), *decided, "{runs:?}");
    }
}

#[test]
fn the_days_before_are_told_and_add_what_hangs_on_them() {
    let past = played(&["history"]).json_lines();
    assert_eq!(alerts(&past), HISTORY);
    let past_times = times(&past).len();
    for Case { runs, alerts: expected, times: decided } in AFTER_HISTORY {
        let all: Vec<&str> = ["history"].iter().chain(*runs).copied().collect();
        let lines = played(&all).json_lines();
        assert_eq!(alerts(&lines)[HISTORY.len()..], **expected, "{runs:?}");
        assert_eq!(times(&lines)[past_times..], **decided, "{runs:?}");
    }
}

#[test]
fn the_green_runs_of_the_day_recover_what_was_broken_in_it() {
    let lines = played(&["quick-successes"]).json_lines();
    assert_eq!(alerts(&lines), [""; 0]);
    let lines = played(&["commands-failed", "lost-start", "quick-successes"]).json_lines();
    assert_eq!(
        alerts(&lines),
        ["failed docs-portal", "failed image-resizer", "recovered docs-portal", "recovered image-resizer"]
    );
    assert!(times(&lines).contains(&"docs-portal RedTime 2147".to_owned()));
    assert!(times(&lines).contains(&"docs-portal SuccessLeadTime 143".to_owned()));
}

#[test]
fn a_retry_in_place_is_counted_as_the_listing_says() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("andon.yml");
    let counted = |detail: &str, metric: &str| {
        std::fs::write(&config, format!("version: 1\nstatistics: {{ detail: {detail} }}\n")).unwrap();
        let of_all = ["replay", "--json", "--config", config.to_str().unwrap(), &recorded("retry-succeeded")];
        counts(&run(&of_all).json_lines(), metric)
    };
    assert_eq!(counted("action", "SuccessCount"), [1, 3, 3]);
    assert_eq!(counted("action", "FailureCount"), [1, 1, 1]);
    assert_eq!(counted("stage", "SuccessCount"), [1, 3, 0]);
    assert_eq!(counts(&played(&["retry-succeeded"]).json_lines(), "SuccessCount"), [1, 0, 0]);
}

#[test]
fn a_rejection_is_counted_nowhere_as_a_failure() {
    assert_eq!(counts(&played(&["approval-rejected"]).json_lines(), "FailureCount"), [0, 0, 0]);
}

#[test]
fn a_run_told_twice_by_event_and_by_notification_is_told_once() {
    let notified = support::folder().join("codestar-run-build-failed.json");
    let both = run(&["replay", "--json", &recorded("build-failed"), notified.to_str().unwrap()]);
    assert_eq!(both.code, 0, "{}", both.err);
    let lines = both.json_lines();
    assert_eq!(alerts(&lines), ["failed payments-api"]);
    assert_eq!(counts(&lines, "FailureCount")[0], 1);
}

#[test]
fn lines_are_written_as_they_are_pinned() {
    let lines = played(&["cross-region-failed"]).json_lines();
    let alert = lines.iter().find(|line| line["type"] == "alert").unwrap();
    let mut members: Vec<&str> = alert.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        ["account", "action", "execution", "kind", "pipeline", "reason", "region", "stage", "text", "type"]
    );
    assert_eq!(
        (text(alert, "account"), text(alert, "region"), text(alert, "stage"), text(alert, "action")),
        ("444455556666", "eu-west-1", "Deploy", "DeployUsEast1")
    );
    assert!(text(alert, "reason").starts_with("Stack invoice-export was rolled back"));
    let red = played(&["retry-succeeded"]);
    let metric = red.out.lines().find(|line| line.contains("RedTime")).unwrap();
    assert_eq!(
        metric,
        r#"{"type":"metric","name":"RedTime","value":1575,"unit":"Seconds","dimensions":{"PipelineName":"ledger-core"},"timestamp":"2026-11-20T09:37:02Z"}"#
    );
}

#[test]
fn what_quiet_hours_hold_back_is_named() {
    let config = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("quiet.yml");
    let quiet = "version: 1\nroutes:\n  - { quiet: { from: '10:00', to: '18:00' }, to: default }\n";
    std::fs::write(&config, quiet).unwrap();
    let played = run(&["replay", "--json", "--config", config.to_str().unwrap(), &recorded("running")]);
    assert_eq!(played.code, 0, "{}", played.err);
    assert_eq!(alerts(&played.json_lines()), [""; 0]);
    assert!(played.err.contains("approval-needed/"), "{}", played.err);
    assert!(played.err.contains("is held for quiet hours until 2026-11-20T18:00:00Z"), "{}", played.err);
}

#[test]
fn a_failure_that_nobody_explains_is_told_once_the_input_is_over() {
    let event = json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": "2018-01-01T00:00:00Z",
        "detail": {"pipeline": "p", "execution-id": "e", "state": "FAILED"},
    });
    let twice = json!([event, event]).to_string();
    let ended = run_with(twice.as_bytes(), &["replay", "--json", "-"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let lines = ended.json_lines();
    assert_eq!(alerts(&lines), ["failed p"]);
    assert_eq!(counts(&lines, "FailureCount"), [1, 0, 0]);
}

#[test]
fn pipelines_of_another_account_carry_its_dimensions() {
    let lines = played(&["build-failed", "cross-region-failed"]).json_lines();
    let dimensions = |pipeline: &str| {
        let metric = lines
            .iter()
            .find(|line| line["name"] == "FailureLeadTime" && line["dimensions"]["PipelineName"] == pipeline);
        metric.unwrap()["dimensions"].clone()
    };
    assert_eq!(dimensions("payments-api"), json!({"PipelineName": "payments-api"}));
    assert_eq!(
        dimensions("invoice-export"),
        json!({"PipelineName": "invoice-export", "AccountId": "444455556666", "Region": "eu-west-1"})
    );
}

#[test]
fn a_replay_into_a_directory_is_remembered_there() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap();
    let first = run(&["replay", "--json", "--data", data, &recorded("build-failed")]);
    assert_eq!(alerts(&first.json_lines()), ["failed payments-api"]);
    let again = run(&["replay", "--json", "--data", data, &recorded("build-failed")]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    let fixed = run(&["replay", "--json", "--data", data, &recorded("build-fixed")]);
    assert_eq!(alerts(&fixed.json_lines()), ["recovered payments-api"]);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let mut child = support::andon(&["replay", "--json", &recorded("history")])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap().as_str()), (Some(0), ""));
}
