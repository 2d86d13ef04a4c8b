//! The commands that read: status, runs, check, preview.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Server, andon, recorded, run};

const NOW: &str = "2026-11-20T11:30:00Z";

/// A directory that knows a few of the recorded runs.
fn known() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let files: Vec<String> =
        ["history", "deploy-failed-parallel", "retry-succeeded", "running", "in-progress", "stopped"]
            .map(recorded)
            .to_vec();
    let mut arguments = vec!["replay", "--json", "--data", path(directory.path())];
    arguments.extend(files.iter().map(String::as_str));
    assert_eq!(run(&arguments).code, 0);
    directory
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn status_lists_what_wants_somebodys_eyes_first() {
    let data = known();
    let ended = run(&["status", "--data", path(data.path()), "--now", NOW]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn status_of_one_pipeline_shows_its_latest_run() {
    let data = known();
    let ended = run(&["status", "orders-fulfilment", "--data", path(data.path()), "--now", NOW]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn runs_are_listed_newest_first() {
    let data = known();
    let ended = run(&["runs", "ledger-core", "--data", path(data.path()), "--now", NOW]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
    let all = run(&["runs", "-n", "3", "--json", "--data", path(data.path())]).json();
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|run| run["pipeline"].as_str().unwrap()).collect();
    assert_eq!(names, ["data-lake-etl", "mobile-bff", "inventory-sync"]);
}

/// A configuration that names an environment and a tracker of issues.
fn naming(directory: &Path) -> String {
    let file = directory.join("andon.yml");
    let text = "version: 1\nenvironments:\n  - { name: production, pipeline: \"*-core\", url: \"https://{pipeline}.example.com\" }\n";
    std::fs::write(&file, text).unwrap();
    path(&file).to_owned()
}

#[test]
fn environments_say_what_is_live_since_when_and_what_was_there_before() {
    let data = known();
    let config = naming(data.path());
    let which = ["--data", path(data.path()), "--config", &config, "--now", NOW];
    let list = run(&[&["env"][..], &which].concat());
    assert_eq!((list.code, list.err.as_str()), (0, ""));
    insta::assert_snapshot!("environments", list.out);
    let show = run(&[&["env", "show", "production"][..], &which].concat());
    assert_eq!((show.code, show.err.as_str()), (0, ""));
    insta::assert_snapshot!("environment", show.out);
    let shown = run(&[&["env", "show", "Production", "--json"][..], &which].concat()).json();
    assert_eq!(shown[0]["application"], "https://ledger-core.example.com");
    assert_eq!(shown[0]["deployments"][0]["execution"], shown[0]["execution"]);
    let nowhere = run(&[&["env", "list", "produktion"][..], &which].concat());
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("Did you mean production?"), "{}", nowhere.err);
}

#[test]
fn a_month_is_reported_as_markdown_as_html_and_as_json() {
    let data = known();
    let config = data.path().join("andon.yml");
    std::fs::write(&config, "version: 1\naccounts:\n  \"111122223333\": { name: shop, customer: Acme <b> Co }\n")
        .unwrap();
    let which = ["--data", path(data.path()), "--config", path(&config), "--now", "2026-12-02T08:00:00Z"];
    let report = |arguments: &[&str]| run(&[&["report"][..], arguments, &which].concat());
    let markdown = report(&["--customer", "acme*"]);
    assert_eq!((markdown.code, markdown.err.as_str()), (0, ""));
    insta::assert_snapshot!("report", markdown.out);
    let html = report(&["--customer", "acme*", "--month", "2026-11", "--html"]);
    assert!(html.out.contains("<h1>Acme &lt;b&gt; Co: delivery in November 2026</h1>"), "{}", html.out);
    let json = report(&["--month", "2026-11", "--json"]).json();
    assert_eq!(json["outages"][3]["pipeline"], "orders-fulfilment");
    assert_eq!(json["outages"][3]["until"], Value::Null, "still red");
    assert_eq!(report(&["--month", "2026-10", "--json"]).json()["total"]["deployments"], 0);
    let wrong = report(&["--customer", "acmee <b> co"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("Did you mean Acme <b> Co?"), "{}", wrong.err);
    assert!(report(&["--month", "2027-01"]).err.contains("January 2027 has not begun"));
    assert_eq!(report(&["--month", "November"]).code, 2);
}

#[test]
fn the_board_of_a_directory_is_served_and_takes_nothing() {
    let data = known();
    let server = Server::of(andon(&["board", "--no-open", "--data", path(data.path())]));
    let page = server.get("/");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("ledger-core"), "{}", page.body);
    assert_eq!(server.get("/pipelines/111122223333/eu-west-1/ledger-core").status, 200);
    assert_eq!(server.post(b"{}").status, 404);
}

#[test]
fn dashboard_shows_what_would_stand_on_it() {
    let data = known();
    let ended = run(&["dashboard", "--data", path(data.path())]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn dashboard_gives_the_body_that_cloudwatch_takes() {
    let data = known();
    let function = "arn:aws:lambda:eu-west-1:444455556666:function:andon-dashboard";
    let body = run(&[
        "dashboard",
        "--json",
        "--home",
        "444455556666/eu-west-1",
        "--function",
        function,
        "--data",
        path(data.path()),
    ])
    .json();
    let widgets = body["widgets"].as_array().unwrap();
    assert!(widgets.iter().any(|widget| widget["properties"]["endpoint"] == function));
    assert!(widgets.iter().any(|widget| widget["properties"]["region"] == "eu-west-1"));
    let wrong = run(&["dashboard", "Pipelines-nowhere", "--data", path(data.path())]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("unknown dashboard Pipelines-nowhere; available: Pipelines-"), "{}", wrong.err);
    assert_eq!(run(&["dashboard", "--home", "eu-west-1", "--data", path(data.path())]).code, 2);
}

#[test]
fn everything_can_be_had_as_json() {
    let data = known();
    let list = run(&["status", "--json", "--data", path(data.path())]).json();
    assert_eq!(list[0]["pipeline"], "orders-fulfilment");
    assert_eq!(list[0]["light"], "red");
    assert_eq!(list[0]["commit"]["title"], "Pick lists: reserve stock before printing");
    let one = run(&["status", "111122223333/eu-west-1/ledger-core", "--json", "--data", path(data.path())]).json();
    let stages: Vec<&Value> = one["latest"]["stages"].as_array().unwrap().iter().map(|stage| &stage["stage"]).collect();
    assert_eq!(stages, ["Source", "Build", "Deploy"]);
    assert_eq!(one["runs"].as_array().unwrap().len(), 6);
}

#[test]
fn what_is_not_there_is_an_error_that_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let nowhere = path(directory.path());
    let ended = run(&["status", "--data", nowhere]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.starts_with(&format!("andon: no data in {nowhere}; use --data DIR")), "{}", ended.err);
    assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none(), "looking makes nothing");
    let data = known();
    let ended = run(&["runs", "nobody", "--data", path(data.path())]);
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (2, "andon: no pipeline nobody; `andon status` lists all pipelines\n")
    );
}

#[test]
fn check_draws_every_mistake_and_fails() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("andon.yml");
    // spellchecker:ignore-next-line
    std::fs::write(&file, "version: 1\nroutes:\n  - to: [nowhere]\n    kinds: [faild]\n").unwrap();
    let ended = run(&["check", path(&file)]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("nowhere") && ended.out.contains("failed"), "{}", ended.out);
    let as_json = run(&["check", "--json", path(&file)]);
    assert_eq!(as_json.code, 1);
    let found = as_json.json();
    assert_eq!(found["valid"], false);
    assert_eq!(found["findings"].as_array().unwrap().len(), 2);
    assert_eq!(
        (found["findings"][0]["line"].as_u64(), found["findings"][0]["severity"].as_str()),
        (Some(3), Some("error"))
    );
}

#[test]
fn check_shows_where_an_event_would_go_and_why() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("andon.yml");
    let text = "version: 1\ndestinations:\n  night: { sns: 'arn:aws:sns:eu-west-1:111122223333:night' }\n\
        routes:\n  - { name: docs, match: { pipeline: 'docs-*' }, to: [] }\n\
        \x20 - { match: { branch: 'release/*', stage: Build }, to: night }\n\
        \x20 - { match: { stage: Build }, to: [night, default], quiet: { from: '00:00', to: '24:00', days: [fri], except: [] } }\n\
        \x20 - { to: default }\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let events = support::recorded("build-failed");
    let shown = run(&["check", file, "--route", &events]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    insta::assert_snapshot!(shown.out);
    let json = run(&["check", file, "--route", &events, "--json"]);
    let json = json.json();
    let failed = json["alerts"].as_array().unwrap().iter().find(|alert| alert["kind"] == "failed").unwrap();
    assert_eq!(failed["to"][0], serde_json::json!({"destination": "night", "held_until": "2026-11-21T00:00:00Z"}));
    assert_eq!(failed["routes"][3]["takes"], false);
    let nothing = run(&["check", file, "--route", file]);
    assert!(nothing.code == 2 && nothing.err.contains("is not JSON"), "{}", nothing.err);
}

#[test]
fn check_finds_nothing_where_nothing_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("andon.yml");
    std::fs::write(&file, "version: 1\n").unwrap();
    let ended = run(&["check", path(&file)]);
    assert_eq!((ended.code, ended.out.trim()), (0, format!("{}: no errors", file.display()).as_str()));
    assert!(run(&["check", "--schema"]).json()["properties"]["routes"].is_object());
    let missing = run(&["check", path(&directory.path().join("other.yml"))]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("other.yml; to check another file"), "{}", missing.err);
}

