//! What is known of a failure before anybody has thought about it.

use super::Category;
use super::log::Log;

/// What is known: a log, the phases' own words, messages of the services that took part.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The log, or its tail.
    pub log: Log,
    /// Whether the log's beginning is missing.
    pub truncated_at_start: bool,
    /// What a `CodeBuild` build says of its phases.
    pub phases: Vec<PhaseContext>,
    /// What services say, first causes first.
    pub messages: Vec<Message>,
}

/// What `CodeBuild` says of a phase that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseContext {
    /// `BUILD`, `DOWNLOAD_SOURCE`, ...
    pub phase: String,
    /// The status code: `COMMAND_EXECUTION_ERROR`, `YAML_FILE_ERROR`, ...
    pub status: String,
    /// The message that goes with it.
    pub message: String,
}

/// What a service says about the failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub source: MessageSource,
    /// What it says.
    pub text: String,
}

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageSource {
    /// Error code and summary of the pipeline's action.
    Action,
    /// Diagnostics of a lifecycle event.
    CodeDeploy,
    /// The reason of the first resource that failed.
    CloudFormation,
    /// A service event or a stopped task's reason.
    Ecs,
    /// The error of a function.
    Lambda,
    /// A failing test case of a build's report.
    TestReport,
}

impl Evidence {
    /// A log alone.
    pub fn from_log(log: Log) -> Self {
        Self { log, ..Self::default() }
    }

    /// Everything but the log, as lines in the form in which `CodeBuild` and `CloudFormation` print it.
    pub(super) fn told(&self) -> Log {
        let mut text = String::new();
        for phase in &self.phases {
            text.push_str("Phase context status code: ");
            text.push_str(&phase.status);
            text.push_str(" Message: ");
            text.push_str(&phase.message);
            text.push('\n');
        }
        for message in &self.messages {
            text.push_str(&message.text);
            text.push('\n');
        }
        Log::from_bytes(text.as_bytes())
    }

    /// What it is when nothing in it is recognised.
    pub(super) fn category(&self) -> Category {
        let deploys = |message: &Message| {
            matches!(message.source, MessageSource::CodeDeploy | MessageSource::CloudFormation | MessageSource::Ecs)
        };
        if self.log.is_empty() && self.messages.iter().any(deploys) { Category::Deploy } else { Category::Unknown }
    }
}
