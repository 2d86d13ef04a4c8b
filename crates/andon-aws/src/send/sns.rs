//! SNS: email, and everything else that subscribes to a topic.

use std::cell::RefCell;
use std::collections::BTreeMap;

use andon::ledger::Receipt;
use andon_notify::destination::sns::{Email, TopicArn};
use andon_notify::{Outgoing, SendError};
use aws_config::{Region, SdkConfig};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use sha2::{Digest, Sha256};

use crate::fault::{FaultKind, said};

/// The topics, each published to in its own region.
#[derive(Debug)]
pub(super) struct Topics {
    config: SdkConfig,
    clients: RefCell<BTreeMap<String, Client>>,
}

impl Topics {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self { config: config.clone(), clients: RefCell::new(BTreeMap::new()) }
    }

    /// Publishes an email. A FIFO topic drops what it has had within five minutes, by an id that is the same for every
    /// try, and keeps the messages about one pipeline in order.
    pub(super) async fn publish(
        &self,
        destination: &str,
        topic: &TopicArn,
        email: &Email,
        outgoing: Outgoing<'_>,
    ) -> Result<Receipt, SendError> {
        let client = self.client(topic.region());
        let mut publish = client.publish().topic_arn(topic.as_str()).subject(&email.subject).message(&email.body);
        for (name, value) in &email.attributes {
            let attribute = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            match attribute {
                Ok(attribute) => publish = publish.message_attributes(*name, attribute),
                Err(error) => tracing::warn!("left out the message attribute {name}: {error}"),
            }
        }
        if topic.is_fifo() {
            let about = &outgoing.message.about.pipeline;
            publish = publish
                .message_group_id(digest(&about.to_string()))
                .message_deduplication_id(digest(&format!("{about} {}", outgoing.id)));
        }
        match publish.send().await {
            Ok(answer) => Ok(Receipt { id: answer.message_id, ..Receipt::default() }),
            Err(error) => Err(refused(destination, topic, &error)),
        }
    }

    fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.borrow_mut();
        let made = clients.entry(region.to_owned()).or_insert_with(|| {
            let config = aws_sdk_sns::config::Builder::from(&self.config).region(Region::new(region.to_owned()));
            Client::from_conf(config.build())
        });
        made.clone()
    }
}

/// SNS takes at most 128 letters, digits and signs: a hash fits whatever the names are.
fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn refused<R: std::fmt::Debug>(destination: &str, topic: &TopicArn, error: &SdkError<PublishError, R>) -> SendError {
    let destination = destination.to_owned();
    let topic = topic.as_str();
    let problem = match (FaultKind::of(error), error.code().unwrap_or_default()) {
        (_, code) if code.starts_with("KMS") && !code.contains("Throttling") => {
            format!("the key of {topic} cannot be used: {}", said(error))
        }
        (FaultKind::Gone, _) => format!("the topic {topic} does not exist; create it, or correct andon.yml"),
        (FaultKind::Denied, _) => {
            format!("the function's role lacks sns:Publish on {topic}, or the topic policy denies it")
        }
        (_, "InvalidParameter" | "InvalidParameterValue" | "EndpointDisabled" | "InvalidSecurity") => {
            format!("{topic} rejects the message: {}", said(error))
        }
        _ if matches!(error, SdkError::TimeoutError(_)) => {
            return SendError::Unanswered { destination, problem: said(error) };
        }
        _ => return SendError::Retryable { destination, problem: said(error), after: None },
    };
    SendError::Permanent { destination, problem }
}
