//! Lambda: a function that reports a failure gives the reason itself. One that never answered has at best left a log.

use andon::run::Failure;
use andon_diagnosis::Log;
use jiff::SignedDuration;

use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::missing::Question;

/// The most events that are read.
const MAX: i32 = 2500;
/// So long after it was called a function may still be at it: no function runs longer.
const MAX_LEN: SignedDuration = SignedDuration::from_mins(15);

pub(super) async fn gather(clients: &Regional, inquiry: &EvidenceCollector, failure: &Failure, function: &str) {
    // Without a beginning the log of any call might be taken for the log of this one.
    let Some(started) = failure.started else { return };
    let ended = started.checked_add(MAX_LEN).map_or(failure.at, |ended| ended.min(failure.at));
    let group = format!("/aws/lambda/{function}");
    let question = Question {
        service: "CloudWatch Logs",
        permission: "logs:FilterLogEvents",
        resource: &group,
        what: format!("log {group}"),
    };
    let mut request = clients
        .logs()
        .filter_log_events()
        .log_group_name(&group)
        .start_time(started.as_millisecond())
        .end_time(ended.as_millisecond())
        .limit(MAX);
    // An answer may be empty because Logs has not found the first event yet.
    let events = loop {
        match inquiry.ask(&question, || request.clone().send()).await {
            Ok(answer) => match (answer.events.unwrap_or_default(), answer.next_token) {
                (events, Some(next)) if events.is_empty() && inquiry.may_ask() => request = request.next_token(next),
                (events, _) => break events,
            },
            Err(missing) => return inquiry.misses(missing.sentence),
        }
    };
    let text: String =
        events.iter().filter_map(|event| event.message()).flat_map(|text| [text.trim_end(), "\n"]).collect();
    inquiry.has_read(text.len());
    inquiry.finds(|found| found.log = Log::from_bytes(text.as_bytes()));
}
