//! `andon-service.yml`: what a service is called, where its source is and how it runs.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of the file in the repository.
pub const FILE: &str = "andon-service.yml";
/// The longest name of a service, in characters: names of load balancers and roles are made of it.
pub const MAX_NAME: usize = 20;
/// The most characters that CodePipeline takes for the parameters of a stack.
pub const MAX_OVERRIDES: usize = 1024;

/// The settings of a service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The name: of the pipeline, the image repository and, with an ending, of the stacks.
    pub name: String,
    /// The environment that it runs in; several services can share one.
    #[serde(default = "main_environment")]
    pub environment: String,
    /// Whom the service is for: the tag `andon:customer`.
    #[serde(default)]
    pub customer: Option<String>,
    /// Where its source is.
    pub source: Source,
    /// A service in a container.
    #[serde(default)]
    pub container: Option<Container>,
    /// A SAM application.
    #[serde(default)]
    pub function: Option<Function>,
    /// The path of a buildspec that builds it, instead of `docker build` or `sam build`.
    #[serde(default)]
    pub build: Option<String>,
    /// The acceptance environment.
    #[serde(default)]
    pub acceptance: Acceptance,
    /// The production environment.
    #[serde(default)]
    pub production: Production,
    /// The network.
    #[serde(default)]
    pub network: Network,
    /// The folder with templates of your own, which take the place of those that come with Andon.
    #[serde(default)]
    pub templates: Option<String>,
}

/// Where the source is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// Who hosts it.
    pub provider: Provider,
    /// `owner/repository`; with `CodeCommit` the repository's name.
    pub repository: String,
    /// A push to this branch starts the pipeline.
    pub branch: String,
    /// The ARN of a connection that exists already, instead of one that `andon up` creates.
    #[serde(default)]
    pub connection: Option<String>,
}

/// Who hosts the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[clap(rename_all = "PascalCase")]
pub enum Provider {
    /// <https://github.com>
    #[clap(name = "GitHub")]
    GitHub,
    /// <https://gitlab.com>
    #[clap(name = "GitLab")]
    GitLab,
    /// <https://bitbucket.org>
    Bitbucket,
    /// AWS's own.
    CodeCommit,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A service in a container.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Container {
    /// The Dockerfile in the repository.
    #[serde(default = "dockerfile")]
    pub dockerfile: String,
    /// The folder that the image is built from.
    #[serde(default = "this_folder")]
    pub context: String,
    /// The port that it listens on.
    pub port: u16,
    /// The path that answers 200 to 299 when it is well.
    #[serde(default = "root_path")]
    pub health: String,
    /// CPU units of a task; 1024 are one vCPU.
    #[serde(default = "least_cpu")]
    pub cpu: u32,
    /// MiB of memory of a task.
    #[serde(default = "least_memory")]
    pub memory: u32,
    /// The numeric user that it runs as, optionally with a group: `10001`, `10001:10001`.
    #[serde(default = "some_user")]
    pub user: String,
    /// The environment variable that it finds its secret in.
    #[serde(default = "secret_variable")]
    pub secret_variable: String,
}

/// A SAM application.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Function {
    /// The SAM template in the repository.
    #[serde(default = "sam_template")]
    pub template: String,
    /// What the acceptance test adds to the output `Url` of the application.
    #[serde(default)]
    pub health: String,
    /// The id of the Alexa skill that goes with it.
    #[serde(default)]
    pub skill: Option<String>,
    /// The secret in Secrets Manager with the keys that deploy the skill.
    #[serde(default)]
    pub skill_secret: Option<String>,
}

/// The acceptance environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Acceptance {
    /// The path of the buildspec of the acceptance test.
    #[serde(default)]
    pub test: Option<String>,
    /// The ARN of the container's secret.
    #[serde(default)]
    pub secret: Option<String>,
    /// The ARN of a certificate in ACM.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The name in the certificate.
    #[serde(default)]
    pub domain: Option<String>,
}

/// The production environment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Production {
    /// Whether a person approves each release.
    pub approval: bool,
    /// Minutes after a release in which the alarm of server errors rolls it back; 0 for none.
    pub watch: u32,
    /// How it scales.
    pub scaling: Scaling,
    /// The fewest tasks.
    pub minimum: u32,
    /// The most tasks.
    pub maximum: u32,
    /// The ARN of the container's secret.
    pub secret: Option<String>,
    /// The ARN of a certificate in ACM.
    pub certificate: Option<String>,
    /// The name in the certificate.
    pub domain: Option<String>,
}

