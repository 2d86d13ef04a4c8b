//! Durations and numbers in words.

use jiff::SignedDuration;

/// A span of time in its two largest units: `9 min 26 s`, `2 h 10 min`, `3 d 4 h`.
pub fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let two = |large: i64, unit: &str, small: i64, next: &str| {
        if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {next}") }
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => two(minutes, "min", seconds % 60, "s"),
        (0, hours, minutes) => two(hours, "h", minutes, "min"),
        (days, hours, _) => two(days, "d", hours, "h"),
    }
}

/// A place in a row: `1st`, `2nd`, `3rd`, `11th`.
pub fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A number of things: `1 failure`, `2 failures`.
pub fn counted(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_its_two_largest_units() {
        let said = |seconds| span(SignedDuration::from_secs(seconds));
        assert_eq!(
            [0, 59, 60, 566, 3_600, 7_800, 86_400, 273_600, -5].map(said),
            ["0 s", "59 s", "1 min", "9 min 26 s", "1 h", "2 h 10 min", "1 d", "3 d 4 h", "0 s"]
        );
    }

    #[test]
    fn a_place_in_a_row_is_said_as_people_do() {
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 112].map(ordinal),
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th", "112th"]
        );
    }
}
