//! Alerts as incidents, for destinations that wake people: which opens one, which ends it, and its key.
//!
//! A line of change has one incident while it is broken (`failed`), and a pipeline one while something else is wrong
//! (`stuck` and the like). While one is open, further alerts of its kind belong to it. A recovery ends both; a success ends
//! the second only, for a success of an earlier run says nothing about a later failure.

use andon::alert::{AlertKind, Tone};
use andon::text::fit;

use crate::message::Message;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It is broken.
    Error,
    /// Something takes too long, or was rolled back.
    Warning,
}

/// What an alert does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It opens an incident, or belongs to the one that is open.
    Open(Severity),
    /// It ends the incidents of these severities.
    End(&'static [Severity]),
}

/// What a kind of alert does; `None` if it is not about an incident, such as an approval that waits.
pub const fn step(kind: AlertKind) -> Option<Step> {
    if matches!(kind, AlertKind::Digest) {
        // What it lists has incidents of its own.
        return None;
    }
    match (kind.tone(), kind.is_urgent()) {
        (Tone::Bad, _) => Some(Step::Open(Severity::Error)),
        (Tone::Attention, true) => Some(Step::Open(Severity::Warning)),
        (Tone::Good, true) => Some(Step::End(&[Severity::Error, Severity::Warning])),
        (Tone::Good, false) => Some(Step::End(&[Severity::Warning])),
        (Tone::Attention | Tone::Neutral, _) => None,
    }
}

/// The key of an incident, in at most `limit` bytes: the same for every alert from the first failure to the
/// recovery.
pub fn key(message: &Message, severity: Severity, limit: usize) -> String {
    let pipeline = &message.about.pipeline;
    let about = format!("{}:{}:{}", pipeline.home.account, pipeline.home.region, pipeline.name);
    let whole = match (severity, message.about.line.name()) {
        (Severity::Error, None) => format!("andon:{about}"),
        (Severity::Error, Some(line)) => format!("andon:{about}:{line}"),
        (Severity::Warning, _) => format!("andon-slow:{about}"),
    };
    if whole.len() <= limit && whole.chars().all(|c| c.is_ascii_graphic()) {
        return whole;
    }
    let hash = format!(":{:016x}", andon::statistics::fingerprint(&whole));
    let head = whole.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' });
    format!("{}{hash}", head.take(limit.saturating_sub(hash.len())).collect::<String>())
}

/// What is known of an incident beyond its title: name and text, each of at most `limit` bytes as JSON.
pub fn details(message: &Message, limit: usize) -> Vec<(String, String)> {
    let fitted = |text: &str| fit(&andon::text::clean(text), limit, json_len);
    let mut details: Vec<(String, String)> = Vec::new();
    details.extend(message.lead.iter().map(|lead| ("Since".to_owned(), fitted(lead))));
    for cause in &message.causes {
        let text = cause.reason.iter().chain(&cause.lines).map(String::as_str).collect::<Vec<_>>().join("\n");
        details.push((fit(&andon::text::one_line(&cause.heading), 200, json_len), fitted(&text)));
    }
    details.extend(message.hint.iter().map(|hint| ("What to do".to_owned(), fitted(&hint.text))));
    details.extend(message.facts.iter().map(|fact| (fact.label.to_owned(), fitted(&fact.value))));
    details.push(("Account".to_owned(), fitted(&message.about.account)));
    details.push(("Region".to_owned(), message.about.pipeline.home.region.to_string()));
    details.extend(message.about.execution.iter().map(|run| ("Run".to_owned(), fitted(run.as_str()))));
    details.extend((!message.notes.is_empty()).then(|| ("Not known".to_owned(), fitted(&message.notes.join("\n")))));
    details
}

/// The bytes that a character takes up in JSON.
pub fn json_len(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\t' => 2,
        c if c.is_control() => 6,
        c => c.len_utf8(),
    }
}
