//! Whether requests and replies have the shapes that AWS describes, by botocore's own description of every API.
//!
//! A stand-in that answers in a shape of its own invention proves nothing, and so a test that feeds one can have all of
//! its calls judged by somebody else.

use std::io::{self, Write};
use std::process::Stdio;

use serde_json::json;

use crate::call::Call;
use crate::tools;

/// What is wrong with these calls: a line for every member that is missing, unknown, of the wrong type or value.
///
/// Calls to Slack, and those that were never answered, are passed over. Refused calls have only their error code judged.
pub fn violations<'a>(calls: impl IntoIterator<Item = &'a Call>) -> io::Result<Vec<String>> {
    let mut judge = tools::python("shapes.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = judge.stdin.take() {
        for call in calls.into_iter().filter(|call| call.service != "slack" && call.status.is_some()) {
            let line = json!({
                "service": call.service,
                "operation": call.operation,
                "input": call.body,
                "status": call.status,
                "reply": call.reply,
            });
            writeln!(stdin, "{line}")?;
        }
    }
    let output = judge.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("the judge of shapes failed with {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
