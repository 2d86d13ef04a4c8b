//! How branches and pull requests stand: each has a state of its own.

use andon::board::{PipelineRow, StatusColor};
use andon::history::RunSummary;
use andon::line::Line;
use andon::run::Status;

use super::super::cause;
use super::super::naming::{cut, on_line};
use super::Asked;
use super::words::{capital, some};
use crate::understanding::{Nuance, OnLine, Span};

/// A line of change of a pipeline.
struct Known<'a> {
    /// The pipeline, with all its lines.
    row: &'a PipelineRow,
    line: Line,
    /// The pipeline, as if it had no other.
    alone: PipelineRow,
    /// How often it failed in the time asked about.
    failures: usize,
}

impl<'a> Asked<'a> {
    pub(super) fn lines(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let known: Vec<Known<'a>> = rows.iter().flat_map(|row| self.lines_of(row)).collect();
        if known.is_empty() {
            return vec![format!("I know no {} of {}.", self.kind(1), self.subject(rows))];
        }
        if known.len() == 1 && self.parts.span.is_none() {
            return self.every_line(&known);
        }
        let is_running = |known: &Known<'_>| known.alone.overview.in_status(Status::InProgress).is_some();
        let chosen: (&str, Vec<&Known<'a>>) = if let Some(span) = &self.parts.span {
            let failed: Vec<&Known<'a>> = known.iter().filter(|known| known.failures > 0).collect();
            return vec![self.counted_lines(&known, &failed, &format!("failed {}", span.words), true)];
        } else if self.parts.is_red {
            ("red", known.iter().filter(|known| known.alone.light == StatusColor::Red).collect())
        } else if self.parts.has(Nuance::Green) {
            ("green", known.iter().filter(|known| known.alone.light == StatusColor::Green).collect())
        } else if self.parts.has(Nuance::Running) {
            ("running", known.iter().filter(|known| is_running(known)).collect())
        } else {
            return self.every_line(&known);
        };
        let (what, chosen) = chosen;
        let mut told = vec![self.counted_lines(&known, &chosen, what, false)];
        // Whoever asks whether all are green wants to know which one is not.
        let red: Vec<&Known<'a>> = known.iter().filter(|known| known.alone.light == StatusColor::Red).collect();
        if what == "green" && !red.is_empty() {
            told.push(self.counted_lines(&known, &red, "red", false));
        }
        told
    }

    /// "2 of 9 branches and pull requests are red: ...".
    fn counted_lines(&self, known: &[Known<'a>], chosen: &[&Known<'a>], what: &str, is_past: bool) -> String {
        let of = format!("{} {}", known.len(), self.kind(known.len()));
        if chosen.is_empty() {
            return format!("None of the {of} {}{what}.", if is_past { "" } else { "is " });
        }
        let items: Vec<String> = chosen.iter().map(|known| self.item(known, what == "red")).collect();
        let verb = match (is_past, chosen.len()) {
            (true, _) => "",
            (false, 1) => "is ",
            (false, _) => "are ",
        };
        let list =
            if self.parts.is_red && items.len() <= 2 * super::MAX_NAMED { items.join("; ") } else { some(&items) };
        format!("{} of the {of} {verb}{what}: {list}.", chosen.len())
    }

    fn item(&self, known: &Known<'_>, with_time: bool) -> String {
        let name = self.on(known);
        let by = known.alone.overview.broken_by.as_ref();
        let author = by.and_then(|by| by.first.as_ref().or(by.change.as_ref())?.author.clone());
        let author = author.or_else(|| known.alone.change()?.author.clone()).filter(|_| self.parts.is_who);
        let author = author.map(|author| format!(", by {}", cut(&author))).unwrap_or_default();
        match known.alone.red_since().filter(|_| with_time) {
            Some(since) => format!("{name} {}{author}", self.for_long(since)),
            None => format!("{name}{author}"),
        }
    }

    /// Every line with its state, by pipeline.
    fn every_line(&self, known: &[Known<'a>]) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        let only = known.len() == 1;
        for known in known.iter().take(2 * super::MAX_NAMED) {
            let latest = &known.alone.overview.latest;
            let name = capital(&self.on(known));
            told.push(match (known.alone.light, known.alone.red_since()) {
                (StatusColor::Red, Some(since)) => format!("{name} has been red {}.", self.for_long(since)),
                (StatusColor::Green, _) => {
                    format!("{name} is green; it succeeded {}.", self.ago(known.alone.news_at()))
                }
                _ if !latest.status.is_final() => {
                    format!("{name} has been {} {}.", latest.word(), self.for_long(known.alone.began()))
                }
                _ => format!("{name}: {} {}.", latest.word(), self.ago(known.alone.news_at())),
            });
            if only && known.alone.light == StatusColor::Red {
                told.extend(cause::sentence(&known.alone, None, self.voice));
            }
        }
        let more = known.len().saturating_sub(2 * super::MAX_NAMED);
        if more > 0 {
            told.push(format!("There are {more} more."));
        }
        told
    }

    fn on(&self, known: &Known<'_>) -> String {
        let name = self.name(known.row);
        known.line.name().map_or(name.clone(), |line| on_line(&name, &cut(&line), self.voice))
    }

    /// What is asked for, so many of them.
    fn kind(&self, number: usize) -> String {
        let plural = |one: String| match number {
            1 => one,
            _ if one.ends_with("branch") => format!("{one}es"),
            _ => format!("{one}s"),
        };
        match self.parts.lines.as_slice() {
            [] => "branches and pull requests".to_owned(),
            [class @ (OnLine::Branches(_) | OnLine::PullRequests)] => plural(class.in_words()),
            lines if lines.iter().all(|line| matches!(line, OnLine::PullRequest(_) | OnLine::PullRequests)) => {
                plural("pull request".to_owned())
            }
            _ => plural("branch".to_owned()),
        }
    }

    /// The lines of a pipeline that the question is about.
    fn lines_of(&self, row: &'a PipelineRow) -> Vec<Known<'a>> {
        let is_meant = |line: &Line| {
            let named = &self.parts.lines;
            if named.is_empty() { !line.is_common() } else { named.iter().any(|on| on.covers(line)) }
        };
        let failures = |runs: Vec<&RunSummary>, span: &Span| {
            let is_in = |at: jiff::Timestamp| at >= span.from && at < span.until;
            let failed = runs.iter().flat_map(|run| &run.outcomes);
            failed.filter(|outcome| outcome.status == Status::Failed && is_in(outcome.ended)).count()
        };
        let count = |runs: Vec<&RunSummary>| self.parts.span.as_ref().map_or(0, |span| failures(runs, span));
        let history = self.history_of(row);
        if row.overview.line.is_none() {
            let line = row.overview.sole_line.clone().unwrap_or_default();
            let failures = history.map_or(0, |history| count(history.runs()));
            return Vec::from_iter(is_meant(&line).then(|| Known { row, line, alone: row.clone(), failures }));
        }
        let Some(history) = history else { return Vec::new() };
        let lines = history.lines().into_iter().filter(is_meant);
        let known = lines.filter_map(|line| {
            let alone = history.of_line(&line);
            let failures = count(alone.runs());
            let mut alone = PipelineRow::of(alone.overview()?);
            // What has not run for long, while others have, keeps nobody red any more.
            let is_red = row.overview.red.iter().any(|red| red.line == line);
            if alone.light == StatusColor::Red && !is_red {
                alone.light = StatusColor::Grey;
            }
            Some(Known { row, line, alone, failures })
        });
        known.collect()
    }
}
