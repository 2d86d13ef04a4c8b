//! `CodePipeline`: what it says of pipelines and their executions, and what it is told to do.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::paging::page;
use super::protocol::Refusal;

#[derive(Debug, Default)]
pub(super) struct CodePipeline {
    pipelines: BTreeMap<String, Pipeline>,
}

#[derive(Debug, Default)]
struct Pipeline {
    declaration: Option<Value>,
    state: Option<Value>,
    executions: Vec<Value>,
    actions: Vec<Value>,
    rules: Vec<Value>,
    answered: Vec<String>,
    /// The stages that nothing enters, each with the reason.
    closed: BTreeMap<String, String>,
}

impl CodePipeline {
    pub(super) fn declare(&mut self, declaration: Value) {
        let name = text(&declaration, "name").to_owned();
        self.pipeline(&name).declaration = Some(declaration);
    }

    pub(super) fn set_state(&mut self, state: Value) {
        let name = text(&state, "pipelineName").to_owned();
        self.pipeline(&name).state = Some(state);
    }

    pub(super) fn put_execution(&mut self, pipeline: &str, summary: Value) {
        put(&mut self.pipeline(pipeline).executions, summary, "pipelineExecutionId");
    }

    pub(super) fn put_action(&mut self, pipeline: &str, detail: Value) {
        put(&mut self.pipeline(pipeline).actions, detail, "actionExecutionId");
    }

    pub(super) fn put_rule(&mut self, pipeline: &str, detail: Value) {
        put(&mut self.pipeline(pipeline).rules, detail, "ruleExecutionId");
    }

    pub(super) fn answer(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        match operation {
            "ListPipelines" => {
                let pipelines: Vec<Value> =
                    self.pipelines.iter().map(|(name, pipeline)| pipeline.summary(name)).collect();
                page(input, &pipelines, "pipelines", Some(("maxResults", 1000)), "nextToken")
            }
            "GetPipeline" => {
                let declaration = self.find(text(input, "name"))?.declaration.clone();
                declaration.map(|pipeline| json!({ "pipeline": pipeline })).ok_or_else(|| not_told("GetPipeline"))
            }
            "GetPipelineState" => {
                let pipeline = self.find(text(input, "name"))?;
                let mut state = pipeline.state.clone().ok_or_else(|| not_told("GetPipelineState"))?;
                pipeline.show_transitions(&mut state);
                Ok(state)
            }
            "ListPipelineExecutions" => self.list_executions(input),
            "ListActionExecutions" => self.list_actions(input),
            "ListRuleExecutions" => self.list_rules(input),
            "GetPipelineExecution" => self.execution(input),
            "PutApprovalResult" => self.approve(input),
            "RetryStageExecution" => self.retry(input),
            "StopPipelineExecution" => self.stop(input),
            "StartPipelineExecution" => self.start(input),
            "DisableStageTransition" => self.close(input),
            "EnableStageTransition" => self.open(input),
            _ => Err(Refusal::new("UnknownOperationException", format!("CodePipeline stands in without {operation}"))),
        }
    }

    fn list_executions(&self, input: &Value) -> Result<Value, Refusal> {
        let mut executions = self.find(text(input, "pipelineName"))?.executions.clone();
        newest_first(&mut executions, "startTime");
        page(input, &executions, "pipelineExecutionSummaries", Some(("maxResults", 100)), "nextToken")
    }

    fn list_actions(&self, input: &Value) -> Result<Value, Refusal> {
        let pipeline = self.find(text(input, "pipelineName"))?;
        let filter = input.get("filter").cloned().unwrap_or_default();
        let wanted = filter
            .get("pipelineExecutionId")
            .or_else(|| filter.get("latestInPipelineExecution")?.get("pipelineExecutionId"))
            .and_then(Value::as_str);
        if let Some(id) = wanted {
            pipeline.find(id)?;
        }
        let of_execution = |action: &&Value| wanted.is_none_or(|id| text(action, "pipelineExecutionId") == id);
        let mut actions: Vec<Value> = pipeline.actions.iter().filter(of_execution).cloned().collect();
        newest_first(&mut actions, "startTime");
        page(input, &actions, "actionExecutionDetails", Some(("maxResults", 100)), "nextToken")
    }

    fn list_rules(&self, input: &Value) -> Result<Value, Refusal> {
        let mut rules = self.find(text(input, "pipelineName"))?.rules.clone();
        newest_first(&mut rules, "startTime");
        page(input, &rules, "ruleExecutionDetails", Some(("maxResults", 100)), "nextToken")
    }

