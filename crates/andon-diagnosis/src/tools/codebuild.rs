//! `CodeBuild`, `CodePipeline`, `CodeDeploy`: what the services say themselves.
//!
//! General because the status codes of a phase context and the words of the `CodeDeploy` agent are the services own and do not vary with the tool.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, then};

/// What the developer tools services say.
pub(super) const RULES: &[Rule] = &[
    rule("codebuild", &["YAML_FILE_ERROR"], r"YAML_FILE_ERROR:?(?: Message:)? (?:.*)", Weight::Cause, Category::Config),
    rule("codebuild", &["Decrypted Variables Error"], r"Decrypted Variables Error.*Message: (?P<why>.*)", Weight::Cause, Category::Permission)
        .hint("Correct the parameter or secret in the project's environment variables, and let the role of the project read it (ssm:GetParameters, secretsmanager:GetSecretValue, kms:Decrypt)."),
    rule("codebuild", &["Secrets Manager Error", "PARAMETER_STORE", "parameter does not exist"], r"(?:Secrets Manager Error|parameter does not exist|ParameterNotFound|ResourceNotFoundException: Secrets Manager)", Weight::Cause, Category::Config),
    rule("codebuild", &["ACCESS_DENIED", "UNAUTHORIZED_OPERATION"], r"(?:status code: |^)(?:ACCESS_DENIED|UNAUTHORIZED_OPERATION)\w*(?: Message)?: (?P<why>.*)", Weight::Cause, Category::Permission).hint("Add the missing permission to the service role of the CodeBuild project."),
    rule("codebuild", &["BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE"], r"BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE(?: Message)?:? ?(?P<why>.*)", Weight::Cause, Category::Dependency).hint("Check the name, tag and region of the build image, and that the role of the project and the repository's policy allow to pull it."),
    rule("codebuild", &["VPC_CLIENT_ERROR", "CANNOT_START_BUILD", "INTERNAL_SERVICE_ERROR", "AGENT_ERROR", "BUILD_TIMED_OUT"], r"(?:VPC_CLIENT_ERROR|CANNOT_START_BUILD|INTERNAL_SERVICE_ERROR|AGENT_ERROR)", Weight::Cause, Category::Infrastructure),
    rule("codebuild", &["BUILD_TIMED_OUT", "TIMED_OUT", "build has timed out", "Build has timed out"], r"(?:BUILD_TIMED_OUT|(?i:build has timed out)|State: TIMED_OUT|COMMAND_EXECUTION_TIMEOUT)", Weight::Final, Category::Timeout)
        .hint("The build ran into its time limit: raise timeoutInMinutes, or look at what hung in the last command."),
    rule("codebuild", &["CLIENT_ERROR"], r"CLIENT_ERROR(?: Message)?: (?P<why>.*(?i:no matching|no artifact|artifact).*)", Weight::Cause, Category::Config)
        .hint("Compare `artifacts` of the buildspec (base-directory, files) with what the build writes; the paths start at the source's root."),
    rule("codebuild", &["CLIENT_ERROR"], r"CLIENT_ERROR(?: Message)?: (?:.*(?i:authentication|access denied|permission|not authorized|authorization).*)", Weight::Cause, Category::Permission),
    rule("codebuild", &["CLIENT_ERROR"], r"CLIENT_ERROR(?: Message)?: (?P<why>.*(?i:git|clone|checkout|reference|source|remote|S3).*)", Weight::Cause, Category::Source).hint("Check location and branch of the source, and the connection or credentials of the project."),
    rule("codebuild", &["CLIENT_ERROR"], r"CLIENT_ERROR(?: Message)?: (?:.*)", Weight::Cause, Category::Config),
    rule("codebuild", &["SOURCE_PROVIDER", "GIT_CLONE_FAILED", "INVALID_INPUT"], r"(?:GIT_CLONE_FAILED|SOURCE_PROVIDER\w*|INVALID_SOURCE\w*)", Weight::Cause, Category::Source),
    rule("codebuild", &["no matching artifact", "no matching base directory", "o matching base directory"], r"(?i)no matching (?:artifact|base directory) paths? found(?: for (?P<path>\S+))?", Weight::Cause, Category::Config)
        .hint("The artifacts section of the buildspec names paths that the build did not make ({path?no match})."),
    rule("codebuild", &["Runtime ", "runtime-versions", "nknown runtime"], r"(?:Unknown runtime (?:named|version)|runtime version .* is not supported|install phase must use runtime-versions|Please select one of the versions)", Weight::Cause, Category::Config),
    rule("codebuild", &["COMMAND_EXECUTION_ERROR"], r"COMMAND_EXECUTION_ERROR(?: Message)?: (?:Error while executing command: )?(?:.*)", Weight::Envelope, Category::Unknown),
    rule("codepipeline", &["Insufficient permissions"], r"Insufficient permissions", Weight::Tool, Category::Permission)
        .quote(&[then(r"\S", 2)]),
    rule("codepipeline", &["Could not access the", "object with key", "specified key does not exist"], r"(?:provided role does not have sufficient permissions|Could not access the .* object|Unable to access the artifact)", Weight::Cause, Category::Permission),
    rule("codepipeline", &["Could not fetch", "No branch", "onnection"], r"(?:\[(?:CodeStarSourceConnection|GitHub)\] |Could not fetch the contents of the repository|No Branch \[|Unable to use Connection|Connection .* is not available)", Weight::Cause, Category::Source),
    rule("codedeploy", &["HEALTH_CONSTRAINTS", "too many individual instances failed"], r"(?:HEALTH_CONSTRAINTS|overall deployment failed because too many)", Weight::Summary, Category::Deploy),
    rule("codedeploy", &["Missing credentials", "CodeDeploy agent was not able", "agent did not"], r"(?i)(?:CodeDeploy agent was not able to receive the lifecycle event|agent did not (?:respond|report))", Weight::Cause, Category::Infrastructure)
        .hint("The CodeDeploy agent did not answer: check that it runs on the instance, that the instance has a profile and can reach the service."),
    rule("codedeploy", &["failed with exit code", "ScriptFailed", "Script at specified location"], r"Script at specified location: (?P<script>\S+) .*failed with exit code (?P<status>\d+)", Weight::Summary, Category::Deploy)
        .hint("Hook script {script} exited with {status} without a word on standard error; run it on the instance by hand."),
    rule("codedeploy", &["ScriptMissing", "Script does not exist", "ScriptTimedOut", "not executable", "Script at specified location"], r"(?:ScriptMissing|Script does not exist at specified location|ScriptNotExecutable)", Weight::Cause, Category::Config),
    rule("codedeploy", &["ScriptTimedOut", "timed out", "failed to complete in"], r"(?:ScriptTimedOut|Script at specified location: (?P<script>\S+).* failed to complete in (?P<limit>\d+) seconds)", Weight::Final, Category::Timeout)
        .hint("Hook script {script} ran longer than its {limit} seconds: raise the timeout in the appspec or find what it waits for."),
    rule("codedeploy", &["file already exists at location", "already exists at location"], r"file already exists at (?:this )?location:? (?P<path>\S+)", Weight::Cause, Category::Deploy)
        .hint("{path} is on the instance already, from outside this deployment: set file_exists_behavior to OVERWRITE or remove it."),
    rule("codedeploy", &["AppSpec", "appspec"], r"(?i)(?:(?:does not have|could not find|no|without an?|missing|invalid) .{0,40}appspec|appspec.{0,60}(?:not found|missing|invalid|malformed|empty|unsupported))", Weight::Cause, Category::Config)
        .hint("CodeDeploy cannot use the revision's AppSpec: it belongs, valid, at the bundle's root."),
    rule("codedeploy", &["[stderr]", "InstanceAgent"], r"^.*(?:InstanceAgent::Plugins|ERROR \[codedeploy-agent).*(?:Error|ERROR|rror)", Weight::Generic, Category::Deploy),
    rule("lambda", &["Task timed out after"], r"Task timed out after (?P<limit>[\d.]+) seconds", Weight::Final, Category::Timeout)
        .hint("The function was stopped after {limit} s: raise its timeout, or find the call it waits for."),
    rule("lambda", &["Runtime exited", "Runtime.ExitError", "Runtime.ImportModuleError", "Runtime.HandlerNotFound", "\"errorMessage\""], r#"(?:Runtime\.(?:\w+)|"errorMessage": ?"(?:[^"]+)")"#, Weight::Cause, Category::Deploy)
        .unless(r"Runtime\.(?:getRuntime|exec)|at .*Runtime\."),
];
