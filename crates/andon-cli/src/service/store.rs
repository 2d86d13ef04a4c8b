//! The store of an environment: the template that services are deployed with, and what is removed with a service.

use anyhow::Context as _;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use jiff::Timestamp;

use super::progress::Progress;
use crate::aws::Session;

/// A bucket.
#[derive(Debug)]
pub struct Store<'a> {
    session: &'a Session,
    client: Client,
    bucket: String,
}

impl<'a> Store<'a> {
    /// By the name of its bucket.
    pub fn new(session: &'a Session, bucket: &str) -> Self {
        Self { session, client: Client::new(&session.config), bucket: bucket.to_owned() }
    }

    /// When a text was stored, if it is what is stored there now.
    pub async fn holds(&self, key: &str, text: &str) -> anyhow::Result<Option<Timestamp>> {
        let doing = format!("read {key} in the bucket {}", self.bucket);
        let object = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(self.session.plain(&doing, &error)),
        };
        let stored = object.last_modified().and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok());
        let bytes = object.body.collect().await.with_context(|| format!("cannot {doing}"))?.into_bytes();
        Ok((bytes == text.as_bytes()).then_some(stored.unwrap_or(Timestamp::UNIX_EPOCH)))
    }

    /// Stores a text.
    pub async fn put(&self, key: &str, text: &str) -> anyhow::Result<()> {
        let body = ByteStream::from(text.as_bytes().to_vec());
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type("text/yaml").body(body);
        request.send().await.map_err(|error| self.session.plain(&format!("store {key}"), &error))?;
        Ok(())
    }

    /// Deletes every version of everything under a prefix, and counts it. A bucket that is gone is empty.
    pub async fn empty(&self, prefix: &str, progress: &mut Progress) -> anyhow::Result<u64> {
        self.remove(prefix, |_| true, progress).await
    }

    /// Deletes every version of what is under a prefix and has one of these keys, and counts it.
    pub async fn remove(
        &self,
        prefix: &str,
        is_meant: impl Fn(&str) -> bool,
        progress: &mut Progress,
    ) -> anyhow::Result<u64> {
        let owner = &self.session.account;
        let since = std::time::Instant::now();
        let doing = format!("empty the bucket {}", self.bucket);
        let mut count = 0;
        let mut next: (Option<String>, Option<String>) = (None, None);
        loop {
            let request = self.client.list_object_versions().bucket(&self.bucket).prefix(prefix);
            let request = request.expected_bucket_owner(owner);
            let request = request.set_key_marker(next.0.take()).set_version_id_marker(next.1.take());
            let page = match request.send().await {
                Ok(page) => page,
                Err(error) if error.code() == Some("NoSuchBucket") => return Ok(count),
                Err(error) => return Err(self.session.plain(&doing, &error)),
            };
            let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
            let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
            let objects: Vec<ObjectIdentifier> = versions
                .chain(markers)
                .filter(|(key, _)| key.is_some_and(&is_meant))
                .filter_map(|(key, version)| {
                    ObjectIdentifier::builder().key(key?).set_version_id(version.map(str::to_owned)).build().ok()
                })
                .collect();
            let is_last = page.is_truncated() != Some(true);
            next = (page.next_key_marker().map(str::to_owned), page.next_version_id_marker().map(str::to_owned));
            if objects.is_empty() {
                if is_last {
                    return Ok(count);
                }
                continue;
            }
            count += u64::try_from(objects.len()).unwrap_or_default();
            let delete =
                Delete::builder().set_objects(Some(objects)).quiet(true).build().context("nothing to delete")?;
            let request = self.client.delete_objects().bucket(&self.bucket).delete(delete);
            let request = request.expected_bucket_owner(owner);
            let answer = request.send().await.map_err(|error| self.session.plain(&doing, &error))?;
            if let Some(refused) = answer.errors().first() {
                // What cannot be deleted would be listed for ever.
                anyhow::bail!(
                    "cannot {doing}: {}: {}",
                    refused.key().unwrap_or_default(),
                    refused.message().unwrap_or_default()
                );
            }
            progress.wait(&format!("{count} objects deleted from {}", self.bucket), since);
            if is_last {
                return Ok(count);
            }
        }
    }
}
