//! What several pages show: signs, times, changes, addresses.

use std::fmt::Write as _;

use andon::board::Light;
use andon::history::ChangeSummary;
use andon::message::span;
use andon::name::PipelineId;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// A status as a shape: each light has its own, so that nobody needs to see colours.
pub(super) fn sign(light: Light, word: &str) -> Markup {
    html! {
        svg class={ "sign " (light.word()) } viewBox="0 0 20 20" role="img" aria-label=(word) {
            title { (word) }
            @match light {
                Light::Red => {
                    path class="ground" d="M6 1h8l5 5v8l-5 5H6l-5-5V6z" {}
                    path class="mark" d="M7 7l6 6M13 7l-6 6" {}
                }
                Light::Waiting => {
                    path class="ground" d="M10 1.5l9 16.5H1z" {}
                    path class="mark" d="M10 7.5v4.5M10 14.6v.6" {}
                }
                Light::Running => {
                    circle class="ring" cx="10" cy="10" r="8" {}
                    path class="ground" d="M8 6.2l6 3.8-6 3.8z" {}
                }
                Light::Green => {
                    circle class="ground" cx="10" cy="10" r="9" {}
                    path class="mark" d="M6 10.4l2.8 2.8L14.2 7.4" {}
                }
                Light::Grey => {
                    rect class="ground" x="2" y="2" width="16" height="16" rx="4" {}
                    path class="mark" d="M6 10h8" {}
                }
            }
        }
    }
}

/// A span of time between two moments.
pub(super) fn between(from: Timestamp, to: Timestamp) -> String {
    unbroken(&span(to.duration_since(from)))
}

/// A number of seconds as a span.
pub(super) fn seconds(seconds: i64) -> String {
    unbroken(&span(SignedDuration::from_secs(seconds)))
}

/// A text that stays on one line.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// A moment, exact where the pointer rests on it.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at) title=(at.strftime("%e %b %Y, %H:%M:%S UTC")) { (unbroken(&crate::terminal::ago(at, now))) } }
}

/// A change: its short id, its first line, its author.
pub(super) fn change(change: &ChangeSummary) -> Markup {
    html! {
        @if let Some(id) = &change.id {
            code { (id.chars().take(8).collect::<String>()) } " "
        }
        @if let Some(title) = &change.title { span.title { (title) } }
        @if let Some(author) = &change.author { span.author { " by " (author) } }
    }
}

/// The page of a pipeline.
pub(super) fn address(pipeline: &PipelineId) -> String {
    let home = &pipeline.home;
    let parts = [home.account.as_str(), home.region.as_str(), pipeline.name.as_str()].map(encode);
    format!("/pipelines/{}", parts.join("/"))
}

/// A text as one segment of a path.
fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_within_its_segment_of_a_path() {
        assert_eq!(encode("payments-api"), "payments-api");
        assert_eq!(encode("../a b\"🚀"), "%2E%2E%2Fa%20b%22%F0%9F%9A%80");
    }
}
