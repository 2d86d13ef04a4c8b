//! Jest, Mocha, Vitest, Playwright, Cypress, Karma, AVA, tap, node:test.
//!
//! General because every runner marks a failed test (`●`, `1)`, `FAIL`, `✖`, `not ok`) at the start of a line and prints the error below it.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

const MESSAGE: &str = r"^\s*(?:\S*(?:Error|Exception|Failure)\b.*|expect\(.*|Timed? ?out.*|thrown: .*|Expected .*|.*\bexpected\b.*|Snapshot .*|Your test suite must.*|Cannot .*|Unable .*|Jest encountered.*|Module .*|\S+:\d+:\d+ - error TS.*)";
const OWN_CODE: &str =
    r"^\s*(?:at |❯ )(?:.*\()?(?:[^n()]|n[^o(]|no[^d(]|nod[^e(]|node[^_:(])*\.[cm]?[jt]sx?:\d+:\d+\)?";

/// What the test runners of JavaScript say.
pub(super) const RULES: &[Rule] = &[
    rule("jest", &["\u{25cf}"], "^\\s{0,4}\u{25cf} (?:.* \u{203a} )?(?:.+)", Weight::Cause, Category::Test)
        .unless("\u{25cf} (?:Console|Validation|Deprecation|Cannot log after|process\\.exit|Multiple configurations)")
        .quote(&[then(MESSAGE, 8), then(OWN_CODE, 70)]).until("^\\s{0,4}(?:\u{25cf} |(?: *FAIL|PASS) |Test Suites:|Summary of all)"),
    rule("jest", &["FAIL "], r"^\s{0,2}FAIL\s+\S+\.[cm]?[jt]sx?", Weight::Summary, Category::Test),
    rule("jest", &["coverage threshold", "Coverage for"], r"(?:Jest: .*[Cc]overage .*(?:not met|does not meet)|ERROR: Coverage for \w+ \(.*\) does not meet)", Weight::Tool, Category::Test)
        .hint("All tests pass, but coverage fell below the threshold."),
    rule("jest", &["No tests found", "No test files found", "no tests found"], r"^(?:No tests found, exiting with code 1|No test files found, exiting with code 1|Error: No test files found|Error: No tests found)", Weight::Cause, Category::Config)
        .hint("The runner found no test: check its pattern and the working directory."),
    // Jest writes the same line of a file, and the tests below it.
    rule("vitest", &[" FAIL "], "^\\s*(?:\u{276f} )?FAIL\\s+(?:\\S+\\.[cm]?[jt]sx?)$", Weight::Cause, Category::Test)
        .when(r"^\s{0,2}\S*(?:Error|Exception)\b", 2)
        .quote(&[lead(r"^\s*\S*(?:Error|Exception)\b.*", 3), then("^\\s*\u{276f} \\S+:\\d+", 30)]).until("^\\s*FAIL |\u{23af}{5}\\["),
    rule("vitest", &[" FAIL "], "^\\s*(?:\u{276f} )?FAIL\\s+(?:\\S+\\.[cm]?[jt]sx?(?: >.*| \\[.*))$", Weight::Cause, Category::Test)
        .quote(&[lead(r"^\s*\S*(?:Error|Exception)\b.*", 3), then("^\\s*\u{276f} \\S+:\\d+", 30)]).until("^\\s*FAIL |\u{23af}{5}\\["),
    rule("mocha", &[") "], r"^ {2,3}\d{1,3}\) (?:\S.*?):?$", Weight::Cause, Category::Test).unless(r"\.[cm]?[jt]sx?:\d+:\d+ ")
        .when(r"^\s{4,}(?:Uncaught )?(?:[^\s/]*(?:Error|Exception)\b(?: \[\w+\])?: \S|Timeout of |expected )", 9)
        .quote(&[lead(r"^\s{4,}(?:Uncaught )?(?:[^\s/]*(?:Error|Exception)\b(?: \[\w+\])?:?.*|Timeout of .*|expected .*|.*: Timeout of \d+ms.*)", 9)]).until(r"^ {2,3}\d{1,3}\) |^\s{4,}at "),
    rule("mocha", &["failing", "failed"], r"^\s*\d+ failing", Weight::Summary, Category::Test).unless(r"^\s*0 failing"),
    rule("playwright", &[" \u{203a} "], "^\\s+\\d+\\) (?:\\[[\\w .-]+\\] \u{203a} )?(?:\\S+\\.[cm]?[jt]sx?:\\d+:\\d+ \u{203a} .+?)\\s*\u{2500}*$", Weight::Cause, Category::Test)
        .quote(&[then(r"^\s+(?:Error:|TimeoutError:|Test timeout|\S*Error:)", 6), some(r"^\s+(?:Expected|Received|Locator)\b.*: ", 14, 3), then(r"^\s+at \S+:\d+", 40)]).until(r"^\s+\d+\) |^\s+\d+ failed"),
    rule("playwright", &["Executable doesn't exist", "browserType.launch"], r"(?:Executable doesn't exist at|browserType\.launch)", Weight::Final, Category::Config).hint("The browsers are not installed: run npx playwright install --with-deps before."),
    rule("cypress", &["Timed out retrying", "CypressError"], r"(?:CypressError|AssertionError): (?:.*)", Weight::Cause, Category::Test),
    rule("karma", &[" FAILED"], r"^(?:Chrome|Firefox|HeadlessChrome|PhantomJS|Edge)[^(]*\([^)]*\)(?: LOG)? (?:.+) FAILED$", Weight::Cause, Category::Test)
        .quote(&[then(r"\S", 2), then(r"^\s+at .*\.[jt]s:\d+", 6)]),
    rule("karma", &["Executed "], r"Executed \d+ of \d+ .*\([1-9]\d* FAILED\)", Weight::Summary, Category::Test),
    rule("tap", &["not ok"], r"^\s*not ok \d+ ?-? ?(?:.*)", Weight::Cause, Category::Test).unless(r"# (?:TODO|SKIP|todo|skip)")
        .quote(&[then(r"^\s{4,}\w[^:]*:?$", 14), then(r"^\s+(?:error|message): ", 14)]).until(r"^\s*(?:not )?ok \d+"),
    rule("ava", &["\u{2716}", "\u{2718}"], "^\\s*[^\\w\\s]*\\s*(?:\u{2716}|\u{2718}) (?:[A-Za-z].+?)(?: \\([\\d.]+m?s\\))?$", Weight::Tool, Category::Test)
        .unless(r"\d+ problems?|failing tests:")
        .quote(&[then(r"^\s+(?:\[?(?:\w*Error|.*\bexpected\b).*)", 6)]),
    rule("mocha", &["Exception during run"], r"Exception during run: Error: Cannot find module '(?P<module>[^']+)'", Weight::Cause, Category::Dependency).hint("Module {module} cannot be found by a test: install it, or correct the path."),
    rule("mocha", &["Exception during run"], r"Exception during run: (?:.+)", Weight::Cause, Category::Test).unless("Cannot find module"),
    // Jasmine says "Message:" below the number and the name, as nobody else does.
    rule("jasmine", &[") "], r"^\d{1,3}\) (?:\S.*)", Weight::Cause, Category::Test).when(r"^\s+Message:", 2)
        .quote(&[then(r"^\s{4,}\S", 3), then(OWN_CODE, 10)]).until(r"^\d+\) |^\d+ specs?,"),
    rule("ava", &["[fail]:"], "^\\s*\\S+ \\[fail\\]: (?:.+)", Weight::Cause, Category::Test).quote(&[then(r"^\s+\S+\.[cm]?[jt]sx?:\d+$", 8)]),
    // Bun prints the error first and the test's name behind it.
    rule("bun", &["(fail) "], r"^\(fail\) (?:.+?)(?: \[[\d.]+m?s\])?$", Weight::Cause, Category::Test)
        .quote(&[before(r"^error: ", 40), before(r"^Expected: ", 40), before(r"^Received: ", 40)]),
];