impl Default for Production {
    fn default() -> Self {
        Self {
            approval: true,
            watch: 0,
            scaling: Scaling::Steps,
            minimum: 2,
            maximum: 20,
            secret: None,
            certificate: None,
            domain: None,
        }
    }
}

/// How a service scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// Tasks are added and removed at thresholds of CPU.
    Steps,
    /// CPU is kept near a target.
    Target,
}

/// The network: a VPC that `andon up` creates, or one that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Network {
    /// An existing VPC.
    #[serde(default)]
    pub vpc: Option<String>,
    /// Its public subnets.
    #[serde(default)]
    pub public_subnets: Vec<String>,
    /// Its private subnets.
    #[serde(default)]
    pub private_subnets: Vec<String>,
    /// Whether the created network has a NAT gateway in each zone.
    #[serde(default)]
    pub two_nat_gateways: bool,
}

fn main_environment() -> String {
    "main".to_owned()
}
fn dockerfile() -> String {
    "Dockerfile".to_owned()
}
fn this_folder() -> String {
    ".".to_owned()
}
fn root_path() -> String {
    "/".to_owned()
}
fn least_cpu() -> u32 {
    256
}
fn least_memory() -> u32 {
    512
}
fn some_user() -> String {
    "10001".to_owned()
}
fn secret_variable() -> String {
    "APP_SECRET".to_owned()
}
fn sam_template() -> String {
    "template.yaml".to_owned()
}

impl Container {
    /// With the defaults for all that is not asked.
    pub fn listening_on(port: u16) -> Self {
        Self {
            dockerfile: dockerfile(),
            context: this_folder(),
            port,
            health: root_path(),
            cpu: least_cpu(),
            memory: least_memory(),
            user: some_user(),
            secret_variable: secret_variable(),
        }
    }
}

/// Why settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {}: {problem}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// It is not YAML, or has other members than settings have.
    #[error("{}: {problem}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong, with line and column.
        problem: String,
    },
    /// A value cannot be used.
    #[error("{}: {}", file.display(), problems.join("\n  "))]
    Wrong {
        /// The file.
        file: PathBuf,
        /// A sentence for each value.
        problems: Vec<String>,
    },
}

