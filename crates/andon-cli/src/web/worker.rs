//! The one thread that answers what connections ask.

use std::time::Duration;

use andon::clock::{Clock, Timer};
use andon::event::Malformed;
use andon::ledger::{Ledger, LedgerError};
use andon_board::find;
use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::MAX_WAITING;
use super::handle::{Answer, NoAnswer, Request};
use super::live::News;
use super::skill::Skill;
use crate::local::{LocalAndon, Outcome};
use crate::terminal::complain;

/// The interval of the sweep for alerts that are due by the clock.
const SWEEP: Duration = Duration::from_mins(5);

/// Answers requests and, in between, retries events that are due.
///
/// Requests that have piled up are answered together, after one sync for all of them; then there is news for the pages.
pub(super) async fn work<L: Ledger, C: Clock + Timer + Clone>(
    station: &LocalAndon<L, C>,
    skill: &Skill<L, C>,
    mut requests: mpsc::Receiver<Request>,
    news: &News,
    sync: impl Fn() -> Result<(), LedgerError>,
) -> anyhow::Result<()> {
    let mut waiting = Vec::new();
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            count = requests.recv_many(&mut waiting, MAX_WAITING) => {
                if count == 0 {
                    return Ok(());
                }
            }
            () = until(station.pending().next()) => {
                for problem in station.try_again().await.context("cannot try again what is due")? {
                    complain(&format!("given up after a day: {problem}"));
                }
                news.tell();
            }
            _ = sweep.tick() => {
                if let Some(problem) = station.sweep().await {
                    complain(&problem);
                }
            }
        }
        let mut taken = Vec::new();
        for request in waiting.drain(..) {
            match request {
                Request::Take(events, answer) => taken.push((answer, take(station, events).await)),
                Request::Pipelines(answer) => tell(answer, station.ledger().pipelines().await.map_err(NoAnswer::from)),
                Request::Pipeline(pipeline, execution, answer) => {
                    let found = find(station.ledger(), &pipeline, execution.as_ref()).await;
                    tell(answer, found.map_err(NoAnswer::from));
                }
                Request::Skill(request, answer) => {
                    let Ok(reply) = skill.handle(request, &station.call()).await;
                    tell(answer, Ok(reply));
                }
            }
        }
        if !taken.is_empty() {
            let synced = sync().map_err(|error| error.to_string());
            for (answer, fates) in taken {
                tell(answer, synced.clone().map_err(NoAnswer::NotSynced).and(fates));
            }
            news.tell();
        }
    }
}

/// Sends an answer; a client that has disconnected misses it.
fn tell<T>(answer: Answer<T>, result: Result<T, NoAnswer>) {
    let _ = answer.send(result);
}

async fn take<L: Ledger, C: Clock + Timer + Clone>(
    station: &LocalAndon<L, C>,
    events: Vec<Result<Value, Malformed>>,
) -> Result<Vec<Outcome>, NoAnswer> {
    station.settle_in(events.iter().filter_map(|event| event.as_ref().ok()));
    let mut fates = Vec::with_capacity(events.len());
    for event in events {
        let fate = station.take(event).await?;
        if let Outcome::Malformed(malformed) = &fate {
            complain(&malformed.to_string());
        }
        fates.push(fate);
    }
    Ok(fates)
}

async fn until(time: Option<Timestamp>) {
    match time {
        Some(time) => {
            let pause = time.duration_since(Timestamp::now());
            tokio::time::sleep(pause.try_into().unwrap_or_default()).await;
        }
        None => std::future::pending().await,
    }
}
