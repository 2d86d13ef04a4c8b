//! What a diagnosis promises whatever it is given.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fmt::Write;

use andon_diagnosis::{Category, Diagnosis, Evidence, Log, MOST_LINES, Message, MessageSource, PhaseContext, diagnose};
use andon_diagnosis::{Pattern, Runbook};
use proptest::prelude::*;

fn explain(log: &str) -> Diagnosis {
    diagnose(&Evidence::from_log(Log::from_bytes(log.as_bytes())), &[])
}

fn hint(log: &str) -> String {
    explain(log).hint.unwrap_or_default()
}

/// Ends of logs as many tools write them, each under the category that it has; what is quoted first and what is advised
/// can be read in the snapshot.
#[test]
fn the_usual_words_of_many_tools_are_understood() {
    let mut read = String::new();
    for excerpt in include_str!("files/excerpts.txt").split("\n== ") {
        let (category, log) = excerpt.trim_start_matches("== ").split_once('\n').unwrap();
        let Diagnosis { category: found, cause, hint, .. } = explain(log);
        assert_eq!(found.as_str(), category, "{log}");
        let first = cause.first().map_or("", |line| line.text.trim());
        writeln!(read, "{category}: {first}\n    {}", hint.unwrap_or_default()).unwrap();
    }
    insta::assert_snapshot!(read);
}

/// Where the rule that knows the cause says nothing of its own, a table advises by the words that name what to change.
#[test]
fn a_hint_names_the_limit_the_header_the_kind_or_the_right() {
    for (log, names) in [
        (
            "error pushing image: unexpected status from HEAD request to https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/shop/web/blobs/sha256:0f: 403 Forbidden",
            "ecr:PutImage",
        ),
        (
            "error: creating EC2 EIP: operation error EC2: AllocateAddress, api error AddressLimitExceeded: no more",
            "Service Quotas",
        ),
        (
            "An error occurred (InvalidParameterValueException) when calling the UpdateFunctionCode operation: Unzipped size must be smaller than 262144000 bytes",
            "container image",
        ),
        (
            "==> amazon-ebs.web: InvalidSubnetID.NotFound: The subnet ID 'subnet-0a1b' does not exist",
            "subnet-0a1b in the region",
        ),
        ("fatal: [web1]: FAILED! => {\"msg\": \"Missing sudo password\"}", "ansible_become_password"),
        ("mkmf.rb can't find header files for ruby at /usr/share/include/ruby.h", "ruby-devel"),
        (
            "Error: UPGRADE FAILED: release web failed, and has been rolled back: timed out waiting for the condition",
            "pods",
        ),
        (
            "error: resource mapping not found for name: \"web\": no matches for kind \"ServiceMonitor\" in version \"monitoring.coreos.com/v1\"",
            "CustomResourceDefinition of ServiceMonitor",
        ),
    ] {
        let diagnosis = explain(&format!("$ ./run\n{log}\n"));
        assert!(diagnosis.hint.as_ref().is_some_and(|hint| hint.contains(names)), "{log}\n{diagnosis:#?}");
    }
}

#[test]
fn of_failures_that_look_alike_the_first_is_quoted_first() {
    let mut log = "[ 12%] Building CXX object display.cpp.o\n".to_owned();
    for at in 0..9 {
        writeln!(log, "src/display/canvas{at}.h:{}:15: error: 'Weather' does not name a type", 140 + at).unwrap();
    }
    log.push_str("make: *** [all] Error 2\n");
    let diagnosis = explain(&log);
    assert_eq!(diagnosis.cause.first().map(|line| line.line), Some(2), "{diagnosis:#?}");
}

#[test]
fn an_empty_log_has_no_known_cause() {
    for bytes in [&b""[..], b"\n", b"\n\n\n", b"\r\n"] {
        let diagnosis = diagnose(&Evidence::from_log(Log::from_bytes(bytes)), &[]);
        assert_eq!((diagnosis.category, diagnosis.cause.len()), (Category::Unknown, 0));
    }
}

