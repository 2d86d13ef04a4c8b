//! Times and lists in words.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Filling, Phrase, Voice};

/// A span of time in the one unit that people would say it in.
enum Spoken {
    Now,
    Minutes(i64),
    Hours(i64),
    Days(i64),
    Weeks(i64),
}

impl Spoken {
    /// The nearest whole number of the largest unit of which there are two or so.
    fn of(span: SignedDuration) -> Self {
        let seconds = span.as_secs().max(0);
        let nearest = |unit: i64| (seconds + unit / 2) / unit;
        let (minute, hour, day) = (60, 3_600, 86_400);
        match seconds {
            ..45 => Self::Now,
            45..6_000 => Self::Minutes(nearest(minute)),
            6_000..129_600 => Self::Hours(nearest(hour)),
            129_600..1_814_400 => Self::Days(nearest(day)),
            _ => Self::Weeks(nearest(7 * day)),
        }
    }
}

impl Voice {
    /// How long ago something was: "eleven minutes ago", or the day if it is weeks ago.
    pub fn ago(&self, at: Timestamp, now: Timestamp) -> String {
        match Spoken::of(now.duration_since(at)) {
            Spoken::Now => self.say(Phrase::AgoNow, &[]),
            Spoken::Minutes(count) => self.counted(Phrase::AgoMinutes, count),
            Spoken::Hours(count) => self.counted(Phrase::AgoHours, count),
            Spoken::Days(count) => self.counted(Phrase::AgoDays, count),
            Spoken::Weeks(_) => self.dated(at, now, Phrase::OnDay, Phrase::OnDate),
        }
    }

    /// For how long something has been so: "for eleven minutes".
    pub fn for_long(&self, since: Timestamp, now: Timestamp) -> String {
        match Spoken::of(now.duration_since(since)) {
            Spoken::Now => self.say(Phrase::ForNow, &[]),
            Spoken::Minutes(count) => self.counted(Phrase::ForMinutes, count),
            Spoken::Hours(count) => self.counted(Phrase::ForHours, count),
            Spoken::Days(count) => self.counted(Phrase::ForDays, count),
            Spoken::Weeks(count) => self.counted(Phrase::ForWeeks, count),
        }
    }

    /// Since which day something has been so: "since November 13".
    pub fn since(&self, at: Timestamp, now: Timestamp) -> String {
        self.dated(at, now, Phrase::SinceDay, Phrase::SinceDate)
    }

    /// How long something takes: "eleven minutes".
    pub fn span(&self, span: SignedDuration) -> String {
        match Spoken::of(span) {
            Spoken::Now => self.say(Phrase::SpanNow, &[]),
            Spoken::Minutes(count) => self.counted(Phrase::SpanMinutes, count),
            Spoken::Hours(count) => self.counted(Phrase::SpanHours, count),
            Spoken::Days(count) => self.counted(Phrase::SpanDays, count),
            Spoken::Weeks(count) => self.counted(Phrase::SpanWeeks, count),
        }
    }

    /// "A, B and C".
    pub fn and(&self, items: &[String]) -> String {
        self.joined(items, Phrase::ListLast)
    }

    /// "A, B or C".
    pub fn or(&self, items: &[String]) -> String {
        self.joined(items, Phrase::ListOr)
    }

    /// A phrase that only a number is missing in.
    pub fn counted(&self, phrase: Phrase, count: impl Into<Filling<'static>>) -> String {
        self.say(phrase, &[("count", count.into())])
    }

    fn joined(&self, items: &[String], last: Phrase) -> String {
        let Some((first, rest)) = items.split_first() else {
            return String::new();
        };
        let mut joined = first.clone();
        for (at, item) in rest.iter().enumerate() {
            joined = if at + 1 == rest.len() {
                {
                    let begins: String = item.to_lowercase().chars().take(1).collect();
                    self.say(
                        last,
                        &[("list", joined.into()), ("last", item.as_str().into()), ("begins", begins.into())],
                    )
                }
            } else {
                self.say(Phrase::ListNext, &[("list", joined.into()), ("next", item.as_str().into())])
            };
        }
        joined
    }

    /// The day of a time, in UTC: the user's time zone is not known.
    fn dated(&self, at: Timestamp, now: Timestamp, this_year: Phrase, another_year: Phrase) -> String {
        let (day, today) = (at.to_zoned(TimeZone::UTC), now.to_zoned(TimeZone::UTC));
        let filling: [(&str, Filling<'_>); 3] = [
            ("day", i64::from(day.day()).into()),
            ("month", i64::from(day.month()).into()),
            ("year", day.year().to_string().into()),
        ];
        if day.year() == today.year() {
            self.say(this_year, filling.get(..2).unwrap_or_default())
        } else {
            self.say(another_year, &filling)
        }
    }
}
