//! The bucket that CloudFormation takes packages and template from.

use anyhow::{Context as _, bail};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus,
    CreateBucketConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};
use serde_json::json;

use crate::aws::Session;

/// The rule that is set after all other settings of the bucket.
const LAST_SETTING: &str = "former-versions";
/// How long a version is kept that was deleted or overwritten.
const KEPT_DAYS: i32 = 30;

/// Whether a key is one that `andon deploy` stores something under: `STACK/NAME-CHECKSUM.zip`, or `.yml`.
pub fn is_package(key: &str) -> bool {
    let file = key.rsplit('/').next().unwrap_or(key);
    let stem = file.strip_suffix(".zip").or_else(|| file.strip_suffix(".yml"));
    let checksum = stem.and_then(|stem| stem.rsplit_once('-')).map(|(_, checksum)| checksum);
    checksum.is_some_and(|text| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()))
}

/// A bucket for packages.
#[derive(Debug)]
pub struct Bucket<'a> {
    session: &'a Session,
    client: Client,
    /// Its name.
    pub name: String,
    /// Whether it is Andon's own, which is created where it is missing.
    pub own: bool,
}

impl<'a> Bucket<'a> {
    /// The named one, or else Andon's own in the account and region.
    pub fn new(session: &'a Session, named: Option<&str>) -> Self {
        let own = || format!("andon-artifacts-{}-{}", session.account, session.region);
        let name = named.map_or_else(own, str::to_owned);
        Self { session, client: Client::new(&session.config), name, own: named.is_none() }
    }

    /// Whether it is there. One that belongs to another account or region is an error.
    pub async fn is_there(&self) -> anyhow::Result<bool> {
        let request = self.client.head_bucket().bucket(&self.name).expected_bucket_owner(&self.session.account);
        let error = match request.send().await {
            Ok(found) => match found.bucket_region() {
                Some(region) if region != self.session.region => bail!(
                    "the bucket {} is in {region}: Lambda takes packages only from a bucket in its own region, {}",
                    self.name,
                    self.session.region
                ),
                _ => return Ok(true),
            },
            Err(error) => error,
        };
        match error.raw_response().map(|response| response.status().as_u16()) {
            Some(404) => Ok(false),
            Some(301) => bail!("the bucket {} is in another region than {}", self.name, self.session.region),
            Some(403) => bail!(
                "the bucket {} belongs to another account, or these credentials may not use it (s3:ListBucket); name \
                 another one with --bucket",
                self.name
            ),
            _ => Err(self.session.plain(&format!("look for the bucket {}", self.name), &error)),
        }
    }

    /// Creates Andon's own where it is missing, and makes it private, encrypted and versioned. Says whether it is new.
    pub async fn make_ready(&self) -> anyhow::Result<bool> {
        let is_there = self.is_there().await?;
        if !self.own {
            if !is_there {
                bail!("there is no bucket {}", self.name);
            }
            return Ok(false);
        }
        if !is_there {
            self.create().await?;
        }
        if !is_there || !self.is_protected().await? {
            self.protect().await?;
        }
        Ok(!is_there)
    }

    async fn create(&self) -> anyhow::Result<()> {
        let place = (self.session.region != "us-east-1").then(|| {
            let region = BucketLocationConstraint::from(self.session.region.as_str());
            CreateBucketConfiguration::builder().location_constraint(region).build()
        });
        let request = self.client.create_bucket().bucket(&self.name).set_create_bucket_configuration(place);
        match request.send().await {
            Err(error) if error.code() != Some("BucketAlreadyOwnedByYou") => {
                Err(self.session.plain(&format!("create the bucket {}", self.name), &error))
            }
            _ => Ok(()),
        }
    }

