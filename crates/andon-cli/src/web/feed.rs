//! Events from elsewhere than HTTP.

use andon::event::Malformed;
use serde_json::Value;

use super::handle::Handle;
use crate::local::Outcome;

/// Where events from elsewhere are taken in, as those of requests are.
#[derive(Debug, Clone)]
pub struct Feed(Handle);

impl Feed {
    pub(super) fn new(handle: Handle) -> Self {
        Self(handle)
    }

    /// Has events taken in and made durable. `false` if one of them cannot be read.
    pub async fn take(&self, events: Vec<Result<Value, Malformed>>) -> anyhow::Result<bool> {
        let fates = self.0.take(events).await?;
        Ok(!fates.iter().any(|fate| matches!(fate, Outcome::Malformed(_))))
    }
}
