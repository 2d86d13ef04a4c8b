//! AWS as its command line and SDKs speak: denials, limits, missing things, credentials.
//!
//! General because every SDK prints the error code of the service and the same sentence for a denial (made by IAM, not by the tool).

use super::super::Category;
use super::super::rule::{Rule, Weight, before, rule, some};

/// What AWS services and SDKs say.
pub(super) const RULES: &[Rule] = &[
    // IAM says which policy decides: one that denies, or one that would have to allow and does not.
    rule("aws", &["with an explicit deny"], r"(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+).*with an explicit deny in an? service control policy", Weight::Cause, Category::Permission)
        .hint("A service control policy of the organization denies {action}, so an allow in the role's own policy changes nothing: have {who?the caller} exempted there."),
    rule("aws", &["with an explicit deny"], r"(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+).*with an explicit deny in an? permissions boundary", Weight::Cause, Category::Permission)
        .hint("Remove the deny of {action} from the permissions boundary of {who?the caller}; its own policies cannot lift it."),
    rule("aws", &["with an explicit deny"], r"(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+).*with an explicit deny(?: in an? (?P<policy>[\w -]+policy))?", Weight::Cause, Category::Permission)
        .hint("Find the statement with \"Effect\": \"Deny\" for {action} in the {policy?policies that apply to the caller} and narrow it: adding an allow does not help."),
    rule("aws", &["because no service control policy allows"], r"(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+).*because no service control policy allows", Weight::Cause, Category::Permission)
        .hint("Add {action} to the service control policy of the account; the role's own policy alone is not enough."),
    rule("aws", &["because no permissions boundary allows"], r"(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+).*because no permissions boundary allows", Weight::Cause, Category::Permission)
        .hint("Add {action} to the permissions boundary of {who?the caller}, beside its own policy."),
    rule("aws", &["because no resource-based policy allows", "because no VPC endpoint policy allows", "because no session policy allows"], r#"(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+)(?: on resource:? ["'`]?(?P<resource>[^\s,;)"'`]+))?.*because no (?P<policy>resource-based|VPC endpoint|session) policy allows"#, Weight::Cause, Category::Permission)
        .hint("Let {who?the caller} do {action} in the {policy} policy of {resource?that resource}, not only in the role's own policy."),
    rule("aws", &["not authorized to perform"], r#"(?:User|Principal|Role)?:? ?(?:arn:[\w-]+:(?:sts|iam)::\d*:(?:assumed-role|user|role)/)?(?P<who>[\w+=,.@*-]+)?(?:/[\w+=,.@*-]+)? is not authorized to perform:? (?P<action>[\w*-]+:[\w*]+)(?: on resource:? ["'`]?(?P<resource>[^\s,;)"'`]+))?"#, Weight::Cause, Category::Permission)
        .hint("Add {action} on {resource?that resource} to a policy of the role {who}; if it is there already, look for a permissions boundary or a service control policy."),
    rule("aws", &["not authorized to perform"], r"not authorized to perform", Weight::Cause, Category::Permission),
    rule("aws", &["calling the"], r"An error occurred \((?P<code>AccessDenied\w*|KMSAccessDenied\w*|UnauthorizedOperation|UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch|AuthFailure|NotAuthorized\w*|Forbidden|403)\) when calling the (?P<operation>\w+) operation", Weight::Cause, Category::Permission)
        .hint("AWS refused {operation} ({code}): check the policy and the credentials that this command runs with."),
    rule("aws", &["calling the"], r"An error occurred \((?P<code>Expired\w*)\) when calling the (?P<operation>\w+) operation", Weight::Cause, Category::Permission)
        .hint("The credentials had expired when {operation} was called: take fresh ones for long builds."),
    rule("aws", &["calling the"], r"An error occurred \((?P<code>Throttling\w*|TooManyRequests\w*|RequestLimitExceeded|SlowDown|LimitExceeded\w*|\w*QuotaExceeded\w*|\w*LimitExceeded\w*)\).* when calling the (?P<operation>\w+) operation", Weight::Cause, Category::Quota)
        .hint("{operation} ran into a limit ({code}): call it less often or raise the quota."),
    rule("aws", &["calling the"], r"An error occurred \((?P<code>RequestTimeout\w*|ServiceUnavailable\w*|InternalFailure|InternalError|InternalServerError|5\d\d)\) when calling the (?P<operation>\w+) operation", Weight::Cause, Category::Infrastructure)
        .hint("{operation} failed inside AWS ({code}); retry the action before changing anything."),
    rule("aws", &["calling the"], r"An error occurred \((?P<code>ValidationError|ValidationException)\) when calling the (?P<operation>\w+) operation: (?P<why>Stack .* does not exist)", Weight::Cause, Category::Deploy)
        .hint("Check the stack's name, the account and the region of this step's credentials; the first deployment has to create it."),
    rule("aws", &["calling the"], r"An error occurred \((?:ValidationError|ValidationException|InvalidParameter\w*|MalformedPolicyDocument\w*|\w*Validation\w*|Invalid\w*|Malformed\w*|MissingParameter\w*)\) when calling the (?:\w+) operation(?: \(.*?\))?: (?:.*)", Weight::Cause, Category::Config).unless(r"state and can ?not be updated"),
    rule("aws", &["calling the"], r"An error occurred \((?:NoSuchBucket|NoSuchKey|404|\w*NotFound\w*|NoSuchEntity|\w*DoesNotExist\w*|ResourceInUse\w*|ResourceConflict\w*|\w*AlreadyExists\w*|ClusterNotActive\w*)\) when calling the (?:\w+) operation(?: \(.*?\))?: (?:.*)", Weight::Cause, Category::Config),
    rule("aws", &["calling the"], r"An error occurred \((?:\w+)\) when calling the (?:\w+) operation(?: \(.*?\))?:? ?(?:.*)", Weight::Cause, Category::Deploy),
    rule("aws", &["locate credentials", "Could not load credentials", "could not be loaded", "Missing credentials", "CredentialsError", "NoCredentialProviders", "NoCredentialsError", "CredentialsProviderError", "AWS credentials", "credential source"],
        r"(?i)(?:unable to locate credentials|could not load credentials|credentials could not be loaded|^missing credentials|CredentialsError: missing credentials|NoCredentialProviders|NoCredentialsError|CredentialsProviderError: |unable to (?:resolve|find) AWS credentials|no valid credential sources?|need to perform AWS calls.*no credentials|could not be found.*credentials)", Weight::Cause, Category::Permission)
        .quote(&[before(r"(?i)OIDC|id-token", 2)]).unless(r"^\s*(?:raise|except|throw|import|from|catch)\b")
        .hint("The command ran without AWS credentials: give it a role (the build's service role, an instance profile, OIDC) or pass them on to where it runs."),
    rule("aws", &["security token included", "token has expired", "ExpiredToken", "SSO session"], r"(?i)(?:security token included in the request is (?:invalid|expired)|ExpiredToken(?:Exception)?:|provided token has expired|sso session .*(?:expired|invalid))", Weight::Cause, Category::Permission)
        .hint("The AWS credentials are invalid or have expired: renew them, and check that no stale AWS_* variable overrides the role."),
    rule("aws", &["must specify a region", "Could not connect to the endpoint", "Missing region", "NoRegionError"], r"(?:You must specify a region|NoRegionError|Missing region in config|ConfigError: Missing region)", Weight::Cause, Category::Config)
        .hint("No AWS region is set: export AWS_DEFAULT_REGION (or pass --region) where the command runs."),
    rule("aws", &["Could not connect to the endpoint", "EndpointConnectionError", "Connect timeout on endpoint", "Read timeout on endpoint"], r#"(?:Could not connect to the endpoint URL: "(?P<url>[^"]+)"|(?:Connect|Read) timeout on endpoint URL)"#, Weight::Cause, Category::Infrastructure)
        .hint("The endpoint {url} could not be reached: check the region's name, the VPC's route and its endpoints."),
    rule("aws", &["ParamValidation", "Parameter validation failed", "Error parsing parameter", "Invalid choice", "argument operation", "following arguments are required"], r"^(?:aws: )?(?:(?:\w+\.)*ParamValidationError|Parameter validation failed:|Error parsing parameter|aws: error:|.*: error: (?:argument .*Invalid choice|the following arguments are required))", Weight::Cause, Category::Config)
        .quote(&[some(r"^(?:Missing required|Unknown parameter|Invalid (?:type|length))", 5, 2)]),
    rule("aws", &["AccessDenied", "UnauthorizedOperation", "AccessDeniedException", "Access Denied", "access denied"], r"(?:AccessDenied(?:Exception)?\b|UnauthorizedOperation|\bAccess Denied|access denied)", Weight::Tool, Category::Permission)
        .unless(r"(?i)(?:expect|assert|should|test|✓|PASS|warn)"),
    rule("aws", &["KMSAccessDenied", "KMS access was denied", "Partial credentials found"], r"(?:KMSAccessDenied\w*|KMS access was denied|Partial credentials found in env.*)", Weight::Cause, Category::Permission),
    rule("amplify", &["CustomerError: "], r"CustomerError: (?:Artifact directory doesn't exist.*|.*(?:deploy|artifact).*)", Weight::Cause, Category::Deploy),
    rule("amplify", &["CustomerError: "], r"CustomerError: (?:.+)", Weight::Cause, Category::Config),
    rule("beanstalk", &["ERROR "], r"^\s*ERROR\s+(?:Failed to deploy application\.|Instance deployment failed\..*|Engine execution has encountered an error\..*|\[Instance: .*)", Weight::Tool, Category::Deploy),
    rule("aws", &["vCPU", "maximum number of", "limit has been reached"], r"(?P<why>more vCPU capacity than your current vCPU limit of \d+|VcpuLimitExceeded|[Tt]he maximum number of [\w ]+ has been reached|account limit has been reached)", Weight::Cause, Category::Quota).hint("Ask for a higher limit in Service Quotas, or delete what is no longer used."),
    rule("aws", &["ThrottlingException", "Rate exceeded", "TooManyRequestsException", "RequestLimitExceeded"], r"^\W{0,4}Error: (?P<doing>.*?): .*(?:ThrottlingException|Throttling: |Rate exceeded|TooManyRequestsException|RequestLimitExceeded)", Weight::Cause, Category::Quota).hint("AWS throttles calls ({doing}): try again, or do fewer things at once."),
    rule("aws", &["ThrottlingException", "Rate exceeded", "TooManyRequestsException", "LimitExceededException", "ServiceQuotaExceeded", "AccountLimitExceeded"], r"(?:ThrottlingException|Rate exceeded|TooManyRequestsException|(?:Account)?LimitExceededException|ServiceQuotaExceeded\w*|AccountLimitExceeded\w*)", Weight::Tool, Category::Quota),
    rule("aws", &["upload failed:", "download failed:", "copy failed:", "delete failed:", "fatal error: An error"], r"^(?:upload|download|copy|delete|fatal error)(?: failed)?:", Weight::Tool, Category::Deploy),
];
