//! What a folder says about its service: the Dockerfile, the SAM template, the Git remote.

use std::path::Path;
use std::process::{Command, Stdio};

use super::settings::{
    Acceptance, Container, Function, MAX_NAME, Network, Production, Provider, Settings, Source, is_name,
};

/// The names that SAM templates go by.
const SAM_TEMPLATES: [&str; 3] = ["template.yaml", "template.yml", "sam-template.yml"];
/// The name that the buildspec of an acceptance test goes by.
pub const ACCEPTANCE_TEST: &str = "acceptance.yml";

/// What was found. Everything may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// A name made of the repository's.
    pub name: Option<String>,
    /// The Dockerfile.
    pub dockerfile: Option<Dockerfile>,
    /// The SAM template, if there is no Dockerfile.
    pub sam_template: Option<String>,
    /// Whether there is a `skill-package`.
    pub has_skill: bool,
    /// The remote `origin`.
    pub remote: Option<Remote>,
    /// The branch that is deployed: the remote's default branch, else the current one.
    pub branch: Option<String>,
    /// The buildspec of an acceptance test.
    pub acceptance_test: Option<String>,
}

/// What a Dockerfile says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// The first port of the first `EXPOSE` in the last stage.
    pub port: Option<u16>,
    /// The path that `HEALTHCHECK` asks for.
    pub health: Option<String>,
    /// The user, if it is a number.
    pub user: Option<String>,
}

/// Where a Git remote is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The host, or the URL where it could not be read.
    pub host: String,
    /// Who it is; `None` for a host that CodePipeline does not connect to by itself.
    pub provider: Option<Provider>,
    /// The repository.
    pub repository: String,
}

/// Looks into a folder.
pub fn look_into(folder: &Path) -> Findings {
    let dockerfile = std::fs::read_to_string(folder.join("Dockerfile")).ok().map(|text| read_dockerfile(&text));
    let sam_template = SAM_TEMPLATES.iter().find(|name| {
        std::fs::read_to_string(folder.join(name)).is_ok_and(|text| text.contains("AWS::Serverless-2016-10-31"))
    });
    let remote = git(folder, &["config", "--get", "remote.origin.url"]).map(|url| read_remote(&url));
    let default_branch = git(folder, &["symbolic-ref", "--short", "refs/remotes/origin/HEAD"])
        .and_then(|name| name.strip_prefix("origin/").map(str::to_owned));
    let folder_name = || folder.canonicalize().ok()?.file_name()?.to_str().map(str::to_owned);
    let called = remote.as_ref().map(|remote| remote.repository.clone()).or_else(folder_name);
    Findings {
        name: called.and_then(|called| name_of(&called)),
        dockerfile,
        sam_template: sam_template.map(|name| (*name).to_owned()),
        has_skill: folder.join("skill-package").is_dir(),
        remote,
        branch: default_branch.or_else(|| git(folder, &["symbolic-ref", "--short", "HEAD"])),
        acceptance_test: folder.join(ACCEPTANCE_TEST).is_file().then(|| ACCEPTANCE_TEST.to_owned()),
    }
}

/// Whether a file is in the branch on the remote, as of the last fetch; `None` where Git cannot say.
pub fn is_pushed(folder: &Path, branch: &str, file: &str) -> Option<bool> {
    git(folder, &["rev-parse", "--verify", "--quiet", &format!("refs/remotes/origin/{branch}")])?;
    // The settings' folder may be below the repository's.
    Some(
        git(folder, &["rev-parse", "--verify", "--quiet", &format!("refs/remotes/origin/{branch}:./{file}")]).is_some(),
    )
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    let output = git.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// What the user gave beside what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct Given {
    /// The name of the service: at most 20 lowercase letters, digits and hyphens [default: the repository's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The environment, which several services can share [default: main]
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// The port that the container listens on [default: what the Dockerfile exposes]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// The path that answers 200 when the service is well [default: what the Dockerfile checks, or /]
    #[arg(long, value_name = "PATH")]
    pub health: Option<String>,
    /// Where the repository is [default: the remote `origin`]
    #[arg(long, value_name = "PROVIDER", value_enum)]
    pub provider: Option<Provider>,
    /// The repository, as owner/repository [default: the remote `origin`]
    #[arg(long, value_name = "REPOSITORY")]
    pub repository: Option<String>,
    /// The branch to deploy [default: the remote's default branch]
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
    /// A connection that exists already [default: `andon up` creates one]
    #[arg(long, value_name = "ARN")]
    pub connection: Option<String>,
    /// Whom the service is for
    #[arg(long, value_name = "NAME")]
    pub customer: Option<String>,
    /// The id of the Alexa skill that goes with a SAM application
    #[arg(long, value_name = "ID")]
    pub skill: Option<String>,
}

