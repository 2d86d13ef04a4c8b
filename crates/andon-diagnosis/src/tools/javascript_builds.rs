//! tsc, `ESLint`, Prettier, webpack, Vite, esbuild, Next.js, Angular, Eleventy and other JavaScript builders.
//!
//! General because the compilers print `file(line,column): error CODE` or a `file:line` line beside the message, and the linters one line per problem.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

/// What compilers, bundlers and linters of JavaScript say.
pub(super) const RULES: &[Rule] = &[
    rule("tsc", &["error TS"], r"^(?:.*\s)?error (?:TS(?:5\d{3}|6\d{3}|18\d{3}|2688)\b): (?:.+)", Weight::Cause, Category::Config),
    rule("tsc", &["error TS", "TS"], r"^(?:\s*|.*\bERROR in |Error: )?(?:.{0,2}\s)?(?:[^\s(:]+\.\w+(?:\(\d+,\d+\)|:\d+:\d+))(?:: | - )error (?:TS\d+): (?:.+)", Weight::Cause, Category::Compile)
        .quote(&[some(r"^  +\S", 2, 2)]).until(r"^\S|^\s*$|error TS|^\s+\d+ |^\s*~+"),
    rule("tsc", &["error TS"], r"error (?:TS\d+): (?:.+)", Weight::Cause, Category::Compile),
    rule("ts-node", &["TSError"], r"TSError: .*Unable to compile TypeScript", Weight::Tool, Category::Compile).quote(&[some(r"error TS\d+", 4, 2)]),
    rule("next", &["Type error: "], r"^Type error: (?:.+)", Weight::Cause, Category::Compile)
        .quote(&[before(r"^\.{0,2}/?\S+\.\w+:\d+:\d+", 3)]),
    rule("next", &["Failed to compile"], r"^Failed to compile\.?", Weight::Tool, Category::Compile)
        .quote(&[lead(r"^(?:(?:Module not found|SyntaxError|Syntax error): \S|.*Error: \S|\s+(?:x|\xC3\x97) \S)", 8), then(r"^\.{1,2}/\S+", 4)]),
    rule("next", &["Error occurred prerendering page"], "Error occurred prerendering page \"(?:[^\"]+)\"", Weight::Cause, Category::Compile).quote(&[lead(r"^(?:\w*Error|Error): ", 5)]),
    rule("webpack", &["Module not found"], r"^(?:.*\s)?Module not found: (?:Error: )?(?:Can't|Cannot) resolve '(?P<module>\.{1,2}/[^']*)'", Weight::Cause, Category::Dependency)
        .quote(&[before(r"^(?:ERROR in|\./|\.\./|@)", 2)]).hint("{module} is not there: correct the import; upper and lower case differ on Linux."),
    rule("webpack", &["Module not found"], r"^(?:.*\s)?Module not found: (?:Error: )?(?P<why>(?:Can't|Cannot) resolve '(?P<module>[^']+)'.*)", Weight::Cause, Category::Dependency)
        .quote(&[before(r"^(?:ERROR in|\./|\.\./|@)", 2)]).hint("{module} cannot be resolved: install it, or correct the import."),
    rule("webpack", &["Module parse failed", "Module build failed"], r"Module (?:parse|build) failed", Weight::Cause, Category::Compile).quote(&[before(r"^ERROR in", 2), then(r"^\S*Error: |^\s*\S+Error:", 4)]),
    rule("webpack", &["ERROR in "], r"^\s*(?:\S+ )?ERROR in (?:.+)", Weight::Tool, Category::Compile).quote(&[some(r"\S", 4, 2)]),
    rule("webpack", &["Invalid configuration object"], r"Invalid configuration object", Weight::Cause, Category::Config).quote(&[some(r"^ +- ", 4, 2)]),
    rule("vite", &["Could not resolve", "failed to resolve import"], r#"(?:Could not resolve|[Ff]ailed to resolve import) "(?P<module>\.{1,2}/[^"]*)"(?: from "(?P<from>[^"]+)")?"#, Weight::Cause, Category::Dependency).quote(&[then(r"^\s+\S+:\d+:\d+:", 3)]).hint("{module} is not there: correct the import in {from?the file}; upper and lower case differ on Linux."),
    rule("vite", &["Could not resolve", "failed to resolve import", "Rollup failed to resolve"], r#"(?:Could not resolve|[Ff]ailed to resolve import) "(?P<module>[^"]+)"(?: from "(?P<from>[^"]+)")?"#, Weight::Cause, Category::Dependency).quote(&[then(r"^\s+\S+:\d+:\d+:", 3)]).hint("{module} cannot be resolved: install it, or correct the import in {from?the file}."),
    rule("esbuild", &["[ERROR]"], "^\\s*(?:\u{2718}|X) \\[ERROR\\] (?:.+)", Weight::Cause, Category::Compile).quote(&[then(r"^\s+\S+:\d+:\d+:", 3)]),
    rule("esbuild", &[": ERROR: "], r"^(?:error: )?(?:\S+\.\w+:\d+:\d+): ERROR: (?:.+)", Weight::Cause, Category::Compile).unless(r"^meson\.build:|/meson\.build:"),
    rule("vite", &["error during build"], r"^(?:x|\W*)?\s*error during build:?", Weight::Tool, Category::Compile).quote(&[lead(r"\S", 3), then(r"^file: |\S+:\d+:\d+", 4)]),
    rule("jshint", &["^ "], r"^\s+\^ (?:[A-Z'].+\.)$", Weight::Cause, Category::Lint).quote(&[before(r"^\s+\S+\.[cm]?jsx?$", 12), before(r"^\s*\d+ ?\|", 2)]),
    rule("jshint", &[": line "], r"^(?:\S+\.[cm]?jsx?: line \d+), col \d+, (?:.+)", Weight::Cause, Category::Lint),
    rule("jscs", &[" at "], r"^(?:\w+: )?(?:(?:Missing|Illegal|Expected|Invalid|One) .+) at (?:\S+\.[cm]?jsx?) :$", Weight::Cause, Category::Lint),
    rule("grunt", &["Warning: Task"], r#"^Warning: Task "(?:[^"]*(?:hint|lint|jscs|style)[^"]*)" failed"#, Weight::Tool, Category::Lint),
    rule("bower", &["bower "], r"^bower .*\b(?:E[A-Z]{4,})\b.*(?:Could not resolve host.*|[Cc]onnection (?:refused|timed out).*|unable to access.*)", Weight::Cause, Category::Infrastructure),
    rule("bower", &["bower "], r"^bower .*\b(?:E[A-Z]{4,}) +(?:\S.*)", Weight::Cause, Category::Dependency),
    rule("rollup", &["RollupError", "[!]"], r"^(?:\[!\] |RollupError: )(?:.+)", Weight::Cause, Category::Compile).unless(r"^\[!\] (?:CocoaPods|No `Podfile|Invalid `Podfile|Unable to find a |Unable to satisfy)").quote(&[then(r"^\S+ \(\d+:\d+\)", 4)]),
    rule("angular", &["Error: src/", "error NG", "NG"], r"(?:^Error: (?:\S+:\d+:\d+) - error|error (?:NG\d+): )", Weight::Cause, Category::Compile),
    rule("angular", &["exceeded maximum budget"], r"(?P<what>\S+) exceeded maximum budget\. (?P<why>.*)", Weight::Cause, Category::Config).hint("Load parts of {what} lazily or drop dependencies; raise its budget in angular.json only if the size is meant."),
    rule("babel", &["SyntaxError: "], r"^(?:\W*)(?:SyntaxError): (?:\S+\.[cm]?[jt]sx?): (?:.+)", Weight::Cause, Category::Compile).quote(&[then(r"^\s*> ?\d+ ?\|", 8)]),
    rule("eslint", &["error"], r"^\s+(?:\d+:\d+)\s+error\s+(?:.+?)(?:\s{2,}(?:\S+))?$", Weight::Cause, Category::Lint)
        .quote(&[before(r"^(?:/|[A-Za-z]:\\|\.{0,2}/?\w)\S*\.\w+$", 60)]),
    rule("eslint", &["warning"], r"^\s+(?:\d+:\d+)\s+warning\s+(?:.+?)(?:\s{2,}(?:\S+))?$", Weight::Cause, Category::Lint)
        .when("too many warnings", 60).quote(&[before(r"^(?:/|[A-Za-z]:\\|\.{0,2}/?\w)\S*\.\w+$", 60)]),
    rule("eslint", &["problems ("], "\\d+ problems? \\((?:[1-9]\\d*) errors?", Weight::Summary, Category::Lint),
    rule("eslint", &["couldn't find", "ESLint couldn't", "Cannot read config file", "is not found", "Failed to load"], r"(?:ESLint couldn't (?:find|determine)|Cannot read config file|(?:Definition for|Failed to load) (?:rule|plugin|config|parser)\b.*|Error: .*(?:eslint).*(?:not found|couldn't|cannot find))", Weight::Cause, Category::Config)
        .quote(&[some(r"\w", 3, 1)]),
    rule("eslint", &["too many warnings"], r"ESLint found too many warnings", Weight::Cause, Category::Lint).hint("There are more warnings than --max-warnings allows: repair them or raise the limit."),
    rule("prettier", &["[warn]", "Code style issues"], r"^\[(?:warn|error)\] (?P<file>\S+\.\w+)(?:: (?P<why>.*))?$", Weight::Cause, Category::Lint).hint("{file} is not formatted: run prettier --write."),
    rule("prettier", &["Code style issues"], r"Code style issues (?:found|detected)", Weight::Summary, Category::Lint),
    rule("stylelint", &["\u{2716}", "\u{d7}"], "^\\s+(?:\\d+:\\d+)\\s+(?:\u{2716}|\u{d7})\\s+(?:.+)", Weight::Cause, Category::Lint).quote(&[before(r"^\S+\.\w+$", 30)]),
    rule("biome", &[" lint/", " format "], r"^(?:\S+:\d+:\d+) (?:lint/\S+)", Weight::Cause, Category::Lint).quote(&[then(r"(?:\u00d7|✖|×) ", 4)]),
    rule("eleventy", &["Problem writing Eleventy", "Eleventy Error", "Eleventy Fatal"], r"(?:Problem writing Eleventy templates|Eleventy (?:Fatal )?Error)", Weight::Tool, Category::Compile)
        .quote(&[some(r"^(?:\[11ty\] )?(?:\d+\. |  ?\w*Error: )", 5, 3)]),
    rule("generator", &["Having trouble", "Error:"], r"^\d+\. (?:Having trouble .*)", Weight::Cause, Category::Compile).quote(&[some(r"^\s*(?:\d+\. |\w*Error: )", 4, 2)]),
    rule("gatsby", &[" ERROR ", "ERROR #"], r"^\s*ERROR\s+(?:#\S+)?\s*(?:.*)$", Weight::Tool, Category::Compile).quote(&[some(r"\w", 5, 2)]),
    rule("coveralls", &["Bad response"], r"^Bad response: (?:\d+) (?:.*)", Weight::Cause, Category::Config),
    rule("deno", &[" [ERROR]: "], r"^(?:TS\d+) \[ERROR\]: (?:.+)", Weight::Cause, Category::Compile).quote(&[then(r"^\s+at \S+:\d+:\d+", 5)]),
    rule("sass", &["Error: "], r"^Error: (?:.+)", Weight::Cause, Category::Compile).when(r"^\s+\S+\.s[ac]ss \d+:\d+", 14).quote(&[then(r"^\s+\S+\.s[ac]ss \d+:\d+", 14)]),
    rule("less", &[".less on line "], r"^\w+Error: (?:.+) in (?:\S+\.less) on line (?:\d+)", Weight::Cause, Category::Compile),
    rule("parcel", &["@parcel/"], r"^@parcel/[\w-]+: (?:Failed to resolve .*|Could not (?:find|load) .*)", Weight::Cause, Category::Dependency).quote(&[then(r"^\s+\S+:\d+:\d+", 3)]),
    rule("parcel", &["@parcel/"], r"^@parcel/[\w-]+: (?:.+)", Weight::Cause, Category::Compile).quote(&[then(r"^\s+\S+:\d+:\d+", 3)]),
    rule("next", &["Turbopack build failed"], r"^(?:Error: )?Turbopack build failed with \d+ errors?", Weight::Tool, Category::Dependency).quote(&[then(r"^(?:Error: |Module not found)", 4), then(r"^\.{1,2}/\S+", 3)]),
    rule("next", &["Please install "], r"^Please install (?P<what>\S.*?) by running", Weight::Cause, Category::Dependency).quote(&[before(r"do not have the required package", 4)]).hint("{what} is not installed: add it to the development dependencies."),
    rule("standard", &[".js:", ".ts:", ".jsx:", ".tsx:", ".mjs:", ".cjs:"], r"^\s+(?:/?\S+\.[cm]?[jt]sx?:\d+:\d+): (?:.+) \((?:[\w/@-]+)\)$", Weight::Cause, Category::Lint),
    rule("markdownlint", &["MD0"], r"^(?:\S+\.(?:md|markdown|mdx):\d+(?::\d+)?):? (?:error )?(?:MD\d{3}.*)", Weight::Cause, Category::Lint),
    rule("commitlint", &["\u{2716}"], "^\u{2716}\\s+(?P<why>.+) \\[[\\w-]+\\]$", Weight::Cause, Category::Lint).hint("Reword the commit (git commit --amend, or a rebase) as the rules of commitlint ask."),
    // The way of oxc and its kin: a sign, the rule, and a frame that names the place.
    rule("oxlint", &["): "], r"^\s+(?:\xE2\x9A\xA0|\xC3\x97|x|!) (?:[\w@/-]+\([\w/-]+\)): (?:.+)", Weight::Cause, Category::Lint).quote(&[then(r"^\s+\S+\[\S+:\d+:\d+\]", 3)]),
    rule("redocly", &[" at #/"], r"^(?:\[\d+\] )?(?:\S+\.(?:ya?ml|json):\d+:\d+) at #/\S*$", Weight::Cause, Category::Lint).quote(&[then(r"^\w.* .*\.$", 3)]),
    rule("serverless", &["Cannot resolve ", "Cannot parse ", "Configuration error"], r"^(?:Cannot (?:resolve|parse) \S*serverless\S*|Configuration error)", Weight::Cause, Category::Config).quote(&[some(r"^\s+- \S|^\s*at '", 4, 3)]),
];
