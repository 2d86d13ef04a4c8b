//! `andon preview`: any alert as it would be sent, so that a change of wording can be seen.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use andon::config::{Config, Kind};
use andon::message::{Message, email, slack};
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, configuration, runtime};
use crate::local::recorded::{self, Recording};
use crate::local::{FollowingClock, Outlet, Playback, Sent, in_memory};
use crate::terminal::{self, Terminal};

/// Show an alert as it would be sent, for a recorded run
#[derive(Debug, clap::Args)]
pub(super) struct Preview {
    /// The kind of alert, such as failed, recovered or approval-needed
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// As what
    #[arg(long = "as", value_enum, default_value_t = Form::Email)]
    form: Form,
    /// A file of recorded events that leads to such an alert, instead of one that comes with Andon
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Name accounts and times as this andon.yml says
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write JSON alone
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Block Kit as JSON, then as readable text
    Slack,
    /// Subject and text
    Email,
    /// The line that `andon replay --json` writes
    Json,
}

impl Preview {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = told_everything(configuration(self.config.as_deref())?)?;
        let (name, events) = if let Some(file) = &self.run {
            (file.display().to_string(), read(file)?)
        } else {
            let recordings = sample(self.kind).iter().filter_map(|name| Recording::named(name));
            ("the recorded runs".to_owned(), recorded::interleave(recordings.map(Recording::events)))
        };
        let messages = messages(events, config)?;
        let Some(message) = messages.iter().rfind(|message| message.kind == self.kind) else {
            let mut kinds: Vec<&str> = messages.iter().map(|message| message.kind.as_str()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            bail!(
                "{name} leads to no alert {}, but to {}",
                self.kind,
                if kinds.is_empty() { "none at all".to_owned() } else { kinds.join(", ") }
            );
        };
        show(message, self.form, self.json, around.terminal)?;
        Ok(Verdict::Well)
    }
}

/// The recorded runs that show a kind of alert best.
fn sample(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Failed => &["build-failed"],
        Kind::Recovered => &["build-failed", "build-failed-again", "build-fixed"],
        Kind::ApprovalNeeded | Kind::ApprovalOverdue => &["running"],
        Kind::Rejected => &["approval-rejected"],
        Kind::Started | Kind::Succeeded => &["succeeded"],
        Kind::Stopped => &["stopped"],
        Kind::Superseded => &["superseded"],
        Kind::Stuck => &["in-progress"],
        Kind::NoSuccess => &["retry-succeeded"],
        Kind::Canceled => &["canceled"],
    }
}

/// The same names and times, but every kind of alert is told.
fn told_everything(config: Config) -> anyhow::Result<Config> {
    let kinds = Kind::ALL.map(Kind::as_str).join(", ");
    let text =
        format!("version: 1\nroutes:\n  - to: [default]\n    kinds: [{kinds}]\nlimits:\n  - no-success-after: 48h\n");
    let everything = Config::parse(&text, "preview").map_err(|findings| anyhow::anyhow!("{findings}"))?;
    let limits = if config.limits.is_empty() { everything.limits } else { config.limits };
    Ok(Config { routes: everything.routes, limits, ..config })
}

fn read(file: &Path) -> anyhow::Result<Vec<Value>> {
    let name = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    let payload = serde_json::from_slice(&text).with_context(|| format!("{name} is not JSON"))?;
    recorded::unwrap(payload).into_iter().map(|event| event.with_context(|| format!("in {name}"))).collect()
}

/// How long it takes until somebody should be told that nothing happens.
const SILENCE: SignedDuration = SignedDuration::from_hours(72);

/// Every message that these events lead to, and the silence after them.
fn messages(events: Vec<Value>, config: Config) -> anyhow::Result<Vec<Message>> {
    let messages: Rc<RefCell<Vec<Message>>> = Rc::default();
    let outlet = Outlet::new({
        let messages = Rc::clone(&messages);
        move |sent| {
            if let Sent::Alert { message, .. } = sent {
                messages.borrow_mut().push((*message).clone());
            }
            Ok(())
        }
    });
    let playback = Playback::new(in_memory()?, outlet, FollowingClock::new(), config)?;
    runtime()?.block_on(async {
        playback.station().settle_in(events.iter());
        for event in events {
            playback.play(Ok(event)).await?;
        }
        playback.finish().await?;
        if let Some(problem) = playback.sweep_after(SILENCE).await {
            bail!(problem);
        }
        anyhow::Ok(())
    })?;
    Ok(messages.take())
}

fn show(message: &Message, form: Form, json: bool, terminal: Terminal) -> anyhow::Result<()> {
    match form {
        Form::Email => {
            let email = email::render(message);
            if json {
                terminal
                    .json(&json!({"subject": email.subject, "body": email.body, "attributes": email.attributes}))?;
            } else {
                terminal.line(format!("Subject: {}\n\n{}", email.subject, email.body.trim_end()))?;
            }
        }
        Form::Slack => {
            let blocks = slack::render(message, &[]);
            terminal.json(&blocks)?;
            if !json {
                terminal.line(format!("\n{}", terminal::slack::readable(&blocks)))?;
            }
        }
        Form::Json => terminal.json(&terminal::json::Alert::new(message, None))?,
    }
    Ok(())
}
