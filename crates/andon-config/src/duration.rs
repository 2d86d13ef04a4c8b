//! Durations in the configuration: `90m`, `1h30m`, `2d`, or `off`.

use std::time::Duration;

use andon::invalid::Invalid;
use andon::suggest::quoted;

const MAX_LEN: Duration = Duration::from_hours(90 * 24);

/// Reads a length of time from a minute to 90 days; `off` is none.
pub fn parse(text: &str) -> Result<Option<Duration>, Invalid> {
    if text == "off" {
        return Ok(None);
    }
    let malformed = || {
        let invalid = Invalid::new(format!("invalid duration {}", quoted(text)));
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            invalid.with_help(format!("add a unit: `{text}m`, `{text}h` or `{text}d`"))
        } else {
            invalid.with_help("write a duration such as `90m`, `4h`, `1h30m` or `2d`, or `off`")
        }
    };
    let mut seconds: u64 = 0;
    let mut rest = text;
    let mut last_unit = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).ok_or_else(malformed)?;
        let unit = match after.chars().next() {
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            _ => return Err(malformed()),
        };
        if unit >= last_unit {
            return Err(malformed());
        }
        last_unit = unit;
        let number: u64 = number.parse().map_err(|_| malformed())?;
        seconds = number.checked_mul(unit).and_then(|part| seconds.checked_add(part)).ok_or_else(malformed)?;
        rest = after.get(1..).unwrap_or("");
    }
    let duration = Duration::from_secs(seconds);
    if text.is_empty() {
        Err(malformed())
    } else if seconds == 0 {
        Err(Invalid::new(format!("the duration {} is zero", quoted(text))).with_help("use `off` to turn the limit off"))
    } else if duration > MAX_LEN {
        Err(Invalid::new(format!("{} is longer than 90 days", quoted(text)))
            .with_help("use a shorter duration, or `off`"))
    } else {
        Ok(Some(duration))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn minutes_hours_and_days_are_read_alone_and_together() {
        for (text, seconds) in [("90m", 5_400), ("4h", 14_400), ("1h30m", 5_400), ("2d", 172_800), ("1d12h", 129_600)] {
            assert_eq!(parse(text), Ok(Some(Duration::from_secs(seconds))), "{text}");
        }
        assert_eq!(parse("off"), Ok(None));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in
            ["", "90", "h", "1.5h", "-1h", "1h1h", "30m1h", "0m", "91d", "1w", "4 h", "99999999999999999999d", "é"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = parse(&text);
        }
    }
}
