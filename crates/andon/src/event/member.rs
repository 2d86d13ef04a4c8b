//! Tolerant reading of single members of a JSON event.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

use super::{Malformed, Received};
use crate::arn::Arn;
use crate::name::{AccountId, Home, Region};

/// What a JSON value is, for a person.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The text of a member; `None` where it is missing, null, blank or something else.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// The same, owned.
pub(crate) fn string(value: &Value, member: &str) -> Option<String> {
    text(value, member).map(str::to_owned)
}

/// A count that may be written as `2`, `2.0`, `"2"` or `"2.0"`; anything else is not there.
pub(crate) fn count(value: &Value, member: &str) -> Option<u32> {
    let number = match value.get(member)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse::<f64>().ok()?,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range first")]
    (number.is_finite() && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

/// A time: RFC 3339, or with minutes only as approvals write it (`2016-07-07T20:22Z`).
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    text.parse::<Timestamp>().or_else(|error| {
        text.strip_suffix('Z')
            .and_then(|minutes| DateTime::strptime("%Y-%m-%dT%H:%M", minutes).ok())
            .and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC).ok())
            .map(|zoned| zoned.timestamp())
            .ok_or_else(|| format!("is not a time: {error}"))
    })
}

/// An optional time: if the member is present, it must be a valid time.
pub(crate) fn time(
    what: &'static str,
    value: &Value,
    path: &str,
    member: &str,
) -> Result<Option<Timestamp>, Malformed> {
    let Some(text) = text(value, member) else {
        return Ok(None);
    };
    instant(text).map(Some).map_err(|problem| Malformed { what, member: path.to_owned(), problem })
}

/// A member that must be there and be a name.
pub(crate) fn name<T>(what: &'static str, value: &Value, path: &str, member: &str) -> Result<T, Malformed>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    let malformed = |problem: String| Malformed { what, member: path.to_owned(), problem };
    match value.get(member) {
        None | Some(Value::Null) => Err(malformed("is missing".to_owned())),
        Some(Value::String(text)) => {
            T::try_from(text.clone()).map_err(|error| malformed(format!("is invalid: {error}")))
        }
        Some(other) => Err(malformed(format!("is {}, not a string", kind(other)))),
    }
}

/// An optional name: if the member is present, it must be a valid name.
pub(crate) fn optional_name<T>(
    what: &'static str,
    value: &Value,
    path: &str,
    member: &str,
) -> Result<Option<T>, Malformed>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    match text(value, member) {
        None => Ok(None),
        Some(_) => name(what, value, path, member).map(Some),
    }
}

/// The account and region of an event: its own, those of an ARN that it names, or else those of the receiver.
pub(super) fn home(
    what: &'static str,
    event: &Value,
    arn: Option<Arn<'_>>,
    received: &Received,
) -> Result<Home, Malformed> {
    let account = match optional_name::<AccountId>(what, event, "account", "account")? {
        Some(account) => Some(account),
        None => arn.and_then(|arn| arn.account()).and_then(|text| AccountId::parse(text).ok()),
    };
    let region = match optional_name::<Region>(what, event, "region", "region")? {
        Some(region) => Some(region),
        None => arn.and_then(|arn| arn.region()).and_then(|text| Region::parse(text).ok()),
    };
    Ok(Home {
        account: account.unwrap_or_else(|| received.home.account.clone()),
        region: region.unwrap_or_else(|| received.home.region.clone()),
    })
}
