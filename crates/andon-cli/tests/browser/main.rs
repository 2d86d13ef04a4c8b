//! The board in a real browser: on the page of `andon demo` and `andon serve`, and in a frame like CloudWatch's.
//!
//! The pictures are left in `target/tmp/board`; those of the documentation are copies of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "compiled for tests only"
)]

#[path = "../support/mod.rs"]
mod support;

mod alert;
mod page;
mod widget;

use std::path::PathBuf;

use serde_json::{Value, json};
use test_support::browser::{Seen, Visit, make};

/// A desktop's window, and a phone's.
const DESKTOP: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// A look at the page, kept as a picture.
fn look(picture: &str) -> Value {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("board");
    std::fs::create_dir_all(&folder).unwrap();
    json!({ "look": folder.join(format!("{picture}.png")) })
}

/// Makes visits in which nothing may go wrong: no error, nothing that sticks out of its page, nothing that axe finds
/// hard to read or to reach.
fn visit(visits: &[Visit]) -> Vec<Seen> {
    let made = make(visits).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(made.len(), visits.len());
    for (seen, visit) in made.iter().zip(visits) {
        assert_eq!(seen.complaints, [""; 0], "{}", visit.url);
        assert_eq!(seen.steps.len(), visit.steps.len(), "{}", visit.url);
        for (step, planned) in seen.steps.iter().zip(&visit.steps).filter(|(step, _)| step["step"] == "look") {
            assert_eq!((&step["overflow"], &step["violations"]), (&json!([]), &json!([])), "{planned}");
        }
    }
    made
}

/// The texts that a step has read.
fn texts(step: &Value) -> Vec<&str> {
    step["text"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}
