//! Terraform, kubectl, Helm, Ansible, Packer, Pulumi.
//!
//! General because Terraform draws every diagnostic alike, and kubectl prefixes the API servers own reasons.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, rule, some, then};

/// What infrastructure tools say.
pub(super) const RULES: &[Rule] = &[
    rule("terraform", &["timeout while waiting for"], r"(?P<why>timeout while waiting for (?:state to become|resource|plugin|\w+ to) .*)", Weight::Cause, Category::Timeout)
        .hint("See in the console why the resource never became ready; raise its timeout only if it merely needs longer."),
    rule("terraform", &["Error: "], r"^\s*(?:\W{0,4}\s?)?Error: (?:.*(?:AccessDenied|not authorized|UnauthorizedOperation|[Aa]ccess [Dd]enied|No valid credential|StatusCode: 403).*)", Weight::Cause, Category::Permission)
        .quote(&[some(r"^\s*(?:with \S|on \S+\.tf line \d+)", 4, 2)]),
    rule("terraform", &["Error: "], r"^\s*(?:\W{0,4}\s?)?Error: (?:(?:Unsupported|Invalid|Missing|Reference to undeclared|Duplicate|Argument|Inconsistent|Incorrect|No value for required|Unknown|Variables not allowed|Unexpected|Extra characters|Output refers|Module not (?:installed|found)|Unreadable module|Cycle|Inappropriate|Required plugins|Backend (?:initialization|configuration)|Insufficient \S+ blocks|Conflicting|expected |Attribute|Failed to (?:get|read|open)|error configuring).*)", Weight::Cause, Category::Config)
        .quote(&[then(r"on \S+\.tf.* line \d+", 4), some(r"^[^\s\d:-]\S+ \S+ \S+", 12, 2)]).until(r"^\s*(?:\W\s*)?Error: |^\u2575"),
    rule("terraform", &["Error: Failed to query", "Error: Failed to install", "Could not retrieve the list", "registry.terraform.io"], r"Error: Failed to (?:query available provider|install provider)|Could not retrieve the list of available versions", Weight::Cause, Category::Dependency).quote(&[some(r"\w+ \w+ \w+", 4, 2)]),
    rule("terraform", &["Error acquiring the state lock"], r"Error acquiring the state lock", Weight::Cause, Category::Infrastructure).quote(&[some(r"(?:Who|Created|ID): ", 12, 3)]).hint("Another run holds the state lock: wait for it, or force-unlock if it is dead."),
    rule("terraform", &["Error: "], r"^\s*(?:\W{0,4}\s?)?Error: (?:(?:[a-z]+ing (?:\w+ ){1,6}|creating|reading|updating|deleting|waiting|error |.*\b(?:operation error|api error|RequestID|StatusCode)).*)", Weight::Cause, Category::Deploy)
        .quote(&[some(r"^\s*(?:with \S|on \S+\.tf line \d+)", 5, 2)]),
    rule("kubectl", &["is forbidden: User"], r#"is forbidden: User "(?P<who>[^"]+)" cannot (?P<verb>\w+) resource "(?P<what>[^"]+)""#, Weight::Cause, Category::Permission)
        .hint("{who} may not {verb} {what}: allow it in a Role (or ClusterRole) and bind it to that user."),
    rule("kubectl", &["Error from server", "error: You must be logged in", "forbidden: User", "Unauthorized"], r"(?:Error from server \(Forbidden\)|forbidden: User|You must be logged in to the server|error: .*Unauthorized|the server has asked for the client to provide credentials)", Weight::Cause, Category::Permission)
        .hint("The cluster does not know the caller: map its IAM role (access entry or aws-auth) and run update-kubeconfig with it."),
    rule("kubectl", &["ImagePullBackOff", "ErrImagePull"], r"(?:ImagePullBackOff|ErrImagePull)", Weight::Cause, Category::Dependency).hint("A pod's image cannot be pulled: check the tag and the node's rights to the registry."),
    rule("kubectl", &["CrashLoopBackOff", "OOMKilled"], r"(?:CrashLoopBackOff|OOMKilled)", Weight::Cause, Category::Deploy).hint("A pod keeps crashing; its previous log (kubectl logs -p) has the reason."),
    rule("kubectl", &["exceeded its progress deadline", "timed out waiting for the condition", "progress deadline"], r"(?:exceeded its progress deadline|timed out waiting for the condition)", Weight::Cause, Category::Timeout).hint("The rollout did not become ready in time: look at the pods' events."),
    rule("kubectl", &["The connection to the server", "Unable to connect to the server"], r"(?:The connection to the server .* was refused|Unable to connect to the server)(?:: (?P<why>.*))?", Weight::Cause, Category::Infrastructure).hint("The cluster's API cannot be reached: check the kubeconfig, endpoint access and network."),
    rule("kubectl", &["error validating", "unable to recognize", "no matches for kind", "error parsing", "ensure CRDs", "is invalid:"], r"(?:error validating|unable to recognize|no matches for kind|error: error parsing|The \w+ .* is invalid:)", Weight::Cause, Category::Config),
    rule("kubectl", &["Error from server"], r"Error from server(?: \((?:\w+)\))?: (?:.+)", Weight::Cause, Category::Deploy),
    rule("helm", &["context deadline exceeded"], r"^Error: .*(?:UPGRADE|INSTALLATION) FAILED: .*context deadline exceeded", Weight::Cause, Category::Timeout).hint("The release did not become ready within Helm's --timeout: look at its pods."),
    rule("checkov", &["FAILED for resource: "], r"^\s*FAILED for resource: (?:\S+)", Weight::Cause, Category::Lint).quote(&[before(r"^\s*Check: (?:\S+)", 2), then(r"^\s*File: ", 2)]),
    rule("tflint", &["Error: ", "Warning: "], r"^(?:Error|Warning): (?:.+) \((?:(?:terraform|aws|azurerm|google)_[a-z0-9_]+)\)$", Weight::Cause, Category::Lint),
    rule("helm", &["Error: "], r"^Error: .*?(?:(?:template: \S+:\d+|YAML parse error|parse error at|nil pointer evaluating|execution error at|values don't meet|error converting YAML).*)", Weight::Cause, Category::Config),
    rule("helm", &["Error: "], r"^Error: (?:(?:UPGRADE FAILED|INSTALLATION FAILED|release|template|chart|values|YAML parse|failed to (?:download|parse)|render|parse error|rendered manifests|execution error|unable to build kubernetes|cannot re-use|repo|no repository|Kubernetes cluster unreachable).*)", Weight::Cause, Category::Deploy),
    rule("ansible", &["fatal: ["], r"^fatal: \[(?:[^\]]+)\]: (?:FAILED!|UNREACHABLE!) => (?:.*)", Weight::Cause, Category::Deploy).quote(&[before(r"^TASK \[", 60)]),
    rule("ansible", &["ERROR! "], r"^ERROR! (?:.+)", Weight::Cause, Category::Config),
    rule("pulumi", &["error: "], r"^\s+error: (?:(?:\d+ error|deleting|creating|Preview failed|update failed).*)", Weight::Tool, Category::Deploy),
    rule("packer", &["==> "], r"^==> \S+: (?:(?:Error|.*\bfailed\b).*)", Weight::Tool, Category::Deploy),
    rule("terraform", &["condition failed", "Invalid value for variable"], r"Error: (?:(?:Resource (?:pre|post)condition failed|Module output value precondition failed|Invalid value for variable))", Weight::Cause, Category::Config).quote(&[some(r"^[A-Z].*\.$", 14, 2), then(r"on \S+\.tf.* line \d+", 4)]).until(r"^\xE2\x95\xB5"),
    // klog, with which all of Kubernetes writes: a letter, the day, the time, the file; then words.
    rule("kubernetes", &["] \"command failed\" err="], r#"^[EF]\d{4} .*\] "command failed" err="(?:.+?)"?$"#, Weight::Tool, Category::Config),
    rule("kubernetes", &["] \""], r#"^[EF]\d{4} \d\d:\d\d:\d\d.*\] "(?:[^"]+)" err="(?:.+?)"?$"#, Weight::Generic, Category::Unknown),
    rule("ansible", &["couldn't resolve module/action", "conflicting action statements"], r"^(?:\[ERROR\]: |ERROR! )?(?:(?:couldn't resolve module/action|conflicting action statements).*?)(?:\. |$)", Weight::Cause, Category::Config),
];
