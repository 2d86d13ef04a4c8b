//! What a message is written for: the names of accounts, the time zone and the time, and how times are written in it.

use andon::account::Accounts;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The context of an alert.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The names of the accounts.
    pub accounts: &'c Accounts,
    /// The time zone of messages.
    pub zone: &'c TimeZone,
    /// The time.
    pub now: Timestamp,
}

/// A time as people read it: the day only where it is not today.
pub(super) fn clock(at: Timestamp, context: &Context<'_>) -> String {
    let zone = context.zone;
    let is_today = at.to_zoned(zone.clone()).date() == context.now.to_zoned(zone.clone()).date();
    written(at, if is_today { "%H:%M" } else { "%-d %b %Y %H:%M" }, zone)
}

/// A time with its day, because messages are also read later.
pub(super) fn date(at: Timestamp, context: &Context<'_>) -> String {
    written(at, "%-d %b %Y %H:%M", context.zone)
}

fn written(at: Timestamp, format: &str, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    let name = if *zone == TimeZone::UTC { "UTC".to_owned() } else { at.strftime("%Z").to_string() };
    format!("{} {name}", at.strftime(format))
}