#[test]
fn a_log_that_is_one_line_binary_or_all_progress_bars_is_survived() {
    let long = "x".repeat(5_000_000);
    let progress = "\r 10% [=>   ]\r 99% [====>]".repeat(20_000);
    let binary: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    for bytes in [long.as_bytes(), progress.as_bytes(), &binary] {
        assert!(diagnose(&Evidence::from_log(Log::from_bytes(bytes)), &[]).cause.len() <= MOST_LINES);
    }
}

#[test]
fn when_the_cause_is_unknown_the_last_command_and_its_last_lines_are_shown() {
    let diagnosis = explain(
        "[Container] 2025/08/19 07:48:01 Running command ./release\nstep one\nstep two\nstep three\nstep four\n\
         [Container] 2025/08/19 07:48:02 Command did not exit successfully ./release exit status 3\n\
         [Container] 2025/08/19 07:48:02 Phase complete: BUILD State: FAILED\n",
    );
    let context = diagnosis.context.unwrap();
    assert_eq!(diagnosis.category, Category::Unknown);
    assert_eq!(
        (context.command.map(|line| (line.line, line.text)), context.status),
        (Some((1, "./release".to_owned())), Some(3))
    );
    assert_eq!(
        context.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
        ["step two", "step three", "step four"]
    );
}

#[test]
fn whether_more_of_the_log_is_worth_reading_is_told() {
    let log = "[Container] 2025/08/19 07:48:01 Running command ./release\nstep one\n\
        [Container] 2025/08/19 07:48:02 Command did not exit successfully ./release exit status 3\n";
    let evidence = Evidence { truncated_at_start: true, ..Evidence::from_log(Log::from_bytes(log.as_bytes())) };
    let diagnosis = diagnose(&evidence, &[]);
    assert!(!diagnosis.is_conclusive());
    assert!(diagnosis.hint.unwrap().contains("all that was read"));
    assert!(explain("sh: 1: gulp: not found\n").is_conclusive());
}

#[test]
fn decoys_are_not_taken_for_the_cause() {
    for decoy in [
        "Tests: 0 failed, 12 passed",
        "warning: `foo` is deprecated: error_page will be removed",
        "  ✓ throws an error when access is denied (3 ms)",
        "test an_error_is_reported ... ok",
        "added 120 packages, found 0 vulnerabilities, 0 errors",
        "compiling src/error.rs",
        "PASS src/errors/failed-login.test.js",
        "npm warn deprecated request@2.88.2: request has been deprecated",
    ] {
        let log = format!("{decoy}\nsh: 1: gulp: not found\n{decoy}\n");
        let diagnosis = explain(&log);
        assert_eq!(diagnosis.cause.first().map(|line| line.line), Some(2), "{decoy}: {:?}", diagnosis.cause);
        assert!(explain(decoy).cause.is_empty(), "{decoy}: {:?}", explain(decoy).cause);
    }
}

#[test]
fn what_a_passed_command_printed_is_not_the_cause() {
    let diagnosis = explain(
        "[Container] 2025/08/19 07:48:01 Running command ./warm-cache\nAn error occurred (AccessDenied) when calling the PutObject operation: Access Denied\n\
         [Container] 2025/08/19 07:48:01 Running command make\nmain.c:3:5: error: 'x' undeclared\n\
         [Container] 2025/08/19 07:48:02 Command did not exit successfully make exit status 2\n\
         [Container] 2025/08/19 07:48:02 Phase complete: BUILD State: FAILED\n\
         [Container] 2025/08/19 07:48:03 Entering phase POST_BUILD\nAn error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n",
    );
    assert_eq!((diagnosis.cause.first().map(|line| line.line), diagnosis.category), (Some(4), Category::Compile));
}

