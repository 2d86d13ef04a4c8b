//! Values that a client keeps for the server and must not change: cursors, and what a person is asked to confirm.

use std::time::Duration;

use rmcp::model::{RequestStateCodec, SealOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Seals values with a key of this process, or one that several processes share.
#[derive(Debug, Clone)]
pub(crate) struct Seal(RequestStateCodec);

impl Seal {
    /// A seal with a fresh key. What was sealed by another process is foreign.
    pub(crate) fn fresh() -> Self {
        let key = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self(RequestStateCodec::new_unchecked(key))
    }

    /// A seal with this key, which other processes may have too.
    #[cfg(feature = "http")]
    pub(crate) fn shared(key: &[u8]) -> Self {
        Self(RequestStateCodec::new_unchecked(key.to_vec()))
    }

    /// Seals a value for one purpose.
    pub(crate) fn close(&self, value: &impl Serialize, purpose: &str, valid_for: Option<Duration>) -> String {
        let mut options = SealOptions::new().associated_data(purpose.as_bytes());
        if let Some(valid_for) = valid_for {
            options = options.ttl(valid_for);
        }
        self.0.seal_with(&serde_json::to_vec(value).unwrap_or_default(), &options)
    }

    /// The value, if it was sealed with the same key for the same purpose and is still valid.
    pub(crate) fn open<T: DeserializeOwned>(&self, sealed: &str, purpose: &str) -> Option<T> {
        let bytes = self.0.open_with(sealed, purpose.as_bytes()).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_process_and_purpose_open_a_seal() {
        let (ours, theirs) = (Seal::fresh(), Seal::fresh());
        let sealed = ours.close(&7, "list_runs", None);
        assert_eq!(ours.open::<u8>(&sealed, "list_runs"), Some(7));
        assert_eq!(ours.open::<u8>(&sealed, "list_pipelines"), None);
        assert_eq!(theirs.open::<u8>(&sealed, "list_runs"), None);
        assert_eq!(ours.open::<u8>(&format!("{sealed}x"), "list_runs"), None);
        assert_eq!(ours.open::<u8>("", "list_runs"), None);
        let brief = ours.close(&7, "retry", Some(Duration::ZERO));
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(ours.open::<u8>(&brief, "retry"), None);
    }
}
