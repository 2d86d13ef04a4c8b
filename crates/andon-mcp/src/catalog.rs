//! The list of tools: names, descriptions, and schemas of what they take and give.
//!
//! Descriptions never contain data.

use std::collections::BTreeSet;
use std::sync::Arc;

use andon::run_action::RunAction;
use rmcp::model::{Tool, ToolAnnotations};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use strum::VariantArray as _;

use crate::act;
use crate::call::ToolName;
use crate::tool::{ask, delivery, deployments, get_log, get_pipeline, list_pipelines, list_runs, what_changed, why};

/// The tools that are listed: all that read, and those that act as far as the configuration allows them.
pub(crate) fn tools(actions: &BTreeSet<RunAction>) -> Vec<Tool> {
    let is_listed = |tool: &&ToolName| tool.action().is_none_or(|action| actions.contains(&action));
    ToolName::VARIANTS.iter().filter(is_listed).map(|tool| entry(*tool)).collect()
}

fn entry(name: ToolName) -> Tool {
    let (input, output) = match name {
        ToolName::ListPipelines => schemas::<list_pipelines::Input, list_pipelines::Output>(),
        ToolName::GetPipeline => schemas::<get_pipeline::Input, get_pipeline::Output>(),
        ToolName::Why => schemas::<why::Input, why::Output>(),
        ToolName::GetLog => schemas::<get_log::Input, get_log::Output>(),
        ToolName::ListRuns => schemas::<list_runs::Input, list_runs::Output>(),
        ToolName::WhatChanged => schemas::<what_changed::Input, what_changed::Output>(),
        ToolName::Deployments => schemas::<deployments::Input, deployments::Output>(),
        ToolName::Delivery => schemas::<delivery::Input, delivery::Output>(),
        ToolName::Ask => schemas::<ask::Input, ask::Output>(),
        ToolName::Retry | ToolName::Approve | ToolName::Reject | ToolName::Stop => schemas::<act::Input, act::Output>(),
    };
    let annotations = match name.action() {
        None => ToolAnnotations::new().read_only(true).open_world(false),
        Some(_) => ToolAnnotations::new().read_only(false).destructive(true).idempotent(true).open_world(false),
    };
    Tool::new(name.as_str(), description(name), Arc::new(input))
        .with_raw_output_schema(Arc::new(output))
        .with_annotations(annotations)
}

fn description(name: ToolName) -> &'static str {
    match name {
        ToolName::ListPipelines => "State of every AWS CodePipeline pipeline: red first, then waiting and running.",
        ToolName::GetPipeline => "One pipeline: its latest run by stage and action, failure streak, usual duration.",
        ToolName::Why => "Why a run failed: failing actions, cause lines of the log, category, hint, change, links.",
        ToolName::GetLog => "Lines of a failed action's log, redacted, at most 200 around the telling line.",
        ToolName::ListRuns => "Recorded runs of a pipeline, newest first, with change and duration.",
        ToolName::WhatChanged => "Changes that went into a pipeline since it was last green, or since a run.",
        ToolName::Deployments => "What is deployed: latest deployment of each pipeline, or all of one pipeline.",
        ToolName::Delivery => "DORA figures: deployments, change failure rate, lead time, recovery time.",
        ToolName::Ask => "Answers a question in plain English about pipelines, runs, people and figures.",
        ToolName::Retry => "Retries the failed actions of a stage. A person is asked to confirm.",
        ToolName::Approve => "Approves a manual approval that waits. A person is asked to confirm.",
        ToolName::Reject => "Rejects a manual approval that waits. A person is asked to confirm.",
        ToolName::Stop => "Stops a run after its current actions. A person is asked to confirm.",
    }
}

fn schemas<I: JsonSchema, O: JsonSchema>() -> (Map<String, Value>, Map<String, Value>) {
    let taken = schema::<I>(SchemaSettings::draft2020_12().for_deserialize());
    let given = schema::<O>(SchemaSettings::draft2020_12().for_serialize());
    let definitions = given.get("$defs").cloned().unwrap_or_default();
    let mut members = Map::new();
    for (name, member) in given.get("properties").and_then(Value::as_object).into_iter().flatten() {
        members.insert(name.clone(), outline(member, &definitions));
    }
    members.insert("stale_since".to_owned(), json!({ "type": "string" }));
    let output = json!({ "type": "object", "properties": members });
    (taken, output.as_object().cloned().unwrap_or_default())
}