/// The settings that follow from what was found and given, or everything that is missing, a sentence each.
pub fn settings(found: Findings, given: Given) -> Result<Settings, Vec<String>> {
    let mut missing = Vec::new();
    let name = given.name.or(found.name);
    if name.is_none() {
        missing.push("no name can be made of the folder's or the repository's: pass --name".to_owned());
    }
    let source = source(found.remote, found.branch, given.provider, given.repository, given.branch, given.connection)
        .map_err(|problem| missing.push(problem));
    let container = found.dockerfile.map(|dockerfile| {
        let port = given.port.or(dockerfile.port);
        if port.is_none() {
            missing.push("the Dockerfile exposes no port: add `EXPOSE 8080`, or pass --port".to_owned());
        }
        let mut container = Container::listening_on(port.unwrap_or_default());
        container.health = given.health.or(dockerfile.health).unwrap_or(container.health);
        container.user = dockerfile.user.unwrap_or(container.user);
        container
    });
    let function = match (&container, found.sam_template) {
        (None, Some(template)) => {
            Some(Function { template, health: String::new(), skill: given.skill, skill_secret: None })
        }
        _ => None,
    };
    if container.is_none() && function.is_none() {
        missing.push(
            "there is neither a Dockerfile nor a SAM template here: run it in the folder of the service".to_owned(),
        );
    }
    let (Some(name), Ok(source), true) = (name, source, missing.is_empty()) else { return Err(missing) };
    let settings = Settings {
        name,
        environment: given.environment.unwrap_or_else(|| "main".to_owned()),
        customer: given.customer,
        source,
        container,
        function,
        build: None,
        acceptance: Acceptance { test: found.acceptance_test, ..Acceptance::default() },
        production: Production::default(),
        network: Network::default(),
        templates: None,
    };
    match settings.problems() {
        problems if problems.is_empty() => Ok(settings),
        problems => Err(problems),
    }
}

fn source(
    remote: Option<Remote>,
    found_branch: Option<String>,
    provider: Option<Provider>,
    repository: Option<String>,
    branch: Option<String>,
    connection: Option<String>,
) -> Result<Source, String> {
    let found = remote.as_ref().and_then(|remote| remote.provider);
    let Some(provider) = provider.or(found) else {
        return Err(match remote {
            None => {
                "there is no Git remote `origin`: push the repository to GitHub, GitLab, Bitbucket or CodeCommit, or \
                     pass --provider and --repository"
                    .to_owned()
            }
            Some(remote) => format!(
                "CodePipeline does not connect to {} by itself: pass --provider, --repository and, for a server of your \
                 own, --connection",
                remote.host
            ),
        });
    };
    let repository = repository.or(remote.map(|remote| remote.repository)).ok_or("pass --repository too")?;
    let branch = branch.or(found_branch).unwrap_or_else(|| "main".to_owned());
    Ok(Source { provider, repository, branch, connection })
}

