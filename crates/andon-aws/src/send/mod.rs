//! Senders: Slack by a bot or a webhook, Microsoft Teams, and SNS topics.

use andon::clock::Clock;
use andon::ledger::Receipt;
use andon_notify::destination::slack as channel;
use andon_notify::destination::slack::Slack;
use andon_notify::destination::slack_webhook::SlackWebhook;
use andon_notify::destination::sns::{Sns, Topic, TopicArn, render as mail};
use andon_notify::destination::teams::{self as card, Teams};
use andon_notify::{Destination, Outgoing, SendError, Sender, Target};
use aws_config::SdkConfig;

use crate::secret::{SecretError, Secrets};

mod dead_letters;
mod http;
mod slack;
mod slack_webhook;
mod sns;
mod teams;

pub use dead_letters::DeadLetterQueue;
pub use slack::SLACK_API;

/// Sends to whatever destination it is given. Clients are made when they are first needed.
#[derive(Debug)]
pub struct AwsSender<C> {
    secrets: Secrets,
    topics: sns::Topics,
    http: http::Http,
    slack: slack::Slack,
    default_topic: Option<TopicArn>,
    clock: C,
}

impl<C: Clock> AwsSender<C> {
    /// A sender; `slack_api` is where Slack's methods are, [`SLACK_API`] unless a test says otherwise.
    pub fn new(config: &SdkConfig, default_topic: impl Into<Option<TopicArn>>, slack_api: &str, clock: C) -> Self {
        Self {
            secrets: Secrets::new(config),
            topics: sns::Topics::new(config),
            http: http::Http::default(),
            slack: slack::Slack::new(slack_api),
            default_topic: default_topic.into(),
            clock,
        }
    }
}

impl<C: Clock> Sender for AwsSender<C> {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        let name = to.name.as_str();
        match &to.target {
            Target::Sns(Sns { topic }) => {
                let topic = match topic {
                    Topic::Default => self.default_topic.as_ref().ok_or_else(|| SendError::Permanent {
                        destination: name.to_owned(),
                        problem: "no default topic is set".to_owned(),
                    })?,
                    Topic::Arn(arn) => arn,
                };
                self.topics.publish(name, topic, &mail(outgoing.message), outgoing).await
            }
            Target::SlackWebhook(SlackWebhook { url }) => {
                let address = self.secrets.get(url, self.clock.now()).await.map_err(|error| secret(name, &error))?;
                let body = channel::render(outgoing.message, outgoing.mention);
                let sent = slack_webhook::post(&self.http, name, &address, &body).await;
                self.forget_if_refused(url, &sent);
                sent
            }
            Target::Teams(Teams { url }) => {
                let address = self.secrets.get(url, self.clock.now()).await.map_err(|error| secret(name, &error))?;
                let sent = teams::post(&self.http, name, &address, &card::render(outgoing.message)).await;
                self.forget_if_refused(url, &sent);
                sent
            }
            Target::Slack(Slack { channel, token }) => {
                let bearer = self.secrets.get(token, self.clock.now()).await.map_err(|error| secret(name, &error))?;
                let body = channel::render(outgoing.message, outgoing.mention);
                let sent = self.slack.post(&self.http, name, channel.as_str(), &bearer, body, outgoing).await;
                self.forget_if_refused(token, &sent);
                sent
            }
        }
    }

    fn can_update(&self, to: &Destination) -> bool {
        matches!(to.target, Target::Slack(_))
    }
}

impl<C: Clock> AwsSender<C> {
    /// A secret that was refused may have been rotated: the next try fetches it anew.
    fn forget_if_refused(&self, reference: &andon::secret::SecretRef, sent: &Result<Receipt, SendError>) {
        if matches!(sent, Err(SendError::Permanent { .. })) {
            self.secrets.forget(reference);
        }
    }
}

fn secret(destination: &str, error: &SecretError) -> SendError {
    let destination = destination.to_owned();
    match error {
        SecretError::Retryable { .. } => SendError::Retryable { destination, problem: error.to_string(), after: None },
        SecretError::Permanent { .. } => SendError::Permanent { destination, problem: error.to_string() },
    }
}
