//! `andon ask`: a question in plain English, answered in a sentence or two.

use andon::board::PipelineRow;
use andon::name::PipelineId;
use andon_answers::{Answer, Answerer, Kind, Locale, Session, Voice};
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::json::row;
use crate::local::SystemClock;
use crate::system::Which;
use crate::terminal::one_line;

/// Answer a question, such as "what is failing" or "why did payments api fail"
#[derive(Debug, clap::Args)]
pub(super) struct Ask {
    /// Question, in English
    #[arg(value_name = "QUESTION", required = true)]
    question: Vec<String>,
    /// Language of the answer: en-US, en-GB, de-DE, es-ES, fr-FR or ja-JP, for example
    #[arg(long, value_name = "LOCALE", default_value = "en-US")]
    locale: String,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Ask {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let answer = runtime()?.block_on(async {
            let system = self.which.open().await?;
            let config = system.config;
            let desk = Answerer::new(system.ledger, SystemClock)
                .knowing(config.routing.accounts.clone(), config.zone)
                .with_runbooks(config.runbooks);
            let voice = Voice::of(Locale::of(&self.locale));
            anyhow::Ok(desk.ask(&self.question.join(" "), &Session::default(), around.now(), voice).await)
        })?;
        if self.json {
            around.terminal.json(&as_json(&answer))?;
        } else {
            let words = in_words(&answer);
            let facts = if self.locale.starts_with("en") { facts(&answer) } else { Vec::new() };
            around.terminal.line(std::iter::once(words).chain(facts).collect::<Vec<_>>().join("\n"))?;
        }
        Ok(if matches!(answer.kind, Kind::Told | Kind::Talk | Kind::Farewell) {
            Verdict::Well
        } else {
            Verdict::NotWell
        })
    }
}

/// The answer as text. A list is printed in full instead of being offered, because there is no conversation.
fn in_words(answer: &Answer) -> String {
    if answer.kind != Kind::Told || answer.rows.len() < 2 || answer.card.text == answer.speech.to_string() {
        return answer.speech.to_string();
    }
    let sentences = answer.speech.sentences();
    let told = sentences.len() - usize::from(answer.reprompt.is_some()).min(sentences.len());
    let told = sentences.iter().take(told).cloned().collect::<Vec<_>>().join(" ");
    format!("{told}\n\n{}", answer.card.text)
}

/// What an answer about one red pipeline rests on: cause, change and pages, a line each.
fn facts(answer: &Answer) -> Vec<String> {
    let (Kind::Told, [row]) = (&answer.kind, answer.rows.as_slice()) else { return Vec::new() };
    let Some(failure) = row.failure().filter(|_| row.red_since().is_some()) else { return Vec::new() };
    let overview = &row.overview;
    let change = row.change().and_then(|change| change.url.clone());
    let facts = [
        ("Cause", failure.why().map(one_line)),
        ("Log", failure.page.clone()),
        ("Change", change),
        ("Run", Some(andon::links::execution(&overview.pipeline, &overview.latest.execution))),
    ];
    let lines = facts.into_iter().filter_map(|(name, value)| Some(format!("  {name:<7} {}", value?)));
    std::iter::once(String::new()).chain(lines).collect()
}

fn as_json(answer: &Answer) -> Value {
    let (kind, candidates): (&str, &[PipelineId]) = match &answer.kind {
        Kind::Told => ("told", &[]),
        Kind::WhichOne(candidates) => ("which-one", candidates),
        Kind::NoSuchPipeline(nearest) => ("no-such-pipeline", nearest),
        Kind::NoPipeline => ("no-pipeline", &[]),
        Kind::Refused => ("refused", &[]),
        Kind::NotUnderstood => ("not-understood", &[]),
        Kind::Talk => ("talk", &[]),
        Kind::Farewell => ("farewell", &[]),
        Kind::NoLedger => ("no-ledger", &[]),
    };
    json!({
        "kind": kind,
        "candidates": candidates,
        "speech": answer.speech.to_string(),
        "ssml": answer.speech.ssml(),
        "card": answer.card,
        "pipelines": answer.rows.iter().map(|one: &PipelineRow| row(one)).collect::<Vec<Value>>(),
    })
}