impl Settings {
    /// Reads a file; `None` if there is none.
    pub fn read(file: &Path) -> Result<Option<Self>, SettingsError> {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text, file).map(Some),
            Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(problem) => Err(SettingsError::Unreadable { file: file.to_owned(), problem }),
        }
    }

    /// Reads settings; `file` is for the errors.
    pub fn parse(text: &str, file: &Path) -> Result<Self, SettingsError> {
        let settings: Self = serde_saphyr::from_str(text)
            .map_err(|error| SettingsError::Malformed { file: file.to_owned(), problem: error.to_string() })?;
        match settings.problems() {
            problems if problems.is_empty() => Ok(settings),
            problems => Err(SettingsError::Wrong { file: file.to_owned(), problems }),
        }
    }

    /// Everything that cannot work, a sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |well: bool, problem: String| {
            if !well {
                problems.push(problem);
            }
        };
        for (key, name) in [("name", &self.name), ("environment", &self.environment)] {
            check(is_name(name), format!("`{key}: {name}`: 2 to {MAX_NAME} lowercase letters, digits and hyphens"));
        }
        check(
            self.container.is_some() != self.function.is_some(),
            "either `container` or `function` is needed, and not both".to_owned(),
        );
        let repository = &self.source.repository;
        match self.source.provider {
            Provider::CodeCommit => check(
                !repository.is_empty() && !repository.contains('/'),
                format!("`source.repository: {repository}`: the name of a CodeCommit repository"),
            ),
            provider => check(
                repository.split('/').count() >= 2 && repository.split('/').all(|part| !part.is_empty()),
                format!("`source.repository: {repository}`: owner/repository, as {provider} shows it"),
            ),
        }
        check(!self.source.branch.is_empty(), "`source.branch` is empty".to_owned());
        if let Some(container) = &self.container {
            check(container.port > 0, "`container.port` is 0".to_owned());
            check(
                container.health.starts_with('/') && !container.health.contains(['"', '\\']),
                format!("`container.health: {}`: a path that begins with a slash", container.health),
            );
            check(
                memory_of(container.cpu).contains(&container.memory),
                match memory_of(container.cpu) {
                    [] => format!("`container.cpu: {}`: one of 256, 512, 1024, 2048 and 4096", container.cpu),
                    sizes => format!(
                        "`container.memory: {}`: with {} CPU units, Fargate has {} to {} MiB in steps of {}",
                        container.memory,
                        container.cpu,
                        sizes.first().unwrap_or(&0),
                        sizes.last().unwrap_or(&0),
                        if container.cpu == 256 { "512 or 1024" } else { "1024" },
                    ),
                },
            );
            check(
                !container.user.is_empty()
                    && container.user.split(':').count() <= 2
                    && container.user.split(':').all(|id| !id.is_empty() && id.bytes().all(|c| c.is_ascii_digit())),
                format!("`container.user: {}`: a numeric user id, as the image may know no names", container.user),
            );
        }
        let Production { minimum, maximum, watch, .. } = self.production;
        check(
            minimum >= 1 && minimum <= maximum,
            format!("`production`: minimum {minimum} and maximum {maximum}: at least 1, and not the wrong way round"),
        );
        check(watch <= 60, format!("`production.watch: {watch}`: at most 60 minutes"));
        let network = &self.network;
        check(
            network.vpc.is_none() || (network.public_subnets.len() >= 2 && !network.private_subnets.is_empty()),
            "`network.vpc` needs `public-subnets` (two or more, in different zones) and `private-subnets`".to_owned(),
        );
        for (key, value) in [
            ("acceptance.secret", &self.acceptance.secret),
            ("acceptance.certificate", &self.acceptance.certificate),
            ("production.secret", &self.production.secret),
            ("production.certificate", &self.production.certificate),
            ("source.connection", &self.source.connection),
        ] {
            if let Some(value) = value {
                check(value.starts_with("arn:"), format!("`{key}`: an ARN, not the thing itself"));
            }
        }
        problems
    }

    /// The stack of the environment.
    pub fn environment_stack(&self) -> String {
        format!("{}-environment", self.environment)
    }

    /// The stack of the pipeline.
    pub fn pipeline_stack(&self) -> String {
        format!("{}-pipeline", self.name)
    }

    /// The stack of a stage, `acceptance` or `production`.
    pub fn stage_stack(&self, stage: &str) -> String {
        format!("{}-{stage}", self.name)
    }

    /// The files of the repository that the pipeline reads.
    pub fn files(&self) -> Vec<String> {
        let own = [
            self.container.as_ref().map(|container| container.dockerfile.clone()),
            self.function.as_ref().map(|function| function.template.clone()),
            self.build.clone(),
            self.acceptance.test.clone(),
        ];
        own.into_iter().flatten().collect()
    }

    /// The file to be written: what is not the default, with a word about the rest.
    pub fn to_yaml(&self) -> String {
        let mut lines = vec![
            "# What `andon up` deploys. Keep it in the repository: it holds no secrets. docs/service.md lists every setting."
                .to_owned(),
            format!("name: {}", scalar(&self.name)),
            format!("environment: {}", scalar(&self.environment)),
        ];
        if let Some(customer) = &self.customer {
            lines.push(format!("customer: {}", scalar(customer)));
        }
        lines.extend([
            "source:".to_owned(),
            format!("  provider: {}", self.source.provider),
            format!("  repository: {}", scalar(&self.source.repository)),
            format!("  branch: {}", scalar(&self.source.branch)),
        ]);
        if let Some(connection) = &self.source.connection {
            lines.push(format!("  connection: {}", scalar(connection)));
        }
        if let Some(container) = &self.container {
            lines.push("container:".to_owned());
            if container.dockerfile != dockerfile() {
                lines.push(format!("  dockerfile: {}", scalar(&container.dockerfile)));
            }
            lines.extend([
                format!("  port: {}", container.port),
                format!("  health: {}", scalar(&container.health)),
                format!("  cpu: {}       # 1024 are one vCPU", container.cpu),
                format!("  memory: {}    # MiB", container.memory),
                format!("  user: {}", scalar(&container.user)),
            ]);
        }
        if let Some(function) = &self.function {
            lines.extend(["function:".to_owned(), format!("  template: {}", scalar(&function.template))]);
            if let Some(skill) = &function.skill {
                lines.push(format!("  skill: {}", scalar(skill)));
            }
            if let Some(secret) = &function.skill_secret {
                lines.push(format!("  skill-secret: {}", scalar(secret)));
            }
        }
        if let Some(test) = &self.acceptance.test {
            lines.extend(["acceptance:".to_owned(), format!("  test: {}", scalar(test))]);
        }
        lines.extend(["production:".to_owned(), format!("  approval: {}", self.production.approval)]);
        if self.container.is_some() {
            lines.extend([
                format!("  minimum: {}", self.production.minimum),
                format!("  maximum: {}", self.production.maximum),
            ]);
        }
        if let Some(folder) = &self.templates {
            lines.push(format!("templates: {}", scalar(folder)));
        }
        lines.join("\n") + "\n"
    }
}

