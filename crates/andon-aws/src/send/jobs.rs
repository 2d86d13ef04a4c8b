//! A queue for work that takes longer than the answer to a request may.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use serde_json::Value;

use crate::fault::said;

/// The queue of another function.
#[derive(Debug)]
pub struct JobQueue {
    client: Client,
    url: String,
}

impl JobQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: String) -> Self {
        Self { client: Client::new(config), url }
    }

    /// Puts a job on the queue. The error says what the service said.
    pub async fn put(&self, job: &Value) -> Result<(), String> {
        let sent = self.client.send_message().queue_url(&self.url).message_body(job.to_string()).send().await;
        sent.map(|_| ()).map_err(|error| format!("cannot put a job on the queue: {}", said(&error)))
    }
}
