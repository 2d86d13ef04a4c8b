//! What must hold for any bytes, of the code that reads what others wrote: logs, events, configuration.
//!
//! `cargo xtask fuzz TARGET` looks for bytes for which it does not; the tests here check recorded and random ones. A check
//! panics when something does not hold.

pub mod seeds;

use andon::event::envelope::{self, Delivery};
use andon::event::{self, Event, Received};
use andon::name::{AccountId, Home, Region};
use andon::run::Run;
use andon_config::{Config, Style, Surroundings, render};
use andon_diagnosis::{Evidence, Log, MOST_LINES};
use andon_redaction::{redact, redact_lines};
use jiff::Timestamp;
use serde_json::Value;

/// The width of the terminal that mistakes are shown on.
const WIDTH: usize = 80;

/// A log: at most twelve lines are quoted, all of them exist, the answer is the same twice, and what is redacted holds
/// nothing more to redact.
///
/// # Panics
///
/// If that does not hold.
pub fn diagnose(bytes: &[u8]) {
    let evidence = Evidence::from_log(Log::from_bytes(bytes));
    let diagnosis = andon_diagnosis::diagnose(&evidence, &[]);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(diagnosis.cause.len() <= MOST_LINES, "{} lines", diagnosis.cause.len());
    assert!(diagnosis.cause.iter().all(|line| line.line >= 1 && line.line <= lines), "a line that is not there");
    assert_eq!(diagnosis, andon_diagnosis::diagnose(&evidence, &[]), "the same log, another cause");
    redaction(bytes);
}

/// Any text: what is redacted holds nothing more to redact, has the same number of lines, and is the same line by line; a
/// secret behind its name is hidden whatever stands around it on other lines.
///
/// # Panics
///
/// If that does not hold.
pub fn redaction(bytes: &[u8]) {
    const SECRET: &str = "q8Zr2LmX0vTk";
    let text = String::from_utf8_lossy(bytes);
    let once = redact(&text).into_owned();
    assert_eq!(redact(&once), once, "what is redacted is redacted again");
    if once != andon_redaction::HIDDEN {
        assert_eq!(once.split('\n').count(), text.split('\n').count(), "a line is lost");
    }
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(redact_lines(lines.iter().copied()).len(), lines.len(), "a line is lost");
    let around = format!("{text}\nDB_PASSWORD={SECRET}\n{text}");
    assert!(!redact(&around).contains(SECRET), "a secret is shown");
}

/// A function's payload: its records are all there, each event is read or refused by naming the member, and what is
/// recorded twice is recorded once.
///
/// # Panics
///
/// If that does not hold.
pub fn events(bytes: &[u8]) {
    let Ok(payload) = serde_json::from_slice::<Value>(bytes) else { return };
    let records = payload.get("Records").and_then(Value::as_array).map(Vec::len);
    let events: Vec<_> = match envelope::open(payload) {
        Delivery::Batch(batch) => {
            assert_eq!(Some(batch.len()), records, "a record is lost");
            batch.into_iter().map(|record| record.event).collect()
        }
        Delivery::Direct(events) => events,
    };
    for event in events {
        let malformed = match event.and_then(|event| event::parse(&event, &received())) {
            Ok(Event::Pipeline(event)) => {
                let mut run = Run::of(&event);
                let once = run.clone();
                assert!(!run.merge(once.clone()), "the same event changes a run twice");
                assert_eq!(run, once);
                continue;
            }
            Ok(_) => continue,
            Err(malformed) => malformed,
        };
        assert!(!malformed.member.is_empty() && !malformed.problem.is_empty(), "{malformed:?}");
    }
}

/// A configuration: it is used only without errors, each mistake is at a place in the file, and shown the same in every
/// form.
///
/// # Panics
///
/// If that does not hold.
pub fn configuration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let checked = Config::check(&text, "andon.yml", Surroundings { region: Some("eu-west-1") });
    assert_eq!(checked.config.is_some(), checked.findings.errors().next().is_none(), "errors and a configuration");
    for finding in &checked.findings {
        let place = finding.span();
        assert!(checked.findings.text().get(place.clone()).is_some(), "{place:?} is not in the file: {finding:?}");
        let (line, column) = checked.findings.position(finding);
        assert!(line >= 1 && column >= 1 && line <= text.lines().count() + 1, "{line}:{column}");
    }
    if !checked.findings.is_empty() {
        for style in [Style::Colour, Style::Plain, Style::Ascii] {
            assert!(!render(&checked.findings, style, WIDTH).is_empty());
        }
    }
    assert_eq!(checked, Config::check(&text, "andon.yml", Surroundings { region: Some("eu-west-1") }));
}

/// What a target does without a fuzzer: it checks the files that it is given, as one looks at a finding, or writes the
/// recorded files into a folder, after `--seeds`.
///
/// # Errors
///
/// A file that cannot be read or written.
pub fn main(check: fn(&[u8]), target: seeds::Target) -> std::io::Result<()> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    if arguments.next_if(|first| first == "--seeds").is_some() {
        return arguments.next().map_or(Ok(()), |folder| seeds::plant(target, folder.as_ref()));
    }
    for file in arguments {
        check(&std::fs::read(file)?);
    }
    Ok(())
}

/// Where and when events are received here.
///
/// # Panics
///
/// Never: the names are well-formed.
fn received() -> Received {
    let account = AccountId::parse("111122223333").expect("an account");
    let region = Region::parse("eu-west-1").expect("a region");
    Received { home: Home { account, region }, at: Timestamp::UNIX_EPOCH }
}
