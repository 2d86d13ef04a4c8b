//! Who did what.

use andon::board::{PipelineRow, StatusColor};
use andon::history::ChangeSummary;
use andon::run::{Run, Status};

use super::super::Draft;
use super::super::naming::cut;
use super::ends::End;
use super::words::{and, capital, change_words, short, some, times};
use super::{Asked, MAX_NAMED};
use crate::Kind;
use crate::understanding::Intent;

impl<'a> Asked<'a> {
    pub(super) fn on_it(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let taken = rows.iter().filter_map(|row| {
            let owner = row.overview.owner.as_ref()?;
            let long = self.for_long(owner.since);
            Some(format!("{} has been on {} {long}.", cut(&owner.by.name), self.name(row)))
        });
        let mut told: Vec<String> = taken.take(MAX_NAMED).collect();
        if told.is_empty() {
            told.push("Nobody has said in Slack that they are on it.".to_owned());
        }
        let broken = |row: &PipelineRow| -> Option<String> {
            let by = row.overview.broken_by.as_ref()?;
            by.first.as_ref().or(by.change.as_ref())?.author.clone()
        };
        if let [row] = rows
            && let Some(author) = broken(row)
        {
            told.push(format!("The change that broke {} is by {}.", self.name(row), cut(&author)));
        } else if rows.iter().any(|row| row.light == StatusColor::Red) {
            told.extend(self.breakers(rows));
        }
        told
    }

    /// Whose changes made them red.
    pub(super) fn breakers(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        if red.is_empty() {
            return vec![format!("None of {} is red.", self.subject(rows))];
        }
        let by = |row: &&PipelineRow| {
            let broken = row.overview.broken_by.as_ref();
            let change = broken.and_then(|broken| broken.first.as_ref().or(broken.change.as_ref())).or(row.change());
            let words = change.and_then(change_words).unwrap_or_else(|| "a change that is not known".to_owned());
            let since = row.red_since().unwrap_or_else(|| row.news_at());
            format!("{} has been red {}: {words}.", capital(&self.red_name(row)), self.for_long(since))
        };
        let mut told: Vec<String> = red.iter().take(MAX_NAMED).map(by).collect();
        if red.len() > MAX_NAMED {
            told.push(format!("{} more are red.", red.len() - MAX_NAMED));
        }
        told
    }

