//! Test reports of a build: the failing test cases by name, whatever the log says of them.

use andon_diagnosis::MessageSource;
use aws_sdk_codebuild::types::{Report, ReportStatusType, ReportType, TestCase, TestCaseFilter};

use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::missing::{Missing, Question};

/// So many failing test cases are named; of further ones the number is said.
const MAX_CASES: i32 = 5;
/// So many reports are asked about: the most that one call takes.
const MAX_REPORTS: usize = 100;
/// What a test case that failed is called, the commonest first.
const FAILING: [&str; 2] = ["FAILED", "ERROR"];

/// Records the failing test cases of the first report that has some; a build without reports costs no call.
pub(super) async fn gather(clients: &Regional, inquiry: &EvidenceCollector, reports: &[String]) {
    if !reports.is_empty()
        && let Err(missing) = ask(clients, inquiry, reports).await
    {
        inquiry.misses(missing.sentence);
    }
}

async fn ask(clients: &Regional, inquiry: &EvidenceCollector, reports: &[String]) -> Result<(), Missing> {
    let arns: Vec<String> = reports.iter().take(MAX_REPORTS).cloned().collect();
    let first = group(arns.first().map_or("", String::as_str)).to_owned();
    let question = |permission: &'static str| Question {
        service: "CodeBuild",
        permission,
        resource: &first,
        what: format!("test report {first}"),
    };
    let request = clients.builds().batch_get_reports().set_report_arns(Some(arns));
    let answer = inquiry.ask(&question("codebuild:BatchGetReports"), || request.clone().send()).await?;
    let Some((report, status)) = answer.reports().iter().find_map(|report| Some((report, failing(report)?))) else {
        return Ok(());
    };
    let filter = TestCaseFilter::builder().status(status).build();
    let request = clients
        .builds()
        .describe_test_cases()
        .set_report_arn(report.arn().map(str::to_owned))
        .filter(filter)
        .max_results(MAX_CASES);
    let answer = inquiry.ask(&question("codebuild:DescribeTestCases"), || request.clone().send()).await?;
    for case in answer.test_cases() {
        inquiry.hears(MessageSource::TestReport, &sentence(case));
    }
    if let Some(summary) = report.test_summary() {
        let failed: i32 = FAILING.iter().filter_map(|status| summary.status_counts().get(*status)).sum();
        let name = report.name().unwrap_or(&first);
        inquiry.hears_in_sum(
            MessageSource::TestReport,
            &format!("{failed} of {} tests failed in the report {name}", summary.total()),
        );
    }
    Ok(())
}

/// How the failing test cases of a report are marked; `None` for one without, and for what is no report of tests.
fn failing(report: &Report) -> Option<&'static str> {
    let is_of_tests = report.r#type() == Some(&ReportType::Test);
    let counts = report.test_summary()?.status_counts();
    let is_bad = !matches!(report.status(), Some(ReportStatusType::Succeeded | ReportStatusType::Deleting));
    let holds = |status: &&str| counts.get(*status).is_some_and(|count| *count > 0);
    FAILING.into_iter().find(holds).filter(|_| is_of_tests && is_bad)
}

/// `arn:aws:codebuild:region:account:report/group:id`
fn group(arn: &str) -> &str {
    arn.rsplit_once(":report/").map_or(arn, |(_, report)| report.split(':').next().unwrap_or(report))
}

fn sentence(case: &TestCase) -> String {
    let (prefix, name) = (case.prefix().unwrap_or_default(), case.name().unwrap_or_default());
    let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    let said = case.message().unwrap_or_default().trim();
    if said.is_empty() { format!("Test failed: {name}") } else { format!("Test failed: {name}: {said}") }
}
