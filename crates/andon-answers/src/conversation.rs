//! What a question takes over from what was said before it: the pipeline, the branch, the one of a list, and the question
//! that a reply completes.

use super::course::{is_about_one, is_reply, topic};
use super::reply::nth;
use super::understanding::{Intent, Nuance, OnLine, Parts, Understood};
use super::{Fleet, Pending, Question, Session, Subject, Topic};
use andon::line::Line;
use andon::name::PipelineId;

/// The most words of a reply that says which one is meant.
const MAX_CHOICE: usize = 4;

/// A turn about the pipeline spoken of last, where that was about one of its branches: "why?" is about the same one.
pub(super) fn of_same_line(turn: &Question, session: &Session) -> Option<Understood> {
    let on = session.line.as_ref().and_then(OnLine::of)?;
    let intent = match (turn, &session.pending) {
        (Question::About(Topic::Why, Subject::Last), _) | (Question::Yes, Some(Pending::Why)) => Intent::Why,
        (Question::About(Topic::Change, Subject::Last), _) => Intent::Author,
        _ => return None,
    };
    let pipelines = session.spoken_of.iter().take(1).cloned().collect();
    Some(Understood::Asked(intent, Parts { pipelines, lines: vec![on], ..Parts::default() }))
}

/// Whether a turn may choose one of those that were asked about.
pub(super) fn chooses(turn: &Question, session: &Session) -> bool {
    matches!((turn, &session.pending, &session.asked), (Question::Nth(_), Some(Pending::WhichOne { .. }), Some(_)))
}

/// The one of those that were asked about that a reply chooses.
fn chosen(text: &str, turn: Option<&Question>, fleet: &Fleet, session: &Session) -> Option<PipelineId> {
    let Some(Pending::WhichOne { candidates, .. }) = &session.pending else { return None };
    if let Some(Question::Nth(number)) = turn {
        return candidates.get(number.saturating_sub(1)).cloned();
    }
    let is_short = text.split_whitespace().count() <= MAX_CHOICE;
    let row = is_short.then(|| fleet.among(candidates, text)).flatten()?;
    Some(row.overview.pipeline.clone())
}

/// The question that was unclear, about the pipeline that was chosen; `None` where the topic says all of it.
fn of_chosen(asked: Understood, chosen: PipelineId) -> Option<Understood> {
    let (Understood::Asked(intent, mut parts) | Understood::Unclear(intent, mut parts, _)) = asked else { return None };
    if topic(intent).is_some() && parts.lines.is_empty() && parts.span.is_none() {
        return None;
    }
    parts.settle(vec![chosen]);
    Some(Understood::Asked(intent, parts))
}

/// What was said, as far as a reply may complete it, and what it means; or a turn that is answered by itself.
pub(super) fn understood(
    text: &str,
    turn: Option<Question>,
    goes_on: Option<Understood>,
    fleet: &Fleet,
    session: &Session,
    understands: &dyn Fn(&str) -> Understood,
) -> Result<(String, Understood), Question> {
    // One of those that were asked about comes first: "prod" is that one, whatever else it may be.
    if let Some(chosen) = chosen(text, turn.as_ref(), fleet, session) {
        let asked = session.asked.as_deref().map(understands).and_then(|asked| of_chosen(asked, chosen));
        let named = || Question::Named(Subject::Heard(text.to_owned()));
        return asked.map(|asked| (text.to_owned(), asked)).ok_or_else(|| turn.unwrap_or_else(named));
    }
    if let Some(understood) = goes_on {
        return Ok((text.to_owned(), understood));
    }
    let said = numbered(text, session).unwrap_or_else(|| text.to_owned());
    let understood = understands(&said);
    // What answers a question back completes the question that it was about.
    let completed = session.asked.as_ref().filter(|_| is_reply(&understood)).map(|asked| format!("{asked} {text}"));
    if let Some(completed) = completed
        && let again @ Understood::Asked(..) = understands(&completed)
    {
        return Ok((completed, again));
    }
    Ok((said, understood))
}

/// "And 18?" after pull request 17.
fn numbered(text: &str, session: &Session) -> Option<String> {
    let Some(Line::PullRequest(_)) = &session.line else { return None };
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let plain = ["and", "what", "how", "about", "number", "did", "pass", "for"];
    let mut numbers = words.iter().filter(|word| !plain.contains(&word.as_str()));
    let number = numbers.next().filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()))?;
    numbers.next().is_none().then(|| format!("pull request {number}"))
}

/// A question with what it leaves to what was said before.
pub(super) fn completed(understood: Understood, fleet: &Fleet, session: &Session) -> Understood {
    let (mut intent, mut parts) = match understood {
        Understood::Asked(intent, parts) => (intent, parts),
        Understood::Unclear(intent, mut parts, candidates) if is_of_any(intent) && are_namesakes(&candidates) => {
            parts.pipelines = candidates;
            (intent, parts)
        }
        other => return other,
    };
    if let Some(number) = parts.nth.filter(|_| parts.pipelines.is_empty() && !parts.has_scope()) {
        let Some(pipeline) = nth(fleet, number, session) else {
            return Understood::Unclear(intent, parts, Vec::new());
        };
        parts.pipelines.push(pipeline);
        if intent == Intent::Overview {
            intent = Intent::State;
        }
    }
    let is_open = parts.pipelines.is_empty() && !parts.has_scope();
    if is_open && parts.lines.is_empty() && is_about_one(intent, &parts) {
        parts.lines.extend(session.line.as_ref().and_then(OnLine::of));
    }
    if intent == Intent::Overview && !parts.pipelines.is_empty() {
        intent = Intent::State;
    }
    Understood::Asked(intent, parts)
}

/// Whether a question is as well answered about all pipelines of a name: each is named in the answer.
fn is_of_any(intent: Intent) -> bool {
    matches!(intent, Intent::Lines | Intent::Muted | Intent::Deployments | Intent::Failures | Intent::Runs)
}

fn are_namesakes(candidates: &[PipelineId]) -> bool {
    candidates.iter().all(|one| candidates.first().is_some_and(|first| first.name == one.name))
}

/// Whether a question about a branch goes on about the pipeline spoken of last: "and main?".
pub(super) fn goes_on(intent: Intent, parts: &Parts, session: &Session) -> bool {
    let is_open = parts.pipelines.is_empty() && !parts.has_scope();
    let is_of_state = matches!(intent, Intent::Overview | Intent::State) && !parts.is_count;
    is_open && (is_about_one(intent, parts) || is_of_state && (parts.has(Nuance::Brief) || session.line.is_some()))
}
