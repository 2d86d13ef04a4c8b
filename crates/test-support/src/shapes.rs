//! Whether requests and replies have the shapes that AWS describes, by botocore's own description of every API.
//!
//! A stand-in that answers in a shape of its own invention proves nothing, and so a test that feeds one can have all of
//! its calls judged by somebody else.

use std::io;

use serde_json::json;

use crate::call::Call;
use crate::tools;

/// What is wrong with these calls: a line for every member that is missing, unknown, of the wrong type or value.
///
/// Calls to Slack, and those that were never answered, are passed over. Refused calls have only their error code judged.
pub fn violations<'a>(calls: impl IntoIterator<Item = &'a Call>) -> io::Result<Vec<String>> {
    let answered = calls.into_iter().filter(|call| call.service != "slack" && call.status.is_some());
    tools::judged(
        "shapes.py",
        answered.map(|call| {
            json!({
                "service": call.service,
                "operation": call.operation,
                "input": call.body,
                "status": call.status,
                "reply": call.reply,
            })
        }),
    )
}
