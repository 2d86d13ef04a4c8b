//! `andon env show`: one environment in full.

use andon::environment::{Deployment, Environments, deployments};
use andon::history::ChangeSummary;
use andon::ledger::Ledger as _;
use andon::run::Run;
use andon::words::counted;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Place, SIDE_BY_SIDE, Surroundings, Verdict, places, runtime};
use crate::system::{Fleet, System, Which};
use crate::terminal::{BOLD, DIM, ago, paint};

/// The period in which deployments are counted.
const PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The environment, such as production
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    fleet: Fleet,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An environment with what was deployed there before.
struct Full {
    place: Place,
    /// What is live, a revision for each source.
    revisions: Vec<ChangeSummary>,
    /// What it has that the deployment before had not; `None` where there is none to compare with.
    new: Option<Vec<ChangeSummary>>,
    /// The deployments of the period, the latest first.
    deployments: Vec<Deployment>,
    /// Since when all deployments are known: the start of the period, or the first run that is recorded.
    since: Timestamp,
}

impl Show {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let places = places(&system, &self.fleet, Some(&self.name), around.now()).await?;
            let now = around.now();
            let read = stream::iter(places).map(|place| Full::read(&system, place, now)).buffered(SIDE_BY_SIDE);
            let all: Vec<Full> = read.try_collect().await?;
            if self.json {
                around.terminal.json(&all.iter().map(Full::as_json).collect::<Vec<_>>())?;
            } else {
                for (index, full) in all.iter().enumerate() {
                    if index > 0 {
                        around.terminal.line("")?;
                    }
                    for line in full.lines(around) {
                        around.terminal.line(line)?;
                    }
                }
            }
            Ok(Verdict::Well)
        })
    }
}

impl Full {
    async fn read(system: &System, place: Place, now: Timestamp) -> anyhow::Result<Self> {
        let history = &place.history;
        let mut runs: Vec<Run> = Vec::new();
        for summary in history.runs() {
            runs.extend(system.ledger.load(&history.pipeline, &summary.execution).await?.into_run());
        }
        Ok(Self::of(place, &runs, &system.config.environments, now))
    }

    fn of(place: Place, runs: &[Run], named: &Environments, now: Timestamp) -> Self {
        let history = &place.history;
        let all = deployments(runs, &place.live.stage, named);
        let live = history.run(&place.live.execution);
        let before =
            all.iter().filter(|it| it.is_live && it.at < place.live.since).find_map(|it| history.run(&it.execution));
        let new = live.zip(before).and_then(|(live, before)| live.changed_since(before));
        let revisions = live.map(|live| {
            if live.revisions.is_empty() { live.change.clone().into_iter().collect() } else { live.revisions.clone() }
        });
        let start = now.checked_sub(PERIOD).unwrap_or(Timestamp::MIN);
        // Of runs that only CodePipeline's list told of, it is not known what they deployed.
        let first = history.runs().into_iter().find(|run| run.weight > 0).map_or(start, |run| run.first_seen);
        let since = start.max(first);
        Self {
            new: new.map(|new| new.into_iter().cloned().collect()),
            revisions: revisions.unwrap_or_default(),
            deployments: all.into_iter().filter(|it| it.at >= since).collect(),
            since,
            place,
        }
    }

    fn lines(&self, around: Surroundings) -> Vec<String> {
        let (place, now) = (&self.place, around.now());
        let pipeline = &place.row.overview.pipeline.name;
        let mut lines = vec![format!("{}  {pipeline}", paint(BOLD, &place.name))];
        let mut say = |name: &str, text: String| lines.push(format!("  {} {text}", paint(DIM, &format!("{name:<10}"))));
        if let Some(url) = &place.application {
            say("at", url.clone());
        }
        for (index, revision) in self.revisions.iter().enumerate() {
            say(if index == 0 { "live" } else { "" }, in_words(revision));
        }
        let rolled_back = if place.live.is_rollback { ", rolled back" } else { "" };
        say("since", format!("{}, run {}{rolled_back}", ago(place.live.since, now), place.live.execution.short()));
        if let Some(approved) = place.approved() {
            say("approval", approved);
        }
        match self.new.as_deref() {
            Some([]) => say("new", "nothing: the same as the deployment before".to_owned()),
            Some(new) => {
                for (index, change) in new.iter().enumerate() {
                    say(if index == 0 { "new" } else { "" }, in_words(change));
                }
            }
            None => say("new", "not known: the deployment before is not recorded".to_owned()),
        }
        let failed = self.deployments.iter().filter(|it| !it.is_live).count();
        let failed = if failed > 0 { format!(", {failed} of them failed") } else { String::new() };
        let count = counted(self.deployments.len() as u64, "deployment");
        say("deployed", format!("{count}{failed}, since {}", self.since.strftime("%-d %b")));
        for note in [place.failed(), place.coming()].into_iter().flatten() {
            say("now", note);
        }
        lines
    }

    fn as_json(&self) -> Value {
        let mut value = self.place.as_json();
        let deployment = |it: &Deployment| {
            json!({
                "execution": it.execution,
                "at": it.at,
                "is_live": it.is_live,
                "is_rollback": it.is_rollback,
                "commit": it.commit.as_ref().map(ChangeSummary::of),
            })
        };
        if let Some(members) = value.as_object_mut() {
            members.insert("revisions".to_owned(), json!(self.revisions));
            members.insert("new".to_owned(), json!(self.new));
            members.insert("deployments_since".to_owned(), json!(self.since));
            members.insert("deployments".to_owned(), self.deployments.iter().map(deployment).collect());
        }
        value
    }
}

/// A change in a line: what fetched it, where there are several, its id, its title and its author.
fn in_words(change: &ChangeSummary) -> String {
    let source = change.source.as_ref().map(|source| format!("{source}:"));
    let id = Some(crate::command::status::short_id(change)).filter(|id| !id.is_empty());
    let author = change.author.as_ref().map(|author| format!("by {author}"));
    [source, id, change.title.clone(), author].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
