//! Lines that disclaim a failure: debugging output, what is ignored, what is only pending or skipped.
//!
//! Each says so in fixed words, and too few real logs hold one that sounds like the cause for a model to learn from them.

use super::features::{head_of, level};
use super::log::Log;

/// So far up the title of a section is looked for.
const REACH: usize = 60;
/// Titles of sections in which tests are listed; the first is of those that were expected to fail.
const TITLES: [&str; 4] = ["Pending:", "Failures:", "Failed examples:", "Finished in "];

/// Whether the log itself says that the line at `at` tells of no failure.
pub(super) fn is_disclaimed(log: &Log, at: usize) -> bool {
    let text = log.line(at).trim();
    level(head_of(text), &["debug", "dbg", "verbose"])
        || ["(ignored)", "continue-on-error"].iter().any(|words| text.contains(words))
        || ["SKIPPED", "--- SKIP", "skipping: ["].iter().any(|head| text.starts_with(head))
        || log.line(at + 1).trim_start().starts_with("...ignoring")
        || is_pending(log, at)
}

fn is_pending(log: &Log, at: usize) -> bool {
    let title = |at: usize| TITLES.iter().position(|title| log.line(at).trim_start().starts_with(title));
    (at.saturating_sub(REACH)..=at).rev().find_map(title) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_pending_skipped_or_said_while_debugging_is_disclaimed() {
        let log = Log::from_bytes(
            b"[debug] Error: connect ECONNREFUSED\n2025-01-02 DEBUG resolver - failed to read cache\n\
              fatal: [web1]: FAILED! => {\"rc\": 1}\n...ignoring\nmake: [clean] Error 1 (ignored)\n\
              Pending: (Failures listed here are expected)\n  1) Cart adds up\n     Failure/Error: expect(1).to eq 2\n\
              Failures:\n  1) Cart counts\n     Failure/Error: expect(2).to eq 3\nError: a debug build cannot be signed\n",
        );
        let disclaimed: Vec<usize> = (0..log.len()).filter(|at| is_disclaimed(&log, *at)).collect();
        assert_eq!(disclaimed, [0, 1, 2, 4, 5, 6, 7]);
    }
}
