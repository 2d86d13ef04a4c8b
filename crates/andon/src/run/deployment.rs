//! Deployments of a run.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Run, Status};
use crate::event::{Attempt, State, Subject};
use crate::glob::Globs;
use crate::name::{ExternalId, StageName};

/// What counts as a deployment in the four keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeploymentRule {
    /// The pipelines that deploy to production; all if absent.
    pub pipeline: Option<Globs>,
    /// The stages whose success is the deployment; if absent, the success of the whole run.
    pub stage: Option<Globs>,
}

impl DeploymentRule {
    /// The success of any run of any pipeline: what counts as long as nothing is configured.
    pub const EVERY_RUN: Self = Self { pipeline: None, stage: None };

    /// Whether a success is a deployment: of a stage, or (`None`) of a whole run.
    pub fn counts(&self, pipeline: &str, stage: Option<&str>) -> bool {
        let of_pipeline = self.pipeline.as_ref().is_none_or(|globs| globs.match_any(pipeline));
        let of_stage = match (&self.stage, stage) {
            (Some(globs), Some(stage)) => globs.match_any(stage),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        of_pipeline && of_stage
    }
}

/// How one deployment ended: well, or in failure. Rejected, stopped and superseded ones never were deployments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deployed {
    /// The stage that deploys; `None` where the whole run counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageName>,
    /// Which attempt.
    pub attempt: Attempt,
    /// [`Status::Succeeded`] or [`Status::Failed`].
    pub status: Status,
    /// When it ended.
    pub ended: Timestamp,
    /// When the service to which it deployed said that it failed after all, or went back, though it had succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Timestamp>,
}

impl Run {
    /// Whether a condition had a stage skipped, and nothing was deployed after it: then the success of the run as a whole
    /// does not say that its change is live.
    fn has_skipped_deployment(&self) -> bool {
        let Some(skipped) = self.facts.skipped() else { return false };
        let deployed = |subject: &Subject| {
            self.facts_of(subject).any(|(_, state, fact)| state == State::Succeeded && fact.at >= skipped)
        };
        !self.facts.deployments().iter().any(deployed)
    }

    /// Whether an action that deploys has begun and has not said how it ended.
    pub(crate) fn has_open_deployment(&self) -> bool {
        self.facts.deployments().iter().any(|subject| {
            let attempt = self.facts_of(subject).map(|(attempt, ..)| attempt).last();
            attempt.is_some_and(|attempt| self.settled(subject, attempt).is_none())
        })
    }

    /// The deployments that its actions say they succeeded with.
    pub fn succeeded_deployments(&self) -> Vec<(Attempt, Subject, ExternalId)> {
        let of_action = |subject: &Subject| {
            let succeeded = self.facts_of(subject).filter(|(_, state, _)| *state == State::Succeeded);
            let named = succeeded.filter_map(|(attempt, _, fact)| {
                let action = fact.action.as_ref()?;
                action.provider.as_ref().filter(|provider| provider.names_deployments())?;
                Some((attempt, subject.clone(), action.result.as_ref()?.external.clone()?))
            });
            named.collect::<Vec<_>>()
        };
        self.facts.deployments().iter().flat_map(of_action).collect()
    }

    /// The deployments that its actions name, by the ids of the services that they deploy to.
    pub fn deployment_ids(&self) -> Vec<ExternalId> {
        let of_action = |subject| {
            let own = self.facts_of(subject).filter(|(_, state, _)| !state.is_of_another_service());
            own.filter_map(|(.., fact)| {
                let action = fact.action.as_ref()?;
                action.provider.as_ref().filter(|provider| provider.names_deployments())?;
                action.result.as_ref()?.external.clone()
            })
        };
        let mut ids: Vec<ExternalId> = self.facts.deployments().iter().flat_map(of_action).collect();
        ids.dedup();
        ids
    }

    fn failed_outcomes(&self) -> Vec<Deployed> {
        let failed = self.outcomes().into_iter().filter(|outcome| outcome.status == Status::Failed);
        failed
            .map(|outcome| Deployed {
                stage: None,
                attempt: outcome.attempt,
                status: Status::Failed,
                ended: outcome.ended,
                undone: None,
            })
            .collect()
    }

    /// The deployments of the run, oldest first: the ends of the stages that count as such. `None` where no stage is
    /// said to deploy: then each end of the run is one.
    pub fn deployments(&self, deployment_rule: &DeploymentRule) -> Option<Vec<Deployed>> {
        let pipeline = self.pipeline.name.as_str();
        if deployment_rule.counts(pipeline, None) {
            return self.has_skipped_deployment().then(|| self.failed_outcomes());
        }
        let mut deployments: Vec<Deployed> = self
            .facts
            .of_stages()
            .filter_map(|(key, fact)| match (key.subject, key.state) {
                (Subject::Stage(stage), State::Succeeded) => Some((key.attempt, stage, Status::Succeeded, fact.at)),
                (Subject::Stage(stage), State::Failed) if !self.is_rejection(key.subject, key.attempt) => {
                    Some((key.attempt, stage, Status::Failed, fact.at))
                }
                _ => None,
            })
            .filter(|(_, stage, ..)| deployment_rule.counts(pipeline, Some(stage.as_str())))
            .map(|(attempt, stage, status, ended)| {
                let contradicted = self.contradicted_in(stage, attempt).filter(|_| status == Status::Succeeded);
                let status = if contradicted.is_some_and(|at| at <= ended) { Status::Failed } else { status };
                let undone = contradicted.filter(|at| *at > ended);
                Deployed { stage: Some(stage.clone()), attempt, status, ended, undone }
            })
            .collect();
        deployments.sort_by_key(|deployed| (deployed.attempt, deployed.ended));
        Some(deployments)
    }
}
