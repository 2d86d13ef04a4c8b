//! `andon why`: what failed in a run, why, and what to do.

use andon::board::PipelineRow;
use andon::history::{ChangeSummary, History, RunSummary};
use andon::ledger::Ledger as _;
use andon::links;
use andon::run::{Explanation, Failure, Run, Status};
use anyhow::anyhow;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::status::short_id;
use super::{Surroundings, Verdict, runtime};
use crate::system::{System, Which, find, run_of};
use crate::terminal::{BAD, BOLD, DIM, Terminal, ago, clean, for_long, of_light, one_line, paint, wrapped};

/// Say why a pipeline failed, and what to do: the cause, the hint, the change, and links
///
/// Where the ledger has no cause, the log is read with your AWS credentials, if there are any.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon why payments-api
  andon why payments-api --run 4f2a91c0 --json")]
pub(super) struct Why {
    /// Pipeline: NAME, or ACCOUNT/REGION/NAME if the name is not unique
    #[arg(value_name = "PIPELINE")]
    pipeline: String,
    /// Run, by the beginning of its ID [default: the one that failed last]
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A failure, with what is known of its cause.
struct Known {
    failure: Failure,
    explanation: Option<Explanation>,
}

impl Why {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let history = find(&system.ledger, &self.pipeline).await?;
            let name = &history.pipeline.name;
            let summary = if let Some(id) = &self.run {
                run_of(&history, Some(id))?
            } else {
                let failed = |run: &&RunSummary| run.failure.is_some() || run.status == Status::Failed;
                let Some(last) = history.runs().into_iter().rfind(failed) else {
                    let rollback = history.latest().filter(|latest| latest.rollback.is_some());
                    around.terminal.line(match rollback {
                        Some(run) => {
                            format!("{name} was rolled back by run {}. No failure is recorded.", run.execution.short())
                        }
                        None => format!("{name} has not failed in its recorded runs."),
                    })?;
                    return Ok(Verdict::NotWell);
                };
                last
            };
            let run = system.ledger.load(&history.pipeline, &summary.execution).await?.run;
            let failures = run.as_ref().map(|run| run.failures(run.attempt())).unwrap_or_default();
            let mut known = Vec::new();
            for failure in failures {
                let explanation = self.explained(&system, &history, &failure).await;
                known.push(Known { failure, explanation });
            }
            if known.is_empty() && summary.failure.is_none() {
                let word = summary.word();
                around.terminal.line(format!("Run {} of {name} has not failed: {word}.", summary.execution.short()))?;
                return Ok(Verdict::NotWell);
            }
            let told = Told { history: &history, summary, run: run.as_deref(), known: &known };
            if self.json {
                around.terminal.json(&told.as_json()?)?;
            } else {
                told.in_words(around.terminal, around.now())?;
            }
            Ok(Verdict::Well)
        })
    }

    /// The recorded cause or, if there is none, what can be found out now.
    #[cfg(feature = "aws")]
    async fn explained(&self, system: &System, history: &History, failure: &Failure) -> Option<Explanation> {
        use andon_notify::EvidenceSource as _;

        let recorded = failure.explanation.clone();
        if recorded.as_ref().is_some_and(|known| !known.cause.is_empty()) || system.session.is_none() {
            return recorded;
        }
        let kept = match failure.result.as_ref().and_then(|result| result.external.as_ref()) {
            Some(external) => system.ledger.evidence(external).await.unwrap_or_default(),
            None => Vec::new(),
        };
        let rights = crate::aws::Rights::of(self.which.aws().clone());
        let found = rights.gather(&history.pipeline, failure).await;
        Some(andon_notify::explain(failure, &kept, found, &system.config.runbooks))
    }

    /// The recorded cause.
    #[cfg(not(feature = "aws"))]
    #[expect(clippy::unused_async, reason = "with AWS it reads the log")]
    async fn explained(&self, _: &System, _: &History, failure: &Failure) -> Option<Explanation> {
        failure.explanation.clone()
    }
}

/// What there is to say.
struct Told<'t> {
    history: &'t History,
    summary: &'t RunSummary,
    run: Option<&'t Run>,
    known: &'t [Known],
}

