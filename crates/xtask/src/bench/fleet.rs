//! The dashboard function before fleets of several sizes: what the live board and the dashboards cost.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};
use test_support::runtime_api::{Answer, Function};

use super::table::{Budget, Figure, Table};
use super::world::World;
use super::{Subject, events, median};

const DASHBOARD: &str = "dashboard";
/// The function by which the ledger gets to know pipelines.
const METRICS: &str = "metrics";

/// How many pipelines there are, and the most bytes that the board may then have: it shows a page of them.
const SIZES: [(usize, f64); 3] = [(30, 100_000.0), (300, 100_000.0), (3000, 100_000.0)];
/// How often each thing is done for its median.
const TIMES: usize = 11;
/// How many events go into one call.
const BATCH: usize = 10;

/// What was measured before a fleet.
struct Measured {
    board: Duration,
    board_bytes: usize,
    dashboards: Duration,
    peak_memory: Option<u64>,
}

/// Adds a figure for each size to the table, in the dashboard function's column; nothing if it is not measured.
pub(super) async fn measure(subjects: &[Subject], table: &mut Table) -> Result<()> {
    let find = |name: &str| subjects.iter().position(|subject| subject.name == name);
    let (Some(column), Some(metrics)) = (find(DASHBOARD), find(METRICS)) else { return Ok(()) };
    let world = World::start()?;
    let start = async |at: usize| {
        let subject = subjects.get(at).context("there is no such function")?;
        let function = Function::start(&subject.binary, world.environment()).await;
        function.with_context(|| format!("{} does not start", subject.name))
    };
    let (teller, shower) = (start(metrics).await?, start(column).await?);
    let alone =
        |value: f64| -> Vec<Option<f64>> { (0..subjects.len()).map(|at| (at == column).then_some(value)).collect() };
    let mut known = 0;
    for (size, most_bytes) in SIZES {
        println!("showing {size} pipelines");
        make_known(&teller, &world, known..size).await?;
        known = size;
        let measured = show(&shower).await?;
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
        let board = format!("board of {size} pipelines");
        table.push(Figure::new(&board, "ms", 1, alone(milliseconds(measured.board)), Budget::None));
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let bytes = alone(measured.board_bytes as f64);
        let limits = (0..subjects.len()).map(|at| (at == column).then_some(most_bytes)).collect();
        table.push(Figure::new("  its HTML", "B", 0, bytes, Budget::Each(limits)));
        let dashboards = alone(milliseconds(measured.dashboards));
        table.push(Figure::new("  the dashboards, unchanged", "ms", 1, dashboards, Budget::None));
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let memory = measured.peak_memory.map(|bytes| alone(bytes as f64 / 1_048_576.0)).unwrap_or_default();
        table.push(Figure::new("  peak memory by then", "MiB", 1, memory, Budget::None));
    }
    Ok(())
}

/// Has the ledger know a failed run of each of these pipelines, by the events that say so.
async fn make_known(teller: &Function, world: &World, numbers: std::ops::Range<usize>) -> Result<()> {
    let recorded = events::recorded()?;
    let run = recorded.first().context("there is no recorded run")?;
    let mut told = Vec::new();
    for number in numbers {
        let pipeline = format!("service-{number}");
        world.know_pipeline(&pipeline);
        let events = events::another(run, &pipeline, number, Timestamp::now());
        let is_failure = |event: &&Value| event.pointer("/detail/state").and_then(Value::as_str) == Some("FAILED");
        told.extend(events.iter().filter(is_failure).cloned());
    }
    for chunk in told.chunks(BATCH) {
        let records: Vec<Value> = chunk
            .iter()
            .enumerate()
            .map(
                |(at, event)| json!({"eventSource": "aws:sqs", "messageId": at.to_string(), "body": event.to_string()}),
            )
            .collect();
        answered(teller, &json!({ "Records": records })).await?;
    }
    Ok(())
}

async fn show(shower: &Function) -> Result<Measured> {
    let asked =
        json!({"widgetContext": {"theme": "light", "params": {}, "forms": {"all": {}}, "width": 1200, "height": 800}});
    let scheduled = json!({"andon": "dashboard"});
    // The first time the dashboards are put; what is measured is every time after it.
    answered(shower, &scheduled).await?;
    let (mut boards, mut dashboards, mut board_bytes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..TIMES {
        let started = Instant::now();
        let board = answered(shower, &asked).await?;
        boards.push(started.elapsed());
        board_bytes = board.as_str().map(str::len).context("the board is no text")?;
        let started = Instant::now();
        answered(shower, &scheduled).await?;
        dashboards.push(started.elapsed());
    }
    let (board, dashboards) = (median(&boards), median(&dashboards));
    Ok(Measured { board, board_bytes, dashboards, peak_memory: shower.peak_memory() })
}

async fn answered(function: &Function, event: &Value) -> Result<Value> {
    match function.invoke(event).await? {
        Answer::Ok(value) => Ok(value),
        Answer::Error(failure) => bail!("{}; it wrote:\n{}", failure.message, function.log()),
    }
}
