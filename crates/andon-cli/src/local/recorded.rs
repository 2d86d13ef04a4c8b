//! The sample events in the program: the demo day and the days before it.

use andon::event::Malformed;
use andon::event::envelope::{Delivery, open};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::clock::time_of;

/// A recorded run, or several, in the order in which the events were delivered.
#[derive(Debug, Clone, Copy)]
pub struct Recording {
    /// Its name: the distinctive part of its file name.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! recordings {
    ($($name:literal),+ $(,)?) => {
        [$(Recording {
            name: $name,
            text: include_str!(concat!("../../../../events/codepipeline-run-", $name, ".json")),
        }),+]
    };
}

/// The days before the demo day.
const HISTORY: &str = "history";

/// What happens on every day.
const EVERY_DAY: [&str; 2] = ["quick-successes", "superseded"];
/// How often the days before are repeated, further back each time.
const REPETITIONS: u16 = 3;
/// How many days those are.
const DAYS: u16 = 5;

/// Runs of the demo day alone: what takes several runs, or a service, to happen.
const OF_DEMO: [Recording; 4] = recordings!["rolled-back", "branches", "queued", "flaky"];

/// Runs that are no part of any day: what seldom happens.
const ASIDE: [Recording; 1] = recordings!["canceled"];

/// A deployment that no run made.
const SERVICE_FAILED: Recording =
    Recording { name: "service-failed", text: include_str!("../../../../events/ecs-deployment-failed.json") };

/// Every recorded run of the demo day and the days before.
pub const ALL: [Recording; 16] = recordings![
    "history",
    "succeeded",
    "build-failed",
    "build-failed-again",
    "build-fixed",
    "deploy-failed-parallel",
    "retry-succeeded",
    "approval-rejected",
    "superseded",
    "stopped",
    "cross-region-failed",
    "commands-failed",
    "lost-start",
    "running",
    "in-progress",
    "quick-successes",
];

impl Recording {
    /// The recording of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::every().find(|recording| recording.name == name)
    }

    /// Every recording, those aside included.
    pub fn every() -> impl Iterator<Item = Self> {
        ALL.into_iter().chain(OF_DEMO).chain(ASIDE).chain([SERVICE_FAILED])
    }

    /// Whether it is of one run, or of the service of none, and not of days of them.
    pub fn is_one_run(self) -> bool {
        self.name != HISTORY
    }

    /// Its events.
    pub fn events(self) -> Vec<Value> {
        // A test reads them all.
        match serde_json::from_str(self.text) {
            Ok(Value::Array(events)) => events,
            Ok(event) => vec![event],
            Err(_) => Vec::new(),
        }
    }
}

/// The events of several recordings in the order in which they would have arrived.
///
/// Within one recording the order stays as it was, steps back in time included.
pub fn interleave(recordings: impl IntoIterator<Item = Vec<Value>>) -> Vec<Value> {
    let mut arrivals: Vec<(Timestamp, Value)> = Vec::new();
    for recording in recordings {
        let mut latest = Timestamp::MIN;
        for event in recording {
            latest = latest.max(time_of(&event).unwrap_or(latest));
            arrivals.push((latest, event));
        }
    }
    arrivals.sort_by_key(|(arrived, _)| *arrived);
    arrivals.into_iter().map(|(_, event)| event).collect()
}

/// The latest time of any event.
pub fn end(events: &[Value]) -> Option<Timestamp> {
    events.iter().filter_map(time_of).max()
}

