//! Reading of recorded events one by one, however long the file is.

use std::fmt;
use std::io::{self, BufRead};

use andon::event::Malformed;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize as _, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};

use super::recorded;

/// The mark that some programs begin a text with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Gives each event of a file to `take`, in order: events in sequence, in arrays, or as SQS or SNS deliver them. Returns
/// how many there were, and why the file could not be read to its end as JSON.
///
/// Ends early where `take` returns `false`.
pub fn each_event(
    mut text: impl BufRead,
    take: &mut dyn FnMut(Result<Value, Malformed>) -> bool,
) -> (usize, Option<String>) {
    let mut count = 0;
    let mut each = |payload: Value| {
        recorded::unwrap(payload).into_iter().all(|event| {
            count += 1;
            take(event)
        })
    };
    let result = payloads(&mut text, &mut each);
    let problem = match result {
        Ok(()) if count == 0 => Some("the file contains no events".to_owned()),
        Ok(()) => None,
        Err(error) => {
            // Whoever writes to a pipe need not learn of it by losing it.
            let _ = io::copy(&mut text, &mut io::sink());
            let what = if count == 0 { "the file" } else { "the text after its events" };
            Some(format!("{what} is not JSON: {error}"))
        }
    };
    (count, problem)
}

fn payloads(mut text: impl BufRead, take: &mut dyn FnMut(Value) -> bool) -> serde_json::Result<()> {
    let starts_with_mark = text.fill_buf().map_err(serde_json::Error::io)?.starts_with(BYTE_ORDER_MARK);
    if starts_with_mark {
        text.consume(BYTE_ORDER_MARK.len());
    }
    let mut reader = Deserializer::from_reader(text);
    // There is an end where nothing more than blanks comes.
    while reader.end().is_err() {
        if !(Payload { take: &mut *take }).deserialize(&mut reader)? {
            return Ok(());
        }
    }
    Ok(())
}

/// A payload whose elements are taken one by one, if it is an array. Its value says whether to go on.
struct Payload<'t> {
    take: &'t mut dyn FnMut(Value) -> bool,
}

impl<'de> DeserializeSeed<'de> for Payload<'_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Payload<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
        while let Some(element) = elements.next_element()? {
            if !(self.take)(element) {
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<bool, A::Error> {
        Ok((self.take)(Value::deserialize(MapAccessDeserializer::new(members))?))
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok((self.take)(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        Ok((self.take)(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        Ok((self.take)(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        Ok((self.take)(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok((self.take)(value.into()))
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok((self.take)(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> (Vec<Value>, Option<String>) {
        let mut events = Vec::new();
        let (count, problem) = each_event(text.as_bytes(), &mut |event| {
            events.push(event.unwrap_or(Value::Null));
            true
        });
        assert_eq!(count, events.len());
        (events, problem)
    }

    #[test]
    fn events_come_one_by_one_in_sequences_and_in_arrays() {
        let all = vec![json!({"a": 1}), json!({"b": [1, {"c": 2}]}), json!({"d": "é"})];
        for text in [
            "[{\"a\": 1}, {\"b\": [1, {\"c\": 2}]}, {\"d\": \"é\"}]",
            "{\"a\": 1}\n{\"b\": [1, {\"c\": 2}]}\n{\"d\": \"é\"}\n",
            "\u{feff}{\"a\": 1} [{\"b\": [1, {\"c\": 2}]}][[{\"d\": \"é\"}]] ",
        ] {
            assert_eq!(read(text), (all.clone(), None), "{text}");
        }
    }

    #[test]
    fn what_is_before_a_fault_counts() {
        let (events, problem) = read("[{\"a\": 1}, {\"b\": ");
        assert_eq!(events, [json!({"a": 1})]);
        assert!(problem.unwrap().starts_with("the text after its events is not JSON: EOF"));
        for nothing in ["", " \n", "[]"] {
            assert_eq!(read(nothing), (Vec::new(), Some("the file contains no events".to_owned())), "{nothing:?}");
        }
        assert!(read("no").1.unwrap().starts_with("the file is not JSON: "));
    }

    #[test]
    fn reading_ends_when_nobody_takes_more() {
        let mut taken = 0;
        each_event("[{}, {}, {}, {}] {} nonsense".as_bytes(), &mut |_| {
            taken += 1;
            taken < 2
        });
        assert_eq!(taken, 2);
    }
}
