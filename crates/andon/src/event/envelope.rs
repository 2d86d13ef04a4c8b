//! Envelopes around events: SQS batches, SNS notifications, one inside the other, or none.
//!
//! They are opened member by member and not by one typed parse, so that one odd record cannot fail its batch.

use serde_json::Value;

use super::Malformed;
use super::member::kind;

/// The most nested envelopes: SNS in SQS is two.
const DEEPEST: usize = 4;

/// What a function was called with.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// An SQS batch: each record succeeds or fails alone.
    Batch(Vec<Record>),
    /// Events without a queue: they succeed or fail together.
    Direct(Vec<Result<Value, Malformed>>),
}

/// One message of an SQS batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The message's id, by which it is reported as failed.
    pub id: String,
    /// How often the queue has delivered it, this time included.
    pub deliveries: u32,
    /// The event it holds.
    pub event: Result<Value, Malformed>,
}

/// Opens what a function was called with.
pub fn open(payload: Value) -> Delivery {
    let Some(records) = payload.get("Records").and_then(Value::as_array) else {
        return Delivery::Direct(match payload {
            Value::Array(events) => events.into_iter().flat_map(|event| all_in(event, DEEPEST)).collect(),
            other => vec![event(other)],
        });
    };
    let from_queue = |record: &Value| record.get("eventSource").and_then(Value::as_str) == Some("aws:sqs");
    if records.iter().any(from_queue) {
        Delivery::Batch(
            records
                .iter()
                .map(|record| Record {
                    id: record.get("messageId").and_then(Value::as_str).unwrap_or_default().to_owned(),
                    deliveries: receive_count(record),
                    event: read(record.get("body"), "body").and_then(event),
                })
                .collect(),
        )
    } else {
        Delivery::Direct(records.iter().map(|record| event(record.clone())).collect())
    }
}

/// The events in one element of a list: a recorded payload of a function, a list once more, or an event.
fn all_in(element: Value, depth: usize) -> Vec<Result<Value, Malformed>> {
    let is_payload = element.get("Records").is_some_and(Value::is_array);
    match element {
        Value::Array(elements) if depth > 0 => {
            elements.into_iter().flat_map(|element| all_in(element, depth - 1)).collect()
        }
        payload if is_payload => match open(payload) {
            Delivery::Batch(records) => records.into_iter().map(|record| record.event).collect(),
            Delivery::Direct(events) => events,
        },
        other => vec![event(other)],
    }
}

/// How often SQS has delivered a message: a number as text; if it is missing, the first time.
fn receive_count(record: &Value) -> u32 {
    super::member::count(record.get("attributes").unwrap_or(&Value::Null), "ApproximateReceiveCount").unwrap_or(1)
}

/// Unwraps the event from its envelopes.
fn event(mut value: Value) -> Result<Value, Malformed> {
    for _ in 0..DEEPEST {
        let notification = value.get("Type").and_then(Value::as_str) == Some("Notification");
        value = match &value {
            // SNS to Lambda
            Value::Object(record) if record.get("Sns").is_some_and(Value::is_object) => {
                read(record.get("Sns").and_then(|sns| sns.get("Message")), "Sns.Message")?
            }
            // SNS to SQS
            Value::Object(message) if notification => read(message.get("Message"), "Message")?,
            Value::Object(_) => return Ok(value),
            other => {
                return Err(Malformed {
                    what: "an event",
                    member: "the event".to_owned(),
                    problem: format!("is {}, not an object", kind(other)),
                });
            }
        };
    }
    Ok(value)
}

/// Reads the JSON that an envelope holds as text.
fn read(text: Option<&Value>, member: &str) -> Result<Value, Malformed> {
    let malformed = |problem: String| Malformed { what: "an envelope", member: member.to_owned(), problem };
    match text {
        Some(Value::String(text)) => {
            serde_json::from_str(text).map_err(|error| malformed(format!("is not JSON: {error}")))
        }
        Some(object @ Value::Object(_)) => Ok(object.clone()),
        None | Some(Value::Null) => Err(malformed("is missing".to_owned())),
        Some(other) => Err(malformed(format!("is {}, not a string", kind(other)))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn opened(payload: Value) -> Vec<Result<Value, String>> {
        match open(payload) {
            Delivery::Batch(records) => records.into_iter().map(|record| record.event).collect::<Vec<_>>(),
            Delivery::Direct(events) => events,
        }
        .into_iter()
        .map(|event| event.map_err(|error| error.to_string()))
        .collect()
    }

    #[test]
    fn an_event_is_taken_out_of_a_queue_a_topic_and_a_topic_in_a_queue() {
        let event = json!({"source": "aws.codepipeline"});
        let topic = json!({"Type": "Notification", "Message": event.to_string()});
        let queue = |body: String| json!({"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": body}]});
        let function = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": event.to_string()}}]});
        let recorded = json!([function, queue(event.to_string())]);
        assert_eq!(opened(recorded), [Ok(event.clone()), Ok(event.clone())]);
        for payload in [event.clone(), json!([event]), queue(event.to_string()), queue(topic.to_string()), function] {
            assert_eq!(opened(payload), [Ok(event.clone())]);
        }
    }

    #[test]
    fn a_body_that_is_no_event_is_named_and_its_neighbours_stay() {
        let record = |body: Value| json!({"eventSource": "aws:sqs", "messageId": "m", "body": body});
        let bodies = [json!("{oops"), json!("[1]"), json!("7"), json!(null), json!("{\"a\":1}")];
        let payload = json!({"Records": bodies.into_iter().map(record).collect::<Vec<_>>()});
        assert_eq!(
            opened(payload),
            [
                Err("cannot read an envelope: body is not JSON: key must be a string at line 1 column 2".to_owned()),
                Err("cannot read an event: the event is an array, not an object".to_owned()),
                Err("cannot read an event: the event is a number, not an object".to_owned()),
                Err("cannot read an envelope: body is missing".to_owned()),
                Ok(json!({"a": 1})),
            ]
        );
    }

    #[test]
    fn envelopes_without_end_are_given_up() {
        let mut value = json!({"source": "x"});
        for _ in 0..100 {
            value = json!({"Type": "Notification", "Message": value});
        }
        assert!(matches!(open(value), Delivery::Direct(events) if events.len() == 1));
    }
}