/// What kind of value a member is. All tools together are described in 12 KB at most, as assistants read them with every
/// conversation: the members of members are left to `docs/mcp.md`.
fn outline(member: &Value, definitions: &Value) -> Value {
    let definition = |place: &Value| place.as_str().and_then(|place| definitions.get(place.rsplit('/').next()?));
    if let Some(definition) = member.get("$ref").and_then(definition) {
        return outline(definition, definitions);
    }
    member.get("type").map_or_else(|| json!({}), |kind| json!({ "type": kind }))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

/// A schema without what a client does not need to check a value.
fn schema<T: JsonSchema>(settings: SchemaSettings) -> Map<String, Value> {
    let mut value = SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value();
    shorten(&mut value);
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // `title` is a keyword where it is a text, and else the name of a property.
            for keyword in ["$schema", "title", "format"] {
                if members.get(keyword).is_some_and(Value::is_string) {
                    members.remove(keyword);
                }
            }
            // What is absent need not be null, and what is not known is refused with a reason.
            if let Some(Value::Array(kinds)) = members.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [only] = kinds.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = members.get("anyOf") {
                let others: Vec<Value> = choices.iter().filter(|choice| !is_null(choice)).cloned().collect();
                if let [Value::Object(only)] = others.as_slice() {
                    members.remove("anyOf");
                    members.extend(only.clone());
                }
            }
            members.remove("minimum");
            if members.get("additionalProperties").is_some_and(Value::is_boolean) {
                members.remove("additionalProperties");
            }
            members.values_mut().for_each(shorten);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of all members that hold a stranger's text.
    fn named(schema: &Value, name: &str, found: &mut dyn FnMut(&str)) {
        match schema {
            Value::Object(members) => {
                if members.get("$ref").is_some_and(|place| place == "#/$defs/Untrusted") {
                    found(name);
                }
                for (key, inner) in members {
                    let is_keyword = ["items", "anyOf", "properties", "allOf"].contains(&key.as_str());
                    named(inner, if is_keyword { name } else { key }, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| named(item, name, found)),
            _ => {}
        }
    }

    #[test]
    fn the_list_is_short() {
        let all: BTreeSet<RunAction> = RunAction::VARIANTS.iter().copied().collect();
        let listed = serde_json::to_string(&tools(&all)).unwrap();
        assert!(listed.len() < 12 * 1024, "{} bytes", listed.len());
        assert_eq!(tools(&BTreeSet::new()).len(), ToolName::VARIANTS.len() - RunAction::VARIANTS.len());
    }

    #[test]
    fn every_input_is_described() {
        let all: BTreeSet<RunAction> = RunAction::VARIANTS.iter().copied().collect();
        for tool in tools(&all) {
            for (name, property) in tool.input_schema["properties"].as_object().unwrap() {
                assert!(property["description"].is_string(), "{}: {name} has no description", tool.name);
            }
        }
    }

    #[test]
    fn only_untrusted_members_hold_text_of_strangers() {
        fn check<T: JsonSchema>(tool: &str) {
            let schema = Value::Object(schema::<T>(SchemaSettings::draft2020_12().for_serialize()));
            named(&schema, "", &mut |name| assert!(name.starts_with("untrusted_"), "{tool}: {name}"));
        }
        check::<list_pipelines::Output>("list_pipelines");
        check::<get_pipeline::Output>("get_pipeline");
        check::<why::Output>("why");
        check::<get_log::Output>("get_log");
        check::<list_runs::Output>("list_runs");
        check::<what_changed::Output>("what_changed");
        check::<deployments::Output>("deployments");
        check::<delivery::Output>("delivery");
        check::<ask::Output>("ask");
        check::<act::Output>("retry");
    }
}
