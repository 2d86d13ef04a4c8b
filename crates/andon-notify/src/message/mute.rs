//! What a message says of the mute that it is sent in spite of.

use andon::alert::{MuteEffect, Muted};
use andon::attention::{Mute, Until};
use andon::words::counted;

use super::context::{Context, clock};

/// Who muted it and until when, and why it is told.
pub(super) fn told_although(muted: &Muted, context: &Context<'_>) -> String {
    let Muted { mute, effect, failures, .. } = muted;
    let period = match (mute.lifted, effect) {
        (Some(lifted), _) => format!("from {} to {}", clock(mute.since, context), clock(lifted, context)),
        (None, _) => until(mute, context),
    };
    let more = match effect {
        MuteEffect::Elsewhere => "; sent because another stage failed".to_owned(),
        MuteEffect::Over | MuteEffect::Recovered if *failures > 0 => {
            format!("; it failed {} meanwhile", times(*failures))
        }
        MuteEffect::Over | MuteEffect::Recovered | MuteEffect::Silent => String::new(),
    };
    format!("by {} {period}{more}", andon::text::one_line(&mute.by.name))
}

/// Until when something is muted.
pub(super) fn until(mute: &Mute, context: &Context<'_>) -> String {
    match mute.until {
        Until::Time(at) => format!("until {}", clock(at, context)),
        Until::Recovery => "until it is green".to_owned(),
    }
}

fn times(number: u64) -> String {
    if number == 1 { "once".to_owned() } else { counted(number, "time") }
}
