//! Alerts about services that are deployed without a pipeline.

use super::{Alert, AlertBody};
use crate::arn::Arn;
use crate::event::EvidenceEvent;
use crate::name::{ExternalId, PipelineId, PipelineName};

/// That a deployment failed which no run made; `None` if its service has no name that an alert could carry.
///
/// Its service stands where otherwise the pipeline does, so that routes match it by its name.
pub fn service_failed(event: &EvidenceEvent) -> Option<Alert> {
    let name = PipelineName::parse(name_of(&event.external)).ok()?;
    let body = AlertBody::ServiceFailed {
        service: event.external.clone(),
        deployment: event.deployment.clone(),
        reason: event.sentence(),
    };
    Some(Alert::alone(PipelineId { home: event.home.clone()?, name }, event.at, body))
}

/// What people call a service: `prod/payments` of `arn:aws:ecs:...:service/prod/payments`, the stack of a stack's ARN.
fn name_of(external: &ExternalId) -> &str {
    let Some(arn) = Arn::parse(external.as_str()) else { return external.as_str() };
    let resource = arn.resource;
    let Some((of, name)) = resource.split_once('/') else { return resource };
    if of == "stack" { name.split('/').next().unwrap_or(name) } else { name }
}
