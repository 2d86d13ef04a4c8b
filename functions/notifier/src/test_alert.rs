//! A test alert to every destination: called with `{"andon": "test-alert"}`, to prove that alerts arrive.

use andon::alert::AlertKind;
use andon::batch::{Invocation, Unfinished};
use andon::clock::Clock;
use andon::line::Line;
use andon::name::{PipelineId, PipelineName};
use andon_config::Config;
use andon_notify::message::{About, Message};
use andon_notify::{Outgoing, Sender};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Notifier, Ports};

/// The pipeline that a test alert names.
const PIPELINE: &str = "andon-test-alert";

impl<P: Ports> Notifier<P> {
    /// Sends a test alert to every destination of the configuration, and reports each. Nothing is recorded, quiet hours do
    /// not hold it back, and no one is mentioned.
    pub(crate) async fn test_alert(&self, invocation: &Invocation) -> Result<Value, Unfinished> {
        let name = PipelineName::parse(PIPELINE);
        let name = name.map_err(|error| Unfinished { count: 1, problems: vec![error.to_string()] })?;
        let pipeline = PipelineId { home: invocation.home.clone(), name };
        let sent = self.config.routing.destinations.values().map(async |destination| {
            let name = destination.name.as_str();
            let message = message(name, &self.config, pipeline.clone(), self.clock.now());
            let id = format!("test-alert/{}/{name}", invocation.id);
            let outgoing = Outgoing { message: &message, mention: &[], id: &id, update: None, thread: None };
            let mut sent = self.sender.send(destination, outgoing).await;
            if sent.is_ok() && destination.target.kind().opens_incidents {
                // The incident that this opened ends at once.
                let ended = Message { kind: AlertKind::Recovered, ..message.clone() };
                let id = format!("{id}/end");
                sent = self.sender.send(destination, Outgoing { message: &ended, id: &id, ..outgoing }).await;
            }
            match sent {
                Ok(_) => json!({ "destination": name, "delivered": true }),
                Err(error) => json!({ "destination": name, "delivered": false, "problem": error.to_string() }),
            }
        });
        Ok(json!({ "destinations": join_all(sent).await }))
    }
}

fn message(destination: &str, config: &Config, pipeline: PipelineId, now: Timestamp) -> Message {
    let account = pipeline.home.account.as_str();
    let account = config.accounts().name(account).to_owned();
    Message {
        // A destination that only shows failures has to show this.
        kind: AlertKind::Failed,
        at: now,
        about: About { pipeline, account, line: Line::default(), execution: None, stage: None, action: None },
        title: "Test alert from Andon: nothing has failed".to_owned(),
        lead: Some(format!("Alerts reach the destination {destination}.")),
        facts: Vec::new(),
        causes: Vec::new(),
        hint: None,
        notes: Vec::new(),
        links: Vec::new(),
        others: Vec::new(),
        deeds: Vec::new(),
        buttons: None,
    }
}