/// A step that succeeded complains loudly; the one that fails says nothing but its status.
#[test]
fn a_silent_failure_after_a_noisy_success_is_not_blamed_on_the_noise() {
    let diagnosis = explain(
        "##[group]Run ./warm\n##[endgroup]\nError: Cannot find module 'left-pad'\n    at Module._resolve (node:internal/modules:1:2)\n\
         npm ERR! code E404\n##[group]Run ./release\nexec ./release\n##[endgroup]\nreleasing 1.2.3\n\
         ##[error]Process completed with exit code 3.\nPost job cleanup.\n",
    );
    assert!(diagnosis.cause.iter().all(|line| line.line > 5), "{:?}", diagnosis.cause);
    assert_eq!(diagnosis.context.and_then(|context| context.status), Some(3));
}

#[test]
fn a_failing_step_is_found_before_hundreds_of_lines_of_clean_up() {
    let mut log = "##[group]Run npm test\n##[endgroup]\nTypeError: total is not a function\n    at cart.js:3:7\n\
        ##[error]Process completed with exit code 1.\nPost job cleanup.\n"
        .to_owned();
    for number in 0..300 {
        writeln!(log, "Error: cannot remove container {number}: No such container").unwrap();
    }
    assert_eq!(explain(&log).cause[0].line, 3);
}

#[test]
fn steps_of_an_image_that_are_done_are_not_the_cause() {
    let diagnosis = explain(
        "#7 [2/4] RUN npm ci\n#7 1.20 npm ERR! optional dependency failed: Error: not found\n#8 [3/4] RUN make\n\
         #8 2.10 main.c:3:5: error: 'x' undeclared\n#7 DONE 4.0s\n#8 ERROR: process \"/bin/sh -c make\" did not complete successfully: exit code: 2\n",
    );
    assert_eq!(diagnosis.cause[0].line, 4, "{:?}", diagnosis.cause);
}

#[test]
fn how_sure_it_is_comes_with_the_answer() {
    let sure = explain("main.c:3:5: error: 'x' undeclared\nmake: *** [main.o] Error 1\n").confidence;
    assert!(sure.probability() > 0.5 && sure.probability() < 1.0, "{sure:?}");
    assert!(explain("").confidence.probability() == 0.0);
}

#[test]
fn what_is_quoted_is_redacted() {
    let diagnosis = explain("Error: cannot connect to postgres://shop:hunter2@db:5432/shop\n");
    assert_eq!(diagnosis.cause[0].text, "Error: cannot connect to postgres://shop:***@db:5432/shop");
    assert!(!diagnosis.hint.unwrap_or_default().contains("hunter2"));
}

#[test]
fn a_teams_runbook_comes_with_the_diagnosis() {
    let runbook = Runbook {
        pattern: Pattern::parse("toomanyrequests").unwrap(),
        hint: "Pull through the mirror".to_owned(),
        link: Some("https://wiki/mirror".to_owned()),
    };
    let log = Log::from_bytes(b"toomanyrequests: You have reached your pull rate limit\n");
    let diagnosis = diagnose(&Evidence::from_log(log), std::slice::from_ref(&runbook));
    assert_eq!(diagnosis.runbook.map(|found| found.sentence).as_deref(), Some("Pull through the mirror"));
    assert!(explain("sh: 1: gulp: not found").runbook.is_none());
}

#[test]
fn of_a_few_messages_none_is_left_out() {
    let texts = [
        "ArchiveBucket (AWS::S3::Bucket): northquay-invoices already exists",
        "The following resource(s) failed to create: [ArchiveBucket].",
        "Rollback requested by user.",
    ];
    let message = |text: &str| Message { source: MessageSource::CloudFormation, text: text.to_owned() };
    let evidence = Evidence { messages: texts.map(message).to_vec(), ..Evidence::default() };
    let quoted = diagnose(&evidence, &[]).cause;
    for text in texts {
        assert!(quoted.iter().any(|line| line.text == text), "{quoted:?}");
    }
}

