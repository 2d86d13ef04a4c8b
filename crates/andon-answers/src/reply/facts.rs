//! Answers from the recorded runs: what happened in a time, in one run, to which change, by whom, and how that compares.
//!
//! These are English: the questions are. Every figure names its time, a list names five and counts the rest, and what
//! the ledger does not hold is said to be unknown.

use std::collections::{BTreeMap, BTreeSet};

use andon::board::{PipelineRow, StatusColor};
use andon::history::{ChangeSummary, FailureSummary, History, MAX_RUNS, RunSummary};
use andon::name::{ActionName, PipelineId, StageName};
use andon::run::{Run, Status};
use andon_diagnosis::Category;
use jiff::{SignedDuration, Timestamp};

use super::super::understanding::{By, Intent, Parts, Span, Superlative};
use super::super::{Answer, Fleet, Kind, Pending, Phrase, Session, Topic, Voice};
use super::naming::{called, cut};
use super::{Draft, cause};

/// The most that is named in one list.
const MAX_NAMED: usize = 5;
/// A pipeline that has not run for so long is called stale, if nothing else was said.
const STALE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most characters of a reason that are quoted.
const MAX_REASON: usize = 160;

/// What was looked up for a question.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The histories of the pipelines that it may be about.
    pub histories: BTreeMap<PipelineId, History>,
    /// The latest and the last failed run of the one pipeline that it is about.
    pub runs: Vec<Run>,
    /// Whether anything could not be read in time.
    pub is_partial: bool,
}

/// The pipelines that a question is about.
pub(in super::super) fn scope<'f>(fleet: &'f Fleet, parts: &Parts) -> Vec<&'f PipelineRow> {
    let group: Option<BTreeSet<PipelineId>> = parts
        .group
        .as_ref()
        .map(|group| fleet.explaining(group).into_iter().map(|row| row.overview.pipeline.clone()).collect());
    let belongs = |row: &&PipelineRow| {
        let id = &row.overview.pipeline;
        let (account, region) = (id.home.account.as_str(), id.home.region.as_str());
        let of_customer = fleet.customer(id).is_some_and(|name| parts.customers.iter().any(|known| known == name));
        (parts.pipelines.is_empty() || parts.pipelines.contains(id))
            && (parts.customers.is_empty() || of_customer)
            && (parts.accounts.is_empty() || parts.accounts.iter().any(|known| known == account))
            && (parts.regions.is_empty() || parts.regions.iter().any(|known| known == region))
            && parts.environment.is_none_or(|environment| fleet.is_of_environment(row, environment))
            && group.as_ref().is_none_or(|group| group.contains(id))
    };
    fleet.rows().iter().filter(belongs).collect()
}

/// The pipelines whose histories a question needs: of a time, only those with news since it began.
pub(in super::super) fn needs(fleet: &Fleet, intent: Intent, parts: &Parts) -> Vec<PipelineId> {
    use Intent as I;
    let since = match (&parts.span, intent) {
        (Some(span), I::Trend) => span.from.checked_sub(span.until.duration_since(span.from)).ok(),
        (Some(span), _) => Some(span.from),
        (None, _) => None,
    };
    let wants = matches!(
        intent,
        I::Failures
            | I::Deployments
            | I::Runs
            | I::LastFailure
            | I::Duration
            | I::LastGreen
            | I::Changed
            | I::Change
            | I::Shipped
            | I::Broke
            | I::Ranking
            | I::Trend
            | I::Compare
            | I::SameCause
            | I::History
            | I::Flaky
            | I::Slower
            | I::Customers
            | I::Execution
            | I::Link
    );
    if !wants {
        return Vec::new();
    }
    let recent =
        |row: &&PipelineRow| since.is_none_or(|since| row.news_at() >= since || !row.overview.latest.status.is_final());
    scope(fleet, parts).into_iter().filter(recent).map(|row| row.overview.pipeline.clone()).collect()
}

/// Whether the runs of the one pipeline have to be read in full.
pub(in super::super) fn needs_runs(intent: Intent) -> bool {
    use Intent as I;
    matches!(intent, I::Stage | I::Decided | I::Started | I::Branch | I::Next | I::Link)
}

/// A question with all that is known for it.
pub(in super::super) struct Asked<'a> {
    pub(in super::super) fleet: &'a Fleet,
    pub(in super::super) intent: Intent,
    pub(in super::super) parts: &'a Parts,
    pub(in super::super) records: &'a Records,
    pub(in super::super) now: Timestamp,
    pub(in super::super) voice: &'a Voice,
    pub(in super::super) session: &'a Session,
}

/// How a run or one of its attempts ended.
struct End<'a> {
    row: &'a PipelineRow,
    run: &'a RunSummary,
    at: Timestamp,
}

impl<'a> Asked<'a> {
    /// The answer.
    pub(in super::super) fn answer(&self) -> Answer {
        let rows = scope(self.fleet, self.parts);
        let mut draft = Draft::new(self.voice, self.now, self.session);
        if rows.is_empty() {
            let none = format!("I know no pipelines{}.", self.place());
            draft.kind(Kind::NoSuchPipeline(Vec::new())).speak(none);
            return draft.in_words();
        }
        draft.rows(rows.iter().copied());
        if let [only] = rows.as_slice() {
            draft.session.speak_of(&only.overview.pipeline);
            draft.title(cut(only.overview.pipeline.name.as_str()));
        }
        for sentence in self.sentences(&rows, &mut draft) {
            draft.speak(sentence);
        }
        if self.records.is_partial {
            draft.speak("Some histories could not be read in time, so this may be incomplete.".to_owned());
        }
        if let Some(unused) = self.unused() {
            draft.speak(unused);
        }
        draft.in_words()
    }

    fn sentences(&self, rows: &[&'a PipelineRow], draft: &mut Draft<'_>) -> Vec<String> {
        use Intent as I;
        let one = match rows {
            [only] if !self.parts.pipelines.is_empty() || self.fleet.rows().len() == 1 => Some(*only),
            _ => None,
        };
        match (self.intent, one) {
            (I::Failures, _) => self.failures(rows),
            (I::Deployments, _) => self.deployments(rows),
            (I::Runs, _) => self.runs(rows),
            (I::Ranking, _) => self.ranking(rows),
            (I::Trend, _) => self.trend(rows),
            (I::Compare, _) => self.compare(rows),
            (I::SharedCause, _) => self.shared_cause(rows),
            (I::Customers, _) => self.customers(rows),
            (I::Stale, _) => self.stale(rows),
            (I::Safe, _) => self.safe(rows),
            (I::Shipped | I::Broke, _) => self.people(rows, draft),
            (I::Change, _) if self.parts.change.is_some() => self.where_is(rows),
            (I::LastFailure, _) => self.last_failure(rows),
            (I::LastSuccess, None) => self.last_success(rows),
            (I::Blame, _) => self.blame(rows),
            (I::OnIt, _) => self.on_it(rows),
            (I::Figures, None) => self.figures(rows),
            (I::Running, _) => self.going(rows, Status::InProgress),
            (I::Waiting, _) => self.going(rows, Status::Waiting),
            (I::List, _) => self.list(rows),
            (I::Next, Some(row)) => self.next(row),
            (I::Stage, Some(row)) => self.stage(row),
            (I::Duration, Some(row)) => self.duration(row),
            (I::Slower, Some(row)) => self.slower(row),
            (I::RedSince, Some(row)) => self.red_since(row),
            (I::Execution, Some(row)) => self.execution(row),
            (I::Link, Some(row)) => self.link(row),
            (I::Change, Some(row)) => self.live(row),
            (I::LastGreen, Some(row)) => self.last_green(row),
            (I::Changed, Some(row)) => self.changed(row),
            (I::Started, Some(_)) => self.started(),
            (I::Branch, Some(_)) => self.branch(),
            (I::Decided, Some(row)) => self.decided(row),
            (I::SameCause, Some(row)) => self.same_cause(row),
            (I::History, Some(row)) => self.history(row),
            (I::Flaky, Some(row)) => self.flaky(row),
            _ => self.overview(rows),
        }
    }

    // ---- words ----

    fn name(&self, row: &PipelineRow) -> String {
        called(self.fleet, row, self.voice)
    }

    fn ago(&self, at: Timestamp) -> String {
        self.voice.ago(at, self.now)
    }

    fn for_long(&self, since: Timestamp) -> String {
        self.voice.for_long(since, self.now)
    }

    fn span_of(&self, seconds: i64) -> String {
        self.voice.span(SignedDuration::from_secs(seconds))
    }

    /// The time asked about, or the last seven days.
    fn time(&self) -> Span {
        self.parts.span.clone().unwrap_or_else(|| Span {
            label: "last-7d".to_owned(),
            words: "in the last seven days".to_owned(),
            from: self.now.checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MIN),
            until: self.now,
        })
    }

