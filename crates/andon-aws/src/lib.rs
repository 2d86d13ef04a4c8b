//! The ports of Andon's domain on AWS.
//!
//! There is a feature per service, none by default: a function contains no SDK that it does not call. The code here acts and
//! decides nothing; the decisions are in [`andon`]. Endpoints come from the SDK's own variables (`AWS_ENDPOINT_URL`,
//! `AWS_ENDPOINT_URL_DYNAMODB` and so on), so that the same code runs against an emulator.

pub mod clock;
pub mod config;
pub mod environment;

#[cfg(feature = "cloudwatch")]
pub mod cloudwatch;
#[cfg(feature = "codepipeline")]
pub mod codepipeline;
#[cfg(feature = "dashboards")]
pub mod dashboards;
#[cfg(feature = "dynamodb")]
pub mod dynamodb;
#[cfg(feature = "evidence")]
pub mod evidence;
#[cfg(any(
    feature = "cloudwatch",
    feature = "codepipeline",
    feature = "dashboards",
    feature = "dynamodb",
    feature = "evidence",
    feature = "run-actions",
    feature = "secret"
))]
mod fault;
#[cfg(feature = "lambda")]
pub mod function_url;
#[cfg(feature = "lambda")]
pub mod lambda;
#[cfg(feature = "run-actions")]
pub mod run_action;
#[cfg(feature = "secret")]
pub mod secret;
#[cfg(feature = "send")]
pub mod send;
