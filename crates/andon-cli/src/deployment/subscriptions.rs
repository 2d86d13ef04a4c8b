//! Who receives what goes to a topic.

use aws_sdk_sns::Client;

use crate::aws::Session;

/// What SNS lists for a subscription that is not confirmed, in the place of its ARN.
const PENDING: &str = "PendingConfirmation";

/// The subscriptions of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriptions {
    /// How many are confirmed.
    pub confirmed: usize,
    /// The addresses that have not confirmed theirs.
    pub pending: Vec<String>,
}

/// The subscriptions of a topic; `None` if they cannot be listed.
pub async fn of(session: &Session, topic: &str) -> Option<Subscriptions> {
    let mut pages = Client::new(&session.config).list_subscriptions_by_topic().topic_arn(topic).into_paginator().send();
    let mut found = Subscriptions { confirmed: 0, pending: Vec::new() };
    while let Some(page) = pages.next().await {
        for subscription in page.ok()?.subscriptions() {
            match subscription.subscription_arn() {
                Some(PENDING) => found.pending.push(subscription.endpoint().unwrap_or_default().to_owned()),
                Some("Deleted") => {}
                _ => found.confirmed += 1,
            }
        }
    }
    Some(found)
}

/// The sentence for a topic that nobody receives anything from.
pub fn nobody(pending: &[String]) -> String {
    if pending.is_empty() {
        "nobody has subscribed to the topic: set the parameter Email, or subscribe to it".to_owned()
    } else {
        format!("{} has to follow the link in the email from AWS Notifications first", pending.join(", "))
    }
}
