//! How a question that was understood is answered: in every language, from the records, or by a question back.

use super::understanding::{Intent, Nuance, Parts, Understood};
use super::{Fleet, Group, Question, Session, Subject, Topic};
use andon::board::{PipelineRow, StatusColor};
use andon::name::PipelineId;
use andon::run::Status;

/// Whether it may be the reply to a question back: a name, a customer or a place and nothing else.
pub(super) fn is_reply(understood: &Understood) -> bool {
    match understood {
        Understood::Asked(Intent::State | Intent::Overview, _) | Understood::NotUnderstood => true,
        Understood::Unclear(intent, ..) => matches!(intent, Intent::State | Intent::Overview),
        Understood::NoSuch(intent, ..) => intent.is_none(),
        Understood::Asked(..) | Understood::Refused(..) => false,
    }
}

/// What is told of one pipeline in every language.
pub(super) fn topic(intent: Intent) -> Option<Topic> {
    Some(match intent {
        Intent::State => Topic::Status,
        Intent::Why => Topic::Why,
        Intent::Author => Topic::Change,
        Intent::LastSuccess => Topic::LastDeployment,
        Intent::Figures => Topic::Keys,
        _ => return None,
    })
}

/// How a question is answered.
pub(super) enum Course {
    /// By an answer that there is in every language.
    Question(Question),
    /// From the records.
    Facts,
    /// By asking which of these is meant.
    Which(Vec<PipelineId>),
}

/// Whether a question is about one pipeline: of several, nothing is told together.
pub(super) fn is_about_one(intent: Intent, parts: &Parts) -> bool {
    matches!(
        intent,
        Intent::State
            | Intent::Next
            | Intent::Stage
            | Intent::Duration
            | Intent::Slower
            | Intent::RedSince
            | Intent::Execution
            | Intent::Link
            | Intent::LastGreen
            | Intent::Changed
            | Intent::Started
            | Intent::Branch
            | Intent::Decided
            | Intent::SameCause
            | Intent::History
            | Intent::Flaky
    ) || (intent == Intent::Change && parts.change.is_none() && !parts.has_scope())
}

/// The pipelines of a customer or place that a question about one of them can be about.
fn fitting<'f>(intent: Intent, rows: &[&'f PipelineRow]) -> Vec<&'f PipelineRow> {
    let fits = |row: &&&PipelineRow| {
        let status = row.overview.latest.status;
        match intent {
            Intent::Decided => matches!(status, Status::Waiting | Status::Rejected | Status::Stopped),
            Intent::Duration | Intent::Slower => !status.is_final(),
            Intent::Stage => !status.is_final() || row.light == StatusColor::Red,
            _ => row.light == StatusColor::Red,
        }
    };
    rows.iter().filter(fits).copied().collect()
}

/// How a question is answered; what it is about is completed.
pub(super) fn course(intent: Intent, parts: &mut Parts, fleet: &Fleet, session: &Session) -> Course {
    let id = |row: &PipelineRow| row.overview.pipeline.clone();
    if is_about_one(intent, parts) && parts.pipelines.is_empty() {
        let rows = parts.rows(fleet);
        if parts.has_scope() || parts.line().is_some() {
            match (rows.as_slice(), fitting(intent, &rows).as_slice()) {
                ([], _) => {}
                ([only], _) | (_, [only]) => parts.settle(vec![id(only)]),
                (all, []) => return Course::Which(all.iter().map(|row| id(row)).collect()),
                (_, some) => return Course::Which(some.iter().map(|row| id(row)).collect()),
            }
        } else if let Some(last) = session.spoken_of.first().filter(|last| fleet.row(last).is_some()) {
            parts.pipelines.push(last.clone());
        } else {
            let [only] = fleet.rows() else {
                let topic = topic(intent).unwrap_or(Topic::Status);
                return Course::Question(Question::About(topic, Subject::Last));
            };
            parts.pipelines.push(id(only));
        }
    }
    let is_plain = parts.span.is_none() && !parts.has_scope() && parts.stage.is_none();
    let is_plain = is_plain && !parts.has(Nuance::Only);
    let is_plain = is_plain && (parts.lines.is_empty() || parts.pipelines.len() == 1 && parts.line().is_some());
    Course::Question(match (intent, parts.pipelines.as_slice()) {
        (_, [only]) if is_plain && topic(intent).is_some() => {
            let subject = Subject::Known(vec![only.clone()]);
            Question::About(topic(intent).unwrap_or(Topic::Status), subject)
        }
        (Intent::Why | Intent::Author, []) if is_plain => {
            Question::About(topic(intent).unwrap_or(Topic::Why), Subject::Last)
        }
        (Intent::Overview, []) if is_plain && parts.is_red && !parts.is_count => Question::List(Group::Failing),
        (Intent::Overview, []) if is_plain => Question::Overview,
        (Intent::Running, []) if is_plain => Question::List(Group::Running),
        (Intent::Waiting, []) if is_plain => Question::List(Group::Waiting),
        (Intent::Figures, []) if is_plain && !parts.has(Nuance::Times) => Question::Keys,
        _ => return Course::Facts,
    })
}
