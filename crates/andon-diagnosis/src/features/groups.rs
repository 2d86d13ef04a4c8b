//! Groups of words that tell of failures, each a feature.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Groups of words, each a feature; matched without regard to case, anywhere in a line.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("error", &["error", "err!"]),
    ("fail", &["fail"]),
    ("exception", &["exception", "traceback", "panic", "unhandled", "uncaught"]),
    ("fatal", &["fatal", "critical", "severe", "emerg"]),
    (
        "denied",
        &[
            "denied",
            "not authorized",
            "unauthorized",
            "forbidden",
            "not permitted",
            "accessdenied",
            "credential",
            "authentication",
            "authorization",
        ],
    ),
    (
        "not-found",
        &[
            "not found",
            "notfound",
            "no such",
            "does not exist",
            "doesn't exist",
            "enoent",
            "not exist",
            "nosuch",
            "no module named",
            "cannot find",
            "could not find",
            "couldn't find",
            "unable to find",
            "can't find",
            "unable to locate",
            "unresolved",
        ],
    ),
    ("cannot", &["cannot", "can't", "could not", "couldn't", "unable to", "can not"]),
    ("not-done", &["did not", "does not", "didn't", "doesn't", "is not", "are not", "not a ", "must not", "no longer"]),
    (
        "invalid",
        &[
            "invalid",
            "illegal",
            "malformed",
            "unexpected",
            "bad ",
            "incorrect",
            "mismatch",
            "conflict",
            "incompatible",
            "corrupt",
            "wrong",
        ],
    ),
    ("missing", &["missing", "undefined", "undeclared", "null", "not set", "not defined", "empty", "nil ", "none"]),
    ("required", &["required", "must be", "must have", "should be", "has to be", "expecting", "requires", "need"]),
    ("unknown", &["unknown", "unrecognized", "unsupported", "not supported", "not recognized", "deprecated option"]),
    ("expected", &["expected", "want", "received", "actual", "got ", "but was", "to equal", "to be"]),
    ("assert", &["assert", "expect("]),
    ("timeout", &["timeout", "timed out", "deadline", "time out"]),
    (
        "network",
        &[
            "econn",
            "connection",
            "refused",
            "resolve host",
            "socket",
            "dns",
            "certificate",
            "ssl",
            "tls",
            "unreachable",
            "network",
        ],
    ),
    (
        "killed",
        &[
            "killed",
            "out of memory",
            "oom",
            "heap",
            "sigkill",
            "sigterm",
            "signal",
            "no space left",
            "segmentation",
            "core dumped",
            "memory",
        ],
    ),
    ("quota", &["quota", "limit", "throttl", "exceed", "too many"]),
    (
        "exit",
        &[
            "exit code",
            "exit status",
            "exited with",
            "exitcode",
            "returned non-zero",
            "non-zero",
            "exited",
            "status code",
            "errno",
            "exit 1",
        ],
    ),
    (
        "wrapper",
        &[
            "command failed",
            "build failed",
            "elifecycle",
            "returned a non-zero",
            "failed to execute goal",
            "process completed",
            "script returned",
            "failed with exit",
            "failed with exception",
            "run with --",
            "re-run",
            "rerun",
            "job failed",
        ],
    ),
    (
        "pointer",
        &[
            "for more information",
            "full log",
            "complete log",
            "see the",
            "see http",
            "more details",
            "stack trace of",
            "to see the",
            "logs can be found",
            "try running",
            "for details",
            "for help",
            "learn more",
            "help.",
            "read more",
            "check the",
        ],
    ),
    (
        "hint",
        &[
            "hint",
            "help:",
            "note:",
            "try ",
            "you can",
            "you may",
            "make sure",
            "please",
            "did you mean",
            "consider",
            "suggest",
            "maybe",
            "perhaps",
            "fix",
        ],
    ),
    ("warn", &["warn", "deprecat", "notice"]),
    ("retry", &["retry", "retrying", "attempt", "will try again", "again"]),
    ("ignored", &["ignor", "skip", "optional", "continue", "harmless", "suppress", "not fatal", "non-fatal"]),
    (
        "calm",
        &[
            "0 error",
            "no error",
            "0 fail",
            "errors: 0",
            "failures: 0",
            "failed: 0",
            "failed=0",
            "0 warnings",
            "failures: 0, errors: 0",
            "0 vulnerabilities",
            "no issues",
            "errors=0",
        ],
    ),
    (
        "good",
        &["success", "passed", "complete", "done", "finished", "up to date", "ready", "created", "succeeded", " ok"],
    ),
    (
        "caused",
        &[
            "caused by",
            "because",
            "reason",
            "due to",
            "root cause",
            "cause:",
            "message:",
            "details:",
            "what went wrong",
        ],
    ),
    (
        "cleanup",
        &[
            "clean", "post job", "upload", "artifact", "cache", "removing", "stopping", "terminat", "shutting",
            "shutdown", "orphan", "teardown",
        ],
    ),
    (
        "progress",
        &[
            "download",
            "install",
            "fetch",
            "pulling",
            "extract",
            "unpack",
            "building",
            "compiling",
            "running",
            "starting",
            "collecting",
            "resolving",
            "loading",
            "creating",
            "checking",
            "preparing",
            "using ",
        ],
    ),
    ("test", &["test", "spec", "suite"]),
    (
        "summary",
        &[
            "tests run",
            "tests:",
            "test suites",
            "total",
            "summary",
            "passing",
            "failing",
            " failed,",
            " passed",
            "snapshots:",
            "short test summary",
            "problems (",
            "found ",
        ],
    ),
    (
        "http",
        &[
            "http error",
            "status code",
            " 400",
            " 401",
            " 403",
            " 404",
            " 409",
            " 422",
            " 429",
            " 500",
            " 502",
            " 503",
            "bad gateway",
            "http/",
        ],
    ),
    (
        "dependency",
        &[
            "package",
            "module",
            "dependency",
            "dependencies",
            "version",
            "requirement",
            "library",
            "peer ",
            "import",
            "artifact ",
        ],
    ),
    ("syntax", &["syntax", "parse", "token", "compil", "type ", "symbol", "identifier", "property"]),
    (
        "deploy",
        &[
            "deploy",
            "rollback",
            "rolling back",
            "stack",
            "release",
            "container",
            "task",
            "resource",
            "service",
            "health",
        ],
    ),
    (
        "stack-event",
        &[
            "create_failed",
            "update_failed",
            "delete_failed",
            "rollback_in_progress",
            "rollback_complete",
            "_in_progress",
            "_complete",
        ],
    ),
    ("canceled", &["cancel", "abort", "interrupt", "stopp"]),
    ("file", &[" file", "directory", "folder", "path"]),
    ("environment", &["environment", "variable", "config", "setting", "option", "argument", "parameter", "flag"]),
    ("permission-path", &["permission", "arn:aws", "iam", "role", "policy", "access"]),
    ("database", &["database", "sql", "relation", "column", "table", "migration", "constraint"]),
    ("lint", &["lint", "prettier", "format", "rule", "style", "ruff", "mypy", "checkstyle"]),
    ("docker", &["docker", "image", "manifest", "layer", "dockerfile"]),
    ("previous", &["previous", "above", "earlier", "original", "following", "occurred"]),
    ("command", &["command", "script", "usage", "npm run", "yarn run", "executing", "exec "]),
    ("daemon", &["daemon", "agent", "runner", "worker", "server", "process "]),
    ("git", &["git", "branch", "commit", "checkout", "clone", "remote", "refs"]),
];

static WORDS: LazyLock<(Option<AhoCorasick>, Vec<u8>)> = LazyLock::new(|| {
    let mut words = Vec::new();
    let mut groups = Vec::new();
    for (group, (_, members)) in (0_u8..).zip(GROUPS) {
        for word in *members {
            words.push(*word);
            groups.push(group);
        }
    }
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(&words)
        .ok();
    (automaton, groups)
});
/// The groups that a line has words of, each a bit.
pub(super) fn said(text: &str) -> u64 {
    let (Some(words), groups) = (&WORDS.0, &WORDS.1) else { return 0 };
    words
        .find_overlapping_iter(text)
        .filter_map(|found| groups.get(found.pattern().as_usize()))
        .fold(0, |said, group| said | 1 << group)
}