#[test]
fn a_services_own_message_explains_when_there_is_no_log() {
    let evidence = Evidence {
        messages: vec![Message {
            source: MessageSource::CloudFormation,
            text: "Resource handler returned message: \"Access Denied\"".to_owned(),
        }],
        ..Evidence::default()
    };
    let diagnosis = diagnose(&evidence, &[]);
    assert_eq!(diagnosis.cause[0].line, 0);
    assert!(diagnosis.cause[0].text.contains("Access Denied"));
    let evidence = Evidence {
        phases: vec![PhaseContext {
            phase: "DOWNLOAD_SOURCE".into(),
            status: "YAML_FILE_ERROR".into(),
            message: "stat /codebuild/buildspec.yml: no such file".into(),
        }],
        ..Evidence::default()
    };
    assert_eq!(diagnose(&evidence, &[]).category, Category::Config);
}

#[test]
fn the_log_says_more_than_a_phase_that_only_failed() {
    let evidence = Evidence {
        log: Log::from_bytes(b"src/a.ts(1,2): error TS2304: Cannot find name 'x'.\n"),
        phases: vec![PhaseContext {
            phase: "BUILD".into(),
            status: "COMMAND_EXECUTION_ERROR".into(),
            message: "Error while executing command: npm run build. Reason: exit status 1".into(),
        }],
        ..Evidence::default()
    };
    assert_eq!(diagnose(&evidence, &[]).cause[0].line, 1);
}

#[test]
fn the_json_has_the_pinned_members() {
    let json = serde_json::to_value(explain("sh: 1: gulp: not found\n")).unwrap();
    assert_eq!(json["cause"], serde_json::json!([{"line": 1, "text": "sh: 1: gulp: not found"}]));
    assert_eq!(json["category"], "config");
    assert!(json["hint"].as_str().unwrap().contains("gulp"));
}

#[test]
fn hints_name_what_the_log_names() {
    let hints: Vec<String> = [
        "An error occurred (AccessDeniedException) when calling the GetAuthorizationToken operation: User: arn:aws:sts::123456789012:assumed-role/build-role/AWSCodeBuild-1 is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows it",
        "/codebuild/output/tmp/script.sh: line 4: kustomize: command not found",
        "src/app.ts(180,65): error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        "2025-08-21T13:30:34Z  CREATE_FAILED  AWS::IAM::Role  EC2Role  Resource handler returned message: \"Resource x/* must be in ARN format or \"*\". (Service: Iam, Status Code: 400)\" (RequestToken: 1)",
        "error[E0308]: mismatched types\n --> src/main.rs:2:22\n  |\n",
        "ModuleNotFoundError: No module named 'stripe'",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "[Container] 2020/03/04 17:13:17 Phase context status code: YAML_FILE_ERROR Message: Invalid buildspec phase name: artifacts. Expecting: build,install",
        "main.c:1:10: fatal error: zlib.h: No such file or directory",
        "E: Unable to locate package libfoo-dev",
        "ssh: Could not resolve hostname bastion.example: Name or service not known",
    ]
    .iter()
    .map(|log| hint(log))
    .collect();
    insta::assert_debug_snapshot!(hints);
}

#[test]
fn a_denied_calls_hint_names_the_policy_that_decides() {
    let who = "User: arn:aws:sts::111122223333:assumed-role/deploy/i-1 is not authorized to perform: s3:CreateBucket";
    for (rest, words) in [
        (
            "on resource: arn:aws:s3:::logs with an explicit deny in a service control policy",
            "service control policy of the",
        ),
        (
            "on resource: arn:aws:s3:::logs with an explicit deny in a permissions boundary",
            "Remove the deny of s3:CreateBucket",
        ),
        (
            "on resource: arn:aws:s3:::logs with an explicit deny in a resource-based policy",
            "in the resource-based policy",
        ),
        ("because no service control policy allows the s3:CreateBucket action", "to the service control policy"),
        ("because no permissions boundary allows the s3:CreateBucket action", "to the permissions boundary of deploy"),
        ("because no VPC endpoint policy allows the s3:CreateBucket action", "in the VPC endpoint policy"),
        ("on resource: arn:aws:s3:::logs because no identity-based policy allows it", "to a policy of the role deploy"),
    ] {
        let hint =
            hint(&format!("An error occurred (AccessDenied) when calling the CreateBucket operation: {who} {rest}"));
        assert!(hint.contains(words), "{rest}: {hint}");
    }
}

