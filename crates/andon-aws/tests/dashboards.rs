//! What CloudWatch says against a dashboard, in words for a log.

use andon::account::Accounts;
use andon::statistics::Metric;
use andon_aws::dashboards::CloudWatchShelf;
use andon_dashboards::{Dashboard, DashboardStore, Site, build};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::get_dashboard::GetDashboardError;
use aws_sdk_cloudwatch::operation::put_dashboard::{PutDashboardError, PutDashboardOutput};
use aws_sdk_cloudwatch::types::DashboardValidationMessage;
use aws_sdk_cloudwatch::types::error::DashboardInvalidInputError;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;

fn dashboard() -> Dashboard {
    let home = andon::testing::home();
    build(
        [],
        &Site {
            home: &home,
            function: "",
            accounts: &Accounts::default(),
            deployments: Metric::SuccessCount,
            alarms: &[],
            services: &[],
        },
    )
    .remove(0)
}

fn finding() -> DashboardValidationMessage {
    let finding = DashboardValidationMessage::builder().data_path("/widgets/0/properties/metrics/0");
    finding.message("Should have at least 1 item").build()
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said_with_its_place() {
    let rule = mock!(Client::put_dashboard).then_error(|| {
        let invalid = DashboardInvalidInputError::builder().message("The dashboard body is invalid");
        PutDashboardError::DashboardInvalidInputError(invalid.dashboard_validation_messages(finding()).build())
    });
    let store = CloudWatchShelf::new(mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]));
    assert_eq!(
        store.put(&dashboard()).await.unwrap_err().to_string(),
        "cannot put the dashboard Pipelines-eu-west-1: CloudWatch rejects it: Should have at least 1 item (at \
         /widgets/0/properties/metrics/0)"
    );
}

#[tokio::test]
async fn an_invalid_body_without_findings_is_said_in_the_words_of_the_error() {
    let rule = mock!(Client::put_dashboard).then_error(|| {
        let invalid = DashboardInvalidInputError::builder().message("The dashboard body is invalid");
        PutDashboardError::DashboardInvalidInputError(invalid.build())
    });
    let store = CloudWatchShelf::new(mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]));
    let error = store.put(&dashboard()).await.unwrap_err().to_string();
    assert!(error.ends_with("CloudWatch rejects it: The dashboard body is invalid"), "{error}");
}

#[tokio::test]
async fn what_cloudwatch_warns_of_is_handed_back() {
    let rule = mock!(Client::put_dashboard)
        .then_output(|| PutDashboardOutput::builder().dashboard_validation_messages(finding()).build());
    let store = CloudWatchShelf::new(mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]));
    let warnings = store.put(&dashboard()).await.unwrap();
    assert_eq!(warnings, ["Should have at least 1 item (at /widgets/0/properties/metrics/0)"]);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let rule = mock!(Client::get_dashboard).then_error(|| {
        let denied = ErrorMetadata::builder().code("AccessDenied").message("User x is not authorized").build();
        GetDashboardError::generic(denied)
    });
    let store = CloudWatchShelf::new(mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]));
    assert_eq!(
        store.body(&dashboard().name).await.unwrap_err().to_string(),
        "cannot read the dashboard Pipelines-eu-west-1: the function's role lacks cloudwatch:GetDashboard (AccessDenied: User x is not authorized)"
    );
}
