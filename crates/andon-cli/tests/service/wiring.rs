//! The templates fit together: what one passes on, the other takes.

use std::collections::BTreeSet;
use std::path::Path;

use andon_cli::service::settings::Settings;
use andon_cli::service::templates;
use serde_json::Value;

use crate::template;

/// Every text in a template.
fn texts<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|member| texts(member, into)),
        _ => {}
    }
}

fn stages(pipeline: &Value) -> Vec<Value> {
    let stages = pipeline["Resources"]["Pipeline"]["Properties"]["Stages"].as_array().unwrap();
    // A stage that depends on a condition is there when it holds.
    stages.iter().map(|stage| stage["Fn::If"].get(1).unwrap_or(stage).clone()).collect()
}

fn action(pipeline: &Value, stage: &str, action: &str) -> Value {
    let stage = stages(pipeline).into_iter().find(|known| known["Name"] == stage).unwrap();
    stage["Actions"].as_array().unwrap().iter().find(|known| known["Name"] == action).unwrap().clone()
}

fn overrides(pipeline: &Value, stage: &str) -> String {
    action(pipeline, stage, "Deploy")["Configuration"]["ParameterOverrides"]["Fn::Sub"].as_str().unwrap().to_owned()
}

#[test]
fn the_pipeline_passes_on_what_the_service_takes() {
    let (pipeline, service) = (template::read("pipeline.yml"), template::read("service.yml"));
    let known: BTreeSet<&String> = service["Parameters"].as_object().unwrap().keys().collect();
    for stage in ["Acceptance", "Production"] {
        let passed: Value = serde_json::from_str(&overrides(&pipeline, stage)).unwrap();
        for (name, value) in passed.as_object().unwrap() {
            assert!(known.contains(name), "{stage} passes {name}, which service.yml does not take");
            for parameter in value.as_str().unwrap().split("${").skip(1) {
                let parameter = parameter.split('}').next().unwrap();
                assert!(!pipeline["Parameters"][parameter].is_null(), "{stage}: ${{{parameter}}}");
            }
        }
        for (name, parameter) in service["Parameters"].as_object().unwrap() {
            let has_default = !parameter["Default"].is_null();
            assert!(has_default || !passed[name].is_null(), "{stage} does not pass {name}");
        }
    }
}

