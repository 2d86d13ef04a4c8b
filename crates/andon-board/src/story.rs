//! What there is to tell of a run beside its picture: causes, attempts, approvals, revisions, and what is new in it.

use jiff::SignedDuration;
use maud::{Markup, html};

use super::Renderer;
use super::moment::{between, outward};
use super::sign::sign;
use andon::attention::Done;
use andon::board::{StatusColor, place_of};
use andon::event::Attempt;
use andon::history::{ChangeSummary, FailureSummary, History, RunSummary};
use andon::links;
use andon::run::{ActionView, Failure, Run, Status};
use andon::text::clean;
use andon::words::counted;

/// The most changes that are listed.
const MAX_CHANGES: usize = 12;
/// The most earlier attempts that are listed.
const MAX_ATTEMPTS: usize = 10;
/// How long after somebody has answered an approval in a chat CodePipeline tells of it, at most.
const ANSWERED: SignedDuration = SignedDuration::from_mins(5);

impl Renderer<'_> {
    /// Why the actions of an attempt failed, as far as that has been found out.
    pub(super) fn causes(&self, run: &Run, attempt: Attempt) -> Markup {
        let failures = run.failures(attempt);
        let is_known = |failure: &&Failure| {
            failure.explanation.as_ref().is_some_and(|why| !why.cause.is_empty() || why.hint.is_some())
        };
        html! { @for failure in failures.iter().filter(is_known) { (self.cause(failure)) } }
    }

    fn cause(&self, failure: &Failure) -> Markup {
        let place = place_of(&FailureSummary::of(failure)).unwrap_or_else(|| "it".to_owned());
        let known = failure.explanation.as_ref();
        let page = failure.page().and_then(links::checked);
        html! {
            div.cause {
                h4 { "Why " (place) " failed" }
                @if let Some(why) = known {
                    @if !why.cause.is_empty() {
                        @if why.probable { p.took { "Probably:" } }
                        pre { (clean(&why.cause.join("\n"))) }
                    } @else if let Some(said) = failure.own_words() { p { (said) } }
                    @if let Some(tests) = why.failed_tests { p { b { (counted(u64::from(tests), "test")) " failed" } } }
                    @if let Some(hint) = &why.hint {
                        p {
                            b { "What to do: " } (hint)
                            @if let Some(page) = why.link.as_deref().and_then(links::checked) {
                                " " (outward(&page, &html! { "Runbook" }))
                            }
                        }
                    }
                    @for missing in &why.missing { p.took { "Not read: " (missing) } }
                } @else { p { (failure.own_words().unwrap_or("No reason reported.")) } }
                p.took {
                    @if let Some(why) = known { "Category: " (<&str>::from(why.category)) ". " }
                    "Failed " (self.at(failure.at))
                    @if let Some(started) = failure.started { ", after " (between(started, failure.at)) }
                    "."
                    @if let Some(page) = page { " " (outward(&page, &html! { "Open the log" })) }
                }
            }
        }
    }

    /// The attempts before the latest one, with what failed in each.
    pub(super) fn attempts(&self, run: &Run) -> Markup {
        let (latest, outcomes) = (run.attempt(), run.outcomes());
        let earlier: Vec<Attempt> = run.attempts().into_iter().rev().filter(|attempt| *attempt < latest).collect();
        html! {
            @if !earlier.is_empty() {
                details.attempts open {
                    summary { h4 { "Earlier attempts" } " " span.count { (earlier.len()) } }
                    @for attempt in earlier.iter().take(MAX_ATTEMPTS) {
                        @let outcome = outcomes.iter().rfind(|outcome| outcome.attempt == *attempt);
                        @let status = outcome.map_or(Status::Failed, |outcome| outcome.status);
                        div.attempt {
                            p {
                                (sign(StatusColor::of(status))) " " b { "Attempt " (attempt.number()) } " " (status.word())
                                @if let Some(outcome) = outcome { " " (self.at(outcome.ended)) ", after " (between(outcome.started, outcome.ended)) }
                                @if run.is_retried_by_codepipeline(*attempt) { "; retried by CodePipeline" }
                            }
                            @for failure in &run.failures(*attempt) { (self.cause(failure)) }
                        }
                    }
                    @if earlier.len() > MAX_ATTEMPTS { p.count { "and " (earlier.len() - MAX_ATTEMPTS) " before those" } }
                }
            }
        }
    }

    /// The approvals that were asked for: how they were answered, by whom and in which words.
    pub(super) fn approvals(&self, run: &Run, history: &History) -> Markup {
        let approvals = run.approvals();
        html! {
            @if !approvals.is_empty() {
                section.part {
                    h4 { "Approvals" }
                    ul {
                        @for (stage, action) in &approvals {
                            @let light = StatusColor::of(action.status);
                            li {
                                (sign(light)) " " b { (stage) " / " (action.name) } " "
                                (answered(action))
                                @if let Some(by) = answerer(action, run, history) { " by " (by) }
                                " "
                                @match action.ended {
                                    Some(ended) => { (self.at(ended)) ", after " (between(action.started, ended)) }
                                    None => { "since " (self.at(action.started)) }
                                }
                                @let said = action.result.as_ref().and_then(|result| result.summary.as_deref());
                                @if let Some(said) = said.filter(|said| !said.trim().is_empty()) { ": " q { (said) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the sources fetched, where there is more to it than one commit.
    pub(super) fn revisions(&self, run: &Run) -> Markup {
        let revisions: Vec<ChangeSummary> = run.revisions().iter().map(ChangeSummary::of_revision).collect();
        html! {
            @if revisions.len() > 1 {
                section.part {
                    h4 { "Revisions" }
                    ul { @for revision in &revisions {
                        li.change { @if let Some(source) = &revision.source { b { (source) } " " } (self.linked_change(revision)) }
                    } }
                }
            }
        }
    }

    /// What is new since the last success before a run, with who wrote it.
    pub(super) fn fresh_changes(&self, history: &History, run: &RunSummary) -> Markup {
        // What a rollback deploys is older than the last success.
        let Some(green) = history.last_green_before(run).filter(|_| run.rollback.is_none()) else { return html! {} };
        let changes = history.changes_between(green, run);
        html! {
            section.part {
                h4 {
                    "Changes since the last success, "
                    (self.navigation.run(&history.pipeline, &green.execution, &html! { "run " (green.execution.short()) }))
                    " " (self.at(green.ended.unwrap_or(green.first_seen)))
                }
                @if changes.is_empty() {
                    p.took {
                        @if run.change.is_some() { "None: it ran with the same revisions." } @else { "They are not known." }
                    }
                }
                ul { @for change in changes.iter().take(MAX_CHANGES) {
                    li.change { (self.linked_change(change)) }
                } }
                @if changes.len() > MAX_CHANGES { p.count { "and " (changes.len() - MAX_CHANGES) " before those" } }
            }
        }
    }
}

fn answered(action: &ActionView) -> &'static str {
    match action.status {
        Status::Succeeded => "approved",
        Status::Waiting => "waits",
        status => status.word(),
    }
}

/// Who answered an approval, as far as that happened by way of Andon.
fn answerer<'h>(action: &ActionView, run: &Run, history: &'h History) -> Option<&'h str> {
    let ended = action.ended?;
    let wanted = if action.status == Status::Succeeded { Done::Approved } else { Done::Rejected };
    let mut deeds = history.deeds_of_run(&run.execution);
    let deed = deeds.rfind(|deed| deed.done == wanted && ended.duration_since(deed.at).abs() <= ANSWERED)?;
    Some(&deed.by.name)
}
