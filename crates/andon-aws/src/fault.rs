//! Failed AWS calls: the kind of failure, and AWS's message.

use std::error::Error;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// On one line: the code and the message that AWS gave or, where it gave none, what each layer of the client said.
///
/// The SDK's own `Display` ends at "service error"; its full form holds the raw response, headers and all, which is no
/// line for a log.
pub(crate) fn said<T: Error + ProvideErrorMetadata>(error: &T) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => {
            let mut chain = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                let layer = error.to_string();
                if !chain.ends_with(&layer) {
                    chain.push_str(": ");
                    chain.push_str(&layer);
                }
                source = error.source();
            }
            chain
        }
    }
}

/// The kind of failure behind an AWS error code, for all services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The caller lacks a permission.
    Denied,
    /// What was asked for does not exist, or no longer.
    Gone,
    /// Too many calls.
    Throttled,
    /// A condition of the call did not hold, or what should be made is there already.
    Conflict,
    /// Anything else.
    Other,
}

impl FaultKind {
    pub(crate) fn of<T: ProvideErrorMetadata>(error: &T) -> Self {
        match error.code().unwrap_or_default() {
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "KMSAccessDenied" => Self::Denied,
            // SNS has several codes for it: AuthorizationError, AuthorizationErrorException.
            code if code.starts_with("AuthorizationError") => Self::Denied,
            "NotFound"
            | "NotFoundException"
            | "ResourceNotFound"
            | "ResourceNotFoundException"
            | "ParameterNotFound"
            | "DeploymentDoesNotExistException"
            | "ClusterNotFoundException"
            | "ServiceNotFoundException"
            | "PipelineNotFoundException"
            | "PipelineExecutionNotFoundException"
            | "StageNotFoundException"
            | "ActionNotFoundException"
            | "ChangeSetNotFound"
            | "ChangeSetNotFoundException" => Self::Gone,
            // CloudFormation has no code of its own for a stack that is not there.
            "ValidationError" if error.message().is_some_and(|message| message.contains("does not exist")) => {
                Self::Gone
            }
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "ProvisionedThroughputExceededException" => Self::Throttled,
            "ConditionalCheckFailedException" | "ConflictException" | "ResourceInUseException" => Self::Conflict,
            _ => Self::Other,
        }
    }
}

/// What to do about a missing permission.
pub(crate) fn lacks<T: Error + ProvideErrorMetadata>(permission: &str, error: &T) -> String {
    format!("the function's role lacks {permission} ({})", said(error))
}
