//! `andon demo`: sample events replayed in the terminal and on the board, without an AWS account.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;

use alexa::Skills;
use andon::clock::Clock as _;
use andon_config::Config;
use serde_json::Value;
use tokio::net::TcpListener;

use super::{Surroundings, Verdict, runtime};
use crate::local::recorded::Day;
use crate::local::{
    CallbackSender, FollowingClock, LocalAndon, LocalEvidence, Pending, Playback, Sent, SystemClock, in_memory,
    remember,
};
use crate::terminal::alert::{framed, on_one_line};
use crate::terminal::data::Gathered;
use crate::terminal::{BOLD, DIM, Terminal, moment, paint};
use crate::web;

/// Replay sample events and show the alerts, the metrics and the board
///
/// The events cover one made-up day and the days before it, shifted so that the day ends now. You need no AWS account,
/// and nothing leaves your machine.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Print the alerts and exit without starting the board
    #[arg(long)]
    once: bool,
    /// Port of the board [default: 4646, or a free port if 4646 is in use]
    #[arg(long, value_name = "PORT", conflicts_with = "once")]
    port: Option<u16>,
}

const PORT: u16 = 4646;

/// The columns of a line where there is no screen that says.
const WIDTH: usize = 80;

/// Names for the invented accounts, and who approved what.
const CONFIGURATION: &str = "\
version: 1
routes:
  - kinds: [failed, recovered, rolled-back, approval-needed, approved]
    to: default
accounts:
  '111122223333': shop
  '444455556666': finance
";

/// The sink of alerts and metrics during the replay.
struct Audience {
    terminal: Terminal,
    clock: FollowingClock,
    is_today: Cell<bool>,
    gathered: RefCell<Gathered>,
}

impl Demo {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let terminal = around.terminal;
        let Day { weeks_before, days_before: past, today } = Day::ending(around.now());
        let clock = FollowingClock::new();
        let audience = Rc::new(Audience {
            terminal,
            clock: clock.clone(),
            is_today: Cell::new(false),
            gathered: RefCell::default(),
        });
        let sender = CallbackSender::new({
            let audience = Rc::clone(&audience);
            move |sent| audience.hear(sent)
        });
        let config = Config::parse(CONFIGURATION, "andon.yml").map_err(|findings| anyhow::anyhow!("{findings}"))?;
        let playback =
            Playback::new(in_memory()?, sender, clock, config.clone())?.with_evidence(LocalEvidence::Samples);
        runtime()?.block_on(async {
            // A port that is in use is said before anything plays.
            let listener = if self.once { None } else { Some(self.listen().await?) };
            introduce(terminal, past.iter().chain(&today))?;
            playback.andon().settle_in(past.iter().chain(&today));
            let andon = playback.andon();
            let home = andon.home();
            remember(andon.ledger(), &weeks_before, &home, &andon.config().statistics.deployment).await?;
            terminal.line(paint(DIM, "Earlier alerts:"))?;
            for event in past {
                playback.play(Ok(event)).await?;
            }
            terminal.line(format!("\n{}", paint(DIM, "Today's alerts, as email:\n")))?;
            audience.is_today.set(true);
            for event in today {
                playback.play(Ok(event)).await?;
            }
            playback.finish().await?;
            audience.sum_up()?;
            let Some(listener) = listener else {
                for line in next_steps(None) {
                    terminal.line(line)?;
                }
                return Ok(Verdict::Well);
            };
            for line in next_steps(Some(&format!("http://{}", listener.local_addr()?))) {
                terminal.line(line)?;
            }
            let ledger = playback.andon().ledger().clone();
            let sender = CallbackSender::new(move |sent| match sent {
                Sent::Alert { message, .. } => terminal.line(framed(message, terminal)),
                Sent::Datum(_) => Ok(()),
            });
            let andon = LocalAndon::new(ledger, Pending::in_memory()?, sender, SystemClock, config)
                .with_evidence(LocalEvidence::Samples);
            web::serve(listener, &andon, Skills::Any, web::Doors::default(), || Ok(())).await?;
            Ok(Verdict::Well)
        })
    }
}

impl Demo {
    /// The named port or, without one, the usual port or any that is free.
    async fn listen(&self) -> anyhow::Result<TcpListener> {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.port.unwrap_or(PORT));
        match web::listen(address).await {
            Err(_) if self.port.is_none() => web::listen(SocketAddr::new(address.ip(), 0)).await,
            listener => listener,
        }
    }
}

/// Says what is going to be seen.
fn introduce<'v>(terminal: Terminal, events: impl Iterator<Item = &'v Value> + Clone) -> io::Result<()> {
    terminal.line(format!(
        "{} Andon tells a team when an AWS pipeline breaks: what broke, why,\nwhose change it was, and what to do. These are {} events of {} runs of made-up\npipelines, moved so that their day ends now.\n",
        paint(BOLD, "Andon demo."),
        events.clone().count(),
        executions(events),
    ))
}

/// Where the board is, if it is served, and three things to try.
fn next_steps(url: Option<&str>) -> Vec<String> {
    let first = if url.is_some() {
        "open the board, click on a red pipeline, and read why it failed"
    } else {
        "see the same pipelines on a board in the browser: andon demo"
    };
    let board = url.map(|url| format!("\nThe board is at {} (press Ctrl-C to stop)", paint(BOLD, &format!("{url}/"))));
    let heading = format!("\n{}", paint(DIM, "Three things to try:"));
    let steps = [
        first,
        "find the cause in a log of your own: andon explain build.log",
        "see a failure as Slack shows it: andon preview failed --as slack",
    ];
    board.into_iter().chain([heading]).chain(steps.map(|step| format!("  {step}"))).collect()
}

impl Audience {
    fn hear(&self, sent: &Sent<'_>) -> io::Result<()> {
        match sent {
            Sent::Alert { message, .. } if self.is_today.get() => self.terminal.line(framed(message, self.terminal)),
            Sent::Alert { message, .. } => {
                let width = self.terminal.width().unwrap_or(WIDTH);
                self.terminal.line(on_one_line(message, &moment(self.clock.now()), width))
            }
            Sent::Datum(datum) => {
                self.gathered.borrow_mut().add(datum);
                Ok(())
            }
        }
    }

    fn sum_up(&self) -> io::Result<()> {
        let gathered = self.gathered.borrow();
        self.terminal.line(paint(DIM, "Metrics for the whole period (averages):"))?;
        for line in gathered.table().lines(Some(self.terminal.width().unwrap_or(WIDTH))) {
            self.terminal.line(line)?;
        }
        let finer = match gathered.finer() {
            0 => String::new(),
            finer => format!(", {finer} of them per stage or action"),
        };
        self.terminal.line(paint(DIM, &format!("{} data points{finer}.", gathered.count())))
    }
}

fn executions<'v>(events: impl Iterator<Item = &'v Value>) -> usize {
    let ids: std::collections::BTreeSet<&str> =
        events.filter_map(|event| event.get("detail")?.get("execution-id")?.as_str()).collect();
    ids.len()
}
