//! `andon replay`: the alerts and metrics of recorded events.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::sync_channel;

use andon::ledger::Ledger;
use anyhow::Context as _;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::{Surroundings, Verdict, configuration, runtime};
use crate::local::{CallbackSender, FollowingClock, Outcome, Playback, Sent, each_event, in_memory, open};
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

/// For how long the clock can run on: far longer than anything waits, and some seconds of sweeps.
const MAX_RUN_ON: SignedDuration = SignedDuration::from_hours(31 * 24);

/// How many events are read ahead of those that are played.
const AHEAD: usize = 256;

/// A file that is to be played.
struct Source {
    name: String,
    /// `None` for standard input.
    file: Option<File>,
}

impl Replay {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = configuration(self.config.as_deref())?;
        let mut unreadable = false;
        let mut files = Vec::new();
        for file in &self.files {
            match open_file(file) {
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
    files: Vec<Source>,
    run_on: Option<SignedDuration>,
    listener: &Listener,
) -> anyhow::Result<bool> {
    let mut sound = true;
    for Source { name, file } in files {
        // Reading goes on while events are played, and never far ahead: a file may be longer than the memory.
        let (events, played) = sync_channel(AHEAD);
        let reader = std::thread::spawn(move || {
            let mut give = |event| events.send(event).is_ok();
            match file {
                Some(file) => each_event(BufReader::new(file), &mut give),
                None => each_event(io::stdin().lock(), &mut give),
            }
        });
        let mut malformed = Vec::new();
        for (index, event) in played.into_iter().enumerate() {
            playback.andon().settle_in(event.as_ref().into_iter());
            if let Outcome::Malformed(problem) = playback.play(event).await? {
                malformed.push((index + 1, problem));
            }
            listener.check()?;
        }
        let ended = reader.join().map_err(|_| anyhow::anyhow!("cannot read {name} to its end"));
        let (count, problem) = ended?;
        for (place, malformed) in malformed {
            complain(&format!("{name}: event {place} of {count}: {malformed}"));
            sound = false;
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
    if length.is_negative() {
        return Err(example());
    }
    if length > MAX_RUN_ON {
        return Err(format!("the clock runs on for at most {} days", MAX_RUN_ON.as_hours() / 24));
    }
    Ok(length)
}

/// Opens a file of events.
fn open_file(file: &Path) -> anyhow::Result<Source> {
    if file == Path::new("-") {
        return Ok(Source { name: "standard input".to_owned(), file: None });
    }
    let name = file.display().to_string();
    let file = File::open(file).with_context(|| format!("cannot read {name}"))?;
    Ok(Source { name, file: Some(file) })
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