    /// Where it is about: " at Acme", " in production", " in eu-west-1"; nothing where it is about all.
    fn place(&self) -> String {
        let mut place = String::new();
        if !self.parts.customers.is_empty() {
            place.push_str(" at ");
            place.push_str(&and(&self.parts.customers));
        }
        if !self.parts.accounts.is_empty() {
            let names: Vec<String> =
                self.parts.accounts.iter().map(|id| self.fleet.accounts().name(id).to_owned()).collect();
            place.push_str(" in the account ");
            place.push_str(&and(&names));
        }
        if let Some(environment) = self.parts.environment {
            place.push_str(" in ");
            place.push_str(environment);
        }
        if !self.parts.regions.is_empty() {
            place.push_str(" in ");
            place.push_str(&and(&self.parts.regions));
        }
        if let Some(group) = &self.parts.group {
            place.push_str(&[" called \u{201c}", group, "\u{201d}"].concat());
        }
        place
    }

    /// The subject of a sentence: the one pipeline, or all of a place.
    fn subject(&self, rows: &[&PipelineRow]) -> String {
        match rows {
            [only] => self.name(only),
            _ => format!("the {}{}", counted(rows.len(), "pipeline"), self.place()),
        }
    }

    /// What was understood and did not matter here.
    fn unused(&self) -> Option<String> {
        use Intent as I;
        let mut unused: Vec<String> = Vec::new();
        let timed = matches!(
            self.intent,
            I::Failures
                | I::Deployments
                | I::Runs
                | I::Ranking
                | I::Trend
                | I::Compare
                | I::Shipped
                | I::Broke
                | I::Stale
                | I::Customers
                | I::History
                | I::Changed
        );
        if let Some(span) = self.parts.span.as_ref().filter(|_| !timed) {
            unused.push(format!("\u{201c}{}\u{201d}", span.words));
        }
        if let Some(stage) = self.parts.stage.as_ref().filter(|_| self.intent != I::Failures) {
            unused.push(format!("the stage \u{201c}{stage}\u{201d}"));
        }
        if let Some(branch) = &self.parts.branch {
            unused.push(format!("the branch \u{201c}{branch}\u{201d}, which run histories do not record"));
        }
        if let Some(change) = self.parts.change.as_ref().filter(|_| self.intent != I::Change) {
            unused.push(format!("the change \u{201c}{change}\u{201d}"));
        }
        (!unused.is_empty()).then(|| format!("I did not take into account {}.", and(&unused)))
    }

    fn names(&self, rows: &[&PipelineRow]) -> String {
        let names: Vec<String> = rows.iter().map(|row| self.name(row)).collect();
        some(&names)
    }

    // ---- facts ----

