//! What is compiled into the functions and the command, as `CycloneDX` has it.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::command::{cargo, output};
use crate::workspace;

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// The checksums of the registry's packages.
#[derive(Debug, Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// The parts of what is released: everything that a function or the command depends on, tests and tools left out.
pub(crate) fn of_workspace() -> Result<Value> {
    let metadata = output(&mut cargo(["metadata", "--format-version", "1", "--locked", "--all-features"]))?;
    let metadata: Metadata = serde_json::from_str(&metadata).context("cannot read what cargo says of the packages")?;
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let lock: Lock = toml::from_str(&lock).context("cannot read Cargo.lock")?;
    let released = |package: &&Package| package.source.is_none() && is_released(&package.id);
    let mut wanted: Vec<&str> = metadata.packages.iter().filter(released).map(|package| package.id.as_str()).collect();
    let mut at = 0;
    while let Some(id) = wanted.get(at).copied() {
        at += 1;
        let Some(node) = metadata.resolve.nodes.iter().find(|node| node.id == id) else { continue };
        for dependency in &node.deps {
            let is_linked = dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
            if is_linked && !wanted.contains(&dependency.pkg.as_str()) {
                wanted.push(&dependency.pkg);
            }
        }
    }
    let mut packages: Vec<&Package> =
        metadata.packages.iter().filter(|package| wanted.contains(&package.id.as_str())).collect();
    packages.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    let components = packages.into_iter().map(|package| component(package, &lock)).collect::<Vec<_>>();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "name": "andon",
            "version": env!("CARGO_PKG_VERSION"),
            "bom-ref": concat!("andon@", env!("CARGO_PKG_VERSION")),
        } },
        "components": components,
    }))
}

/// Whether a package of this workspace is one that a release is built from.
fn is_released(id: &str) -> bool {
    id.contains("/functions/") || id.contains("/crates/andon-cli#")
}

fn component(package: &Package, lock: &Lock) -> Value {
    let Package { name, version, license, source, .. } = package;
    let locked = lock.package.iter().find(|locked| locked.name == *name && locked.version == *version);
    let mut component = Map::from_iter([
        ("type".to_owned(), json!("library")),
        ("bom-ref".to_owned(), json!(format!("{name}@{version}"))),
        ("name".to_owned(), json!(name)),
        ("version".to_owned(), json!(version)),
    ]);
    if source.is_some() {
        component.insert("purl".to_owned(), json!(format!("pkg:cargo/{name}@{version}")));
    }
    if let Some(license) = license {
        // Some packages still write the older form, which is no SPDX expression.
        component.insert("licenses".to_owned(), json!([{ "expression": license.replace('/', " OR ") }]));
    }
    if let Some(checksum) = locked.and_then(|locked| locked.checksum.as_ref()) {
        component.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": checksum }]));
    }
    Value::Object(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_what_is_linked_and_leaves_out_what_only_tests_need() {
        let bom = of_workspace().unwrap();
        let components = bom["components"].as_array().unwrap();
        let find = |name: &str| components.iter().find(|component| component["name"] == name);
        let client = find("aws-sdk-dynamodb").unwrap();
        assert!(client["purl"].as_str().unwrap().starts_with("pkg:cargo/aws-sdk-dynamodb@"), "{client}");
        assert_eq!(client["hashes"][0]["content"].as_str().unwrap().len(), 64, "{client}");
        assert!(find("proptest").is_none() && find("test-support").is_none());
        assert!(components.iter().all(|component| component["licenses"].is_array()));
    }
}
