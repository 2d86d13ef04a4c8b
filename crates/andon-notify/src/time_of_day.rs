//! Times of day and days of the week in the configuration.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use andon::invalid::Invalid;
use andon::suggest::{quoted, suggestion};

/// A time of day in minutes after midnight; `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// The days of the week by their short names.
pub const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
impl TimeOfDay {
    /// Midnight at the beginning of the day.
    pub const START: Self = Self(0);
    /// Midnight at the end of the day.
    pub const END: Self = Self(24 * 60);

    /// The hour, 24 at the end of the day.
    pub fn hour(self) -> i8 {
        i8::try_from(self.0 / 60).unwrap_or(0)
    }

    /// The minute of the hour.
    pub fn minute(self) -> i8 {
        i8::try_from(self.0 % 60).unwrap_or(0)
    }

    /// The moment of this time on a day; `24:00` is the beginning of the next.
    pub fn on(self, date: Date, zone: &TimeZone) -> Option<Timestamp> {
        let (date, time) = if self == Self::END { (date.tomorrow().ok()?, Self::START) } else { (date, self) };
        let zoned = date.at(time.hour(), time.minute(), 0, 0).to_zoned(zone.clone()).ok()?;
        Some(zoned.timestamp())
    }

    /// Reads `22:00`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let number = |digits: &str| -> Option<u16> {
            let fits = (1..=2).contains(&digits.len());
            (fits && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
        };
        text.split_once(':')
            .filter(|(_, minutes)| minutes.len() == 2)
            .and_then(|(hours, minutes)| Some((number(hours)?, number(minutes)?)))
            .filter(|(hours, minutes)| *minutes < 60 && hours * 60 + minutes <= 24 * 60)
            .map(|(hours, minutes)| Self(hours * 60 + minutes))
            .ok_or_else(|| {
                Invalid::new(format!("invalid time of day {}", quoted(text)))
                    .with_help("write hours and minutes, from 00:00 to 24:00, such as \"22:00\"")
            })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Reads the short name of a day.
pub fn day(text: &str) -> Result<Weekday, Invalid> {
    DAYS.iter().find(|(name, _)| *name == text).map(|(_, day)| *day).ok_or_else(|| {
        let short: String = text.chars().take(3).collect::<String>().to_ascii_lowercase();
        let names = DAYS.map(|(name, _)| name);
        let help = match names.iter().find(|name| **name == short) {
            Some(name) => format!("write {}", quoted(name)),
            None => suggestion(text, names),
        };
        Invalid::new(format!("unknown day {}", quoted(text))).with_help(help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_strictly() {
        for text in ["00:00", "7:05", "22:00", "24:00"] {
            assert!(TimeOfDay::parse(text).is_ok(), "{text}");
        }
        for text in ["24:01", "12:60", "12", "12:5", "10pm", "-1:00", "1:+5", "", "99:99", "٣:00"] {
            assert!(TimeOfDay::parse(text).is_err(), "{text}");
        }
    }
}
