//! The slash command: a question, answered for the asker alone; or an order, offered as a button.

use andon::attention::Member;
use andon::board::PipelineRow;
use andon::name::PipelineId;
use andon::run_action::plan;
use andon_answers::{Meaning, Question, Reading, Session, Subject, Topic, Voice, written};
use andon_notify::{AlertRef, ButtonKind};
use serde_json::Value;

use crate::http::{Request, Response};
use crate::mute::Asker;
use crate::{Chat, now, view};

/// The most characters of a question that are read.
const MAX_LEN: usize = 500;

impl Chat {
    pub(crate) async fn command(&self, request: &Request) -> Response {
        let form = request.form();
        let field = |name: &str| form.get(name).map(String::as_str).filter(|text| !text.is_empty());
        if field("ssl_check") == Some("1") {
            return Response::empty(200);
        }
        if !self.admits([field("team_id")]) {
            return Response::json(view::to_asker(view::FOREIGN));
        }
        let text: String = field("text").unwrap_or_default().trim().chars().take(MAX_LEN).collect();
        let mut words = text.split_whitespace();
        let first = words.next().unwrap_or_default().to_lowercase();
        let rest = words.collect::<Vec<_>>().join(" ");
        let order = match first.as_str() {
            // "On it payments-api" and "retry payments-api" say what to do; "approve" alone asks of what.
            "on" if rest == "it" || rest.starts_with("it ") => {
                Some((ButtonKind::TakeOn, rest.get(3..).unwrap_or_default().to_owned()))
            }
            name => ButtonKind::parse(name).map(|kind| (kind, rest.clone())),
        };
        let id = field("user_id").unwrap_or_default();
        let by = Member { id: id.to_owned(), name: field("user_name").unwrap_or(id).to_owned() };
        let asker = Asker { team: field("team_id").unwrap_or_default(), answer_at: field("response_url") };
        Response::json(match order {
            _ if text.is_empty() => self.overview().await,
            Some((kind @ (ButtonKind::Mute | ButtonKind::Unmute), of)) => {
                self.mute_by_command(kind, &of, by, &asker).await
            }
            Some((kind, of)) => self.offer(kind, &of).await,
            None => view::to_asker(&self.ask(&text, None).await),
        })
    }

    /// The answer to a question in words; where nothing else is named, it is about this pipeline.
    pub(crate) async fn ask(&self, text: &str, about: Option<PipelineId>) -> String {
        let voice = Voice::of(andon_answers::Locale::EnUs);
        let mut session = Session::default();
        if let Some(pipeline) = &about {
            session.speak_of(pipeline);
        }
        written(&self.desk.ask(text, &session, now(), voice).await, voice, now())
    }

    async fn overview(&self) -> Value {
        match self.desk.fleet(now()).await {
            Some(Reading { fleet, .. }) => view::to_asker(&view::overview(fleet.rows(), now())),
            None => view::to_asker(view::NO_LEDGER),
        }
    }

    /// The pipeline that somebody means; otherwise what they are told.
    pub(crate) async fn pipeline_named(&self, kind: ButtonKind, name: &str) -> Result<PipelineRow, Value> {
        let Some(Reading { fleet, .. }) = self.desk.fleet(now()).await else {
            return Err(view::to_asker(view::NO_LEDGER));
        };
        if name.is_empty() {
            let example = if kind == ButtonKind::Mute { " 2h" } else { "" };
            let text = format!("Of which pipeline? For example: /andon {} payments-api{example}", kind.as_str());
            return Err(view::to_asker(&text));
        }
        let (session, voice) = (Session::default(), Voice::of(andon_answers::Locale::EnUs));
        let question = Question::About(Topic::Status, Subject::Heard(name.to_owned()));
        let meaning = Meaning::of(&question, &fleet, &session);
        if let Meaning::Tell(_, _, row) = meaning {
            return Ok(row.clone());
        }
        let answer = meaning.answer(voice, now(), &session, &andon_answers::Detail::default());
        Err(view::to_asker(&written(&answer, voice, now())))
    }

    /// Offers what can be done to a pipeline, as a button: what it would do is read before it is pressed.
    async fn offer(&self, kind: ButtonKind, name: &str) -> Value {
        let row = match self.pipeline_named(kind, name).await {
            Ok(row) => row,
            Err(answer) => return answer,
        };
        let overview = &row.overview;
        let (execution, attempt, stage, action) = match kind.run_action().map(|action| plan(action, overview)) {
            Some(Err(nothing)) => return view::to_asker(&view::nothing_to_do(kind, overview, nothing)),
            Some(Ok(order)) => {
                let attempt = overview.open.iter().find(|run| run.execution == order.execution);
                let attempt = attempt.map_or(overview.latest.attempt, |run| run.attempt);
                let action = match &order.step {
                    andon::run_action::Step::Approve(approval) | andon::run_action::Step::Reject(approval) => {
                        approval.action.clone()
                    }
                    _ => None,
                };
                (order.execution.clone(), attempt, order.stage().cloned(), action)
            }
            None => (overview.latest.execution.clone(), overview.latest.attempt, None, None),
        };
        // No alert, but what is done about one attempt is not what is done about another.
        let alert = format!("command/{execution}/{}", attempt.number());
        let about =
            AlertRef { pipeline: overview.pipeline.clone(), execution, attempt, stage, action, line: None, alert };
        view::offer(kind, &about)
    }
}
