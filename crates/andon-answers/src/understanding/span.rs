//! Which time is asked about: "yesterday", "since Monday", "in the last 24 hours".

use jiff::civil::{Date, DateTime, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::words::Word;

/// A time that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its name: `today`, `since-monday`, `last-24h`.
    pub label: String,
    /// In words that end a sentence: "today", "since Monday".
    pub words: String,
    /// Its start.
    pub from: Timestamp,
    /// Its end; nothing after it counts.
    pub until: Timestamp,
}

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

const NUMBERS: [&str; 13] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// A number in digits or as a word.
pub(super) fn number(text: &str) -> Option<i64> {
    if text == "couple" {
        return Some(2);
    }
    let spelled = NUMBERS.iter().position(|word| *word == text).and_then(|at| i64::try_from(at).ok());
    spelled.or_else(|| text.parse().ok()).filter(|number| (0..=10_000).contains(number))
}

/// The unit of a span, and its length in hours.
fn unit(text: &str) -> Option<(&'static str, i64)> {
    Some(match text {
        "m" | "min" | "mins" | "minute" | "minutes" => ("minute", 0),
        "h" | "hr" | "hrs" | "hour" | "hours" => ("hour", 1),
        "d" | "day" | "days" => ("day", 24),
        "w" | "week" | "weeks" => ("week", 168),
        "month" | "months" => ("month", 720),
        _ => return None,
    })
}

/// The last so many of a unit.
pub(super) fn last(count: i64, unit_name: &'static str, now: Timestamp) -> Span {
    let (length, label) = match unit_name {
        "minute" => (SignedDuration::from_mins(count), format!("last-{count}m")),
        "hour" => (SignedDuration::from_hours(count), format!("last-{count}h")),
        "week" => (SignedDuration::from_hours(count * 168), format!("last-{}d", count * 7)),
        "month" => (SignedDuration::from_hours(count * 720), format!("last-{}d", count * 30)),
        _ => (SignedDuration::from_hours(count * 24), format!("last-{count}d")),
    };
    let plural = if count == 1 { "" } else { "s" };
    let words = if count == 1 {
        format!("in the last {unit_name}")
    } else {
        format!("in the last {count} {unit_name}{plural}")
    };
    Span { label, words, from: now.checked_sub(length).unwrap_or(Timestamp::MIN), until: now }
}

/// Finds the time that a question is about, and marks its words as used.
pub(super) fn find(words: &mut [Word], now: Timestamp, zone: &TimeZone) -> Option<Span> {
    let clock = Clock { now, zone, local: now.to_zoned(zone.clone()).datetime() };
    let texts: Vec<String> =
        words.iter().map(|word| if word.is_used { String::new() } else { word.text.clone() }).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for at in 0..texts.len() {
        for length in (1..=5).rev() {
            let Some(part) = texts.get(at..at + length) else { continue };
            if let Some(span) = clock.span(part) {
                for word in words.iter_mut().skip(at).take(length) {
                    word.is_used = true;
                }
                // "between 9 and 12 today": the day of the hours.
                for word in words.iter_mut().skip(at + length).take(2).filter(|word| word.text == "today") {
                    word.is_used = true;
                }
                return Some(span);
            }
        }
    }
    None
}

struct Clock<'z> {
    now: Timestamp,
    zone: &'z TimeZone,
    local: DateTime,
}

