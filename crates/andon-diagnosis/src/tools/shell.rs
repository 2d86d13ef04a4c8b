//! The shell and the system it runs on: missing commands and files, permissions, syntax, variables.
//!
//! General because every shell reports in the form `script: line N: thing: reason`, with the reasons of the C library.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, rule, some};

/// What shells and small programs say.
pub(super) const RULES: &[Rule] = &[
    rule("shell", &["command not found", ": not found", "is not recognized as"], r"^(?:(?:/|\.{0,2}/|[\w.-]+/)?\S*(?:sh|bash|\.sh|env)?: )?(?:(?:line )?\d+: )?(?P<program>[\w@./+-]+): (?:command not found|not found)\s*$", Weight::Cause, Category::Config)
        .exits(127).hint("Install {program} before this command runs, or correct the name: no program on the PATH has it."),
    rule("shell", &["command not found:"], r"(?:zsh|bash|sh|fish): (?:command not found|Unknown command): (?P<program>\S+)", Weight::Cause, Category::Config).hint("Install {program} before this command runs, or correct the name: no program on the PATH has it."),
    rule("shell", &["is not recognized as", "The term '"], r"'(?P<program>[^']+)' is not recognized as", Weight::Cause, Category::Config).hint("Install {program} before this command runs, or correct the name: no program on the PATH has it."),
    rule("make", &["No such file or directory", "ommand not found", "ermission denied"], r"^(?:g?make)(?:\[\d+\])?: (?P<program>[^:*]+): (?:Command not found|No such file or directory)$", Weight::Cause, Category::Config).hint("Install {program} before this command runs, or correct the name: no program on the PATH has it."),
    rule("env", &["No such file or directory"], r"^(?:\S*/)?env: .?(?P<program>[\w.+-]+).?(?:\W{3})?: No such file or directory", Weight::Cause, Category::Config).hint("Install {program} before this command runs, or correct the name: no program on the PATH has it."),
    rule("exec", &["executable file not found", "exec: \""], r#"exec: "?(?P<program>[^"]+)"?:? (?:executable file )?not found"#, Weight::Cause, Category::Config).hint("Install {program} before this command runs, or correct the name: no program on the PATH has it."),
    rule("spawn", &["ENOENT"], r"spawn (?P<program>\S+) ENOENT", Weight::Cause, Category::Config).hint("Program {program} could not be started: it is not installed or not on the PATH."),
    rule("shell", &["Permission denied", "permission denied"], r"^(?:\S*(?:sh|bash)|\S+\.sh|/\S+|\./\S+): (?:(?:line )?\d+: )?(?P<file>[^:]+)?:? ?[Pp]ermission denied", Weight::Cause, Category::Permission)
        .unless(r"(?i)publickey")
        .hint("{file} may not be executed or opened by the build's user: set its mode (git update-index --chmod=+x for a script)."),
    rule("coreutils", &["Permission denied", "Operation not permitted"], r"^(?:\S*/)?[a-z][\w.+-]*: .*: (?:Permission denied|Operation not permitted)$", Weight::Cause, Category::Permission).unless("(?i)publickey").hint("Run it as a user who may, or change the owner or the mode of the path."),
    rule("shell", &["ermission denied"], r"(?i)^.{0,120}\bpermission denied\b", Weight::Tool, Category::Permission).unless(r"(?i)publickey"),
    rule("shell", &["bad interpreter"], r"(?P<file>\S+): (?P<interpreter>\S+): bad interpreter", Weight::Cause, Category::Config).hint("{file} asks for the interpreter {interpreter}, which is missing; Windows line ends (CRLF) in the script do that too."),
    rule("shell", &["syntax error", "unexpected EOF", "unexpected end of file", "Syntax error"], r"^\S*(?:sh|bash|\.sh|eval)?: (?:(?:eval: )?(?:line )?\d+: )?(?:[Ss]yntax error|unexpected (?:EOF|end of file))(?:.*)", Weight::Cause, Category::Config),
    rule("shell", &["unbound variable", "parameter null or not set", "parameter not set"], r"(?:^|\s)(?P<name>\w+): (?:unbound variable|parameter (?:null or )?not set|.*is not set)", Weight::Cause, Category::Config).hint("Variable {name} is not set: define it in the build's environment."),
    rule("shell", &["No such file or directory"], r"^(?:\S*(?:sh|bash)|\S+\.sh): (?:(?:line )?\d+: )?(?:cd: )?(?P<file>.+?): No such file or directory", Weight::Cause, Category::Config)
        .hint("{file} does not exist where the command runs: check the working directory and whether an earlier step should have made it."),
    rule("coreutils", &["No such file or directory", "cannot stat", "cannot access", "cannot create", "cannot open", "cannot find or open", "cannot remove", "cannot overwrite", "Not a directory", "Is a directory", "File exists"], r"^(?:cp|mv|ls|cat|rm|cd|mkdir|touch|ln|chmod|chown|tar|unzip|zip|gzip|sed|awk|grep|find|head|tail|tee|install|rsync|source|sh|bash|rmdir|stat|wc|sort|diff|dd|du): .*(?:cannot|can't|No such file|Not a directory|Is a directory|File exists|[Cc]annot open|[Nn]ot found)(?:.*)", Weight::Cause, Category::Config),
    rule("jq", &["jq: error", "parse error: "], r"^(?:jq: (?:error|\d+ compile error).*|parse error: .*)", Weight::Cause, Category::Config),
    rule("tar", &["tar: ", "gzip: ", "End-of-central-directory"], r"(?:^tar: .*(?:not look like|Error is not recoverable|Unexpected EOF)|End-of-central-directory signature not found|^gzip: .*not in gzip format)", Weight::Tool, Category::Source),
    rule("shellcheck", &["SC1", "SC2"], r"(?:SC\d{4}) \((?:error|warning|info|style)\): (?:.+)", Weight::Cause, Category::Lint).quote(&[before(r"^In \S+ line \d+", 6)]),
    rule("shellcheck", &["[SC"], r"^(?:\S+:\d+:\d+): (?:error|warning|note|style): (?:.+) \[(?:SC\d{4})\]", Weight::Cause, Category::Lint),
    rule("sudo", &["sudo: "], r"^sudo: (?:.*(?:password is required|command not found|not in the sudoers|no tty).*)", Weight::Cause, Category::Permission),
    rule("psql", &["psql: ", "FATAL: "], r"^(?:psql: )?(?:error: )?.*(?:FATAL:\s+(?:.*(?:authentication failed|role|database|pg_hba).*))", Weight::Cause, Category::Permission),
    rule("psql", &["could not connect to server", "connection to server", "Can't connect to"], r"(?:could not connect to server|connection to server .* failed|Can't connect to (?:local )?MySQL server)(?P<why>.*)", Weight::Cause, Category::Infrastructure).hint("Check that the database runs, and that security groups, subnets, host and port let this step reach it."),
    rule("sql", &["ERROR:  "], r"^(?:psql:\S+: )?ERROR:\s{2}(?:.+)", Weight::Cause, Category::Deploy).quote(&[some(r"^LINE \d+:", 2, 1)]),
    rule("env", &["\\r'", "^M: bad interpreter"], r"(?:\S*env: .?.+\\r.?: No such file|\^M: bad interpreter)", Weight::Cause, Category::Config).hint("The script has Windows line endings: commit it with LF (see .gitattributes)."),
    rule("rvm", &["is not installed.", "Unknown ruby string"], r"^(?:Required \S+ is not installed\.|Unknown ruby string.*)", Weight::Cause, Category::Config),
    rule("perl", &["in @INC"], r"Can't locate (?P<file>\S+) in @INC(?: \(you may need to install the (?P<module>\S+) module\))?", Weight::Cause, Category::Dependency).hint("Perl module {module?of that name} is not installed: {file} is in none of its folders."),
    rule("perl", &[" line "], r"^(?:(?:syntax error|Global symbol .* requires explicit package name.*|Bareword .* not allowed.*)) at (?:\S+ line \d+)", Weight::Cause, Category::Compile),
];
