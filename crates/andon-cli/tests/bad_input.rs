//! Input that is wrong: no panic, no lost neighbour, one line that says what is wrong and where.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use serde_json::{Value, json};
use support::{Ended, folder, recorded, run, run_with};

fn good() -> Value {
    json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": "2026-11-20T08:00:00Z",
        "detail": {
            "pipeline": "neighbour", "execution-id": "e", "stage": "Build", "action": "Test", "state": "FAILED",
            "execution-result": {"external-execution-summary": "2 tests failed"},
        },
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut event = good();
    change(&mut event);
    event
}

/// Plays something between two good events of the same run.
fn between_neighbours(middle: &Value) -> Ended {
    run_with(json!([good(), middle, good()]).to_string().as_bytes(), &["replay", "--json", "-"])
}

fn told(ended: &Ended) -> Vec<String> {
    let lines = ended.json_lines();
    let alerts = lines.iter().filter(|line| line["type"] == "alert");
    alerts
        .map(|alert| format!("{}: {}", alert["pipeline"].as_str().unwrap(), alert["reason"].as_str().unwrap()))
        .collect()
}

#[test]
fn what_is_wrong_is_named_and_its_neighbours_are_told() {
    let cases = [
        (json!(7), "event 2 of 3: cannot read an event: the event is a number, not an object"),
        (json!(null), "event 2 of 3: cannot read an event: the event is null, not an object"),
        (json!("{"), "event 2 of 3: cannot read an event: the event is a string, not an object"),
        (
            with(|event| event["detail"] = json!("x")),
            "event 2 of 3: cannot read a CodePipeline event: detail is a string, not an object",
        ),
        (
            with(|event| event["detail"]["state"] = json!(3)),
            "event 2 of 3: cannot read a CodePipeline event: detail.state is a number, not a string",
        ),
        (
            with(|event| event["detail"]["execution-id"] = json!("")),
            "event 2 of 3: cannot read a CodePipeline event: detail.execution-id is invalid: a execution id must not be empty",
        ),
        (
            with(|event| event["detail"]["pipeline"] = json!("x".repeat(101))),
            "event 2 of 3: cannot read a CodePipeline event: detail.pipeline is invalid: a pipeline name has at most 100 characters; this one has 101",
        ),
        (
            with(|event| event["time"] = json!("noon")),
            "event 2 of 3: cannot read a CodePipeline event: time is not a time",
        ),
        (
            json!({"Type": "Notification", "Message": "{oops"}),
            "event 2 of 3: cannot read an envelope: Message is not JSON",
        ),
    ];
    for (middle, problem) in cases {
        let ended = between_neighbours(&middle);
        assert_eq!(ended.code, 1, "{middle}");
        assert_eq!(told(&ended), ["neighbour: 2 tests failed"], "{middle}");
        assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
        assert!(ended.err.starts_with(&format!("andon: standard input: {problem}")), "{}", ended.err);
    }
}

#[test]
fn what_is_wrong_in_a_nested_list_is_named_by_its_place_among_all() {
    let ended = between_neighbours(&json!([1, 2]));
    assert_eq!((ended.code, told(&ended)), (1, vec!["neighbour: 2 tests failed".to_owned()]));
    let said: Vec<&str> = ended.err.lines().collect();
    assert_eq!(
        said,
        [2, 3].map(|place| {
            format!(
                "andon: standard input: event {place} of 4: cannot read an event: the event is a number, not an object"
            )
        })
    );
}

#[test]
fn what_is_only_unusual_is_no_reason_to_complain() {
    let mut other = 0;
    let mut of_other_run = |change: fn(&mut Value)| {
        other += 1;
        with(|event| {
            event["detail"]["execution-id"] = json!(format!("other-{other}"));
            change(event);
        })
    };
    let cases = [
        json!({}),
        json!({"andon": "sweep"}),
        of_other_run(|event| event["detail"]["state"] = json!("PAUSED")),
        of_other_run(|event| event["detail-type"] = json!("Something New")),
        of_other_run(|event| event["detail"]["pipeline"] = json!("🚀-deploy-🚀")),
        of_other_run(|event| event["detail"]["execution-id"] = json!("arn:aws:codepipeline:eu-west-1:1:p/e")),
        of_other_run(|event| event["time"] = json!("9999-12-30T00:00:00Z")),
        of_other_run(|event| event["time"] = json!("0001-01-01T00:00:00Z")),
        of_other_run(|event| event["detail"]["filler"] = json!("x".repeat(256 << 10))),
        of_other_run(|event| {
            event["detail"]["execution-result"]["external-execution-summary"] = json!("y".repeat(256 << 10));
        }),
    ];
    for middle in cases {
        let ended = between_neighbours(&middle);
        let start: String = middle.to_string().chars().take(300).collect();
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{start}");
        assert!(told(&ended).contains(&"neighbour: 2 tests failed".to_owned()), "{start}");
    }
}

