//! Resources: the same facts as tools give, under addresses, and help with the configuration.

use rmcp::model::{Resource as Listed, ResourceTemplate};

/// All pipelines.
pub(crate) const PIPELINES: &str = "andon://pipelines";
/// Help with the configuration.
pub(crate) const HELP: &str = "andon://config/help";
const PIPELINE: &str = "andon://pipeline/";

/// The text of the help.
pub(crate) const HELP_TEXT: &str = include_str!("help.md");

/// A resource that is read from the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// The first page of all pipelines.
    Pipelines,
    /// One pipeline, by `ACCOUNT/REGION/NAME`.
    Pipeline(String),
}

impl Resource {
    /// The resource at an address.
    pub(crate) fn at(uri: &str) -> Option<Self> {
        match uri.strip_prefix(PIPELINE) {
            Some(address) if address.split('/').count() == 3 => Some(Self::Pipeline(address.to_owned())),
            _ if uri == PIPELINES => Some(Self::Pipelines),
            _ => None,
        }
    }
}

/// The resources that are listed.
pub(crate) fn resources() -> Vec<Listed> {
    vec![
        Listed::new(PIPELINES, "pipelines")
            .with_description("State of the pipelines, red first; the first page")
            .with_mime_type("application/json"),
        Listed::new(HELP, "config-help")
            .with_description("How andon.yml sets what this server knows and may do")
            .with_mime_type("text/markdown"),
    ]
}

/// The addresses of single pipelines.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("andon://pipeline/{account}/{region}/{name}", "pipeline")
            .with_description("One pipeline, with its latest run by stage")
            .with_mime_type("application/json"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_one_resource() {
        assert_eq!(Resource::at("andon://pipelines"), Some(Resource::Pipelines));
        assert_eq!(
            Resource::at("andon://pipeline/111122223333/eu-west-1/payments-api"),
            Some(Resource::Pipeline("111122223333/eu-west-1/payments-api".to_owned()))
        );
        for other in ["andon://pipeline/payments-api", "file:///etc/passwd", "andon://pipelines/x", ""] {
            assert_eq!(Resource::at(other), None, "{other}");
        }
    }
}