#[test]
fn of_a_stacks_events_the_last_failed_operation_tells_the_cause() {
    let newest_first = "\
2026-02-02T10:00:08Z DELETE_FAILED AWS::KMS::Key Key Access denied for operation kms:ScheduleKeyDeletion
2026-02-02T10:00:03Z UPDATE_ROLLBACK_IN_PROGRESS AWS::CloudFormation::Stack shop The following resource(s) failed to update: [Handler].
2026-02-02T10:00:02Z UPDATE_FAILED AWS::DynamoDB::Table Table Resource update cancelled
2026-02-02T10:00:01Z UPDATE_FAILED AWS::Lambda::Function Handler The runtime parameter of nodejs12.x is no longer supported
2026-02-02T10:00:00Z UPDATE_IN_PROGRESS AWS::CloudFormation::Stack shop User Initiated
2026-01-01T10:00:02Z ROLLBACK_IN_PROGRESS AWS::CloudFormation::Stack shop The following resource(s) failed to create: [Old].
2026-01-01T10:00:01Z CREATE_FAILED AWS::S3::Bucket Old acme-old already exists
2026-01-01T10:00:00Z CREATE_IN_PROGRESS AWS::CloudFormation::Stack shop User Initiated";
    assert_eq!(explain(newest_first).cause.first().map(|line| line.line), Some(4));
    let oldest_first: Vec<&str> = newest_first.lines().rev().collect();
    assert_eq!(explain(&oldest_first.join("\n")).cause.first().map(|line| line.line), Some(5));
}

#[test]
fn vulnerabilities_that_an_install_counts_are_not_the_cause() {
    let log = "\
$ npm ci
added 1412 packages, and audited 1413 packages in 21s
8 vulnerabilities (3 moderate, 5 high)
To address all issues, run:
  npm audit fix
Run `npm audit` for details.
$ npm run build
error during build:
[vite]: Rollup failed to resolve import \"@acme/ui\" from \"/src/App.tsx\".";
    assert!(explain(log).cause.iter().all(|line| line.line >= 8), "{:?}", explain(log).cause);
}

proptest! {
    #[test]
    fn any_bytes_give_few_lines_that_exist(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let lines = bytes.split(|byte| *byte == b'\n').count();
        let diagnosis = diagnose(&Evidence::from_log(Log::from_bytes(&bytes)), &[]);
        prop_assert!(diagnosis.cause.len() <= MOST_LINES);
        prop_assert!(diagnosis.cause.iter().all(|line| line.line >= 1 && line.line <= lines));
    }

    #[test]
    fn any_mixture_of_telling_lines_is_survived_and_told_alike(parts in proptest::collection::vec("error(\\[E0[0-9]{3}\\])?: [a-z ]{0,9}|  [0-9]\\) [a-z]{1,9}|\\[Container\\] 2020/03/04 17:13:10 (Running command [a-z]{1,5}|Phase complete: BUILD State: FAILED)|  --> [a-z]{1,4}\\.rs:[0-9]:[0-9]|npm ERR! code E[A-Z]{3}|##\\[(error|group)\\][A-Za-z ]{0,9}|\u{25cf} [a-z]{0,4}|\u{1b}\\[3[0-9]m[a-z]{0,5}\r[a-z]{0,3}|.{0,30}", 0..40)) {
        let text = parts.join("\n");
        let once = explain(&text);
        prop_assert!(once.cause.iter().all(|line| line.line >= 1 && line.line <= parts.len().max(1) + text.matches('\n').count()));
        prop_assert_eq!(once, explain(&text));
    }
}
