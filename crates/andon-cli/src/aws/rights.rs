//! The user's own rights in AWS, used once something in AWS is needed: a log, an action on a run.

use std::rc::Rc;

use andon::name::{AccountId, PipelineId};
use andon::run::Failure;
use andon::run_action::{ActionError, ActionErrorKind, PipelineActions, PlannedAction};
use andon_aws::evidence::AwsEvidence;
use andon_aws::run_action::CodePipelineActions;
use andon_notify::{EvidenceSource, Found};
use tokio::sync::OnceCell;

use super::{Options, Session};

/// A session that is opened with the first thing that needs it.
#[derive(Debug, Clone)]
pub struct Rights(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    options: Options,
    session: OnceCell<Session>,
}

impl Rights {
    /// The rights that these options lead to. Costs nothing yet.
    pub fn of(options: Options) -> Self {
        Self(Rc::new(Inner { options, session: OnceCell::new() }))
    }

    async fn session(&self) -> anyhow::Result<&Session> {
        self.0.session.get_or_try_init(|| Session::open(&self.0.options)).await
    }
}

impl EvidenceSource for Rights {
    async fn gather(&self, pipeline: &PipelineId, failure: &Failure) -> Found {
        match self.session().await {
            Ok(session) => {
                let evidence = AwsEvidence::new(&session.config, None);
                if let Ok(account) = AccountId::parse(session.account.as_str()) {
                    evidence.belongs_to(&account);
                }
                evidence.gather(pipeline, failure).await
            }
            Err(error) => Found { missing: vec![format!("the log: {error:#}")], ..Found::default() },
        }
    }
}

impl PipelineActions for Rights {
    async fn carry_out(&self, order: &PlannedAction, reason: &str) -> Result<(), ActionError> {
        let session = self.session().await.map_err(|error| ActionError {
            why: ActionErrorKind::Unavailable,
            doing: format!("reach CodePipeline for {}", order.pipeline),
            problem: format!("{error:#}"),
        })?;
        let actions = CodePipelineActions::new(&session.config);
        if let Ok(account) = AccountId::parse(session.account.as_str()) {
            actions.belongs_to(&account);
        }
        actions.carry_out(order, reason).await
    }
}
