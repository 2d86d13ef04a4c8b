//! The SDK clients of each region, created on first use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use andon::name::Region;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region as SdkRegion, SdkConfig};

use super::collector::MAX_CALL_LEN;

/// The clients of all regions.
#[derive(Debug)]
pub(super) struct Clients {
    config: SdkConfig,
    regions: Mutex<BTreeMap<Region, Arc<Regional>>>,
}

/// The clients of one region.
#[derive(Debug)]
pub(super) struct Regional {
    config: SdkConfig,
    builds: OnceLock<aws_sdk_codebuild::Client>,
    deployments: OnceLock<aws_sdk_codedeploy::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    pipelines: OnceLock<aws_sdk_codepipeline::Client>,
    services: OnceLock<aws_sdk_ecs::Client>,
    stacks: OnceLock<aws_sdk_cloudformation::Client>,
}

impl Clients {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self { config: Self::impatient(config), regions: Mutex::default() }
    }

    /// Disables the SDK's retries: the caller counts the calls and retries itself.
    pub(super) fn impatient(config: &SdkConfig) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(700))
            .operation_attempt_timeout(MAX_CALL_LEN)
            .build();
        config.to_builder().timeout_config(timeouts).retry_config(RetryConfig::disabled()).build()
    }

    /// The clients of a region; of the function's own region if the region is unknown.
    pub(super) fn of(&self, region: &Region) -> Arc<Regional> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let regional = regions.entry(region.clone()).or_insert_with(|| {
            let mut config = self.config.to_builder();
            if *region != Region::unknown() {
                config = config.region(SdkRegion::new(region.as_str().to_owned()));
            }
            Arc::new(Regional {
                config: config.build(),
                builds: OnceLock::new(),
                deployments: OnceLock::new(),
                logs: OnceLock::new(),
                pipelines: OnceLock::new(),
                services: OnceLock::new(),
                stacks: OnceLock::new(),
            })
        });
        Arc::clone(regional)
    }
}

impl Regional {
    pub(super) fn builds(&self) -> &aws_sdk_codebuild::Client {
        self.builds.get_or_init(|| aws_sdk_codebuild::Client::new(&self.config))
    }

    pub(super) fn deployments(&self) -> &aws_sdk_codedeploy::Client {
        self.deployments.get_or_init(|| aws_sdk_codedeploy::Client::new(&self.config))
    }

    pub(super) fn logs(&self) -> &aws_sdk_cloudwatchlogs::Client {
        self.logs.get_or_init(|| aws_sdk_cloudwatchlogs::Client::new(&self.config))
    }

    pub(super) fn pipelines(&self) -> &aws_sdk_codepipeline::Client {
        self.pipelines.get_or_init(|| aws_sdk_codepipeline::Client::new(&self.config))
    }

    pub(super) fn services(&self) -> &aws_sdk_ecs::Client {
        self.services.get_or_init(|| aws_sdk_ecs::Client::new(&self.config))
    }

    pub(super) fn stacks(&self) -> &aws_sdk_cloudformation::Client {
        self.stacks.get_or_init(|| aws_sdk_cloudformation::Client::new(&self.config))
    }
}
