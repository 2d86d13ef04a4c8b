//! `andon ask`: a question in plain English, answered in a sentence or two.

use andon::board::PipelineRow;
use andon::name::PipelineId;
use andon_answers::{Answer, Answerer, Kind, Locale, Session, Voice, written};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::json::row;
use crate::local::SystemClock;
use crate::system::Which;

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
        let voice = Voice::of(Locale::of(&self.locale));
        let answer = runtime()?.block_on(async {
            let system = self.which.open().await?;
            let config = system.config;
            let desk = Answerer::new(system.ledger, SystemClock)
                .knowing(config.routing.accounts.clone(), config.zone)
                .with_runbooks(config.runbooks);
            anyhow::Ok(desk.ask(&self.question.join(" "), &Session::default(), around.now(), voice).await)
        })?;
        if self.json {
            around.terminal.json(&as_json(&answer, around.now()))?;
        } else {
            around.terminal.line(written(&answer, voice, around.now()))?;
        }
        Ok(if matches!(answer.kind, Kind::Told | Kind::Talk | Kind::Farewell) {
            Verdict::Well
        } else {
            Verdict::NotWell
        })
    }
}

fn as_json(answer: &Answer, now: Timestamp) -> Value {
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
        "pipelines": answer.rows.iter().map(|one: &PipelineRow| row(one, now)).collect::<Vec<Value>>(),
    })
}
