//! `cargo xtask bench`: what the functions cost at start, per event and in memory, beside the least that a function can
//! cost, and beside the budgets.
//!
//! Everything is measured in one run, and what is compared is measured alternately: figures of two runs say more of the
//! machine than of the functions.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use test_support::runtime_api::Function;

use crate::command::{cargo, run};
use crate::package::{self, Arch, release};
use crate::workspace;
use table::{Budget, Figure, Table};
use world::World;

mod asked;
mod events;
mod fleet;
mod table;
mod warm;
mod world;

/// The function that does nothing.
const ECHO: &str = "bench-echo";
/// A run is some dozen events of each kind; so often is every question asked in its place.
const ROUNDS_PER_RUN: usize = 10;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often each function is started
    #[arg(long, default_value_t = 31)]
    starts: usize,
    /// How many pipeline runs, of some dozen events each, a function is fed for each kind of run
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Prints only what an event costs in DynamoDB, which needs no build for release
    #[arg(long)]
    counts: bool,
    /// Ends with an error where a budget is exceeded
    #[arg(long)]
    check: bool,
}

/// A function to be measured.
struct Subject {
    name: String,
    binary: PathBuf,
    zip_bytes: usize,
}

/// What only its function's name determines.
struct Purpose {
    /// The call that the function is there for, and how many may have to be made in sequence before it.
    effect: &'static str,
    round_trips: usize,
}

fn purpose(function: &str) -> Option<Purpose> {
    match function {
        "notifier" => Some(Purpose { effect: "webhook", round_trips: 4 }),
        "metrics" => Some(Purpose { effect: "PutMetricData", round_trips: 3 }),
        _ => None,
    }
}

