//! Reading the digest of a route.

use andon::alert::AlertKind;
use andon::suggest::quoted;
use andon_notify::{DigestTime, TimeOfDay, day};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::finding::Finding;
use super::reader::Reader;
use super::tree::{Node, Value};
use super::zone::zone;

const KEYS: &[&str] = &["at", "days", "zone"];

/// What somebody writes who wants none.
const NEVER: [&str; 6] = ["never", "none", "off", "no", "false", "disabled"];

/// The days of a digest that names none.
const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// Reads when a route that takes these kinds sends its digest: `"09:00"`, or `{at: "09:00", days: [mon]}`.
pub(super) fn read(
    node: &Node,
    kinds: &[AlertKind],
    zone_of_file: &TimeZone,
    reader: &mut Reader<'_>,
) -> Option<DigestTime> {
    if !kinds.contains(&AlertKind::Digest) {
        reader.note(
            Finding::warning(node.span.clone(), "this route sends no digest: `kinds` does not list it")
                .with_help("add `digest` to `kinds`, or remove this line"),
        );
    }
    match &node.value {
        Value::Text(text) if NEVER.contains(&text.as_str()) => {
            reader.note(
                Finding::error(node.span.clone(), format!("`digest` cannot be {}", quoted(text)))
                    .with_help("remove this line: without `digest`, a route sends none"),
            );
            return None;
        }
        Value::List(_) => {
            reader.note(
                Finding::error(node.span.clone(), "a route has one digest, not a list of them")
                    .with_help("write `digest: \"09:00\"`; for a second time, add a route with `kinds: [digest]`"),
            );
            return None;
        }
        _ => {}
    }
    if matches!(node.value, Value::Text(_)) {
        let at = reader.value(node, "a time of day", TimeOfDay::parse)?;
        return Some(DigestTime { at, days: WORKDAYS.to_vec(), zone: zone_of_file.clone() });
    }
    let fields = reader.fields(node, "`digest`", KEYS)?;
    let at = fields.require("at", "at: \"09:00\"", reader);
    let at = at.and_then(|node| reader.value(node, "a time of day", TimeOfDay::parse));
    let days = fields.get("days").map(|node| {
        reader.one_or_more(node, "`days`").iter().filter_map(|node| reader.value(node, "a day", day)).collect()
    });
    let zone = match fields.get("zone") {
        Some(node) => reader.value(node, "`zone`", zone),
        None => Some(zone_of_file.clone()),
    };
    Some(DigestTime { at: at?, days: days.unwrap_or_else(|| WORKDAYS.to_vec()), zone: zone? })
}
