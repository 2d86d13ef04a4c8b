//! The template of Andon's stack: what it declares, and where its packages are.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::Error;

/// The folder that the template expects the packages in.
const PACKAGES: &str = "CodeUri: target/lambda/";

/// What a template declares, as far as a deployment has to know it.
#[derive(Debug, Clone, Deserialize)]
pub struct Declared {
    /// The version of the application.
    #[serde(rename = "Metadata", default, deserialize_with = "version")]
    pub version: Option<String>,
    /// The parameters by name.
    #[serde(rename = "Parameters", default)]
    pub parameters: BTreeMap<String, Parameter>,
    #[serde(rename = "Resources")]
    resources: BTreeMap<String, Resource>,
}

/// A parameter as the template declares it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Parameter {
    /// `String`, `Number` or `CommaDelimitedList`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The value if none is given.
    #[serde(deserialize_with = "scalar")]
    pub default: String,
    /// The only values there are; empty if it can have any.
    #[serde(deserialize_with = "scalars")]
    pub allowed_values: Vec<String>,
    /// The regular expression that the value, or each item of a list, has to match.
    pub allowed_pattern: Option<String>,
    /// What that expression demands, in words.
    pub constraint_description: Option<String>,
    /// What it is for.
    pub description: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
}

impl Declared {
    /// Reads a template.
    pub fn read(template: &str) -> Result<Self, Error> {
        serde_saphyr::from_str(template).map_err(|error| Error::NoTemplate(error.to_string()))
    }

    /// The resources that the template itself names, each with its type; SAM adds some.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.resources.iter().map(|(name, resource)| (name.as_str(), resource.kind.as_str()))
    }
}

/// The template with its packages somewhere else: `place` says for each function what `CodeUri` is.
pub fn with_packages(template: &str, mut place: impl FnMut(&str) -> String) -> String {
    let mut moved = String::with_capacity(template.len());
    for line in template.lines() {
        match line.trim_start().strip_prefix(PACKAGES) {
            None => moved.push_str(line),
            Some(file) => {
                let indent = line.len() - line.trim_start().len();
                let function = file.trim_end().trim_end_matches(".zip");
                moved.extend([line.get(..indent).unwrap_or_default(), "CodeUri: ", &place(function)]);
            }
        }
        moved.push('\n');
    }
    moved
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let metadata = Value::deserialize(deserializer)?;
    let application = metadata.get("AWS::ServerlessRepo::Application");
    Ok(application.and_then(|application| application.get("SemanticVersion")).map(text))
}

fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Value::deserialize(deserializer).map(|value| text(&value))
}

fn scalars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::<Value>::deserialize(deserializer).map(|values| values.iter().map(text).collect())
}

/// A scalar as CloudFormation passes it on: parameters are texts.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn template() -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sam-template.yml");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_template_says_what_it_declares() {
        let declared = Declared::read(&template()).unwrap();
        assert!(declared.version.is_some());
        let email = &declared.parameters["Email"];
        assert_eq!((email.kind.as_str(), email.default.as_str()), ("String", ""));
        assert!(email.allowed_pattern.is_some() && email.constraint_description.is_some());
        assert_eq!(declared.parameters["Architecture"].allowed_values, ["arm64", "x86_64"]);
        assert_eq!(declared.parameters["LogRetentionDays"].default, "30");
        assert_eq!(declared.parameters["VoiceActions"].allowed_values, ["off", "on"]);
        let kinds: BTreeMap<&str, &str> = declared.resources().collect();
        assert_eq!(kinds["Notifier"], "AWS::Serverless::Function");
        assert!(matches!(Declared::read("<html>not found</html>"), Err(Error::NoTemplate(_))));
    }

    #[test]
    fn every_package_is_moved_and_nothing_else_changes() {
        let template = template();
        let mut functions = Vec::new();
        let moved = with_packages(&template, |function| {
            functions.push(function.to_owned());
            format!("s3://bucket/{function}")
        });
        for function in ["alexa", "chat", "dashboard", "mcp", "metrics", "notifier"] {
            assert!(functions.iter().any(|moved| moved == function), "{function}");
        }
        assert!(!moved.contains("target/lambda"), "{moved}");
        let back = moved.lines().map(|line| match line.split_once("s3://bucket/") {
            Some((head, function)) => format!("{head}target/lambda/{function}.zip\n"),
            None => format!("{line}\n"),
        });
        assert_eq!(back.collect::<String>(), template);
    }
}
