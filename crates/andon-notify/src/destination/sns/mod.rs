//! An SNS topic, for email and other subscribers: `sns: default`.

mod email;
mod topic;

use andon::invalid::Invalid;
use andon::suggest::{nearest, quoted};

use super::{DestinationKind, Target, Written};

pub use email::{Email, body, render};
pub use topic::{Topic, TopicArn};

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sns {
    /// The topic.
    pub topic: Topic,
}

/// How a topic is written in `andon.yml`.
pub const KIND: DestinationKind = DestinationKind {
    key: "sns",
    is_secret: false,
    token: None,
    choices: &[],
    takes_mentions: false,
    opens_incidents: false,
    read,
};

/// The name of the stack's own topic.
const DEFAULT: &str = "default";

fn read(written: &Written<'_>) -> Result<Target, Invalid> {
    let topic = match written.text {
        DEFAULT => Topic::Default,
        other if nearest(other, [DEFAULT]).is_some() => {
            return Err(
                Invalid::new(format!("{} is not an SNS topic", quoted(other))).with_help("did you mean `default`?")
            );
        }
        arn => Topic::Arn(TopicArn::parse(arn)?),
    };
    match (&topic, written.region) {
        (Topic::Arn(arn), Some(region)) if arn.region() != region => {
            Err(Invalid::new(format!("this topic is in {}, but Andon runs in {region}", arn.region()))
                .with_help(format!("use a topic in {region}, or `default`")))
        }
        _ => Ok(Target::Sns(Sns { topic })),
    }
}