/// CodePipeline refuses more than 1,024 characters, and only when the pipeline runs.
#[test]
fn parameters_stay_below_the_limit_of_codepipeline() {
    let pipeline = template::read("pipeline.yml");
    let secret = format!("arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:{}-AbCdEf", "s".repeat(40));
    let certificate = "arn:aws:acm:ap-southeast-2:123456789012:certificate/0f1e2d3c-4b5a-4697-8796-a5b4c3d2e1f0";
    let subnets = ["subnet-0123456789abcdef0"; 2].join(",");
    let mut text = overrides(&pipeline, "Production");
    for (name, value) in [
        ("Name", "a-name-of-20-letters"),
        ("HealthPath", "/internal/health"),
        ("Vpc", "vpc-0123456789abcdef0"),
        ("PublicSubnets", &subnets),
        ("PrivateSubnets", &subnets),
        ("Cluster", "a-name-of-20-letters-environment"),
        ("Store", "a-name-of-20-letters-environment-store-abcdefghijkl"),
        ("ProductionSecret", &secret),
        ("ProductionCertificate", certificate),
        ("ProductionDomain", "orders.shop.example.com"),
        ("SecretVariable", "APP_SECRET"),
        ("LogRetentionDays", "365"),
    ] {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    assert!(text.len() <= 1024, "{} characters: {text}", text.len());
}

#[test]
fn a_rejection_does_not_roll_production_back() {
    for name in ["pipeline.yml", "function.yml"] {
        let template = template::read(name);
        let stages = stages(&template);
        let names: Vec<&str> = stages.iter().map(|stage| stage["Name"].as_str().unwrap()).collect();
        assert_eq!(names[..5], ["Source", "Build", "Acceptance", "Approval", "Production"], "{name}");
        assert!(stages[3]["OnFailure"].is_null(), "{name}");
        assert_eq!(stages[4]["OnFailure"]["Result"], "ROLLBACK", "{name}");
        assert_eq!(stages[1]["OnFailure"]["Result"], "RETRY", "{name}");
    }
}

#[test]
fn the_approval_links_to_the_service_in_acceptance() {
    let pipeline = template::read("pipeline.yml");
    let approve = action(&pipeline, "Approval", "Approve");
    assert_eq!(approve["Configuration"]["ExternalEntityLink"], "#{Acceptance.Url}");
    assert_eq!(action(&pipeline, "Acceptance", "Deploy")["Namespace"], "Acceptance");
    assert!(!template::read("service.yml")["Outputs"]["Url"].is_null());
}

#[test]
fn variables_come_from_actions_that_run_before() {
    for name in ["pipeline.yml", "function.yml"] {
        let template = template::read(name);
        let mut known = BTreeSet::new();
        for stage in stages(&template) {
            let mut used = Vec::new();
            texts(&stage, &mut used);
            // Within a stage, an action sees those of an earlier order; they are listed in that order.
            for each in stage["Actions"].as_array().unwrap() {
                let each = each["Fn::If"].get(1).unwrap_or(each);
                let mut used = Vec::new();
                texts(&each["Configuration"], &mut used);
                for variable in used.iter().flat_map(|text| text.split("#{").skip(1)) {
                    let namespace = variable.split('.').next().unwrap();
                    assert!(known.contains(namespace), "{name}: {variable} before {namespace} has run");
                }
                known.extend(each["Namespace"].as_str().map(str::to_owned));
            }
        }
    }
}

#[test]
fn roles_are_passed_to_named_services_only() {
    for name in ["pipeline.yml", "function.yml"] {
        let template = template::read(name);
        for (role, resource) in template["Resources"].as_object().unwrap() {
            let policies = resource["Properties"]["Policies"].as_array().cloned().unwrap_or_default();
            for statement in
                policies.iter().flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
            {
                let actions = statement["Action"].to_string();
                if actions.contains("iam:PassRole") {
                    let service = &statement["Condition"]["StringEquals"]["iam:PassedToService"];
                    assert!(!service.is_null(), "{name}: {role}");
                }
            }
        }
    }
}

#[test]
fn what_up_passes_is_what_the_templates_take() {
    let source = "name: orders\nsource: {provider: GitHub, repository: a/orders, branch: main}\n";
    for (kind, pipeline) in [("container: {port: 8080}", "pipeline.yml"), ("function: {}", "function.yml")] {
        let settings = Settings::parse(&format!("{source}{kind}"), Path::new("andon-service.yml")).unwrap();
        let output = |name: &str| Some(format!("the {name}"));
        let passed = templates::pipeline_parameters(&settings, None, output).unwrap();
        for (name, parameters) in
            [(pipeline, passed), ("environment.yml", templates::environment_parameters(&settings))]
        {
            let template = template::read(name);
            let given: BTreeSet<&str> = parameters.iter().map(|(name, _)| *name).collect();
            assert_eq!(given.len(), parameters.len(), "{name}: given twice");
            for parameter in &given {
                assert!(!template["Parameters"][*parameter].is_null(), "{name} has no parameter {parameter}");
            }
            for (parameter, declared) in template["Parameters"].as_object().unwrap() {
                let has_default = !declared["Default"].is_null();
                assert!(has_default || given.contains(parameter.as_str()), "{name}: {parameter} is not passed");
            }
        }
    }
}

#[test]
fn a_deployment_leaves_the_number_of_tasks_alone() {
    let service = template::read("service.yml");
    assert!(service["Resources"]["Service"]["Properties"]["DesiredCount"].is_null());
    assert!(service["Resources"]["ScalableTarget"]["Properties"]["RoleARN"].is_null());
}
