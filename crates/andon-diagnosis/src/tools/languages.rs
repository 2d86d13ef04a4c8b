//! Elixir, Dart, Haskell, Julia and R: languages whose compiler, tests and packages have a table in common.
//!
//! General because each prints its own few headlines, whatever the project.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

/// What they say.
pub(super) const RULES: &[Rule] = &[
    rule("elixir", &["** ("], r"^\*\* \((?P<kind>CompileError|SyntaxError|TokenMissingError|MismatchedDelimiterError)\) (?P<why>.+)", Weight::Cause, Category::Compile)
        .quote(&[before(r"^== Compilation error in file", 6)]).hint("{why}"),
    // GHC says where, and below it what.
    rule("ghc", &["hs:"], r"^(?P<at>\S+\.l?hs:\d+:\d+(?:-\d+)?): error:(?: \[.*\])*\s*$", Weight::Cause, Category::Compile)
        .quote(&[some(r"\S", 3, 2)]).until(r"^\S").hint("{quote} at {at}"),
    rule("clojure", &["FAIL in (", "ERROR in ("], r"^(?:FAIL|ERROR) in \((?P<test>[^)]+)\)(?: \((?P<at>[^)]+)\))?", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s*(?:expected|actual): ", 6, 2)]).until(r"^$").hint("{test} fails: {quote}"),
    rule("clojure", &["Syntax error", "CompilerException", "Syntax error compiling"], r"(?:^Syntax error (?:\([^)]*\) )?(?:macroexpanding|compiling|reading).* at \((?P<at>[^)]+)\)|CompilerException .*compiling:\((?P<in>[^)]+)\))", Weight::Cause, Category::Compile)
        .quote(&[then(r"\S", 1)]).hint("{quote?The code does not compile}"),
    rule("perl", &["Failed test"], r"^#\s+Failed test(?: '(?P<test>.+)')?", Weight::Cause, Category::Test)
        .quote(&[some(r"^#\s+(?:got|expected): |^#\s+at \S+ line \d+", 5, 3)]).until(r"^[^#]").hint("Test {test?without a name} fails."),
    rule("prove", &["Failed", "Result: FAIL"], r"^\s*(?:Failed \d+/\d+ subtests|Failed tests?:? +\d|Result: FAIL)", Weight::Tool, Category::Test)
        .quote(&[before(r"\.t\s*\.{2,}", 4)]),
    rule("julia", &["Test Failed at", "Error During Test at"], r"^(?P<test>.*): (?:Test Failed|Error During Test) at (?P<at>\S+:\d+)", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s+(?:Expression|Evaluated|Test threw|Got exception)\b|^\s+\w*Error: ", 5, 2)]).until(r"^Stacktrace").hint("{test} fails at {at}: {quote}"),
    rule("julia", &["Some tests did not pass"], r"Some tests did not pass: (?P<why>.+)", Weight::Summary, Category::Test),
    rule("julia", &["Unsatisfiable requirements", "not found in current path", "does not seem to be installed"], r"^ERROR: (?:LoadError: )?(?P<why>Unsatisfiable requirements detected for package .*|ArgumentError: Package \S+ not found in current path.*|ArgumentError: .*does not seem to be installed.*)", Weight::Cause, Category::Dependency).hint("{why}"),
    rule("testthat", &["Failure (", "Error (", "Failure ('", "Error ('"], "^\\s*(?:\u{2500}\u{2500} |\\d+\\. )(?P<what>Failure|Error) \\((?P<at>[^)]+)\\): (?P<test>.+?)(?: \u{2500}*)?$", Weight::Cause, Category::Test)
        .quote(&[some(r"\S", 4, 2)]).until("^\\s*(?:\u{2500}\u{2500} |$)").hint("{test} fails at {at}: {quote}"),
    rule("R", &["there is no package called", "is not available for package", "is not available for this version of R", "are not available for package"], r"(?P<why>there is no package called .*|(?:ERROR: )?dependenc(?:y|ies) .*(?:is|are) not available for package .*|package .* is not available for this version of R.*)", Weight::Cause, Category::Dependency).hint("{why}"),
    rule("R", &["compilation failed for package", "lazy loading failed for package"], r"^ERROR: (?P<why>(?:compilation|lazy loading) failed for package .*)", Weight::Tool, Category::Compile).hint("{why}"),
    rule("R", &["Running the tests in"], r"^Running the tests in .* failed\.", Weight::Summary, Category::Test),
    rule("elixir", &[") test "], r"^\s*\d+\) test (?P<test>.+) \([\w.]+\)$", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s+(?:Assertion|code:|left:|right:|\*\* \()", 9, 3)]).until(r"^$").hint("{test} fails: {quote}"),
    rule("elixir", &["** (Mix)"], r"^\*\* \(Mix\) (?P<why>.+)", Weight::Tool, Category::Config).hint("{why}"),
    rule("flutter test", &["TestFailure was thrown", "TestFailure object was thrown"], r"TestFailure (?:object )?was thrown", Weight::Cause, Category::Test)
        .quote(&[lead(r"^Expected: ", 3), some(r"^\s*(?:Expected|Actual|Which): ", 8, 3)]).hint("A test fails: {quote}"),
    rule("flutter test", &["Some tests failed"], r"Some tests failed\.$", Weight::Summary, Category::Test),
    rule("crystal", &[".cr:"], r"^(?:Error: (?P<why>.+) in (?P<at>\S+\.cr:\d+:\d+)|In (?P<in>\S+\.cr:\d+:\d+)$)", Weight::Cause, Category::Compile).quote(&[some(r"^Error: |\^", 8, 2)]).hint("{why?It does not compile}"),
    rule("dart", &["version solving failed"], r"^(?:Because |So, because |And because )?(?P<why>.*version solving failed.*)", Weight::Cause, Category::Dependency).hint("{why}"),
];
