//! Reading the quiet hours of a route.

use andon::alert::AlertKind;
use andon::suggest::quoted;
use andon_notify::{DAYS, QuietHours, TimeOfDay, Window, day};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use strum::VariantArray as _;

use super::finding::Finding;
use super::kind;
use super::reader::Reader;
use super::tree::{Node, Value};
use super::zone::zone;

const KEYS: &[&str] = &["from", "to", "days", "zone", "except"];

/// Reads the quiet hours of a route that takes these kinds.
pub(super) fn read(node: &Node, kinds: &[AlertKind], zone: &TimeZone, reader: &mut Reader<'_>) -> Option<QuietHours> {
    let windows: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    let read: Option<Vec<Window>> = windows.iter().map(|node| window(node, zone, reader)).collect();
    let quiet = QuietHours(read?);
    if let Some(kind) = kinds.iter().find(|kind| quiet.never_ends_for(**kind)) {
        reader.note(
            Finding::error(
                node.span.clone(),
                format!("these quiet hours cover the whole week: {} alerts would never be sent", quoted(kind.as_str())),
            )
            .with_help("leave some time free, or list the kinds to send at once in `except`"),
        );
        return None;
    }
    if !kinds.is_empty() && kinds.iter().all(|kind| quiet.never_holds(*kind)) {
        reader.note(
            Finding::warning(node.span.clone(), "these quiet hours hold nothing back")
                .with_label("every kind of alert of this route is sent at once")
                .with_help("list fewer kinds in `except`, `except: []` to hold all, or remove `quiet`"),
        );
    }
    Some(quiet)
}

fn window(node: &Node, zone_of_file: &TimeZone, reader: &mut Reader<'_>) -> Option<Window> {
    let fields = reader.fields(node, "`quiet`", KEYS)?;
    let days: Option<Vec<Weekday>> = fields.get("days").map(|node| {
        reader.one_or_more(node, "`days`").iter().filter_map(|node| reader.value(node, "a day", day)).collect()
    });
    let zone = match fields.get("zone") {
        Some(node) => reader.value(node, "`zone`", zone),
        None => Some(zone_of_file.clone()),
    };
    let except = match fields.get("except") {
        // All kinds are held.
        Some(Node { value: Value::List(items), .. }) if items.is_empty() => Vec::new(),
        Some(node) => kind::read(node, "`except`", reader),
        None => AlertKind::VARIANTS.iter().copied().filter(|kind| kind.is_urgent()).collect(),
    };
    let mut time = |key| fields.get(key).map(|node| (node, reader.value(node, "a time of day", TimeOfDay::parse)));
    let (from, to) = match (time("from"), time("to")) {
        (Some((_, from)), Some((at, to))) => {
            let (from, to) = (from?, to?);
            if from == to {
                reader.note(
                    Finding::error(at.span.clone(), format!("these quiet hours start at {from} and end at {to}"))
                        .with_help("for a whole day, write from: \"00:00\", to: \"24:00\""),
                );
                return None;
            }
            (from, to)
        }
        (None, None) if days.is_some() => (TimeOfDay::START, TimeOfDay::END),
        (Some((at, _)), None) | (None, Some((at, _))) => {
            reader.note(
                Finding::error(at.span.clone(), "quiet hours need both `from` and `to`")
                    .with_help("write {from: \"22:00\", to: \"07:00\"}"),
            );
            return None;
        }
        (None, None) => {
            reader.note(
                Finding::error(fields.span.clone(), "these quiet hours have neither times nor days")
                    .with_help("write {from: \"22:00\", to: \"07:00\"}, or {days: [sat, sun]}"),
            );
            return None;
        }
    };
    Some(Window { from, to, days: days.unwrap_or_else(|| DAYS.map(|(_, day)| day).to_vec()), zone: zone?, except })
}
