//! What is not answered: instructions, and names that no pipeline has.

use std::collections::BTreeSet;

use andon::board::PipelineRow;
use andon::line::Line;
use andon::name::PipelineId;
use jiff::Timestamp;

use super::super::Draft;
use super::super::naming::{called, cut};
use super::words::{counted, some};
use crate::understanding::{OnLine, Parts};
use crate::{Answer, Fleet, Kind, Pending, Phrase, Session, Topic, Voice};

/// Says that something is to be done elsewhere, and how.
pub(in super::super::super) fn refuse(
    instruction: crate::understanding::Instruction,
    fleet: &Fleet,
    parts: &Parts,
    now: Timestamp,
    voice: &Voice,
    session: &Session,
) -> Answer {
    use crate::understanding::Instruction as Do;
    let mut draft = Draft::new(voice, now, session);
    draft.kind(Kind::Refused);
    let rows: Vec<&PipelineRow> =
        if parts.pipelines.is_empty() && !parts.has_scope() { Vec::new() } else { parts.rows(fleet) };
    draft.rows(fleet, rows.iter().copied());
    let names: Vec<String> = rows.iter().map(|row| called(fleet, row, voice)).collect();
    draft.speak(match names.as_slice() {
        [] => "I only answer questions; I have changed nothing.".to_owned(),
        [name] => format!("I only answer questions; I have changed nothing in {name}."),
        names => format!(
            "I only answer questions; I have changed nothing. That could be about {}: {}.",
            counted(names.len(), "pipeline"),
            some(names)
        ),
    });
    let row = match rows.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let name = row.map_or("NAME", |row| row.overview.pipeline.name.as_str());
    let region = row.map_or("REGION", |row| row.overview.pipeline.home.region.as_str());
    let stage = row
        .and_then(|row| row.failure()?.stage.as_ref())
        .or(row.and_then(|row| Some(&row.overview.latest.current.as_ref()?.stage)))
        .map_or("STAGE", |stage| stage.as_str());
    let aws = |command: &str| format!("aws codepipeline {command} --region {region}");
    let quoted = quote(name);
    let andon = |command: &str| {
        let is_alone = |id: &PipelineId| fleet.namesakes(id).next().is_none();
        let address = row
            .map(|row| &row.overview.pipeline)
            .map_or_else(|| name.to_owned(), |id| if is_alone(id) { id.name.to_string() } else { id.address() });
        format!("andon {command} {}", quote(&address))
    };
    let command = match instruction {
        Do::Retry => Some(andon("retry")),
        Do::Stop => Some(andon("stop")),
        Do::Approve => Some(andon("approve")),
        Do::Reject => Some(andon("reject")),
        Do::Start => Some(aws(&format!("start-pipeline-execution --name {quoted}"))),
        Do::Rollback => Some(aws(&format!(
            "rollback-stage --pipeline-name {quoted} --stage-name {} --target-pipeline-execution-id EXECUTION",
            quote(stage)
        ))),
        Do::Disable => Some(aws(&format!(
            "disable-stage-transition --pipeline-name {quoted} --stage-name {} --transition-type Inbound --reason ...",
            quote(stage)
        ))),
        Do::Enable => Some(aws(&format!(
            "enable-stage-transition --pipeline-name {quoted} --stage-name {} --transition-type Inbound",
            quote(stage)
        ))),
        Do::Delete => Some(aws(&format!("delete-pipeline --name {quoted}"))),
        Do::Mute | Do::Acknowledge | Do::Change => None,
    };
    let how = match (instruction, command) {
        (_, Some(command)) => format!("This command does it: {command}"),
        (Do::Mute, _) => format!(
            "That is done in Slack, by the button of the alert, /andon mute {name} 2h or /andon unmute {name}; quiet hours and \
             routes are in andon.yml."
        ),
        (Do::Acknowledge, _) => "Use the button of the alert in Slack.".to_owned(),
        _ => "Use the AWS console or andon.yml for that.".to_owned(),
    };
    draft.speak(how);
    draft.in_words()
}

/// A name on a command line.
fn quote(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@/".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Says that none of some pipelines has a branch or a pull request, and what one of them has.
pub(in super::super::super) fn no_line(
    fleet: &Fleet,
    parts: &Parts,
    on: &OnLine,
    lines: &BTreeSet<Line>,
    now: Timestamp,
    voice: &Voice,
    session: &Session,
) -> Answer {
    let mut draft = Draft::new(voice, now, session);
    let rows = parts.rows(fleet);
    draft.kind(Kind::NoSuchPipeline(Vec::new())).rows(fleet, rows.iter().copied());
    let on = cut(&on.in_words());
    match rows.as_slice() {
        [only] => {
            let names: Vec<String> = lines.iter().filter_map(Line::name).map(|name| cut(&name)).collect();
            draft.speak(format!("I know no {on} of {}.", called(fleet, only, voice)));
            if !names.is_empty() {
                draft.speak(format!("It has {}.", some(&names)));
            }
        }
        [] => {
            draft.speak(format!("I know no {on}."));
        }
        many => {
            draft.speak(format!("None of these {} has a {on}.", counted(many.len(), "pipeline")));
        }
    }
    draft.in_words()
}

/// Says that a name is unknown, and what is called something like it.
pub(in super::super::super) fn no_such(
    fleet: &Fleet,
    heard: &str,
    nearest: &[PipelineId],
    now: Timestamp,
    voice: &Voice,
    session: &Session,
) -> Answer {
    let mut draft = Draft::new(voice, now, session);
    let rows: Vec<&PipelineRow> = nearest.iter().filter_map(|id| fleet.row(id)).collect();
    draft.kind(Kind::NoSuchPipeline(nearest.to_vec())).rows(fleet, rows.iter().copied());
    draft.say(Phrase::NoSuch, &[("heard", cut(heard).into())]);
    if !rows.is_empty() {
        let names: Vec<String> = rows.iter().map(|row| called(fleet, row, voice)).collect();
        let pending = Pending::WhichOne { topic: Topic::Status, candidates: nearest.to_vec() };
        draft.ask(voice.say(Phrase::AskWhichOne, &[("list", voice.or(&names).into())]), Some(pending));
    }
    draft.done()
}
