//! Names and customers of AWS accounts.

use std::collections::BTreeMap;

/// An AWS account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name in messages.
    pub name: String,
    /// The customer that the account belongs to.
    pub customer: Option<String>,
}

/// The accounts that have a name, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accounts(pub BTreeMap<String, Account>);

impl Accounts {
    /// The account, where it is configured.
    pub fn get(&self, id: &str) -> Option<&Account> {
        self.0.get(id)
    }

    /// The name of an account: the configured one, or else its id.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.get(id).map_or(id, |account| &account.name)
    }

    /// The customer that an account belongs to, where one is configured.
    pub fn customer(&self, id: &str) -> Option<&str> {
        self.get(id)?.customer.as_deref()
    }
}
