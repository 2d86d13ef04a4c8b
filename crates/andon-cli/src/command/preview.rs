//! `andon preview`: any alert as it would be sent.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use andon::alert::AlertKind;
use andon_config::Config;
use andon_notify::Routing;
use andon_notify::destination::{opsgenie, pagerduty, slack, sns, teams, webhook};
use andon_notify::message::Message;
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::SignedDuration;
use serde_json::{Value, json};
use strum::VariantArray as _;

use super::{Surroundings, Verdict, configuration, runtime};
use crate::local::recorded::{self, Recording};
use crate::local::{CallbackSender, FollowingClock, Playback, Sent, in_memory};
use crate::terminal::{self, Terminal};

/// Show an alert as it would be sent
#[derive(Debug, clap::Args)]
pub(super) struct Preview {
    /// Kind of alert, such as failed, recovered or approval-needed
    #[arg(value_name = "KIND")]
    kind: AlertKind,
    /// Output format
    #[arg(long = "as", value_enum, default_value_t = Form::Email)]
    form: Form,
    /// File of recorded events that produce the alert [default: sample events]
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Configuration file with account names and the time zone
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print only JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Block Kit JSON, followed by readable text
    Slack,
    /// Adaptive Card JSON
    Teams,
    /// Events of the Events API v2, as JSON
    Pagerduty,
    /// Bodies of requests to the Alert API, as JSON
    Opsgenie,
    /// Event of a webhook, as JSON
    Webhook,
    /// Subject and text
    Email,
    /// The line that `andon replay --json` writes
    Json,
}

impl Preview {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = told_everything(configuration(self.config.as_deref())?)?;
        let message = match &self.run {
            Some(file) => from_file(self.kind, file, config)?,
            None => from_recordings(self.kind, &config)?,
        };
        show(&message, self.form, self.json, around.terminal)?;
        Ok(Verdict::Well)
    }
}

/// The alert that the events of a file lead to.
fn from_file(kind: AlertKind, file: &Path, config: Config) -> anyhow::Result<Message> {
    let messages = messages(read(file)?, config)?;
    latest(&messages, kind).cloned().with_context(|| {
        let kinds: BTreeSet<AlertKind> = messages.iter().map(|message| message.kind).collect();
        let kinds: Vec<&str> = kinds.into_iter().map(AlertKind::as_str).collect();
        let others = if kinds.is_empty() { "no alerts".to_owned() } else { kinds.join(", ") };
        format!("{} produces no {kind} alert; it produces {others}", file.display())
    })
}

/// The alert of the first recorded run that leads to one by itself, or else of all recorded runs together: a recovery
/// takes several.
fn from_recordings(kind: AlertKind, config: &Config) -> anyhow::Result<Message> {
    for recording in Recording::every().filter(|recording| recording.is_one_run()) {
        let messages = messages(recording.events(), config.clone())?;
        if let Some(message) = latest(&messages, kind) {
            return Ok(message.clone());
        }
    }
    let together = messages(recorded::interleave(Recording::every().map(Recording::events)), config.clone())?;
    latest(&together, kind).cloned().with_context(|| format!("no sample run produces a {kind} alert"))
}

fn latest(messages: &[Message], kind: AlertKind) -> Option<&Message> {
    messages.iter().rfind(|message| message.kind == kind)
}

/// The same names and times, but every kind of alert is sent.
fn told_everything(config: Config) -> anyhow::Result<Config> {
    let kinds: Vec<&str> = AlertKind::VARIANTS.iter().map(|kind| kind.as_str()).collect();
    let kinds = kinds.join(", ");
    let text = format!(
        "version: 1\nroutes:\n  - to: [default]\n    kinds: [{kinds}]\n    digest: {{at: \"00:00\", days: [mon, tue, wed, thu, fri, sat, sun]}}\nlimits:\n  - no-success-after: 48h\n"
    );
    let everything = Config::parse(&text, "preview").map_err(|findings| anyhow::anyhow!("{findings}"))?;
    let limits = if config.limits.is_empty() { everything.limits } else { config.limits };
    let routing = Routing { routes: everything.routing.routes, ..config.routing };
    Ok(Config { routing, limits, ..config })
}

fn read(file: &Path) -> anyhow::Result<Vec<Value>> {
    let name = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    let payload = serde_json::from_slice(&text).with_context(|| format!("{name} is not JSON"))?;
    recorded::unwrap(payload).into_iter().map(|event| event.with_context(|| format!("in {name}"))).collect()
}

/// The time without events after which alerts by the clock are due.
const SILENCE: SignedDuration = SignedDuration::from_hours(72);

/// Every message that these events lead to, and the silence after them.
fn messages(events: Vec<Value>, config: Config) -> anyhow::Result<Vec<Message>> {
    let messages: Rc<RefCell<Vec<Message>>> = Rc::default();
    let sender = CallbackSender::new({
        let messages = Rc::clone(&messages);
        move |sent| {
            if let Sent::Alert { message, .. } = sent {
                messages.borrow_mut().push((*message).clone());
            }
            Ok(())
        }
    });
    let playback = Playback::new(in_memory()?, sender, FollowingClock::new(), config)?;
    runtime()?.block_on(async {
        playback.andon().settle_in(events.iter());
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
            let email = sns::render(message);
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
        Form::Pagerduty => terminal.json(&Value::from(pagerduty::render(message)))?,
        Form::Opsgenie => {
            let bodies: Vec<Value> = opsgenie::render(message).into_iter().map(|request| request.body).collect();
            terminal.json(&Value::from(bodies))?;
        }
        Form::Webhook => terminal.json(&webhook::render(message, "preview"))?,
        Form::Teams => terminal.json(&teams::render(message))?,
        Form::Json => terminal.json(&terminal::json::Alert::new(message, None))?,
    }
    Ok(())
}
