//! The dead-letter queue: events that no retry can fix go there at once, with the reason.

use std::cell::OnceCell;

use andon_notify::DeadLetters;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use serde_json::Value;

use crate::fault::said;

/// The longest reason, in characters.
const MAX_LEN: usize = 1000;

/// A queue that a person looks into.
#[derive(Debug)]
pub struct DeadLetterQueue {
    config: SdkConfig,
    url: Option<String>,
    client: OnceCell<Client>,
}

impl DeadLetterQueue {
    /// The queue at this address; without one, events are left to the queue that they came from.
    pub fn new(config: &SdkConfig, url: Option<String>) -> Self {
        Self { config: config.clone(), url, client: OnceCell::new() }
    }
}

impl DeadLetters for DeadLetterQueue {
    async fn keep(&self, event: &Value, reason: &str) -> bool {
        let Some(url) = &self.url else { return false };
        let client = self.client.get_or_init(|| Client::new(&self.config));
        let reason: String = reason.chars().filter(|c| !c.is_control()).take(MAX_LEN).collect();
        let attribute = MessageAttributeValue::builder().data_type("String").string_value(reason).build();
        let mut send = client.send_message().queue_url(url).message_body(event.to_string());
        if let Ok(attribute) = attribute {
            send = send.message_attributes("reason", attribute);
        }
        match send.send().await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!("cannot send an event to the dead-letter queue: {}", said(&error));
                false
            }
        }
    }
}
