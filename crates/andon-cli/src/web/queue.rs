//! Events from an SQS queue, for an `andon serve` that no HTTP reaches.

use std::convert::Infallible;
use std::time::Duration;

use aws_sdk_sqs::Client;
use serde_json::Value;

use super::Feed;
use crate::aws::{Options, Session};
use crate::local::recorded;
use crate::terminal::complain;

/// How long a call waits for messages.
const WAIT: i32 = 20;
/// The most messages of a call.
const MOST: i32 = 10;
/// The pause after a call that failed.
const PAUSE: Duration = Duration::from_secs(5);

/// A queue that events are taken from.
#[derive(Debug)]
pub struct Queue {
    session: Session,
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at an address. Its region is the one in the address, if that names one.
    pub async fn open(url: String, options: &Options) -> anyhow::Result<Self> {
        let region = url.strip_prefix("https://sqs.").and_then(|rest| rest.split('.').next()).map(str::to_owned);
        let options = Options { region: region.or_else(|| options.region.clone()), profile: options.profile.clone() };
        let session = Session::open(&options).await?;
        Ok(Self { client: Client::new(&session.config), session, url })
    }

    /// Takes events for as long as the process runs. A message is deleted once its event is kept; one that cannot be is
    /// left to the queue, which delivers it again or puts it among its dead letters.
    pub async fn feed(&self, feed: Feed) -> Infallible {
        loop {
            if let Err(error) = self.take(&feed).await {
                complain(&format!("{error:#}"));
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn take(&self, feed: &Feed) -> anyhow::Result<()> {
        let request =
            self.client.receive_message().queue_url(&self.url).wait_time_seconds(WAIT).max_number_of_messages(MOST);
        let batch = request.send().await.map_err(|error| self.plain("receive from", &error))?;
        for message in batch.messages() {
            let events = match serde_json::from_str::<Value>(message.body().unwrap_or_default()) {
                Ok(payload) => recorded::unwrap(payload),
                Err(error) => {
                    complain(&format!("a message of the queue is not JSON: {error}"));
                    continue;
                }
            };
            // One that cannot be read has been complained of, and cannot be read next time either: the queue's dead letters
            // are the place for it.
            if !feed.take(events).await? {
                continue;
            }
            let deleted = self.client.delete_message().queue_url(&self.url);
            let deleted = deleted.set_receipt_handle(message.receipt_handle().map(str::to_owned)).send().await;
            deleted.map_err(|error| self.plain("delete from", &error))?;
        }
        Ok(())
    }

    fn plain<E, R>(&self, doing: &str, error: &aws_sdk_sqs::error::SdkError<E, R>) -> anyhow::Error
    where
        E: aws_sdk_sqs::error::ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        self.session.plain(&format!("{doing} the queue {}", self.url), error)
    }
}
