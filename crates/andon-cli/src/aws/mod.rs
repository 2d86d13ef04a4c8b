//! AWS as the command line uses it: whose credentials, which account and region, and errors in plain words.
//!
//! Every command that talks to AWS opens a [`Session`], so that a missing region or an expired sign-in reads the same
//! everywhere.

use std::error::Error;
use std::time::Duration;

use anyhow::{anyhow, bail};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

pub mod logs;
pub mod outbox;
mod reach;
mod rights;
mod signed;
pub mod stack;

pub use reach::Reach;
pub use rights::Rights;
pub use signed::{Answer, Call};

/// Which account and region.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// A profile of your AWS configuration [default: `AWS_PROFILE`, or the profile `default`]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The AWS region [default: `AWS_REGION`, or the profile's region]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
}

/// Working credentials, with the account and region that they lead to.
#[derive(Debug, Clone)]
pub struct Session {
    /// What clients are made from.
    pub config: SdkConfig,
    /// The account, 12 digits; empty until it is asked for.
    pub account: String,
    /// Whose credentials they are, as an ARN; empty until it is asked for.
    pub caller: String,
    /// The region.
    pub region: String,
    profile: Option<String>,
}

impl Session {
    /// Finds credentials and a region as the AWS CLI does, and asks STS whether they work.
    pub async fn open(options: &Options) -> anyhow::Result<Self> {
        Self::of(options).await?.identified().await
    }

    /// The same, with its account and caller, for which STS is asked.
    async fn identified(mut self) -> anyhow::Result<Self> {
        let identity = aws_sdk_sts::Client::new(&self.config).get_caller_identity().send().await;
        let identity = identity.map_err(|error| self.plain("find out whose credentials these are", &error))?;
        identity.account().unwrap_or_default().clone_into(&mut self.account);
        identity.arn().unwrap_or_default().clone_into(&mut self.caller);
        Ok(self)
    }

    /// Finds credentials and a region as the AWS CLI does. Whether they work shows with the first call.
    pub async fn of(options: &Options) -> anyhow::Result<Self> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_attempt_timeout(Duration::from_secs(30))
            .operation_timeout(Duration::from_mins(2))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(5));
        if let Ok(name) = AppName::new("andon") {
            loader = loader.app_name(name);
        }
        if let Some(profile) = &options.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &options.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let config = loader.load().await;
        let profile = options.profile.clone().or_else(|| std::env::var("AWS_PROFILE").ok());
        let Some(region) = config.region().map(ToString::to_string).filter(|region| !region.is_empty()) else {
            bail!("no AWS region: pass --region, set AWS_REGION, or run `aws configure`");
        };
        Ok(Self { config, account: String::new(), caller: String::new(), region, profile })
    }

    /// The options that make the AWS CLI use the same region and profile.
    pub fn cli_options(&self) -> String {
        let profile = self.profile.as_deref().map(|profile| format!(" --profile {profile}")).unwrap_or_default();
        format!("--region {}{profile}", self.region)
    }

    /// An error of an AWS call: what was being done, and why it did not work.
    pub fn plain<E, R>(&self, doing: &str, error: &SdkError<E, R>) -> anyhow::Error
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug,
    {
        let reason = self.reason(error.code(), error.message(), &chain(error));
        anyhow!("cannot {doing}: {reason}")
    }

    fn reason(&self, code: Option<&str>, message: Option<&str>, chain: &str) -> String {
        let profile = self.profile.as_deref().map(|profile| format!(" --profile {profile}")).unwrap_or_default();
        match (code, message) {
            (Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired"), _) => {
                format!("your AWS credentials have expired; sign in again, for example with `aws sso login{profile}`")
            }
            (
                Some("InvalidClientTokenId" | "UnrecognizedClientException" | "SignatureDoesNotMatch" | "AuthFailure"),
                _,
            ) => "AWS does not accept these credentials; check the access key and its secret".to_owned(),
            (Some(code), Some(message)) => format!("{message} ({code})"),
            (Some(code), None) => code.to_owned(),
            // Credentials are looked for with the first call.
            (None, _) if is_expired_sign_in(chain) => {
                format!("your SSO session has ended; run `aws sso login{profile}`")
            }
            (None, _) if chain.contains("credential") => match &self.profile {
                Some(name) => format!(
                    "the profile {name} does not exist or has no AWS credentials; `aws configure list-profiles` lists \
                     your profiles ({})",
                    first_line(chain)
                ),
                None => format!(
                    "no AWS credentials; run `aws configure sso` or `aws configure`, or pass --profile ({})",
                    first_line(chain)
                ),
            },
            (None, _) => format!("AWS in {} does not answer ({})", self.region, first_line(chain)),
        }
    }
}

/// The SDK lists on further lines all that it tried.
fn first_line(chain: &str) -> &str {
    chain.lines().next().unwrap_or_default().trim_end_matches(" Attempted:")
}

fn is_expired_sign_in(chain: &str) -> bool {
    let chain = chain.to_lowercase();
    (chain.contains("sso") || chain.contains("token") || chain.contains("login"))
        && ["expired", "refresh", "cached sso token"].iter().any(|word| chain.contains(word))
}

/// What each layer of the client said; the outermost ones say no more than that something went wrong.
fn chain(error: &dyn Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.last().is_some_and(|last| last.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(profile: Option<&str>) -> Session {
        Session {
            config: SdkConfig::builder().build(),
            account: "111122223333".to_owned(),
            caller: String::new(),
            region: "eu-west-1".to_owned(),
            profile: profile.map(str::to_owned),
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        let session = session(Some("work"));
        let expired = session.reason(Some("ExpiredToken"), Some("The security token is expired"), "");
        assert!(expired.contains("aws sso login --profile work"), "{expired}");
        let sso = session.reason(None, None, "dispatch failure: the SSO token has expired and cannot be refreshed");
        assert_eq!(sso, "your SSO session has ended; run `aws sso login --profile work`");
        let never = session.reason(None, None, "dispatch failure: failed to load the cached SSO token");
        assert_eq!(never, sso);
        let none = "dispatch failure: no providers in chain provided credentials";
        let unknown = session.reason(None, None, none);
        assert!(unknown.starts_with("the profile work does not exist or has no AWS credentials"), "{unknown}");
        let none = self::session(None).reason(None, None, none);
        assert!(none.starts_with("no AWS credentials"), "{none}");
        let gone = session.reason(None, None, "dispatch failure: io error: connection refused");
        assert!(gone.starts_with("AWS in eu-west-1 does not answer"), "{gone}");
        let denied = session.reason(Some("AccessDenied"), Some("not authorized to perform: s3:PutObject"), "");
        assert_eq!(denied, "not authorized to perform: s3:PutObject (AccessDenied)");
    }
}