    pub(super) fn people(&self, rows: &[&'a PipelineRow], draft: &mut Draft<'_>) -> Vec<String> {
        let span = self.time();
        let wanted: Vec<String> = self.parts.people.iter().map(|name| name.to_lowercase()).collect();
        let is_by = |change: &ChangeSummary| {
            change.author.as_deref().is_some_and(|author| {
                let author = author.to_lowercase();
                wanted.iter().any(|name| author == *name || author.split_whitespace().any(|part| part == name))
            })
        };
        let mut all = rows.iter().flat_map(|row| self.runs_of(row)).filter_map(|run| run.change.as_ref());
        let is_known = all.any(is_by)
            || rows.iter().any(|row| {
                let broken = row.overview.broken_by.as_ref();
                [row.change(), broken.and_then(|b| b.change.as_ref()), broken.and_then(|b| b.first.as_ref())]
                    .into_iter()
                    .flatten()
                    .any(is_by)
            });
        let name = and(&self.parts.people);
        let in_scope = |end: &End<'_>| end.run.change.as_ref().is_some_and(is_by);
        let (verb, ends): (&str, Vec<End<'a>>) = if self.intent == Intent::Broke {
            ("broke", self.failed(rows, &span).into_iter().filter(in_scope).collect())
        } else {
            ("deployed", self.deployed(rows, &span).into_iter().filter(in_scope).collect())
        };
        if ends.is_empty() {
            if !is_known {
                draft.kind(Kind::NoSuchPipeline(Vec::new()));
                return vec![format!("I know no change by {name}{} {}.", self.place(), span.words)];
            }
            let what = if self.intent == Intent::Broke { "failed" } else { "was deployed" };
            return vec![format!("No change by {name} {what}{} {}.", self.place(), span.words)];
        }
        let mut told = vec![];
        if self.intent == Intent::Broke {
            told.push(format!(
                "Runs with changes by {name} failed {} {}: {}.",
                times(ends.len()),
                span.words,
                some(&self.by(&ends))
            ));
        } else {
            told.push(format!("{name} {verb} {} {}: {}.", times(ends.len()), span.words, some(&self.by(&ends))));
        }
        if let Some(change) = ends.first().and_then(|end| end.run.change.as_ref()?.title.clone()) {
            told.push(format!("The latest change is \u{201c}{}\u{201d}.", short(&change)));
        }
        told
    }

    pub(super) fn started(&self) -> Vec<String> {
        let run = self.records.runs.first();
        vec![match run.and_then(Run::trigger) {
            Some(andon::event::Trigger::Git(commit)) => format!(
                "A push started the latest run{}.",
                commit
                    .author
                    .as_deref()
                    .map(|author| format!(", with a change by {}", cut(author)))
                    .unwrap_or_default()
            ),
            Some(andon::event::Trigger::Other { kind, detail }) => format!(
                "The latest run was started by {kind}{}.",
                detail.as_deref().map(|detail| format!(" ({})", short(detail))).unwrap_or_default()
            ),
            None => "Who started the latest run is not known.".to_owned(),
        }]
    }

    /// What the approvals of the runs say of themselves.
    pub(super) fn decided(&self, row: &PipelineRow) -> Vec<String> {
        let mut told = Vec::new();
        let mut is_named = true;
        for run in &self.records.runs {
            for action in run.stages().into_iter().flat_map(|stage| stage.actions) {
                let is_approval = action.provider.as_ref().is_some_and(andon::event::Provider::is_approval);
                if is_approval && action.status.is_final() {
                    let text = action.result.as_ref().and_then(|result| result.summary.as_deref());
                    let person = text.and_then(person);
                    is_named = person.is_some();
                    let words = match (person, text) {
                        (Some(person), _) => format!(" by {person}"),
                        (None, Some(text)) => format!(": {}", short(text)),
                        (None, None) => String::new(),
                    };
                    let when = action.ended.map(|at| format!(" {}", self.ago(at))).unwrap_or_default();
                    told.push(format!(
                        "{} in {} {}{when}{words}.",
                        action.name,
                        self.name(row),
                        if action.status == Status::Succeeded { "was approved" } else { "was rejected" }
                    ));
                }
            }
            if let Some(comment) = run.stop_comment() {
                is_named = false;
                told.push(format!("The run of {} was stopped: {}.", self.name(row), short(comment)));
            }
            if !told.is_empty() {
                if !is_named {
                    told.push("The person's name is only known where the comment gives it.".to_owned());
                }
                return told;
            }
        }
        vec![format!(
            "No approval, rejection or stop of {} is on record for its latest runs, so who did it is not known.",
            self.name(row)
        )]
    }
}

/// Whether somebody has approved, rejected or stopped a run.
pub(in super::super::super) fn is_decided(run: &Run) -> bool {
    run.stop_comment().is_some()
        || run.stages().into_iter().flat_map(|stage| stage.actions).any(|action| {
            action.provider.as_ref().is_some_and(andon::event::Provider::is_approval) && action.status.is_final()
        })
}

/// Who decided, where CodePipeline's own words say it: `Approved by arn:aws:sts::...:assumed-role/Lead/jane.doe`.
fn person(text: &str) -> Option<String> {
    let (verb, arn) = text.trim().split_once(" by ")?;
    let is_one = !verb.contains(' ') && arn.starts_with("arn:") && !arn.contains(char::is_whitespace);
    let (_, person) = arn.rsplit_once('/').filter(|_| is_one)?;
    (!person.is_empty()).then(|| cut(person))
}
