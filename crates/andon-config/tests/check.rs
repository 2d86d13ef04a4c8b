//! What `andon check` shows, and that the schema and the documentation say what the code does.
#![cfg(feature = "check")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use andon::alert::AlertKind;
use andon::secret::SecretRef;
use andon::statistics::Detail;
use andon_config::{Config, SCHEMA, Style, Surroundings, render};
use andon_diagnosis::Category;
use andon_notify::Target;
use andon_notify::destination::slack::Slack;
use proptest::prelude::*;
use serde_json::Value;
use strum::{VariantArray as _, VariantNames as _};

const TEN: &str = include_str!("files/ten-mistakes.yml");
const WHOLE: &str = include_str!("files/whole-file.yml");
const SAMPLE: &str = include_str!("../../../andon.yml");
const REFERENCE: &str = include_str!("../../../docs/configuration.md");

fn check(text: &str) -> andon_config::Checked {
    let surroundings = Surroundings { region: Some("eu-west-1") };
    Config::check(text, "andon.yml", surroundings)
}

fn drawn(text: &str) -> String {
    render(&check(text).findings, Style::Plain, 100)
}

fn as_json(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn fits_schema(text: &str) -> bool {
    jsonschema::is_valid(&schema(), &as_json(text))
}

/// The YAML blocks of the reference page.
fn documented() -> Vec<String> {
    REFERENCE.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The sample with every commented example switched on.
fn sample_switched_on() -> String {
    SAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(example) if is_yaml(example) => example,
            _ => line,
        })
        .fold(String::new(), |text, line| text + line + "\n")
}

