//! Andon's own stack: deployed from the files of a release, and removed.
//!
//! Like `service`, it keeps no state beside CloudFormation's: packages and templates are stored by the checksum of what
//! they hold, so that every step can be interrupted and begun again.
//!
//! [`choice`] holds the rules of the stack's parameters and knows no AWS; [`download`] fetches a release, and the others
//! call AWS. [`health`] checks what is deployed.

use andon_package::archive;
use anyhow::Context as _;
use aws_sdk_cloudformation::types::TemplateStage;

use crate::aws::{Session, stack};
use crate::service::stacks::Stack;

pub mod bucket;
pub mod choice;
pub mod download;
pub mod health;
pub mod permissions;
pub mod secrets;
pub mod subscriptions;

/// The template in a release.
pub const TEMPLATE: &str = "sam-template.yml";
/// The configuration that comes with a release: alerts by email.
pub const SAMPLE: &str = "andon.yml";

/// Whether a stack is an Andon, by its outputs.
pub fn is_andon(stack: &Stack) -> bool {
    [stack::TABLE, stack::NOTIFIER].iter().all(|output| stack.outputs.contains_key(*output))
}

/// The configuration in the packages that a stack was deployed with, whatever deployed it.
pub async fn deployed_configuration(session: &Session, stack: &Stack) -> anyhow::Result<String> {
    let client = aws_sdk_cloudformation::Client::new(&session.config);
    let request = client.get_template().stack_name(&stack.id).template_stage(TemplateStage::Original);
    let answer = request.send().await;
    let answer = answer.map_err(|error| session.plain("read the template of the stack", &error))?;
    let package =
        answer.template_body().and_then(package).context("the template does not say where its packages are")?;
    let object = aws_sdk_s3::Client::new(&session.config).get_object().bucket(package.0).key(package.1).send().await;
    let object = object.map_err(|error| session.plain(&format!("read the package {}", package.1), &error))?;
    let bytes = object.body.collect().await.context("cannot read the package")?.into_bytes();
    archive::configuration(&bytes)?.context("the package has no configuration")
}

/// The bucket and the key of a function's package.
fn package(template: &str) -> Option<(&str, &str)> {
    let after =
        template.split("CodeUri").find_map(|text| text.trim_start_matches(['"', ':', ' ']).strip_prefix("s3://"))?;
    after.split(['"', '\'', '\n', '\r', ' ']).next()?.split_once('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_in_what_any_tool_deploys() {
        for template in [
            "Resources:\n  Notifier:\n    CodeUri: s3://bucket/andon/notifier.zip\n    Role: x\n",
            "{\"Notifier\": {\"CodeUri\": \"s3://bucket/andon/notifier.zip\", \"Role\": 1}}",
            "    CodeUri: target/lambda/alexa.zip\n    CodeUri: 's3://bucket/andon/notifier.zip'\n",
        ] {
            let template = template.replace('\'', "");
            assert_eq!(package(&template), Some(("bucket", "andon/notifier.zip")), "{template}");
        }
        assert_eq!(package("CodeUri: target/lambda/alexa.zip"), None);
    }
}