    fn history_of(&self, row: &PipelineRow) -> Option<&'a History> {
        self.records.histories.get(&row.overview.pipeline)
    }

    fn runs_of(&self, row: &PipelineRow) -> Vec<&'a RunSummary> {
        self.history_of(row).map(History::runs).unwrap_or_default()
    }

    fn failed(&self, rows: &[&'a PipelineRow], span: &Span) -> Vec<End<'a>> {
        let stage = self.parts.stage.as_deref().map(str::to_lowercase);
        let mut ends = Vec::new();
        for row in rows {
            for run in self.runs_of(row) {
                let of_stage = stage.as_ref().is_none_or(|stage| {
                    run.failure.as_ref().is_some_and(|failure| {
                        let place = [
                            failure.stage.as_ref().map(StageName::as_str),
                            failure.action.as_ref().map(ActionName::as_str),
                        ];
                        let said = place.into_iter().flatten().any(|name| name.to_lowercase().contains(stage));
                        let kind: &'static str = failure.category.unwrap_or_default().into();
                        said || kind == stage.as_str()
                    })
                });
                let in_time = |at: Timestamp| at >= span.from && at < span.until.max(span.from);
                let failed = run.outcomes.iter().filter(|end| end.status == Status::Failed && in_time(end.ended));
                if of_stage {
                    ends.extend(failed.map(|end| End { row, run, at: end.ended }));
                }
            }
        }
        ends.sort_by_key(|end| std::cmp::Reverse(end.at));
        ends
    }

    fn deployed(&self, rows: &[&'a PipelineRow], span: &Span) -> Vec<End<'a>> {
        let mut ends = Vec::new();
        for row in rows {
            for run in self.runs_of(row) {
                for deployed in run.deployed() {
                    let in_time = deployed.ended >= span.from && deployed.ended < span.until.max(span.from);
                    if deployed.status == Status::Succeeded && in_time {
                        ends.push(End { row, run, at: deployed.ended });
                    }
                }
            }
        }
        ends.sort_by_key(|end| std::cmp::Reverse(end.at));
        ends
    }

    /// "at least ", where runs of that time are no longer kept.
    fn at_least(&self, rows: &[&PipelineRow], span: &Span) -> &'static str {
        let is_cut = rows.iter().any(|row| {
            let runs = self.runs_of(row);
            runs.len() >= MAX_RUNS && runs.first().is_some_and(|first| first.first_seen > span.from)
        });
        if is_cut || self.records.is_partial { "at least " } else { "" }
    }

    /// So many of each, the most first: "payments API (3)".
    fn by(&self, ends: &[End<'a>]) -> Vec<String> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for end in ends {
            let key = self.key(end.row);
            match counts.iter_mut().find(|(name, _)| *name == key) {
                Some((_, count)) => *count += 1,
                None => counts.push((key, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.into_iter().map(|(name, count)| if count == 1 { name } else { format!("{name} ({count})") }).collect()
    }

    /// What something is grouped by.
    fn key(&self, row: &PipelineRow) -> String {
        let home = &row.overview.pipeline.home;
        match self.parts.by {
            Some(By::Customer) => self.fleet.customer(&row.overview.pipeline).unwrap_or("no customer").to_owned(),
            Some(By::Account) => self.fleet.accounts().name(home.account.as_str()).to_owned(),
            Some(By::Region) => home.region.to_string(),
            Some(By::Pipeline) | None => self.name(row),
        }
    }

    fn failures(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let ends = self.failed(rows, &span);
        let stage = self.parts.stage.as_ref().map(|stage| format!(" in {stage}")).unwrap_or_default();
        let least = self.at_least(rows, &span);
        if ends.is_empty() {
            let unsure = if least.is_empty() { "" } else { " I no longer have every run of that time." };
            return vec![format!("{} did not fail{stage} {}.{unsure}", capital(&self.subject(rows)), span.words)];
        }
        let mut told = Vec::new();
        if let [row] = rows {
            told.push(format!(
                "{} failed {least}{}{stage} {}.",
                capital(&self.name(row)),
                times(ends.len()),
                span.words
            ));
        } else {
            let pipelines: BTreeSet<&PipelineId> = ends.iter().map(|end| &end.row.overview.pipeline).collect();
            told.push(format!(
                "{}{}{}{stage} in {} {}: {}.",
                capital(least),
                counted(ends.len(), "failure"),
                self.place(),
                counted(pipelines.len(), "pipeline"),
                span.words,
                some(&self.by(&ends))
            ));
        }
        if let Some(last) = ends.first() {
            told.push(self.one_failure("The last one was", last, rows.len() > 1));
        }
        if self.parts.is_who {
            told.push(Self::authors(&ends));
        }
        let still: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        let failed: Vec<&PipelineRow> = still
            .into_iter()
            .filter(|row| ends.iter().any(|end| end.row.overview.pipeline == row.overview.pipeline))
            .collect();
        match (failed.as_slice(), rows.len()) {
            ([], _) => {
                told.push(if rows.len() == 1 { "It is not red now." } else { "None of them is red now." }.to_owned());
            }
            (_, 1) => told.push("It is still red.".to_owned()),
            (red, _) => told.push(format!("Still red: {}.", self.names(red))),
        }
        told
    }

    fn one_failure(&self, begin: &str, end: &End<'_>, named: bool) -> String {
        let name = if named { format!("{} ", self.name(end.row)) } else { String::new() };
        let why = end.run.failure.as_ref().and_then(reason).map(|why| format!(": {why}")).unwrap_or_default();
        format!("{begin} {name}{}{why}.", self.ago(end.at))
    }

    fn authors(ends: &[End<'_>]) -> String {
        let mut authors: Vec<String> = Vec::new();
        for end in ends {
            if let Some(author) = end.run.change.as_ref().and_then(|change| change.author.as_deref()) {
                let author = cut(author);
                if !authors.contains(&author) {
                    authors.push(author);
                }
            }
        }
        if authors.is_empty() {
            "Who made the changes is not known.".to_owned()
        } else {
            format!("The changes are by {}.", some(&authors))
        }
    }

    fn deployments(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let ends = self.deployed(rows, &span);
        let least = self.at_least(rows, &span);
        if ends.is_empty() {
            return vec![format!("{} did not deploy {}.", capital(&self.subject(rows)), span.words)];
        }
        let mut told = Vec::new();
        if let [row] = rows {
            told.push(format!("{} deployed {least}{} {}.", capital(&self.name(row)), times(ends.len()), span.words));
        } else {
            told.push(format!(
                "{}{}{} {}: {}.",
                capital(least),
                counted(ends.len(), "deployment"),
                self.place(),
                span.words,
                some(&self.by(&ends))
            ));
        }
        if let Some(last) = ends.first() {
            let name = if rows.len() > 1 { format!("{} ", self.name(last.row)) } else { String::new() };
            let change =
                last.run.change.as_ref().and_then(change_words).map(|change| format!(": {change}")).unwrap_or_default();
            told.push(format!("The last one was {name}{}{change}.", self.ago(last.at)));
        }
        if self.parts.is_who {
            told.push(Self::authors(&ends));
        }
        told
    }

    fn runs(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let in_time = |run: &&RunSummary| run.first_seen >= span.from && run.first_seen < span.until;
        let runs: Vec<&RunSummary> = rows.iter().flat_map(|row| self.runs_of(row)).filter(in_time).collect();
        let count = |status: Status| runs.iter().filter(|run| run.status == status).count();
        let least = self.at_least(rows, &span);
        let mut told =
            vec![format!("{} ran {least}{} {}.", capital(&self.subject(rows)), times(runs.len()), span.words)];
        if !runs.is_empty() {
            told.push(format!("{} succeeded and {} failed.", count(Status::Succeeded), count(Status::Failed)));
        }
        told
    }

    fn overview(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        let all = rows.len();
        let mut told = match red.as_slice() {
            [] if all == 1 => {
                let words = rows.iter().map(|row| {
                    format!(
                        "{} is not red (latest run: {}, {}).",
                        capital(&self.name(row)),
                        row.overview.latest.status.word(),
                        self.ago(row.news_at())
                    )
                });
                words.collect()
            }
            [] => vec![format!("None of {} is red.", self.subject(rows))],
            [one] => {
                let since = one.red_since().unwrap_or_else(|| one.news_at());
                let mut told = vec![format!(
                    "One of {} is red: {}, {}.",
                    self.subject(rows),
                    self.name(one),
                    self.for_long(since)
                )];
                told.extend(cause::sentence(one, None, self.voice));
                told
            }
            many => vec![format!("{} of {} are red: {}.", many.len(), self.subject(rows), self.names(many))],
        };
        if let ([row], [red]) = (rows, red.as_slice()) {
            let since = red.red_since().unwrap_or_else(|| red.news_at());
            told = vec![format!("{} is red {}.", capital(&self.name(row)), self.for_long(since))];
            told.extend(cause::sentence(red, None, self.voice));
        }
        let of = |light: StatusColor| rows.iter().filter(|row| row.light == light).count();
        let mut rest: Vec<String> = Vec::new();
        for (light, word) in [
            (StatusColor::Waiting, "waiting for approval"),
            (StatusColor::Running, "running"),
            (StatusColor::Green, "green"),
            (StatusColor::Grey, "ended without a result"),
        ] {
            if of(light) > 0 {
                rest.push(format!("{} {word}", of(light)));
            }
        }
        if all > 1 && !rest.is_empty() {
            told.push(format!("{}.", capital(&and(&rest))));
        }
        told
    }

    fn going(&self, rows: &[&'a PipelineRow], status: Status) -> Vec<String> {
        let found: Vec<&PipelineRow> = rows
            .iter()
            .copied()
            .filter(|row| {
                row.overview.latest.status == status || row.overview.open.iter().any(|open| open.status == status)
            })
            .collect();
        let what = if status == Status::Waiting { "waiting for approval" } else { "running" };
        if found.is_empty() {
            return match rows {
                [row] => vec![format!("{} is not {what}.", capital(&self.name(row)))],
                _ => vec![format!("None of {} is {what}.", self.subject(rows))],
            };
        }
        let items: Vec<String> = found
            .iter()
            .map(|row| {
                let current = row.overview.latest.current.as_ref();
                let place = current
                    .and_then(|at| cause::place(Some(&at.stage), at.action.as_ref()))
                    .map(|place| format!(" in {place}"))
                    .unwrap_or_default();
                let since = if status == Status::Waiting {
                    current.map_or_else(|| row.began(), |at| at.since)
                } else {
                    row.began()
                };
                format!("{}{place} {}", self.name(row), self.for_long(since))
            })
            .collect();
        let verb = if found.len() == 1 { "is" } else { "are" };
        vec![format!("{} {verb} {what}: {}.", capital(&counted(found.len(), "pipeline")), some(&items))]
    }

    fn list(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        vec![format!(
            "There {} {}{}: {}.",
            if rows.len() == 1 { "is" } else { "are" },
            counted(rows.len(), "pipeline"),
            self.place(),
            self.names(rows)
        )]
    }

    fn customers(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut of: BTreeMap<&str, Vec<&PipelineRow>> = BTreeMap::new();
        for row in rows {
            if let Some(customer) = self.fleet.customer(&row.overview.pipeline) {
                of.entry(customer).or_default().push(row);
            }
        }
        if of.is_empty() {
            return vec!["No account has a customer: set `customer` under `accounts` in andon.yml.".to_owned()];
        }
        if let Some(span) = &self.parts.span {
            let ends = self.failed(rows, span);
            let with = |rows: &[&PipelineRow]| {
                ends.iter()
                    .filter(|end| rows.iter().any(|row| row.overview.pipeline == end.row.overview.pipeline))
                    .count()
            };
            let mut bad: Vec<(usize, &str)> =
                of.iter().map(|(name, rows)| (with(rows), *name)).filter(|(count, _)| *count > 0).collect();
            bad.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            let list: Vec<String> =
                bad.iter().map(|(count, name)| format!("{name} ({})", counted(*count, "failure"))).collect();
            return if list.is_empty() {
                vec![format!("None of the {} had a failure {}.", counted(of.len(), "customer"), span.words)]
            } else {
                vec![format!(
                    "{} of {} had failures {}: {}.",
                    list.len(),
                    counted(of.len(), "customer"),
                    span.words,
                    some(&list)
                )]
            };
        }
        let reds: Vec<String> = of
            .iter()
            .filter_map(|(name, rows)| {
                let red = rows.iter().filter(|row| row.light == StatusColor::Red).count();
                (red > 0).then(|| format!("{name} ({red} of {})", rows.len()))
            })
            .collect();
        let names: Vec<String> = of.keys().map(|name| (*name).to_owned()).collect();
        let all = format!("There are {}: {}.", counted(of.len(), "customer"), some(&names));
        if reds.is_empty() {
            vec![all, "None has a red pipeline.".to_owned()]
        } else {
            vec![all, format!("With red pipelines: {}.", some(&reds))]
        }
    }

    fn stale(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let (limit, words) = match &self.parts.span {
            Some(span) => (span.from, span.words.clone()),
            None => (self.now.checked_sub(STALE).unwrap_or(Timestamp::MIN), "in the last two weeks".to_owned()),
        };
        let mut found: Vec<&PipelineRow> =
            rows.iter().copied().filter(|row| row.news_at() < limit && row.overview.latest.status.is_final()).collect();
        found.sort_by_key(|row| row.news_at());
        if found.is_empty() {
            return vec![format!("Every one of {} has run {words}.", self.subject(rows))];
        }
        let items: Vec<String> =
            found.iter().map(|row| format!("{} ({})", self.name(row), self.ago(row.news_at()))).collect();
        vec![
            format!(
                "{} not run {words}: {}.",
                capital(&format!(
                    "{} {}",
                    counted(found.len(), "pipeline"),
                    if found.len() == 1 { "has" } else { "have" }
                )),
                some(&items)
            ),
            "I only know pipelines that have run since Andon was set up.".to_owned(),
        ]
    }

    fn safe(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut told = vec!["I cannot judge that, but this is what I know.".to_owned()];
        told.extend(self.overview(rows));
        told
    }

    fn ranking(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        use Superlative as S;

        let Some(superlative) = self.parts.superlative else { return self.overview(rows) };
        let span = self.time();
        let mut groups: Vec<(String, Vec<&PipelineRow>)> = Vec::new();
        for row in rows {
            let key = self.key(row);
            match groups.iter_mut().find(|(name, _)| *name == key) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        let failed = self.failed(rows, &span);
        let deployed = self.deployed(rows, &span);
        let count = |ends: &[End<'_>], rows: &[&PipelineRow]| {
            ends.iter().filter(|end| rows.iter().any(|row| row.overview.pipeline == end.row.overview.pipeline)).count()
        };
        let ended = |rows: &[&PipelineRow]| -> (usize, usize) {
            let (mut bad, mut all) = (0, 0);
            for row in rows {
                for run in self.runs_of(row) {
                    for end in run.outcomes.iter().filter(|end| end.ended >= span.from && end.ended < span.until) {
                        bad += usize::from(end.status == Status::Failed);
                        all += usize::from(matches!(end.status, Status::Failed | Status::Succeeded));
                    }
                }
            }
            (bad, all)
        };
        let flips = |rows: &[&PipelineRow]| -> usize {
            let one = |row: &&PipelineRow| {
                let ends: Vec<Status> = self
                    .runs_of(row)
                    .iter()
                    .filter(|run| run.first_seen >= span.from)
                    .map(|run| run.status)
                    .filter(|status| matches!(status, Status::Failed | Status::Succeeded))
                    .collect();
                ends.iter().zip(ends.iter().skip(1)).filter(|(a, b)| a != b).count()
            };
            rows.iter().map(one).sum()
        };
        let typical = |rows: &[&PipelineRow]| match rows {
            [row] => row.overview.typical.map(|typical| typical.median),
            _ => None,
        };
        let red = |rows: &[&PipelineRow]| rows.iter().filter_map(|row| row.red_since()).min();
        let mut ranked: Vec<(i64, String)> = Vec::new();
        for (name, rows) in &groups {
            let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            let entry = match superlative {
                S::MostFailing | S::LeastFailing => {
                    let count = count(&failed, rows);
                    (count > 0 || superlative == S::LeastFailing)
                        .then(|| (number(count), format!("{name} with {}", counted(count, "failure"))))
                }
                S::MostDeployed => {
                    let count = count(&deployed, rows);
                    (count > 0).then(|| (number(count), format!("{name} with {}", counted(count, "deployment"))))
                }
                S::Worst | S::Best => {
                    let (bad, all) = ended(rows);
                    (all > 0).then(|| {
                        (number(bad * 1000 / all.max(1)), format!("{name}, where {bad} of {all} attempts failed"))
                    })
                }
                S::Flakiest => {
                    let count = flips(rows);
                    (count > 0).then(|| {
                        (number(count), format!("{name}, which changed between success and failure {}", times(count)))
                    })
                }
                S::Slowest | S::Fastest => {
                    typical(rows).map(|seconds| (seconds, format!("{name} with {}", self.span_of(seconds))))
                }
                S::LongestRed => red(rows).map(|since| {
                    (self.now.duration_since(since).as_secs(), format!("{name}, red {}", self.for_long(since)))
                }),
            };
            ranked.extend(entry);
        }
        let least_first = matches!(superlative, S::LeastFailing | S::Fastest | S::Best);
        ranked.sort_by_key(|(value, _)| if least_first { *value } else { -*value });
        let what = ranked_by(superlative);
        let timed = !matches!(superlative, S::Slowest | S::Fastest | S::LongestRed);
        let when = if timed { format!(" {}", span.words) } else { String::new() };
        if ranked.is_empty() {
            let none = match superlative {
                S::LongestRed => format!("None of {} is red.", self.subject(rows)),
                S::MostFailing | S::Flakiest => format!("{} had no failures{when}.", capital(&self.subject(rows))),
                _ => format!("I have no figures for that{when}."),
            };
            return vec![none];
        }
        let wanted = self.parts.count.unwrap_or(3).min(20);
        let items: Vec<String> = ranked.into_iter().take(wanted).map(|(_, text)| text).collect();
        vec![format!("{what}{}{when}: {}.", self.place(), and(&items))]
    }

    fn trend(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut span = self.time();
        let length = span.until.duration_since(span.from);
        if span.until < self.now {
            // "better than last week": what has been since is compared with it, up to the same length.
            let from = span.until.max(self.now.checked_sub(length).unwrap_or(span.until));
            span = Span { label: span.label, words: "since then".to_owned(), from, until: self.now };
        }
        let length = span.until.duration_since(span.from);
        let before = Span {
            label: String::new(),
            words: format!("in the {} before", self.voice.span(length)),
            from: span.from.checked_sub(length).unwrap_or(Timestamp::MIN),
            until: span.from,
        };
        let (now, then) = (self.failed(rows, &span).len(), self.failed(rows, &before).len());
        let (deployed, earlier) = (self.deployed(rows, &span).len(), self.deployed(rows, &before).len());
        let verdict = match now.cmp(&then) {
            std::cmp::Ordering::Less => "Fewer failures than before",
            std::cmp::Ordering::Equal => "As many failures as before",
            std::cmp::Ordering::Greater => "More failures than before",
        };
        let mut told = vec![format!(
            "{verdict}{}: {now} {}, {then} {}. Deployments: {deployed}, and {earlier} before.",
            self.place(),
            span.words,
            before.words
        )];
        if !self.at_least(rows, &before).is_empty() {
            told.push("Not every run of that time is kept, so this may be incomplete.".to_owned());
        }
        told
    }

    fn compare(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let span = self.time();
        let mut sides: Vec<(String, Vec<&'a PipelineRow>)> = Vec::new();
        if self.parts.customers.len() > 1 {
            for customer in &self.parts.customers {
                let own = rows
                    .iter()
                    .copied()
                    .filter(|row| self.fleet.customer(&row.overview.pipeline) == Some(customer))
                    .collect();
                sides.push((customer.clone(), own));
            }
        } else {
            sides.extend(rows.iter().map(|row| (self.name(row), vec![*row])));
        }
        let side = |(name, rows): &(String, Vec<&'a PipelineRow>)| {
            let red = rows.iter().filter(|row| row.light == StatusColor::Red).count();
            let state = match rows.as_slice() {
                [row] => format!("is {}", row.light.word()),
                _ => format!("has {red} of {} red", counted(rows.len(), "pipeline")),
            };
            format!(
                "{} {state}, with {} and {} {}.",
                capital(name),
                counted(self.failed(rows, &span).len(), "failure"),
                counted(self.deployed(rows, &span).len(), "deployment"),
                span.words
            )
        };
        sides.iter().take(MAX_NAMED).map(side).collect()
    }

    fn shared_cause(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        if red.len() < 2 {
            return match red.first() {
                Some(row) => vec![format!("Only {} is red, so there is nothing to compare.", self.name(row))],
                None => vec![format!("None of {} is red.", self.subject(rows))],
            };
        }
        let mut shared: Vec<(String, Vec<&PipelineRow>)> = Vec::new();
        for row in &red {
            if let Some(why) = row.failure().and_then(FailureSummary::why) {
                match shared.iter_mut().find(|(known, _)| known == why) {
                    Some((_, rows)) => rows.push(row),
                    None => shared.push((why.to_owned(), vec![row])),
                }
            }
        }
        let common: Vec<String> = shared
            .iter()
            .filter(|(_, rows)| rows.len() > 1)
            .map(|(why, rows)| format!("{} have the same cause: {}", capital(&self.names(rows)), short(why)))
            .collect();
        if !common.is_empty() {
            return common.into_iter().map(|text| format!("{text}.")).collect();
        }
        let kinds: BTreeSet<&'static str> =
            red.iter().filter_map(|row| row.failure()?.category).map(Into::into).collect();
        let mut told = vec![format!("No two of the {} red pipelines have the same recorded cause.", red.len())];
        let known: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "unknown").collect();
        if !known.is_empty() {
            told.push(format!("Kinds of failure: {}.", known.join(", ")));
        }
        told
    }

    fn blame(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
        if red.is_empty() {
            return match rows {
                [row] => vec![format!("{} is not red.", capital(&self.name(row)))],
                _ => vec![format!("None of {} is red.", self.subject(rows))],
            };
        }
        let mut told = Vec::new();
        for row in red.iter().take(MAX_NAMED) {
            let side = match row.failure().and_then(|failure| failure.category) {
                Some(Category::Infrastructure | Category::Timeout | Category::Quota) => {
                    "it looks like the infrastructure"
                }
                Some(Category::Unknown) | None => "it is not known whether it is your change or the infrastructure",
                Some(Category::Permission | Category::Config) => {
                    "it looks like permissions or configuration, not an outage"
                }
                Some(_) => "it looks like the change, not the infrastructure",
            };
            let why = row.failure().and_then(reason).map(|why| format!(" ({why})")).unwrap_or_default();
            told.push(format!("{}: {side}{why}.", capital(&self.name(row))));
        }
        told
    }

    fn on_it(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let mut told =
            vec!["Who is working on it is not recorded here; the alert in Slack shows who took it.".to_owned()];
        let broken = |row: &PipelineRow| -> Option<String> {
            let by = row.overview.broken_by.as_ref()?;
            by.first.as_ref().or(by.change.as_ref())?.author.clone()
        };
        if let [row] = rows
            && let Some(author) = broken(row)
        {
            told.push(format!("The change that broke {} is by {}.", self.name(row), cut(&author)));
        }
        told
    }

    fn figures(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let keys: Vec<_> = rows.iter().filter_map(|row| row.overview.keys.as_ref()).collect();
        if keys.is_empty() {
            return vec![format!("No deployments of {} are recorded yet.", self.subject(rows))];
        }
        let deployments: usize = keys.iter().map(|keys| keys.deployments).sum();
        let failed: usize = keys.iter().map(|keys| keys.failed).sum();
        let since = keys.iter().map(|keys| keys.since).min().unwrap_or(self.now);
        let mut told = vec![format!(
            "{} deployed {} and failed {}, {} at the earliest.",
            capital(&self.subject(rows)),
            times(deployments),
            times(failed),
            self.voice.since(since, self.now)
        )];
        if deployments + failed > 0 {
            told.push(format!("{} of {} attempts failed.", failed, deployments + failed));
        }
        told.push("Lead and recovery times are known for each pipeline, not for several together.".to_owned());
        told
    }

    fn people(&self, rows: &[&'a PipelineRow], draft: &mut Draft<'_>) -> Vec<String> {
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

    /// Where a commit or version has got to.
    fn where_is(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let Some(wanted) = &self.parts.change else { return Vec::new() };
        let is_it = |change: &ChangeSummary| {
            let by_id = change
                .id
                .as_deref()
                .is_some_and(|id| id.starts_with(wanted.as_str()) || id.trim_start_matches('v') == wanted);
            let mentions = |title: &str| {
                title
                    .split(|c: char| c.is_whitespace() || ",;:()[]".contains(c))
                    .any(|word| word.trim_start_matches('v') == wanted)
            };
            by_id || change.title.as_deref().is_some_and(mentions)
        };
        let mut told = Vec::new();
        for row in rows {
            let runs = self.runs_of(row);
            let with: Vec<&&RunSummary> = runs.iter().filter(|run| run.change.as_ref().is_some_and(is_it)).collect();
            if let Some(last) = with.last() {
                let ended = last.ended.map(|at| format!(" {}", self.ago(at))).unwrap_or_default();
                told.push(format!(
                    "{}: the run with {wanted} is {}{ended}.",
                    capital(&self.name(row)),
                    last.status.word()
                ));
            }
        }
        if told.is_empty() {
            told.push(format!(
                "No recorded run has a change \u{201c}{wanted}\u{201d}, so whether it is deployed is not known."
            ));
        }
        told.truncate(MAX_NAMED);
        told
    }

    fn last_failure(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let ever = Span { label: String::new(), words: String::new(), from: Timestamp::MIN, until: Timestamp::MAX };
        match self.failed(rows, &ever).first() {
            Some(end) => vec![format!(
                "The last failure of {} was {}{}{}.",
                self.subject(rows),
                if rows.len() > 1 { format!("in {} ", self.name(end.row)) } else { String::new() },
                self.ago(end.at),
                end.run.failure.as_ref().and_then(reason).map(|why| format!(": {why}")).unwrap_or_default()
            )],
            None => vec![format!("I have no failure of {} on record.", self.subject(rows))],
        }
    }

    fn last_success(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let last =
            rows.iter().filter_map(|row| Some((row.overview.health.last_success?, *row))).max_by_key(|(at, _)| *at);
        match last {
            Some((at, row)) => {
                vec![format!("The last success{} was {} {}.", self.place(), self.name(row), self.ago(at))]
            }
            None => vec![format!("I have no success of {} on record.", self.subject(rows))],
        }
    }

    fn failed_run(&self) -> Option<&'a Run> {
        self.records.runs.iter().rev().find(|run| !run.failures(run.attempt()).is_empty())
    }

    fn next(&self, row: &PipelineRow) -> Vec<String> {
        if row.light != StatusColor::Red {
            return vec![format!("{} is not red, so there is nothing to do.", capital(&self.name(row)))];
        }
        let mut told: Vec<String> = Vec::new();
        told.extend(cause::sentence(row, None, self.voice));
        let failures = self.failed_run().map(|run| run.failures(run.attempt())).unwrap_or_default();
        let hint = failures.iter().find_map(|failure| failure.explanation.as_ref()?.hint.clone());
        let transient = matches!(
            row.failure().and_then(|failure| failure.category),
            Some(Category::Infrastructure | Category::Timeout | Category::Quota)
        );
        told.push(match (hint, transient) {
            (Some(hint), _) => format!("Next: {hint}"),
            (None, true) => "This kind of failure is often transient: retry the failed stage.".to_owned(),
            (None, false) => "No hint or runbook is known for it; read the log first.".to_owned(),
        });
        if let Some(why) = row.failure().and_then(FailureSummary::why) {
            told.push(format!("The most telling line: {}.", short(why)));
        }
        told.push(format!("See {}", andon::links::pipeline(&row.overview.pipeline)));
        told
    }

    fn stage(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let name = capital(&self.name(row));
        let mut told = Vec::new();
        if let Some(current) = &latest.current {
            let action = current.action.as_ref().map(|action| format!(", action {action}")).unwrap_or_default();
            let word = if latest.status == Status::Waiting { "waits" } else { "is" };
            told.push(format!("{name} {word} in stage {}{action}, {}.", current.stage, self.for_long(current.since)));
        }
        if let Some(failure) = row.failure().filter(|_| row.light == StatusColor::Red) {
            let stage =
                failure.stage.as_ref().map_or("a stage that is not known".to_owned(), |stage| format!("stage {stage}"));
            let action = failure.action.as_ref().map(|action| format!(", action {action}")).unwrap_or_default();
            told.push(format!("{name} failed in {stage}{action}, {}.", self.ago(failure.at)));
            let others = self.failed_run().map(|run| run.failures(run.attempt())).unwrap_or_default();
            let names: Vec<String> =
                others.iter().skip(1).filter_map(|failure| failure.action.as_ref()).map(ToString::to_string).collect();
            if !names.is_empty() {
                told.push(format!("Also failed: {}.", some(&names)));
            }
        }
        if told.is_empty() {
            told.push(format!(
                "{name} is in no stage now; its latest run {} {}.",
                latest.status.word(),
                self.ago(row.news_at())
            ));
        }
        told
    }

    fn duration(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let name = capital(&self.name(row));
        let mut told = Vec::new();
        let typical = row.overview.typical;
        if !latest.status.is_final() {
            told.push(format!("{name} has been running {}.", self.for_long(row.began())));
        } else if let (Some(started), Some(ended)) = (latest.started, latest.ended) {
            told.push(format!(
                "The latest run of {} took {}.",
                self.name(row),
                self.span_of(ended.duration_since(started).as_secs())
            ));
        }
        match typical {
            Some(typical) => told.push(format!(
                "It usually takes {} (median of {}).",
                self.span_of(typical.median),
                counted(typical.runs, "successful run")
            )),
            None => told.push("How long it usually takes is not known.".to_owned()),
        }
        if let (false, Some(typical)) = (latest.status.is_final(), typical) {
            let left = typical.median - self.now.duration_since(row.began()).as_secs();
            told.push(if latest.status == Status::Waiting {
                "When it ends depends on the approval.".to_owned()
            } else if left > 0 {
                format!("It should end in about {}.", self.span_of(left))
            } else {
                format!("That is {} longer than usual.", self.span_of(-left))
            });
        }
        told
    }

    fn slower(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let Some(typical) = row.overview.typical else {
            return vec![format!("How long {} usually takes is not known.", self.name(row))];
        };
        let (took, verb) = match (latest.started, latest.ended) {
            (Some(started), Some(ended)) => (ended.duration_since(started).as_secs(), "took"),
            (_, None) => (self.now.duration_since(row.began()).as_secs(), "has been running for"),
            _ => return self.duration(row),
        };
        let verdict = if took > typical.p95 {
            "That is slower than usual"
        } else if took > typical.median {
            "That is longer than the median, but within the usual range"
        } else {
            "That is not slower than usual"
        };
        vec![
            format!("The latest run of {} {verb} {}.", self.name(row), self.span_of(took)),
            format!(
                "{verdict}: the median of {} is {}.",
                counted(typical.runs, "successful run"),
                self.span_of(typical.median)
            ),
        ]
    }

    fn red_since(&self, row: &PipelineRow) -> Vec<String> {
        match row.red_since() {
            Some(since) => {
                let count = row.overview.health.streak.as_ref().map_or(1, |streak| streak.count);
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                vec![format!(
                    "{} has been red {}, with {} in a row.",
                    capital(&self.name(row)),
                    self.for_long(since),
                    counted(count, "failure")
                )]
            }
            None => vec![format!("{} is not red.", capital(&self.name(row)))],
        }
    }

    fn last_failed<'r>(&self, row: &'r PipelineRow) -> Option<&'r RunSummary>
    where
        'a: 'r,
    {
        self.runs_of(row).into_iter().rfind(|run| run.status == Status::Failed)
    }

    fn execution(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let mut told = vec![format!(
            "The latest execution of {} is {} ({}).",
            self.name(row),
            latest.execution,
            latest.status.word()
        )];
        if let Some(failed) = self.last_failed(row).filter(|failed| failed.execution != latest.execution) {
            told.push(format!("The last failed one is {}.", failed.execution));
        }
        told
    }

    fn link(&self, row: &PipelineRow) -> Vec<String> {
        let latest = &row.overview.latest;
        let run = self.last_failed(row).filter(|_| row.light == StatusColor::Red).unwrap_or(latest);
        let log = self
            .failed_run()
            .into_iter()
            .flat_map(Run::stages)
            .flat_map(|stage| stage.actions)
            .filter(|action| action.status == Status::Failed)
            .find_map(|action| action.result?.url);
        let mut told = vec![format!(
            "{}: {}",
            capital(&self.name(row)),
            andon::links::execution(&row.overview.pipeline, &run.execution)
        )];
        if let Some(log) = log.and_then(|url| andon::links::checked(&url)) {
            told.push(format!("The failed action: {log}"));
        }
        told
    }

    fn last_succeeded<'r>(&self, row: &'r PipelineRow) -> Option<&'r RunSummary>
    where
        'a: 'r,
    {
        self.runs_of(row).into_iter().rfind(|run| run.status == Status::Succeeded)
    }

    fn live(&self, row: &PipelineRow) -> Vec<String> {
        let name = self.name(row);
        let mut told = Vec::new();
        match self.last_succeeded(row) {
            Some(run) => {
                let change = run
                    .change
                    .as_ref()
                    .and_then(full_change)
                    .unwrap_or_else(|| "a change that is not known".to_owned());
                told.push(format!(
                    "The latest change that went through {name} is {change}, {}.",
                    self.ago(run.ended.unwrap_or(run.first_seen))
                ));
            }
            None => told.push(format!("I have no successful run of {name} on record, so what is live is not known.")),
        }
        let latest = &row.overview.latest;
        if latest.status != Status::Succeeded
            && let Some(change) = latest.change.as_ref().and_then(full_change)
        {
            told.push(format!("The latest run ({}) has {change}.", latest.status.word()));
        }
        told
    }

    fn last_green(&self, row: &PipelineRow) -> Vec<String> {
        match self.last_succeeded(row) {
            Some(run) => {
                let change = run.change.as_ref().and_then(full_change).unwrap_or_else(|| "not known".to_owned());
                vec![format!(
                    "The last change with which {} was green is {change}, {}.",
                    self.name(row),
                    self.ago(run.ended.unwrap_or(run.first_seen))
                )]
            }
            None => vec![format!("I have no successful run of {} on record.", self.name(row))],
        }
    }

    fn changed(&self, row: &PipelineRow) -> Vec<String> {
        let runs = self.runs_of(row);
        let (since, words) = match &self.parts.span {
            Some(span) => (span.from, span.words.clone()),
            None => {
                if let Some(green) = self.last_succeeded(row).filter(|_| row.light == StatusColor::Red) {
                    (green.first_seen, "since it was last green".to_owned())
                } else {
                    let mut told = vec![format!("{} is not red.", capital(&self.name(row)))];
                    if row.light == StatusColor::Red {
                        told =
                            vec![format!("I have no successful run of {} on record to compare with.", self.name(row))];
                    }
                    if let Some(change) = row.change().and_then(full_change) {
                        told.push(format!("Its latest change is {change}."));
                    }
                    return told;
                }
            }
        };
        let mut changes: Vec<String> = Vec::new();
        for run in runs.iter().filter(|run| run.first_seen > since) {
            if let Some(change) = run.change.as_ref().and_then(full_change).filter(|change| !changes.contains(change)) {
                changes.push(change);
            }
        }
        if changes.is_empty() {
            return vec![format!("No change of {} is recorded {words}.", self.name(row))];
        }
        vec![format!("Changes that {} was run with {words}: {}.", self.name(row), some(&changes))]
    }

    fn started(&self) -> Vec<String> {
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

    fn branch(&self) -> Vec<String> {
        let reference = self.records.runs.iter().find_map(|run| run.commit()?.reference);
        vec![match reference {
            Some(reference) => format!("The latest run is of {}.", reference.trim_start_matches("refs/heads/")),
            None => "The branch of the latest run is not known.".to_owned(),
        }]
    }

    /// What the approvals of the runs say of themselves.
    fn decided(&self, row: &PipelineRow) -> Vec<String> {
        let mut told = Vec::new();
        for run in &self.records.runs {
            for action in run.stages().into_iter().flat_map(|stage| stage.actions) {
                let is_approval = action.provider.as_ref().is_some_and(andon::event::Provider::is_approval);
                if is_approval && action.status.is_final() {
                    let words = action
                        .result
                        .as_ref()
                        .and_then(|result| result.summary.as_deref())
                        .map(|text| format!(": {}", short(text)))
                        .unwrap_or_default();
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
                told.push(format!("The run of {} was stopped: {}.", self.name(row), short(comment)));
            }
            if !told.is_empty() {
                told.push("The person's name is only known where the comment gives it.".to_owned());
                return told;
            }
        }
        vec![format!(
            "No approval, rejection or stop of {} is on record for its latest run, so who did it is not known.",
            self.name(row)
        )]
    }

    fn same_cause(&self, row: &PipelineRow) -> Vec<String> {
        let runs = self.runs_of(row);
        let failures: Vec<(&RunSummary, &FailureSummary)> = runs
            .iter()
            .rev()
            .filter(|run| run.status == Status::Failed)
            .filter_map(|run| Some((*run, run.failure.as_ref()?)))
            .collect();
        let Some(((_, last), before)) = failures.split_first() else {
            return vec![format!("I have no failure of {} on record.", self.name(row))];
        };
        let why = reason(last).map(|why| format!(": {why}")).unwrap_or_default();
        let same = before.iter().filter(|(_, failure)| failure.is_like(last)).count();
        match (before.len(), before.iter().find(|(_, failure)| failure.is_like(last))) {
            (0, _) => vec![format!(
                "The recorded runs of {} have only one failure, so there is nothing to compare{why}.",
                self.name(row)
            )],
            (1, Some((_, failure))) => {
                vec![format!("Yes: the failure recorded before it, {}, had the same cause{why}.", self.ago(failure.at))]
            }
            (all, Some((_, failure))) => vec![format!(
                "Yes: {same} of the {} recorded before it had the same cause{why}. The previous one was {}.",
                counted(all, "failure"),
                self.ago(failure.at)
            )],
            (all, None) => {
                vec![format!("No: none of the {} recorded before it had the same cause{why}.", counted(all, "failure"))]
            }
        }
    }

    fn history(&self, row: &PipelineRow) -> Vec<String> {
        let runs = self.runs_of(row);
        let wanted = self.parts.count.unwrap_or(MAX_NAMED).min(20);
        let from = self.parts.span.as_ref().map_or(Timestamp::MIN, |span| span.from);
        let items: Vec<String> = runs
            .iter()
            .rev()
            .filter(|run| run.first_seen >= from)
            .take(wanted)
            .map(|run| format!("{} {}", run.status.word(), self.ago(run.ended.unwrap_or(run.first_seen))))
            .collect();
        if items.is_empty() {
            return vec![format!("No run of {} is on record for that time.", self.name(row))];
        }
        vec![format!(
            "The latest {} of {}, newest first: {}.",
            counted(items.len(), "run"),
            self.name(row),
            items.join("; ")
        )]
    }

    fn flaky(&self, row: &PipelineRow) -> Vec<String> {
        let ends: Vec<Status> = self
            .runs_of(row)
            .iter()
            .map(|run| run.status)
            .filter(|status| matches!(status, Status::Failed | Status::Succeeded))
            .collect();
        let flips = ends.iter().zip(ends.iter().skip(1)).filter(|(a, b)| a != b).count();
        let failed = ends.iter().filter(|status| **status == Status::Failed).count();
        vec![format!(
            "{} of the last {} of {} failed, and the result changed {}.",
            failed,
            counted(ends.len(), "finished run"),
            self.name(row),
            times(flips)
        )]
    }
}

/// Says that something is to be done elsewhere, and how.
pub(in super::super) fn refuse(
    instruction: super::super::understanding::Instruction,
    fleet: &Fleet,
    parts: &Parts,
    now: Timestamp,
    voice: &Voice,
    session: &Session,
) -> Answer {
    use super::super::understanding::Instruction as Do;
    let mut draft = Draft::new(voice, now, session);
    draft.kind(Kind::Refused);
    draft.speak("I only answer questions; I have changed nothing.".to_owned());
    let rows: Vec<&PipelineRow> =
        if parts.pipelines.is_empty() && !parts.has_scope() { Vec::new() } else { scope(fleet, parts) };
    draft.rows(rows.iter().copied());
    let row = match rows.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let name = row.map_or("NAME", |row| row.overview.pipeline.name.as_str());
    let region = row.map_or("REGION", |row| row.overview.pipeline.home.region.as_str());
    let execution = row.map_or("EXECUTION", |row| row.overview.latest.execution.as_str());
    let stage = row
        .and_then(|row| row.failure()?.stage.as_ref())
        .or(row.and_then(|row| Some(&row.overview.latest.current.as_ref()?.stage)))
        .map_or("STAGE", |stage| stage.as_str());
    let aws = |command: &str| format!("aws codepipeline {command} --region {region}");
    let quoted = quote(name);
    let command = match instruction {
        Do::Retry => Some(aws(&format!(
            "retry-stage-execution --pipeline-name {quoted} --stage-name {} --pipeline-execution-id {execution} --retry-mode FAILED_ACTIONS",
            quote(stage)
        ))),
        Do::Stop => {
            Some(aws(&format!("stop-pipeline-execution --pipeline-name {quoted} --pipeline-execution-id {execution}")))
        }
        Do::Start => Some(aws(&format!("start-pipeline-execution --name {quoted}"))),
        Do::Approve | Do::Reject => Some(aws(&format!(
            "put-approval-result --pipeline-name {quoted} --stage-name {} --action-name ACTION --token TOKEN --result status={},summary=...",
            quote(stage),
            if instruction == Do::Approve { "Approved" } else { "Rejected" }
        ))),
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
        (Do::Mute, _) => "Set quiet hours or routes in andon.yml, or use the buttons of the alert in Slack.".to_owned(),
        (Do::Acknowledge, _) => "Use the button of the alert in Slack.".to_owned(),
        _ => "Use the AWS console or andon.yml for that.".to_owned(),
    };
    draft.speak(how);
    draft.in_words()
}

/// A name on a command line.
fn quote(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Says that a name is unknown, and what is called something like it.
pub(in super::super) fn no_such(
    fleet: &Fleet,
    heard: &str,
    nearest: &[PipelineId],
    now: Timestamp,
    voice: &Voice,
    session: &Session,
) -> Answer {
    let mut draft = Draft::new(voice, now, session);
    let rows: Vec<&PipelineRow> = nearest.iter().filter_map(|id| fleet.row(id)).collect();
    draft.kind(Kind::NoSuchPipeline(nearest.to_vec())).rows(rows.iter().copied());
    draft.say(Phrase::NoSuch, &[("heard", cut(heard).into())]);
    if !rows.is_empty() {
        let names: Vec<String> = rows.iter().map(|row| called(fleet, row, voice)).collect();
        let pending = Pending::WhichOne { topic: Topic::Status, candidates: nearest.to_vec() };
        draft.ask(voice.say(Phrase::AskWhichOne, &[("list", voice.or(&names).into())]), Some(pending));
    }
    draft.done()
}

/// Why something failed, in one line: by the words of its cause, or else by its kind.
fn reason(failure: &FailureSummary) -> Option<String> {
    let place = cause::place(failure.stage.as_ref(), failure.action.as_ref());
    match (failure.why().map(short), place) {
        (Some(why), Some(place)) => Some(format!("in {place}, {why}")),
        (Some(why), None) => Some(why),
        (None, Some(place)) => Some(format!("in {place}")),
        (None, None) => None,
    }
}

/// A change by its author and title: "Tomasz Wilk, “Round refunds”".
fn change_words(change: &ChangeSummary) -> Option<String> {
    let title = change
        .title
        .as_deref()
        .filter(|title| !title.is_empty())
        .map(|title| format!("\u{201c}{}\u{201d}", short(title)));
    match (title, change.author.as_deref()) {
        (Some(title), Some(author)) => Some(format!("{title} by {}", cut(author))),
        (Some(title), None) => Some(title),
        (None, Some(author)) => Some(format!("a change by {}", cut(author))),
        (None, None) => None,
    }
}

/// The same with the commit's id.
fn full_change(change: &ChangeSummary) -> Option<String> {
    let id: Option<String> = change.id.as_deref().map(|id| id.chars().take(12).collect());
    match (id, change_words(change)) {
        (Some(id), Some(words)) => Some(format!("{id} ({words})")),
        (Some(id), None) => Some(id),
        (None, words) => words,
    }
}

/// What a ranking is by, as its sentence begins.
fn ranked_by(superlative: Superlative) -> &'static str {
    match superlative {
        Superlative::MostFailing => "Most failures",
        Superlative::LeastFailing => "Fewest failures",
        Superlative::MostDeployed => "Most deployments",
        Superlative::Worst => "Highest share of failed attempts",
        Superlative::Best => "Lowest share of failed attempts",
        Superlative::Flakiest => "Most changes between success and failure",
        Superlative::Slowest => "Longest usual duration (median of the recorded successful runs)",
        Superlative::Fastest => "Shortest usual duration (median of the recorded successful runs)",
        Superlative::LongestRed => "Red for longest",
    }
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.').to_owned();
    if line.chars().count() <= MAX_REASON { line } else { line.chars().take(MAX_REASON).chain(['…']).collect() }
}

fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

fn times(number: usize) -> String {
    match number {
        0 => "no times".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Five of them by name, and the number of the rest.
fn some(items: &[String]) -> String {
    if items.len() <= MAX_NAMED {
        return and(items);
    }
    let named = items.get(..MAX_NAMED).unwrap_or_default();
    format!("{} and {} more", named.join(", "), items.len() - MAX_NAMED)
}
