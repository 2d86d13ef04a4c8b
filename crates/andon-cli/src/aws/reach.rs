//! The way to a pipeline's own account, which may be another one than the stack's.

use std::path::PathBuf;

use andon::name::{AccountId, PipelineId, Region};
use anyhow::{Context as _, bail};
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_s3::config::SharedCredentialsProvider;

use super::{Options, Session};

/// Under this name the account's `CloudTrail` shows who acted.
const SESSION: &str = "andon";

/// How to reach accounts other than the one of the credentials.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Reach {
    /// Role to assume in the pipeline's account [default: a profile of your AWS configuration that leads there]
    #[arg(long, value_name = "ARN", help_heading = "Which Andon")]
    role_arn: Option<String>,
}

impl Reach {
    /// A session in the account and region of a pipeline.
    pub async fn session(&self, options: &Options, pipeline: &PipelineId) -> anyhow::Result<Session> {
        let region = &pipeline.home.region;
        let options = Options {
            profile: options.profile.clone(),
            region: if *region == Region::unknown() { options.region.clone() } else { Some(region.to_string()) },
        };
        let wanted = &pipeline.home.account;
        if let Some(role) = &self.role_arn {
            let session = assumed(Session::open(&options).await?, role).await?;
            return if leads_to(&session, wanted) {
                Ok(session)
            } else {
                bail!("{role} is in account {}, but {} is in {wanted}", session.account, pipeline.name)
            };
        }
        let session = Session::open(&options).await?;
        if leads_to(&session, wanted) {
            return Ok(session);
        }
        let profiles: Vec<String> =
            profiles().into_iter().filter(|known| known.account == *wanted).map(|known| known.name).collect();
        match profiles.as_slice() {
            [only] => {
                let session = Session::open(&Options { profile: Some(only.clone()), ..options }).await?;
                crate::terminal::aside(&format!("Using the profile {only} for account {wanted}."));
                Ok(session)
            }
            [] => bail!(
                "{} is in account {wanted}, and these credentials are for {}; pass --role-arn, or add a profile with \
                 `role_arn = arn:aws:iam::{wanted}:role/NAME` to your AWS configuration",
                pipeline.name,
                session.account
            ),
            several => bail!(
                "{} is in account {wanted}, to which several profiles lead; pass --profile with one of: {}",
                pipeline.name,
                several.join(", ")
            ),
        }
    }
}

fn leads_to(session: &Session, wanted: &AccountId) -> bool {
    *wanted == AccountId::unknown() || session.account == wanted.as_str()
}

/// The same session as a role.
async fn assumed(session: Session, role: &str) -> anyhow::Result<Session> {
    let provider = AssumeRoleProvider::builder(role).configure(&session.config).session_name(SESSION).build().await;
    let config = session.config.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build();
    let role_session = Session { config, ..session };
    role_session.identified().await.with_context(|| format!("cannot assume {role}"))
}

/// A profile of the AWS configuration that says which account it leads to.
#[derive(Debug, PartialEq, Eq)]
struct Profile {
    name: String,
    account: AccountId,
}

fn profiles() -> Vec<Profile> {
    let named = std::env::var_os("AWS_CONFIG_FILE").map(PathBuf::from);
    let usual = || std::env::home_dir().map(|home| home.join(".aws").join("config"));
    let text = named.or_else(usual).and_then(|file| std::fs::read_to_string(file).ok());
    accounts_of(&text.unwrap_or_default())
}

/// The profiles of a configuration, each with its account: that of its SSO or of its role.
fn accounts_of(text: &str) -> Vec<Profile> {
    let mut known: Vec<Profile> = Vec::new();
    let mut section = None;
    for line in text.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            let name = header.trim().strip_prefix("profile").map(str::trim);
            section = name.or(Some(header.trim()).filter(|name| *name == "default")).map(str::to_owned);
            continue;
        }
        let (Some(name), Some((key, value))) = (&section, line.split_once('=')) else { continue };
        let account = match key.trim() {
            "sso_account_id" => Some(value.trim()),
            "role_arn" => andon::arn::Arn::parse(value.trim()).and_then(|arn| arn.account()),
            _ => None,
        };
        let account = account.and_then(|account| AccountId::parse(account).ok());
        if let Some(account) = account.filter(|_| known.last().is_none_or(|last| last.name != *name)) {
            known.push(Profile { name: name.clone(), account });
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_lead_to_the_account_of_their_sso_or_their_role() {
        let text = "[default]\nregion = eu-west-1\n[profile shop]\nsso_account_id = 111122223333\nregion=eu-west-1\n\
                    [sso-session work]\nsso_account_id = 999999999999\n[profile finance]\n\
                    role_arn = arn:aws:iam::444455556666:role/ops\nsource_profile = shop\n";
        let known: Vec<(String, String)> =
            accounts_of(text).into_iter().map(|it| (it.name, it.account.to_string())).collect();
        let expected = [("shop", "111122223333"), ("finance", "444455556666")];
        assert_eq!(known, expected.map(|(name, account)| (name.to_owned(), account.to_owned())));
    }
}
