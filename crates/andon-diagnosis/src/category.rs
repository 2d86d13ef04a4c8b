//! The kinds of failure, and which one an unknown tool's words or the failing command suggest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::words::{self, Lexicon};

/// What kind of failure it is: who should look at it, and where.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Category {
    /// A test failed.
    Test,
    /// The code does not compile or the site does not build.
    Compile,
    /// A linter or formatter objects.
    Lint,
    /// A package, module or image is missing or does not fit.
    Dependency,
    /// Something is set up wrongly: a file, an option, a missing program, a template.
    Config,
    /// Something was denied, or credentials are missing.
    Permission,
    /// The network, the machine, its memory or disk.
    Infrastructure,
    /// It took too long.
    Timeout,
    /// A limit or quota.
    Quota,
    /// The deployment itself failed.
    Deploy,
    /// The source could not be fetched or lacks a file.
    Source,
    /// Nothing that is known.
    #[default]
    Unknown,
}

/// Words by which any program may be understood, the most telling first.
const WORDS: &[(Category, &[&str])] = &[
    (
        Category::Permission,
        &[
            "permission denied",
            "not authorized",
            "accessdenied",
            "access denied",
            "access is denied",
            "forbidden",
            "unauthorized",
            "credential",
            "authentication",
            "403",
        ],
    ),
    (
        Category::Quota,
        &["quota", "rate limit", "limit exceeded", "limitexceeded", "too many requests", "throttl", "maximum number"],
    ),
    (Category::Timeout, &["timed out", "timeout", "deadline exceeded", "time limit"]),
    (
        Category::Infrastructure,
        &[
            "connection refused",
            "connection reset",
            "econnre",
            "could not resolve host",
            "network is unreachable",
            "no such host",
            "enotfound",
            "service unavailable",
            "bad gateway",
            "out of memory",
            "no space left",
            "certificate",
            "socket hang up",
        ],
    ),
    (
        Category::Dependency,
        &[
            "no matching version",
            "cannot find package",
            "cannot load such file",
            "failed to resolve",
            "lockfile",
            "could not resolve dependenc",
            "cannot find module",
            "no module named",
            "package not found",
            "unable to locate package",
            "unresolved depend",
            "dependency",
            "manifest unknown",
        ],
    ),
    (
        Category::Compile,
        &[
            "syntax error",
            "syntaxerror",
            "parse error",
            "compil",
            "undeclared",
            "cannot find symbol",
            "unexpected token",
            "typeerror",
            "referenceerror",
        ],
    ),
    (Category::Test, &["assert", "expected", "test failed", "tests failed", "failing test"]),
    (
        Category::Config,
        &[
            "no such file",
            "not found",
            "invalid",
            "missing",
            "must be",
            "has to be",
            "should be",
            "required",
            "unknown option",
            "unrecognized",
            "unsupported",
            "not supported",
            "no longer supported",
            "is empty",
            "non-empty",
            "not set",
            "does not exist",
            "configuration",
            "config",
        ],
    ),
    (Category::Deploy, &["rollback", "unhealthy", "create_failed", "update_failed", "delete_failed"]),
];

/// Programs and scripts by what they are run for.
const COMMANDS: &[(Category, &[&str])] = &[
    (
        Category::Lint,
        &[
            "lint",
            "flake8",
            "pylint",
            "ruff",
            "prettier",
            "clippy",
            "fmt",
            "checkstyle",
            "rubocop",
            "phpcs",
            "phpstan",
            "mypy",
            "shellcheck",
            "stylelint",
            "format",
        ],
    ),
    (
        Category::Test,
        &[
            "test",
            "pytest",
            "jest",
            "mocha",
            "rspec",
            "phpunit",
            "vitest",
            "cypress",
            "playwright",
            "tox",
            "verify",
            "spec",
        ],
    ),
    (
        Category::Deploy,
        &[
            "deploy",
            "cloudformation",
            "kubectl",
            "helm",
            "terraform apply",
            "eksctl",
            "ecs ",
            "serverless",
            "publish",
            "push",
        ],
    ),
    (
        Category::Dependency,
        &[
            "npm ci",
            "npm install",
            "npm i",
            "yarn install",
            "pip install",
            "bundle install",
            "composer install",
            "apt-get",
            "yum ",
            "pull",
            "poetry install",
            "go mod",
            "restore",
        ],
    ),
    (Category::Source, &["git clone", "git checkout", "git fetch", "git pull"]),
    (Category::Compile, &["build", "compile", "tsc", "make", "webpack", "mvn", "gradle", "javac", "gcc", "package"]),
];