#[test]
fn a_configuration_with_mistakes_stops_a_command_before_it_begins() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("andon.yml");
    std::fs::write(&file, "version: 2\n").unwrap();
    let ended = run(&["replay", "--config", path(&file), &recorded("build-failed")]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("this Andon reads version 1"), "{}", ended.err);
}

#[test]
fn a_configuration_decides_who_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("andon.yml");
    let text = "version: 1\ndestinations:\n  ops: {slack: ops, token: env:TOKEN}\nroutes:\n  - match: {pipeline: payments-*}\n    to: [ops, default]\n";
    std::fs::write(&file, text).unwrap();
    let ended = run(&["replay", "--json", "--config", path(&file), &recorded("build-failed")]);
    let alerts: Vec<String> = ended
        .json_lines()
        .iter()
        .filter(|line| line["type"] == "alert")
        .map(|line| format!("{} to {}", line["kind"].as_str().unwrap(), line["to"].as_str().unwrap()))
        .collect();
    assert_eq!(alerts, ["failed to default", "failed to ops"], "{}", ended.err);
}

#[test]
fn every_kind_can_be_seen_in_every_form() {
    let kinds = [
        "failed",
        "recovered",
        "rolled-back",
        "approval-needed",
        "approval-overdue",
        "stuck",
        "no-success",
        "digest",
        "service-failed",
        "approved",
        "rejected",
        "started",
        "succeeded",
        "stopped",
        "superseded",
        "canceled",
    ];
    for kind in kinds {
        let email = run(&["preview", kind]);
        assert!(email.code == 0 && email.out.starts_with("Subject: ["), "{kind}: {}", email.err);
        let json = run(&["preview", kind, "--as", "json"]).json();
        assert_eq!(json["kind"], kind);
        let blocks = run(&["preview", kind, "--as", "slack", "--json"]).json();
        assert_eq!(blocks["blocks"][0]["type"], "header", "{kind}");
    }
    let readable = run(&["preview", "failed", "--as", "slack"]).out;
    assert!(readable.contains("[Open run] https://"), "{readable}");
}

