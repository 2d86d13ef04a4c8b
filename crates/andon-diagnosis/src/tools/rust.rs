//! cargo, rustc, clippy, rustfmt.
//!
//! General because rustc renders every diagnostic alike: a header, ` --> file:line`, and labels under carets.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, some, then};

const PLACE: &str = r"^\s*-->\s+\S+:\d+";
const LABEL: &str = r"\|\s.*(?:\^|-{3,})[\^\-]*\s+\S";

/// What rustc, cargo and its companions say.
pub(super) const RULES: &[Rule] = &[
    rule("rustc", &["error["], r"^error\[(?:E\d+)\]: (?:.+)", Weight::Cause, Category::Compile)
        .quote(&[then(PLACE, 3), then(LABEL, 9)]).until(r"^(?:error|warning|$)"),
    rule("cargo", &["error: "], r"^error: (?:.+)", Weight::Cause, Category::Config).when(r"^\s*--> \S*Cargo\.(?:toml|lock):", 2).quote(&[then(PLACE, 2)]),
    rule("clippy", &["error"], r"^error: (?P<why>.+)$", Weight::Cause, Category::Lint)
        .quote(&[then(PLACE, 2)]).until(r"^$")
        .when(r"= (?:note|help): .*(?:clippy::|-D warnings|rust-clippy|lints?|#\[deny)", 14)
        .hint("{why}: repair it or allow the lint where it is meant ({place})."),
    rule("rustc", &["error: linking with"], r"^error: linking with (?:\S+) failed", Weight::Cause, Category::Compile)
        .quote(&[then(r"(?:undefined reference|cannot find -l|ld: |not found)", 12)]),
    rule("rustc", &["error: linker"], r"^error: linker `(?P<linker>[^`]+)` not found", Weight::Cause, Category::Config).hint("Install {linker} (or set the target's linker) in the build image."),
    rule("cargo", &["test result: FAILED"], r"^test result: FAILED", Weight::Summary, Category::Test),
    rule("cargo test", &["panicked at"], r"^\s*thread '(?:[^']+)'.* panicked at (?:'(?:.+)', )?(?:\S+?:\d+)(?::\d+)?:?$", Weight::Cause, Category::Test)
        .unless(r"panicked at (?:'.*', )?(?:\S*/)?build\.rs:").quote(&[some(r"\S", 3, 3)]).until(r"^\s*(?:note: |stack backtrace|$)"),
    rule("cargo test", &["... FAILED"], r"^test (?:\S+)(?: - .*)? \.\.\. FAILED", Weight::Tool, Category::Test),
    rule("cargo test", &["doctest"], r"^error: (?:doctest|test) failed", Weight::Summary, Category::Test),
    rule("cargo", &["no matching package", "failed to select a version", "failed to get `", "no matching version"], r"^(?:error: |\s*)(?:no matching package.*|failed to select a version for.*|no matching version.*)", Weight::Cause, Category::Dependency)
        .quote(&[some(r"(?:required by package|candidate versions|perhaps you meant)", 12, 2)]),
    rule("cargo", &["failed to get `", "Unable to update", "failed to download", "failed to load source", "spurious network error"], r"^error: failed to (?:get|download|load source|fetch|query)", Weight::Tool, Category::Dependency)
        .quote(&[some(r"(?i)(?:caused by|could not|failed|denied|not found|resolve)", 14, 3)]),
    rule("cargo", &["needs to be updated but --locked", "lock file"], r"(?:needs to be updated but --(?:locked|frozen)|cannot update the lock file .* because --(?:locked|frozen))", Weight::Cause, Category::Dependency)
        .hint("Cargo.lock is not in line with Cargo.toml: run cargo update -w (or a build) and commit the lock file."),
    rule("cargo", &["failed to parse manifest"], r"^error: (?:failed to parse manifest at .*)", Weight::Cause, Category::Config).quote(&[some(r"^  \S", 10, 3)]).until(r"^(?:error|warning)\b|^\["),
    rule("rustup", &["toolchain "], r"^error: (?P<why>(?:custom )?toolchain '(?P<toolchain>[^']+)' .*(?:is not installed|is not supported|may not be able to run).*)", Weight::Cause, Category::Config).hint("{why}: install it with rustup, or correct rust-toolchain."),
    rule("cargo", &["failed to parse manifest", "could not find `Cargo.toml`", "could not parse input as TOML", "failed to load manifest", "does not have these features", "does not have the feature", "does not contain this feature", "not contain these features", "no bin target", "no such command", "failed to parse lock file", "unexpected argument", "requires rustc"],
        r"^error: (?:failed to parse manifest.*|could not find `Cargo\.toml`.*|failed to load manifest.*|.*does not (?:have|contain) (?:these|the|this) features?.*|no bin target.*|no such (?:sub)?command.*|failed to parse lock file.*|.*cannot be built because it requires rustc.*|rustc \S+ is not supported.*|package `.*)", Weight::Cause, Category::Config)
        .quote(&[some(r"(?i)(?:caused by|-->|\^|expected|invalid|missing|required|key)", 9, 3)]),
    rule("cargo", &["custom build command"], r"^error: failed to run custom build command for `(?P<package>[^`]+)`", Weight::Cause, Category::Compile)
        .quote(&[then(r"^  \S.*panicked at |^  (?:error|fatal|Error|ERROR|.*(?:not found|could not|Could not|missing))", 40), then(r"^  (?:[^\scntp-]|c[^a]|n[^o]|p[^r]|t[^h]).*[^\s:,`]$", 40)]).until(r"^\s*note: |^(?:error|warning)")
        .hint("The build script of {package} failed (it often lacks a system library or tool): {quote}."),
    rule("rustfmt", &["Diff in "], r"^Diff in (?P<file>\S+?)(?::| at line )(?P<line>\d+)", Weight::Cause, Category::Lint).quote(&[some(r"^[-+]", 12, 2)]).hint("{file} is not formatted: run cargo fmt."),
    rule("rustup", &["error: toolchain", "error: target", "target may not be installed", "component"], r"(?:^error: toolchain '(?P<what>[^']+)' is not installed|the `(?P<target>[^`]+)` target may not be installed|^error: .*component .* (?:is not|unavailable))", Weight::Cause, Category::Config).hint("Install the toolchain or target {what} with rustup before this command runs."),
    rule("cargo", &["error: could not compile", "error: aborting due to"], r"^error: (?:could not compile|aborting due to)", Weight::Summary, Category::Compile),
    rule("rustc", &["error: "], r"^error: (?:.+)", Weight::Cause, Category::Compile)
        .when(PLACE, 2).quote(&[then(PLACE, 2), then(LABEL, 8)]).until(r"^$"),
    rule("cargo-deny", &["error["], r"^error\[(?:[a-z][\w-]+)\]: (?:.+)", Weight::Cause, Category::Dependency).quote(&[then(r"(?:-->|┌─)", 3)]),
];