#[test]
fn a_time_that_cannot_be_makes_nobody_else_look_old() {
    // Unexplained failures are kept back for some seconds. Were it the year 9999, they would be told at once.
    let failed = with(|event| {
        event["detail-type"] = json!("CodePipeline Pipeline Execution State Change");
        event["detail"] = json!({"pipeline": "neighbour", "execution-id": "e", "state": "FAILED"});
    });
    let late = with(|event| {
        event["time"] = json!("9999-12-30T00:00:00Z");
        event["detail"]["execution-id"] = json!("of the far future");
        event["detail"]["pipeline"] = json!("prank");
    });
    let input = json!([late, failed, late, good()]).to_string();
    let ended = run_with(input.as_bytes(), &["replay", "--json", "-"]);
    assert_eq!(told(&ended), ["prank: 2 tests failed", "neighbour: 2 tests failed"]);
}

#[test]
fn a_file_that_breaks_off_is_played_up_to_there() {
    let mut text = format!("{}\n{}", good(), good());
    text.truncate(text.len() - 20);
    let ended = run_with(text.as_bytes(), &["replay", "--json", "-"]);
    assert_eq!(ended.code, 1);
    assert_eq!(told(&ended), ["neighbour: 2 tests failed"]);
    assert!(
        ended.err.starts_with("andon: standard input: the text after its events is not JSON: EOF"),
        "{}",
        ended.err
    );
}

#[test]
fn files_that_hold_no_event_are_named() {
    for (input, problem) in [
        ("", "the file contains no events"),
        (" \n ", "the file contains no events"),
        ("[]", "the file contains no events"),
        ("hello", "the file is not JSON: expected value at line 1 column 1"),
    ] {
        let ended = run_with(input.as_bytes(), &["replay", "--json", "-"]);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{input:?}");
        assert_eq!(ended.err, format!("andon: standard input: {problem}\n"), "{input:?}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(run_with(deep.as_bytes(), &["replay", "-"]).code, 1);
    assert_eq!(run_with(b"\xff\xfe\x00", &["replay", "-"]).code, 1);
    let marked = [b"\xef\xbb\xbf".as_slice(), good().to_string().as_bytes()].concat();
    assert_eq!(run_with(&marked, &["replay", "-"]).code, 0);
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_from_being_played() {
    let ended = run(&["replay", "--json", "no-such-file.json", &recorded("build-failed")]);
    assert_eq!(ended.code, 2);
    assert_eq!(told(&ended), ["payments-api: Build terminated with state: FAILED"]);
    assert!(ended.err.starts_with("andon: cannot read no-such-file.json: No such file"), "{}", ended.err);
}

#[test]
fn every_bad_sample_is_survived() {
    let malformed = [
        "array-of-numbers.json",
        "detail-is-text.json",
        "execution-id-is-a-number.json",
        "missing-execution-id.json",
        "missing-pipeline.json",
        "missing-state.json",
        "not-json.txt",
        "number.json",
        "sqs-batch-one-poisoned.json",
        "time-is-not-a-time.json",
        "year-9999-time.json",
    ];
    let mut names: Vec<String> = std::fs::read_dir(folder().join("bad"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in names {
        let file = folder().join("bad").join(&name);
        let ended = run(&["replay", "--json", file.to_str().unwrap()]);
        let expected = i32::from(malformed.contains(&name.as_str()));
        assert_eq!(ended.code, expected, "{name}: {}", ended.err);
        assert_eq!(ended.err.is_empty(), expected == 0, "{name}: {}", ended.err);
    }
}

#[test]
fn text_from_outside_never_steers_the_terminal() {
    let file = folder().join("bad/hostile-text-failed.json");
    let ended = run(&["replay", file.to_str().unwrap()]);
    assert_eq!(ended.code, 0);
    let steers = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}');
    assert_eq!(ended.out.chars().find(|c| steers(*c)), None, "{}", ended.out);
}
