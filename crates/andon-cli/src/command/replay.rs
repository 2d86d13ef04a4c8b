//! `andon replay`: the alerts and metrics of recorded events.

use std::cell::RefCell;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use andon::event::Malformed;
use andon::ledger::Ledger;
use anyhow::Context as _;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde_json::{Deserializer, Value};

use super::{Surroundings, Verdict, configuration, runtime};
use crate::local::{CallbackSender, FollowingClock, Outcome, Playback, Sent, in_memory, open, recorded};
use crate::terminal::alert::framed;
use crate::terminal::data::Gathered;
use crate::terminal::{complain, json};

/// Replay recorded events and print the alerts and metrics they produce
///
/// A file contains events in sequence, in arrays, or as SQS or SNS deliver them. The clock follows the events. After
/// the last event it advances by two minutes, so that delayed alerts are included. Alerts held for quiet hours are listed
/// on stderr.
#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// Files, in the order to replay; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object per line for every alert and data point, in sending order
    #[arg(long)]
    json: bool,
    /// State directory to replay into [default: an empty state in memory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Let the clock run on for this long after the last event, such as 4h, with a sweep every five minutes
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    run_on: Option<SignedDuration>,
}

/// What one file held.
struct Played {
    name: String,
    events: Vec<Result<Value, Malformed>>,
    /// Why the file could not be read to its end as JSON.
    problem: Option<String>,
}

impl Replay {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = configuration(self.config.as_deref())?;
        let read: Vec<anyhow::Result<Played>> = self.files.iter().map(|file| read(file)).collect();
        let mut unreadable = false;
        let mut files = Vec::new();
        for file in read {
            match file {
                Ok(file) => files.push(file),
                Err(error) => {
                    complain(&format!("{error:#}"));
                    unreadable = true;
                }
            }
        }
        let clock = FollowingClock::new();
        let listener = Rc::new(Listener::new(around, self.json, self.config.is_some()));
        let sender = CallbackSender::new({
            let listener = Rc::clone(&listener);
            move |sent| listener.hear(sent)
        });
        let ledger = match &self.data {
            Some(directory) => open(directory)?,
            None => in_memory()?,
        };
        ledger.sync_on_demand()?;
        let playback = Playback::new(ledger.clone(), sender, clock, config)?;
        let sound = runtime()?.block_on(play(&playback, files, self.run_on, &listener))?;
        ledger.sync()?;
        listener.finish()?;
        anyhow::ensure!(!unreadable, "some files could not be read");
        Ok(if sound { Verdict::Well } else { Verdict::NotWell })
    }
}

/// Plays the files; says whether every event was handled or could be left alone.
async fn play<L: Ledger>(
    playback: &Playback<L>,
    files: Vec<Played>,
    run_on: Option<SignedDuration>,
    listener: &Listener,
) -> anyhow::Result<bool> {
    playback.andon().settle_in(files.iter().flat_map(|file| &file.events).filter_map(|event| event.as_ref().ok()));
    let mut sound = true;
    for Played { name, events, problem } in files {
        let count = events.len();
        for (index, event) in events.into_iter().enumerate() {
            if let Outcome::Malformed(malformed) = playback.play(event).await? {
                complain(&format!("{name}: event {} of {count}: {malformed}", index + 1));
                sound = false;
            }
            listener.check()?;
        }
        if let Some(problem) = problem {
            complain(&format!("{name}: {problem}"));
            sound = false;
        }
    }
    for problem in playback.run_on(run_on.unwrap_or_default()).await? {
        complain(&format!("not finished: {problem}"));
        sound = false;
    }
    for problem in playback.finish().await? {
        complain(&format!("not finished: {problem}"));
        sound = false;
    }
    for held in playback.deferred().await? {
        complain(&format!("{} is held for quiet hours until {}", held.effect, held.until));
    }
    listener.check()?;
    Ok(sound)
}

/// A duration such as `4h`, `1h30m` or `2d`.
fn duration(text: &str) -> Result<SignedDuration, String> {
    let example = || "write a duration such as 90m, 4h or 2d".to_owned();
    let span: Span = text.trim().parse().map_err(|_| example())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| example())?;
    if length.is_negative() { Err(example()) } else { Ok(length) }
}

/// Reads whatever events a file holds.
fn read(file: &Path) -> anyhow::Result<Played> {
    let (name, bytes) = if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        ("standard input".to_owned(), bytes)
    } else {
        let name = file.display().to_string();
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
        (name, bytes)
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut events = Vec::new();
    let mut problem = None;
    for payload in Deserializer::from_slice(text).into_iter::<Value>() {
        match payload {
            Ok(payload) => events.extend(recorded::unwrap(payload)),
            Err(error) => {
                let what = if events.is_empty() { "the file" } else { "the text after its events" };
                problem = Some(format!("{what} is not JSON: {error}"));
            }
        }
    }
    if events.is_empty() && problem.is_none() {
        problem = Some("the file contains no events".to_owned());
    }
    Ok(Played { name, events, problem })
}

/// Prints alerts and metrics as they are sent.
struct Listener {
    around: Surroundings,
    json: bool,
    names_destination: bool,
    gathered: RefCell<Gathered>,
    broken: RefCell<Option<io::Error>>,
}

impl Listener {
    fn new(around: Surroundings, json: bool, names_destination: bool) -> Self {
        Self { around, json, names_destination, gathered: RefCell::default(), broken: RefCell::default() }
    }

    fn hear(&self, sent: &Sent<'_>) -> io::Result<()> {
        let written = self.write(sent);
        if let Err(error) = &written {
            // The handlers would only try again: whoever plays stops instead.
            self.broken.replace(Some(io::Error::from(error.kind())));
        }
        written
    }

    fn write(&self, sent: &Sent<'_>) -> io::Result<()> {
        let terminal = self.around.terminal;
        match sent {
            Sent::Alert { to, message } if self.json => {
                terminal.json_line(&json::Alert::new(message, self.names_destination.then_some(*to)))
            }
            Sent::Alert { to, message } => {
                if self.names_destination {
                    terminal.line(format!("To {}", to.name))?;
                }
                terminal.line(framed(message, terminal))
            }
            Sent::Datum(datum) if self.json => terminal.json_line(&json::Datum::new(datum)),
            Sent::Datum(datum) => {
                self.gathered.borrow_mut().add(datum);
                Ok(())
            }
        }
    }

    fn check(&self) -> io::Result<()> {
        self.broken.take().map_or(Ok(()), Err)
    }

    fn finish(&self) -> io::Result<()> {
        let gathered = self.gathered.borrow();
        if self.json || gathered.count() == 0 {
            return Ok(());
        }
        self.around.terminal.table(&gathered.table())
    }
}
