//! Serves an invented fleet on standard input and output, for the tests of the protocol: so many pipelines, whose logs,
//! commits and comments hold what strangers may write. With `act`, a retry is allowed, and written to standard error.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::indexing_slicing, reason = "for tests only")]

use std::collections::BTreeSet;

use andon::clock::{Clock, Timer};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{Ledger as _, Versioned};
use andon::name::PipelineId;
use andon::run::Failure;
use andon::run_action::{ActionError, PipelineActions, PlannedAction, RunAction};
use andon_diagnosis::{Evidence, Log};
use andon_mcp::testing::{HOSTILE, accounts, fleet};
use andon_mcp::{Desk, serve, stdio};
use andon_notify::{EvidenceSource, Found};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Clone)]
struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Timer for MachineClock {
    async fn wait(&self, span: SignedDuration) {
        tokio::time::sleep(span.try_into().unwrap_or_default()).await;
    }
}

struct Logs;

impl EvidenceSource for Logs {
    async fn gather(&self, _: &PipelineId, failure: &Failure) -> Found {
        let cause = failure.explanation.as_ref().and_then(|known| known.cause.first().cloned()).unwrap_or_default();
        let line = |at: usize| {
            let text = HOSTILE[at % HOSTILE.len()];
            if at == 700 { cause.clone() } else { format!("{at} {text} {}", "x".repeat(at % 200)) }
        };
        let text = (0..1000).map(line).collect::<Vec<_>>().join("\n");
        let log = Log::from_bytes(text.as_bytes());
        let missing = vec![format!("the stack: {}", HOSTILE[0])];
        Found { evidence: Evidence { log, ..Evidence::default() }, missing }
    }
}

struct Recorded;

impl PipelineActions for Recorded {
    async fn carry_out(&self, order: &PlannedAction, reason: &str) -> Result<(), ActionError> {
        eprintln!("CARRIED OUT {} {}: {reason}", order.pipeline.name, order.execution);
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let many: usize = arguments.first().and_then(|many| many.parse().ok()).unwrap_or(3);
    let allowed = if arguments.get(1).is_some_and(|word| word == "act") {
        BTreeSet::from([RunAction::Retry, RunAction::Approve])
    } else {
        BTreeSet::new()
    };
    let ledger = MemoryLedger::new();
    for pipeline in fleet(many) {
        for run in pipeline.runs {
            ledger.add(&[run]).await.remove(0).unwrap();
        }
        ledger.save(&Versioned { value: pipeline.history, version: 0 }, &[]).await.unwrap();
    }
    let desk = Desk::new(ledger, Logs, Recorded, MachineClock).configured(accounts(), TimeZone::UTC, allowed);
    let (input, output) = stdio::streams(&tokio::runtime::Handle::current());
    if let Err(error) = serve(desk, input, output).await {
        eprintln!("{error}");
    }
}
