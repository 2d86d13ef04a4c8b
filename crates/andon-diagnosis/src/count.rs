//! How many tests failed, where a runner says so.

use std::sync::LazyLock;

use regex::Regex;

use super::Log;

/// Summaries stand at the end: so many lines are looked at.
const LAST_LINES: usize = 300;

/// `2 failed`, `2 tests failed`, `2 failures`, `Failures: 2`.
static FAILED_TESTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let before = r"\b([0-9]{1,5}) (?:tests? |specs? |examples? )?(?:failed|failing|failures?)\b";
    let after = r"\b(?:failed|failures?): *([0-9]{1,5})\b";
    Regex::new(&format!("(?i){before}|{after}")).ok()
});

/// The number of failed tests that a log ends with.
pub fn failed_tests(log: &Log) -> Option<u32> {
    let from = log.len().saturating_sub(LAST_LINES);
    (from..log.len()).rev().find_map(|at| in_line(log.line(at)))
}

fn in_line(line: &str) -> Option<u32> {
    let found = FAILED_TESTS.as_ref()?.captures(line)?;
    found.get(1).or(found.get(2))?.as_str().parse().ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_failed_tests_is_read_where_it_is_said() {
        for (line, count) in [
            ("=== 2 failed, 14 passed in 3.4s ===", Some(2)),
            ("Tests run: 14, Failures: 3, Errors: 0", Some(3)),
            ("Tests:       1 failed, 41 passed, 42 total", Some(1)),
            ("test result: FAILED. 3 passed; 1 failed; 0 ignored", Some(1)),
            ("14 examples, 2 failures", Some(2)),
            ("  2 failing", Some(2)),
            ("Failed!  - Failed:     4, Passed:    12", Some(4)),
            ("12 tests failed", Some(12)),
            ("AssertionError: expected 200, got 500", None),
            ("Failures: 0", None),
        ] {
            assert_eq!(in_line(line), count, "{line}");
        }
    }

    #[test]
    fn of_several_numbers_the_last_one_counts() {
        let log = Log::from_bytes(b"Test Suites: 1 failed, 3 passed\nTests: 2 failed, 9 passed\nTime: 3 s\n");
        assert_eq!(failed_tests(&log), Some(2));
    }
}
