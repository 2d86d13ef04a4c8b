//! Elixir, Dart, Haskell, Julia and R: languages whose compiler, tests and packages have a table in common.
//!
//! General because each prints its own few headlines, whatever the project.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

/// What they say.
pub(super) const RULES: &[Rule] = &[
    rule("elixir", &["** ("], r"^\*\* \((?:CompileError|SyntaxError|TokenMissingError|MismatchedDelimiterError)\) (?:.+)", Weight::Cause, Category::Compile)
        .quote(&[before(r"^== Compilation error in file", 6)]),
    // GHC says where, and below it what.
    rule("ghc", &["hs:"], r"^(?:\S+\.l?hs:\d+:\d+(?:-\d+)?): error:(?: \[.*\])*\s*$", Weight::Cause, Category::Compile)
        .quote(&[some(r"\S", 3, 2)]).until(r"^\S"),
    rule("clojure", &["FAIL in (", "ERROR in ("], r"^(?:FAIL|ERROR) in \((?:[^)]+)\)(?: \((?:[^)]+)\))?", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s*(?:expected|actual): ", 6, 2)]).until(r"^$"),
    rule("clojure", &["Syntax error", "CompilerException", "Syntax error compiling"], r"(?:^Syntax error (?:\([^)]*\) )?(?:macroexpanding|compiling|reading).* at \((?:[^)]+)\)|CompilerException .*compiling:\((?:[^)]+)\))", Weight::Cause, Category::Compile)
        .quote(&[then(r"\S", 1)]),
    rule("perl", &["Failed test"], r"^#\s+Failed test(?: '(?:.+)')?", Weight::Cause, Category::Test)
        .quote(&[some(r"^#\s+(?:got|expected): |^#\s+at \S+ line \d+", 5, 3)]).until(r"^[^#]"),
    rule("prove", &["Failed", "Result: FAIL"], r"^\s*(?:Failed \d+/\d+ subtests|Failed tests?:? +\d|Result: FAIL)", Weight::Tool, Category::Test)
        .quote(&[before(r"\.t\s*\.{2,}", 4)]),
    rule("julia", &["Test Failed at", "Error During Test at"], r"^(?:.*): (?:Test Failed|Error During Test) at (?:\S+:\d+)", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s+(?:Expression|Evaluated|Test threw|Got exception)\b|^\s+\w*Error: ", 5, 2)]).until(r"^Stacktrace"),
    rule("julia", &["Some tests did not pass"], r"Some tests did not pass: (?:.+)", Weight::Summary, Category::Test),
    rule("julia", &["Unsatisfiable requirements", "not found in current path", "does not seem to be installed"], r"^ERROR: (?:LoadError: )?(?:Unsatisfiable requirements detected for package .*|ArgumentError: Package \S+ not found in current path.*|ArgumentError: .*does not seem to be installed.*)", Weight::Cause, Category::Dependency),
    rule("testthat", &["Failure (", "Error (", "Failure ('", "Error ('"], "^\\s*(?:\u{2500}\u{2500} |\\d+\\. )(?:Failure|Error) \\((?:[^)]+)\\): (?:.+?)(?: \u{2500}*)?$", Weight::Cause, Category::Test)
        .quote(&[some(r"\S", 4, 2)]).until("^\\s*(?:\u{2500}\u{2500} |$)"),
    rule("R", &["there is no package called", "is not available for package", "is not available for this version of R", "are not available for package"], r"(?:there is no package called .*|(?:ERROR: )?dependenc(?:y|ies) .*(?:is|are) not available for package .*|package .* is not available for this version of R.*)", Weight::Cause, Category::Dependency),
    rule("R", &["compilation failed for package", "lazy loading failed for package"], r"^ERROR: (?:(?:compilation|lazy loading) failed for package .*)", Weight::Tool, Category::Compile),
    rule("R", &["Running the tests in"], r"^Running the tests in .* failed\.", Weight::Summary, Category::Test),
    rule("elixir", &[") test "], r"^\s*\d+\) test (?:.+) \([\w.]+\)$", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s+(?:Assertion|code:|left:|right:|\*\* \()", 9, 3)]).until(r"^$"),
    rule("elixir", &["** (Mix)"], r"^\*\* \(Mix\) (?:.+)", Weight::Tool, Category::Config),
    rule("flutter test", &["TestFailure was thrown", "TestFailure object was thrown"], r"TestFailure (?:object )?was thrown", Weight::Cause, Category::Test)
        .quote(&[lead(r"^Expected: ", 3), some(r"^\s*(?:Expected|Actual|Which): ", 8, 3)]),
    rule("flutter test", &["Some tests failed"], r"Some tests failed\.$", Weight::Summary, Category::Test),
    rule("crystal", &[".cr:"], r"^(?:Error: (?:.+) in (?:\S+\.cr:\d+:\d+)|In (?:\S+\.cr:\d+:\d+)$)", Weight::Cause, Category::Compile).quote(&[some(r"^Error: |\^", 8, 2)]),
    rule("dart", &["version solving failed"], r"^(?:Because |So, because |And because )?(?:.*version solving failed.*)", Weight::Cause, Category::Dependency),
];
