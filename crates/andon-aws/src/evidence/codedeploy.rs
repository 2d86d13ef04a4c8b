//! CodeDeploy: the deployment's error, and script output of the targets where it failed.

use andon_diagnosis::{Log, MessageSource};
use aws_sdk_codedeploy::types::{
    CloudFormationTarget, DeploymentTarget, Diagnostics, LifecycleErrorCode, LifecycleEvent, LifecycleEventStatus,
    TargetFilterName,
};
use futures_util::future::join;

use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::missing::Question;

/// So many targets are looked at; where a deployment fails on hundreds, it fails on them for the same reason.
const MAX_TARGETS: usize = 10;
/// What a permission has to be given for that cannot be limited.
const ANYTHING: &str = "*";

pub(super) async fn gather(clients: &Regional, inquiry: &EvidenceCollector, id: &str) {
    join(deployment(clients, inquiry, id), targets(clients, inquiry, id)).await;
}

async fn deployment(clients: &Regional, inquiry: &EvidenceCollector, id: &str) {
    let group = format!("the deployment group of {id}");
    let question = question("codedeploy:GetDeployment", &group, format!("deployment {id}"));
    let request = clients.deployments().get_deployment().deployment_id(id);
    let info = match inquiry.ask(&question, || request.clone().send()).await {
        Ok(answer) => answer.deployment_info,
        Err(missing) => return inquiry.misses(missing.sentence),
    };
    let Some(info) = info else { return };
    if let Some(error) = info.error_information() {
        let code = error.code().map_or("", |code| code.as_str());
        let message = error.message().unwrap_or_default();
        inquiry.hears_in_sum(MessageSource::CodeDeploy, [code, message].join(": ").trim_matches([':', ' ']));
    } else if let Some(message) = info.rollback_info().and_then(|rollback| rollback.rollback_message()) {
        inquiry.hears_in_sum(MessageSource::CodeDeploy, message);
    }
}

async fn targets(clients: &Regional, inquiry: &EvidenceCollector, id: &str) {
    let what = || format!("targets of deployment {id}");
    let question_of_list = question("codedeploy:ListDeploymentTargets", ANYTHING, what());
    let request = clients
        .deployments()
        .list_deployment_targets()
        .deployment_id(id)
        .target_filters(TargetFilterName::TargetStatus, vec!["Failed".to_owned()]);
    let ids = match inquiry.ask(&question_of_list, || request.clone().send()).await {
        Ok(answer) => answer.target_ids.unwrap_or_default(),
        // The other question says so too.
        Err(missing) if missing.is_gone => return,
        Err(missing) => return inquiry.misses(missing.sentence),
    };
    if ids.is_empty() {
        return;
    }
    let ids = ids.into_iter().take(MAX_TARGETS).collect();
    let question = question("codedeploy:BatchGetDeploymentTargets", ANYTHING, what());
    let request = clients.deployments().batch_get_deployment_targets().deployment_id(id).set_target_ids(Some(ids));
    match inquiry.ask(&question, || request.clone().send()).await {
        Ok(answer) => tell(inquiry, &answer.deployment_targets.unwrap_or_default()),
        Err(missing) => inquiry.misses(missing.sentence),
    }
}

/// Records the failed events, earliest first.
fn tell(inquiry: &EvidenceCollector, targets: &[DeploymentTarget]) {
    let mut failed: Vec<&LifecycleEvent> = targets.iter().flat_map(events).filter(|event| has_failed(event)).collect();
    failed.sort_by_key(|event| event.end_time().or(event.start_time()).map(aws_smithy_types::DateTime::as_nanos));
    let mut log = String::new();
    for event in failed {
        let Some(diagnostics) = event.diagnostics() else { continue };
        let said = said(event.lifecycle_event_name().unwrap_or("a lifecycle event"), diagnostics);
        inquiry.hears(MessageSource::CodeDeploy, &said);
        let Some(tail) = diagnostics.log_tail().map(str::trim_end).filter(|tail| !tail.is_empty()) else { continue };
        // The same script fails in the same words on every target.
        if !log.contains(tail) && log.len() + tail.len() <= inquiry.room() {
            log.push_str(tail);
            log.push('\n');
        }
    }
    inquiry.has_read(log.len());
    if !log.is_empty() {
        inquiry.finds(|found| {
            found.log = Log::from_bytes(log.as_bytes());
            found.truncated_at_start = true;
        });
    }
}

fn events(target: &DeploymentTarget) -> &[LifecycleEvent] {
    if let Some(target) = target.instance_target() {
        target.lifecycle_events()
    } else if let Some(target) = target.ecs_target() {
        target.lifecycle_events()
    } else if let Some(target) = target.lambda_target() {
        target.lifecycle_events()
    } else {
        target.cloud_formation_target().map(CloudFormationTarget::lifecycle_events).unwrap_or_default()
    }
}

fn has_failed(event: &LifecycleEvent) -> bool {
    let code = event.diagnostics().and_then(Diagnostics::error_code);
    event.status() == Some(&LifecycleEventStatus::Failed)
        || code.is_some_and(|code| *code != LifecycleErrorCode::Success)
}

/// `ApplicationStart: ScriptFailed: scripts/start.sh: Script at specified location ... failed with exit code 1`
fn said(event: &str, diagnostics: &Diagnostics) -> String {
    let code = diagnostics.error_code().map(LifecycleErrorCode::as_str);
    let message = diagnostics.message().unwrap_or_default();
    let script = diagnostics.script_name().filter(|script| !message.contains(*script));
    let parts = [Some(event), code, script, Some(message)].into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(": ")
}

fn question<'a>(permission: &'static str, resource: &'a str, what: String) -> Question<'a> {
    Question { service: "CodeDeploy", permission, resource, what }
}
