//! Member accounts: evidence there is read with a role that has the same name in each account.
//!
//! Assuming it costs a round trip, so the credentials are cached until they expire.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use andon::name::AccountId;
use aws_config::SdkConfig;
use aws_sdk_codebuild::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_codebuild::error::ProvideErrorMetadata;

use super::clients::Clients;
use super::collector::EvidenceCollector;
use super::missing::{Missing, Question};

/// Under this name `CloudTrail` of the member account shows who read.
const SESSION: &str = "andon-evidence";
/// Credentials are not used to their last second: the calls that follow need some.
const SPARE: Duration = Duration::from_mins(1);

/// The role by which evidence in another account than the function's own is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRole {
    /// Its name, the same in every account.
    pub name: String,
    /// The external id that its trust policy requires, to keep out other installations of Andon.
    pub external_id: Option<String>,
}

/// The accounts that have the role.
#[derive(Debug)]
pub(super) struct Members {
    role: MemberRole,
    config: SdkConfig,
    sts: OnceLock<aws_sdk_sts::Client>,
    entered: Mutex<BTreeMap<AccountId, Entered>>,
}

/// An account that was let into, and until when.
#[derive(Debug)]
struct Entered {
    until: SystemTime,
    clients: Arc<Clients>,
}

impl Members {
    pub(super) fn new(role: MemberRole, config: &SdkConfig) -> Self {
        Self { role, config: Clients::impatient(config), sts: OnceLock::new(), entered: Mutex::default() }
    }

    /// The clients for that account; `None` if the role cannot be assumed, which the inquiry then records.
    pub(super) async fn clients_of(&self, account: &AccountId, inquiry: &EvidenceCollector) -> Option<Arc<Clients>> {
        if let Some(clients) = self.known(account) {
            return Some(clients);
        }
        match self.assume(account, inquiry).await {
            Ok(credentials) => Some(self.keep(account, credentials)),
            Err(missing) => {
                inquiry.misses(missing.sentence);
                None
            }
        }
    }

    fn known(&self, account: &AccountId) -> Option<Arc<Clients>> {
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        let known = entered.get(account).filter(|known| known.until > SystemTime::now() + SPARE)?;
        Some(Arc::clone(&known.clients))
    }

    fn keep(&self, account: &AccountId, credentials: Credentials) -> Arc<Clients> {
        let until = credentials.expiry().unwrap_or_else(SystemTime::now);
        let credentials = SharedCredentialsProvider::new(credentials);
        let config = self.config.to_builder().credentials_provider(credentials).build();
        let clients = Arc::new(Clients::new(&config));
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.insert(account.clone(), Entered { until, clients: Arc::clone(&clients) });
        clients
    }

    async fn assume(&self, account: &AccountId, inquiry: &EvidenceCollector) -> Result<Credentials, Missing> {
        let arn = format!("arn:{}:iam::{account}:role/{}", self.partition(), self.role.name);
        let question = Question {
            service: "STS",
            permission: "sts:AssumeRole",
            resource: &arn,
            what: format!("credentials of {arn}"),
        };
        let client = self.sts.get_or_init(|| aws_sdk_sts::Client::new(&self.config));
        let request = client
            .assume_role()
            .role_arn(&arn)
            .role_session_name(SESSION)
            .set_external_id(self.role.external_id.clone());
        let answer = inquiry.waits_for(&question, request.send()).await;
        let answer = answer.map_err(|error| match error.code() {
            // STS says the same whichever of the two accounts is at fault, and where there is no such role.
            Some("AccessDenied") => Missing::new(format!(
                "The notifier cannot assume {arn}: it needs sts:AssumeRole on the role, and the role must exist and \
                 trust the notifier's role"
            )),
            _ => question.unanswered(&error),
        })?;
        let given = answer.credentials.ok_or_else(|| Missing::new(format!("STS returned no credentials for {arn}")))?;
        let until = SystemTime::try_from(given.expiration).ok();
        Ok(Credentials::new(given.access_key_id, given.secret_access_key, Some(given.session_token), until, SESSION))
    }

    /// Roles reach no further than the partition.
    fn partition(&self) -> &'static str {
        match self.config.region().map_or("", |region| region.as_ref()) {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}
