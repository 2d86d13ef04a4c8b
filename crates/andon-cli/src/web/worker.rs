//! The one thread that answers what connections ask.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use std::vec;

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

/// How long the events of bodies are taken in before others are answered.
const MAX_TURN: Duration = Duration::from_millis(25);

/// The events of a body that are being taken in.
struct Taking {
    left: vec::IntoIter<Result<Value, Malformed>>,
    fates: Vec<Outcome>,
    answer: Answer<Vec<Outcome>>,
}

/// Answers requests and, in between, retries events that are due.
///
/// Bodies are taken in by turns: from each a piece, so that one of thousands of events holds up neither pages nor smaller
/// bodies. Those that are done by the end of a turn are acknowledged together, after one sync for all of them.
pub(super) async fn work<L: Ledger, C: Clock + Timer + Clone>(
    station: &LocalAndon<L, C>,
    skill: &Skill<L, C>,
    mut requests: mpsc::Receiver<Request>,
    news: &News,
    sync: impl Fn() -> Result<(), LedgerError>,
) -> anyhow::Result<()> {
    let mut waiting = Vec::new();
    let mut bodies = VecDeque::new();
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            count = requests.recv_many(&mut waiting, MAX_WAITING) => {
                if count == 0 {
                    return Ok(());
                }
            }
            // Connections get the chance to ask, and to read their answers.
            () = tokio::task::yield_now(), if !bodies.is_empty() => {}
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
                news.tell();
            }
        }
        for request in waiting.drain(..) {
            match request {
                Request::Take(events, answer) => {
                    station.settle_in(events.iter().filter_map(|event| event.as_ref().ok()));
                    let fates = Vec::with_capacity(events.len());
                    bodies.push_back(Taking { left: events.into_iter(), fates, answer });
                }
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
        if bodies.is_empty() {
            continue;
        }
        let done = take_turn(station, &mut bodies).await;
        // Before the clients know: whoever then asks for a page gets a new one.
        news.tell();
        if !done.is_empty() {
            let synced = sync().map_err(|error| error.to_string());
            for (answer, fates) in done {
                tell(answer, synced.clone().map_err(NoAnswer::NotSynced).and(fates));
            }
        }
    }
}

/// Answers requests for pages alone, by a ledger that others write: what has changed is read once in a while.
pub(super) async fn show(ledger: &impl Ledger, mut requests: mpsc::Receiver<Request>, news: &News, every: Duration) {
    let mut reading = tokio::time::interval(every);
    reading.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let request = tokio::select! {
            request = requests.recv() => request,
            _ = reading.tick() => {
                news.tell();
                continue;
            }
        };
        match request {
            None => return,
            Some(Request::Pipelines(answer)) => tell(answer, ledger.pipelines().await.map_err(NoAnswer::from)),
            Some(Request::Pipeline(pipeline, execution, answer)) => {
                let found = find(ledger, &pipeline, execution.as_ref()).await;
                tell(answer, found.map_err(NoAnswer::from));
            }
            Some(Request::Take(_, answer)) => tell(answer, Err(NoAnswer::OnlyShows)),
            Some(Request::Skill(_, answer)) => tell(answer, Err(NoAnswer::OnlyShows)),
        }
    }
}

type Taken = (Answer<Vec<Outcome>>, Result<Vec<Outcome>, NoAnswer>);

/// Takes in events of all bodies by turns, for a while; gives back the bodies that this finished.
async fn take_turn<L: Ledger, C: Clock + Timer + Clone>(
    station: &LocalAndon<L, C>,
    bodies: &mut VecDeque<Taking>,
) -> Vec<Taken> {
    let begun = Instant::now();
    let mut done = Vec::new();
    while let Some(mut body) = bodies.pop_front() {
        let Some(event) = body.left.next() else {
            done.push((body.answer, Ok(body.fates)));
            continue;
        };
        match station.take(event).await {
            Ok(fate) => {
                if let Outcome::Malformed(malformed) = &fate {
                    complain(&malformed.to_string());
                }
                body.fates.push(fate);
                bodies.push_back(body);
            }
            Err(error) => done.push((body.answer, Err(error.into()))),
        }
        if begun.elapsed() > MAX_TURN {
            break;
        }
    }
    done
}

/// Sends an answer; a client that has disconnected misses it.
fn tell<T>(answer: Answer<T>, result: Result<T, NoAnswer>) {
    let _ = answer.send(result);
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
