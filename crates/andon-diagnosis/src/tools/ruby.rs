//! Ruby: `RSpec`, Minitest, Bundler, `RubyGems`, `RuboCop`, Rake, the interpreter.
//!
//! General because `RSpec` and Minitest number their failures and put class and message below, and Bundler names the gem in fixed sentences.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

/// What Ruby tools say.
pub(super) const RULES: &[Rule] = &[
    // Mocha numbers its failures the same way; only RSpec says `Failure/Error:`.
    rule("rspec", &[") "], r"^\s{1,4}\d+(?:\.\d+)?\) (?:\S.*)", Weight::Cause, Category::Test)
        .when(r"^\s+Failure/Error:", 3)
        .quote(&[then(r"^\s+Failure/Error: ", 3), some(r"^\s+(?:[A-Z]\w*(?:::\w+)*:$|expected|Expected|got|\S.*\S)", 10, 3)])
        .until(r"^\s+# |^\s{1,4}\d+\) "),
    rule("rspec", &["rspec ./"], r"^rspec (?:\./\S+:\d+) # (?:.+)", Weight::Tool, Category::Test),
    rule("rspec", &["error occurred outside of examples", "error(s) occurred outside"], r"An error occurred while loading (?:\S+)", Weight::Cause, Category::Test).quote(&[some(r"^(?:Failure/Error|\w+Error|\w+Error:|\s+\S)", 6, 2)]),
    rule("rspec", &["An error occurred while loading"], r"An error occurred while loading (?:\S+?)\.? ?(?:- .*)?$", Weight::Cause, Category::Test).quote(&[some(r"\S", 8, 4)]).until(r"^# "),
    rule("rspec", &["examples, "], r"^\d+ examples?, [1-9]\d* failures?", Weight::Summary, Category::Test),
    rule("minitest", &["Failure:", "Error:"], r"^\s*(?:\d+\) )?(?:Failure|Error):\s*$", Weight::Cause, Category::Test).when(r"^\s*\S+#\S+|^\s*test_\w+|\[\S+:\d+\]:?$", 1).quote(&[lead(r"\S", 1), some(r"\S", 5, 3)]).until(r"^$"),
    rule("minitest", &["runs, "], r"^\d+ (?:runs|tests), .*(?:[1-9]\d* failures|[1-9]\d* errors)", Weight::Summary, Category::Test),
    rule("bundler", &["Could not find", "could not find compatible"], r"^(?:Bundler could not find compatible|Could not find (?:compatible versions|gem|.* in (?:any of the sources|locally installed|rubygems|cached)))", Weight::Cause, Category::Dependency)
        .quote(&[some(r"(?:depends on|could not be found|Because |was resolved to|required by|Run `bundle)", 8, 2)]).hint("Run bundle install in this step or with the same BUNDLE_PATH; if it did run, add this platform with bundle lock --add-platform and commit Gemfile.lock."),
    rule("bundler", &["Your Ruby version is", "Your bundle is locked", "Gemfile.lock", "You must use Bundler", "The deployment setting", "Could not locate Gemfile", "Gemfile not found"], r"(?:Your Ruby version is .*|Your bundle is locked .*|.*(?:frozen|deployment mode).*Gemfile.*|You must use Bundler .*|Could not locate Gemfile.*|.*Gemfile(?:\.lock)? (?:not found|does not).*|The gemspecs? for .*|.*unless the Gemfile\.lock.*)", Weight::Cause, Category::Config),
    rule("bundler", &["An error occurred while installing"], r"^An error occurred while installing (?:\S+) ", Weight::Tool, Category::Dependency).quote(&[before(r"(?:^\s*(?:checking for .*no|ERROR|\S+: fatal error|.*not found|mkmf\.rb|extconf failed))", 40)]),
    rule("rubygems", &["Failed to build gem native extension"], r"Failed to build gem native extension", Weight::Tool, Category::Compile).quote(&[some(r"(?:not found|No such file|missing|\*\*\* extconf|error:)", 25, 2), then(r"^An error occurred while installing", 60)]),
    rule("ruby", &["cannot load such file"], r"cannot load such file -- (?P<what>\S+)", Weight::Cause, Category::Dependency).hint("{what} cannot be loaded: the gem is missing from the Gemfile, or bundle exec was left out."),
    rule("ruby", &["Error)", "Error"], r"^(?:\S*ruby: )?(?:\S+\.r[bu]:\d+):in [`'].*: (?:.+)\((?:[\w:]+)\)", Weight::Cause, Category::Test),
    rule("ruby", &["syntax error"], r"(?:\S+\.r[bu]:\d+): (?:syntax errors?\b.*)", Weight::Cause, Category::Compile).quote(&[some(r"^>|\^", 6, 2)]),
    rule("rubocop", &[": C: ", ": W: ", ": E: ", ": F: "], r"^(?:\S+:\d+:\d+): [CWEF]: (?:\[Corrct?able\] )?(?:.+)", Weight::Cause, Category::Lint),
    rule("cucumber", &["Failing Scenarios:", "failing scenarios:"], r"^(?i:failing scenarios):$", Weight::Tool, Category::Test).quote(&[lead(r"^\s*(?:cucumber |behave )?\S*features\S*:\d+", 1), some(r"^\s*(?:cucumber |behave )?\S*features\S*:\d+", 4, 3)]),
    rule("rake", &["rake aborted!"], r"^rake aborted!", Weight::Tool, Category::Config).quote(&[lead(r"\S", 2)]),
    rule("rails", &["ActiveRecord::", "PG::", "Mysql2::"], r"^(?:(?:ActiveRecord|PG|Mysql2|ActionView|Sprockets|Webpacker)::\w+)(?:: (?:.*))?", Weight::Cause, Category::Test),
    rule("bundler", &["in deployment mode after changing"], r"^You are trying to install in deployment mode after changing", Weight::Cause, Category::Dependency).quote(&[some(r"^(?:You have (?:added|deleted|changed)|\* )", 14, 3)]).hint("Gemfile.lock does not fit the Gemfile: run bundle install where both can be committed."),
];
