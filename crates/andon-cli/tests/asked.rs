//! The commands that say what one wants to know of a pipeline: why, watch, open, filters, names, completions, pages.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "compiled for tests only")]

mod support;

use std::path::Path;

use support::{Ended, recorded, run};

const NOW: &str = "2026-11-20T11:30:00Z";
const CONFIGURATION: &str = "\
version: 1
accounts:
  '111122223333': {name: shop, customer: Northquay}
  '444455556666': {name: finance, customer: Ledgerline}
";

/// A directory that knows a few of the recorded runs, and a configuration that names their accounts.
struct Known(tempfile::TempDir);

impl Known {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        let runs = ["history", "deploy-failed-parallel", "retry-succeeded", "running", "in-progress", "stopped"];
        let files: Vec<String> = runs.map(recorded).to_vec();
        let mut arguments = vec!["replay", "--json", "--data", path];
        arguments.extend(files.iter().map(String::as_str));
        assert_eq!(run(&arguments).code, 0);
        std::fs::write(directory.path().join("names.yml"), CONFIGURATION).unwrap();
        Self(directory)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn ask(&self, arguments: &[&str]) -> Ended {
        let (data, names) = (self.path().to_str().unwrap(), self.path().join("names.yml"));
        run(&[arguments, &["--data", data, "--config", names.to_str().unwrap(), "--now", NOW]].concat())
    }
}

#[test]
fn why_says_what_failed_since_when_by_whose_change_and_where_to_look() {
    let known = Known::new();
    let ended = known.ask(&["why", "orders-fulfilment"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
    let json = known.ask(&["why", "orders-fulfilment", "--json"]).json();
    assert_eq!(json["failures"].as_array().unwrap().len(), 4);
    assert_eq!(json["failures"][0]["stage"], "DeployWarehouses");
    assert!(json["red_since"].is_string() && json["url"].is_string());
}

#[test]
fn why_says_that_nothing_failed() {
    let known = Known::new();
    let ended = known.ask(&["why", "mobile-bff"]);
    assert_eq!((ended.code, ended.out.as_str()), (1, "mobile-bff has not failed in its recorded runs.\n"));
}

#[test]
fn filters_leave_what_is_meant() {
    let known = Known::new();
    let names = |arguments: &[&str]| -> Vec<String> {
        let ended = known.ask(&[&["status"], arguments].concat());
        assert_eq!(ended.err, "");
        ended.out.lines().filter_map(|line| line.split('\t').nth(1)).map(str::to_owned).collect()
    };
    let all = names(&[]);
    assert_eq!(names(&["--red"]), ["orders-fulfilment"]);
    assert_eq!(names(&["--customer", "ledgerline"]), names(&["--account", "444455556666"]));
    assert_eq!(names(&["--account", "fin*"]), names(&["--account", "finance"]));
    assert!(names(&["--account", "finance"]).len() < all.len());
    let both = [names(&["--account", "shop"]), names(&["--account", "finance"])].concat();
    assert_eq!(both.len(), all.len());
    assert!(names(&["--since", "2h"]).len() < all.len());
    assert_eq!(names(&["*-api"]), all.iter().filter(|name| name.ends_with("-api")).cloned().collect::<Vec<_>>());
    assert_eq!(known.ask(&["status", "--red", "--exit-code"]).code, 1);
    assert_eq!(known.ask(&["status", "mobile-bff", "--exit-code"]).code, 0);
    assert_eq!(known.ask(&["status", "--customer", "nobody"]).out, "No pipeline matches.\n");
    let wrong = known.ask(&["status", "--since", "yesterday"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("90m, 12h or 7d"), "{}", wrong.err);
}

#[test]
fn runs_are_filtered_by_time_and_failure() {
    let known = Known::new();
    let failed = known.ask(&["runs", "--red", "--json", "-n", "100"]).json();
    assert!(!failed.as_array().unwrap().is_empty());
    assert!(failed.as_array().unwrap().iter().all(|run| run["status"] == "failed" && run.get("weight").is_none()));
    let recent = known.ask(&["runs", "--since", "3h", "--json"]).json();
    let all = known.ask(&["runs", "--json", "-n", "1000"]).json();
    assert!(recent.as_array().unwrap().len() < all.as_array().unwrap().len());
}

#[test]
fn a_name_that_no_pipeline_has_is_answered_with_those_it_may_mean() {
    let known = Known::new();
    for (name, said) in [
        ("payment-api", "no pipeline payment-api. Did you mean payments-api?"),
        ("payments", "no pipeline payments. Did you mean payments-api?"),
        ("zebra", "no pipeline zebra; `andon status` lists all pipelines"),
    ] {
        for command in ["status", "why", "watch", "open", "runs"] {
            let ended = known.ask(&[command, name]);
            assert_eq!(ended.code, 2, "{command}");
            assert_eq!(ended.err, format!("andon: {said}\n"), "{command}");
        }
    }
    let ended = known.ask(&["status", "e"]);
    assert!(ended.err.contains("Did you mean one of"), "{}", ended.err);
    let run = known.ask(&["why", "payments-api", "--run", "zzz"]);
    assert_eq!(
        run.err,
        "andon: no run zzz of payments-api is recorded; `andon runs payments-api` lists those that are\n"
    );
}

#[test]
fn watch_ends_with_the_run_and_says_how() {
    let known = Known::new();
    let well = known.ask(&["watch", "ledger-core"]);
    assert_eq!(well.code, 0);
    insta::assert_snapshot!(well.out);
    assert_eq!(known.ask(&["watch", "orders-fulfilment"]).code, 1);
    let waits = known.ask(&["watch", "mobile-bff", "--timeout", "1s", "--pace", "100"]);
    assert_eq!(waits.code, 3);
    assert!(waits.out.contains("Release / ApproveRelease\twaiting for approval"), "{}", waits.out);
}

#[test]
fn pages_are_printed() {
    let known = Known::new();
    let run = known.ask(&["open", "orders-fulfilment", "--print"]).out;
    assert!(run.starts_with("https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/"), "{run}");
    let none = known.ask(&["open", "mobile-bff", "log", "--print"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("names no log of a failure"), "{}", none.err);
    // Without a browser the address is what one gets.
    let given = ["open", "orders-fulfilment", "--data", known.path().to_str().unwrap()];
    let shown = support::andon(&given).env("PATH", "/nonexistent").env_remove("BROWSER").output().unwrap();
    assert_eq!(String::from_utf8(shown.stdout).unwrap(), run);
}

#[test]
fn every_shell_gets_its_completions_and_every_command_its_page() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = run(&["completions", shell]);
        assert_eq!(ended.code, 0);
        assert!(ended.out.contains("replay"), "{shell}");
    }
    let page = run(&["man", "status"]).out;
    assert!(page.contains(".TH ANDON-STATUS 1") && page.contains("exit\\-code"), "{page}");
    assert_eq!(run(&["man", "nothing"]).code, 2);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&["man", "--folder", folder.path().to_str().unwrap()]).code, 0);
    let help = run(&["--help"]).out;
    let pages = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(pages > 15 && folder.path().join("andon-watch.1").is_file(), "{pages}");
    assert!(help.contains("andon why payments-api"), "{help}");
    assert_eq!(run(&["help", "status"]).code, 0);
}
