//! What programs say that no table knows: errors in the common forms, and what runners annotate.
//!
//! General by nature, hence of low weight: it decides only when no tool is recognised.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, then};

/// Lines that say nothing went wrong, however they sound.
const CALM: &str = r"(?i)(?:\b(?:0|no) (?:errors?|failures?|failed|failing)\b|\berrors?[:=] ?0\b|failures?[:=] ?0\b|failed[:=] ?0\b|\bwarn(?:ing)?\b|deprecat|^\s*(?:at |- |\* |//|#|✓|√|ok\b|PASS)|\.\.\. ?ok$|ignor|retry|error\.(?:log|js|ts|py|go|rs|html|txt)|--\S*error|errors? (?:handling|page|message)|if (?:it|this|the|you)|in case|on.error|\bshould\b|npm ERR!|Failed at the|^Phase (?:complete|context)|subprocess-exited-with-error|metadata-generation-failed|A complete log|expected.*(?:pass|ok)|successfully|exit(?:ed)?(?: with)? (?:code|status)|Process completed|process exited|-Werror|libgpg-error|error-|-error|_error|error_|errors?\.)";

/// Errors in the common forms.
pub(super) const RULES: &[Rule] = &[
    // Any compiler's: a source file, its line, and the word.
    rule("actionlint", &[".y"], r"^(?:\S+\.ya?ml:\d+:\d+): (?:.+) \[[a-z-]+\]$", Weight::Cause, Category::Lint),
    rule("sonar", &["QUALITY GATE STATUS", "Quality gate failed"], r"QUALITY GATE STATUS: FAILED(?: - View details on (?P<where>\S+))?", Weight::Cause, Category::Lint).hint("Open {where?the dashboard of the project} for the conditions of the quality gate that do not hold."),
    rule("compiler", &["rror"], r"^\s*(?:[^\s:]+\.(?:cr|dart|elm|erl|exs?|f90|fsx?|groovy|hs|java|jl|kts?|mli?|nim|pas|scala|svelte|swift|vala|vb|vhdl?|zig)(?::\d+){1,2}):? (?:fatal )?(?i:error)(?:\s?\w*\d+)?: (?:\S.*)", Weight::Cause, Category::Compile),
    rule("generic", &["rror: ", "RROR: "], r"^\s*(?:\w+: )?(?:Error|error|ERROR|Fatal error|fatal error|FATAL ERROR): (?:.+)", Weight::Generic, Category::Unknown).unless(CALM).quote(&[then(r"^\s+(?:Caused by|caused by|cause|reason|Reason): ?.*", 6)]),
    rule("generic", &["FATAL", "fatal", "Fatal", "CRITICAL", "panic"], r"^\W{0,3}(?:FATAL|fatal|Fatal|CRITICAL|panic)\b[\]:]? ?(?:.+)", Weight::Generic, Category::Unknown).unless(CALM),
    rule("generic", &["ERROR", "[error]", "rror:", "ERR!"], r"^\W{0,3}(?:ERROR|Error|error|ERR)\b\W{0,3} ?(?:\w.+)", Weight::Generic, Category::Unknown).unless(CALM),
    rule("generic", &["Failed to ", "failed to ", "Unable to ", "unable to ", "Could not ", "could not ", "Cannot ", "cannot ", "can't ", "Can't "], r"^(?:\W{0,4}|[\w .-]{1,30}: )(?:Failed to|failed to|Unable to|unable to|Could not|could not|Cannot|cannot|[Cc]an't) \w", Weight::Generic, Category::Unknown).unless(CALM),
    rule("generic", &["Exception", "Error"], r"^(?:Uncaught |Unhandled |Caused by: )?(?:\w+[.\\:])*\w*(?:Exception|Error)\b(?:\[\w+\])?: \S", Weight::Generic, Category::Unknown).unless(CALM),
    rule("generic", &["is not valid", "is invalid", "nvalid ", "unknown ", "Unknown ", "nrecognized", "nsupported", "missing ", "Missing ", "equired", "undefined", "not found", "does not exist", "not supported"], r"(?i)^(?:\S+: )?.{0,60}(?:is not valid|is invalid|\binvalid \w+|unknown (?:option|command|argument|flag|variable|property|key)|unrecognized (?:option|argument)|unsupported \w+|missing (?:required|argument|parameter|env|environment|key)|is required|not found|does not exist|not supported)", Weight::Generic, Category::Config)
        .unless(r"(?i)(?:\b(?:0|no) (?:errors?|failures?|failed)|^\s*(?:at |- |\* |//|#)|warn|deprecat|✓|ignor|optional|\b0 |--$|successfully|^-- )"),
    rule("generic", &["\u{2716}", "\u{2718}", "\u{d7} ", "\u{2717}", "\u{274c}", "\u{1f6a8}"], "^\\s*(?:\u{2716}|\u{2718}|\u{d7}|\u{2717}|\u{274c}|\u{1f6a8})\\s+(?:[A-Za-z@'`\"].+)", Weight::Generic, Category::Unknown).unless(r"(?i)\d+ (?:problems?|errors?|warnings?)|build failed|did not run successfully|\b0 (?:failed|errors)"),
    // `file:line: words` is how most tools name a place; frames of a stack and warnings look alike.
    rule("generic", &[": "], r"^\s*(?:[\w./@+-]+\.[A-Za-z]\w{0,9}:\d+(?::\d+)?):? (?:error: |Error: |ERROR: )?(?:[A-Za-z'`].{3,})", Weight::Summary, Category::Unknown).unless(r"(?i)\b(?:warning|warn|note|info|debug|trace)\b|deprecat|^\s*at "),
    rule("generic", &["failed", "FAILED", "Failed", "FAILURE", "rejected", "aborted", "refused", "denied", "exceeded"], r"\b(?:failed|FAILED|Failed|FAILURE|rejected|aborted|refused|denied|exceeded)\b", Weight::Summary, Category::Unknown).unless(CALM),
];
