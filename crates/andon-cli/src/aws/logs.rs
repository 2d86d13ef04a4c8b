//! The logs of a run's actions, as CodePipeline, CodeBuild and CloudWatch Logs give them.

use std::time::{Duration, Instant};

use andon::arn::Arn;
use andon::name::{ExecutionId, PipelineId};
use anyhow::bail;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_codebuild::types::StatusType;
use aws_sdk_codepipeline::primitives::DateTime;
use aws_sdk_codepipeline::types::{ActionExecutionDetail, ActionExecutionFilter, ActionExecutionStatus};

use super::Session;

/// How long a broken connection is tried again.
const PATIENCE: Duration = Duration::from_mins(2);

/// An action of a run, as CodePipeline tells it now.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its own id within the run: a retried action has another one.
    pub id: String,
    /// Its stage.
    pub stage: String,
    /// Its name.
    pub name: String,
    /// What does the work, such as `CodeBuild`.
    pub provider: String,
    /// Its state.
    pub status: ActionExecutionStatus,
    external: Option<String>,
    log: Option<String>,
}

/// A stream of CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Its group.
    pub group: String,
    /// Its name.
    pub name: String,
}

impl Action {
    fn of(detail: &ActionExecutionDetail) -> Option<Self> {
        let result = detail.output().and_then(|output| output.execution_result());
        let kind = detail.input().and_then(|input| input.action_type_id());
        Some(Self {
            id: detail.action_execution_id()?.to_owned(),
            stage: detail.stage_name()?.to_owned(),
            name: detail.action_name()?.to_owned(),
            provider: kind.map(|kind| kind.provider().to_owned()).unwrap_or_default(),
            status: detail.status()?.clone(),
            external: result.and_then(|result| result.external_execution_id()).map(str::to_owned),
            log: result.and_then(|result| result.log_stream_arn()).map(str::to_owned),
        })
    }

    /// Where it stands: `Build / Test`.
    pub fn place(&self) -> String {
        format!("{} / {}", self.stage, self.name)
    }

    /// Whether it has not ended.
    pub fn is_going_on(&self) -> bool {
        self.status == ActionExecutionStatus::InProgress
    }

    /// Whether it is of a kind that writes a log that can be read here.
    pub fn writes_log(&self) -> bool {
        let is_log = |id: &String| Arn::parse(id).is_some_and(|arn| arn.service == "logs");
        self.log.is_some() || self.provider == "CodeBuild" || self.external.as_ref().is_some_and(is_log)
    }
}

/// The actions of a run, oldest first.
pub async fn actions(session: &Session, pipeline: &PipelineId, run: &ExecutionId) -> anyhow::Result<Vec<Action>> {
    let client = aws_sdk_codepipeline::Client::new(&session.config);
    let doing = format!("list the actions of run {} of {}", run.short(), pipeline.name);
    let filter = ActionExecutionFilter::builder().pipeline_execution_id(run.as_str()).build();
    let mut details: Vec<ActionExecutionDetail> = Vec::new();
    let mut next = None;
    loop {
        let request = client.list_action_executions().pipeline_name(pipeline.name.as_str());
        let page = request.filter(filter.clone()).set_next_token(next).send().await;
        let page = page.map_err(|error| session.plain(&doing, &error))?;
        details.extend(page.action_execution_details.unwrap_or_default());
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    details.sort_by_key(|detail| detail.start_time().map(DateTime::as_nanos));
    Ok(details.iter().filter_map(Action::of).collect())
}

/// The stream that an action writes to; `None` while a build has not begun to write.
pub async fn stream(session: &Session, action: &Action) -> anyhow::Result<Option<Stream>> {
    let named = action.log.iter().chain(&action.external).find_map(|id| named_by(id));
    let (None, Some(build)) = (&named, &action.external) else { return Ok(named) };
    let client = aws_sdk_codebuild::Client::new(&session.config);
    let doing = format!("find the log of build {build}");
    let found = client.batch_get_builds().ids(build).send().await;
    let found = found.map_err(|error| session.plain(&doing, &error))?;
    if let Some(build) = found.builds().first() {
        let logs = build.logs();
        if logs.and_then(|logs| logs.cloud_watch_logs()).is_some_and(|logs| logs.status().as_str() == "DISABLED") {
            bail!("the project of {} writes no log to CloudWatch", action.place());
        }
        let stream = logs.and_then(|logs| Some((logs.group_name()?, logs.stream_name()?)));
        return Ok(stream.map(|(group, name)| Stream { group: group.to_owned(), name: name.to_owned() }));
    }
    // A batch of builds: that one which failed, or else the latest.
    let found = client.batch_get_build_batches().ids(build).send().await;
    let found = found.map_err(|error| session.plain(&doing, &error))?;
    let Some(batch) = found.build_batches().first() else { bail!("the build {build} no longer exists") };
    let builds: Vec<_> = batch.build_groups().iter().filter_map(|group| group.current_build_summary()).collect();
    let failed = builds
        .iter()
        .find(|build| !matches!(build.build_status(), Some(StatusType::Succeeded | StatusType::InProgress) | None));
    Ok(failed.or(builds.last()).and_then(|build| {
        let (_, build) = build.arn()?.split_once(":build/")?;
        let (project, id) = build.split_once(':')?;
        Some(Stream { group: format!("/aws/codebuild/{project}"), name: id.to_owned() })
    }))
}

/// `arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM`
fn named_by(id: &str) -> Option<Stream> {
    let arn = Arn::parse(id).filter(|arn| arn.service == "logs")?;
    let (group, name) = arn.resource.strip_prefix("log-group:")?.split_once(":log-stream:")?;
    Some(Stream { group: group.to_owned(), name: name.to_owned() })
}

/// Reads a stream from its beginning, page by page, and on while it grows.
#[derive(Debug)]
pub struct Reader<'s> {
    session: &'s Session,
    client: aws_sdk_cloudwatchlogs::Client,
    stream: Stream,
    token: Option<String>,
    pace: Duration,
}

impl<'s> Reader<'s> {
    /// At the beginning of a stream.
    pub fn new(session: &'s Session, stream: Stream, pace: Duration) -> Self {
        let client = aws_sdk_cloudwatchlogs::Client::new(&session.config);
        Self { session, client, stream, token: None, pace }
    }

    /// The next lines; none where the stream ends for now. A connection that breaks is tried again for two minutes, from
    /// where it broke, so that no line is lost or comes twice.
    pub async fn next(&mut self) -> anyhow::Result<Vec<String>> {
        let mut broken: Option<Instant> = None;
        loop {
            let request = self.client.get_log_events().log_group_name(&self.stream.group);
            let request = request.log_stream_name(&self.stream.name).start_from_head(true);
            let error = match request.set_next_token(self.token.clone()).send().await {
                Ok(page) => {
                    self.token = page.next_forward_token.or_else(|| self.token.take());
                    let messages = page.events.unwrap_or_default().into_iter().filter_map(|event| event.message);
                    return Ok(messages.collect());
                }
                Err(error) => error,
            };
            if error.code() == Some("ResourceNotFoundException") {
                bail!(
                    "the log stream {} of {} does not exist, or no longer: the group may keep its logs for some days only",
                    self.stream.name,
                    self.stream.group
                );
            }
            let may_pass =
                matches!(error, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) | SdkError::ResponseError(_));
            let since = *broken.get_or_insert_with(Instant::now);
            if !may_pass || since.elapsed() > PATIENCE {
                return Err(self.session.plain(&format!("read the log group {}", self.stream.group), &error));
            }
            tokio::time::sleep(self.pace).await;
        }
    }
}
