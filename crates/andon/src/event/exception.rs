//! Exceptions that functions report as JSON, as sentences.
//!
//! Each runtime, framework and service has its own shape: an exception with a stack trace, JSON within JSON, the reply of
//! an API, a list. So the message is looked for by the names that it has anywhere, at whatever depth.

use serde_json::{Map, Value};

/// Members that hold what happened, the most telling first; a value can be JSON again.
const MESSAGES: [&str; 16] = [
    "errorMessage",
    "error_message",
    "message",
    "Message",
    "errmsg",
    "reason",
    "Reason",
    "cause",
    "Cause",
    "error",
    "Error",
    "errors",
    "detail",
    "description",
    "body",
    "Payload",
];
/// Members that name the kind of exception.
const KINDS: [&str; 8] = ["errorType", "error_type", "errorName", "name", "code", "Code", "__type", "Error"];
/// Kinds that say nothing.
const PLAIN: [&str; 2] = ["Error", "Exception"];
/// How deep JSON is looked into.
const MAX_DEPTH: usize = 6;

/// The sentence that a report in JSON holds; `None` if it is not JSON, or holds none.
pub(super) fn sentence(report: &str) -> Option<String> {
    let report = report.trim();
    let start = report.find(['{', '[', '"'])?;
    let (before, json) = report.split_at(start);
    let told = match serde_json::from_str::<Value>(json) {
        Ok(Value::String(text)) if !before.is_empty() || !is_json(&text) => return None,
        Ok(value) => told(&value, MAX_DEPTH)?,
        Err(_) if before.is_empty() => cut_off(json)?,
        Err(_) => return None,
    };
    let before = before.trim().trim_end_matches(':');
    // A word such as `Error:` says less than what follows.
    Some(if before.contains(char::is_whitespace) { format!("{before}: {told}") } else { told })
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

fn told(value: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) if is_json(text) => match serde_json::from_str(text) {
            Ok(inner) => told(&inner, depth),
            Err(_) => Some(text.trim().to_owned()),
        },
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => items.iter().find_map(|item| told(item, depth)),
        Value::Object(members) => of_members(members, depth),
        _ => None,
    }
}

fn of_members(members: &Map<String, Value>, depth: usize) -> Option<String> {
    let found = MESSAGES.iter().find_map(|name| Some((*name, told(members.get(*name)?, depth)?)));
    let kind = KINDS.iter().find_map(|name| Some((*name, members.get(*name)?.as_str()?.trim())));
    let kind = kind.filter(|(_, kind)| !kind.is_empty() && !PLAIN.contains(kind));
    match (found, kind) {
        (Some((of, message)), Some((name, kind))) if of != name && !message.contains(kind) => {
            Some(format!("{message} ({kind})"))
        }
        (Some((_, message)), _) => Some(message),
        (None, kind) => kind.map(|(_, kind)| format!("{kind}, without a message")),
    }
}

/// The message of a report that was too long, and is cut off.
fn cut_off(json: &str) -> Option<String> {
    let after = |name: &&str| {
        let (_, after) = json.split_once(&format!("\"{name}\""))?;
        after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')
    };
    let text = MESSAGES.iter().find_map(after)?;
    let mut is_escaped = false;
    let is_end = |letter: char| {
        let ends = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends
    };
    let text = text.find(is_end).and_then(|end| text.get(..end)).unwrap_or(text);
    // What an escape was cut in the middle of is left out.
    let whole = (0..=5).find_map(|cut| {
        let end = text.len().checked_sub(cut).filter(|end| text.is_char_boundary(*end))?;
        serde_json::from_str::<String>(&format!("\"{}\"", text.get(..end)?)).ok()
    });
    whole.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::sentence;

    #[test]
    fn a_report_in_whatever_shape_becomes_a_sentence() {
        let trace =
            json!({"errorMessage": "GET / answered 503", "errorType": "SmokeTestError", "trace": ["at handler"]});
        let cases = [
            (trace.to_string(), "GET / answered 503 (SmokeTestError)"),
            (json!(trace.to_string()).to_string(), "GET / answered 503 (SmokeTestError)"),
            (format!("Error: {trace}"), "GET / answered 503 (SmokeTestError)"),
            (format!("The smoke test failed: {trace}"), "The smoke test failed: GET / answered 503 (SmokeTestError)"),
            (
                json!({"error": {"code": "Throttling", "message": "Rate exceeded"}}).to_string(),
                "Rate exceeded (Throttling)",
            ),
            (json!({"statusCode": 500, "body": "{\"message\": \"Down\"}"}).to_string(), "Down"),
            (
                json!({"Error": "States.TaskFailed", "Cause": trace.to_string()}).to_string(),
                "GET / answered 503 (SmokeTestError) (States.TaskFailed)",
            ),
            (
                json!([{"message": "STRIPE is missing"}, {"message": "MAIL is missing"}]).to_string(),
                "STRIPE is missing",
            ),
            (json!({"status": "FAILED", "reason": "Below 99 %"}).to_string(), "Below 99 %"),
            (json!({"errorType": "KeyError"}).to_string(), "KeyError, without a message"),
            (r#"{"errorMessage": "Column \"a\" is not th"#.to_owned(), "Column \"a\" is not th"),
            (r#"{"errorMessage": "Cut in an escape \u00"#.to_owned(), "Cut in an escape"),
        ];
        for (report, expected) in cases {
            assert_eq!(sentence(&report).as_deref(), Some(expected), "{report}");
        }
    }

    #[test]
    fn what_is_no_report_stays_as_it_is() {
        for report in [
            "Build terminated with state: FAILED",
            r#"{"ProviderType": "GitHub", "CommitMessage": "message"}"#,
            r#"Command "make test" failed"#,
            r#""make" failed"#,
            r#""a sentence in quotes""#,
            "The stack {Name} is gone",
            "{",
            "[]",
            "",
        ] {
            assert_eq!(sentence(report), None, "{report}");
        }
    }
}
