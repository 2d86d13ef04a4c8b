//! The host of functions must tell a function's life as it was, above all when it ends badly.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::runtime_api::{Answer, Failure, Function, FunctionError};
use test_support::tools;

/// A program that runs `function.py`: Lambda starts a function by a path and no arguments.
///
/// It is written here, because a copy of this repository may have lost what makes a file executable.
static FUNCTION: LazyLock<PathBuf> = LazyLock::new(|| {
    let python = tools::folder().join("python/bin/python");
    let script = format!("#!/bin/sh\nexec '{}' '{}/tests/function.py'\n", python.display(), env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (program, written) = (folder.join("function.sh"), folder.join(format!("function.sh.{}", process::id())));
    fs::write(&written, script).unwrap();
    fs::set_permissions(&written, fs::Permissions::from_mode(0o755)).unwrap();
    // Another test may run the program at this moment.
    fs::rename(&written, &program).unwrap();
    program
});

async fn start(environment: &[(&str, &str)]) -> Result<Function, FunctionError> {
    Function::start(&*FUNCTION, environment.iter().copied()).await
}

#[tokio::test]
async fn events_are_answered_one_after_the_other() {
    let function = start(&[]).await.unwrap();
    for number in 0..3 {
        let event = json!({ "number": number });
        assert_eq!(function.invoke(&event).await.unwrap(), Answer::Ok(event));
    }
    assert_eq!(function.log(), "echo\necho\necho\n");
    assert!(function.cold_start().unwrap() > Duration::ZERO);
}

#[tokio::test]
async fn events_that_come_together_get_their_own_answers() {
    let function = start(&[]).await.unwrap();
    let (first, second) = (json!({ "number": 1 }), json!({ "number": 2 }));
    let (one, two) = tokio::join!(function.invoke(&first), function.invoke(&second));
    assert_eq!((one.unwrap(), two.unwrap()), (Answer::Ok(first.clone()), Answer::Ok(second.clone())));
}

#[tokio::test]
async fn a_function_error_is_an_answer() {
    let function = start(&[]).await.unwrap();
    let answer = function.invoke(&json!({ "do": "fail" })).await.unwrap();
    assert_eq!(answer, Answer::Error(Failure { kind: "Told".into(), message: "as told".into() }));
    assert!(function.invoke(&json!({})).await.unwrap().ok().is_some(), "it goes on");
}

#[tokio::test]
async fn the_environment_is_lambdas_and_what_was_given() {
    let function = start(&[("ANDON_TABLE", "a"), ("AWS_REGION", "eu-central-1")]).await.unwrap();
    let Answer::Ok(Value::Object(environment)) = function.invoke(&json!({ "do": "environment" })).await.unwrap() else {
        panic!("an object is wanted")
    };
    assert_eq!(environment["ANDON_TABLE"], "a");
    assert_eq!(environment["AWS_REGION"], "eu-central-1", "what is given wins");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "128");
    assert!(!environment.contains_key("HOME") && !environment.contains_key("CARGO"), "{:?}", environment.keys());
}

