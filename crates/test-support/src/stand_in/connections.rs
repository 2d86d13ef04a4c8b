//! `CodeConnections`: connections to repositories, which a person authorises.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::codepipeline::text;
use super::protocol::Refusal;

/// Connections are as they are made, `PENDING`, until a test says otherwise.
#[derive(Debug, Default)]
pub(super) struct Connections {
    statuses: BTreeMap<String, String>,
    every: Option<String>,
}

impl Connections {
    pub(super) fn authorise_every(&mut self) {
        self.every = Some("AVAILABLE".to_owned());
    }

    pub(super) fn set_status(&mut self, arn: &str, status: &str) {
        self.statuses.insert(arn.to_owned(), status.to_owned());
    }

    pub(super) fn answer(&self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        if operation != "GetConnection" {
            let message = format!("CodeConnections stands in without {operation}");
            return Err(Refusal::new("UnknownOperationException", message));
        }
        let arn = text(input, "ConnectionArn");
        let status = self.statuses.get(arn).or(self.every.as_ref()).map_or("PENDING", String::as_str);
        Ok(json!({ "Connection": {
            "ConnectionName": "main-environment", "ConnectionArn": arn, "ProviderType": "GitHub",
            "OwnerAccountId": "123456789012", "ConnectionStatus": status,
        }}))
    }
}
