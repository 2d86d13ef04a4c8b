//! What `andon serve` sends for real: to every kind of destination, with secrets from where the configuration says.

use std::collections::BTreeMap;

use andon::ledger::Receipt;
use andon::secret::SecretRef;
use andon_aws::clock::SystemClock;
use andon_aws::environment;
use andon_aws::send::{AwsSender, SLACK_API};
use andon_config::Config;
use andon_notify::destination::opsgenie::Opsgenie;
use andon_notify::destination::pagerduty::PagerDuty;
use andon_notify::destination::slack::Slack;
use andon_notify::destination::slack_webhook::SlackWebhook;
use andon_notify::destination::sns::{Sns, Topic, TopicArn};
use andon_notify::destination::teams::Teams;
use andon_notify::destination::webhook::Webhook;
use andon_notify::{Destination, DestinationName, Outgoing, SendError, Sender, Target};
use aws_config::{BehaviorVersion, SdkConfig};

use crate::aws::{Options, Session};

/// Sends to the destinations that it can reach.
#[derive(Debug)]
pub struct Outbox {
    sender: AwsSender<SystemClock>,
    /// The destinations that it does not send to, each with the reason.
    unreachable: BTreeMap<DestinationName, String>,
}

/// What a destination needs before anything can be sent to it.
enum Need<'n> {
    Credentials,
    Secret(&'n SecretRef),
    DefaultTopic,
}

impl Outbox {
    /// Finds out which destinations of a configuration can be sent to. AWS is asked only if one of them needs it.
    pub async fn open(config: &Config, options: &Options) -> anyhow::Result<Self> {
        let destinations = || config.routing.destinations.values();
        let topic = match std::env::var("ANDON_TOPIC_ARN") {
            Ok(_) => Some(environment::topic()?),
            Err(_) => None,
        };
        let needs_aws = destinations().any(|to| match need(to) {
            Need::Credentials => true,
            Need::Secret(secret) => !matches!(secret, SecretRef::Env(_)),
            Need::DefaultTopic => topic.is_some(),
        });
        let session = if needs_aws { Some(Session::open(options).await) } else { None };
        let aws = match &session {
            Some(Ok(session)) => session.config.clone(),
            _ => SdkConfig::builder().behavior_version(BehaviorVersion::v2026_01_12()).build(),
        };
        let without_aws = session.and_then(Result::err).map(|error| format!("{error:#}"));
        let unreachable = destinations()
            .filter_map(|to| Some((to.name.clone(), obstacle(to, topic.as_ref(), without_aws.as_deref())?)))
            .collect();
        let slack_api = environment::slack_api(SLACK_API)?;
        let apis = environment::service_apis()?;
        let sender = AwsSender::new(&aws, topic, &slack_api, SystemClock).with_apis(apis);
        Ok(Self { sender, unreachable })
    }

    /// Why nothing is sent to a destination; `None` if it is.
    pub fn obstacle(&self, to: &Destination) -> Option<&str> {
        self.unreachable.get(&to.name).map(String::as_str)
    }

    /// Sends a message to a destination that it can reach.
    pub async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        self.sender.send(to, outgoing).await
    }

    /// Whether what was sent to a destination can be brought up to date there.
    pub fn can_update(&self, to: &Destination) -> bool {
        self.obstacle(to).is_none() && self.sender.can_update(to)
    }

    /// The id of the member with an email address at a destination, if that is found.
    pub async fn member(&self, to: &Destination, email: &str) -> Option<String> {
        self.sender.member(to, email).await
    }
}

fn need(to: &Destination) -> Need<'_> {
    match &to.target {
        Target::Sns(Sns { topic: Topic::Default }) => Need::DefaultTopic,
        Target::Sns(_) => Need::Credentials,
        Target::Slack(Slack { token, .. }) => Need::Secret(token),
        // Of two secrets, the one that AWS holds is what it needs.
        Target::Webhook(Webhook { url: SecretRef::Env(_), secret }) => Need::Secret(secret),
        Target::SlackWebhook(SlackWebhook { url })
        | Target::Teams(Teams { url })
        | Target::Webhook(Webhook { url, .. }) => Need::Secret(url),
        Target::PagerDuty(PagerDuty { key, .. }) | Target::Opsgenie(Opsgenie { key, .. }) => Need::Secret(key),
    }
}

fn obstacle(to: &Destination, topic: Option<&TopicArn>, without_aws: Option<&str>) -> Option<String> {
    let aws = || without_aws.map(str::to_owned);
    match need(to) {
        Need::DefaultTopic if topic.is_none() => {
            Some("set ANDON_TOPIC_ARN to an SNS topic, or route alerts elsewhere in andon.yml".to_owned())
        }
        Need::Secret(SecretRef::Env(name)) => match std::env::var(name) {
            Ok(value) if !value.trim().is_empty() => None,
            _ => Some(format!("the environment variable {name} is not set")),
        },
        Need::DefaultTopic | Need::Credentials | Need::Secret(_) => aws(),
    }
}
