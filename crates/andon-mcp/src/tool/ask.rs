//! `ask`: a question in plain English, answered as `andon ask` does.

use andon_answers::{Answer, Kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::page::{MAX_ROWS, fitting};
use crate::shown::{Untrusted, address};

/// The longest question, in characters.
const MAX_QUESTION: usize = 500;
/// The longest answer, in characters.
const MAX_ANSWER: usize = 4000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The question, in English.
    question: String,
}

impl Input {
    /// The question, if it is short enough.
    pub(crate) fn question(&self) -> Result<&str, Fault> {
        if self.question.chars().count() > MAX_QUESTION {
            return Err(Fault::told("The question is too long: 500 characters at most."));
        }
        Ok(&self.question)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// `told` is an answer; anything else says why there is none.
    kind: &'static str,
    untrusted_answer: Untrusted,
    /// The pipelines it is about, as ACCOUNT/REGION/NAME.
    pipelines: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pipelines_left_out: bool,
}

impl Output {
    pub(crate) fn of(answer: &Answer) -> Self {
        let kind = match answer.kind {
            Kind::Told => "told",
            Kind::WhichOne(_) => "which-one",
            Kind::NoSuchPipeline(_) => "no-such-pipeline",
            Kind::NoPipeline => "no-pipeline",
            Kind::Refused => "refused",
            Kind::NotUnderstood => "not-understood",
            Kind::Talk | Kind::Farewell => "talk",
            Kind::NoLedger => "no-ledger",
        };
        let (pipelines, pipelines_left_out) =
            fitting(answer.rows.iter().map(|row| address(&row.overview.pipeline)), MAX_ROWS);
        let untrusted_answer = Untrusted::text(&answer.speech.to_string(), MAX_ANSWER);
        Self { kind, untrusted_answer, pipelines, pipelines_left_out }
    }
}
