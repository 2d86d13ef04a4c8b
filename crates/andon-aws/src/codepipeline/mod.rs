//! CodePipeline's own records: runs from before Andon was deployed, and actions of a run whose events were lost.
//!
//! Read only when the ledger cannot know: once for a pipeline that is new to it, and for a failure that no event
//! explains.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use andon::ledger::{Archive, ArchiveError, PastRun};
use andon::name::{AccountId, ExecutionId, PipelineId, Region};
use andon::run::Run;
use aws_config::SdkConfig;
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::config::Region as SdkRegion;
use aws_sdk_codepipeline::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_codepipeline::types::ActionExecutionFilter;

mod actions;
mod runs;

use crate::fault::{FaultKind, lacks, said};

/// The most entries of one answer.
const PAGE: i32 = 100;
/// The most answers that are read for the actions of one run. Most runs fit into the first.
const MAX_PAGES: usize = 10;

/// Reads from CodePipeline in a pipeline's region.
///
/// It knows the pipelines of one account, its own. Those of another account are refused before anybody is asked: one of
/// the same name in this account would answer for them.
#[derive(Debug)]
pub struct CodePipelineArchive {
    config: SdkConfig,
    account: OnceLock<AccountId>,
    clients: Mutex<BTreeMap<Region, Client>>,
}

impl CodePipelineArchive {
    /// Costs nothing; clients are made when they are needed.
    pub fn new(config: &SdkConfig) -> Self {
        Self { config: config.clone(), account: OnceLock::new(), clients: Mutex::default() }
    }

    /// Sets the account of the credentials. A function learns it from the ARN it is invoked by, so this is called
    /// with the first event and is harmless afterwards.
    pub fn belongs_to(&self, account: &AccountId) {
        self.account.get_or_init(|| account.clone());
    }

    fn client(&self, pipeline: &PipelineId, doing: &dyn Fn() -> String) -> Result<Client, ArchiveError> {
        let refuse = |problem: String| ArchiveError { doing: doing(), problem };
        match self.account.get() {
            Some(account) if *account == pipeline.home.account => {}
            Some(account) => {
                let problem = format!("it is in another account than this function ({account})");
                return Err(refuse(problem));
            }
            None => return Err(refuse("the account of these credentials is not known yet".to_owned())),
        }
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(pipeline.home.region.clone()).or_insert_with_key(|region| {
            let region = SdkRegion::new(region.as_str().to_owned());
            let config = aws_sdk_codepipeline::config::Builder::from(&self.config).region(region).build();
            Client::from_conf(config)
        });
        Ok(client.clone())
    }
}

impl Archive for CodePipelineArchive {
    async fn past_runs(&self, pipeline: &PipelineId) -> Result<Vec<PastRun>, ArchiveError> {
        let doing = || format!("list the past runs of {pipeline}");
        let client = self.client(pipeline, &doing)?;
        let request = client.list_pipeline_executions().pipeline_name(pipeline.name.as_str()).max_results(PAGE);
        match request.send().await {
            Ok(answer) => Ok(answer.pipeline_execution_summaries().iter().filter_map(runs::past_run).collect()),
            Err(error) => Err(fault("codepipeline:ListPipelineExecutions", doing(), &error)),
        }
    }

    /// Asks once for up to 100 executions of actions, and again only for a run that had more: without the first of them
    /// the attempts cannot be told (see `actions`).
    async fn actions(&self, pipeline: &PipelineId, execution: &ExecutionId) -> Result<Option<Run>, ArchiveError> {
        let doing = || format!("list the actions of run {execution} of {pipeline}");
        let client = self.client(pipeline, &doing)?;
        let filter = ActionExecutionFilter::builder().pipeline_execution_id(execution.as_str()).build();
        let mut details = Vec::new();
        let mut next = None;
        for _ in 0..MAX_PAGES {
            let answer = client
                .list_action_executions()
                .pipeline_name(pipeline.name.as_str())
                .filter(filter.clone())
                .max_results(PAGE)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| fault("codepipeline:ListActionExecutions", doing(), &error))?;
            details.extend(answer.action_execution_details.unwrap_or_default());
            next = answer.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(actions::as_run(pipeline, execution, &details));
            }
        }
        let problem = format!("it had more than {} actions", details.len());
        Err(ArchiveError { doing: doing(), problem })
    }
}

fn fault<E, R>(permission: &str, doing: String, error: &SdkError<E, R>) -> ArchiveError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let problem = match FaultKind::of(error) {
        FaultKind::Denied => lacks(permission, error),
        FaultKind::Gone => {
            let what = if error.code() == Some("PipelineExecutionNotFoundException") { "run" } else { "pipeline" };
            format!("the {what} is gone ({})", said(error))
        }
        _ => said(error),
    };
    ArchiveError { doing, problem }
}
