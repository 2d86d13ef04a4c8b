//! The documentation of every library and program, private items included.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{cargo, output, run};

pub(super) fn write(everything: &[&str]) -> Result<()> {
    let metadata = output(&mut cargo(["metadata", "--locked", "--no-deps", "--format-version", "1"]))?;
    let programs = programs(&serde_json::from_str(&metadata).context("cargo's metadata is no JSON")?);
    let mut docs = cargo(["doc"]);
    docs.args(everything).args(["--no-deps", "--document-private-items", "--lib"]);
    for program in &programs {
        docs.args(["--bin", program]);
    }
    // There may be no examples; asking for them makes cargo unite the features as it does for clippy, which is asked for
    // tests. Otherwise it would check the AWS SDK a second time, because of features that only tests need.
    docs.arg("--examples");
    run(docs.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// The programs that have no library of the same name: one page cannot document both.
fn programs(metadata: &Value) -> Vec<String> {
    let packages = metadata.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let targets = packages.iter().filter_map(|package| package.get("targets")?.as_array()).flatten();
    let (mut libraries, mut programs) = (Vec::new(), Vec::new());
    for target in targets {
        let name = target.get("name").and_then(Value::as_str).unwrap_or_default();
        match target.pointer("/kind/0").and_then(Value::as_str) {
            Some("lib") => libraries.push(name.replace('-', "_")),
            Some("bin") => programs.push(name.to_owned()),
            _ => {}
        }
    }
    programs.retain(|program| !libraries.contains(&program.replace('-', "_")));
    programs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_program_is_documented_unless_a_library_has_its_name() {
        let target = |kind: &str, name: &str| json!({ "kind": [kind], "name": name });
        let metadata = json!({ "packages": [
            { "targets": [target("lib", "notifier"), target("bin", "notifier"), target("test", "once")] },
            { "targets": [target("bin", "xtask")] },
            { "targets": [target("lib", "test_support"), target("bin", "bench-echo"), target("bin", "test-support")] },
        ] });
        assert_eq!(programs(&metadata), ["xtask", "bench-echo"]);
    }
}
