//! A stack as moto's CloudFormation makes it of a template.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use test_support::tools;

/// What came of a template.
pub(crate) struct Stack(Value);

impl Stack {
    /// Deploys a template of this repository.
    pub(crate) fn deploy(url: &str, account: &str, template: &str, name: &str, parameters: &[(&str, &str)]) -> Self {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(template);
        let given = parameters.iter().map(|(name, value)| format!("{name}={value}"));
        let output = tools::python("deploy.py").args([url, account]).arg(path).arg(name).args(given).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{template} cannot be deployed: {said}");
        let stack = Self(serde_json::from_slice(&output.stdout).unwrap());
        assert_eq!(stack.0["status"], "CREATE_COMPLETE", "{said}");
        stack
    }

    /// The access key of whoever deployed it, which is of its account.
    pub(crate) fn key(&self) -> &str {
        self.0["key"].as_str().unwrap()
    }

    pub(crate) fn outputs(&self) -> BTreeMap<String, String> {
        serde_json::from_value(self.0["outputs"].clone()).unwrap()
    }

    /// The physical id of a resource.
    pub(crate) fn resource(&self, name: &str) -> &str {
        self.0["resources"][name].as_str().unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// Whether a resource was made; one whose condition does not hold is not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0["resources"].get(name).is_some()
    }

    /// The statements of a function's policy: who may call it.
    pub(crate) fn callers(&self, function: &str) -> Vec<Value> {
        self.0["functions"][function]["callers"].as_array().unwrap().clone()
    }

    /// The types of which moto makes nothing.
    pub(crate) fn left_out(&self) -> Vec<&str> {
        texts(&self.0["left_out"])
    }

    pub(crate) fn functions(&self) -> BTreeSet<&str> {
        self.0["functions"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    /// The variables that a function is started with, all references in them resolved.
    pub(crate) fn environment(&self, function: &str) -> BTreeMap<String, String> {
        serde_json::from_value(self.0["functions"][function]["environment"].clone()).unwrap()
    }

    /// The queues that call a function.
    pub(crate) fn queues(&self, function: &str) -> Vec<Mapping> {
        let mappings: Vec<Mapping> = serde_json::from_value(self.0["queues"].clone()).unwrap();
        mappings.into_iter().filter(|mapping| mapping.function == function).collect()
    }

    /// What a function is called with by the clock.
    pub(crate) fn scheduled(&self, function: &str) -> Vec<Value> {
        let schedules = self.0["schedules"].as_array().unwrap();
        let of_function = schedules.iter().filter(|schedule| schedule["function"] == function);
        of_function.map(|schedule| serde_json::from_str(schedule["input"].as_str().unwrap()).unwrap()).collect()
    }

    /// The statements of a role's policies, all references in them resolved.
    pub(crate) fn statements(&self, role: &str) -> Vec<Value> {
        self.0["roles"][role].as_array().unwrap_or_else(|| panic!("there is no {role}")).clone()
    }

    /// The names of the roles in the template.
    pub(crate) fn roles(&self) -> Vec<&str> {
        self.0["roles"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    /// The statements of every role's policies.
    pub(crate) fn every_statement(&self) -> Vec<Value> {
        self.roles().into_iter().flat_map(|role| self.statements(role)).collect()
    }

    /// The statements of a managed policy, all references in them resolved.
    pub(crate) fn policy(&self, name: &str) -> Vec<Value> {
        self.0["policies"][name].as_array().unwrap_or_else(|| panic!("there is no policy {name}")).clone()
    }

    /// The template, made plain by SAM's translator.
    pub(crate) fn template(&self) -> &Value {
        &self.0["template"]
    }

    /// What the template says of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> &Value {
        self.0["template"]["Parameters"].get(name).unwrap_or_else(|| panic!("there is no parameter {name}"))
    }

    /// Every resource in the template that SAM made: its name, its type and its properties.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let resources = self.0["template"]["Resources"].as_object().unwrap().iter();
        resources.map(|(name, resource)| (name.as_str(), resource["Type"].as_str().unwrap(), &resource["Properties"]))
    }

    /// The resources of a type in the template that SAM made, by name.
    pub(crate) fn declared(&self, kind: &str) -> BTreeMap<&str, &Value> {
        self.all().filter(|(_, of, _)| *of == kind).map(|(name, _, properties)| (name, properties)).collect()
    }
}

/// That a queue calls a function.
#[derive(serde::Deserialize)]
pub(crate) struct Mapping {
    /// The queue's ARN.
    pub(crate) queue: String,
    pub(crate) function: String,
    pub(crate) batch: usize,
    /// The types of answer that the queue understands.
    pub(crate) answers: Vec<String>,
}

/// A list of texts, or one text.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    }
}