/// A name for a service that comes as near to another name as the rules allow.
fn name_of(called: &str) -> Option<String> {
    let last = called.rsplit('/').next().unwrap_or(called).to_ascii_lowercase();
    let mut name = String::new();
    for c in last.chars() {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            _ if !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let mut name = name.trim_start_matches(|c: char| !c.is_ascii_lowercase()).to_owned();
    if name.len() > MAX_NAME {
        // Whole words, where there is more than one.
        let cut = name.get(..=MAX_NAME).and_then(|start| start.rfind('-')).filter(|end| *end >= 2);
        name.truncate(cut.unwrap_or(MAX_NAME));
    }
    let name = name.trim_end_matches('-').to_owned();
    is_name(&name).then_some(name)
}

/// Reads a Dockerfile: of several stages, the last one counts.
pub fn read_dockerfile(text: &str) -> Dockerfile {
    let mut found = Dockerfile::default();
    let mut variables: Vec<(String, String)> = Vec::new();
    for line in joined(text) {
        let Some((instruction, rest)) = line.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim();
        match instruction.to_ascii_uppercase().as_str() {
            "FROM" => found = Dockerfile::default(),
            "ENV" | "ARG" => variables.extend(assignments(rest)),
            "EXPOSE" => {
                let first = rest.split_whitespace().next().unwrap_or_default();
                found.port =
                    found.port.or(resolve(first, &variables).split('/').next().and_then(|port| port.parse().ok()));
            }
            "USER" => {
                let user = resolve(rest, &variables);
                let numeric = !user.is_empty() && user.chars().all(|c| c.is_ascii_digit() || c == ':');
                found.user = numeric.then_some(user);
            }
            "HEALTHCHECK" => found.health = checked_path(rest),
            _ => {}
        }
    }
    found
}

/// The instructions, without comments, each on one line.
fn joined(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(start) = line.strip_suffix('\\') {
            open += start;
            open.push(' ');
        } else {
            lines.push(std::mem::take(&mut open) + line);
        }
    }
    lines.push(open);
    lines
}

fn assignments(rest: &str) -> Vec<(String, String)> {
    let assigned = |word: &str| {
        let (name, value) = word.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    };
    let by_equals: Vec<_> = rest.split_whitespace().filter_map(assigned).collect();
    match rest.split_once(char::is_whitespace) {
        // The old form, `ENV PORT 8080`.
        Some((name, value)) if by_equals.is_empty() => vec![(name.to_owned(), value.trim().to_owned())],
        _ => by_equals,
    }
}

/// A word with its variable replaced: `$PORT`, `${PORT}/tcp`, `${PORT:-8080}`.
fn resolve(word: &str, variables: &[(String, String)]) -> String {
    let value = |name: &str| variables.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.clone());
    if let Some((inside, after)) = word.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
        let (name, default) = inside.split_once(":-").unwrap_or((inside, ""));
        return value(name).unwrap_or_else(|| default.to_owned()) + after;
    }
    if let Some(rest) = word.strip_prefix('$') {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        return value(name).unwrap_or_default() + after;
    }
    word.to_owned()
}

/// The path of the first local address in a command.
fn checked_path(command: &str) -> Option<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ']' | '|' | ';' | ')');
    let address = command.split("http://").nth(1)?.split(ends).next()?;
    let (host, path) = address.split_once('/')?;
    let local = ["localhost", "127.0.0.1", "0.0.0.0"].contains(&host.split(':').next()?);
    (local && !path.contains('$')).then(|| format!("/{path}"))
}

