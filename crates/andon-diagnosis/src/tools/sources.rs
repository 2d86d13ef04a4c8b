//! Git, SSH, downloads, package archives, networks.
//!
//! General because git and ssh print `fatal:` and reasons in fixed words, curl its numbered codes, apt `E:` lines.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, some, then};

/// What fetching says.
pub(super) const RULES: &[Rule] = &[
    rule("git", &["fatal: ", "remote: ", "could not read Username", "Authentication failed"], r"(?:fatal: (?:could not read (?:Username|Password)|Authentication failed)|remote: (?:Invalid username|Permission|HTTP Basic: Access denied|Support for password)|ERROR: Permission to \S+ denied)(?P<why>.*)", Weight::Cause, Category::Permission)
        .quote(&[then(r"^fatal: ", 3)]).hint("Git was refused: give the build credentials for that repository (a connection, token or deploy key)."),
    rule("ssh", &["Permission denied (publickey", "Permission denied, please", "Host key verification failed", "Too many authentication failures"], r"(?:Permission denied \((?:publickey|password|keyboard)|Host key verification failed|Too many authentication failures|Permission denied, please try again)", Weight::Cause, Category::Permission)
        .quote(&[then(r"^fatal: ", 3)]).hint("The SSH login failed: the key is missing or not accepted, or the host is not in known_hosts."),
    rule("ssh", &["ssh: ", "Load key", "Identity file"], r"^(?:ssh: (?:Could not resolve hostname (?P<host>\S+?):|connect to host (?P<h2>\S+)))", Weight::Cause, Category::Infrastructure).quote(&[then(r"^fatal: ", 4)]).hint("SSH cannot reach the host {host}: check its name and the network."),
    rule("git", &["fatal: unable to access", "Could not resolve host"], r"(?:fatal: unable to access '(?P<url>[^']+)'|Could not resolve host:? (?P<host>\S+))", Weight::Cause, Category::Infrastructure)
        .unless(r"error: 40[13]").hint("{url} cannot be reached from the build: check the network (VPC, NAT, DNS), a proxy, or whether the service is up."),
    rule("git", &["fatal: repository", "Repository not found", "does not appear to be a git repository", "not a git repository", "does not exist"], r"(?:fatal: (?:[Rr]epository .*(?:not found|does not exist)|not a git repository.*|'.*' does not appear to be a git repository|.*Repository not found.*)|remote: Repository not found|ERROR: Repository not found)", Weight::Cause, Category::Source),
    rule("git", &["pathspec", "couldn't find remote ref", "ouldn't find remote ref", "unknown revision", "not our ref", "reference is not a tree", "Remote branch", "ambiguous argument", "bad object", "src refspec"], r"(?:error: pathspec '(?P<what>[^']+)' did not match|couldn't find remote ref (?P<ref>\S+)|fatal: (?:bad (?:revision|object)|ambiguous argument|reference is not a tree|Remote branch (?P<branch>\S+) not found|.*not our ref|Needed a single revision)|error: src refspec (?P<spec>\S+) does not match)", Weight::Cause, Category::Source)
        .hint("Fetch the branch, tag or commit first (a shallow clone has only the newest: fetch-depth: 0, or git fetch --unshallow), or correct its name."),
    rule("git", &["unadvertised object", "Direct fetching of that commit failed"], r"(?P<why>Server does not allow request for unadvertised object \w+|Fetched in submodule path .*)", Weight::Cause, Category::Source)
        .quote(&[then(r"Fetched in submodule path", 3)]).hint("Push the submodule's commit, or point the parent repository to one that exists: a force push may have dropped it."),
    rule("github", &["Resource not accessible by"], r"Resource not accessible by (?:integration|personal access token)", Weight::Cause, Category::Permission).hint("The token may not do that: give the workflow or the token the permission (permissions: in the workflow)."),
    rule("git", &["CONFLICT (", "Automatic merge failed", "would be overwritten by", "non-fast-forward", "[rejected]", "protected branch"], r"(?:^CONFLICT \(.*|Automatic merge failed|would be overwritten by (?:merge|checkout)|!\s\[(?:remote )?rejected\].*|non-fast-forward|protected branch hook declined)", Weight::Cause, Category::Source).hint("Merge or rebase the branch by hand, and push it again."),
    rule("git", &["submodule"], r"(?:fatal: .*submodule.*|fatal: clone of '(?:[^']+)' into submodule path .* failed)", Weight::Tool, Category::Source),
    rule("git-lfs", &["LFS", "smudge"], r"(?:batch response: .*(?:quota|limit|budget)|This repository is over its data quota)", Weight::Cause, Category::Quota),
    rule("git", &["fatal: "], r"^fatal: (?:.+)", Weight::Tool, Category::Source).unless(r"^fatal: (?:early EOF|fetch-pack|the remote end hung|No url found)"),
    rule("git", &["RPC failed", "the remote end hung up", "early EOF"], r"(?:RPC failed|the remote end hung up|early EOF)", Weight::Tool, Category::Infrastructure).hint("The transfer from the git server broke off: run it again; for big repositories clone with less depth."),
    rule("patch", &["error: patch failed", "Hunk #"], r"(?:^error: patch failed|Hunk #\d+ FAILED)", Weight::Cause, Category::Source),
    rule("curl", &["curl: ("], r"curl: \((?P<code>6|7|28|35|52|55|56|92)\) (?P<why>.+)", Weight::Cause, Category::Infrastructure).hint("Retry once; if it stays so, check the way out of the network: proxy, NAT, DNS, VPC endpoints."),
    rule("curl", &["curl: ("], r"curl: \((?P<code>\d+)\) (?:The requested URL returned error: (?P<status>40[13])\b)", Weight::Cause, Category::Permission).hint("The server refuses the download with status {status}."),
    rule("curl", &["curl: ("], r"curl: \((?:\d+)\) (?:.+)", Weight::Cause, Category::Dependency),
    rule("wget", &["wget: "], r"^wget: (?P<why>unable to resolve host address .*|can't connect .*|bad address .*)", Weight::Cause, Category::Infrastructure).hint("Retry once; if it stays so, check the way out of the network: proxy, NAT, DNS, VPC endpoints."),
    rule("wget", &["wget: ", "ERROR 4", "ERROR 5"], r"(?:^wget: (?:.+)|ERROR (?:[45]\d\d): (?:.+))", Weight::Cause, Category::Dependency),
    rule("network", &["Connection refused", "connection refused", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENOTFOUND", "no such host", "Temporary failure in name resolution", "Name or service not known", "Network is unreachable", "No route to host", "i/o timeout", "TLS handshake timeout", "Connection reset by peer", "Connection timed out", "Temporary failure resolving", "attempts to connect to"],
        r"(?:[Cc]onnection refused|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|no such host|Temporary failure (?:in name resolution|resolving '(?P<host>[^']+)')|Name or service not known|Network is unreachable|No route to host|i/o timeout|TLS handshake timeout|Connection reset by peer|Connection timed out|attempts to connect to \S+ failed)", Weight::Tool, Category::Infrastructure)
        .unless(r"(?i)(?:^warn|^W:|will retry|retrying|✓)").hint("Check that the other side runs and listens, and that security groups, subnets, host and port let this step reach it."),
    rule("network", &["503 Service", "502 Bad Gateway", "504 Gateway", "500 Internal Server", "Service Unavailable"], r"(?:\b50[0234] (?:Service|Bad Gateway|Gateway|Internal Server)|Service Unavailable)", Weight::Tool, Category::Infrastructure).unless(r"(?i)(?:test|expect|✓)"),
    rule("network", &["certificate", "CERTIFICATE", "SSL"], r"(?i)(?:certificate (?:verify failed|has expired|signed by unknown|problem|is not trusted|verification failed)|self[- ]signed certificate|unable to get local issuer|x509: )", Weight::Cause, Category::Infrastructure).hint("Add the authority to the trust store of the image, or renew the certificate of the server."),
    rule("network", &["429", "Too Many Requests", "rate limit", "Rate limit", "RATELIMIT"], r"(?i)(?:429:? Too Many Requests|\b429\b.*(?:error|status)|(?:status|code|error)\W{1,3}429\b|rate limit (?:exceeded|reached)|API rate limit)", Weight::Cause, Category::Quota).unless(r"(?i)(?:test|expect|✓)").hint("Send a token with the requests (limits are higher for users who are known), cache what is fetched, and retry with a growing pause."),
    rule("apt", &["E: "], r"^E: (?P<why>Unable to locate package (?P<package>\S+)|Version '.*' for '.*' was not found|Package '(?P<p2>[^']+)' has no installation candidate|Couldn't find any package.*)", Weight::Cause, Category::Dependency)
        .hint("apt does not know that package: run apt-get update first, or check the name for the image's distribution ({why})."),
    rule("apt", &["E: "], r"^E: (?P<why>Could not (?:open lock|get lock)|Unable to (?:acquire|lock)|Could not open)", Weight::Cause, Category::Permission).quote(&[then(r"are you root", 2)]).hint("apt needs root, or another process holds its lock."),
    rule("apt", &["E: "], r"^E: (?:(?:Failed to fetch|Unable to fetch|The repository|Some index).*)", Weight::Cause, Category::Infrastructure),
    rule("apt", &["E: "], r"^E: (?:.+)", Weight::Tool, Category::Dependency),
    rule("yum", &["No package", "Unable to find a match", "No match for argument", "Nothing to do"], r"(?:Error: Unable to find a match: (?:.+)|No package (?:\S+) available|No match for argument: (?:\S+))", Weight::Cause, Category::Dependency),
    rule("apk", &["ERROR: unable to select packages", "(no such package)"], r"(?:ERROR: unable to select packages|\(no such package\))", Weight::Cause, Category::Dependency).quote(&[some(r"\(no such package\)|required by", 4, 2)]),
    rule("gpg", &["NO_PUBKEY", "gpg: "], r"(?:NO_PUBKEY|gpg: (?:keyserver|no valid|signing failed|decryption failed).*)", Weight::Tool, Category::Config),
    rule("git", &["is not a git command"], r"^git: '(?P<what>[^']+)' is not a git command", Weight::Cause, Category::Config).hint("git has no command {what} in this image: install what brings it (git-lfs, for example)."),
];
