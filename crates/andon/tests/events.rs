//! Every sample event is read as what it is; the snapshots say what that is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use andon::event::envelope::{Delivery, open};
use andon::event::{Event, EvidenceEvent, PipelineEvent, Received, Subject, parse};
use andon::testing::{folder, home};
use serde_json::Value;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json" || extension == "txt"))
        .collect();
    files.sort();
    files
}

/// What a file holds, an event a line.
fn read(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let payload: Value = match serde_json::from_str(&text) {
        Ok(payload) => payload,
        Err(error) => return vec![format!("not JSON: {error}")],
    };
    let received = Received { home: home(), at: "2026-11-20T12:00:00Z".parse().unwrap() };
    let events = match open(payload) {
        Delivery::Batch(records) => records.into_iter().map(|record| record.event).collect(),
        Delivery::Direct(events) => events,
    };
    events
        .into_iter()
        .map(|event| match event.and_then(|event| parse(&event, &received)) {
            Ok(Event::Pipeline(event)) => said(&event),
            Ok(Event::ApprovalRequest(request)) => format!(
                "approval of {}: {} / {}, token {:?}, expires {:?}",
                request.pipeline, request.stage, request.action, request.token, request.expires
            ),
            Ok(Event::Deleted(deleted)) => format!("{} was deleted", deleted.pipeline),
            Ok(Event::Evidence(EvidenceEvent { external, kind, state, messages, log, .. })) => {
                let log = if log.is_some() { ", log known" } else { "" };
                format!("{kind:?} {external}: {state}{log} {messages:?}")
            }
            Ok(Event::Unknown(unknown)) => format!("ignored: {}", unknown.what),
            Err(malformed) => format!("malformed: {malformed}"),
        })
        .collect()
}

fn said(event: &PipelineEvent) -> String {
    let subject = match &event.subject {
        Subject::Pipeline => "run".to_owned(),
        Subject::Stage(stage) => stage.to_string(),
        Subject::Action { stage, action } => format!("{stage} / {action}"),
        Subject::Unnamed => "(unnamed)".to_owned(),
    };
    let mut line = format!(
        "{} {}: {subject} {:?}, attempt {}",
        event.pipeline,
        event.execution.short(),
        event.state,
        event.attempt.number()
    );
    if let Some(result) = event.action.as_ref().and_then(|action| action.result.as_ref()) {
        write!(
            line,
            ", says {:?} {:?}",
            result.error_code.as_deref().unwrap_or(""),
            result.summary.as_deref().unwrap_or("")
        )
        .unwrap();
    }
    if let Some(trigger) = &event.trigger {
        write!(line, ", by {trigger:?}").unwrap();
    }
    for failed in &event.failed_actions {
        write!(line, ", failed {} {:?}", failed.action, failed.information.as_deref().unwrap_or("")).unwrap();
    }
    line
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn single_events_are_read_as_what_they_are() {
    let mut all = String::new();
    for path in files(&folder()).iter().filter(|path| !name(path).contains("-run-")) {
        writeln!(all, "{}\n  {}", name(path), read(path).join("\n  ")).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn no_event_of_a_run_is_malformed_or_left_alone() {
    for path in files(&folder()).iter().filter(|path| name(path).contains("-run-")) {
        for line in read(path) {
            let fine = !line.starts_with("malformed")
                && (!line.starts_with("ignored") || line.contains("CodeBuild Build Phase Change"));
            assert!(fine, "{}: {line}", path.display());
        }
    }
}

#[test]
fn what_is_broken_is_named() {
    let mut all = String::new();
    for path in files(&folder().join("bad")) {
        writeln!(all, "{}\n  {}", name(&path), read(&path).join("\n  ")).unwrap();
    }
    insta::assert_snapshot!(all);
}

/// Captures of real events that are kept beside the repository, where they are at hand.
#[test]
fn real_captures_are_read_as_well() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/events");
    if !captures.is_dir() {
        return;
    }
    for path in files(&captures) {
        let file = name(&path);
        for line in read(&path) {
            assert!(!line.starts_with("malformed"), "{file}: {line}");
            let codepipeline =
                (file.starts_with("cp-") || file.starts_with("synthetic-cp") || file.starts_with("seq-"))
                    && !file.contains("sns-message");
            assert!(!codepipeline || !line.starts_with("ignored"), "{file}: {line}");
        }
    }
}

#[test]
fn links_are_read_without_their_secrets() {
    let received = Received { home: home(), at: "2026-11-20T12:00:00Z".parse().unwrap() };
    let link = "https://ci.example.com/build/12?token=k3j4h5g6f7d8&page=2";
    let event = serde_json::json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
        "account": "123456789012", "region": "eu-west-1", "time": "2026-11-20T12:00:00Z",
        "detail": {
            "pipeline": "shop", "execution-id": "01234567-0123-0123-0123-012345678901", "state": "FAILED",
            "stage": "Build", "action": "CI", "execution-result": { "external-execution-url": link },
        },
        "additionalAttributes": { "externalEntityLink": link },
    });
    let Ok(Event::Pipeline(event)) = parse(&event, &received) else { panic!("not an event of a pipeline") };
    let shown = format!("{event:?}");
    assert!(shown.contains("https://ci.example.com/build/12?token=***&page=2"), "{shown}");
    assert!(!shown.contains("k3j4h5g6f7d8"), "{shown}");
}
