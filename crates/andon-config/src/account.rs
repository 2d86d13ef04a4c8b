//! Reading `accounts`.

use std::collections::BTreeMap;
use std::ops::Range;

use andon::account::{Account, Accounts};
use andon::suggest::quoted;

use super::finding::Finding;
use super::reader::Reader;
use super::tree::{Node, Value};

const KEYS: &[&str] = &["name", "customer"];

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Accounts {
    let mut accounts = BTreeMap::new();
    let mut names: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for entry in reader.entries(node, "`accounts`").unwrap_or_default() {
        if entry.key.len() != 12 || !entry.key.bytes().all(|b| b.is_ascii_digit()) {
            reader.note(
                Finding::error(entry.key_span.clone(), format!("{} is not an account id", quoted(&entry.key)))
                    .with_help("an account id has 12 digits, including leading zeros; put it in quotes"),
            );
        }
        let Some((account, span)) = account(&entry.value, reader) else {
            continue;
        };
        let known = account.name.to_lowercase();
        if let Some(earlier) = names.get(&known) {
            reader.note(
                Finding::error(span, format!("two accounts have the name {}", quoted(&account.name)))
                    .with_label("again here")
                    .with_related(earlier.clone(), "first here")
                    .with_help("give each account its own name"),
            );
        } else {
            names.insert(known, span);
        }
        accounts.insert(entry.key.clone(), account);
    }
    Accounts(accounts)
}

/// `name` alone, or a map of name and customer; and the position of the name.
fn account(node: &Node, reader: &mut Reader<'_>) -> Option<(Account, Range<usize>)> {
    if let Value::Text(name) = &node.value {
        let account = Account { name: name.clone(), customer: None };
        return Some((account, node.span.clone()));
    }
    let fields = reader.fields(node, "an account", KEYS)?;
    let customer = fields.get("customer").and_then(|node| reader.text(node, "`customer`")).map(str::to_owned);
    let node = fields.require("name", "name: production", reader)?;
    let name = reader.text(node, "`name`")?.to_owned();
    Some((Account { name, customer }, node.span.clone()))
}