/// Reads the URL of a Git remote.
pub fn read_remote(url: &str) -> Remote {
    let unknown = || Remote { host: url.to_owned(), provider: None, repository: String::new() };
    if let Some(rest) = url.strip_prefix("codecommit:") {
        // git-remote-codecommit: codecommit::REGION://PROFILE@NAME, codecommit://NAME
        let name = rest.rsplit("://").next().unwrap_or(rest).rsplit('@').next().unwrap_or(rest);
        return Remote {
            host: "CodeCommit".to_owned(),
            provider: Some(Provider::CodeCommit),
            repository: name.trim_matches('/').to_owned(),
        };
    }
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let is_scp = !url.contains("://");
    // A colon parts host and path in `git@github.com:northquay/orders.git`, host and port elsewhere.
    let Some((host, path)) = (if is_scp { rest.split_once(':') } else { rest.split_once('/') }) else {
        return unknown();
    };
    let host = host.rsplit('@').next().unwrap_or(host).split(':').next().unwrap_or(host).to_ascii_lowercase();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).to_owned();
    if host.starts_with("git-codecommit.") {
        let repository = path.strip_prefix("v1/repos/").unwrap_or(&path).to_owned();
        return Remote { host, provider: Some(Provider::CodeCommit), repository };
    }
    let provider = match host.as_str() {
        "github.com" | "ssh.github.com" => Some(Provider::GitHub),
        "gitlab.com" | "altssh.gitlab.com" => Some(Provider::GitLab),
        "bitbucket.org" | "altssh.bitbucket.org" => Some(Provider::Bitbucket),
        _ => None,
    };
    Remote { host, provider, repository: path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_are_read_in_every_form() {
        for (url, provider, repository) in [
            ("https://github.com/northquay/orders.git", Some(Provider::GitHub), "northquay/orders"),
            ("https://ada:secret@github.com/northquay/orders", Some(Provider::GitHub), "northquay/orders"),
            ("git@github.com:northquay/orders.git", Some(Provider::GitHub), "northquay/orders"),
            ("ssh://git@ssh.github.com:443/northquay/orders.git", Some(Provider::GitHub), "northquay/orders"),
            ("https://gitlab.com/northquay/shop/orders.git", Some(Provider::GitLab), "northquay/shop/orders"),
            ("git@bitbucket.org:northquay/orders.git", Some(Provider::Bitbucket), "northquay/orders"),
            ("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/orders", Some(Provider::CodeCommit), "orders"),
            ("codecommit::eu-west-1://work@orders", Some(Provider::CodeCommit), "orders"),
            ("codecommit://orders", Some(Provider::CodeCommit), "orders"),
            ("https://git.example.com/northquay/orders.git", None, "northquay/orders"),
            ("/srv/git/orders", None, ""),
        ] {
            let remote = read_remote(url);
            assert_eq!((remote.provider, remote.repository.as_str()), (provider, repository), "{url}");
            assert!(!remote.host.contains("secret"), "{url}");
        }
    }

    #[test]
    fn the_last_stage_of_a_dockerfile_counts() {
        let text = "FROM rust AS build\nEXPOSE 1\nUSER root\nFROM scratch\n# EXPOSE 2\nENV PORT=9000 A=b\n\
                    EXPOSE ${PORT}/tcp 9001\nUSER 65532:65532\n\
                    HEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:9000/healthz || exit 1\n";
        let wanted =
            Dockerfile { port: Some(9000), health: Some("/healthz".to_owned()), user: Some("65532:65532".to_owned()) };
        assert_eq!(read_dockerfile(text), wanted);
        assert_eq!(read_dockerfile("FROM node\nARG PORT\nEXPOSE $PORT\nUSER node\n"), Dockerfile::default());
        assert_eq!(read_dockerfile("FROM node\nENV PORT 3000\nEXPOSE $PORT\n").port, Some(3000));
    }

    #[test]
    fn names_are_made_to_fit() {
        for (called, name) in [
            ("northquay/Orders_API", Some("orders-api")),
            ("northquay/the-customer-notification-service", Some("the-customer")),
            ("averyveryverylongnamewithoutwords", Some("averyveryverylongnam")),
            ("2048.game", Some("game")),
            ("日本", None),
            ("x", None),
        ] {
            assert_eq!(name_of(called).as_deref(), name, "{called}");
        }
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let nothing = settings(Findings::default(), Given::default()).unwrap_err().join("\n");
        for part in ["--name", "origin", "Dockerfile"] {
            assert!(nothing.contains(part), "{part} in {nothing}");
        }
        let found = Findings {
            name: Some("orders".to_owned()),
            dockerfile: Some(Dockerfile::default()),
            remote: Some(read_remote("https://git.example.com/northquay/orders.git")),
            ..Findings::default()
        };
        let problems = settings(found.clone(), Given::default()).unwrap_err().join("\n");
        assert!(problems.contains("git.example.com") && problems.contains("--port"), "{problems}");
        let given = Given { port: Some(80), provider: Some(Provider::GitLab), ..Given::default() };
        let settings = settings(found, given).unwrap();
        assert_eq!(settings.source.repository, "northquay/orders");
        assert_eq!(settings.source.branch, "main");
    }
}
