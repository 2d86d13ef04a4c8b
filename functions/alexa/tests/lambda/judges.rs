//! Other people's judgement: the types of Alexa's SDK, its rules for skills, an XML parser.

use std::path::PathBuf;

use serde_json::{Value, json};
use test_support::tools::{folder, node};

use crate::world::{SKILL, Voice, World};

/// What is said is a document that an XML parser reads, with nothing but sentences in it.
pub(crate) fn must_be_ssml(replies: &[Value]) {
    for reply in replies {
        for pointer in ["/response/outputSpeech/ssml", "/response/reprompt/outputSpeech/ssml"] {
            let Some(ssml) = reply.pointer(pointer).and_then(Value::as_str) else { continue };
            let document = roxmltree::Document::parse(ssml).unwrap_or_else(|error| panic!("{ssml}: {error}"));
            let mut elements = document.root_element().descendants().filter(roxmltree::Node::is_element);
            assert_eq!(document.root_element().tag_name().name(), "speak");
            assert!(elements.all(|element| ["speak", "s"].contains(&element.tag_name().name())), "{ssml}");
        }
    }
}

/// TypeScript, at its strictest, takes all these values for that type: no member is misspelt, no word is unknown.
pub(crate) fn must_fit_the_types(name: &str, package: &str, kind: &str, values: &[Value]) {
    let modules = folder().join("node/node_modules");
    let own = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&own).unwrap();
    let mut unique: Vec<String> = values.iter().map(Value::to_string).collect();
    unique.sort_unstable();
    unique.dedup();
    let import = kind.split('.').next().unwrap();
    let typed = |(index, value): (usize, &String)| format!("export const value{index}: {kind} = {value};\n");
    let text: String = unique.iter().enumerate().map(typed).collect();
    std::fs::write(own.join("values.ts"), format!("import {{ {import} }} from \"{package}\";\n{text}")).unwrap();
    let options = json!({
        "compilerOptions": {
            "strict": true, "noEmit": true, "skipLibCheck": true, "types": [], "module": "commonjs",
            "moduleResolution": "node10", "target": "es2022", "baseUrl": ".",
            "paths": { package: [modules.join(package)], "*": [modules.join("*")] },
        },
        "files": ["values.ts"],
    });
    std::fs::write(own.join("tsconfig.json"), options.to_string()).unwrap();
    let compiler = modules.join("typescript/bin/tsc");
    let output = std::process::Command::new(test_support::tools::node_program())
        .arg(compiler)
        .arg("--project")
        .arg(&own)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_types_are_no_pushover() {
    // spellchecker:ignore-next-line
    let wrong = json!({"version": "1.0", "response": {"shouldEndSesion": true}});
    let judged =
        std::panic::catch_unwind(|| must_fit_the_types("wrong", "ask-sdk-model", "ResponseEnvelope", &[wrong]));
    assert!(judged.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_the_sdk_s_own_test_kit_are_kept() {
    let world = World::with_fleet(&Voice::On).await;
    let mut mocha = std::process::Command::new(test_support::tools::node_program());
    mocha.arg(folder().join("node/node_modules/mocha/bin/mocha.js")).arg("--timeout").arg("20000");
    mocha.arg(test_support::tools::sources().join("alexa_rules.cjs"));
    mocha.env("NODE_PATH", folder().join("node/node_modules"));
    mocha.env("SKILL_URL", world.function.invoke_url()).env("SKILL_ID", SKILL);
    let output = mocha.output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}\n{}", String::from_utf8_lossy(&output.stderr), world.function.log());
    assert!(report.contains("9 passing"), "{report}");
}

#[test]
fn the_manifest_and_the_models_are_what_alexa_s_own_types_describe() {
    let package = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../skill-package"));
    let read = |path: PathBuf| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut manifest = read(package.join("skill.json"));
    // The types know the name of one interface that they have no shape for; the store takes its name alone.
    let interfaces = manifest["manifest"]["apis"]["custom"]["interfaces"].as_array_mut().unwrap();
    let nameable: Vec<Value> = interfaces.iter().map(|interface| interface["type"].clone()).collect();
    interfaces.retain(|interface| interface["type"] != "CAN_FULFILL_INTENT_REQUEST");
    must_fit_the_types("interfaces", "ask-smapi-model", "v1.skill.Manifest.InterfaceType", &nameable);
    must_fit_the_types("manifest", "ask-smapi-model", "v1.skill.Manifest.SkillManifestEnvelope", &[manifest]);
    let models = std::fs::read_dir(package.join("interactionModels/custom")).unwrap();
    let models: Vec<Value> = models.map(|entry| read(entry.unwrap().path())).collect();
    assert_eq!(models.len(), 9);
    must_fit_the_types("models", "ask-smapi-model", "v1.skill.interactionModel.InteractionModelData", &models);
}

#[test]
fn the_icons_are_drawn_from_their_source() {
    let assets = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../skill-package/assets"));
    let mut draw = node("icons.cjs");
    draw.arg(&assets);
    if std::env::var_os("UPDATE_ICONS").is_some() {
        draw.arg("--write");
    }
    let output = draw.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
