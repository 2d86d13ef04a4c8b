//! PHP: Composer, `PHPUnit`, `PHPStan`, `PHP_CodeSniffer`, the interpreter.
//!
//! General because the interpreter prints `PHP Fatal error: ... in FILE on line N`, `PHPUnit` numbers failures `1) Class::test`.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, rule, some, then};

/// What PHP tools say.
pub(super) const RULES: &[Rule] = &[
    rule("phpunit", &["::"], r"^\d+\) (?:[\w\\]+::\w+.*)$", Weight::Cause, Category::Test)
        .quote(&[some(r"\S", 4, 1), then(r"^/\S+\.php:\d+", 25)]).until(r"^\d+\) "),
    rule("phpunit", &["FAILURES!", "ERRORS!"], r"^(?:FAILURES|ERRORS)!", Weight::Summary, Category::Test),
    rule("pest", &["FAILED  "], r"^\s+FAILED\s+(?:\S+ > .+)", Weight::Cause, Category::Test).quote(&[some(r"\S", 3, 2)]),
    rule("php", &["PHP Parse error", "Parse error:"], r"^(?:PHP )?Parse error:\s+(?:.+)", Weight::Cause, Category::Compile),
    rule("php", &["Errors parsing"], r"^Errors parsing", Weight::Summary, Category::Compile),
    rule("php", &["Allowed memory size"], r"Allowed memory size of (?P<limit>\d+) bytes exhausted", Weight::Final, Category::Infrastructure).hint("PHP ran into memory_limit ({limit} bytes): raise it."),
    rule("php", &["PHP Fatal error", "Fatal error:"], r"^(?:PHP )?(?:Fatal|Recoverable fatal) error:\s+(?:.+)", Weight::Cause, Category::Test)
        .unless(r"Class .* not found"),
    rule("php", &["Fatal error:"], r#"^(?:PHP )?Fatal error:\s+(?:Uncaught )?(?:Error: )?(?:(?:Class|Interface|Trait) "?'?[\w\\]+"?'? not found.*)"#, Weight::Cause, Category::Dependency),
    rule("composer", &["Your requirements could not be resolved"], r"Your requirements could not be resolved", Weight::Cause, Category::Dependency)
        .quote(&[some(r"^\s+- ", 12, 3)]).until(r"^(?:To enable|You can|Running|Use the)"),
    rule("composer", &[" -> it is missing", " -> found ", "is missing from your system"], r"^\s+- (?:\S+ .*requires .* -> .+)", Weight::Cause, Category::Dependency),
    rule("composer", &["Your lock file does not contain", "lock file is not up to date", "The lock file"], r"(?:[Yy]our lock file does not contain a compatible set|lock file is not up to date)", Weight::Tool, Category::Dependency).unless(r"^Warning")
        .quote(&[some(r"^\s+- ", 8, 3)]).hint("Run composer update for that package with the PHP version of this image, or install the missing extension, and commit composer.lock."),
    rule("composer", &["Could not find package", "Could not find a matching version"], r"Could not find (?:package|a matching version of package) (?P<package>\S+)", Weight::Cause, Category::Dependency).hint("Composer does not find {package}: check its name, stability and repositories."),
    rule("composer", &["Composer could not find a composer.json", "does not contain valid JSON", "composer.json"], r"(?:Composer could not find a composer\.json|\S*composer\.json\S* does not contain valid JSON|does not match the expected JSON schema)", Weight::Cause, Category::Config).quote(&[some(r"(?:Parse error|Expected|\^|Invalid|-)", 4, 2)]),
    rule("composer", &["Script "], r"^Script (?:.+) (?:handling the \S+ event )?returned with error code", Weight::Summary, Category::Config),
    rule("phpcs", &["| ERROR"], r"^\s*(?:\d+) \| ERROR\s+\| (?:\[.\] )?(?:.+)", Weight::Cause, Category::Lint).quote(&[before(r"^FILE: ", 20)]),
    rule("phpstan", &["  Line  "], r"^\s+Line\s{2,}\S+\.php", Weight::Cause, Category::Lint).quote(&[some(r"^\s+\d+\s+\S", 5, 3)]),
];
