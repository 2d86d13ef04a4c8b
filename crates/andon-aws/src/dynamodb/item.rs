//! Items and the documents in them.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use andon::ledger::{LedgerError, Versioned};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The longest document that is stored uncompressed, so that it is readable; longer ones are deflated to about a tenth.
const MAX_PLAIN_LEN: usize = 2 * 1024;
/// DynamoDB takes items of 400 KB; this leaves room for the keys and the slim part.
const MAX_STORED_LEN: usize = 360 * 1024;
/// No document that was written here unfolds to more than this.
const MAX_UNFOLDED_LEN: u64 = 64 * 1024 * 1024;

pub(super) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(number: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

pub(super) fn json<T: Serialize>(value: &T, doing: &impl Fn() -> String) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|error| LedgerError::Unusable(format!("cannot {}: {error}", doing())))
}

/// Puts a value into an item as its document.
pub(super) fn put_document<T: Serialize>(
    item: &mut Item,
    value: &T,
    doing: &impl Fn() -> String,
) -> Result<(), LedgerError> {
    put(item, "doc", value, MAX_PLAIN_LEN, doing)
}

/// Puts a value into an item as an attribute, deflated if its JSON is longer than that.
pub(super) fn put<T: Serialize>(
    item: &mut Item,
    name: &str,
    value: &T,
    max_plain_len: usize,
    doing: &impl Fn() -> String,
) -> Result<(), LedgerError> {
    let json = json(value, doing)?;
    let document = if json.len() <= max_plain_len {
        text(json)
    } else {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        let deflated = deflate.write_all(json.as_bytes()).and_then(|()| deflate.finish());
        let deflated = deflated.map_err(|error| LedgerError::Unusable(format!("cannot {}: {error}", doing())))?;
        if deflated.len() > MAX_STORED_LEN {
            let kilobytes = deflated.len().div_ceil(1024);
            return Err(LedgerError::Unusable(format!(
                "cannot {}: the item has {kilobytes} KB, and DynamoDB takes at most 400 KB",
                doing()
            )));
        }
        AttributeValue::B(Blob::new(deflated))
    };
    item.insert(name.to_owned(), document);
    Ok(())
}

/// Reads an item's document and version.
pub(super) fn versioned<T: DeserializeOwned>(
    item: &Item,
    what: impl Fn() -> String,
) -> Result<Versioned<T>, LedgerError> {
    let value = document(item, &what)?;
    let version = read_number(item, "version", &what)?;
    Ok(Versioned { value, version })
}

/// Reads an item's document.
pub(super) fn document<T: DeserializeOwned>(item: &Item, what: &impl Fn() -> String) -> Result<T, LedgerError> {
    packed(item, "doc", what)
}

/// Reads an attribute that may be deflated.
pub(super) fn packed<T: DeserializeOwned>(
    item: &Item,
    name: &str,
    what: &impl Fn() -> String,
) -> Result<T, LedgerError> {
    match item.get(name) {
        Some(AttributeValue::B(deflated)) => {
            let mut json = String::new();
            DeflateDecoder::new(deflated.as_ref())
                .take(MAX_UNFOLDED_LEN)
                .read_to_string(&mut json)
                .map_err(|error| corrupt(what, format!("attribute {name}: {error}")))?;
            serde_json::from_str(&json).map_err(|error| corrupt(what, format!("attribute {name}: {error}")))
        }
        _ => read_text(item, name, what),
    }
}

/// Reads an attribute that holds JSON as a text.
pub(super) fn read_text<T: DeserializeOwned>(
    item: &Item,
    name: &str,
    what: &impl Fn() -> String,
) -> Result<T, LedgerError> {
    match item.get(name) {
        Some(AttributeValue::S(json)) => {
            serde_json::from_str(json).map_err(|error| corrupt(what, format!("attribute {name}: {error}")))
        }
        Some(_) => Err(corrupt(what, format!("attribute {name} is not a string"))),
        None => Err(corrupt(what, format!("attribute {name} is missing"))),
    }
}

/// Reads an attribute that is a number.
pub(super) fn read_number<N: std::str::FromStr>(
    item: &Item,
    name: &str,
    what: &impl Fn() -> String,
) -> Result<N, LedgerError> {
    match item.get(name) {
        Some(AttributeValue::N(number)) => {
            number.parse().map_err(|_| corrupt(what, format!("attribute {name} is {number:?}")))
        }
        _ => Err(corrupt(what, format!("attribute {name} is missing or not a number"))),
    }
}

pub(super) fn corrupt(what: &impl Fn() -> String, problem: String) -> LedgerError {
    LedgerError::Corrupt { what: what(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(value: &Vec<String>) -> Result<(Item, Vec<String>), LedgerError> {
        let mut item = Item::new();
        put_document(&mut item, value, &|| "write a list".to_owned())?;
        let read = document(&item, &|| "a list".to_owned())?;
        Ok((item, read))
    }

    #[test]
    fn a_short_document_can_be_read_by_people() {
        let short = vec!["web".to_owned()];
        let (item, read) = kept(&short).unwrap();
        assert_eq!((item.get("doc"), read), (Some(&text("[\"web\"]")), short));
    }

    #[test]
    fn a_long_document_is_kept_short() {
        let long = vec!["{\"stage\":\"Deploy\",\"action\":\"Release\"}".to_owned(); 20_000];
        let (item, read) = kept(&long).unwrap();
        assert_eq!(read, long);
        let size = item.get("doc").and_then(|doc| doc.as_b().ok()).map(|blob| blob.as_ref().len()).unwrap();
        assert!(size < 10_000, "{size}");
    }

    #[test]
    fn a_document_that_cannot_fit_is_refused_before_it_is_sent() {
        let mut seed = 1_u64;
        let mut noise = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("{seed:016x}")
        };
        let error = kept(&(0..60_000).map(|_| noise()).collect()).unwrap_err().to_string();
        assert!(error.contains("cannot write a list: the item has"), "{error}");
    }

    #[test]
    fn a_document_that_cannot_be_read_says_which_and_why() {
        let read = |value: Option<AttributeValue>| {
            let item = value.map(|value| ("doc".to_owned(), value)).into_iter().collect();
            document::<Vec<String>>(&item, &|| "run e-1 of web".to_owned()).unwrap_err().to_string()
        };
        assert_eq!(read(None), "cannot read run e-1 of web in the ledger: attribute doc is missing");
        assert_eq!(read(Some(number(1))), "cannot read run e-1 of web in the ledger: attribute doc is not a string");
        assert!(read(Some(text("["))).starts_with("cannot read run e-1 of web in the ledger: attribute doc: EOF"));
        assert!(read(Some(AttributeValue::B(Blob::new("x")))).contains("attribute doc: "));
    }
}
