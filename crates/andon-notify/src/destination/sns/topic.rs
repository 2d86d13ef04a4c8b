//! SNS topics.

use andon::arn::Arn;
use andon::glob::{Glob, Subject};
use andon::invalid::Invalid;
use andon::suggest::quoted;

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// The stack's own topic (`ANDON_TOPIC_ARN`).
    Default,
    /// Another one.
    Arn(TopicArn),
}

/// The ARN of an SNS topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TopicArn(String);

impl TopicArn {
    /// Reads `arn:aws:sns:eu-west-1:111122223333:name`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let malformed = |why: &str| {
            Invalid::new(format!("{} is not the ARN of an SNS topic: {why}", quoted(text)))
                .with_help("write `default` for the stack's own topic, or `arn:aws:sns:REGION:ACCOUNT:NAME`")
        };
        match Arn::parse(text) {
            Some(Arn { service, .. }) if service != "sns" => Err(malformed("it belongs to another service")),
            Some(Arn { resource, .. }) if resource.contains(':') => {
                let subscription = text.rfind(':').and_then(|end| text.get(..end)).unwrap_or(text);
                Err(Invalid::new("this is the ARN of a subscription, not of a topic")
                    .with_help(format!("write {}", quoted(subscription))))
            }
            Some(Arn { partition, region, account, resource: name, .. }) => {
                let topic = name.strip_suffix(".fifo").unwrap_or(name);
                let name_fits = !topic.is_empty()
                    && name.len() <= 256
                    && topic.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
                if !partition.starts_with("aws") {
                    Err(malformed("the partition is not aws, aws-cn or aws-us-gov"))
                } else if region.contains(['*', '?']) || Glob::parse(region, Subject::Region).is_err() {
                    Err(malformed("the fourth part is not a region"))
                } else if account.len() != 12 || !account.chars().all(|c| c.is_ascii_digit()) {
                    Err(malformed("the fifth part is not an account id of 12 digits"))
                } else if name_fits {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(malformed("the last part is not the name of a topic"))
                }
            }
            None => Err(malformed("it does not have six parts")),
        }
    }

    /// The ARN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region of the topic.
    pub fn region(&self) -> &str {
        Arn::parse(&self.0).map_or("", |arn| arn.region)
    }

    /// The name of the topic.
    pub fn name(&self) -> &str {
        Arn::parse(&self.0).map_or("", |arn| arn.resource)
    }

    /// Whether it is a FIFO topic, which needs group and deduplication ids.
    pub fn is_fifo(&self) -> bool {
        self.name().strip_suffix(".fifo").is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_arn_knows_its_region_and_kind() {
        let arn = TopicArn::parse("arn:aws-us-gov:sns:us-gov-west-1:111122223333:a.fifo").unwrap();
        assert_eq!(arn.region(), "us-gov-west-1");
        assert!(arn.is_fifo());
        for text in [
            "arn:aws:sns:eu-west-1:111122223333",
            "arn:aws:sqs:eu-west-1:111122223333:queue",
            "arn:aws:sns:*:111122223333:topic",
            "arn:aws:sns:eu-west-1:1111:topic",
            "arn:aws:sns:eu-west-1:111122223333:to pic",
            "topic",
        ] {
            assert!(TopicArn::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_arn_of_a_subscription_is_cut_to_its_topic() {
        let text = "arn:aws:sns:eu-west-1:111122223333:mail:6b0e71bd-7e97-4d97-80ce-4a0994e55286";
        let shown = TopicArn::parse(text).unwrap_err().to_string();
        assert!(shown.contains("`arn:aws:sns:eu-west-1:111122223333:mail`"), "{shown}");
    }
}
