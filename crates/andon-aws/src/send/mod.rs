//! Senders: Slack by a bot or a webhook, Microsoft Teams, `PagerDuty`, Opsgenie, webhooks, and SNS topics.

use andon::clock::Clock;
use andon::ledger::Receipt;
use andon_notify::destination::opsgenie::{self as alert, Opsgenie};
use andon_notify::destination::pagerduty::{self as event, PagerDuty};
use andon_notify::destination::slack as channel;
use andon_notify::destination::slack::Slack;
use andon_notify::destination::slack_webhook::SlackWebhook;
use andon_notify::destination::sns::{Sns, Topic, TopicArn, render as mail};
use andon_notify::destination::teams::{self as card, Teams};
use andon_notify::destination::webhook::{self as cloud_event, Webhook};
use andon_notify::{Destination, Outgoing, SendError, Sender, Target};
use aws_config::SdkConfig;

use crate::secret::{SecretError, Secrets};

mod dead_letters;
mod directory;
mod http;
mod jobs;
mod opsgenie;
mod pagerduty;
mod signed_webhook;
mod slack;
mod slack_webhook;
mod sns;
mod teams;
mod webhook;

pub use dead_letters::DeadLetterQueue;
pub use jobs::JobQueue;
pub use slack::{SLACK_API, SlackApp};

/// The addresses of services that have one for everybody, where they are not the usual ones.
#[derive(Debug, Clone, Default)]
pub struct ServiceApis {
    /// `PagerDuty`'s, without the path.
    pub pagerduty: Option<String>,
    /// Opsgenie's, without the path.
    pub opsgenie: Option<String>,
}

/// Sends to whatever destination it is given. Clients are made when they are first needed.
#[derive(Debug)]
pub struct AwsSender<C> {
    secrets: Secrets,
    topics: sns::Topics,
    http: http::Http,
    slack: slack::Slack,
    directory: directory::Directory,
    apis: ServiceApis,
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
            directory: directory::Directory::default(),
            apis: ServiceApis::default(),
            default_topic: default_topic.into(),
            clock,
        }
    }

    /// The same with other addresses of the services that have one for everybody.
    #[must_use]
    pub fn with_apis(self, apis: ServiceApis) -> Self {
        Self { apis, ..self }
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
            Target::PagerDuty(PagerDuty { key, region }) => {
                let routing = self.secrets.get(key, self.clock.now()).await.map_err(|error| secret(name, &error))?;
                let api = self.apis.pagerduty.as_deref().unwrap_or(pagerduty::api(*region));
                let sent = pagerduty::post(&self.http, name, api, &routing, event::render(outgoing.message)).await;
                self.forget_if_refused(key, &sent);
                sent
            }
            Target::Opsgenie(Opsgenie { key, region }) => {
                let bearer = self.secrets.get(key, self.clock.now()).await.map_err(|error| secret(name, &error))?;
                let api = self.apis.opsgenie.as_deref().unwrap_or(opsgenie::api(*region));
                let sent = opsgenie::post(&self.http, name, api, &bearer, &alert::render(outgoing.message)).await;
                self.forget_if_refused(key, &sent);
                sent
            }
            Target::Webhook(Webhook { url, secret: signing }) => {
                let now = self.clock.now();
                let address = self.secrets.get(url, now).await.map_err(|error| secret(name, &error))?;
                let key = self.secrets.get(signing, now).await.map_err(|error| secret(name, &error))?;
                let event = cloud_event::render(outgoing.message, outgoing.id);
                let sent = signed_webhook::post(&self.http, name, &address, &key, &event, now).await;
                self.forget_if_refused(url, &sent);
                self.forget_if_refused(signing, &sent);
                sent
            }
            Target::Slack(Slack { channel, token }) => {
                let bearer = self.secrets.get(token, self.clock.now()).await.map_err(|error| secret(name, &error))?;
                let body = channel::render_in_chat(outgoing.message, outgoing.mention);
                let sent = self.slack.post(&self.http, name, channel.as_str(), &bearer, body, outgoing).await;
                self.forget_if_refused(token, &sent);
                sent
            }
        }
    }

    fn can_update(&self, to: &Destination) -> bool {
        matches!(to.target, Target::Slack(_))
    }

    async fn member(&self, to: &Destination, email: &str) -> Option<String> {
        let Target::Slack(Slack { token, .. }) = &to.target else { return None };
        let now = self.clock.now();
        // What keeps the token away keeps the message away, too, and is told then.
        let bearer = self.secrets.get(token, now).await.ok()?;
        self.directory.find((&self.http, &self.slack), (token, &bearer), email, now).await
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