pub(crate) fn measure_all(options: &Options) -> Result<()> {
    crate::test::tools::prepare()?;
    if options.counts {
        return run(&mut costs());
    }
    let arch = Arch::of_this_machine()?;
    let mut subjects = Vec::new();
    for name in [ECHO.to_owned()].into_iter().chain(release::functions()?) {
        let binary = release::build(&name, arch)?;
        let zip_bytes = package::zipped(&binary, Some(&package::configuration(&crate::workspace::root())?))?.len();
        subjects.push(Subject { name, binary, zip_bytes });
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (table, sequences) = runtime.block_on(measure(&subjects, options))?;
    println!("\n{table}\n");
    println!("calls of one event in the steady state, in their order ({} runs of each kind before):", options.runs);
    for line in sequences {
        println!("  {line}");
    }
    println!("\nwhat an event costs in DynamoDB:");
    run(&mut costs())?;
    let over = table.over();
    if over.is_empty() {
        println!("\nall budgets are kept");
    } else {
        println!("\nover budget: {}", over.join("; "));
        if options.check {
            bail!("{} budgets are exceeded", over.len());
        }
    }
    Ok(())
}

async fn measure(subjects: &[Subject], options: &Options) -> Result<(Table, Vec<String>)> {
    let world = World::start()?;
    let mut table = Table::new(subjects.iter().map(|subject| subject.name.clone()));

    println!("starting each function {} times in turn", options.starts);
    let starts = start(subjects, &world, options.starts).await?;
    let starts: Vec<f64> = starts.into_iter().map(|durations| median(&durations).as_secs_f64() * 1000.0).collect();
    let echo = starts.first().copied().unwrap_or(f64::NAN);
    let columns = |figure: &dyn Fn(&Subject, usize) -> Option<f64>| -> Vec<Option<f64>> {
        subjects.iter().enumerate().map(|(at, subject)| figure(subject, at)).collect()
    };
    table.push(Figure::new("start to first poll", "ms", 1, columns(&|_, at| starts.get(at).copied()), Budget::None));
    let ratios = columns(&|_, at| starts.get(at).map(|start| start / echo));
    table.push(Figure::new("  times the echo's", "", 2, ratios, Budget::AtMost(1.6)));

    let mut sequences = Vec::new();
    let mut measured: Vec<warm::Warm> = Vec::new();
    for subject in subjects {
        println!("feeding {} with {} runs of each kind, or as many questions", subject.name, options.runs);
        measured.push(if subject.name == asked::ALEXA {
            asked::ask(subjects, subject, &world, options.runs * ROUNDS_PER_RUN).await?
        } else {
            warm::feed(subject, &world, options.runs).await?
        });
    }
    let of =
        |figure: &dyn Fn(&warm::Warm) -> Option<f64>| -> Vec<Option<f64>> { measured.iter().map(figure).collect() };
    let milliseconds = |duration: Duration| Some(duration.as_secs_f64() * 1000.0);
    table.push(Figure::new(
        "warm event, moto's time included",
        "ms",
        2,
        of(&|warm| milliseconds(median(&warm.events))),
        Budget::None,
    ));
    let own = of(&|warm| milliseconds(median(&warm.own)));
    table.push(Figure::new("  the function's own share", "ms", 2, own, Budget::None));
    let worst = of(&|warm| milliseconds(rank(&warm.own, 99)));
    table.push(Figure::new("  of 99 in 100 at most", "ms", 2, worst, Budget::None));
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let mebibytes = |warm: &warm::Warm| warm.peak_memory.map(|bytes| bytes as f64 / 1_048_576.0);
    table.push(Figure::new("peak memory", "MiB", 1, of(&mebibytes), Budget::AtMost(20.0)));
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let megabytes = columns(&|subject, _| Some(subject.zip_bytes as f64 / 1_000_000.0));
    table.push(Figure::new("zip", "MB", 2, megabytes, Budget::AtMost(5.0)));

    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let count = |count: usize| count as f64;
    let trips = of(&|warm| warm.round_trips.most().map(count));
    let limits = subjects.iter().map(|subject| purpose(&subject.name).map(|purpose| count(purpose.round_trips)));
    table.push(Figure::new("round trips before the effect", "", 0, trips, Budget::Each(limits.collect())));

    let effects = of(&|warm| warm.effects.per_thousand());
    table.push(Figure::new("effects of 1,000 events, one by one", "", 0, effects, Budget::None));
    fleet::measure(subjects, &mut table).await?;

    let kinds: BTreeSet<&str> = measured.iter().flat_map(|warm| warm.calls.keys().map(String::as_str)).collect();
    for kind in kinds {
        let calls = of(&|warm| warm.calls.get(kind).map(|calls| count(calls.len())));
        table.push(Figure::new(&format!("calls: {kind}"), "", 0, calls, Budget::None));
        for (subject, warm) in subjects.iter().zip(&measured) {
            if let Some(calls) = warm.calls.get(kind).filter(|calls| !calls.is_empty()) {
                sequences.push(format!("{kind}, {}: {}", subject.name, calls.join(" ")));
            }
        }
    }
    Ok((table, sequences))
}

/// Starts every function so many times, in turn, and gives the times until their first polls.
async fn start(subjects: &[Subject], world: &World, times: usize) -> Result<Vec<Vec<Duration>>> {
    let mut durations = vec![Vec::new(); subjects.len()];
    for _ in 0..times {
        for (subject, durations) in subjects.iter().zip(&mut durations) {
            let function = Function::start(&subject.binary, world.environment()).await;
            let function = function.with_context(|| format!("{} does not start", subject.name))?;
            durations.extend(function.cold_start());
            function.kill().await;
        }
    }
    Ok(durations)
}

/// The tests that count write units, round trips, conflicts and bytes, and print them beside their budgets.
fn costs() -> Command {
    let test = ["test", "--quiet", "--package", "andon-cli", "--all-features", "--test", "costs"];
    cargo(test.into_iter().chain(["--", "--ignored", "--nocapture", "--test-threads", "1"]))
}

fn median(durations: &[Duration]) -> Duration {
    rank(durations, 50)
}

/// What so many of a hundred took at most.
fn rank(durations: &[Duration], percent: usize) -> Duration {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    sorted.get((sorted.len() * percent / 100).min(last)).copied().unwrap_or_default()
}

/// Where the benchmark keeps its files.
fn folder() -> PathBuf {
    workspace::target().join("bench")
}
