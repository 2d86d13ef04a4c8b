//! The adapters over HTTP, against two implementations of AWS that are not ours.
//!
//! `cargo xtask test` installs and starts both.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod cloudwatch;
mod dashboards;
mod dynamodb;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

/// The address of moto, which stands for most of AWS.
fn moto() -> String {
    test_support::emulator::moto().unwrap()
}

/// The address of dynalite, a second and independent DynamoDB.
fn dynalite() -> String {
    test_support::emulator::dynalite().unwrap()
}

fn dynamo_client(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}
