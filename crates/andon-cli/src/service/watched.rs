//! What Andon makes of a run: whether its ledger has it, and why it failed.

use andon::ledger::{Archive as _, Ledger as _};
use andon::name::{AccountId, ExecutionId, Home, PipelineId, PipelineName, Region};
use andon::run::Explanation;
use andon_aws::clock::SystemClock;
use andon_aws::codepipeline::CodePipelineArchive;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::evidence::AwsEvidence;
use andon_notify::{EvidenceSource as _, explain};
use anyhow::Context as _;

use crate::aws::Session;

/// A run of a pipeline in the account and region of a session.
#[derive(Debug)]
pub struct Watched<'a> {
    session: &'a Session,
    pipeline: PipelineId,
    run: ExecutionId,
}

impl<'a> Watched<'a> {
    /// By the names of the pipeline and the run.
    pub fn new(session: &'a Session, pipeline: &str, run: &str) -> anyhow::Result<Self> {
        let account = AccountId::parse(&session.account).context("AWS gave an account that is none")?;
        let region = Region::parse(&session.region).context("this region cannot be used")?;
        let name = PipelineName::parse(pipeline).context("this pipeline cannot be looked at")?;
        Ok(Self {
            session,
            pipeline: PipelineId { home: Home { account, region }, name },
            run: ExecutionId::parse(run).context("CodePipeline gave a run without an id")?,
        })
    }

    /// Whether the ledger in a table has the run.
    pub async fn is_known(&self, table: &str) -> anyhow::Result<bool> {
        let ledger = DynamoLedger::connect(&self.session.config, table, SystemClock);
        Ok(ledger.load(&self.pipeline, &self.run).await?.run.is_some())
    }

    /// Why the run failed, from the same evidence as an alert; `None` if no action says that it failed.
    pub async fn cause(&self) -> anyhow::Result<Option<Explanation>> {
        let archive = CodePipelineArchive::new(&self.session.config);
        archive.belongs_to(&self.pipeline.home.account);
        let Some(run) = archive.actions(&self.pipeline, &self.run).await? else { return Ok(None) };
        let failures = run.failures(run.attempt());
        let Some(failure) = failures.last() else { return Ok(None) };
        let evidence = AwsEvidence::new(&self.session.config, None);
        let found = evidence.gather(&self.pipeline, failure).await;
        Ok(Some(explain(failure, &[], found, &[])))
    }
}
