//! What became of each test, as a file in the form of JUnit: what builds in AWS show.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Runs `cargo test`, shows what it prints, and writes the report, whether the tests pass or not.
pub(super) fn run(tests: &mut Command, report: &Path) -> Result<()> {
    // Nobody reports what does not run, so that one failure must not keep the others from running.
    let mut child = tests.arg("--no-fail-fast").stdout(Stdio::piped()).spawn().context("cannot run `cargo test`")?;
    let mut output = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.context("cannot read what `cargo test` prints")?;
            println!("{line}");
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait().context("cannot wait for `cargo test`")?;
    let report = workspace::root().join(report);
    if let Some(folder) = report.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&report, junit(&output)).with_context(|| format!("cannot write {}", report.display()))?;
    println!("the report is in {}", report.display());
    if !status.success() {
        bail!("`cargo test` failed with {status}");
    }
    Ok(())
}

/// The report of what libtest prints: `test NAME ... ok`, and what failing tests wrote under `---- NAME stdout ----`.
fn junit(output: &str) -> String {
    let mut cases = String::new();
    let (mut count, mut failed, mut skipped) = (0, 0, 0);
    for line in output.lines() {
        let Some((name, outcome)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... ")) else {
            continue;
        };
        let name = name.trim_end_matches(" - should panic");
        let verdict = match outcome.split(',').next() {
            Some("ok") => String::new(),
            Some("ignored") => {
                skipped += 1;
                "<skipped/>".to_owned()
            }
            Some("FAILED") => {
                failed += 1;
                format!("<failure message=\"failed\">{}</failure>", escaped(said(output, name)))
            }
            _ => continue,
        };
        count += 1;
        let (class, test) = name.rsplit_once("::").unwrap_or(("tests", name));
        let _ = writeln!(
            cases,
            r#"<testcase classname="{}" name="{}">{verdict}</testcase>"#,
            escaped(class),
            escaped(test)
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites><testsuite name=\"andon\" tests=\"{count}\" \
         failures=\"{failed}\" skipped=\"{skipped}\" errors=\"0\">\n{cases}</testsuite></testsuites>\n"
    )
}

/// What a test that failed wrote.
fn said<'a>(output: &'a str, name: &str) -> &'a str {
    let Some((_, after)) = output.split_once(&format!("---- {name} stdout ----\n")) else { return "" };
    let end = ["\n---- ", "\nfailures:\n"].iter().filter_map(|end| after.find(end)).min();
    after.get(..end.unwrap_or(after.len())).unwrap_or(after).trim()
}

/// A text in XML, without what XML cannot hold.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_is_a_case_and_a_failure_says_what_it_wrote() {
        let output = "\
running 3 tests
test merge::a_run_is_a_join ... ok
test told<once> ... FAILED
test slow ... ignored, takes long

failures:

---- told<once> stdout ----
thread 'told<once>' panicked: left & right \u{1b}[1m

failures:
    told<once>

test result: FAILED. 1 passed; 1 failed
";
        insta::assert_snapshot!(junit(output), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites><testsuite name="andon" tests="3" failures="1" skipped="1" errors="0">
        <testcase classname="merge" name="a_run_is_a_join"></testcase>
        <testcase classname="tests" name="told&lt;once&gt;"><failure message="failed">thread 'told&lt;once&gt;' panicked: left &amp; right [1m</failure></testcase>
        <testcase classname="tests" name="slow"><skipped/></testcase>
        </testsuite></testsuites>
        "#);
    }
}