/// The kind that the quoted words suggest, else the command's purpose.
pub(super) fn suggested(quoted: &str, command: Option<&str>) -> Category {
    let said = first_match(WORDS, &quoted.to_lowercase());
    let ran = command.map_or(Category::Unknown, |command| first_match(COMMANDS, &command.to_lowercase()));
    match (said, ran) {
        // What lint and tests print sounds like anything; what they are is the better guess.
        (
            Category::Unknown | Category::Config | Category::Compile | Category::Test,
            Category::Lint | Category::Test,
        ) => ran,
        (Category::Unknown, ran) => ran,
        (said, _) => said,
    }
}

/// All kinds, in the order in which a model's file has them.
pub(super) const ALL: [Category; 12] = [
    Category::Test,
    Category::Compile,
    Category::Lint,
    Category::Dependency,
    Category::Config,
    Category::Permission,
    Category::Infrastructure,
    Category::Timeout,
    Category::Quota,
    Category::Deploy,
    Category::Source,
    Category::Unknown,
];

/// So many buckets for what the quoted lines say,
const SAID: usize = 1 << 13;
/// and so many for the names that the log holds.
const HEARD: usize = 1 << 13;
/// So many signs of the kind of failure: both, and what rules or single words tell.
pub(super) const SIGNS: usize = SAID + HEARD + ALL.len();
/// How much the names of one part of a log say, beside what the quoted lines say.
const HEARD_WEIGHT: f32 = 0.7;
/// How much says what a rule tells that is sure of its tool; and what others tell.
const TOLD_WEIGHT: f32 = 0.7;
const GUESSED_WEIGHT: f32 = 0.42;
/// So many words of the command are read for the kind.
const MAX_COMMAND: usize = 12;
/// So many quoted lines are read for the kind.
const MAX_READ: usize = 6;

/// What is known of a failure whose kind is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'a> {
    /// The rule that knows the lines: its tool, its category, and whether it is sure.
    pub(super) rule: Option<(&'static str, Category, bool)>,
    /// The quoted lines, the most telling first.
    pub(super) lines: &'a [&'a str],
    /// The command that failed.
    pub(super) command: Option<&'a str>,
    /// Its last lines, in lower case.
    pub(super) ending: &'a str,
    /// What the rule tells, or else single words.
    pub(super) told: Category,
}

/// What the names in some lines say: rare ones more, and those in many lines a little more.
pub(super) fn heard<'a>(lexicon: &Lexicon<'_>, lines: impl Iterator<Item = &'a str>) -> Vec<(usize, f32)> {
    let (mut counts, mut found) = (BTreeMap::<u32, u16>::new(), Vec::new());
    for line in lines {
        words::names(line, &mut found);
        for name in &found {
            let count = counts.entry(*name).or_default();
            *count = count.saturating_add(1);
        }
    }
    let mut signs: Vec<(usize, f32)> = counts
        .into_iter()
        .map(|(name, count)| (SAID + words::bucket(name, HEARD), (1.0 + f32::from(count).ln()) * lexicon.telling(name)))
        .collect();
    let length = signs.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in &mut signs {
        *value *= HEARD_WEIGHT / length;
    }
    signs
}

