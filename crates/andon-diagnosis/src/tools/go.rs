//! Go: compiler, tests, modules, vet, golangci-lint.
//!
//! General because the tool chain prints `file.go:line:col: message`, marks failing tests `--- FAIL:` and crashes `panic:` / `fatal error:`.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, some, then};

const OWN_FRAME: &str = r"^(?:[\w.-]+\.[a-z]+/|main\.)\S*\(.*\)$";
const OWN_FILE: &str = r"^\t(?:\S*/)?\S+\.go:\d+ \+0x";

/// What the Go tool chain says.
pub(super) const RULES: &[Rule] = &[
    rule("go test", &["--- FAIL"], r"^\s*--- FAIL: (?:\S+)", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s+(?:\S+_test\.go:\d+: |Error:|Error Trace:|expected|actual|panic:)", 12, 3)]).until(r"^(?:=== |--- |FAIL|PASS|ok)"),
    rule("go", &["panic: ", "fatal error: "], r"^(?:panic: |fatal error: (?:concurrent|all goroutines|runtime|stack|unexpected signal|out of memory|sync)|runtime: )(?P<why>.+)", Weight::Cause, Category::Test)
        .quote(&[then(OWN_FRAME, 12), then(r"^\t\S+\.go:\d+", 14)]),
rule("go", &["cannot find module providing"], r"^(?:(?P<at>[^\s:]+\.go:\d+(?::\d+)?): )?(?P<why>cannot find module providing package (?P<package>[^\s:]+).*)", Weight::Cause, Category::Dependency).hint("Package {package} is in no module: run go get {package}, or go mod tidy, and commit go.mod and go.sum."),
    rule("golint", &[".go:"], r"^(?:[^\s:]+\.go:\d+:\d+): (?:exported .* should have comment.*|comment on exported .*|don't use .* in Go names.*|(?:func|var|type|const|struct field|method|range var) \w+ should be .*|should (?:omit|replace|drop|not use) .*|if block ends with a return.*|error (?:strings|var) .* should .*|receiver name .* should .*|a blank import should .*|package comment should .*)$", Weight::Cause, Category::Lint),
    rule("go", &[".go:"], r"^(?:\.{0,2}/|vet: )?(?:[^\s:]+\.go:\d+(?::\d+)?): (?:.+)", Weight::Cause, Category::Compile)
        .unless(r"^\s|^(?:standard_init_linux|container_linux|process_linux)\.go|(?i)(?:warning|info)\b|_test\.go:\d+: (?:[A-Z]|got|want|expected)|\((?:\w+)\)$|no required module|cannot find package|is not in (?:std|GOROOT)"),
    rule("go", &[".go:"], r"^(?P<at>[^\s:]+\.go:\d+(?::\d+)?): (?P<why>(?:no required module provides package (?P<package>[^\s;:]+)|cannot find (?:package|module)|package \S+ is not in (?:std|GOROOT))[^;]*)", Weight::Cause, Category::Dependency).hint("{why}: run go get, or go mod tidy, and commit go.mod and go.sum."),
    rule("golangci-lint", &[".go:"], r"^(?:[^\s:]+\.go:\d+(?::\d+)?): (?:.+) \((?:[a-z]+)\)$", Weight::Cause, Category::Lint),
    rule("go mod", &["go: "], r"^go: (?:.*(?:unknown revision|not found|invalid version|no matching versions|checksum mismatch|missing go\.sum|updates to go\.mod needed|requires go >= |module \S+ found|malformed module|reading .*: 4\d\d|cannot find main module|go\.mod file not found|inconsistent vendoring|disabled by GOPROXY).*)", Weight::Cause, Category::Dependency),
    rule("go", &["build constraints exclude", "undefined reference", "missing go.sum entry", "cannot find module providing", "no required module provides"], r"(?:(?:build constraints exclude all Go files|missing go\.sum entry|cannot find module providing|no required module provides).*)", Weight::Cause, Category::Dependency),
    rule("go", &["FAIL\t", "FAIL"], r"^FAIL(?:\t.*|$)", Weight::Summary, Category::Test),
    rule("go test", &["panic: test timed out"], r"panic: test timed out after (?P<limit>\S+)", Weight::Final, Category::Timeout).quote(&[then(r"^\s+Test\w+", 4)]).hint("A test hung for {limit}; the goroutine dump shows where."),
    rule("go", &["DATA RACE"], r"WARNING: DATA RACE", Weight::Cause, Category::Test).quote(&[then(OWN_FILE, 8)]).hint("The race detector found unsynchronised access."),
];