impl Told<'_> {
    fn row(&self) -> anyhow::Result<PipelineRow> {
        let overview = self.history.overview();
        Ok(PipelineRow::of(overview.ok_or_else(|| anyhow!("no runs of {} are recorded", self.history.pipeline.name))?))
    }

    /// The change that made the pipeline red, if it still is and that was an earlier one.
    fn broken_by(row: &PipelineRow) -> Option<&ChangeSummary> {
        row.red_since()?;
        row.overview.broken_by.as_ref()?.first.as_ref()
    }

    fn in_words(&self, terminal: Terminal, now: Timestamp) -> anyhow::Result<()> {
        let row = self.row()?;
        let pipeline = &self.history.pipeline;
        let state = match row.red_since() {
            Some(since) => format!("red for {}", for_long(since, now)),
            None => format!("{} now", row.word()),
        };
        terminal.line(format!(
            "{} {}  {}",
            paint(of_light(row.light), &row.light.sign().to_string()),
            paint(BOLD, &one_line(pipeline.name.as_str())),
            paint(of_light(row.light), &state),
        ))?;
        for known in self.known {
            terminal.line("")?;
            known.in_words(terminal, now)?;
        }
        if let (true, Some(reason)) = (self.known.is_empty(), self.summary.failure.as_ref().and_then(|it| it.why())) {
            terminal.line(format!("\n  {}", one_line(reason)))?;
        }
        terminal.line("")?;
        let changed = |change: &ChangeSummary| {
            let parts = [change.title.as_deref(), change.author.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            one_line(format!("{} {}", short_id(change), parts.join(" · ")).trim())
        };
        let attempt = self.run.map_or(1, |run| run.attempt().number());
        let nth = if attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
        let facts = [
            ("Change", self.summary.change.as_ref().map(changed)),
            ("Broken by", Self::broken_by(&row).map(changed)),
            ("Run", Some(format!("{}{nth}", clean(self.summary.execution.as_str())))),
            ("Page", Some(links::execution(pipeline, &self.summary.execution))),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                fact(terminal, name, &value)?;
            }
        }
        Ok(())
    }

    fn as_json(&self) -> anyhow::Result<Value> {
        let row = self.row()?;
        let pipeline = &self.history.pipeline;
        Ok(json!({
            "account": pipeline.home.account,
            "region": pipeline.home.region,
            "pipeline": pipeline.name,
            "execution": self.summary.execution,
            "status": self.summary.status,
            "attempt": self.summary.attempt,
            "red_since": row.red_since(),
            "failures": self.known.iter().map(Known::as_json).collect::<Vec<_>>(),
            "commit": self.summary.change,
            "broken_by": Self::broken_by(&row),
            "url": links::execution(pipeline, &self.summary.execution),
        }))
    }
}

/// A name and a value. A value that is longer than the screen stays whole: it may be a link.
fn fact(terminal: Terminal, name: &str, value: &str) -> std::io::Result<()> {
    terminal.line(format!("  {} {value}", paint(DIM, &format!("{name:<9}"))))
}

impl Known {
    fn place(&self) -> String {
        let stage = self.failure.stage.as_ref().map(ToString::to_string);
        let action = self.failure.action.as_ref().map(ToString::to_string);
        let place: Vec<String> = stage.into_iter().chain(action).collect();
        if place.is_empty() { "an unknown action".to_owned() } else { place.join(" / ") }
    }

    /// The page of the log.
    fn page(&self) -> Option<String> {
        self.failure.page().and_then(links::checked)
    }

    fn in_words(&self, terminal: Terminal, now: Timestamp) -> std::io::Result<()> {
        let known = self.explanation.as_ref();
        let category = known.map(|known| format!(" ({})", <&str>::from(known.category))).unwrap_or_default();
        let category = category.replace(" (unknown)", "");
        terminal.line(format!(
            "  {}{category}, {}",
            paint(BAD, &one_line(&format!("{} failed", self.place()))),
            ago(self.failure.at, now)
        ))?;
        let cause = known.map(|known| known.cause.as_slice()).unwrap_or_default();
        if known.is_some_and(|known| known.probable && !known.cause.is_empty()) {
            terminal.line("  Probably:")?;
        }
        for line in cause {
            terminal.line(format!("  {} {}", paint(DIM, "│"), clean(line)))?;
        }
        if let (true, Some(own)) = (cause.is_empty(), self.failure.own_words()) {
            terminal.line(format!("  {} {}", paint(DIM, "│"), one_line(own)))?;
        }
        let width = terminal.width().unwrap_or(usize::MAX).saturating_sub(2);
        for sentence in known.iter().flat_map(|known| known.hint.iter()) {
            for line in wrapped(&one_line(sentence), width) {
                terminal.line(format!("  {line}"))?;
            }
        }
        for sentence in known.iter().filter(|_| cause.is_empty()).flat_map(|known| &known.missing) {
            for line in wrapped(&one_line(&format!("Not read: {sentence}.")), width) {
                terminal.line(format!("  {}", paint(DIM, &line)))?;
            }
        }
        if let Some(link) = known.and_then(|known| known.link.as_deref()).and_then(links::checked) {
            fact(terminal, "Runbook", &link)?;
        }
        self.page().map_or(Ok(()), |page| fact(terminal, "Log", &page))
    }

    fn as_json(&self) -> Value {
        let known = self.explanation.as_ref();
        json!({
            "stage": self.failure.stage,
            "action": self.failure.action,
            "at": self.failure.at,
            "reason": self.failure.own_words(),
            "category": known.map(|known| <&str>::from(known.category)),
            "probable": known.map(|known| known.probable),
            "cause": known.map(|known| known.cause.as_slice()).unwrap_or_default(),
            "hint": known.and_then(|known| known.hint.as_deref()),
            "runbook": known.and_then(|known| known.link.as_deref()),
            "failed_tests": known.and_then(|known| known.failed_tests),
            "missing": known.map(|known| known.missing.as_slice()).unwrap_or_default(),
            "log": self.page(),
        })
    }
}
