//! What ends a build from outside or without a word: memory, disk, time, signals, silence.
//!
//! General because the kernel, the shells and the runners have fixed words for it; such a line explains the failure whatever else was printed.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule};

/// Killed, out of memory, out of time.
pub(super) const RULES: &[Rule] = &[
    rule("github-actions", &["Missing download info for", "automatically failed because it uses a deprecated", "Unable to resolve action", "Can't find 'action.y", "action could not be found at the URI", "Invalid workflow file"], r"(?:Missing download info for .*|This request has been automatically failed because it uses a deprecated version .*|Unable to resolve action .*|Can't find 'action\.ya?ml'.*|An action could not be found at the URI .*|Invalid workflow file.*)", Weight::Cause, Category::Config),
    rule("timeout", &["exceeded the maximum time limit", "maximum execution time", "exceeded the maximum", "execution took longer than", "has timed out", "timed out after", "hasn't received any output", "No output has been received", "no output", "Too long with no output"],
        r"(?i)(?:exceeded the maximum (?:time limit|execution time)|execution took longer than|job (?:has )?timed out|(?:build|command|step|job|action|operation) timed out after|No output has been received in the last|hasn't received any output|Too long with no output)", Weight::Final, Category::Timeout)
        .hint("Find what hung in the last command; raise the limit only if it merely needs longer."),
    rule("timeout", &["The operation was canceled", "The runner has received a shutdown", "lost communication with the server"], r"(?:The runner has received a shutdown signal|lost communication with the server)", Weight::Final, Category::Infrastructure).hint("The machine that ran the build went away: run it again."),
    rule("timeout", &["exit status 124", "exit code 124", "exit code: 124", "sending signal", "exited with code 124", "Error 124"], r"(?i)(?:exit(?:ed with)? (?:status|code):? 124\b|Error 124\b|timeout: sending signal)", Weight::Tool, Category::Timeout).hint("timeout(1) ended the command (status 124): it hung or needs more time."),
    rule("timeout", &["timed out", "Timed out", "Timeout", "timeout", "deadline exceeded"], r"(?i)(?:\btimed out\b|deadline exceeded|TimeoutError|\bTimeout (?:exceeded|expired|waiting))", Weight::Generic, Category::Timeout)
        .unless(r"(?i)(?:^#|--timeout|timeouts?: ?\d|set .*timeout|retry|warn|✓|^\s*(?:ok|PASS))"),
    rule("oom", &["ut of memory", "oom-kill", "Out Of Memory", "OOMKilled", "OOM"], r"(?:Out of memory:? [Kk]ill|oom-kill|OOMKilled|Cannot allocate memory|std::bad_alloc|^MemoryError|out of memory \(allocat|memory allocation of \d+ bytes failed)", Weight::Final, Category::Infrastructure)
        .hint("The build environment ran out of memory: take a larger one, or use less (fewer parallel jobs)."),
    rule("oom", &["Cannot allocate memory", "bad_alloc", "MemoryError", "memory allocation of"], r"(?:Cannot allocate memory|std::bad_alloc|^(?:E\s+)?MemoryError\b|memory allocation of \d+ bytes failed|insufficient memory for the Java Runtime)", Weight::Cause, Category::Infrastructure)
        .hint("The process ran out of memory: take a larger build environment, or use less (fewer parallel jobs)."),
    rule("killed", &["Killed"], r"^(?:\S+: )?(?:line \d+: +\d+ )?Killed\b.*$", Weight::Cause, Category::Infrastructure).unless(r"[Bb]y (?:user|test)")
        .hint("The process was killed (SIGKILL), most likely for lack of memory: take a larger build environment or run fewer jobs."),
    rule("killed", &["137", "SIGKILL", "signal 9", "signal: 9", "exit status 137"], r#"(?i)(?:exit(?:ed with)?(?: status| code|Code)?:?"?:? ?137\b|\bSIGKILL\b|signal:? 9\b)"#, Weight::Tool, Category::Infrastructure)
        .unless(r"SIGKILL.*(?:test|handler)|: 137,")
        .hint("The process was killed (status 137 = SIGKILL), most likely for lack of memory: take a larger build environment or run fewer jobs."),
    rule("crash", &["Segmentation fault", "SIGSEGV", "Aborted (core", "Bus error", "Illegal instruction", "core dumped", "exit status 139"], r"(?:Segmentation fault|SIGSEGV|Aborted \(core dumped\)|Bus error|Illegal instruction|\(core dumped\))", Weight::Cause, Category::Test).unless(r"^\[signal SIGSEGV")
        .hint("The program crashed ({0}); run it under a debugger or with sanitizers, and check that native modules fit the platform."),
    rule("disk", &["No space left on device", "Disk quota exceeded", "ENOSPC", "disk full"], r"(?:No space left on device|Disk quota exceeded|ENOSPC)", Weight::Final, Category::Infrastructure)
        .hint("The disk is full: clean up during the build or take a larger environment."),
    rule("files", &["Too many open files", "Argument list too long", "Read-only file system", "Device or resource busy"], r"(?:Too many open files|Argument list too long|Read-only file system|Device or resource busy)", Weight::Tool, Category::Infrastructure),
    rule("java", &["There is insufficient memory for the Java"], r"There is insufficient memory for the Java Runtime", Weight::Final, Category::Infrastructure).hint("The JVM could not get memory from the system: take a larger build environment or lower -Xmx."),
];