/// Whether stacks, load balancers and roles can be named after it.
pub fn is_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=MAX_NAME).contains(&name.len())
        && name.chars().all(legal)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
}

/// The sizes of memory that Fargate has for a number of CPU units, in MiB.
fn memory_of(cpu: u32) -> &'static [u32] {
    const GIB: [u32; 30] = {
        let mut sizes = [0; 30];
        let mut index = 0;
        while index < 30 {
            #[expect(clippy::cast_possible_truncation, clippy::indexing_slicing, reason = "30 at most")]
            {
                sizes[index] = (index as u32 + 1) * 1024;
            }
            index += 1;
        }
        sizes
    };
    let range = match cpu {
        256 => return &[512, 1024, 2048],
        512 => 0..4,
        1024 => 1..8,
        2048 => 3..16,
        4096 => 7..30,
        _ => 0..0,
    };
    GIB.get(range).unwrap_or_default()
}

/// A text as YAML writes it: plain where it can be read as nothing else, quoted otherwise.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '.'))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n" | ".inf" | ".nan"
        );
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, String> {
        Settings::parse(text, Path::new(FILE)).map_err(|error| error.to_string())
    }

    const ORDERS: &str = "name: orders\nsource: {provider: GitHub, repository: northquay/orders, branch: main}\n";

    #[test]
    fn what_is_written_is_read_again() {
        let mut settings = parse(&format!("{ORDERS}container: {{port: 8080}}")).unwrap();
        settings.customer = Some("Acme: north".to_owned());
        settings.source.branch = "1.0".to_owned();
        settings.acceptance.test = Some("tests/acceptance.yml".to_owned());
        settings.templates = Some("deploy".to_owned());
        assert_eq!(parse(&settings.to_yaml()).unwrap(), settings);
        let function = parse(&format!("{ORDERS}function: {{skill: amzn1.ask.skill.1, skill-secret: andon-alexa}}"));
        let function = function.unwrap();
        assert_eq!(parse(&function.to_yaml()).unwrap(), function);
    }

    #[test]
    fn mistakes_are_named_all_at_once() {
        let problems = parse(
            "name: A-very-long-name-of-a-service\nsource: {provider: GitHub, repository: orders, branch: main}\n\
             container: {port: 8080, health: healthz, cpu: 256, memory: 4096, user: node}\n\
             production: {minimum: 5, maximum: 2, secret: hunter2}",
        )
        .unwrap_err();
        for part in [
            "`name: A-very",
            "owner/repository",
            "container.health",
            "512 to 2048 MiB",
            "container.user",
            "minimum 5",
            "ARN",
        ] {
            assert!(problems.contains(part), "{part} in {problems}");
        }
        assert!(!problems.contains("hunter2"), "{problems}");
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        let problem = parse(&format!("{ORDERS}container: {{port: 8080}}\nscalling: steps\n")).unwrap_err();
        assert!(problem.contains("scalling") && problem.contains('4'), "{problem}");
        assert!(parse(ORDERS).unwrap_err().contains("either `container` or `function`"));
    }

    #[test]
    fn every_size_that_fargate_has_is_accepted_and_no_other() {
        let sizes: Vec<(u32, usize, u32, u32)> = [256, 512, 1024, 2048, 4096]
            .map(|cpu| {
                let sizes = memory_of(cpu);
                (cpu, sizes.len(), *sizes.first().unwrap(), *sizes.last().unwrap())
            })
            .into();
        assert_eq!(
            sizes,
            [
                (256, 3, 512, 2048),
                (512, 4, 1024, 4096),
                (1024, 7, 2048, 8192),
                (2048, 13, 4096, 16384),
                (4096, 23, 8192, 30720)
            ]
        );
        assert!(memory_of(100).is_empty());
    }
}
