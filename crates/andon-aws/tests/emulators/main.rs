//! The adapters over HTTP, against two implementations of AWS that are not ours.
//!
//! `cargo xtask test` starts both and says where they are.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod dynamodb;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

/// The address of moto, which stands for most of AWS.
fn moto() -> String {
    address("ANDON_TEST_MOTO")
}

/// The address of dynalite, a second and independent DynamoDB.
fn dynalite() -> String {
    address("ANDON_TEST_DYNALITE")
}

fn address(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `cargo xtask test`, or start the server and say http://127.0.0.1:PORT")
    })
}

/// A name that no other test uses, nor another run against the same server.
fn unique(what: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    format!("{what}-{}-{since}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
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
