//! Why something failed, as far as one machine can find out: nothing, the logs of the sample events, or those in AWS.

use andon::name::PipelineId;
use andon::run::Failure;
use andon_diagnosis::{Evidence, Log, Message, MessageSource};
use andon_notify::{EvidenceSource, Found};

/// Where evidence comes from.
#[derive(Debug, Clone, Default)]
pub enum LocalEvidence {
    /// From the events alone.
    #[default]
    Events,
    /// From the logs that come with the sample events.
    Samples,
    /// From AWS, with the user's own credentials.
    #[cfg(feature = "aws")]
    Aws(crate::aws::Rights),
}

impl EvidenceSource for LocalEvidence {
    async fn gather(&self, pipeline: &PipelineId, failure: &Failure) -> Found {
        match self {
            Self::Events => Found::default(),
            Self::Samples => sample(failure),
            #[cfg(feature = "aws")]
            Self::Aws(rights) => rights.gather(pipeline, failure).await,
        }
    }
}

/// What there is to read about a failure of the sample events.
enum Sample {
    Log(&'static str),
    Says(MessageSource, &'static str),
}

macro_rules! log {
    ($name:literal) => {
        Sample::Log(include_str!(concat!("../../../../events/logs/", $name, ".log")))
    };
}

/// By a part of the id of what did the work.
const SAMPLES: [(&str, Sample); 14] = [
    ("fd90c10e-e934", log!("payments-api-half-even")),
    ("dc1c9b8a-359f", log!("payments-api-minor-units")),
    ("3b422417-633d", log!("payments-api-flaky")),
    ("6abfa910-d696", log!("checkout-svc-prod")),
    ("storefront-checks:", log!("storefront-checks-coupons")),
    ("cart-service-e2e:", log!("cart-service-e2e")),
    ("ledger-core-build:", log!("ledger-core-build")),
    ("log-group:/aws/codepipeline/docs-portal:", log!("docs-portal")),
    (
        "stack/invoice-export/",
        Sample::Says(
            MessageSource::CloudFormation,
            "ArchiveBucket (AWS::S3::Bucket): northquay-invoices already exists",
        ),
    ),
    (
        "ecs-svc/4821936507712840365",
        Sample::Says(
            MessageSource::Ecs,
            "(service image-resizer) (task 5c1e) failed container health checks: container resizer exited with code 137, \
             OutOfMemoryError: Container killed due to memory usage",
        ),
    ),
    ("d-EVJEFSKWV", log!("orders-fulfilment")),
    ("d-89UY4MNR5", log!("orders-fulfilment")),
    ("d-WPXN2CYIO", log!("orders-fulfilment")),
    ("d-SXPAI15K9", log!("orders-fulfilment")),
];

fn sample(failure: &Failure) -> Found {
    let id = failure.result.as_ref().and_then(|result| result.external.as_ref()).map_or("", |id| id.as_str());
    let Some((_, sample)) = SAMPLES.iter().find(|(part, _)| id.contains(part)) else { return Found::default() };
    let evidence = match sample {
        Sample::Log(text) => Evidence::from_log(Log::from_bytes(text.as_bytes())),
        Sample::Says(source, text) => {
            let message = Message { source: *source, text: (*text).to_owned() };
            Evidence { messages: vec![message], ..Evidence::default() }
        }
    };
    Found { evidence, missing: Vec::new() }
}