    /// Whether all the settings were made: whoever created it may have been interrupted. They are made in order, so the
    /// last one stands for all.
    async fn is_protected(&self) -> anyhow::Result<bool> {
        let request = self.client.get_bucket_lifecycle_configuration().bucket(&self.name);
        match request.expected_bucket_owner(&self.session.account).send().await {
            Ok(found) => Ok(found.rules().iter().any(|rule| rule.id() == Some(LAST_SETTING))),
            Err(error) if error.code() == Some("NoSuchLifecycleConfiguration") => Ok(false),
            // Who may not read the settings may still be allowed to make them.
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 403) => Ok(false),
            Err(error) => Err(self.session.plain(&format!("read the settings of the bucket {}", self.name), &error)),
        }
    }

    async fn protect(&self) -> anyhow::Result<()> {
        let (client, name) = (&self.client, &self.name);
        let doing = format!("protect the bucket {name}");
        let private = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true)
            .build();
        let request = client.put_public_access_block().bucket(name).public_access_block_configuration(private);
        request.send().await.map_err(|error| self.session.plain(&doing, &error))?;

        let by_s3 = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256).build()?;
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(by_s3).build();
        let encrypted = ServerSideEncryptionConfiguration::builder().rules(rule).build()?;
        let request = client.put_bucket_encryption().bucket(name).server_side_encryption_configuration(encrypted);
        request.send().await.map_err(|error| self.session.plain(&doing, &error))?;

        let versioned = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let request = client.put_bucket_versioning().bucket(name).versioning_configuration(versioned);
        request.send().await.map_err(|error| self.session.plain(&doing, &error))?;

        let arn = format!("arn:{}:s3:::{name}", self.session.partition());
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "DenyUnencryptedTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": [arn, format!("{arn}/*")], "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }],
        });
        let request = client.put_bucket_policy().bucket(name).policy(policy.to_string());
        request.send().await.map_err(|error| self.session.plain(&doing, &error))?;

        // What the stack was deployed with before stays as long as it is in use: a roll back needs it.
        let rule = LifecycleRule::builder()
            .id(LAST_SETTING)
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .noncurrent_version_expiration(NoncurrentVersionExpiration::builder().noncurrent_days(KEPT_DAYS).build())
            .abort_incomplete_multipart_upload(
                AbortIncompleteMultipartUpload::builder().days_after_initiation(1).build(),
            )
            .build()?;
        let rules = BucketLifecycleConfiguration::builder().rules(rule).build()?;
        let request = client.put_bucket_lifecycle_configuration().bucket(name).lifecycle_configuration(rules);
        request.send().await.map_err(|error| self.session.plain(&doing, &error))?;
        Ok(())
    }

    /// Stores something under a key that says what it is, unless it is there. Says whether it was stored.
    pub async fn put(&self, key: &str, bytes: &[u8]) -> anyhow::Result<bool> {
        let doing = format!("store {key} in the bucket {}", self.name);
        let owner = &self.session.account;
        let head = self.client.head_object().bucket(&self.name).key(key).expected_bucket_owner(owner).send().await;
        match head {
            Ok(found)
                if found.content_length().and_then(|length| usize::try_from(length).ok()) == Some(bytes.len()) =>
            {
                return Ok(false);
            }
            // Without the right to list, S3 refuses what is not there.
            Ok(_) => {}
            Err(error) if matches!(error.raw_response().map(|raw| raw.status().as_u16()), Some(403 | 404)) => {}
            Err(error) => return Err(self.session.plain(&doing, &error)),
        }
        let request = self.client.put_object().bucket(&self.name).key(key).expected_bucket_owner(owner);
        let request = request.body(ByteStream::from(bytes.to_vec()));
        request.send().await.map_err(|error| self.session.plain(&doing, &error))?;
        Ok(true)
    }

    /// The address of an object for CloudFormation.
    pub fn url(&self, key: &str) -> String {
        format!("https://s3.{}.{}/{}/{key}", self.session.region, self.session.domain(), self.name)
    }

    /// Deletes the bucket if nothing is in it any more. Says whether it has gone.
    pub async fn delete_if_empty(&self) -> anyhow::Result<bool> {
        let request = self.client.delete_bucket().bucket(&self.name).expected_bucket_owner(&self.session.account);
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("NoSuchBucket") => Ok(true),
            Err(error) if error.code() == Some("BucketNotEmpty") => Ok(false),
            Err(error) => {
                Err(self.session.plain(&format!("delete the bucket {}", self.name), &error)).context("it is empty")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_deployment_stored_is_a_package() {
        let checksum = "a".repeat(64);
        for (key, is_one) in [
            (format!("andon/notifier-{checksum}.zip"), true),
            (format!("andon/template-{checksum}.yml"), true),
            (format!("andon/{checksum}.zip"), false),
            ("andon/backup-2026.zip".to_owned(), false),
            (format!("andon/notes-{checksum}.txt"), false),
        ] {
            assert_eq!(is_package(&key), is_one, "{key}");
        }
    }
}
