//! Node.js itself, and npm, Yarn, pnpm.
//!
//! General because package managers print a code for every refusal (`E404`, `ERESOLVE`, `YN0028`), and Node one form for every uncaught error.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

/// Package managers and the runtime.
pub(super) const RULES: &[Rule] = &[
    rule("npm", &["enoent", "ENOENT"], r"npm (?:ERR!|error) (?:code ENOENT|enoent .*package\.json)", Weight::Cause, Category::Source)
        .quote(&[then(r"npm (?:ERR!|error) path .*package\.json", 4), then(r"npm (?:ERR!|error) enoent .*(?:open|no such file)", 6)])
        .hint("npm found no package.json where it ran: check the working directory and that the file is part of the source."),
    rule("npm", &["ERESOLVE"], r"npm (?:ERR!|error) (?:code )?ERESOLVE", Weight::Cause, Category::Dependency)
        .quote(&[then(r"npm (?:ERR!|error) ERESOLVE", 2), then(r"Found: ", 12), then(r"Could not resolve dependency|peer \S+", 14), some(r"(?:npm (?:ERR!|error)) peer .* from", 18, 1)])
        .hint("Peer dependencies contradict each other: align the versions that npm names."),
    rule("npm", &["E404"], r"npm (?:ERR!|error) (?:code )?E404", Weight::Cause, Category::Dependency)
        .quote(&[then(r"404 +Not Found", 3), then(r"404\s+'", 6)]).hint("Correct the package's name or version; if it is private, give this step a token and the registry of its scope in .npmrc."),
    rule("npm", &["ETARGET", "notarget"], r"npm (?:ERR!|error) (?:code ETARGET|notarget No matching version)", Weight::Cause, Category::Dependency)
        .quote(&[then(r"notarget No matching version found for (\S+)", 3)]).hint("Change the version in package.json to one that is published, or publish it first."),
    rule("npm", &["E401", "ENEEDAUTH", "E403", "EOTP"], r"npm (?:ERR!|error) (?:code (?:E401|ENEEDAUTH|E403|EOTP))", Weight::Cause, Category::Permission)
        .quote(&[some(r"npm (?:ERR!|error) (?:40[13]|need auth|Unable to authenticate|Incorrect|This command requires)", 4, 2)]).hint("Check the token in .npmrc and what it may do, and whether this version was published before."),
    rule("npm", &["EINTEGRITY", "sha512", "YN0018"], r"(?:npm (?:ERR!|error) (?:code )?EINTEGRITY|YN0018|[Ii]ntegrity check failed)", Weight::Cause, Category::Dependency)
        .quote(&[then(r"integrity|sha", 3)]).hint("A package does not have the checksum of the lock file: clear the cache, or regenerate the entry if it was published anew."),
    rule("npm", &["EUSAGE", "can only install", "in sync"], r"npm (?:ERR!|error) (?:code EUSAGE|.*`?npm ci`? can only install)", Weight::Cause, Category::Dependency)
        .quote(&[then(r"can only install|in sync|existing package-lock", 4), some(r"(?:Missing|Invalid): ", 14, 2)]).hint("package-lock.json is missing or not in line with package.json: run npm install and commit the lock file."),
    rule("npm", &["EBADENGINE", "Unsupported engine", "is incompatible with this module"], r"(?:npm (?:ERR!|error) (?:code )?(?:EBADENGINE|ENOTSUP)|The engine \S+ is incompatible with this module|ERR_PNPM_UNSUPPORTED_ENGINE)", Weight::Cause, Category::Config)
        .quote(&[some(r"(?i)(?:required|expected version|not compatible|Got)", 6, 2)]).hint("Take a Node.js version that `engines` allows (runtime-versions in a buildspec, .nvmrc, or the image), or an older release of the package."),
    rule("npm", &["ECONNRE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "ERR_SOCKET"], r"(?:npm (?:ERR!|error) (?:code )?|error )(?:ECONNRE\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ERR_SOCKET_TIMEOUT)", Weight::Cause, Category::Infrastructure)
        .quote(&[some(r"(?i)(?:request to|network|getaddrinfo|connect )", 6, 2)]).hint("Retry once; if it stays so, check the way out of the network: proxy, NAT, DNS, VPC endpoints."),
    rule("npm", &["Missing script", "missing script", "Couldn't find a script", "Command \"", "NO_SCRIPT", "ERR_PNPM"], r#"(?:[Mm]issing script:? "?(?P<script>[\w:.-]+)|Couldn't find a script named "(?P<yarn>[^"]+)|^error Command "(?P<command>[^"]+)" not found|Command "(?P<pnpm>[^"]+)" not found)"#, Weight::Cause, Category::Config)
        .hint("Add a script `{script}` to package.json, or run one of those that it has."),
    rule("npm", &["EJSONPARSE", "JSON.parse", "Failed to parse json", "JSONParse"], r"npm (?:ERR!|error) (?:code EJSONPARSE|.*Failed to parse json|JSON\.parse)", Weight::Cause, Category::Config)
        .quote(&[some(r"(?:path|JSON\.parse|Unexpected|Expected|Failed to parse)", 6, 3)]),
    rule("npm", &["EACCES", "EPERM", "EROFS"], r"npm (?:ERR!|error) (?:code )?(?:EACCES|EPERM|EROFS)", Weight::Cause, Category::Permission).quote(&[then(r"path ", 4)]),
    rule("npm", &["ENOSPC"], r"ENOSPC", Weight::Final, Category::Infrastructure).hint("The disk is full: take a bigger build environment or clean up before."),
    rule("npm", &["npm ERR! code", "npm error code"], r"npm (?:ERR!|error) code (?:E\w+)", Weight::Tool, Category::Dependency).unless("ELIFECYCLE")
        .quote(&[some(r"npm (?:ERR!|error) .*\s\w+\s.*\w", 5, 3)]),
    rule("npm", &["ELIFECYCLE", "Failed at the", "command failed", "npm ERR!", "npm error"], r"^npm (?:ERR!|error) (?:code ELIFECYCLE|Failed at the (?:.*) script|Test failed|command failed|Lifecycle script)", Weight::Envelope, Category::Unknown),
    rule("npm", &["npm ERR!", "npm error"], r"^npm (?:ERR!|error) \S", Weight::Generic, Category::Dependency)
        .unless(r"npm (?:ERR!|error) (?:A complete log|\s|code ELIFECYCLE|errno|Exit status|Failed at|This is probably|Test failed|command |Lifecycle|    |in workspace|at location|path |workspace |network This|signal|syscall|Debug|Node|node|npm |argv|System|Linux|cwd|If you|File|\S+@\S+ \w+: `)"),
    rule("yarn", &["YN"], r"\S+ YN(?:00(?:01|16|20|21|27|28|35|41|78|82|90|91)): (?:.{1,4} )?(?:.*(?:[Ee]rror|would have been|explicitly forbidden|not found|No candidates|Couldn't|doesn't|[Ff]ailed|Invalid|not supported).*)", Weight::Cause, Category::Dependency)
        .unless("YN0000"),
    rule("yarn", &["error An unexpected error"], r"^error An unexpected error occurred: .*(?:E(?:SOCKET)?TIMEDOUT|ECONNRESET|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|socket hang up|tunneling socket|Request failed .(?:5\d\d|429))", Weight::Cause, Category::Infrastructure).hint("Retry once; if it stays so, check the way out of the network: proxy, NAT, DNS, VPC endpoints."),
    rule("yarn", &["error An unexpected error", "error Couldn't find", "error Received", "error Your lockfile", "error No lockfile", "error Package", "error https", "error Found incompatible", "error Invalid", "error Incorrect", "error Can't"], r"^error (?:(?:An unexpected error occurred: |Couldn't find (?:any|package)|Received (?:malformed|invalid)|Your lockfile needs|No lockfile|Package |https?:|Found incompatible|Invalid|Incorrect|Can't).*)", Weight::Cause, Category::Dependency),
    rule("yarn", &["YN00"], r"^\S+ YN(?:00\d\d): (?:.{1,4} )?(?:\w.*)", Weight::Generic, Category::Unknown).unless(r"YN00(?:00|02|04|05|06|07|08|13|19|32|60|61|62|65|68|85|86):"),
    rule("yarn", &["error Command failed with exit code"], r"^error Command failed with exit code", Weight::Envelope, Category::Unknown),
    // The newer pnpm puts the code on a line of its own and says why below.
    rule("pnpm", &["ERR_PNPM_"], r"^(?:Error: )?ERR_PNPM_\w+$", Weight::Cause, Category::Dependency).unless(r"RECURSIVE")
        .quote(&[some(r"(?:Failed to \w+ \S|GET http\S+|is not in the npm registry|\w+ \w+ \w+ \w+)", 9, 4)]).until(r"^\s*$.^|^\[|^##"),
    rule("pnpm", &["ERR_PNPM_"], r"ERR_PNPM_(?:[A-Z_]+)\S*\s+(?:.+)", Weight::Cause, Category::Dependency)
        .unless(r"ERR_PNPM_RECURSIVE_RUN|ERR_PNPM_RECURSIVE_EXEC"),
    rule("pnpm", &["ELIFECYCLE", "ERR_PNPM_RECURSIVE"], r"(?:ELIFECYCLE|ERR_PNPM_RECURSIVE)", Weight::Envelope, Category::Unknown),
    rule("node", &["Cannot find module", "Cannot find package", "ERR_MODULE_NOT_FOUND"], r"^\s*(?:Uncaught )?(?:Error|Error \[ERR_MODULE_NOT_FOUND\])(?: \[\w+\])?: Cannot find (?:module|package) '(?P<module>[^']+)'", Weight::Cause, Category::Dependency)
        .quote(&[some(r"^(?:- |\s+at .*\((?:/|file:)(?:[^n]|n[^o]|no[^d])*:\d+)", 8, 1)])
        .hint("Module {module} cannot be found: it is not installed (missing from package.json, or installed without its group), or the path is wrong."),
    rule("node", &["FATAL ERROR", "heap out of memory"], r"(?:FATAL ERROR: .*(?:heap|memory|Allocation)|JavaScript heap out of memory)", Weight::Final, Category::Infrastructure)
        .hint("Node.js ran out of heap: raise --max-old-space-size (NODE_OPTIONS) within the memory of the build environment, or take a larger one."),
    rule("node", &["ERR_OSSL_EVP_UNSUPPORTED", "digital envelope routines"], r"(?:ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported)", Weight::Cause, Category::Config)
        .hint("An old webpack uses a hash that OpenSSL 3 lacks: update it, pin Node.js 16, or set NODE_OPTIONS=--openssl-legacy-provider."),
    rule("node", &["UnhandledPromiseRejection", "ERR_UNHANDLED_REJECTION"], r"UnhandledPromiseRejection|ERR_UNHANDLED_REJECTION", Weight::Tool, Category::Test).unless(r"Warning"),
    rule("node", &["Error:", "Error [", "Exception:"], r"^(?:Uncaught )?(?:(?:Syntax|Type|Reference|Range|URI|Eval|Aggregate|Invariant\w*|Assertion)Error)(?: \[\w+\])?: (?:.+)", Weight::Cause, Category::Compile)
        .quote(&[before(r"^(?:file://|/|[A-Za-z]:\\|\.{0,2}/)?\S+\.[cm]?[jt]sx?:\d+", 6), then(r"^\s+at .*\.[cm]?[jt]sx?:\d+", 4)])
        .when(r"^\s+at |^Node\.js v", 8),
    rule("node", &["Bad response", "throw err"], r"^\s*throw (?:err|error|new \w+|er|e|ex)\b.*", Weight::Generic, Category::Unknown).quote(&[lead(r"^\S.*\w", 5)]),
    // An install counts vulnerabilities too, and fails for none of them: only a report is a failure.
    rule("npm audit", &["# npm audit report", "found - Packages audited"], r"^# npm audit report|^\d+ vulnerabilit(?:y|ies) found - Packages audited", Weight::Cause, Category::Lint)
        .quote(&[some(r"^Severity: |^\S+  [<>=*]|^\S+ +\d\S* +- +\d", 14, 3)])
        .hint("Update the packages that the report names (`npm audit fix` where it can), or raise --audit-level if the build shall not fail for these."),
    rule("node-gyp", &["gyp ERR!"], r"gyp ERR! (?:stack )?(?P<why>(?:Error: )?(?:find Python .*|Could not find any Python.*|not found: make.*|not found: python.*|.*find VS .*))", Weight::Cause, Category::Config).hint("Install Python 3, make and a C++ compiler before npm install, or use a version of the module with prebuilt binaries."),
    rule("node-gyp", &["gyp ERR!"], r"gyp ERR! (?:stack )?(?P<why>(?:Error: )?(?:not found: make|Could not find any Python|find Python|`make` failed|.*Could not find.*|build error).*)", Weight::Tool, Category::Compile).hint("Install a compiler, make and Python in the image, or use a version of the package with prebuilt binaries."),
    rule("bun", &["error: Cannot find "], r"^error: Cannot find (?:package|module) '(?P<module>[^']+)'", Weight::Cause, Category::Dependency).hint("Module {module} is not installed or its path is wrong: add it to package.json, or correct the import."),
    rule("deno", &["Requires "], r"(?:NotCapable|PermissionDenied): (?P<why>Requires \w+ access.*)", Weight::Cause, Category::Permission).hint("Pass the permission on the command line of deno (--allow-read, --allow-net and the like)."),
    rule("node", &["[ERR_ASSERTION]"], r"AssertionError \[ERR_ASSERTION\]: (?:.+)", Weight::Cause, Category::Test).quote(&[then(r"^\S.* !==? \S", 3), then(r"^\s+at .*[/\\][^/\\]+\.[cm]?[jt]s:\d+", 6)]),
];
