//! Alerts about services that are deployed without a pipeline, as far as is known.

use super::{Alert, AlertBody};
use crate::event::EvidenceEvent;
use crate::name::{PipelineId, PipelineName};

/// That a deployment failed of which it is not known that a run made it, and the pipelines that may have; `None` if its
/// service has no name that an alert could carry.
///
/// Its service stands where otherwise the pipeline does, so that routes match it by its name.
pub fn service_failed(event: &EvidenceEvent, perhaps: Vec<PipelineId>) -> Option<Alert> {
    let name = PipelineName::parse(event.called()).ok()?;
    let body = AlertBody::ServiceFailed {
        service: event.external.clone(),
        deployment: event.deployment.clone(),
        reason: event.sentence(),
        perhaps,
    };
    Some(Alert::alone(PipelineId { home: event.home.clone()?, name }, event.at, body))
}
