//! The templates as data.

use std::path::PathBuf;

use serde_json::Value;
use test_support::tools;

/// A template as it is in the repository.
pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

/// A template with its short forms (`!Ref`) written out.
pub(crate) fn read(name: &str) -> Value {
    let output = tools::python("template.py").arg(path(name)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../templates").join(name)
}
