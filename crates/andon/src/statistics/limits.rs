//! CloudWatch's limits: names as dimension values, and the accepted range of timestamps.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::Datum;

/// The most bytes of a dimension's value.
const MAX_LEN: usize = 1024;
/// The prefix of the fingerprint of a truncated value. No escape starts like this.
const CUT: &str = "%~";
/// The value of an empty name. No escape ends like this.
const EMPTY: &str = "%";
/// What is escaped besides all that is not ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');
/// The same for names of blanks alone, which CloudWatch refuses.
const BLANK: &AsciiSet = &ESCAPED.add(b' ');

/// How old a data point may be: CloudWatch's limit minus a minute for the transfer.
const OLDEST: SignedDuration = SignedDuration::from_secs(14 * 24 * 3600 - 60);
/// How far ahead a datum may be, with the same minute.
const FARTHEST_AHEAD: SignedDuration = SignedDuration::from_secs(2 * 3600 - 60);

/// A name as the value of a dimension.
///
/// CloudWatch takes 1 to 1,024 ASCII characters, no control characters and not blanks alone. So the bytes of all other
/// characters are written as `%` and two hexadecimal digits, and `%` itself as `%25`: two names never share a value, and
/// [`named`] gives the name back. The names that CodePipeline allows today stay as they are. What is too long even then
/// is cut and ends in `%~` and a fingerprint of the whole.
pub fn dimension_value(name: &str) -> Cow<'_, str> {
    let escaped = if name.trim_matches(' ').is_empty() { BLANK } else { ESCAPED };
    let value: Cow<'_, str> = utf8_percent_encode(name, escaped).into();
    if value.is_empty() {
        return Cow::Borrowed(EMPTY);
    }
    if value.len() <= MAX_LEN {
        return value;
    }
    let mut cut = String::new();
    let mut buffer = [0; 4];
    for character in name.chars() {
        let encoded = utf8_percent_encode(character.encode_utf8(&mut buffer), escaped).to_string();
        if cut.len() + encoded.len() > MAX_LEN - CUT.len() - 16 {
            break;
        }
        cut.push_str(&encoded);
    }
    Cow::Owned(format!("{cut}{CUT}{:016x}", fingerprint(name)))
}

/// The name that a dimension value encodes; `None` if it is invalid or truncated.
pub fn named(value: &str) -> Option<String> {
    if value == EMPTY {
        return Some(String::new());
    }
    let name = percent_decode_str(value).decode_utf8().ok()?;
    (dimension_value(&name) == value).then(|| name.into_owned())
}

/// The data that CloudWatch would take now, and how many it would not: it refuses those of more than two weeks ago or
/// of more than two hours ahead, and all others in the same call with them.
pub fn timely(data: &[Datum], now: Timestamp) -> (Vec<&Datum>, usize) {
    let timely: Vec<&Datum> = data
        .iter()
        .filter(|datum| {
            let ahead = datum.at.duration_since(now);
            -OLDEST <= ahead && ahead <= FARTHEST_AHEAD
        })
        .collect();
    let left_out = data.len() - timely.len();
    (timely, left_out)
}

/// 64-bit FNV-1a: to tell names apart, not for security.
pub fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistics::Metric;

    #[test]
    fn names_that_codepipeline_allows_stay_as_they_are() {
        for name in ["checkout-svc_prod", "a.b@c", "Deploy to prod", ":x", "x=y/z#1"] {
            assert_eq!(dimension_value(name), name);
        }
    }

    #[test]
    fn other_names_are_escaped_byte_by_byte() {
        assert_eq!(dimension_value("Größe"), "Gr%C3%B6%C3%9Fe");
        assert_eq!(dimension_value("🚀"), "%F0%9F%9A%80");
        assert_eq!(dimension_value("100%"), "100%25");
        assert_eq!(dimension_value("a\tb\u{7f}"), "a%09b%7F");
    }

    #[test]
    fn a_blank_value_is_none_that_cloudwatch_would_refuse() {
        assert_eq!(dimension_value("  "), "%20%20");
        assert_eq!(dimension_value(""), "%");
        assert_eq!(named("%").as_deref(), Some(""));
    }

    #[test]
    fn what_is_too_long_is_cut_and_still_told_apart() {
        let long = |end: &str| dimension_value(&("🚀".repeat(99) + end)).into_owned();
        let (one, other) = (long("🚀"), long("🚁"));
        assert!(one.len() <= MAX_LEN && other.len() <= MAX_LEN, "{} {}", one.len(), other.len());
        assert_ne!(one, other);
        assert!(one.starts_with("%F0%9F%9A%80%F0"), "{one}");
        assert_eq!(named(&one), None);
        assert_eq!(dimension_value(&"x".repeat(1024)).len(), 1024);
        assert_eq!(dimension_value(&"x".repeat(1025)).len(), 1024);
    }

    #[test]
    fn a_value_that_nobody_wrote_stands_for_nothing() {
        for value in ["%4", "%zz", "%+f", "%FF", "x%"] {
            assert_eq!(named(value), None, "{value}");
        }
    }

    #[test]
    fn only_timely_data_are_sent() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let datum = |at: &str| Datum {
            metric: Metric::SuccessCount,
            value: 1.0,
            dimensions: Vec::new(),
            at: at.parse().unwrap(),
        };
        let data = [
            datum("2026-11-06T10:00:00Z"),
            datum("2026-11-06T10:02:00Z"),
            datum("2026-11-20T10:00:00Z"),
            datum("2026-11-20T11:58:00Z"),
            datum("2026-11-20T12:00:00Z"),
            datum("9999-12-30T00:00:00Z"),
            datum("-009999-02-01T00:00:00Z"),
        ];
        let (timely, left_out) = timely(&data, now);
        let times: Vec<String> = timely.iter().map(|datum| datum.at.to_string()).collect();
        assert_eq!(times, ["2026-11-06T10:02:00Z", "2026-11-20T10:00:00Z", "2026-11-20T11:58:00Z"]);
        assert_eq!(left_out, 4);
    }

    proptest! {
        #[test]
        fn every_name_has_a_value_that_cloudwatch_takes_and_that_stands_for_it(name in ".{0,80}") {
            let value = dimension_value(&name);
            prop_assert!((1..=MAX_LEN).contains(&value.len()));
            prop_assert!(value.chars().all(|c| c.is_ascii() && !c.is_ascii_control()));
            prop_assert!(!value.trim().is_empty());
            prop_assert_eq!(named(&value), Some(name));
        }

        #[test]
        fn reading_a_value_never_panics(value in ".{0,40}|[%0-9a-fA-F~é]{0,40}") {
            named(&value);
        }
    }
}
