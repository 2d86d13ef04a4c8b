//! `andon ask`: a question in plain English, answered in a sentence or two.

use std::path::PathBuf;

use andon::board::PipelineRow;
use andon::name::PipelineId;
use andon_answers::{Answer, Answerer, Kind, Locale, Session, Voice};
use serde_json::{Value, json};

use super::{Data, Surroundings, Verdict, configuration, runtime};
use crate::json::row;
use crate::local::{SystemClock, open_existing};

/// Answer a question, such as "what is failing" or "why did payments api fail"
#[derive(Debug, clap::Args)]
pub(super) struct Ask {
    /// Question, in English
    #[arg(value_name = "QUESTION", required = true)]
    question: Vec<String>,
    /// Language of the answer: en-US, en-GB, de-DE, es-ES, fr-FR or ja-JP, for example
    #[arg(long, value_name = "LOCALE", default_value = "en-US")]
    locale: String,
    /// The configuration: names of accounts and customers, and the time zone of "today"
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Ask {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = configuration(self.config.as_deref())?;
        let desk = Answerer::new(open_existing(&self.data.directory)?, SystemClock)
            .knowing(config.routing.accounts.clone(), config.zone)
            .with_runbooks(config.runbooks);
        let voice = Voice::of(Locale::of(&self.locale));
        let answer = runtime()?.block_on(desk.ask(&self.question.join(" "), &Session::default(), around.now(), voice));
        if self.json {
            around.terminal.json(&as_json(&answer))?;
        } else {
            around.terminal.line(in_words(&answer))?;
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