    /// `GetPipelineExecution` tells what the list tells, with the revisions under another name.
    fn execution(&self, input: &Value) -> Result<Value, Refusal> {
        let name = text(input, "pipelineName");
        let summary = self.find(name)?.find(text(input, "pipelineExecutionId"))?;
        let mut execution = json!({ "pipelineName": name, "pipelineVersion": 1 });
        let Some(members) = execution.as_object_mut() else { return Ok(execution) };
        for same in [
            "pipelineExecutionId",
            "status",
            "statusSummary",
            "trigger",
            "executionMode",
            "executionType",
            "rollbackMetadata",
        ] {
            if let Some(value) = summary.get(same) {
                members.insert(same.to_owned(), value.clone());
            }
        }
        let sources = summary.get("sourceRevisions").and_then(Value::as_array).cloned().unwrap_or_default();
        let revisions = sources.into_iter().map(|mut source| {
            if let Some(source) = source.as_object_mut()
                && let Some(action) = source.remove("actionName")
            {
                source.insert("name".to_owned(), action);
            }
            source
        });
        members.insert("artifactRevisions".to_owned(), revisions.collect());
        Ok(json!({ "pipelineExecution": execution }))
    }

    /// The token is that of the waiting action in the state; once answered, it is used up.
    fn approve(&mut self, input: &Value) -> Result<Value, Refusal> {
        let (name, token) = (text(input, "pipelineName"), text(input, "token"));
        let (stage_name, action_name) = (text(input, "stageName"), text(input, "actionName"));
        let told = self.find(name)?.state.clone().ok_or_else(|| not_told("PutApprovalResult"))?;
        let stage = named(told.get("stageStates"), "stageName", stage_name)
            .ok_or_else(|| Refusal::new("StageNotFoundException", format!("Stage {stage_name} not found")))?;
        let action = named(stage.get("actionStates"), "actionName", action_name)
            .ok_or_else(|| Refusal::new("ActionNotFoundException", format!("Action {action_name} not found")))?;
        if action.pointer("/latestExecution/token").and_then(Value::as_str) != Some(token) {
            return Err(Refusal::new("InvalidApprovalTokenException", format!("Invalid token {token} for action")));
        }
        let pipeline = self.pipeline(name);
        if pipeline.answered.iter().any(|answered| answered == token) {
            return Err(Refusal::new(
                "ApprovalAlreadyCompletedException",
                "The approval action has already been approved or rejected",
            ));
        }
        pipeline.answered.push(token.to_owned());
        Ok(json!({ "approvedAt": 1_767_225_600 }))
    }

    /// A stage whose state has been told is retried where it failed, in the run that was last in it.
    fn retry(&self, input: &Value) -> Result<Value, Refusal> {
        let (stage_name, id) = (text(input, "stageName"), text(input, "pipelineExecutionId"));
        let pipeline = self.find(text(input, "pipelineName"))?;
        pipeline.find(id)?;
        let told = pipeline.state.as_ref().and_then(|state| state.get("stageStates"));
        if told.is_some_and(|stages| named(Some(stages), "stageName", stage_name).is_none()) {
            return Err(Refusal::new("StageNotFoundException", format!("Stage {stage_name} not found")));
        }
        if let Some(latest) = named(told, "stageName", stage_name).and_then(|stage| stage.get("latestExecution")) {
            if text(latest, "pipelineExecutionId") != id {
                let message = format!("Execution {id} is not the latest in stage {stage_name}");
                return Err(Refusal::new("NotLatestPipelineExecutionException", message));
            }
            if text(latest, "status") != "Failed" {
                let message = format!("Stage {stage_name} has no failed actions to retry");
                return Err(Refusal::new("StageNotRetryableException", message));
            }
        }
        Ok(json!({ "pipelineExecutionId": id }))
    }

    /// What runs begins to stop; what has ended does not, nor does what is being stopped.
    fn stop(&mut self, input: &Value) -> Result<Value, Refusal> {
        let (name, id) = (text(input, "pipelineName"), text(input, "pipelineExecutionId"));
        match text(self.find(name)?.find(id)?, "status") {
            "InProgress" => {}
            "Stopping" => {
                let message = format!("Execution {id} is already being stopped");
                return Err(Refusal::new("DuplicatedStopRequestException", message));
            }
            status => {
                let message = format!("Execution {id} cannot be stopped: its status is {status}");
                return Err(Refusal::new("PipelineExecutionNotStoppableException", message));
            }
        }
        let run = self.pipeline(name).executions.iter_mut().find(|run| text(run, "pipelineExecutionId") == id);
        if let Some(status) = run.and_then(|run| run.get_mut("status")) {
            *status = "Stopping".into();
        }
        Ok(json!({ "pipelineExecutionId": id }))
    }

