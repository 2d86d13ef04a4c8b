//! The templates, and the parameters that the settings become.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::settings::{Provider, Scaling, Settings};

/// The most characters that CloudFormation takes of a template that is sent along.
const MAX_TEMPLATE: usize = 51_200;

/// A template that comes with Andon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Network, cluster, store and connection.
    Environment,
    /// One environment of a service in a container.
    Service,
    /// The pipeline of a service in a container.
    Pipeline,
    /// The pipeline of a SAM application.
    Function,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Environment, Self::Service, Self::Pipeline, Self::Function];

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Environment => "environment.yml",
            Self::Service => "service.yml",
            Self::Pipeline => "pipeline.yml",
            Self::Function => "function.yml",
        }
    }

    /// As it comes with Andon.
    pub fn text(self) -> &'static str {
        match self {
            Self::Environment => include_str!("../../../../templates/environment.yml"),
            Self::Service => include_str!("../../../../templates/service.yml"),
            Self::Pipeline => include_str!("../../../../templates/pipeline.yml"),
            Self::Function => include_str!("../../../../templates/function.yml"),
        }
    }

    /// The one of the pipeline.
    pub fn of_pipeline(settings: &Settings) -> Self {
        if settings.function.is_some() { Self::Function } else { Self::Pipeline }
    }

    /// The customer's own, where the settings name a folder that has one, else the one that comes with Andon.
    pub fn load(self, settings: &Settings, folder: &Path) -> anyhow::Result<String> {
        let Some(own) = &settings.templates else { return Ok(self.text().to_owned()) };
        let path = folder.join(own).join(self.file());
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.text().to_owned(),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        if text.len() > MAX_TEMPLATE {
            bail!("{} has {} bytes; CloudFormation takes {MAX_TEMPLATE}", path.display(), text.len());
        }
        Ok(text)
    }
}

