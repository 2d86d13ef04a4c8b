//! CloudWatch dashboards.
//!
//! CloudWatch accepts ten calls a second of each kind; the SDK backs off when throttled.

use andon_dashboards::{Dashboard, DashboardError, DashboardName, DashboardStore};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::operation::get_dashboard::GetDashboardError;
use aws_sdk_cloudwatch::operation::put_dashboard::PutDashboardError;
use aws_sdk_cloudwatch::types::DashboardValidationMessage;

use crate::fault::{FaultKind, lacks, said};

/// The dashboards of an account.
#[derive(Debug, Clone)]
pub struct CloudWatchShelf {
    client: Client,
}

impl CloudWatchShelf {
    /// Those of a configuration's account and credentials. Nothing is called yet.
    pub fn connect(config: &aws_config::SdkConfig) -> Self {
        Self::new(Client::new(config))
    }

    /// Those that a client reaches.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl DashboardStore for CloudWatchShelf {
    async fn names(&self, prefix: &str) -> Result<Vec<DashboardName>, DashboardError> {
        let failed = |error| problem(format!("list the dashboards {prefix}*"), "ListDashboards", &error);
        let mut pages = self.client.list_dashboards().dashboard_name_prefix(prefix).into_paginator().send();
        let mut names = Vec::new();
        while let Some(page) = pages.try_next().await.map_err(|error| failed(error.into_service_error()))? {
            let page = page.dashboard_entries().iter();
            names.extend(page.filter_map(|entry| DashboardName::parse(entry.dashboard_name()?)));
        }
        Ok(names)
    }

    async fn body(&self, name: &DashboardName) -> Result<Option<String>, DashboardError> {
        match self.client.get_dashboard().dashboard_name(name.as_str()).send().await {
            Ok(dashboard) => Ok(dashboard.dashboard_body),
            Err(error) if error.as_service_error().is_some_and(GetDashboardError::is_dashboard_not_found_error) => {
                Ok(None)
            }
            Err(error) => Err(problem(format!("read the dashboard {name}"), "GetDashboard", &error)),
        }
    }

    async fn put(&self, dashboard: &Dashboard) -> Result<Vec<String>, DashboardError> {
        let doing = format!("put the dashboard {}", dashboard.name);
        let body = dashboard.json();
        let request = self.client.put_dashboard().dashboard_name(dashboard.name.as_str()).dashboard_body(body);
        match request.send().await {
            Ok(put) => Ok(put.dashboard_validation_messages().iter().map(in_words).collect()),
            Err(error) => Err(match error.as_service_error() {
                Some(PutDashboardError::DashboardInvalidInputError(invalid)) => {
                    let mut problems: Vec<String> =
                        invalid.dashboard_validation_messages().iter().map(in_words).collect();
                    problems.extend(invalid.message().filter(|_| problems.is_empty()).map(str::to_owned));
                    DashboardError { doing, problem: format!("CloudWatch rejects it: {}", problems.join("; ")) }
                }
                _ => problem(doing, "PutDashboard", &error),
            }),
        }
    }

    async fn remove(&self, name: &DashboardName) -> Result<(), DashboardError> {
        match self.client.delete_dashboards().dashboard_names(name.as_str()).send().await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), Some("ResourceNotFound" | "DashboardNotFoundError")) => Ok(()),
            Err(error) => Err(problem(format!("delete the dashboard {name}"), "DeleteDashboards", &error)),
        }
    }
}

/// What CloudWatch finds wrong, and where.
fn in_words(message: &DashboardValidationMessage) -> String {
    let what = message.message().unwrap_or("no reason given");
    match message.data_path() {
        Some(path) => format!("{what} (at {path})"),
        None => what.to_owned(),
    }
}

fn problem<E: std::error::Error + ProvideErrorMetadata>(doing: String, operation: &str, error: &E) -> DashboardError {
    let problem = match FaultKind::of(error) {
        FaultKind::Denied => lacks(&format!("cloudwatch:{operation}"), error),
        _ => said(error),
    };
    DashboardError { doing, problem }
}