/// Prose ends with a full stop; an example is a key or is indented below one.
fn is_yaml(line: &str) -> bool {
    let key = line.split(':').next().unwrap_or("");
    line.starts_with(' ') || (line.contains(':') && key.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
}

#[test]
fn ten_mistakes_show_ten_errors() {
    let checked = Config::check(TEN, "andon.yml", Surroundings::default());
    assert_eq!(checked.findings.errors().count(), 10);
    assert!(checked.config.is_none());
    insta::assert_snapshot!(render(&checked.findings, Style::Plain, 100));
}

#[test]
fn ten_mistakes_read_well_in_a_log() {
    let findings = Config::parse(TEN, "andon.yml").unwrap_err();
    insta::assert_snapshot!(findings.to_string());
}

#[test]
fn mistakes_of_the_file_as_a_whole() {
    insta::assert_snapshot!(drawn(WHOLE));
}

#[test]
fn what_yaml_makes_of_a_bare_glob() {
    for (name, text) in [
        ("star", "version: 1\nroutes:\n  - match: { pipeline: * }\n    to: default\n"),
        ("alias", "version: 1\nroutes:\n  - match: { pipeline: *-prod }\n    to: default\n"),
        ("tag", "version: 1\nroutes:\n  - match: { pipeline: !prod-* }\n    to: default\n"),
        ("at", "version: 1\nroutes:\n  - mention: @here\n    to: default\n"),
        ("comment", "version: 1\ndestinations:\n  a: { slack: #team }\nroutes:\n  - to: a\n"),
        ("tab", "version: 1\nroutes:\n\t- to: default\n"),
        ("unclosed", "version: 1\nroutes: [\n  { to: default }\n"),
    ] {
        insta::assert_snapshot!(format!("yaml_{name}"), drawn(text));
    }
}

#[test]
fn no_secret_is_ever_shown() {
    for text in [TEN, WHOLE] {
        let findings = check(text).findings;
        for shown in [
            render(&findings, Style::Colour, 100),
            render(&findings, Style::Ascii, 80),
            findings.to_string(),
            format!("{findings:?}"),
        ] {
            for secret in ["1234567890", "AbCdEfGhIjKlMnOp", "T00000000", "abcdefabcdef"] {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
    }
}

#[test]
fn a_secret_of_unknown_shape_is_not_shown_either() {
    for text in [
        "version: 1\nslack-token: hunter2hunter2\nzone: nowhere\n",
        "version: 1\nslack-token: [hunter2hunter2]\n",
        "version: 1\nslack-token: {value: hunter2hunter2}\n",
        "version: 1\nslack-token:\n  value: hunter2hunter2\n",
        "version: 1\nslack-token:\n  - a\n  - hunter2hunter2\n",
        "version: 1\nslack-token: |\n  hunter2hunter2\n",
        "version: 1\nslack-token: \"hunter2\\\n  hunter2\"\n",
        "version: 1\nslack-token: hunter2\n  hunter2\nzone: nowhere\n",
        "version: 1\nslack-token: hunter2\nx: [",
        "version: 1\nslack-token: env:A\nslack-token: hunter2\n",
        "version: 1\nslak-token: hunter2\n",
        "version: 1\nvoice: { actions: retry, code: hunter2 }\n",
        "version: 1\nvoice: { actions: retry, cod: hunter2 }\n",
        "version: 1\nvoice: { actions: retry, code: hunter2\n",
        // spellchecker:ignore-next-line
        "version: 1\ndestinations: { a: { slack-webhok: \"https://example.com/hunter2\" } }\n",
        "version: 1\n\"slack-token\" : 'hunter2'\nx: [",
        "version: 1\ndestinations: { a: { slack-webhook: 'https://example.com/hunter2' } }\nx: [",
    ] {
        let checked = check(text);
        assert!(checked.config.is_none(), "{text}");
        let shown = drawn(text) + &checked.findings.to_string();
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn a_file_with_a_secret_anywhere_is_refused() {
    for line in [
        "# xoxb-1234567890-abcdefgh",
        "accounts: { '111122223333': xoxb-1234567890-abcdefgh }",
        "destinations: { xoxb-1234567890-abcdefgh: { sns: default } }",
        "runbooks: [{ pattern: a, hint: b, link: 'https://hooks.slack.com/services/T00000000/B0/x' }]",
    ] {
        let checked = check(&format!("version: 1\n{line}\n"));
        assert!(checked.config.is_none(), "{line}");
        let shown = checked.findings.to_string();
        assert!(shown.contains("this file contains a secret"), "{shown}");
    }
}

#[test]
fn the_sample_works_unedited_and_says_what_no_file_says() {
    assert!(check(SAMPLE).findings.is_empty());
    assert_eq!(Config::parse(SAMPLE, "andon.yml").unwrap(), Config::default());
    assert!(fits_schema(SAMPLE));
}

#[test]
fn the_examples_in_the_sample_work_when_switched_on() {
    let text = sample_switched_on();
    let checked = check(&text);
    assert!(checked.findings.is_empty(), "{}", drawn(&text));
    assert!(fits_schema(&text));
    let config = checked.config.unwrap();
    assert_eq!(config.routing.routes.len(), 2);
    assert_eq!(config.routing.destinations.len(), 4);
    assert_eq!(config.runbooks.len() + config.limits.len() + config.accounts().0.len(), 4);
    assert_eq!(config.statistics.detail, Detail::Stage);
    assert_eq!(config.voice.unwrap().actions.len(), 2);
    assert!(config.statistics.deployment.stage.is_some());
}

#[test]
fn every_documented_example_works_and_fits_the_schema() {
    let examples = documented();
    assert_eq!(examples.len(), 7);
    for text in examples {
        assert!(check(&text).findings.is_empty(), "{}", drawn(&text));
        assert!(fits_schema(&text), "{text}");
    }
}

#[test]
fn the_whole_example_means_what_it_says() {
    let config = Config::parse(&documented()[1], "andon.yml").unwrap();
    let payments = &config.routing.destinations["payments"].target;
    let Target::Slack(Slack { channel, token }) = payments else { panic!("{payments:?}") };
    assert_eq!(channel.as_str(), "#payments-alerts");
    let key = SecretRef::SecretsManager { id: "andon/payments".to_owned(), key: Some("token".to_owned()) };
    assert_eq!(*token, key);
    let limits = config.limits("nightly-build");
    let hours = |hours: u64| Some(std::time::Duration::from_secs(hours * 3600));
    assert_eq!(limits.stuck_after, hours(4));
    assert_eq!(limits.approval_overdue_after, hours(8));
    assert_eq!(limits.no_success_after, hours(26));
    assert_eq!(config.limits("other").no_success_after, None);
}

#[test]
fn quiet_hours_without_exceptions_hold_every_kind() {
    let text = "version: 1\nroutes: [{to: default, quiet: {from: '22:00', to: '07:00', except: []}}]\n";
    assert!(fits_schema(text));
    let config = Config::parse(text, "andon.yml").unwrap();
    let quiet = config.routing.routes[0].quiet.as_ref().unwrap();
    assert!(AlertKind::VARIANTS.iter().all(|kind| !quiet.never_holds(*kind)));
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn the_schema_names_the_kinds_and_categories_of_the_code() {
    let schema = schema();
    let kinds: Vec<&str> =
        schema["$defs"]["kind"]["enum"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    let known: Vec<&str> = AlertKind::VARIANTS.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, known);
    let category = &schema["$defs"]["route"]["properties"]["match"]["properties"]["category"];
    let described = category["description"].as_str().unwrap();
    assert!(described.contains(&Category::VARIANTS.join(" ")), "{described}");
    let told = AlertKind::defaults().map(AlertKind::as_str).collect::<Vec<_>>().join(", ");
    let kinds = &schema["$defs"]["route"]["properties"]["kinds"]["description"];
    assert!(kinds.as_str().unwrap().contains(&told));
}

/// Every map of a file, as the path to it.
fn maps(value: &Value, path: &mut Vec<String>, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            found.push(format!("/{}", path.join("/")).trim_end_matches('/').to_owned());
            for (key, value) in entries {
                path.push(key.clone());
                maps(value, path, found);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                path.push(index.to_string());
                maps(value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// JSON is YAML, so a changed tree is a file again.
fn verdicts(value: &Value) -> (bool, bool) {
    let by_code = check(&serde_json::to_string_pretty(value).unwrap()).config.is_some();
    (by_code, jsonschema::is_valid(&schema(), value))
}

#[test]
fn an_unknown_key_anywhere_is_refused_by_code_and_schema() {
    let whole = as_json(&documented()[1]);
    assert_eq!(verdicts(&whole), (true, true));
    let mut paths = Vec::new();
    maps(&whole, &mut Vec::new(), &mut paths);
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        let mut changed = whole.clone();
        let map = changed.pointer_mut(&path).unwrap().as_object_mut().unwrap();
        map.insert("colour".to_owned(), Value::from("red"));
        assert_eq!(verdicts(&changed), (false, false), "{path}");
    }
}

/// The keys that the code names in its own error are the keys of the schema.
#[test]
fn code_and_schema_know_the_same_keys() {
    let schema = schema();
    let known = |text: &str| -> Vec<String> {
        let findings = check(text).findings;
        let help = findings
            .iter()
            .find(|finding| finding.message().contains("`xyzxyzxyz`"))
            .and_then(|finding| finding.help())
            .unwrap()
            .to_owned();
        let mut keys: Vec<String> = help.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        keys.sort();
        keys
    };
    let keys = |value: &Value| -> Vec<String> {
        let mut keys: Vec<String> = value["properties"].as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let defs = &schema["$defs"];
    assert_eq!(known("xyzxyzxyz: 1"), keys(&schema));
    assert_eq!(known("routes: [{xyzxyzxyz: 1}]"), keys(&defs["route"]));
    assert_eq!(known("routes: [{match: {xyzxyzxyz: 1}}]"), keys(&defs["route"]["properties"]["match"]));
    assert_eq!(known("routes: [{quiet: {xyzxyzxyz: 1}}]"), keys(&defs["quiet"]));
    assert_eq!(known("accounts: {a: {xyzxyzxyz: 1}}"), keys(&defs["account"]["oneOf"][1]));
    assert_eq!(known("runbooks: [{xyzxyzxyz: 1}]"), keys(&defs["runbook"]));
    assert_eq!(known("limits: [{xyzxyzxyz: 1}]"), keys(&defs["limit"]));
    assert_eq!(known("statistics: {xyzxyzxyz: 1}"), keys(&defs["statistics"]));
    assert_eq!(
        known("statistics: {deployment: {xyzxyzxyz: 1}}"),
        keys(&defs["statistics"]["properties"]["deployment"])
    );
    assert_eq!(known("voice: {xyzxyzxyz: 1}"), keys(&defs["voice"]));
    let destinations = defs["destination"]["oneOf"].as_array().unwrap();
    let mut destination: Vec<String> = destinations.iter().flat_map(keys).collect();
    destination.sort();
    destination.dedup();
    assert_eq!(known("destinations: {a: {xyzxyzxyz: 1}}"), destination);
}

#[test]
fn a_value_of_the_wrong_type_anywhere_is_refused_by_code_and_schema() {
    let whole = as_json(&documented()[1]);
    let mut paths = Vec::new();
    maps(&whole, &mut Vec::new(), &mut paths);
    for path in paths {
        let map = whole.pointer(&path).unwrap().as_object().unwrap().clone();
        for key in map.keys() {
            for wrong in [Value::from(vec![vec![1]]), serde_json::json!({"colour": 1})] {
                let mut changed = whole.clone();
                changed.pointer_mut(&path).unwrap()[key] = wrong;
                assert_eq!(verdicts(&changed), (false, false), "{path}/{key}");
            }
        }
    }
}

#[test]
fn what_no_alert_can_fit_is_a_warning_and_a_digest_that_cannot_be_says_why() {
    let route = |route: &str| drawn(&format!("version: 1\nroutes:\n  - {{ {route}, to: default }}\n"));
    for (text, said) in [
        ("kinds: [service-failed], match: { branch: main }", "`service-failed` never has a branch"),
        ("kinds: [failed, service-failed], match: { stage: Deploy }", "`service-failed` never has a stage"),
        ("match: { trigger: manual }", "did you mean `StartPipelineExecution`?"),
        ("match: { trigger: WebHook2 }", "unknown trigger `WebHook2`"),
        ("digest: [\"09:00\", \"17:00\"]", "a route has one digest, not a list of them"),
        ("digest: never", "without `digest`, a route sends none"),
    ] {
        assert!(route(text).contains(said), "{text}: {}", route(text));
    }
    for fine in [
        "kinds: all, match: { branch: main }",
        "kinds: [service-failed], match: { pipeline: \"shop/*\" }",
        "match: { trigger: \"*rollback\" }",
        "match: { trigger: [push, startpipelineexecution] }",
    ] {
        assert!(!route(fine).contains("warning"), "{fine}: {}", route(fine));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        let checked = check(&text);
        prop_assert_eq!(checked.config.is_none(), checked.findings.errors().next().is_some());
        render(&checked.findings, Style::Plain, 100);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        render(&check(&text).findings, Style::Ascii, 40);
    }

    /// A file with a piece lost, doubled or replaced is nearer to what people do to files.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        which in 0usize..4, start in 0usize..3000, length in 0usize..60, instead in "[ \\n:#*&!{}\\[\\]\"'a-z0-9-]{0,12}",
    ) {
        let whole = [TEN.to_owned(), WHOLE.to_owned(), sample_switched_on(), documented()[1].clone()];
        let characters: Vec<char> = whole[which].chars().collect();
        let start = start % characters.len();
        let end = (start + length).min(characters.len());
        let text: String = characters[..start].iter().copied()
            .chain(instead.chars())
            .chain(characters[end..].iter().copied())
            .collect();
        let checked = check(&text);
        prop_assert_eq!(checked.config.is_none(), checked.findings.errors().next().is_some());
        for finding in &checked.findings {
            prop_assert!(checked.findings.text().get(finding.span()).is_some(), "{:?}", finding);
        }
        render(&checked.findings, Style::Plain, 100);
    }
}
