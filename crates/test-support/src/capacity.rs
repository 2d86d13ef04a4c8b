//! What calls of DynamoDB cost: the write units and the bytes read, by the rules of its documentation.
//!
//! No emulator counts the writes of an index. A [`Meter`] is shown every call on a table, in order, remembers the items, and
//! so knows what each write changes.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::call::Call;

/// What a write unit covers.
const WRITE_UNIT: usize = 1024;
/// The attributes of an item that the index of the ledger's table holds.
const PROJECTED: [&str; 5] = ["pk", "sk", "list", "name", "slim"];

/// What calls cost together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// The write units of the table and its index.
    pub write_units: usize,
    /// Those of them that the index takes.
    pub of_index: usize,
    /// The bytes of the items that were read.
    pub bytes_read: usize,
    /// How many calls there were.
    pub calls: usize,
    /// How many writes came too late: another version of a history was there already.
    pub conflicts: usize,
}

/// Counts the cost of calls on one table.
#[derive(Debug, Default)]
pub struct Meter {
    items: HashMap<(String, String), Item>,
}

type Item = Map<String, Value>;

impl Meter {
    /// Notes calls in their order, and gives back what they cost. Calls of other services cost nothing.
    pub fn note<'c>(&mut self, calls: impl IntoIterator<Item = &'c Call>) -> Cost {
        let mut cost = Cost::default();
        for call in calls.into_iter().filter(|call| call.service == "dynamodb") {
            cost.calls += 1;
            self.note_one(call, &mut cost);
        }
        cost
    }

    fn note_one(&mut self, call: &Call, cost: &mut Cost) {
        let reply: Value = serde_json::from_str(&call.reply).unwrap_or_default();
        let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let is_done = call.status == Some(200);
        match call.operation.as_str() {
            "PutItem" if is_done => self.put(&object(at(&call.body, "Item")), cost),
            "UpdateItem" if is_done => {
                let key = object(at(&call.body, "Key"));
                // Updates set what they are given as values, beside what is there.
                let mut item = self.items.get(&place(&key)).cloned().unwrap_or(key);
                item.extend(object(at(&call.body, "ExpressionAttributeValues")));
                self.put(&item, cost);
            }
            "DeleteItem" if is_done => {
                let old = self.items.remove(&place(&object(at(&call.body, "Key"))));
                charge(cost, size(&old.clone().unwrap_or_default()), index_units(old.as_ref(), None));
            }
            "PutItem" | "UpdateItem" | "DeleteItem" if call.reply.contains("ConditionalCheckFailed") => {
                let key = if call.operation == "PutItem" { at(&call.body, "Item") } else { at(&call.body, "Key") };
                cost.conflicts += usize::from(at(at(key, "sk"), "S") == "history");
                let seen = self.items.get(&place(&object(key))).map(size);
                charge(cost, seen.unwrap_or_default(), 0);
            }
            "BatchWriteItem" if is_done => self.put_all(call, &reply, cost),
            "Query" | "BatchGetItem" if is_done => {
                let of_tables = at(&reply, "Responses").as_object().into_iter().flat_map(Map::values);
                let read = of_tables.chain([at(&reply, "Items")]).filter_map(Value::as_array).flatten();
                cost.bytes_read += read.map(|item| size(&object(item))).sum::<usize>();
            }
            _ => {}
        }
    }

    fn put_all(&mut self, call: &Call, reply: &Value, cost: &mut Cost) {
        let items = |requests: &Value| -> Vec<Item> {
            let requests = requests.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_array).flatten();
            requests.filter_map(|request| at(at(request, "PutRequest"), "Item").as_object().cloned()).collect()
        };
        let left: HashSet<(String, String)> = items(at(reply, "UnprocessedItems")).iter().map(place).collect();
        for item in items(at(&call.body, "RequestItems")) {
            if !left.contains(&place(&item)) {
                self.put(&item, cost);
            }
        }
    }

    fn put(&mut self, item: &Item, cost: &mut Cost) {
        let old = self.items.insert(place(item), item.clone());
        let most = size(item).max(old.as_ref().map(size).unwrap_or_default());
        charge(cost, most, index_units(old.as_ref(), Some(item)));
    }
}

/// A member of an object; null where there is none.
fn at<'v>(value: &'v Value, name: &str) -> &'v Value {
    static NOTHING: Value = Value::Null;
    value.get(name).unwrap_or(&NOTHING)
}

