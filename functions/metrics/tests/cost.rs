//! What the statistics cost: the tables in the documentation are those of the code.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use strum::VariantArray as _;

use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::statistics::cost::metrics_of_a_pipeline;
use andon::statistics::{Datum, Detail, Metric, MetricSink, SinkError};
use andon::testing::{events, invocation};
use andon_config::Config;
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use metrics::Metrics;
use serde_json::{Value, json};

/// The stages of the recorded pipeline, each with one action; the fourth is an approval.
const STAGES: [&str; 5] = ["Source", "Build", "Staging", "Approve", "Production"];
/// Of a custom metric, of the first 10,000, a month.
const METRIC: f64 = 0.30;
/// Of 1,000 calls.
const CALLS: f64 = 0.01;

/// How a run goes.
#[derive(Clone, Copy)]
enum Way {
    Succeeds,
    FailsIn(usize),
    IsRetriedIn(usize),
    IsSuperseded,
    IsStopped,
}

/// A working month of a pipeline: five runs a day, some of which do not go well.
fn month() -> Vec<Value> {
    let first: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
    let mut month = Vec::new();
    for number in 0..110_i64 {
        let way = match number % 22 {
            3 | 11 => Way::FailsIn(1),
            7 => Way::FailsIn(2),
            13 => Way::IsRetriedIn(4),
            16 => Way::IsRetriedIn(1),
            17 => Way::IsSuperseded,
            19 => Way::IsStopped,
            20 => Way::FailsIn(3),
            21 => Way::FailsIn([0, 4][usize::from(number > 60)]),
            _ => Way::Succeeds,
        };
        let start = first + SignedDuration::from_hours(number / 5 * 24 + number % 5 * 2);
        month.extend(run(number, start, way));
    }
    month
}

/// The recorded run as another one.
fn run(number: i64, start: Timestamp, way: Way) -> Vec<Value> {
    let recorded = events("codepipeline-run-succeeded");
    let moved = start.duration_since(recorded.iter().map(time).min().unwrap());
    let stage_of = |event: &Value| STAGES.iter().position(|stage| event["detail"]["stage"] == **stage);
    let mut events: Vec<Value> = recorded
        .into_iter()
        .filter(|event| event["source"] == "aws.codepipeline")
        .map(|mut event| {
            event["detail"]["execution-id"] = json!(format!("run-{number}"));
            if event["detail"].get("stage").is_none() {
                let authored = start - SignedDuration::from_mins(40);
                event["detail"]["execution-trigger"] =
                    json!({"commit-id": "c0ffee", "author-date": authored.to_string()});
            }
            shifted(event, moved)
        })
        .collect();
    let ends = |event: &Value| event["detail"]["state"] == "SUCCEEDED";
    let (last, state) = match way {
        Way::Succeeds => return events,
        Way::FailsIn(stage) | Way::IsRetriedIn(stage) => (stage, "FAILED"),
        Way::IsSuperseded => (1, "SUPERSEDED"),
        Way::IsStopped => (1, "STOPPED"),
    };
    let rest: Vec<Value> =
        events.iter().filter(|event| stage_of(event).is_none_or(|stage| stage >= last)).cloned().collect();
    events.retain(|event| stage_of(event).is_none_or(|stage| stage <= last));
    let over = events.iter().filter(|event| stage_of(event) == Some(last)).map(time).max().unwrap();
    for event in &mut events {
        let at = stage_of(event);
        if ends(event) && (at.is_none() || state == "FAILED" && at == Some(last)) {
            event["detail"]["state"] = json!(state);
        }
        if at.is_none() && event["detail"]["state"] == state {
            event["time"] = json!(over.to_string());
        }
    }
    if let Way::IsRetriedIn(_) = way {
        let pause = SignedDuration::from_mins(20);
        let retried = (over + pause).to_string();
        for event in rest {
            let mut event = shifted(event, pause);
            let detail = &mut event["detail"];
            detail["pipeline-execution-attempt"] = json!(2.0);
            if detail.get("stage").is_none() {
                detail["last-retry-attempt-time"] = json!(retried);
            }
            if detail["state"] == "STARTED"
                && detail.get("action").is_none()
                && (detail.get("stage").is_none() || detail["stage"] == STAGES[last])
            {
                detail["state"] = json!("RESUMED");
                event["time"] = json!(retried);
            }
            events.push(event);
        }
    }
    events
}

