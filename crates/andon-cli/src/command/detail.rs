//! One run of a pipeline, stage by stage, as `andon status NAME` and `andon watch` show it.

use andon::account::Accounts;
use andon::attention::Mute;
use andon::board::{PipelineRow, StatusColor};
use andon::event::Provider;
use andon::history::History;
use andon::run::{ActionView, Run, Status};
use andon::words::span;
use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};

use crate::terminal::{
    BOLD, Cell, DIM, Table, Terminal, ago, clean, for_long, of_light, of_status, one_line, paint, shorten,
};

/// What is known of a pipeline and one of its runs.
pub(super) struct Detail<'d> {
    history: &'d History,
    run: Option<&'d Run>,
    accounts: &'d Accounts,
}

impl<'d> Detail<'d> {
    /// Of the pipeline's latest run or another one.
    pub(super) fn of(history: &'d History, run: Option<&'d Run>, accounts: &'d Accounts) -> Self {
        Self { history, run, accounts }
    }

    /// All of it, line by line.
    pub(super) fn lines(&self, terminal: Terminal, now: Timestamp) -> anyhow::Result<Vec<String>> {
        let overview = self.history.overview();
        let overview = overview.ok_or_else(|| anyhow!("no runs of {} are recorded", self.history.pipeline.name))?;
        let row = PipelineRow::of(overview);
        let mut lines = self.head(&row, terminal, now);
        lines.push(String::new());
        lines.extend(self.stages(now).lines(terminal.width()));
        Ok(lines)
    }

    fn head(&self, row: &PipelineRow, terminal: Terminal, now: Timestamp) -> Vec<String> {
        let pipeline = &row.overview.pipeline;
        let latest = &row.overview.latest;
        let execution = self.run.map_or(&latest.execution, |run| &run.execution);
        let account = self.accounts.name(pipeline.home.account.as_str());
        let began = self.run.and_then(Run::started).unwrap_or_else(|| row.began());
        let mut started = format!("started {}", ago(began, now));
        started.extend(self.expected_end(began, now).map(|end| format!(", {end}")));
        // The latest run stands for its pipeline; an earlier one for itself.
        let earlier = self.run.map(Run::status).filter(|_| *execution != latest.execution);
        let (light, word) = earlier
            .map_or_else(|| (row.light, row.word()), |status| (StatusColor::of(status), status.word().to_owned()));
        let mut lines = vec![
            format!(
                "{} {}  {}",
                paint(of_light(light), &light.sign().to_string()),
                paint(BOLD, &one_line(pipeline.name.as_str())),
                paint(of_light(light), &word),
            ),
            format!("{} in {}, run {}", one_line(account), pipeline.home.region, clean(execution.as_str())),
            format!("{started}, {}", strip(&row.overview.trend)),
        ];
        lines.extend(row.overview.mutes.iter().filter(|mute| mute.holds(now)).map(|mute| muted(mute, now)));
        if let Some(change) = self.history.run(execution).and_then(|run| run.change.as_ref()) {
            let parts = [change.id.as_deref(), change.title.as_deref(), change.author.as_deref()];
            let text = one_line(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
            lines.push(terminal.width().map_or(text.clone(), |width| shorten(&text, width)));
        }
        lines
    }

    /// When a run that goes on will probably have ended, by the runs before it.
    fn expected_end(&self, began: Timestamp, now: Timestamp) -> Option<String> {
        let typical = self.history.typical().filter(|_| self.run.is_some_and(|run| !run.status().is_final()))?;
        let usual = span(SignedDuration::from_secs(typical.median));
        let left = SignedDuration::from_secs(typical.median) - now.duration_since(began);
        Some(if left.is_positive() {
            format!("ends in about {}", span(left))
        } else {
            format!("usually takes {usual}")
        })
    }

    fn stages(&self, now: Timestamp) -> Table {
        let mut table = Table::new(["", "Stage", "Action", "Duration", "Message"]);
        let failures = self.run.map(|run| run.failures(run.attempt())).unwrap_or_default();
        for stage in self.run.map(Run::stages).unwrap_or_default() {
            let style = of_status(stage.status);
            table.push(vec![
                Cell::new(StatusColor::of(stage.status).sign().to_string()).styled(style),
                Cell::new(stage.name.as_str()).styled(BOLD),
                Cell::new(""),
                Cell::new(for_long(stage.started, stage.ended.unwrap_or(now))),
                Cell::new(stage.word()).styled(style),
            ]);
            for action in stage.actions {
                let failure = failures.iter().find(|failure| {
                    failure.action.as_ref() == Some(&action.name) && failure.stage.as_ref() == Some(&stage.name)
                });
                let why = failure.filter(|_| action.status == Status::Failed).and_then(|failure| failure.reason());
                let said = why.map_or_else(|| self.said_by(&action), str::to_owned);
                table.push(vec![
                    Cell::new(StatusColor::of(action.status).sign().to_string()).styled(of_status(action.status)),
                    Cell::new(""),
                    Cell::new(action.name.as_str()),
                    Cell::new(for_long(action.started, action.ended.unwrap_or(now))).styled(DIM),
                    Cell::new(said),
                ]);
            }
        }
        table
    }

    /// What an action says of itself. The summary of a source action is JSON for some hosts: its commit says it better.
    fn said_by(&self, action: &ActionView) -> String {
        let is_source = action.provider.as_ref().is_some_and(Provider::is_source);
        let commit = self.run.and_then(Run::commit).filter(|_| is_source).and_then(|commit| commit.message);
        let own = action.result.as_ref().and_then(|result| result.summary.clone().or(result.error_code.clone()));
        let own = own.filter(|summary| !(is_source && summary.trim_start().starts_with('{')));
        let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
        own.or_else(|| commit.map(first_line)).or_else(|| action.custom_data.clone()).unwrap_or_default()
    }
}

/// The latest runs, oldest first, a character each.
pub(super) fn strip(trend: &[Status]) -> String {
    trend
        .iter()
        .map(|status| match StatusColor::of(*status) {
            StatusColor::Red => '█',
            StatusColor::Green => '▂',
            StatusColor::Running | StatusColor::Waiting => '▸',
            StatusColor::Grey => '·',
        })
        .collect()
}

/// Who muted what, and for how long: `muted on main by alice for another 2 h`.
pub(super) fn muted(mute: &Mute, now: Timestamp) -> String {
    let on = mute.line.as_ref().map(|line| format!(" on {}", one_line(&line.to_string()))).unwrap_or_default();
    format!("muted{on} {}", mute.words(now))
}
