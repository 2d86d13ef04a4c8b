//! `CloudFormation` and what drives it: stack events, CDK, SAM, templates.
//!
//! General because all drivers print the resource states of the service itself, and the reason that the resource handler gave;
//! resources that were only cancelled by the first failure say so in fixed words.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

const CANCELLED: &str =
    r"(?i)(?:cancell?ed|The following resource\(s\) failed|Resource creation cancelled|resource update cancelled)";

/// Stack events and the tools that deploy stacks.
pub(super) const RULES: &[Rule] = &[
    rule("cloudformation", &["Circular dependency between"], r"(?P<why>Circular dependency between resources: \[[^\]]*\]?)", Weight::Cause, Category::Config).hint("{why}: break the circle, for example by a resource of its own for what joins them."),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED.*(?:[Nn]ot authorized|AccessDenied|[Aa]ccess denied|does not exist or is not allowed|Forbidden|UnauthorizedTaggingOperation|is not permitted|cannot assume|Cannot assume|not allowed to be used|does not have permission)", Weight::Cause, Category::Permission).unless(CANCELLED),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED.*(?:[Ll]imit ?[Ee]xceeded|[Qq]uota|[Ll]imit has been reached|[Tt]oo [Mm]any|maximum number|not eligible for [Ff]ree [Tt]ier|InsufficientInstanceCapacity|vCPU capacity|has been reached)", Weight::Cause, Category::Quota).unless(CANCELLED),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED.*(?:[Tt]imed? ?out|[Ee]xceeded attempts to wait|did not stabilize|NotStabilized|failed to receive \d+ resource signal)", Weight::Cause, Category::Timeout).unless(CANCELLED),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED.*(?:[Ii]nvalid|[Mm]ust (?:be|have|contain|match|specify)|not valid|is required|[Mm]alformed|required key|extraneous key|does not match|[Vv]alidation|[Uu]nsupported|not supported|cannot be (?:empty|null)|already exists|AlreadyExists|not found|does not exist|Property )", Weight::Cause, Category::Config).unless(CANCELLED),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED\W*\|?\s*(?:AWS|Custom|Alexa)::[\w:]+\s*\|?\s*\S+\s*$", Weight::Cause, Category::Unknown)
        .quote(&[then(r"\S", 2)]),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED: (?:\S+) \((?:(?:AWS|Custom|Alexa)::[\w:]+)\)\s*$", Weight::Cause, Category::Unknown)
        .quote(&[then(r"\S", 2)]),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED", Weight::Cause, Category::Unknown).unless(CANCELLED)
        .quote(&[some(r#"(?:^\s{30,}\S|Resource handler returned|"ResourceStatusReason")"#, 4, 3), before(r#""ResourceStatusReason""#, 4)]).until(r"^\s*(?:CREATE|UPDATE|DELETE|ROLLBACK|-----)"),
    rule("cloudformation", &["_FAILED"], r"(?:CREATE|UPDATE|DELETE)_FAILED", Weight::Summary, Category::Deploy),
    rule("cloudformation", &["Resource handler returned message"], r#"Resource handler returned message: "?(?:[^"]+)"#, Weight::Tool, Category::Deploy),
    rule("cloudformation", &["Embedded stack", "embedded stack"], r"(?i)embedded stack \S+ was not successfully", Weight::Summary, Category::Deploy),
    rule("cloudformation", &["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "ROLLBACK_IN_PROGRESS state"], r"(?:is in (?P<state>\w*(?:ROLLBACK|FAILED|PROGRESS)\w*) state and can ?not be updated)", Weight::Cause, Category::Deploy)
        .hint("The stack is in {state}: delete it (after a failed creation) or continue its roll-back before deploying again."),
    rule("cloudformation", &["Template format error", "Template error", "Template validation error", "Unresolved resource dependencies", "Invalid template", "Unrecognized resource types", "template is not valid"],
        r"(?:Template (?:format|validation)? ?error:? ?(?:.*)|Unresolved resource dependencies|Invalid template|Unrecognized resource types|Template is not valid)", Weight::Cause, Category::Config),
    rule("cloudformation", &["InsufficientCapabilities", "Requires capabilities"], r"(?:InsufficientCapabilities|Requires capabilities).*?(?P<what>CAPABILITY_\w+)", Weight::Cause, Category::Config)
        .hint("Pass {what} as `--capabilities`; in a CodePipeline action, as its Capabilities."),
    rule("cloudformation", &["Parameters: ["], r"Parameters: \[(?P<names>[^\]]+)\] (?:must have values|do not exist in the template)", Weight::Cause, Category::Config)
        .hint("Parameters {names} of the template and those that are passed do not agree."),
    rule("cloudformation", &["Failed to create/update the stack", "Failed to create the changeset", "Failed to create changeset"], r"Failed to create(?:/update)? the (?:stack|changeset)(?:.*Reason: (?P<why>.*))?", Weight::Tool, Category::Deploy)
        .quote(&[then(r"^\s*aws cloudformation describe-stack-events", 3)])
        .hint("Look in the stack's events for the first resource that failed; later ones are only cancelled."),
    rule("cloudformation", &["No changes to deploy", "No updates are to be performed"], r"(?:No changes to deploy|No updates are to be performed)", Weight::Tool, Category::Deploy)
        .hint("There was nothing to deploy; pass --no-fail-on-empty-changeset if that is no failure."),
    rule("sam", &["Unable to upload artifact"], r"Unable to upload artifact (?P<path>\S+) referenced by", Weight::Cause, Category::Config)
        .quote(&[some(r"(?:Parameter \w+ of resource|that does not exist|does not exist)", 4, 2)])
        .hint("The template refers to {path}, which is not there: build first (sam build) or correct the path."),
    rule("sam", &["untime is not supported", "Unsupported"], r"^Error: .*[Rr]untime is not supported", Weight::Cause, Category::Config),
    rule("sam", &["Build Failed", "Error: "], r"^(?:Build Failed|Error: (?:.*(?:Builder:|BuilderError|Workflow|Runtime|runtime).*))", Weight::Tool, Category::Compile).quote(&[lead(r"^Error: ", 3)]),
    rule("sam", &["Failed to parse template", "Template file not found", "SAM Template", "serverless application template", "E0000", "E0001"], r"(?:Failed to parse template|Template file not found|Error: \[InvalidResourceException|InvalidSamDocumentException|invalid SAM Template)", Weight::Cause, Category::Config),
    rule("sam", &["[InvalidResourceException", "InvalidSamDocument", "InvalidTemplateException"], r"\[?(?:InvalidResourceException|InvalidSamDocumentException|InvalidTemplateException)\b(?:.*)", Weight::Cause, Category::Config)
        .quote(&[some(r"Resource with id|is invalid", 3, 2)]),
    rule("cfn-lint", &["E0", "E1", "E2", "E3", "E6", "E7", "E8"], r"^(?:E[0-36-8]\d{3}) (?:.+)", Weight::Cause, Category::Lint).unless(r"^E\d{4} \d\d:\d\d:\d\d")
        .quote(&[then(r"^\S+\.(?:ya?ml|json|template):\d+:\d+", 3)]),
    rule("cdk", &["Subprocess exited with error", "cdk.out", "--app is required"], r"(?:Subprocess exited with error|--app is required|Cannot find cdk\.out)", Weight::Summary, Category::Config),
    rule("cdk", &["has not been bootstrapped", "cdk bootstrap", "bootstrap stack version"], r"(?:has not been bootstrapped|run 'cdk bootstrap|bootstrap stack version '\d+', found)", Weight::Cause, Category::Config)
        .hint("The target environment lacks the (current) CDK bootstrap stack: run cdk bootstrap for that account and region."),
    rule("cdk", &["Need to perform AWS calls", "Unable to resolve AWS account"], r"(?:Need to perform AWS calls for account|Unable to resolve AWS account)", Weight::Cause, Category::Permission)
        .hint("CDK found no credentials for the target account: let the build's role assume the bootstrap roles."),
    rule("cdk", &["\u{274c}"], "\u{274c}\\s+\\S+.* failed:? (?:.*)", Weight::Tool, Category::Deploy),
    rule("cdk", &["ValidationError:", "Error: Cannot", "is not assignable"], r"^(?:\s*)(?:ValidationError|Error): (?:.*(?:[Cc]onstruct|\[ack|[Cc]dk|synth).*)", Weight::Tool, Category::Config),
    rule("serverless", &["Error:", "Serverless Error", "ServerlessError"], r"^(?:Serverless ?Error|ServerlessError)", Weight::Tool, Category::Deploy).quote(&[then(r"\w", 4)]),
];