fn time(event: &Value) -> Timestamp {
    andon::testing::time(event)
}

fn shifted(mut event: Value, by: SignedDuration) -> Value {
    let shift = |value: &mut Value| {
        if let Some(time) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
            *value = json!((time + by).to_string());
        }
    };
    shift(&mut event["time"]);
    if event["detail"].get("start-time").is_some() {
        shift(&mut event["detail"]["start-time"]);
    }
    event
}

/// Counts what CloudWatch would bill.
#[derive(Default)]
struct Bill {
    calls: Cell<usize>,
    metrics: RefCell<BTreeSet<String>>,
    hours: RefCell<BTreeSet<String>>,
}

impl MetricSink for &Bill {
    async fn put(&self, data: &[Datum]) -> Result<(), SinkError> {
        self.calls.set(self.calls.get() + 1);
        for datum in data {
            let metric = format!("{} {:?}", datum.metric.name(), datum.dimensions);
            self.hours.borrow_mut().insert(format!("{metric} {}", datum.at.as_second() / 3600));
            self.metrics.borrow_mut().insert(metric);
        }
        Ok(())
    }
}

/// What a month costs, its events coming in batches of so many.
fn bill(detail: &str, month: &[Value], at_once: usize) -> Bill {
    let bill = Bill::default();
    let function = Metrics {
        ledger: MemoryLedger::new(),
        archive: NoArchive,
        sink: &bill,
        clock: month.iter().map(time).max().unwrap(),
        config: Config::parse(&format!("version: 1\nstatistics: {{ detail: {detail} }}\n"), "andon.yml").unwrap(),
    };
    for (index, events) in month.chunks(at_once).enumerate() {
        let record = |event: &Value| json!({"eventSource": "aws:sqs", "messageId": "m", "body": event.to_string(), "attributes": {"ApproximateReceiveCount": "2"}});
        let records: Vec<Value> = events.iter().map(record).collect();
        let call = invocation(&format!("call-{index}"));
        let answer = function.handle(json!({"Records": records}), &call);
        assert_eq!(answer.now_or_never().unwrap().unwrap(), json!({"batchItemFailures": []}));
    }
    bill
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn table() -> String {
    let month = month();
    let mut table = "\
| `detail` | custom metrics of a pipeline | at most, a month | billed by the hour | calls per million events, one by one | in batches of ten |
|---|---|---|---|---|---|
"
    .to_owned();
    for detail in ["pipeline", "stage", "action"] {
        let one_by_one = bill(detail, &month, 1);
        let in_tens = bill(detail, &month, 10);
        assert_eq!(*one_by_one.metrics.borrow(), *in_tens.metrics.borrow());
        let metrics = one_by_one.metrics.borrow().len();
        let level = Detail::VARIANTS.iter().copied().find(|level| <&str>::from(*level) == detail).unwrap();
        assert_eq!(metrics, usize::try_from(metrics_of_a_pipeline(level)).unwrap(), "{detail}");
        let hours = one_by_one.hours.borrow().len() as f64 / (30.0 * 24.0);
        let thousands = |bill: &Bill| (bill.calls.get() as f64 / month.len() as f64 * 1000.0).round();
        let priced = |thousands: f64| format!("{thousands},000 (${:.2})", thousands * CALLS);
        writeln!(
            table,
            "| `{detail}` | {metrics} | ${:.2} | ${:.2} | {} | {} |",
            metrics as f64 * METRIC,
            hours * METRIC,
            priced(thousands(&one_by_one)),
            priced(thousands(&in_tens)),
        )
        .unwrap();
    }
    table
}

fn written(file: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)).unwrap()
}

#[test]
fn the_tables_in_the_documentation_are_true() {
    let table = table();
    for file in ["docs/statistics.md", "README.md"] {
        assert!(written(file).contains(&table), "{file} should have this table:\n\n{table}");
    }
}

#[test]
fn the_documentation_has_every_metric_with_its_unit() {
    let text = written("docs/statistics.md");
    for metric in Metric::VARIANTS.iter().copied() {
        let named = format!("| `{}` |", metric.name());
        let row = text.lines().find(|line| line.contains(&named)).unwrap_or_else(|| panic!("{named} is not there"));
        assert!(row.contains(metric.unit()), "{row}");
    }
}
