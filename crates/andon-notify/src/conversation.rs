//! Which alert a message in a chat was about, so that a question under it is about the same pipeline.
//!
//! It is kept as a settled claim. Claims belong to a pipeline, and what is asked here is which one it is: they stand under a
//! name of their own.

use andon::ledger::{ClaimKey, Claimed, Effect, Lease, Ledger, LedgerError, NotClaimed, Receipt};
use andon::name::{AccountId, Home, PipelineId, PipelineName, Region};

/// The name that stands for the chat among the pipelines of Andon's own account.
const CHAT: &str = "slack";

/// A claim that is about the chat and no pipeline; `home` is where Andon runs.
pub fn chat_key(home: &Home, effect: String) -> Option<ClaimKey> {
    let name = PipelineName::parse(CHAT).ok()?;
    Some(ClaimKey { pipeline: PipelineId { home: home.clone(), name }, effect })
}

fn message_key(home: &Home, channel: &str, ts: &str) -> Option<ClaimKey> {
    chat_key(home, format!("message/{channel}/{ts}"))
}

/// Remembers what a message was about, and the group of failures that it tells of.
pub async fn remember(
    ledger: &impl Ledger,
    home: &Home,
    (channel, ts): (&str, &str),
    (pipeline, group): (&PipelineId, Option<&str>),
    lease: &Lease,
) -> Result<(), LedgerError> {
    let Some(key) = message_key(home, channel, ts) else { return Ok(()) };
    if let Ok(Claimed::Granted(effect)) = Effect::claim(ledger, key, lease).await {
        let place = Some(format!("{}/{}", pipeline.home.account, pipeline.home.region));
        let receipt = Receipt { place, id: Some(pipeline.name.to_string()), said: group.map(str::to_owned) };
        ledger.settle(&effect.key, &effect.lease, &receipt).await?;
    }
    Ok(())
}

/// What a message was about, if it was one of Andon's alerts.
pub async fn recall(
    ledger: &impl Ledger,
    home: &Home,
    (channel, ts): (&str, &str),
    lease: &Lease,
) -> Result<Option<PipelineId>, LedgerError> {
    Ok(about(ledger, home, (channel, ts), lease).await?.as_ref().and_then(read))
}

/// The group of failures that a message tells of, if it was one of Andon's alerts and tells of several.
pub async fn group(
    ledger: &impl Ledger,
    home: &Home,
    (channel, ts): (&str, &str),
    lease: &Lease,
) -> Result<Option<String>, LedgerError> {
    Ok(about(ledger, home, (channel, ts), lease).await?.and_then(|receipt| receipt.said))
}

async fn about(
    ledger: &impl Ledger,
    home: &Home,
    (channel, ts): (&str, &str),
    lease: &Lease,
) -> Result<Option<Receipt>, LedgerError> {
    let Some(key) = message_key(home, channel, ts) else { return Ok(None) };
    match Effect::claim(ledger, key, lease).await {
        Ok(Claimed::Settled(receipt)) => Ok(Some(receipt)),
        Ok(Claimed::Granted(effect)) => {
            ledger.release(&effect.key, &effect.lease).await?;
            Ok(None)
        }
        Err(NotClaimed::Held { .. }) => Ok(None),
        Err(NotClaimed::Ledger(error)) => Err(error),
    }
}

fn read(receipt: &Receipt) -> Option<PipelineId> {
    let (account, region) = receipt.place.as_deref()?.split_once('/')?;
    let home = Home { account: AccountId::parse(account).ok()?, region: Region::parse(region).ok()? };
    Some(PipelineId { home, name: PipelineName::parse(receipt.id.as_deref()?).ok()? })
}

#[cfg(test)]
mod tests {
    use andon::ledger::memory::MemoryLedger;
    use andon::testing::home;
    use futures_util::FutureExt as _;
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn a_message_is_about_what_it_was_sent_for() {
        let (ledger, home) = (MemoryLedger::new(), home());
        let lease = Lease::new("call", Timestamp::UNIX_EPOCH, SignedDuration::from_secs(90));
        let pipeline = PipelineId { home: home.clone(), name: PipelineName::parse("payments-api").unwrap() };
        assert_eq!(recall(&ledger, &home, ("C1", "1.2"), &lease).now_or_never().unwrap().unwrap(), None);
        for _ in 0..2 {
            remember(&ledger, &home, ("C1", "1.2"), (&pipeline, Some("g")), &lease).now_or_never().unwrap().unwrap();
        }
        assert_eq!(recall(&ledger, &home, ("C1", "1.2"), &lease).now_or_never().unwrap().unwrap(), Some(pipeline));
        assert_eq!(group(&ledger, &home, ("C1", "1.2"), &lease).now_or_never().unwrap().unwrap().as_deref(), Some("g"));
        assert_eq!(recall(&ledger, &home, ("C1", "1.3"), &lease).now_or_never().unwrap().unwrap(), None);
    }
}