impl Clock<'_> {
    fn at(&self, local: DateTime) -> Timestamp {
        local.to_zoned(self.zone.clone()).map_or(self.now, |zoned| zoned.timestamp())
    }

    fn today(&self) -> Date {
        self.local.date()
    }

    fn days_ago(&self, days: i64) -> Date {
        self.today().checked_sub(days.days()).unwrap_or(self.today())
    }

    fn midnight(&self, date: Date) -> Timestamp {
        self.at(date.to_datetime(time(0, 0, 0, 0)))
    }

    #[expect(clippy::unnecessary_wraps, reason = "one of several ways to a span, most of which may fail")]
    fn span_of(&self, label: &str, words: &str, from: Timestamp, until: Timestamp) -> Option<Span> {
        let until = until.min(self.now);
        Some(Span { label: label.to_owned(), words: words.to_owned(), from, until })
    }

    /// From then until now.
    fn since(&self, label: &str, words: &str, from: Timestamp) -> Option<Span> {
        self.span_of(label, words, from, self.now)
    }

    fn day(&self, label: &str, words: &str, date: Date) -> Option<Span> {
        let end = date.checked_add(1.day()).unwrap_or(date);
        self.span_of(label, words, self.midnight(date), self.midnight(end))
    }

    fn monday(&self) -> Date {
        self.days_ago(i64::from(self.today().weekday().to_monday_zero_offset()))
    }

    fn weekday(&self, day: Weekday) -> Date {
        let today = i64::from(self.today().weekday().to_monday_zero_offset());
        let wanted = i64::from(day.to_monday_zero_offset());
        self.days_ago((today - wanted).rem_euclid(7))
    }

    fn first_of_month(&self) -> Date {
        self.today().first_of_month()
    }

    fn span(&self, words: &[&str]) -> Option<Span> {
        let yesterday = self.days_ago(1);
        match words {
            ["today"] | ["so", "far", "today"] => self.since("today", "today", self.midnight(self.today())),
            ["yesterday"] => self.day("yesterday", "yesterday", yesterday),
            ["since", "yesterday"] => self.since("since-yesterday", "since yesterday", self.midnight(yesterday)),
            ["overnight"] => self.night("overnight", "overnight"),
            ["last" | "at", "night"] | ["during" | "in" | "through", "the", "night"] => {
                self.night("last-night", "last night")
            }
            ["since", "last", "night"] => {
                self.since("since-last-night", "since last night", self.at(yesterday.to_datetime(time(18, 0, 0, 0))))
            }
            ["this", "morning"] => {
                let noon = self.at(self.today().to_datetime(time(12, 0, 0, 0)));
                self.span_of("this-morning", "this morning", self.at(self.today().to_datetime(time(5, 0, 0, 0))), noon)
            }
            ["this", "afternoon"] => {
                self.since("this-afternoon", "this afternoon", self.at(self.today().to_datetime(time(12, 0, 0, 0))))
            }
            ["this", "evening"] | ["tonight"] => {
                self.since("tonight", "this evening", self.at(self.today().to_datetime(time(17, 0, 0, 0))))
            }
            ["weekend"]
            | ["the" | "this" | "last" | "over", "weekend"]
            | ["over" | "on" | "at" | "during", "the", "weekend"] => {
                let saturday = self.weekday(Weekday::Saturday);
                let monday = saturday.checked_add(2.days()).unwrap_or(saturday);
                self.span_of("weekend", "at the weekend", self.midnight(saturday), self.midnight(monday))
            }
            ["this" | "our", "week"] | ["week", "so", "far"] => {
                self.since("this-week", "this week", self.midnight(self.monday()))
            }
            ["last" | "previous", "week"] => {
                let monday = self.monday();
                let before = monday.checked_sub(7.days()).unwrap_or(monday);
                self.span_of("last-week", "last week", self.midnight(before), self.midnight(monday))
            }
            ["this", "month"] => self.since("this-month", "this month", self.midnight(self.first_of_month())),
            ["last" | "previous", "month"] => {
                let first = self.first_of_month();
                let before = first.checked_sub(1.day()).map_or(first, Date::first_of_month);
                self.span_of("last-month", "last month", self.midnight(before), self.midnight(first))
            }
            ["this", "year"] => self.since("this-year", "this year", self.midnight(self.today().first_of_year())),
            ["recently" | "lately"] => Some(last(7, "day", self.now)),
            ["since", "noon"] => self.clock_time(12, "since noon"),
            ["since", "midnight"] => self.since("today", "since midnight", self.midnight(self.today())),
            ["since", "this", "morning"] => {
                self.since("since-5h", "since this morning", self.at(self.today().to_datetime(time(5, 0, 0, 0))))
            }
            ["since", "last", "week"] => {
                let monday = self.monday();
                let before = monday.checked_sub(7.days()).unwrap_or(monday);
                self.since("since-last-week", "since last week", self.midnight(before))
            }
            ["since", hour @ ("8" | "9" | "7" | "6" | "10" | "11"), "am"] => self.hour(hour, "am"),
            ["since", hour, half @ ("am" | "pm")] => self.hour(hour, half),
            ["since", hour] if hour.ends_with("am") || hour.ends_with("pm") => {
                let (digits, half) = hour.split_at(hour.len() - 2);
                self.hour(digits, half)
            }
            ["between" | "from", from, "and" | "to" | "until" | "till", until] if is_day(from) => {
                self.days(from, until)
            }
            ["between", from, "and", until] => self.hours(from, until),
            ["since", rest @ ..] if rest.len() <= 4 => self.since_day(rest),
            ["on" | "last", day] => self.named_day(day),
            [count, unit, "ago"] => {
                let (count, (name, _)) = (number(count)?, unit_of(unit)?);
                (name == "day")
                    .then(|| self.day(&format!("{count}d-ago"), &format!("{count} days ago"), self.days_ago(count)))?
            }
            ["in" | "within" | "over" | "for" | "during", rest @ ..] | rest => self.last_of(rest),
        }
    }

    /// "the last 24 hours", "past week", "last 7d", "24h", "2 weeks".
    fn last_of(&self, words: &[&str]) -> Option<Span> {
        let words = match words {
            ["the", rest @ ..] => rest,
            other => other,
        };
        let (said_last, rest) = match words {
            ["last" | "past" | "previous", rest @ ..] => (true, rest),
            other => (false, other),
        };
        let (count, name) = match rest {
            ["couple", "of", unit] => (2, unit_of(unit)?.0),
            ["few", unit] => (3, unit_of(unit)?.0),
            [count, unit] => (number(count)?, unit_of(unit)?.0),
            [short] => {
                let digits = short.find(|c: char| !c.is_ascii_digit())?;
                match short.split_at(digits) {
                    ("", unit) if said_last => (1, unit_of(unit)?.0),
                    ("", _) => return None,
                    (count, unit) => (number(count)?, unit_of(unit)?.0),
                }
            }
            _ => return None,
        };
        (count > 0).then(|| last(count, name, self.now))
    }

    fn night(&self, label: &str, words: &str) -> Option<Span> {
        let evening = self.at(self.days_ago(1).to_datetime(time(18, 0, 0, 0)));
        let morning = self.at(self.today().to_datetime(time(8, 0, 0, 0)));
        self.span_of(label, words, evening, morning)
    }

    fn since_day(&self, words: &[&str]) -> Option<Span> {
        // "since I left on Friday", "since last Tuesday".
        let name = words.last()?;
        let before = words.get(..words.len() - 1)?;
        if !before.iter().all(|word| ["last", "on", "i", "we", "left", "was", "here"].contains(word)) {
            return None;
        }
        let (name, day) = DAYS.iter().find(|(day, _)| day == name)?;
        self.since(&format!("since-{name}"), &format!("since {}", capitalised(name)), self.midnight(self.weekday(*day)))
    }

    fn named_day(&self, name: &str) -> Option<Span> {
        let (name, day) = DAYS.iter().find(|(day, _)| *day == name)?;
        let mut date = self.weekday(*day);
        if date == self.today() {
            date = self.days_ago(7);
        }
        self.day(name, &format!("on {}", capitalised(name)), date)
    }

    /// "between Monday and Wednesday": both days belong to it.
    fn days(&self, from: &str, until: &str) -> Option<Span> {
        let day = |name: &str| DAYS.iter().find(|(day, _)| *day == name);
        let ((first, from), (last, until)) = (day(from)?, day(until)?);
        let until = self.weekday(*until);
        let length = until.weekday().to_monday_zero_offset() - from.to_monday_zero_offset();
        let from = until.checked_sub(i64::from(length.rem_euclid(7)).days()).ok()?;
        let end = until.checked_add(1.day()).ok()?;
        let words = format!("between {} and {}", capitalised(first), capitalised(last));
        self.span_of(&format!("{first}-to-{last}"), &words, self.midnight(from), self.midnight(end))
    }

    fn hour(&self, hour: &str, half: &str) -> Option<Span> {
        let hour = number(hour).filter(|hour| (1..=12).contains(hour))?;
        let at = hour % 12 + if half == "pm" { 12 } else { 0 };
        self.clock_time(at, &format!("since {hour} {half}"))
    }

    /// Since that hour, today or else yesterday.
    fn clock_time(&self, hour: i64, words: &str) -> Option<Span> {
        let hour = i8::try_from(hour).ok().filter(|hour| (0..24).contains(hour))?;
        let today = self.at(self.today().to_datetime(time(hour, 0, 0, 0)));
        let from = if today > self.now { self.at(self.days_ago(1).to_datetime(time(hour, 0, 0, 0))) } else { today };
        self.since(&format!("since-{hour}h"), words, from)
    }

    fn hours(&self, from: &str, until: &str) -> Option<Span> {
        let hour = |text: &str| i8::try_from(number(text)?).ok().filter(|hour| (0..24).contains(hour));
        let (from, until) = (hour(from)?, hour(until)?);
        let at = |hour| self.at(self.today().to_datetime(time(hour, 0, 0, 0)));
        self.span_of("today", &format!("today between {from}:00 and {until}:00"), at(from), at(until))
    }
}

fn is_day(text: &str) -> bool {
    DAYS.iter().any(|(day, _)| *day == text)
}

fn unit_of(text: &str) -> Option<(&'static str, i64)> {
    unit(text)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
