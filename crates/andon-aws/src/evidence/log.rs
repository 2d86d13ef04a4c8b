//! Logs, read from the end: the failure is near it. Earlier parts are read only if the cause is not found.

use andon_diagnosis::{Evidence, Log, diagnose};
use aws_sdk_cloudwatchlogs::Client;

use super::collector::EvidenceCollector;
use super::missing::{Missing, Question};
use super::resource_ref::Stream;

/// How many events are read first. Most logs are shorter; more of them would cost an alert time and the function memory.
const FIRST: usize = 2500;
/// The most events that Logs gives at once.
const MAX: usize = 10_000;

/// The end of a stream, as far as it has been read.
#[derive(Debug)]
pub(super) struct Tail {
    text: String,
    events: usize,
    /// Where what came before can be had; `None` once the stream's beginning is here.
    back: Option<String>,
    /// Whether the beginning is missing, as far as is known without another call.
    is_cut: bool,
}

/// Reads the end of a stream.
pub(super) async fn tail(client: &Client, inquiry: &EvidenceCollector, stream: &Stream) -> Result<Tail, Missing> {
    page(client, inquiry, stream, None, FIRST).await
}

/// Keeps the end of a stream, and reads on towards its beginning while the cause is not in it.
pub(super) async fn explore(client: &Client, inquiry: &EvidenceCollector, stream: &Stream, mut tail: Tail) {
    loop {
        let mut evidence = Evidence::from_log(Log::from_bytes(tail.text.as_bytes()));
        let more = tail.back.take().filter(|_| inquiry.may_ask() && !has_cause(&evidence));
        inquiry.finds(|found| {
            found.log = std::mem::take(&mut evidence.log);
            found.truncated_at_start = tail.is_cut;
        });
        let Some(back) = more else { return };
        match page(client, inquiry, stream, Some(&back), further(inquiry, &tail)).await {
            Ok(earlier) if earlier.back.is_none() && earlier.events == 0 => {
                inquiry.finds(|found| found.truncated_at_start = false);
                return;
            }
            Ok(earlier) => {
                tail = Tail {
                    text: earlier.text + &tail.text,
                    events: earlier.events + tail.events,
                    back: earlier.back,
                    is_cut: earlier.is_cut,
                };
            }
            Err(missing) => return inquiry.misses(missing.sentence),
        }
    }
}

/// Whether a log shows a cause, not only that and where something failed.
fn has_cause(evidence: &Evidence) -> bool {
    let diagnosis = diagnose(evidence, &[]);
    !diagnosis.cause.is_empty() && diagnosis.context.is_none()
}

/// How many more events fit, if they are as long as those before.
fn further(inquiry: &EvidenceCollector, tail: &Tail) -> usize {
    let length = tail.text.len().checked_div(tail.events).unwrap_or(100).max(1);
    (inquiry.room() / length).clamp(1, MAX)
}

async fn page(
    client: &Client,
    inquiry: &EvidenceCollector,
    stream: &Stream,
    token: Option<&str>,
    limit: usize,
) -> Result<Tail, Missing> {
    let Stream { group, name } = stream;
    let question = Question {
        service: "CloudWatch Logs",
        permission: "logs:GetLogEvents",
        resource: group,
        what: format!("log stream {name} of {group}"),
    };
    let request = client
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(name)
        .start_from_head(false)
        .limit(i32::try_from(limit).unwrap_or(i32::MAX))
        .set_next_token(token.map(str::to_owned));
    let answer = inquiry.ask(&question, || request.clone().send()).await?;
    // The same token again says that there is nothing before this.
    let back = answer.next_backward_token.filter(|back| token != Some(back));
    let events = answer.events.unwrap_or_default();
    let length: usize = events.iter().filter_map(|event| event.message.as_ref()).map(String::len).sum();
    let mut text = String::with_capacity(length + events.len());
    for message in events.iter().filter_map(|event| event.message.as_deref()) {
        text.push_str(message);
        if !message.ends_with('\n') {
            text.push('\n');
        }
    }
    let room = inquiry.room();
    inquiry.has_read(text.len());
    let is_full = events.len() >= limit || length > FULL;
    let is_cut = back.is_some() && is_full || text.len() > room;
    keep_end(&mut text, room);
    Ok(Tail { text, events: events.len(), back, is_cut })
}

/// So many bytes in an answer say that the next event did not fit: Logs gives a megabyte at most, and an event may have
/// a quarter of that.
const FULL: usize = 700 * 1024;

/// Cuts the beginning off, at the end of a line if there is one.
fn keep_end(text: &mut String, most: usize) {
    let Some(over) = text.len().checked_sub(most).filter(|over| *over > 0) else { return };
    let cut = text.as_bytes().iter().skip(over).position(|byte| *byte == b'\n').map(|at| over + at + 1);
    let whole = |at: &usize| text.is_char_boundary(*at) && *at < text.len();
    let cut = cut.filter(whole).or_else(|| (over..=text.len()).find(|at| text.is_char_boundary(*at)));
    text.drain(..cut.unwrap_or(text.len()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_text_that_is_too_long_whole_lines_are_kept_from_the_end() {
        for (text, most, kept) in [
            ("one\ntwo\nthree\n", 100, "one\ntwo\nthree\n"),
            ("one\ntwo\nthree\n", 14, "one\ntwo\nthree\n"),
            ("one\ntwo\nthree\n", 13, "two\nthree\n"),
            ("one\ntwo\nthree\n", 8, "three\n"),
            ("one\ntwo\nthree\n", 3, "ee\n"),
            ("ééé", 3, "é"),
            ("ééé", 0, ""),
            ("", 0, ""),
        ] {
            let mut cut = text.to_owned();
            keep_end(&mut cut, most);
            assert_eq!(cut, kept, "{text:?} to {most}");
        }
    }
}