#[test]
fn what_cannot_be_previewed_is_said() {
    // spellchecker:ignore-next-line
    let unknown = run(&["preview", "faild"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("failed"), "{}", unknown.err);
    let none = run(&["preview", "recovered", "--run", &recorded("build-failed")]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("produces no recovered alert; it produces failed"), "{}", none.err);
}

#[test]
fn questions_are_answered_in_sentences() {
    let data = known();
    let ask = |question: &str, more: &[&str]| {
        let mut arguments = vec!["ask", question, "--data", path(data.path()), "--now", NOW];
        arguments.extend(more);
        run(&arguments)
    };
    let conversation: Vec<String> = [
        "what is failing?",
        "why did orders fulfilment fail?",
        "who changed what in orders full filament",
        "when did ledger core last deploy",
        "how is mobile b f f doing",
        "what is running?",
        "how are the four keys",
        "how is everything?",
        "is the billing service green",
        "what is the weather",
    ]
    .map(|question| format!("> {question}\n{}", ask(question, &[]).out))
    .to_vec();
    insta::assert_snapshot!(conversation.join("\n"));
    let json = ask("what is failing", &["--json"]).json();
    assert_eq!(
        (json["kind"].as_str(), json["pipelines"][0]["pipeline"].as_str()),
        (Some("told"), Some("orders-fulfilment"))
    );
    let unknown = ask("is the billing service green", &["--json"]);
    assert_eq!((unknown.code, unknown.json()["kind"].as_str()), (1, Some("no-such-pipeline")));
    insta::assert_snapshot!(
        "a_question_is_answered_in_other_languages",
        ["de-DE", "es-ES", "fr-FR", "ja-JP"]
            .map(|locale| ask("why did orders fulfilment fail?", &["--locale", locale]).out)
            .join("")
    );
}
