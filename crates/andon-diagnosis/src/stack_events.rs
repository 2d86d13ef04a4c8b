//! A listing of stack events: which belong to the operation that failed, and which to operations before and after it.
//!
//! A stack's events reach back to its creation, and CloudFormation prints them newest first. What failed an earlier
//! operation, and what the rollback could not undo, is not the cause.

use super::log::Log;

/// The lines of a listing that cannot tell why the last operation failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Aside {
    /// Events of operations before the one that failed.
    pub(super) before: Vec<usize>,
    /// Events since the rollback, and of operations after it.
    pub(super) after: Vec<usize>,
}

/// So many events make a listing, if they are half of a log's lines.
const LEAST_EVENTS: usize = 4;

/// What a listing holds beside the failing operation; nothing of a log that is no listing.
pub(super) fn aside(log: &Log) -> Aside {
    let mut events: Vec<usize> = (0..log.len()).filter(|at| is_event(log.line(*at))).collect();
    let lines = (0..log.len()).filter(|at| !log.line(*at).trim().is_empty()).count();
    if events.len() < LEAST_EVENTS || events.len() * 2 < lines {
        return Aside::default();
    }
    if log.newest_first() {
        events.reverse();
    }
    let fails = |at: &usize| ["CREATE_FAILED", "UPDATE_FAILED"].iter().any(|status| log.line(*at).contains(status));
    let begins = |at: &usize| is_of_stack(log.line(*at)) && log.line(*at).contains("User Initiated");
    let Some(last) = events.iter().rposition(fails) else { return Aside::default() };
    let start = events.iter().take(last).rposition(begins).unwrap_or(0);
    let own = events.get(start..).unwrap_or_default();
    let undone = |at: &usize| is_of_stack(log.line(*at)) && log.line(*at).contains("ROLLBACK_IN_PROGRESS");
    // Without a failure before it, the rollback is what failed.
    let rollback = own.iter().position(undone).filter(|rollback| own.iter().take(*rollback).any(fails));
    let next = own.iter().skip(1).position(begins).map(|at| at + 1);
    let end = rollback.or(next).unwrap_or(own.len());
    Aside { before: events.iter().take(start).copied().collect(), after: own.get(end..).unwrap_or_default().to_vec() }
}

fn is_event(line: &str) -> bool {
    line.contains("AWS::") && ["_IN_PROGRESS", "_COMPLETE", "_FAILED"].iter().any(|status| line.contains(status))
}

fn is_of_stack(line: &str) -> bool {
    line.contains("AWS::CloudFormation::Stack")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [&str; 10] = [
        "2026-01-01T10:00:00Z CREATE_IN_PROGRESS AWS::CloudFormation::Stack shop User Initiated",
        "2026-01-01T10:00:01Z CREATE_FAILED AWS::S3::Bucket Old already exists",
        "2026-01-01T10:00:02Z ROLLBACK_IN_PROGRESS AWS::CloudFormation::Stack shop The following resource(s) failed",
        "2026-01-01T10:00:03Z ROLLBACK_COMPLETE AWS::CloudFormation::Stack shop",
        "2026-01-02T10:00:00Z UPDATE_IN_PROGRESS AWS::CloudFormation::Stack shop User Initiated",
        "2026-01-02T10:00:01Z UPDATE_FAILED AWS::Lambda::Function Handler Runtime nodejs12.x is not supported",
        "2026-01-02T10:00:02Z UPDATE_ROLLBACK_IN_PROGRESS AWS::CloudFormation::Stack shop The following resource(s) failed",
        "2026-01-02T10:00:03Z DELETE_FAILED AWS::KMS::Key Key not authorized",
        "2026-01-03T10:00:00Z DELETE_IN_PROGRESS AWS::CloudFormation::Stack shop User Initiated",
        "2026-01-03T10:00:01Z DELETE_FAILED AWS::KMS::Key Key not authorized",
    ];

    #[test]
    fn only_the_last_operation_that_failed_counts_and_of_it_what_came_before_the_rollback() {
        let log = Log::from_bytes(EVENTS.join("\n").as_bytes());
        assert_eq!(aside(&log), Aside { before: vec![0, 1, 2, 3], after: vec![6, 7, 8, 9] });
        let mut newest_first = EVENTS;
        newest_first.reverse();
        let log = Log::from_bytes(newest_first.join("\n").as_bytes());
        assert_eq!(aside(&log), Aside { before: vec![9, 8, 7, 6], after: vec![3, 2, 1, 0] });
    }

    #[test]
    fn what_is_no_listing_has_nothing_aside() {
        assert_eq!(aside(&Log::from_bytes(b"")), Aside::default());
        let words = "words\n".repeat(20) + EVENTS[1];
        assert_eq!(aside(&Log::from_bytes(words.as_bytes())), Aside::default());
        let calm = "CREATE_COMPLETE AWS::S3::Bucket A\n".repeat(9);
        assert_eq!(aside(&Log::from_bytes(calm.as_bytes())), Aside::default());
    }
}
