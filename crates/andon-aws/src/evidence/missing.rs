//! Missing evidence: one sentence that says what could not be read, why, and what to do about it.

use std::error::Error;

use aws_sdk_codebuild::config::http::HttpResponse;
use aws_sdk_codebuild::error::{ProvideErrorMetadata, SdkError};

use crate::fault::{FaultKind, said};

/// The most characters of an error's message.
const MAX_LEN: usize = 200;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// Who is asked: `CloudWatch Logs`.
    pub(super) service: &'static str,
    /// The permission that this takes: `logs:GetLogEvents`.
    pub(super) permission: &'static str,
    /// What the permission has to be given for.
    pub(super) resource: &'a str,
    /// What is to be learned, after "the": `log of build web:1`.
    pub(super) what: String,
}

/// A question without an answer.
#[derive(Debug)]
pub(super) struct Missing {
    /// Why, in one sentence.
    pub(super) sentence: String,
    /// Whether there is no such thing.
    pub(super) is_gone: bool,
    /// Whether the permission to ask is missing.
    pub(super) is_denied: bool,
    /// Whether it may be there the next moment.
    pub(super) may_pass: bool,
}

impl Missing {
    /// What will not be there the next moment either.
    pub(super) fn new(sentence: String) -> Self {
        Self { sentence, is_gone: false, is_denied: false, may_pass: false }
    }
}

impl Question<'_> {
    /// There was nothing left to ask with.
    pub(super) fn unasked(&self) -> Missing {
        Missing::new(format!("The {} was not read completely: an alert reads a limited amount", self.what))
    }

    /// The sentence for an error.
    pub(super) fn unanswered<E>(&self, error: &SdkError<E, HttpResponse>) -> Missing
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Self { service, permission, resource, what } = self;
        let why = Why::of(error);
        let sentence = match why {
            Why::Denied => format!("The notifier's role lacks {permission} on {resource}"),
            Why::Gone => format!("The {what} no longer exists"),
            Why::Throttled => format!("{service} throttled reading the {what}"),
            Why::Late => format!("{service} did not return the {what} in time"),
            Why::Unwell | Why::Refused => {
                let said: String = said(error).chars().take(MAX_LEN).collect();
                format!("{service} did not return the {what}: {said}")
            }
        };
        let may_pass = matches!(why, Why::Throttled | Why::Late | Why::Unwell);
        let (is_gone, is_denied) = (matches!(why, Why::Gone), matches!(why, Why::Denied));
        Missing { sentence, is_gone, is_denied, may_pass }
    }
}

#[derive(Debug, Clone, Copy)]
enum Why {
    Denied,
    Gone,
    Throttled,
    Late,
    Unwell,
    Refused,
}

impl Why {
    fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        match error {
            SdkError::TimeoutError(_) => return Self::Late,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => return Self::Late,
            // A connection that was there before a function slept is often gone when it wakes.
            SdkError::DispatchFailure(_) => return Self::Unwell,
            _ => {}
        }
        match FaultKind::of(error) {
            FaultKind::Denied => Self::Denied,
            FaultKind::Gone => Self::Gone,
            FaultKind::Throttled => Self::Throttled,
            _ if error.raw_response().is_some_and(|response| response.status().is_server_error()) => Self::Unwell,
            _ => Self::Refused,
        }
    }
}
