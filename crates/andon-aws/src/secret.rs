//! Secrets, fetched by reference on first use and cached for a few minutes.
//!
//! A secret is a [`SecretString`] from the moment it is read, so it cannot be printed by accident. Nothing is fetched at a
//! cold start. A rotated secret is used within minutes, or at once if the old one is rejected.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use andon::clock::Clock as _;
use andon::run_action::{Passcode, PasscodeError};
use andon::secret::SecretRef;
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::clock::SystemClock;
use crate::fault::{FaultKind, said};

/// How long a secret is used before it is fetched again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// Why a secret could not be had. It never holds one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It may be had later.
    #[error("cannot fetch the secret {reference} now: {problem}")]
    Retryable {
        /// Which.
        reference: String,
        /// The service's message.
        problem: String,
    },
    /// It fails until something is changed.
    #[error("cannot fetch the secret {reference}: {problem}")]
    Permanent {
        /// Which.
        reference: String,
        /// The service's message, and what to do about it.
        problem: String,
    },
}

/// Fetches secrets, and keeps them for a while.
#[derive(Debug)]
pub struct Secrets {
    config: SdkConfig,
    parameters: OnceCell<aws_sdk_ssm::Client>,
    manager: OnceCell<aws_sdk_secretsmanager::Client>,
    kept: RefCell<BTreeMap<SecretRef, (Timestamp, SecretString)>>,
}

impl Secrets {
    /// Fetches with these credentials; clients are made when they are first needed.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            config: config.clone(),
            parameters: OnceCell::new(),
            manager: OnceCell::new(),
            kept: RefCell::new(BTreeMap::new()),
        }
    }

    /// The secret behind a reference.
    pub async fn get(&self, reference: &SecretRef, now: Timestamp) -> Result<SecretString, SecretError> {
        if let Some((until, secret)) = self.kept.borrow().get(reference)
            && *until > now
        {
            return Ok(secret.clone());
        }
        let secret = self.fetch(reference).await?;
        let until = now.checked_add(FRESH).unwrap_or(Timestamp::MAX);
        self.kept.borrow_mut().insert(reference.clone(), (until, secret.clone()));
        Ok(secret)
    }

    /// Forgets a secret that was refused: it may have been rotated.
    pub fn forget(&self, reference: &SecretRef) {
        self.kept.borrow_mut().remove(reference);
    }

    async fn fetch(&self, reference: &SecretRef) -> Result<SecretString, SecretError> {
        let never =
            |problem: &str| SecretError::Permanent { reference: reference.to_string(), problem: problem.to_owned() };
        let text = match reference {
            SecretRef::Env(name) => std::env::var(name).map_err(|_| {
                never("the environment variable is not set; in a deployed function use `ssm:` or `secretsmanager:`")
            })?,
            SecretRef::Ssm(name) => {
                let client = self.parameters.get_or_init(|| aws_sdk_ssm::Client::new(&self.config));
                let answer = client.get_parameter().name(name).with_decryption(true).send().await;
                let answer = answer.map_err(|error| refused(reference, "ssm:GetParameter", &error))?;
                answer
                    .parameter
                    .and_then(|parameter| parameter.value)
                    .ok_or_else(|| never("the parameter has no value"))?
            }
            SecretRef::SecretsManager { id, key } => {
                let client = self.manager.get_or_init(|| aws_sdk_secretsmanager::Client::new(&self.config));
                let answer = client.get_secret_value().secret_id(id).send().await;
                let answer = answer.map_err(|error| refused(reference, "secretsmanager:GetSecretValue", &error))?;
                let text = answer.secret_string.ok_or_else(|| never("the secret is binary; store it as text"))?;
                match key {
                    None => text,
                    Some(key) => serde_json::from_str::<serde_json::Value>(&text)
                        .ok()
                        .and_then(|json| json.get(key)?.as_str().map(str::to_owned))
                        .ok_or_else(|| never("the secret is not a JSON object with a string under that key"))?,
                }
            }
        };
        match text.trim() {
            "" => Err(never("it is empty")),
            text => Ok(SecretString::from(text)),
        }
    }
}

/// The number of digits of a spoken code.
const DIGITS: usize = 4;

impl Passcode for Secrets {
    async fn is(&self, kept: &SecretRef, said: &str) -> Result<bool, PasscodeError> {
        let code = self.get(kept, SystemClock.now()).await.map_err(|error| PasscodeError(error.to_string()))?;
        let code = code.expose_secret().as_bytes();
        if code.len() != DIGITS || !code.iter().all(u8::is_ascii_digit) {
            return Err(PasscodeError(format!(
                "{kept} does not hold {DIGITS} digits; store a code of {DIGITS} digits"
            )));
        }
        // Slices of different lengths are unequal at once, which tells no more than that four digits are asked for.
        Ok(bool::from(code.ct_eq(said.as_bytes())))
    }
}

fn refused<E, R>(reference: &SecretRef, permission: &str, error: &SdkError<E, R>) -> SecretError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let reference = reference.to_string();
    let problem = match FaultKind::of(error) {
        FaultKind::Gone => "it does not exist in this account and region; create it, or correct andon.yml".to_owned(),
        FaultKind::Denied => format!(
            "the function's role lacks {permission} on it (or kms:Decrypt on its key); the role may read secrets \
             below the stack parameter SecretsPath"
        ),
        _ => match error.code() {
            Some("ParameterVersionNotFound" | "InvalidKeyId" | "DecryptionFailure" | "ValidationException") => {
                said(error)
            }
            _ => return SecretError::Retryable { reference, problem: said(error) },
        },
    };
    SecretError::Permanent { reference, problem }
}