/// Parameters by name.
pub type Parameters = Vec<(&'static str, String)>;

/// What the environment's stack is created with.
pub fn environment_parameters(settings: &Settings) -> Parameters {
    let network = &settings.network;
    let kind = match (&settings.container, &network.vpc) {
        (None, _) => "none",
        (_, Some(_)) => "existing",
        _ => "create",
    };
    let provider = match (&settings.source.connection, settings.source.provider) {
        (Some(_), _) | (_, Provider::CodeCommit) => "none".to_owned(),
        (None, provider) => provider.to_string(),
    };
    vec![
        ("Network", kind.to_owned()),
        ("NatGateways", if network.two_nat_gateways { "two" } else { "one" }.to_owned()),
        ("Vpc", network.vpc.clone().unwrap_or_default()),
        ("PublicSubnets", network.public_subnets.join(",")),
        ("PrivateSubnets", network.private_subnets.join(",")),
        ("ConnectionProvider", provider),
    ]
}

/// What an environment's stack is given, so that nothing is taken away from the other services in it.
///
/// A service that needs no network or connection leaves those that are there alone.
pub fn shared(
    mut wanted: Parameters,
    existing: &BTreeMap<String, String>,
    settings: &Settings,
) -> anyhow::Result<Parameters> {
    for (name, value) in &mut wanted {
        let Some(there) = existing.get(*name).filter(|there| *there != value) else { continue };
        let stack = settings.environment_stack();
        match (*name, value.as_str(), there.as_str()) {
            (_, _, "none" | "one" | "") => {}
            (_, "none" | "one" | "", _) => there.clone_into(value),
            ("Network", ..) => bail!(
                "the environment {} has another network: choose another `environment`, or remove `network.vpc`",
                settings.environment
            ),
            ("ConnectionProvider", _, there) => bail!(
                "the environment {} is connected to {there}: choose another `environment`, or name a connection with \
                 `source.connection`",
                settings.environment
            ),
            (name, value, there) => bail!("the stack {stack} has {name} {there}, and {value} is wanted"),
        }
    }
    Ok(wanted)
}

/// The path of the customer's own `service.yml` in the repository, if there is one.
pub fn own_service(settings: &Settings, folder: &Path) -> Option<String> {
    settings.container.as_ref()?;
    let path = format!("{}/{}", settings.templates.as_ref()?.trim_end_matches('/'), Template::Service.file());
    folder.join(&path).is_file().then_some(path)
}

/// What the pipeline's stack is created with; `output` gives the outputs of the environment's.
pub fn pipeline_parameters(
    settings: &Settings,
    own_service: Option<&str>,
    output: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Parameters> {
    let needed = |name: &str| {
        output(name).with_context(|| format!("the stack {} has no output {name}", settings.environment_stack()))
    };
    let connection = match (&settings.source.connection, settings.source.provider) {
        (Some(arn), _) => arn.clone(),
        (None, Provider::CodeCommit) => String::new(),
        (None, _) => needed("ConnectionArn")?,
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let production = &settings.production;
    let mut parameters = vec![
        ("Name", settings.name.clone()),
        ("Customer", text(&settings.customer)),
        ("Repository", settings.source.repository.clone()),
        ("Branch", settings.source.branch.clone()),
        ("ConnectionArn", connection),
        ("Store", needed("Store")?),
        ("BuildSpec", text(&settings.build)),
        ("AcceptanceBuildSpec", text(&settings.acceptance.test)),
        ("Approval", if production.approval { "yes" } else { "no" }.to_owned()),
        ("WatchMinutes", production.watch.to_string()),
    ];
    if let Some(container) = &settings.container {
        parameters.extend([
            ("Vpc", needed("Vpc")?),
            ("PublicSubnets", needed("PublicSubnets")?),
            ("PrivateSubnets", needed("PrivateSubnets")?),
            ("Cluster", needed("Cluster")?),
            ("Dockerfile", container.dockerfile.clone()),
            ("Context", container.context.clone()),
            ("Port", container.port.to_string()),
            ("HealthPath", container.health.clone()),
            ("Cpu", container.cpu.to_string()),
            ("Memory", container.memory.to_string()),
            ("User", container.user.clone()),
            ("SecretVariable", container.secret_variable.clone()),
            ("ServiceTemplate", own_service.unwrap_or_default().to_owned()),
            ("Scaling", if production.scaling == Scaling::Steps { "steps" } else { "target" }.to_owned()),
            ("Minimum", production.minimum.to_string()),
            ("Maximum", production.maximum.to_string()),
            ("AcceptanceSecret", text(&settings.acceptance.secret)),
            ("AcceptanceCertificate", text(&settings.acceptance.certificate)),
            ("AcceptanceDomain", text(&settings.acceptance.domain)),
            ("ProductionSecret", text(&production.secret)),
            ("ProductionCertificate", text(&production.certificate)),
            ("ProductionDomain", text(&production.domain)),
        ]);
    }
    if let Some(function) = &settings.function {
        parameters.extend([
            ("Template", function.template.clone()),
            ("HealthPath", function.health.clone()),
            ("SkillId", text(&function.skill)),
            ("AlexaSecret", text(&function.skill_secret)),
        ]);
    }
    Ok(parameters)
}

/// The tags of an environment's stack. It belongs to no service.
pub fn environment_tags(settings: &Settings) -> Vec<(&'static str, String)> {
    vec![("andon:shared-environment", settings.environment.clone())]
}

/// The tags of a service's stacks, which CloudFormation puts on everything in them.
pub fn service_tags(settings: &Settings) -> Vec<(&'static str, String)> {
    let mut tags = vec![(SERVICE, settings.name.clone()), (ENVIRONMENT_STACK, settings.environment_stack())];
    tags.extend(settings.customer.iter().map(|customer| ("andon:customer", customer.clone())));
    tags
}

/// The tag with the name of the service, on the stacks of the service.
pub const SERVICE: &str = "andon:service";
/// The tag with the name of the environment's stack, on the stack of a pipeline.
pub const ENVIRONMENT_STACK: &str = "andon:environment-stack";

/// The key in the store of the template that a service is deployed with.
pub fn stored_service(settings: &Settings) -> String {
    format!("templates/{}/{}", settings.name, Template::Service.file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(rest: &str) -> Settings {
        let text = format!("name: orders\nsource: {{provider: GitHub, repository: a/orders, branch: main}}\n{rest}");
        Settings::parse(&text, Path::new("andon-service.yml")).unwrap()
    }

    fn merged(existing: &[(&str, &str)], settings: &Settings) -> Result<BTreeMap<&'static str, String>, String> {
        let existing = existing.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let merged = shared(environment_parameters(settings), &existing, settings);
        merged.map(|parameters| parameters.into_iter().collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_second_service_takes_nothing_away_from_the_first() {
        let there = [("Network", "create"), ("NatGateways", "two"), ("ConnectionProvider", "GitLab")];
        let mut function = settings("function: {}");
        function.source.provider = Provider::CodeCommit;
        function.source.repository = "orders".to_owned();
        let merged_with = merged(&there, &function).unwrap();
        assert_eq!(there.map(|(name, _)| merged_with[name].as_str()), ["create", "two", "GitLab"]);
        let grown = merged(&[("Network", "none"), ("ConnectionProvider", "none")], &settings("container: {port: 80}"));
        assert_eq!(grown.unwrap()["Network"], "create");
        let conflict = merged(&there, &settings("container: {port: 80}")).unwrap_err();
        assert!(conflict.contains("connected to GitLab"), "{conflict}");
    }

    #[test]
    fn every_template_fits_into_a_request() {
        for template in Template::ALL {
            assert!(template.text().len() <= MAX_TEMPLATE, "{}", template.file());
        }
    }
}