impl Quoted<'_> {
    /// The signs of its kind, each below [`SIGNS`], and how much each says.
    pub(super) fn signs(&self) -> Vec<(usize, f32)> {
        let words = self.words();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred words")]
        let share = 1.0 / (words.len().max(1) as f32).sqrt();
        let is_sure = self.rule.is_some_and(|(_, _, is_sure)| is_sure);
        let told = ALL.iter().position(|kind| *kind == self.told).map(|kind| SAID + HEARD + kind);
        let told = told.map(|sign| (sign, if is_sure { TOLD_WEIGHT } else { GUESSED_WEIGHT }));
        words.into_iter().map(|word| (word, share)).chain(told).collect()
    }

    /// What it says, as buckets: words, the words of the first line once more, what the rule and the command suggest.
    fn words(&self) -> Vec<usize> {
        let (mut out, mut found) = (Vec::new(), Vec::new());
        for (place, line) in self.lines.iter().take(MAX_READ).enumerate() {
            words::words(line, &mut found);
            out.extend(found.iter().map(|word| words::bucket(*word, SAID)));
            if place == 0 {
                out.extend(found.iter().map(|word| words::bucket(word.wrapping_mul(0x9e37_79b1), SAID)));
            }
        }
        let mut say = |parts: [&str; 2]| {
            let hash = parts.iter().flat_map(|part| part.bytes().chain([0])).fold(0x811c_9dc5_u64, words::step);
            out.push(words::bucket(words::folded(hash), SAID));
        };
        match self.rule {
            Some((tool, category, sure)) => {
                say(["rule", category.as_str()]);
                say([if sure { "sure" } else { "unsure" }, category.as_str()]);
                say(["tool", tool]);
            }
            None => say(["rule", ""]),
        }
        let command = self.command.map(str::to_lowercase).unwrap_or_default();
        say(["suggested", suggested(&self.lines.join("\n"), self.command).as_str()]);
        say(["first", first_match(WORDS, &self.lines.first().unwrap_or(&"").to_lowercase()).as_str()]);
        let first = first_match(COMMANDS, &command);
        say(["command", first.as_str()]);
        let tool = self.rule.map_or("", |(tool, ..)| tool);
        say([first.as_str(), tool]);
        let quoted = self.lines.iter().take(MAX_READ).map(|line| line.to_lowercase()).collect::<Vec<_>>().join("\n");
        // Parts of words as well, which hashes of whole words do not see.
        for word in WORDS.iter().flat_map(|(_, words)| *words).filter(|word| quoted.contains(**word)) {
            say(["said", word]);
        }
        for word in COMMANDS.iter().flat_map(|(_, words)| *words) {
            if command.contains(*word) {
                say(["run", word]);
            }
            if quoted.contains(*word) {
                say(["named", word]);
            }
            if self.ending.contains(*word) {
                say(["ended", word]);
            }
        }
        for word in command.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).take(MAX_COMMAND) {
            say(["word of the command", word]);
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Some tools print the same for two purposes; then what the command is for decides.
pub(super) fn refined(category: Category, quoted: &str, command: Option<&str>) -> Category {
    // `vet: ` marks what vet could not even compile.
    let lints = !quoted.starts_with("vet: ")
        && command.is_some_and(|command| command.contains("go vet") || command.contains("lint"));
    if category == Category::Compile && lints { Category::Lint } else { category }
}

/// Whether a command is run to look for what is wrong with the code.
pub(super) fn lints(command: &str) -> bool {
    first_match(COMMANDS, &command.to_lowercase()) == Category::Lint
}

fn first_match(table: &[(Category, &[&str])], text: &str) -> Category {
    table
        .iter()
        .find(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map_or(Category::Unknown, |(category, _)| *category)
}

impl Category {
    /// Its name, as the configuration and the JSON of an explanation have it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_tool_is_understood_by_its_words_or_else_by_its_command() {
        assert_eq!(suggested("frobnicate: access denied", None), Category::Permission);
        assert_eq!(suggested("frobnicate: boom", Some("npm run lint")), Category::Lint);
        assert_eq!(suggested("frobnicate: boom", Some("make all")), Category::Compile);
        assert_eq!(suggested("boom", None), Category::Unknown);
    }
}
