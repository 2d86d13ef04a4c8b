//! The stack of a deployed Andon, by its outputs.

use std::collections::BTreeMap;

use anyhow::{anyhow, bail};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::types::Stack as Described;

use super::Session;

/// The name that Andon's stack has if nobody gives it another one.
pub const DEFAULT: &str = "andon";
/// The output that names the table. With [`NOTIFIER`] it tells Andon's stacks from all others.
pub const TABLE: &str = "Table";
/// The output that names the notifier.
pub const NOTIFIER: &str = "NotifierFunction";

/// A deployed Andon.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The stack's name.
    pub name: String,
    /// The table of its ledger.
    pub table: String,
    /// All outputs of the stack.
    pub outputs: BTreeMap<String, String>,
}

impl Stack {
    fn of(described: &Described) -> Option<Self> {
        let outputs: BTreeMap<String, String> = described
            .outputs()
            .iter()
            .filter_map(|output| Some((output.output_key()?.to_owned(), output.output_value()?.to_owned())))
            .collect();
        let table = outputs.get(TABLE).filter(|_| outputs.contains_key(NOTIFIER))?.clone();
        Some(Self { name: described.stack_name()?.to_owned(), table, outputs })
    }
}

/// Finds the stack: the named one, or else the one called `andon`, or else the only one there is.
pub async fn find(session: &Session, named: Option<&str>) -> anyhow::Result<Stack> {
    let client = Client::new(&session.config);
    let name = named.unwrap_or(DEFAULT);
    let answer = client.describe_stacks().stack_name(name).send().await;
    let there_is_none = match answer {
        Ok(found) => {
            if let Some(stack) = found.stacks().iter().find_map(Stack::of) {
                return Ok(stack);
            }
            format!("the stack {name} in {} is not a deployed Andon: it has no output {TABLE}", session.region)
        }
        Err(error) if error.message().is_some_and(|message| message.contains("does not exist")) => {
            format!("there is no stack {name} in {}", session.region)
        }
        Err(error) => return Err(session.plain(&format!("find the stack {name}"), &error)),
    };
    // To see all stacks is another permission. Without it, the name has to be given.
    let Ok(all) = all(&client).await else {
        return Err(anyhow!("{there_is_none}; name Andon's stack with --stack, or pass --region"));
    };
    let mut all = all.into_iter();
    match (all.next(), all.next()) {
        (None, _) => bail!(
            "{there_is_none}, and no other one there is an Andon; pass --region or --profile, deploy Andon, \
             or pass --data DIR to read a state directory"
        ),
        (Some(only), None) if named.is_none() => Ok(only),
        (first, second) => {
            let stacks: Vec<String> = first.into_iter().chain(second).chain(all).map(|stack| stack.name).collect();
            bail!("{there_is_none}; pass --stack with one of: {}", stacks.join(", "))
        }
    }
}

/// Every Andon in the region.
async fn all(client: &Client) -> anyhow::Result<Vec<Stack>> {
    let mut found = Vec::new();
    let mut next = None;
    loop {
        let page = client.describe_stacks().set_next_token(next).send().await?;
        found.extend(page.stacks().iter().filter_map(Stack::of));
        next = page.next_token;
        if next.is_none() {
            found.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(found);
        }
    }
}
