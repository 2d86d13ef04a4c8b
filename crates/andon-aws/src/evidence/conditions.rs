//! Conditions: which rules of a stage were not met, where no action of it failed.

use andon::name::StageName;
use andon_diagnosis::MessageSource;
use aws_sdk_codepipeline::types::{RuleExecutionDetail, RuleExecutionStatus};
use jiff::SignedDuration;

use super::FailureCase;
use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::missing::Question;

/// The most rules that are read, the latest first.
const MAX: i32 = 50;
/// A rule may report so long after its stage failed, by another clock.
const AFTERWARDS: SignedDuration = SignedDuration::from_mins(1);

/// Whoever gave Andon no permission for this is told the same without the rules: nothing is missing that was promised.
pub(super) async fn gather(clients: &Regional, inquiry: &EvidenceCollector, case: FailureCase<'_>, stage: &StageName) {
    let name = case.pipeline.name.as_str();
    let question = Question {
        service: "CodePipeline",
        permission: "codepipeline:ListRuleExecutions",
        resource: name,
        what: format!("rules of stage {stage}"),
    };
    let request = clients.pipelines().list_rule_executions().pipeline_name(name).max_results(MAX);
    let rules = match inquiry.ask(&question, || request.clone().send()).await {
        Ok(answer) => answer.rule_execution_details.unwrap_or_default(),
        Err(missing) if missing.is_denied => return,
        Err(missing) => return inquiry.misses(missing.sentence),
    };
    let has_ended = |rule: &RuleExecutionDetail| {
        let ended = rule.last_update_time().and_then(super::time);
        ended.is_some_and(|ended| ended.duration_since(case.failure.at) <= AFTERWARDS)
    };
    let of_stage = |rule: &&RuleExecutionDetail| rule.stage_name() == Some(stage.as_str()) && has_ended(rule);
    // The latest of them are of the run that failed: what ran in it before that went well.
    let latest = rules.iter().filter(of_stage).max_by_key(|rule| rule.last_update_time().and_then(super::time));
    let Some(latest) = latest else { return };
    let of_run =
        rules.iter().filter(of_stage).filter(|rule| rule.pipeline_execution_id() == latest.pipeline_execution_id());
    for rule in of_run.filter(|rule| rule.status() == Some(&RuleExecutionStatus::Failed)) {
        inquiry.hears(MessageSource::Action, &sentence(rule));
    }
}

/// `The rule "BusinessHours" (DeploymentWindow) was not met: outside the window.`
fn sentence(rule: &RuleExecutionDetail) -> String {
    let kind = rule.input().and_then(|input| input.rule_type_id()).map(|kind| format!(" ({})", kind.provider()));
    let result = rule.output().and_then(|output| output.execution_result());
    let said = result.and_then(|result| {
        let detail = result.error_details().and_then(|error| error.message());
        detail.or_else(|| result.external_execution_summary())
    });
    let why = said.map(|said| format!(": {said}")).unwrap_or_default();
    format!("The rule \"{}\"{} was not met{why}", rule.rule_name().unwrap_or_default(), kind.unwrap_or_default())
}
