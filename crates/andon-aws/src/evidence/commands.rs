//! Commands, and every other action that runs on CodeBuild without a project: there is only a log.

use super::clients::Regional;
use super::collector::EvidenceCollector;
use super::log;
use super::resource_ref::Stream;

pub(super) async fn gather(clients: &Regional, inquiry: &EvidenceCollector, stream: &Stream) {
    match log::tail(clients.logs(), inquiry, stream).await {
        Ok(tail) => log::explore(clients.logs(), inquiry, stream, tail).await,
        Err(missing) => inquiry.misses(missing.sentence),
    }
}
