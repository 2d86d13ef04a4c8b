//! Quiet hours: non-urgent alerts are held until the end. None is dropped.
//!
//! A window is in the local time of its zone, so it follows daylight saving time. A local time
//! that a clock change skips means the moment after the change. One that occurs twice means its
//! first occurrence.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use andon::alert::AlertKind;

use crate::time_of_day::TimeOfDay;

/// The quiet hours of a route: windows, any of which may hold an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct QuietHours(pub Vec<Window>);

/// One window that recurs on its days.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The start.
    pub from: TimeOfDay,
    /// The end; on the next day if it is not later than the start.
    pub to: TimeOfDay,
    /// The days on which it starts.
    pub days: Vec<Weekday>,
    /// The time zone.
    pub zone: TimeZone,
    /// The kinds that are sent at once.
    pub except: Vec<AlertKind>,
}

/// When an alert is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// At once.
    Deliver,
    /// Hold it until this time.
    HoldUntil(Timestamp),
}

/// Adjacent windows are one quiet time; if they cover a week, it never ends.
const MAX_WINDOWS_IN_A_ROW: usize = 64;

impl QuietHours {
    /// When an alert of this kind is sent.
    pub fn timing(&self, kind: AlertKind, now: Timestamp) -> Timing {
        let mut until = now;
        for _ in 0..MAX_WINDOWS_IN_A_ROW {
            let end = self
                .0
                .iter()
                .filter(|window| !window.except.contains(&kind))
                .filter_map(|window| window.end_if_within(until))
                .max();
            match end {
                Some(end) if end > until => until = end,
                _ => break,
            }
        }
        if until > now { Timing::HoldUntil(until) } else { Timing::Deliver }
    }

    /// Whether no alert of this kind is ever held.
    pub fn never_holds(&self, kind: AlertKind) -> bool {
        self.0.iter().all(|window| window.except.contains(&kind))
    }

    /// Whether an alert of this kind would be held for ever.
    pub fn never_ends_for(&self, kind: AlertKind) -> bool {
        /// A Monday, far from every change of clocks.
        const A_MONDAY: i64 = 1_705_276_800;
        const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
        Timestamp::from_second(A_MONDAY).is_ok_and(|monday| match self.timing(kind, monday) {
            Timing::Deliver => false,
            Timing::HoldUntil(end) => end.duration_since(monday) > A_WEEK,
        })
    }
}