    /// A new execution, which is in progress from now on.
    fn start(&mut self, input: &Value) -> Result<Value, Refusal> {
        let name = text(input, "name");
        self.find(name)?;
        let id = format!("0b7f2a10-0000-4000-8000-{:012x}", self.pipeline(name).executions.len());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        let summary = json!({
            "pipelineExecutionId": id, "status": "InProgress", "startTime": now, "lastUpdateTime": now,
            "trigger": { "triggerType": "StartPipelineExecution" },
        });
        self.put_execution(name, summary);
        Ok(json!({ "pipelineExecutionId": id }))
    }

    fn close(&mut self, input: &Value) -> Result<Value, Refusal> {
        let (name, stage) = (text(input, "pipelineName"), text(input, "stageName"));
        self.find(name)?;
        self.pipeline(name).closed.insert(stage.to_owned(), text(input, "reason").to_owned());
        Ok(json!({}))
    }

    fn open(&mut self, input: &Value) -> Result<Value, Refusal> {
        let (name, stage) = (text(input, "pipelineName"), text(input, "stageName"));
        self.find(name)?;
        self.pipeline(name).closed.remove(stage);
        Ok(json!({}))
    }

    fn pipeline(&mut self, name: &str) -> &mut Pipeline {
        self.pipelines.entry(name.to_owned()).or_default()
    }

    fn find(&self, name: &str) -> Result<&Pipeline, Refusal> {
        self.pipelines.get(name).ok_or_else(|| {
            let account = "The account with id '123456789012'";
            Refusal::new(
                "PipelineNotFoundException",
                format!("{account} does not include a pipeline with the name '{name}'"),
            )
        })
    }
}

impl Pipeline {
    fn summary(&self, name: &str) -> Value {
        let declared =
            |member: &str| self.declaration.as_ref().and_then(|declaration| declaration.get(member)).cloned();
        json!({
            "name": name,
            "version": declared("version").unwrap_or_else(|| 1.into()),
            "pipelineType": declared("pipelineType").unwrap_or_else(|| "V2".into()),
            "executionMode": declared("executionMode").unwrap_or_else(|| "SUPERSEDED".into()),
        })
    }

    fn show_transitions(&self, state: &mut Value) {
        let stages = state.get_mut("stageStates").and_then(Value::as_array_mut);
        for stage in stages.into_iter().flatten() {
            let reason = self.closed.get(text(stage, "stageName")).cloned();
            if let (Some(reason), Some(stage)) = (reason, stage.as_object_mut()) {
                stage
                    .insert("inboundTransitionState".to_owned(), json!({ "enabled": false, "disabledReason": reason }));
            }
        }
    }

    fn find(&self, id: &str) -> Result<&Value, Refusal> {
        self.executions.iter().find(|execution| text(execution, "pipelineExecutionId") == id).ok_or_else(|| {
            Refusal::new("PipelineExecutionNotFoundException", format!("No pipeline execution with the id '{id}'"))
        })
    }
}

/// The text under a name, or nothing.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Adds an item, or puts it in the place of the one that has the same id.
pub(super) fn put(items: &mut Vec<Value>, item: Value, id: &str) {
    match items.iter_mut().find(|known| text(known, id) == text(&item, id)) {
        Some(known) => *known = item,
        None => items.push(item),
    }
}

fn newest_first(items: &mut [Value], time: &str) {
    let at = |item: &Value| item.get(time).and_then(Value::as_f64).unwrap_or_default();
    items.sort_by(|a, b| at(b).total_cmp(&at(a)));
}

fn named<'a>(items: Option<&'a Value>, member: &str, name: &str) -> Option<&'a Value> {
    items?.as_array()?.iter().find(|item| text(item, member) == name)
}

/// The pipeline exists, but the test has not said what this operation would answer.
fn not_told(operation: &str) -> Refusal {
    Refusal::new(
        "NotToldException",
        format!("the test has not told the stand-in what {operation} answers for this pipeline"),
    )
}
