//! Any bytes: no panic, at most twelve lines, all of which exist, the same answer twice, nothing left to redact.
#![no_main]

use andon_diagnosis::{Evidence, Log, MOST_LINES, diagnose};
use andon_redaction::redact;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let evidence = Evidence::from_log(Log::from_bytes(bytes));
    let diagnosis = diagnose(&evidence, &[]);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(diagnosis.cause.len() <= MOST_LINES);
    assert!(diagnosis.cause.iter().all(|line| line.line >= 1 && line.line <= lines));
    assert_eq!(diagnosis, diagnose(&evidence, &[]));
    let text = String::from_utf8_lossy(bytes);
    let once = redact(&text).into_owned();
    assert_eq!(redact(&once), once);
});
