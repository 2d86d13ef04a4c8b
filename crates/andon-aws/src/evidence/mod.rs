//! Evidence of why an action failed, from the service that did the work.
//!
//! An action's own event leads (`lead`) to a build, a log, a deployment, a stack, a service or a function, and each of
//! them has a module here that knows what to ask for. All of them ask through one `EvidenceCollector`, which
//! holds the bounds: an alert waits for this, so it gets what can be had in three seconds, and a sentence for everything
//! else.

use std::sync::{Arc, OnceLock};

use andon::name::{AccountId, PipelineId, Region};
use andon::run::Failure;
use andon_notify::{EvidenceSource, Found};
use aws_config::SdkConfig;
use jiff::Timestamp;

mod clients;
mod cloudformation;
mod codebuild;
mod codedeploy;
mod collector;
mod commands;
mod conditions;
mod ecs;
mod lambda;
mod log;
mod member;
mod missing;
mod reports;
mod resource_ref;

use clients::Clients;
use collector::EvidenceCollector;
pub use member::MemberRole;
use member::Members;
use resource_ref::{Resource, ResourceRef};

/// Reads logs, builds, deployments and stacks, in whatever region they are.
///
/// What is in another account is read through the role that it has for that. Without one it is not asked for: all that
/// could be had is a refusal.
#[derive(Debug)]
pub struct AwsEvidence {
    account: OnceLock<AccountId>,
    own: Arc<Clients>,
    members: Option<Members>,
}

/// One failed action, and where it is.
#[derive(Debug, Clone, Copy)]
struct FailureCase<'a> {
    pipeline: &'a PipelineId,
    failure: &'a Failure,
    region: &'a Region,
}

impl AwsEvidence {
    /// Costs nothing; clients are made when a failure needs them.
    pub fn new(config: &SdkConfig, role: Option<MemberRole>) -> Self {
        Self {
            account: OnceLock::new(),
            own: Arc::new(Clients::new(config)),
            members: role.map(|role| Members::new(role, config)),
        }
    }

    /// Sets the account of the credentials. A function learns it from the ARN it is invoked by, so this is called
    /// with the first event and is harmless afterwards; until then every account is asked.
    pub fn belongs_to(&self, account: &AccountId) {
        if *account != AccountId::unknown() {
            self.account.get_or_init(|| account.clone());
        }
    }

    async fn follow(&self, lead: &ResourceRef, case: FailureCase<'_>, inquiry: &EvidenceCollector) {
        let account = lead.account.as_ref().unwrap_or(&case.pipeline.home.account);
        let Some(clients) = self.clients(account, lead, inquiry).await else { return };
        let clients = clients.of(case.region);
        match &lead.trace {
            Resource::Build { project, id } => codebuild::gather(&clients, inquiry, project, id).await,
            Resource::Log(stream) => commands::gather(&clients, inquiry, stream).await,
            Resource::Deployment(id) => codedeploy::gather(&clients, inquiry, id).await,
            Resource::Stack { stack, change_set } => {
                cloudformation::gather(&clients, inquiry, case.failure, stack.as_deref(), change_set.as_deref()).await;
            }
            Resource::Service { name, deployment } => {
                ecs::gather(&clients, inquiry, case, name.as_ref(), deployment.as_deref()).await;
            }
            Resource::Conditions(stage) => conditions::gather(&clients, inquiry, case, stage).await,
            Resource::Function(name) => lambda::gather(&clients, inquiry, case.failure, name).await,
        }
    }

    /// Those of the account that the lead is in.
    async fn clients(
        &self,
        account: &AccountId,
        lead: &ResourceRef,
        inquiry: &EvidenceCollector,
    ) -> Option<Arc<Clients>> {
        if self.account.get().is_none_or(|own| own == account) {
            return Some(Arc::clone(&self.own));
        }
        if let Some(members) = &self.members {
            return members.clients_of(account, inquiry).await;
        }
        inquiry.misses(format!("The {} is in account {account}, where Andon has no role", lead.trace.noun()));
        None
    }
}

impl EvidenceSource for AwsEvidence {
    async fn gather(&self, pipeline: &PipelineId, failure: &Failure) -> Found {
        let Some(lead) = ResourceRef::of(failure) else { return Found::default() };
        let inquiry = EvidenceCollector::default();
        let region = lead.region.as_ref().or(failure.region.as_ref()).unwrap_or(&pipeline.home.region);
        let case = FailureCase { pipeline, failure, region };
        // On the heap: the alerts of up to eight actions wait for this side by side.
        let follow = Box::pin(self.follow(&lead, case, &inquiry));
        if tokio::time::timeout(collector::MAX_LEN, follow).await.is_err() {
            inquiry.runs_out_of_time();
        }
        inquiry.into_found()
    }
}

fn time(time: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::from_nanosecond(time.as_nanos()).ok()
}
