//! The layers of the crates, and what breaks them.

use std::collections::BTreeMap;

use super::Package;
use super::circles::strongly_connected;

/// The crates, lowest layer first. A crate depends on crates of lower layers only, so crates of one layer do not know each
/// other.
const LAYERS: &[&[&str]] = &[
    &["andon-package", "andon-redaction"],
    &["andon-diagnosis"],
    &["andon"],
    &["andon-answers", "andon-board", "andon-dashboards", "andon-notify"],
    // Above what it configures.
    &["andon-config"],
    &["andon-aws", "andon-mcp"],
    &["alexa", "chat", "dashboard", "lex", "mcp", "metrics", "notifier"],
    &["andon-cli"],
    &["andon-fuzz", "bench-echo", "test-support"],
    &["xtask"],
];

/// Dependencies on the same or a higher layer, crates without a layer, and circles.
pub(super) fn faults(packages: &[Package]) -> Vec<String> {
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let layers: BTreeMap<&str, usize> =
        LAYERS.iter().enumerate().flat_map(|(layer, crates)| crates.iter().map(move |name| (*name, layer))).collect();
    let mut faults = Vec::new();
    let mut edges = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let Some(layer) = layers.get(name) else {
            faults.push(format!("`{name}` has no layer: add it to `LAYERS` in {}", file!()));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            let other = dependency.name.as_str();
            if other == name || !names.contains(&other) {
                continue;
            }
            edges.push((name, other));
            let for_tests = dependency.kind.as_deref() == Some("dev");
            if !for_tests && layers.get(other).is_some_and(|lower| lower >= layer) {
                faults.push(format!("`{name}` depends on `{other}`, which is not in a lower layer"));
            }
        }
    }
    for circle in strongly_connected(&edges) {
        faults.push(format!("these crates depend on each other: {}", circle.join(", ")));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::structure::Dependency;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
            path: Some(format!("/crates/{name}")),
        });
        Package { name: name.to_owned(), dependencies: dependencies.collect(), targets: Vec::new() }
    }

    #[test]
    fn a_crate_depends_on_lower_layers_only() {
        let down = [package("andon", &[("andon-diagnosis", None)]), package("andon-diagnosis", &[])];
        assert_eq!(faults(&down), [""; 0]);
        let up = [package("andon", &[]), package("andon-diagnosis", &[("andon", None)])];
        assert_eq!(faults(&up), ["`andon-diagnosis` depends on `andon`, which is not in a lower layer"]);
        let beside = [package("andon-board", &[("andon-notify", Some("build"))]), package("andon-notify", &[])];
        assert_eq!(faults(&beside), ["`andon-board` depends on `andon-notify`, which is not in a lower layer"]);
    }

    #[test]
    fn tests_may_depend_upwards_but_not_in_a_circle() {
        let config = package("andon-config", &[("andon", None)]);
        let up = [package("andon-board", &[("andon-config", Some("dev"))]), package("andon", &[]), config];
        assert_eq!(faults(&up), [""; 0]);
        let config = package("andon-config", &[("andon", None)]);
        let circle = [package("andon", &[("andon-config", Some("dev")), ("andon", Some("dev"))]), config];
        assert_eq!(faults(&circle), ["these crates depend on each other: andon, andon-config"]);
    }

    #[test]
    fn a_new_crate_needs_a_layer() {
        let faults = faults(&[package("novel", &[])]);
        assert!(
            faults.iter().all(|fault| fault.starts_with("`novel` has no layer")) && faults.len() == 1,
            "{faults:?}"
        );
    }
}
