//! The SDK's configuration that all clients share.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};

/// Reads region, credentials and endpoints from the environment, once.
///
/// A call that hangs must not use up an invocation's time: three tries of at most 3 seconds each, 6 seconds in all. The
/// behaviour version is pinned, so that a change of the SDK's defaults comes as a change to this line.
pub async fn load() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(6))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(3));
    if let Ok(name) = AppName::new("andon") {
        loader = loader.app_name(name);
    }
    loader.load().await
}
