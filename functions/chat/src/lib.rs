//! The `chat` function: the Slack app.
//!
//! It runs twice. One function faces Slack: it checks the signature and the workspace, answers commands from the ledger,
//! opens forms, and puts everything else on a queue, because Slack waits for three seconds only. The other one, the worker,
//! takes the queue: it checks who may, acts on CodePipeline, answers questions in channels, and brings messages up to date.
//! Only the worker may act, and nobody but the queue calls it.

use std::collections::BTreeSet;

use andon::batch::{Batch, Invocation, Unfinished};
use andon_answers::Answerer;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::run_action::CodePipelineActions;
use andon_aws::secret::{SecretError, Secrets};
use andon_aws::send::{JobQueue, SlackApp};
use andon_config::{Chat as Rules, Config};
use serde_json::Value;

mod act;
mod command;
mod event;
mod http;
mod job;
mod mute;
mod press;
mod reply;
mod rights;
mod signature;
mod view;

use http::{Request, Response};
use job::Job;

pub use rights::Members;

/// How often the queue delivers a job before it goes to the dead letters: `maxReceiveCount` in the template.
const MAX_DELIVERIES: u32 = 5;

/// The Slack app and what it needs.
#[derive(Debug)]
pub struct Chat {
    /// Where questions are answered.
    pub desk: Answerer<DynamoLedger<SystemClock>, SystemClock>,
    /// Slack.
    pub slack: SlackApp,
    /// Where the signing secret is.
    pub secrets: Secrets,
    /// The queue of the worker; none in the worker itself.
    pub queue: Option<JobQueue>,
    /// What does things to pipelines.
    pub actions: CodePipelineActions,
    /// What is known of the members of the workspace.
    pub members: Members,
    /// The configuration.
    pub config: Config,
    /// Who may ask, and who may do what.
    pub rules: Rules,
}

impl Chat {
    /// Fetches what the first request needs, while the function starts.
    pub async fn warm(&self) -> Result<(), SecretError> {
        if self.queue.is_some() {
            self.secrets.get(&self.rules.signing_secret, now()).await?;
        }
        Ok(())
    }

    /// Handles one call: a request of Slack's, or jobs from the queue.
    pub async fn handle(&self, payload: Value, invocation: &Invocation) -> Result<Value, Unfinished> {
        if payload.get("requestContext").is_some() {
            return Ok(Box::pin(self.answer(&payload)).await.into_json());
        }
        let mut batch = Batch::open(payload);
        for index in 0..batch.events.len() {
            let delivery = Delivery { number: batch.deliveries(index) };
            let job = batch.event(index).cloned().map(serde_json::from_value::<Job>);
            let done = match job {
                Some(Ok(job)) => Box::pin(self.work(job, delivery, invocation)).await,
                Some(Err(error)) => Err(format!("this is no job: {error}")),
                None => Err("this is no job".to_owned()),
            };
            if let Err(problem) = done {
                tracing::warn!("will retry: {problem}");
                batch.fail(index, problem);
            }
        }
        batch.answer()
    }

    async fn work(&self, job: Job, delivery: Delivery, invocation: &Invocation) -> Result<(), String> {
        match job {
            Job::Act(order) => Box::pin(self.act(&order, delivery, invocation)).await,
            Job::Reply(question) => Box::pin(self.reply(&question, invocation)).await,
            Job::Home { member } => self.home(&member).await,
        }
    }

    /// Answers a request of Slack's. Nothing is read of it before its signature is checked.
    async fn answer(&self, payload: &Value) -> Response {
        let Some(request) = Request::read(payload) else { return Response::empty(400) };
        if request.method != "POST" {
            return Response::empty(405);
        }
        let secret = match self.secrets.get(&self.rules.signing_secret, now()).await {
            Ok(secret) => secret,
            Err(error) => {
                tracing::error!("{error}");
                return Response::empty(500);
            }
        };
        if !signature::is_valid(&secret, &request, now()) {
            tracing::warn!(chat.refused = 1, "denied: the signature or the time of a request is wrong");
            return Response::empty(401);
        }
        match request.path.as_str() {
            "/slack/commands" => self.command(&request).await,
            "/slack/actions" => self.press(&request).await,
            "/slack/events" => self.event(&request).await,
            _ => Response::empty(404),
        }
    }

    /// Whether a member of these workspaces is answered: there is at least one, and each is listed.
    fn admits<'t>(&self, teams: impl IntoIterator<Item = Option<&'t str>>) -> bool {
        let teams: BTreeSet<&str> = teams.into_iter().flatten().collect();
        let admitted = !teams.is_empty() && teams.iter().all(|team| self.rules.workspaces.contains(*team));
        if !admitted {
            tracing::warn!(chat.refused = 1, "denied: {teams:?} is not listed under `chat.workspaces` in andon.yml");
        }
        admitted
    }

    /// Puts a job on the queue; an error is what Slack is told.
    async fn put(&self, job: &Job) -> Result<(), Response> {
        let sent = match (&self.queue, serde_json::to_value(job)) {
            (Some(queue), Ok(job)) => queue.put(&job).await,
            (None, _) => Err("ANDON_CHAT_QUEUE is not set: this function takes jobs and no requests".to_owned()),
            (_, Err(error)) => Err(error.to_string()),
        };
        sent.map_err(|problem| {
            tracing::error!("{problem}");
            Response::empty(500)
        })
    }
}

/// Which of its deliveries by the queue a job comes with.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    /// From 1.
    number: u32,
}

impl Delivery {
    /// Whether an earlier call may have done some of it.
    fn is_again(self) -> bool {
        self.number > 1
    }

    /// Whether the job goes to the dead letters if it fails once more.
    fn is_last(self) -> bool {
        self.number >= MAX_DELIVERIES
    }
}

/// The time.
fn now() -> jiff::Timestamp {
    use andon::clock::Clock as _;
    SystemClock.now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_gives_up_when_the_worker_says_so() {
        let template = include_str!("../../../sam-template.yml");
        let (_, dead_letters) = template.split_once("deadLetterTargetArn: !GetAtt ChatDeadLetters.Arn").unwrap();
        let count = dead_letters.lines().nth(1).unwrap().trim();
        assert_eq!(count, format!("maxReceiveCount: {MAX_DELIVERIES}"));
    }
}
