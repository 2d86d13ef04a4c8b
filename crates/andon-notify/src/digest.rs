//! Digests: what is still red, at a time of day.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::time_of_day::TimeOfDay;

/// How late a digest may be. After that, the next one says it.
const MAX_LATE: SignedDuration = SignedDuration::from_hours(12);

/// When a route sends its digest.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestTime {
    /// The time of day.
    pub at: TimeOfDay,
    /// The days on which it is sent.
    pub days: Vec<Weekday>,
    /// The time zone of the time.
    pub zone: TimeZone,
}

impl DigestTime {
    /// The moment of the digest that is due now: the latest that has passed, if it has just passed.
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        let today = now.to_zoned(self.zone.clone()).date();
        [Some(today), today.yesterday().ok()]
            .into_iter()
            .flatten()
            .filter(|date| self.days.contains(&date.weekday()))
            .filter_map(|date| self.at.on(date, &self.zone))
            .find(|moment| *moment <= now)
            .filter(|moment| now.duration_since(*moment) <= MAX_LATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(at: &str, days: &[Weekday], now: &str) -> Option<String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let time = DigestTime { at: TimeOfDay::parse(at).unwrap(), days: days.to_vec(), zone };
        time.due(now.parse().unwrap()).map(|moment| moment.to_string())
    }

    #[test]
    fn a_digest_is_due_from_its_time_on_for_half_a_day() {
        let friday = [Weekday::Friday];
        assert_eq!(due("09:00", &friday, "2026-11-20T07:59:59Z"), None);
        assert_eq!(due("09:00", &friday, "2026-11-20T08:00:00Z").as_deref(), Some("2026-11-20T08:00:00Z"));
        assert_eq!(due("09:00", &friday, "2026-11-20T20:00:00Z").as_deref(), Some("2026-11-20T08:00:00Z"));
        assert_eq!(due("09:00", &friday, "2026-11-20T20:00:01Z"), None);
        assert_eq!(due("09:00", &friday, "2026-11-21T08:00:00Z"), None, "a Saturday");
    }

    #[test]
    fn a_digest_of_the_evening_is_due_after_midnight() {
        let friday = [Weekday::Friday];
        assert_eq!(due("23:30", &friday, "2026-11-21T01:00:00Z").as_deref(), Some("2026-11-20T22:30:00Z"));
        assert_eq!(due("24:00", &friday, "2026-11-20T23:00:00Z").as_deref(), Some("2026-11-20T23:00:00Z"));
    }
}