#[tokio::test]
async fn every_event_comes_with_lambdas_headers() {
    let function = start(&[]).await.unwrap();
    let answer = function.invoke(&json!({ "do": "headers" })).await.unwrap();
    let headers = answer.ok().unwrap();
    let header = |name: &str| headers[format!("lambda-runtime-{name}")].as_str().unwrap().to_owned();
    assert_eq!(header("aws-request-id").len(), 36);
    assert!(header("invoked-function-arn").starts_with("arn:aws:lambda:us-east-1:123456789012:function:"));
    assert!(header("trace-id").starts_with("Root=1-"));
    assert!(header("deadline-ms").parse::<u64>().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn an_init_error_is_told_with_status_and_log() {
    let error = start(&[("INIT", "error")]).await.unwrap_err();
    let FunctionError::Stopped { status, init_error, log, .. } = error else { panic!("{error}") };
    assert_eq!(status.unwrap().code(), Some(7));
    assert_eq!(init_error.unwrap().message, "told to");
    assert_eq!(log, "no good\n");
}

#[tokio::test]
async fn an_end_without_a_word_is_told_too() {
    let error = start(&[("INIT", "exit")]).await.unwrap_err().to_string();
    assert!(error.contains("exit status: 7") && error.ends_with("it wrote:\nno good\n"), "{error}");
}

#[tokio::test]
async fn a_binary_that_is_not_there_is_named() {
    let error = Function::start("/nowhere/notifier", [("A", "b")]).await.unwrap_err().to_string();
    assert_eq!(error, "cannot run /nowhere/notifier: No such file or directory (os error 2); build it first");
}

#[tokio::test]
async fn a_death_in_the_middle_of_an_event_is_told_with_the_log() {
    let function = start(&[]).await.unwrap();
    let error = function.invoke(&json!({ "do": "exit" })).await.unwrap_err();
    let FunctionError::Stopped { status, log, .. } = &error else { panic!("{error}") };
    assert_eq!((status.unwrap().code(), log.as_str()), (Some(3), "last words\n"));
    let after = function.invoke(&json!({})).await.unwrap_err();
    assert!(matches!(after, FunctionError::Stopped { .. }), "{after}");
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed() {
    let function = start(&[]).await.unwrap();
    function.set_timeout(Duration::from_millis(200));
    let error = function.invoke(&json!({ "do": "sleep" })).await.unwrap_err();
    assert!(matches!(error, FunctionError::TimedOut { .. }), "{error}");
    assert_eq!(function.peak_memory(), None, "it no longer exists");
}

#[tokio::test]
async fn a_killed_function_ends_the_event_it_was_at() {
    let function = start(&[]).await.unwrap();
    let event = json!({ "do": "sleep" });
    let (answer, ()) = tokio::join!(function.invoke(&event), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        function.kill().await;
    });
    assert!(matches!(answer, Err(FunctionError::Stopped { .. })), "{answer:?}");
}

#[tokio::test]
async fn an_answer_of_more_than_six_megabytes_is_refused() {
    let function = start(&[]).await.unwrap();
    let answer = function.invoke(&json!({ "do": "boast" })).await.unwrap();
    assert_eq!(answer.error().unwrap().kind, "Function.ResponseSizeTooLarge");
    function.invoke(&json!({})).await.unwrap();
    assert!(function.log().contains("refused with 413"), "{}", function.log());
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_no_answer() {
    let function = start(&[]).await.unwrap();
    let error = function.invoke(&json!({ "do": "mumble" })).await.unwrap_err();
    assert_eq!(error.to_string(), "the function's answer is no JSON: not json");
}

#[tokio::test]
async fn an_answer_to_nothing_is_refused() {
    let function = start(&[]).await.unwrap();
    assert_eq!(function.invoke(&json!({ "do": "mistake" })).await.unwrap(), Answer::Ok(json!("done")));
    assert!(function.log().contains("refused with 400"), "{}", function.log());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn peak_memory_is_the_peak_and_not_what_is_held_now() {
    let function = start(&[]).await.unwrap();
    let before = function.peak_memory().unwrap();
    function.invoke(&json!({ "do": "grow" })).await.unwrap();
    assert!(function.peak_memory().unwrap() > before + 40_000_000);
}

/// Posts the second argument to the first, and prints status, headers and body.
const CLIENT: &str = "
import sys, urllib.error, urllib.request
try:
    answer = urllib.request.urlopen(sys.argv[1], sys.argv[2].encode())
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, *(f'{name.lower()}: {value}' for name, value in answer.headers.items()), '', answer.read().decode(), sep='\\n')
";

#[test]
fn other_clients_can_invoke_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let function = runtime.block_on(start(&[])).unwrap();
    let invoke = |event: &str| {
        let mut client = Command::new(tools::folder().join("python/bin/python"));
        let output = client.args(["-c", CLIENT, &function.invoke_url(), event]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let answer = invoke(r#"{"a":1}"#);
    assert!(answer.starts_with("200\n") && answer.ends_with("\n\n{\"a\": 1}\n"), "{answer}");
    assert!(invoke(r#"{"do":"fail"}"#).contains("x-amz-function-error: Unhandled"));
    assert!(invoke("no json").starts_with("400\n"));
    assert!(invoke(r#"{"do":"exit"}"#).contains("Runtime.ExitError"));
}
