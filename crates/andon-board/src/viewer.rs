//! The viewer: theme, time zone and date format.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// How a viewer sees the pipelines.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    /// Light or dark.
    pub theme: Theme,
    /// The time zone of times.
    pub zone: TimeZone,
    /// How dates are written: a language tag such as `en` or `de-DE`.
    pub locale: String,
    /// The start of the selected time range; `None` if there is none.
    pub since: Option<Timestamp>,
}

/// The colours of what is around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As the viewer's browser prefers.
    Preferred,
}

impl Theme {
    /// Its class in the style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Preferred => "preferred",
        }
    }
}

impl Viewer {
    /// A time as the viewer would write it: without its day if that is today.
    pub(super) fn write(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (self.local(at), self.local(now));
        let time = at.strftime("%H:%M");
        if at.date() == now.date() { time.to_string() } else { format!("{}, {time}", at.strftime(self.day())) }
    }

    /// A day and its month as the viewer would write it.
    pub(super) fn write_day(&self, at: Timestamp) -> String {
        self.local(at).strftime(self.day()).to_string()
    }

    /// A time in full.
    pub(super) fn write_in_full(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// A day and its month. The words around are English; what is in figures follows the viewer's language.
    fn day(&self) -> &'static str {
        let locale = self.locale.to_ascii_lowercase();
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        match (locale.as_str(), language) {
            ("en-us" | "en_us", _) => "%b %-d",
            (_, "de") => "%-d.%-m.",
            (_, "es" | "fr" | "it" | "pt") => "%d/%m",
            (_, "ja" | "ko" | "zh") => "%-m/%-d",
            _ => "%-d %b",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(locale: &str) -> Viewer {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        Viewer { theme: Theme::Light, zone, locale: locale.to_owned(), since: None }
    }

    #[test]
    fn a_time_is_the_viewers_and_has_its_day_unless_that_is_today() {
        let (at, now) = ("2026-11-19T23:30:00Z".parse().unwrap(), "2026-11-20T09:00:00Z".parse().unwrap());
        assert_eq!(viewer("en").write(at, now), "00:30");
        assert_eq!(viewer("en").write_in_full(at), "2026-11-20 00:30:00 +01:00");
        let at = "2026-11-03T08:05:00Z".parse().unwrap();
        assert_eq!(
            ["en", "en-US", "de", "fr", "pt-BR", "ja", ""].map(|locale| viewer(locale).write(at, now)),
            [
                "3 Nov, 09:05",
                "Nov 3, 09:05",
                "3.11., 09:05",
                "03/11, 09:05",
                "03/11, 09:05",
                "11/3, 09:05",
                "3 Nov, 09:05"
            ]
        );
    }
}
