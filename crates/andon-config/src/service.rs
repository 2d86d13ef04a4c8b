//! Reading `services`.

use andon::invalid::Invalid;
use andon::service::Service;
use andon::suggest::quoted;

use super::finding::Finding;
use super::reader::Reader;
use super::tree::Node;

const KEYS: &[&str] = &["ecs", "lambda"];
/// The most services: a graph has a line for each.
const MAX: usize = 50;

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Vec<Service> {
    let services: Vec<Service> =
        reader.items(node, "`services`").iter().filter_map(|node| service(node, reader)).collect();
    if services.len() > MAX {
        reader.note(
            Finding::error(node.span.clone(), format!("{} services: a graph shows at most {MAX}", services.len()))
                .with_help("name those that matter most"),
        );
    }
    services
}

fn service(node: &Node, reader: &mut Reader<'_>) -> Option<Service> {
    let fields = reader.fields(node, "a service", KEYS)?;
    let ecs = fields.get("ecs").and_then(|node| reader.value(node, "`ecs`", ecs));
    let lambda = fields.get("lambda").and_then(|node| reader.value(node, "`lambda`", lambda));
    if fields.get("ecs").is_some() == fields.get("lambda").is_some() {
        reader.note(
            Finding::error(fields.span.clone(), "a service is either of ECS or of Lambda")
                .with_help("write `ecs: CLUSTER/SERVICE` or `lambda: FUNCTION`"),
        );
        return None;
    }
    ecs.or(lambda)
}

fn ecs(text: &str) -> Result<Service, Invalid> {
    match text.split_once('/') {
        Some((cluster, name)) if is_name(cluster) && is_name(name) => {
            Ok(Service::Ecs { cluster: cluster.to_owned(), name: name.to_owned() })
        }
        _ => Err(Invalid::new(format!("{} is not a service of ECS", quoted(text)))
            .with_help("write the cluster and the service by their names: `shop/payments`")),
    }
}

fn lambda(text: &str) -> Result<Service, Invalid> {
    if is_name(text) {
        Ok(Service::Lambda { function: text.to_owned() })
    } else {
        Err(Invalid::new(format!("{} is not the name of a function", quoted(text)))
            .with_help("write the name, not the ARN"))
    }
}

fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn services_are_named_as_cloudwatch_names_them() {
        let text = "version: 1\nservices: [{ ecs: shop/payments }, { lambda: resize }]\n";
        let services = Config::parse(text, "andon.yml").unwrap().services;
        let ecs = Service::Ecs { cluster: "shop".to_owned(), name: "payments".to_owned() };
        assert_eq!(services, [ecs, Service::Lambda { function: "resize".to_owned() }]);
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        for (text, help) in [
            ("{ ecs: payments }", "`shop/payments`"),
            ("{ ecs: \"a/b' OR 1\" }", "`shop/payments`"),
            ("{ lambda: \"arn:aws:lambda:eu-west-1:111122223333:function:x\" }", "not the ARN"),
            ("{ ecs: a/b, lambda: c }", "either of ECS or of Lambda"),
            ("{}", "either of ECS or of Lambda"),
        ] {
            let error = Config::parse(&format!("version: 1\nservices: [{text}]\n"), "andon.yml").unwrap_err();
            assert!(error.to_string().contains(help), "{error}");
        }
    }
}