fn charge(cost: &mut Cost, bytes: usize, of_index: usize) {
    cost.write_units += units(bytes) + of_index;
    cost.of_index += of_index;
}

/// An item's key.
fn place(item: &Item) -> (String, String) {
    let text = |name: &str| item.get(name).map(|value| at(value, "S").as_str().unwrap_or_default().to_owned());
    (text("pk").unwrap_or_default(), text("sk").unwrap_or_default())
}

/// The write units of the index when an item takes the place of another one.
fn index_units(old: Option<&Item>, new: Option<&Item>) -> usize {
    let entry = |item: Option<&Item>| -> Option<Item> {
        let item = item.filter(|item| item.contains_key("list"))?;
        Some(PROJECTED.iter().filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone()))).collect())
    };
    match (entry(old), entry(new)) {
        (Some(old), Some(new)) if old == new => 0,
        (Some(old), Some(new)) if ["list", "name"].iter().all(|key| old.get(*key) == new.get(*key)) => {
            units(size(&old).max(size(&new)))
        }
        (old, new) => old.iter().chain(&new).map(|entry| units(size(entry))).sum(),
    }
}

fn units(bytes: usize) -> usize {
    bytes.div_ceil(WRITE_UNIT).max(1)
}

/// The size of an item: its names and its values.
fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of(value)).sum()
}

fn size_of(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|typed| typed.iter().next()) else { return 1 };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        // As Base64.
        ("B", Value::String(bytes)) => bytes.trim_end_matches('=').len() * 3 / 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use serde_json::json;

    use super::*;

    fn call(operation: &str, body: Value, status: u16, reply: &str) -> Call {
        Call {
            service: "dynamodb".to_owned(),
            region: String::new(),
            operation: operation.to_owned(),
            body,
            started: Instant::now(),
            finished: None,
            status: Some(status),
            reply: reply.to_owned(),
        }
    }

    fn item(slim: Option<usize>, doc: usize) -> Value {
        let mut item = json!({"pk": {"S": "p"}, "sk": {"S": "history"}, "doc": {"S": "x".repeat(doc)}});
        if let Some(slim) = slim {
            item["list"] = json!({"S": "pipelines"});
            item["name"] = json!({"S": "p"});
            item["slim"] = json!({"S": "x".repeat(slim)});
        }
        item
    }

    #[test]
    fn a_write_costs_the_larger_of_what_was_and_what_is_and_the_index_what_changes_in_it() {
        let mut meter = Meter::default();
        let mut put = |item: Value| meter.note(&[call("PutItem", json!({"Item": item}), 200, "{}")]);
        let both = |cost: Cost| (cost.write_units, cost.of_index);
        assert_eq!(both(put(item(None, 100))), (1, 0));
        assert_eq!(both(put(item(Some(900), 1_000))), (3, 1));
        assert_eq!(both(put(item(Some(900), 4_000))), (5, 0));
        assert_eq!(both(put(item(Some(1_900), 10))), (7, 2));
        let delete = json!({"Key": {"pk": {"S": "p"}, "sk": {"S": "history"}}});
        assert_eq!(both(meter.note(&[call("DeleteItem", delete, 200, "{}")])), (4, 2));
    }

    #[test]
    fn what_is_refused_costs_a_write_and_what_is_unprocessed_none() {
        let mut meter = Meter::default();
        let refused = r#"{"__type":"ConditionalCheckFailedException"}"#;
        let cost = meter.note(&[call("PutItem", json!({"Item": item(None, 10)}), 400, refused)]);
        assert_eq!((cost.write_units, cost.conflicts), (1, 1));
        let requests = json!({"t": [{"PutRequest": {"Item": item(None, 10)}}]});
        let reply = json!({"UnprocessedItems": requests}).to_string();
        let cost = meter.note(&[call("BatchWriteItem", json!({"RequestItems": requests}), 200, &reply)]);
        assert_eq!(cost.write_units, 0);
        let cost = meter.note(&[call("BatchWriteItem", json!({"RequestItems": requests}), 200, "{}")]);
        assert_eq!(cost.write_units, 1);
        let read = json!({"Items": [{"doc": {"B": "QUJD"}, "n": {"N": "12"}}]}).to_string();
        assert_eq!(meter.note(&[call("Query", json!({}), 200, &read)]).bytes_read, 3 + 3 + 1 + 2);
    }
}
