//! Whether the secrets that `andon.yml` refers to are stored. Their values are not read.

use andon::secret::SecretRef;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use aws_sdk_ssm::types::ParameterStringFilter;
use serde::Serialize;

use crate::aws::Session;

/// A secret, and whether it is stored.
#[derive(Debug, Clone, Serialize)]
pub struct Stored {
    /// As it stands in `andon.yml`.
    pub reference: String,
    /// Whether it is stored; `None` if that cannot be found out.
    pub stored: Option<bool>,
    /// What to do about it.
    pub remedy: String,
}

/// Looks for secrets.
pub async fn look(session: &Session, references: &[String]) -> Vec<Stored> {
    let mut found = Vec::new();
    for reference in references {
        found.push(look_for(session, reference).await);
    }
    found
}

async fn look_for(session: &Session, reference: &str) -> Stored {
    let of = |stored: Option<bool>, remedy: String| Stored { reference: reference.to_owned(), stored, remedy };
    let options = session.cli_options();
    match reference.parse::<SecretRef>() {
        Ok(SecretRef::Ssm(name)) => {
            let client = aws_sdk_ssm::Client::new(&session.config);
            let filter = ParameterStringFilter::builder().key("Name").option("Equals").values(&name).build();
            let create =
                format!("aws ssm put-parameter {options} --type SecureString --name {name} --value \"$(cat)\"");
            match filter {
                Err(error) => of(None, error.to_string()),
                Ok(filter) => match client.describe_parameters().parameter_filters(filter).send().await {
                    Ok(page) => of(Some(!page.parameters().is_empty()), create),
                    Err(error) => of(None, session.plain(&format!("look for {reference}"), &error).to_string()),
                },
            }
        }
        Ok(SecretRef::SecretsManager { id, .. }) => {
            let client = aws_sdk_secretsmanager::Client::new(&session.config);
            let create = format!("aws secretsmanager create-secret {options} --name {id} --secret-string \"$(cat)\"");
            match client.describe_secret().secret_id(&id).send().await {
                Ok(secret) => of(Some(secret.deleted_date().is_none()), create),
                Err(error) if error.code() == Some("ResourceNotFoundException") => of(Some(false), create),
                Err(error) => of(None, session.plain(&format!("look for {reference}"), &error).to_string()),
            }
        }
        Ok(SecretRef::Env(_)) => of(
            Some(false),
            "store it in Parameter Store or Secrets Manager and refer to it with ssm: or secretsmanager:".to_owned(),
        ),
        Err(_) => of(None, "it cannot be read".to_owned()),
    }
}