impl Window {
    /// The end of the window that the moment lies in.
    fn end_if_within(&self, now: Timestamp) -> Option<Timestamp> {
        let today = now.to_zoned(self.zone.clone()).date();
        [today.yesterday().ok(), Some(today)]
            .into_iter()
            .flatten()
            .filter(|date| self.days.contains(&date.weekday()))
            .filter_map(|date| {
                let last = if self.to <= self.from { date.tomorrow().ok()? } else { date };
                Some((self.from.on(date, &self.zone)?, self.to.on(last, &self.zone)?))
            })
            .filter(|(start, end)| *start <= now && now < *end)
            .map(|(_, end)| end)
            .max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::time_of_day::DAYS;

    use super::*;

    fn quiet(from: &str, to: &str, days: &[Weekday], zone: &str) -> QuietHours {
        QuietHours(vec![Window {
            from: TimeOfDay::parse(from).unwrap(),
            to: TimeOfDay::parse(to).unwrap(),
            days: days.to_vec(),
            zone: TimeZone::get(zone).unwrap(),
            except: vec![AlertKind::Failed],
        }])
    }

    fn clock(minutes: u16) -> TimeOfDay {
        TimeOfDay::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60)).unwrap()
    }

    fn every_day() -> Vec<Weekday> {
        DAYS.map(|(_, day)| day).to_vec()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn held(quiet: &QuietHours, now: &str) -> String {
        match quiet.timing(AlertKind::ApprovalNeeded, at(now)) {
            Timing::Deliver => "deliver".to_owned(),
            Timing::HoldUntil(end) => end.to_string(),
        }
    }

    #[test]
    fn a_night_holds_until_its_morning() {
        let night = quiet("22:00", "07:00", &every_day(), "Europe/Berlin");
        assert_eq!(held(&night, "2026-01-15T20:59:59Z"), "deliver");
        assert_eq!(held(&night, "2026-01-15T21:00:00Z"), "2026-01-16T06:00:00Z");
        assert_eq!(held(&night, "2026-01-16T05:59:59Z"), "2026-01-16T06:00:00Z");
        assert_eq!(held(&night, "2026-01-16T06:00:00Z"), "deliver");
    }

    #[test]
    fn an_exception_goes_out_at_once() {
        let night = quiet("22:00", "07:00", &every_day(), "UTC");
        assert_eq!(night.timing(AlertKind::Failed, at("2026-01-15T23:00:00Z")), Timing::Deliver);
    }

    #[test]
    fn a_night_follows_the_clocks_into_summer_and_back() {
        let night = quiet("22:00", "07:00", &every_day(), "Europe/Berlin");
        // 2026-03-29 01:00Z: 02:00 becomes 03:00; the night is an hour shorter.
        assert_eq!(held(&night, "2026-03-28T21:00:00Z"), "2026-03-29T05:00:00Z");
        // 2026-10-25 01:00Z: 03:00 becomes 02:00; it is an hour longer.
        assert_eq!(held(&night, "2026-10-24T20:00:00Z"), "2026-10-25T06:00:00Z");
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_the_moment_after_the_change() {
        let early = quiet("22:00", "02:30", &every_day(), "Europe/Berlin");
        assert_eq!(held(&early, "2026-03-29T00:59:00Z"), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn a_time_that_comes_twice_is_its_first_coming() {
        let early = quiet("22:00", "02:30", &every_day(), "Europe/Berlin");
        assert_eq!(held(&early, "2026-10-25T00:00:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(held(&early, "2026-10-25T01:15:00Z"), "deliver");
    }

    #[test]
    fn a_window_belongs_to_the_day_on_which_it_begins() {
        let friday = quiet("22:00", "07:00", &[Weekday::Friday], "UTC");
        assert_eq!(held(&friday, "2026-01-16T23:00:00Z"), "2026-01-17T07:00:00Z");
        assert_eq!(held(&friday, "2026-01-17T06:00:00Z"), "2026-01-17T07:00:00Z");
        assert_eq!(held(&friday, "2026-01-17T23:00:00Z"), "deliver");
    }

    #[test]
    fn a_weekend_and_the_night_after_it_are_one_quiet_time() {
        let mut windows = quiet("22:00", "07:00", &every_day(), "UTC");
        windows.0.extend(quiet("00:00", "24:00", &[Weekday::Saturday, Weekday::Sunday], "UTC").0);
        assert_eq!(held(&windows, "2026-01-16T22:30:00Z"), "2026-01-19T07:00:00Z");
    }

    fn a_zone() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Pacific/Chatham",
            "America/St_Johns",
            "Africa/Casablanca",
            "America/Sao_Paulo",
        ])
    }

    proptest! {
        /// The end of a hold is later, within two windows' length, and itself not held.
        #[test]
        fn a_hold_ends_when_it_says(
            from in 0u16..1440, length in 1u16..1320, days in prop::sample::subsequence(every_day(), 1..=7),
            zone in a_zone(), second in 946_684_800i64..2_208_988_800,
        ) {
            let quiet = QuietHours(vec![Window {
                from: clock(from), to: clock((from + length) % 1440), days,
                zone: TimeZone::get(zone).unwrap(), except: vec![],
            }]);
            let now = Timestamp::from_second(second).unwrap();
            if let Timing::HoldUntil(end) = quiet.timing(AlertKind::Started, now) {
                prop_assert!(end > now);
                prop_assert!(end.duration_since(now) <= SignedDuration::from_hours(49));
                prop_assert_eq!(quiet.timing(AlertKind::Started, end), Timing::Deliver);
            }
        }

        /// Away from any change of clocks, quiet is exactly what the local clock says.
        #[test]
        fn the_local_clock_decides(
            from in 0u16..1440, to in 0u16..1440, minute in 0i64..1440, day in 0i64..365,
        ) {
            prop_assume!(from != to);
            let quiet = QuietHours(vec![Window {
                from: clock(from), to: clock(to), days: every_day(),
                zone: TimeZone::get("Asia/Kolkata").unwrap(), except: vec![],
            }]);
            let midnight = at("2026-01-01T00:00:00+05:30").as_second();
            let now = Timestamp::from_second(midnight + day * 86_400 + minute * 60).unwrap();
            let (from, to) = (i64::from(from), i64::from(to));
            let inside = if from < to { from <= minute && minute < to } else { from <= minute || minute < to };
            prop_assert_eq!(quiet.timing(AlertKind::Started, now) != Timing::Deliver, inside);
        }
    }
}
