//! Reading `environments`.

use andon::environment::{Environments, NamedEnvironment, PIPELINE};
use andon::invalid::Invalid;
use andon::suggest::quoted;

use super::finding::Finding;
use super::reader::Reader;
use super::routes::{Field, globs};
use super::runbook::web_address;
use super::tree::Node;

const KEYS: &[&str] = &["name", "pipeline", "stage", "url"];

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Environments {
    let mut all: Vec<NamedEnvironment> = Vec::new();
    for item in reader.items(node, "`environments`") {
        let Some(named) = environment(item, reader) else { continue };
        let covers = |earlier: &NamedEnvironment| earlier.pipeline.is_none() && earlier.stage.is_none();
        if let Some(earlier) = all.iter().find(|earlier| covers(earlier) && named.stage.is_none()) {
            reader.note(
                Finding::warning(
                    item.span.clone(),
                    format!("no stage is left for this entry: {} takes all that deploy", quoted(&earlier.name)),
                )
                .with_help("put entries without `pipeline` and `stage` last"),
            );
        }
        all.push(named);
    }
    Environments(all)
}

fn environment(node: &Node, reader: &mut Reader<'_>) -> Option<NamedEnvironment> {
    let fields = reader.fields(node, "an environment", KEYS)?;
    let name = fields.require("name", "name: production", reader).and_then(|node| reader.text(node, "`name`"));
    let pipeline = fields.get("pipeline").and_then(|node| globs(node, Field::Pipeline, reader));
    let stage = fields.get("stage").and_then(|node| globs(node, Field::Stage, reader));
    let url = fields.get("url").and_then(|node| reader.value(node, "`url`", |text| address(text, PIPELINE)));
    Some(NamedEnvironment { name: name?.to_owned(), pipeline, stage, url })
}

/// An address that may hold a placeholder, but no other braces.
pub(super) fn address(text: &str, placeholder: &str) -> Result<String, Invalid> {
    if text.replace(placeholder, "").contains(['{', '}']) {
        return Err(Invalid::new(format!("{} has an unknown placeholder", quoted(text)))
            .with_help(format!("write `{placeholder}`")));
    }
    web_address(&text.replace(placeholder, "x")).map(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::Config;

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        let mistakes = [
            "environments: { production: x }",
            "environments: [{ stage: \"prod*\" }]",
            "environments: [{ name: production, url: \"shop.example.com\" }]",
            "environments: [{ name: production, url: \"https://{name}.example.com\", stages: x }]",
            "issues: [{ pattern: \"[A-Z\", url: \"https://issues.example.com/{key}\" }]",
            "issues: [{ pattern: \"[A-Z]+-[0-9]+\", url: \"https://issues.example.com/browse\" }]",
        ];
        let told: Vec<String> = mistakes
            .iter()
            .map(|text| {
                let error = Config::parse(&format!("version: 1\n{text}\n"), "andon.yml").unwrap_err();
                format!("{text}\n{error}")
            })
            .collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }

    #[test]
    fn an_entry_that_hides_all_later_ones_is_noted() {
        let text = "version: 1\nenvironments: [{ name: production }, { name: test, pipeline: \"a*\" }]\n";
        let checked = Config::check(text, "andon.yml", crate::Surroundings::default());
        assert!(checked.config.is_some());
        assert!(checked.findings.to_string().contains("no stage is left"), "{}", checked.findings);
    }
}
