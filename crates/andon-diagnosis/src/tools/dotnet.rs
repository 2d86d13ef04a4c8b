//! .NET and `MSBuild`, also for C++.
//!
//! General because `MSBuild` gives every problem one canonical form, `origin(line,col): error CODE: text [project]`.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, some, then};

/// What .NET and `MSBuild` say.
pub(super) const RULES: &[Rule] = &[
    rule("nuget", &["error NU"], r"error (?:NU\d{4}): (?:.+?)(?: \[\S+\])?$", Weight::Cause, Category::Dependency),
    rule("msbuild", &["error NETSDK", "error MSB"], r"error (?:NETSDK\d+|MSB(?:1\d{3}|40\d\d|4\d{3}|3644|8\d{3})): (?:.+?)(?: \[\S+\])?$", Weight::Cause, Category::Config),
    rule("linker", &["error LNK"], r"error (?:LNK\d+): (?:.+?)(?: \[.*\])?$", Weight::Cause, Category::Compile),
    rule("csc", &[": error "], r"^(?:\s*\S.*\(\d+(?:,\d+){0,3}\)) ?: (?:fatal )?error (?:[A-Z]+\d+): (?:.+?)(?: \[.*\])?$", Weight::Cause, Category::Compile),
    rule("msbuild", &["error"], r"^(?:\S+ ?: )?(?:fatal )?error (?:[A-Z]{2,6}\d{3,5}): (?:.+?)(?: \[.*\])?$", Weight::Cause, Category::Compile).unless(r"error TS"),
    rule("dotnet test", &["Failed "], r"^\s+(?:Failed|X) (?:[\w.]+(?:\(.*\))?(?: .*)?) \[[\d<].*\]", Weight::Cause, Category::Test)
        .quote(&[some(r"^\s*(?:Assert\.|Expected|Actual|System\.|Xunit|\S*Exception)", 5, 3), then(r" in \S+:line \d+", 10)]),
    rule("xunit", &["[FAIL]"], r"^\s*(?:\[xUnit.net [\d:.]+\]\s+)?(?:\S.*) \[FAIL\]", Weight::Tool, Category::Test).quote(&[some(r"\S", 4, 2)]),
    rule("dotnet", &["Unhandled exception"], r"^Unhandled [Ee]xception\.? (?:.+)", Weight::Cause, Category::Test),
    rule("dotnet", &["A compatible .NET SDK was not found", "A compatible installed", "framework was not found", "You must install or update .NET"], r"(?:A compatible (?:\.NET SDK|installed \.NET)|You must install or update \.NET|framework 'Microsoft\.\w+'.* was not found)", Weight::Cause, Category::Config).quote(&[some(r"(?i)requested|version", 6, 2)]).hint("The SDK or runtime that the project (global.json) asks for is not in the image."),
    rule("dotnet", &["Build FAILED", "Test Run Failed", "Failed!  -"], r"^(?:Build FAILED|Test Run Failed|Failed!\s+-)", Weight::Summary, Category::Compile),
];
