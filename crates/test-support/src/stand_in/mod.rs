//! Stand-ins for what no emulator has: `CodePipeline`'s executions with the evidence around them, Slack, and the other
//! services that take alerts.
//!
//! A test says what is so, in the very shapes of the real API ([`Aws`], [`Slack`], [`Receiver`]); the stand-in answers
//! from that, notes every request, and fails when it is told to. Whether the shapes are right is for [`crate::shapes`] to say.

mod aws;
mod cloudformation;
mod codebuild;
mod codedeploy;
mod codepipeline;
mod connections;
mod ecs;
mod logs;
pub mod opsgenie;
pub mod pagerduty;
mod paging;
pub(crate) mod protocol;
mod receiver;
mod site;
mod slack;
mod teams;
mod webhook;

pub use aws::Aws;
pub(crate) use aws::{faulty, note};
pub use receiver::{HttpFault, Receiver, Taken};
pub use site::Site;
pub use slack::{Message, Slack, SlackFault};