/// Shifts every time in an event that is a string of its own.
pub fn shift(event: &mut Value, by: SignedDuration) {
    match event {
        Value::String(text) => {
            if let Some(time) = text.parse::<Timestamp>().ok().and_then(|time| time.checked_add(by).ok()) {
                *text = time.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Object(members) => members.values_mut().for_each(|member| shift(member, by)),
        _ => {}
    }
}

/// The events in whatever is around them.
pub fn unwrap(payload: Value) -> Vec<Result<Value, Malformed>> {
    match open(payload) {
        Delivery::Batch(records) => records.into_iter().map(|record| record.event).collect(),
        Delivery::Direct(events) => events,
    }
}

/// The demo day, and what came before it: all moved so that the day ends at some time.
#[derive(Debug, Clone)]
pub struct Day {
    /// Repetitions of the days before and of what happens on every day, so that there is something to compare with.
    pub weeks_before: Vec<Value>,
    /// The days before.
    pub days_before: Vec<Value>,
    /// The day.
    pub today: Vec<Value>,
}

impl Day {
    /// The day that ends at this time.
    pub fn ending(end_of_day: Timestamp) -> Self {
        let recorded = |wanted: fn(&Recording) -> bool| {
            interleave(ALL.into_iter().chain(OF_DEMO).filter(wanted).map(Recording::events))
        };
        let mut days_before = recorded(|recording| recording.name == HISTORY);
        let mut today = recorded(|recording| recording.name != HISTORY);
        let mut every_day = recorded(|recording| EVERY_DAY.contains(&recording.name));
        let end = end(&today).unwrap_or(end_of_day);
        let by = SignedDuration::from_secs(end_of_day.as_second() - end.as_second());
        for event in days_before.iter_mut().chain(&mut today).chain(&mut every_day) {
            shift(event, by);
        }
        let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        let of_weeks = (1..=REPETITIONS).map(|number| repeated(&days_before, days(number * DAYS), number));
        let of_days = (1..=REPETITIONS * DAYS).map(|number| repeated(&every_day, days(number), number));
        let weeks_before = interleave(of_weeks.chain(of_days));
        Self { weeks_before, days_before, today }
    }
}

/// The titles of the changes of repetitions, so that a history does not tell of the same change week after week.
const TITLES: [&str; 18] = [
    "Log the request id with every retry",
    "Read limits from the configuration",
    "Bump the base image",
    "Speed up the slowest query of the report",
    "Drop the old currency table",
    "Show the delivery date in the local format",
    "Cache exchange rates for an hour",
    "Validate addresses before saving them",
    "Remove the feature flag of the new checkout",
    "Answer health checks without the database",
    "Retry webhooks with growing pauses",
    "Rename the column of net prices",
    "Update dependencies",
    "Compress images on upload",
    "Fix the time zone of the nightly export",
    "Split the billing job in two",
    "Add an index for open orders",
    "Close idle connections sooner",
];

/// The id of a commit in a repetition; `None` if it is none.
fn other_id(id: &str, number: u16) -> Option<String> {
    (id.len() == 40 && id.is_ascii())
        .then(|| format!("{}{number:04x}{}", id.get(32..).unwrap_or_default(), id.get(..28).unwrap_or_default()))
}

/// Gives the changes of a repetition other ids and titles, the same ones wherever they stand.
fn with_other_changes(event: &mut Value, number: u16) {
    if let Some(Value::String(id)) = event.pointer_mut("/detail/execution-trigger/commit-id")
        && let Some(other) = other_id(id, number)
    {
        *id = other;
    }
    let id = event.pointer("/detail/execution-result/external-execution-id").and_then(Value::as_str);
    let is_source = event.pointer("/detail/type/category").and_then(Value::as_str) == Some("Source");
    let Some(id) = id.filter(|_| is_source).map(str::to_owned) else { return };
    let Some(other) = other_id(&id, number) else { return };
    let place = other.bytes().fold(usize::from(number), |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let title = TITLES.get(place % TITLES.len()).copied().unwrap_or_default();
    if let Some(Value::String(url)) = event.pointer_mut("/detail/execution-result/external-execution-url") {
        *url = url.replace(&id, &other);
    }
    if let Some(Value::String(summary)) = event.pointer_mut("/detail/execution-result/external-execution-summary") {
        *summary = match serde_json::from_str::<Value>(summary) {
            Ok(mut json) if json.get("CommitMessage").is_some() => {
                if let Some(message) = json.get_mut("CommitMessage") {
                    *message = title.into();
                }
                json.to_string()
            }
            _ => title.to_owned(),
        };
    }
    if let Some(Value::String(known)) = event.pointer_mut("/detail/execution-result/external-execution-id") {
        *known = other;
    }
}

/// The same events some time earlier, as runs of their own; `number` identifies the repetition.
fn repeated(events: &[Value], earlier: SignedDuration, number: u16) -> Vec<Value> {
    let mut events = events.to_vec();
    for event in &mut events {
        shift(event, -earlier);
        with_other_changes(event, number);
        if let Some(Value::String(execution)) = event.pointer_mut("/detail/execution-id") {
            *execution = format!("{number:04x}{}", execution.get(4..).unwrap_or_default());
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_recorded_run_of_the_repository_comes_with_the_program() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                Some(name.strip_prefix("codepipeline-run-")?.strip_suffix(".json")?.to_owned())
            })
            .collect();
        let with_the_program = || ALL.into_iter().chain(OF_DEMO).chain(ASIDE);
        assert_eq!(with_the_program().map(|recording| recording.name.to_owned()).collect::<BTreeSet<_>>(), files);
        for recording in with_the_program() {
            assert!(!recording.events().is_empty(), "{}", recording.name);
        }
    }

    #[test]
    fn times_move_wherever_they_stand_and_nothing_else_does() {
        let mut event = json!({
            "time": "2026-11-20T08:12:04Z",
            "detail": {"start-time": "2026-11-20T08:12:04.318Z", "version": 31.0, "note": "since 2026-11-20"},
        });
        shift(&mut event, SignedDuration::from_hours(24));
        assert_eq!(
            event,
            json!({
                "time": "2026-11-21T08:12:04Z",
                "detail": {"start-time": "2026-11-21T08:12:04.318Z", "version": 31.0, "note": "since 2026-11-20"},
            })
        );
    }

    #[test]
    fn repetitions_are_of_other_changes() {
        let day = Day::ending("2026-11-20T11:30:00Z".parse().unwrap());
        let changes = |events: &[Value]| -> Vec<(String, String)> {
            let of_source = |event: &Value| {
                let result = event.pointer("/detail/execution-result")?;
                let is_source = event.pointer("/detail/type/category")? == "Source";
                let text = |name: &str| result.get(name)?.as_str().map(str::to_owned);
                Some((text("external-execution-id")?, text("external-execution-summary")?)).filter(|_| is_source)
            };
            events.iter().filter_map(of_source).collect()
        };
        let (before, since) = (changes(&day.weeks_before), changes(&day.days_before));
        let ids: BTreeSet<&String> = before.iter().chain(&since).map(|(id, _)| id).collect();
        assert!(ids.len() * 10 > (before.len() + since.len()) * 9, "{} of {}", ids.len(), before.len() + since.len());
        let titles: BTreeSet<&String> = before.iter().map(|(_, title)| title).collect();
        assert!(titles.len() > 15, "{titles:?}");
    }

    #[test]
    fn recordings_are_interleaved_and_each_keeps_its_own_order() {
        let at = |minute: u8, name: &str| json!({"time": format!("2026-11-20T08:{minute:02}:00Z"), "name": name});
        let events = interleave([vec![at(1, "a"), at(5, "b"), at(4, "c")], vec![at(2, "d"), at(6, "e")]]);
        let names: Vec<_> = events.iter().map(|event| event["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["a", "d", "b", "c", "e"]);
    }
}
