//! `andon deploy`: Andon's own stack from the files of a release, created or brought up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use andon::words::counted;
use andon_config::Config;
use andon_package::archive;
use andon_package::parameters::{self, Parameters};
use andon_package::template::{self, Declared};
use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::types::StackStatus;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, question, runtime};
use crate::aws::{self, Session};
use crate::deployment::bucket::Bucket;
use crate::deployment::choice::{Choice, off};
use crate::deployment::permissions::{self, Permissions};
use crate::deployment::secrets::{self, Stored};
use crate::deployment::{SAMPLE, TEMPLATE, deployed_configuration, download, is_andon};
use crate::release::{Arch, Release};
use crate::service::progress::{Progress, Sign};
use crate::service::stacks::{Outcome, Prepared, Stack, Stacks, Wanted, is_wreck};
use crate::system::configuration_here;
use crate::terminal::{BOLD, Cell, DIM, GOOD, Table, Terminal, clean, paint};

/// The most characters of a stack's name: those of its functions and roles are made from it.
const MAX_NAME: usize = 24;

/// Deploy Andon itself from a release: functions, rules, queues, table and alarms, without SAM, Rust or Node
///
/// Puts andon.yml into the functions, shows what would change, asks, and deploys. It can be interrupted and run again at
/// any time. Parameters keep the values that they had.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon deploy --from andon-0.2.0 --email team@example.com
  andon deploy --from https://github.com/OWNER/andon/releases/download/v0.2.0
  andon deploy --parameter SecretsPath=/andon --parameter MemberAccounts='111122223333, 444455556666'
  andon deploy --plan --json")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Deploy {
    /// The release: a folder, or an http or https address that its files are below
    #[arg(long, value_name = "FOLDER|URL", default_value = ".")]
    from: String,
    /// The checksum that the SHA256SUMS of the release has to have
    #[arg(long, value_name = "HEX")]
    sha256: Option<String>,
    /// The configuration [default: andon.yml, or for a new stack the one of the release]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The stack
    #[arg(long, value_name = "NAME", env = "ANDON_STACK", default_value = aws::stack::DEFAULT)]
    stack: String,
    /// The address that alerts go to; the same as --parameter Email=ADDRESS
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The processor of the functions [default: that of the stack, or arm64]
    #[arg(long)]
    arch: Option<Arch>,
    /// A parameter of the stack; an empty value turns its feature off
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// The bucket for the packages [default: andon-artifacts-ACCOUNT-REGION, created if it is missing]
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    #[command(flatten)]
    aws: aws::Options,
    /// Deploy without asking
    #[arg(long)]
    yes: bool,
    /// Show what it would do, and end; for a stack that exists, the packages are uploaded
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// Restore resources of the stack that were changed or deleted by hand
    #[arg(long)]
    repair: bool,
    /// Do not ask IAM whether these credentials may deploy
    #[arg(long)]
    unchecked: bool,
    /// Write JSON; progress goes to standard error
    #[arg(long)]
    json: bool,
    /// Milliseconds between two looks, for tests
    #[arg(long, hide = true, default_value_t = 3000)]
    pace: u64,
}

/// What is deployed, found out before anything is changed.
struct Cargo {
    version: String,
    arch: Arch,
    configuration: String,
    /// The package of each function, by the key that it is stored under.
    packages: BTreeMap<String, Vec<u8>>,
    template_key: String,
    wanted: Wanted,
    changed_parameters: Vec<(String, String, String)>,
    declared: Declared,
}

/// A deployment under way.
struct Deployment<'a> {
    asked: &'a Deploy,
    session: &'a Session,
    stacks: Stacks<'a>,
    bucket: Bucket<'a>,
    existing: Option<Stack>,
    progress: Progress,
}

impl Deploy {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(self.deploy(around.terminal))
    }

    async fn deploy(self, terminal: Terminal) -> anyhow::Result<Verdict> {
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if !is_name(&self.stack) || self.stack.len() > MAX_NAME {
            bail!(
                "{:?} is not a name for the stack: a letter, then letters, digits and hyphens, at most {MAX_NAME} in all",
                self.stack
            );
        }
        let mut progress = Progress::new(terminal, self.json);
        let session = Session::open(&self.aws).await?;
        let stacks = Stacks::new(&session, Duration::from_millis(self.pace));
        let existing = stacks.settled(&self.stack, &mut progress).await?;
        if let Some(stack) = existing.as_ref().filter(|stack| !is_andon(stack)) {
            bail!("the stack {} is there, and it is not an Andon: choose another name with --stack", stack.name);
        }
        let bucket = Bucket::new(&session, self.bucket.as_deref());
        Deployment { asked: &self, session: &session, stacks, bucket, existing, progress }.go().await
    }

    fn agreed(&self) -> anyhow::Result<bool> {
        if self.yes { Ok(true) } else { question::confirm("Deploy?", "--yes") }
    }

    /// The processor of the functions, whichever way it was given.
    fn processor(&self, former: &Parameters) -> anyhow::Result<Arch> {
        let mut given = self.parameters.iter().rev().filter(|(name, _)| name == "Architecture");
        let given = given.next().map(|(_, value)| value.as_str());
        if let (Some(arch), Some(given)) = (self.arch, given)
            && arch.name() != given
        {
            bail!("--arch {} and --parameter Architecture={given} contradict each other", arch.name());
        }
        let name = self.arch.map(Arch::name).or(given).or(former.get("Architecture").map(String::as_str));
        Ok(if name == Some(Arch::X86_64.name()) { Arch::X86_64 } else { Arch::Arm64 })
    }

    /// The configuration that goes into the functions, without an error in it: they would not start.
    fn configuration(&self, release: &Release, existing: Option<&Stack>) -> anyhow::Result<String> {
        let (name, text) = match self.config.clone().or_else(configuration_here) {
            Some(file) => {
                let name = file.display().to_string();
                let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
                (name, text)
            }
            // The functions of a stack that is there have one, which must not be lost by an oversight.
            None if existing.is_some() => {
                bail!("there is no andon.yml here: pass --config, or deploy from where yours is")
            }
            None => (SAMPLE.to_owned(), release.text(SAMPLE)?),
        };
        Config::parse(&text, &name)
            .map_err(|findings| anyhow::anyhow!("{findings}\nRun `andon check {name}` for details."))?;
        Ok(text)
    }

    /// Asks for what a new stack needs most, and for what the configuration uses and the parameters do not allow.
    fn ask_for_the_rest(
        &self,
        choice: &mut Choice<'_>,
        configuration: &str,
        existing: Option<&Stack>,
    ) -> anyhow::Result<()> {
        if self.yes || self.plan || !question::is_possible() {
            return Ok(());
        }
        if existing.is_none() && !choice.has("Email") {
            let email = question::ask("Which address do alerts go to by email? (Enter for none)", "--email")?;
            choice.set("Email", &email);
        }
        for (name, value) in parameters::remedies(configuration, &choice.values()) {
            if question::confirm(&format!("andon.yml needs {name}={value}. Set it?"), &format!("--parameter {name}="))?
            {
                choice.set(&name, &value);
            }
        }
        Ok(())
    }
}

impl Deployment<'_> {
    async fn go(mut self) -> anyhow::Result<Verdict> {
        let cargo = self.load().await?;
        let left = if self.existing.is_none() { self.left(&cargo).await? } else { false };
        if let Some(existing) = self.existing.clone().filter(|_| !self.asked.repair)
            && self.stacks.is_so(&cargo.wanted, &existing).await?
        {
            return self.unchanged(&cargo, &existing).await;
        }
        self.bucket.is_there().await?;
        self.may_deploy(&cargo).await?;
        self.head(&cargo)?;
        if left {
            self.progress.line("  removes first what the failed creation of this stack left\n")?;
        }

        // What a new stack would be is known; what changes in one that is there, CloudFormation has to compute.
        if self.existing.is_none() && (self.asked.plan || !self.asked.agreed()?) {
            return self.ended_early(&cargo, None);
        }
        if left {
            self.stacks.clear(&self.asked.stack, &mut self.progress).await?;
        }
        upload(&self.bucket, &cargo, &mut self.progress).await?;
        let Some(prepared) = self.stacks.prepare(&cargo.wanted, self.existing.as_ref()).await? else {
            let existing = self.existing.clone().context("the template creates nothing")?;
            return self.unchanged(&cargo, &existing).await;
        };
        if self.existing.is_some() {
            show_changes(&prepared, &mut self.progress)?;
            if self.asked.plan || !self.asked.agreed()? {
                self.stacks.discard(&self.asked.stack).await?;
                return self.ended_early(&cargo, Some(&prepared));
            }
        }
        let (stack, outcome) = self.stacks.execute(&prepared, &mut self.progress).await?;
        self.conclude(&cargo, &stack, outcome).await
    }

    async fn unchanged(&mut self, cargo: &Cargo, stack: &Stack) -> anyhow::Result<Verdict> {
        if !self.asked.json {
            self.progress.line(&format!("{} is as it should be: no changes.", stack.name))?;
        }
        self.conclude(cargo, stack, Outcome::Unchanged).await
    }

    /// Whether a failed creation of this stack left something in its place. What is not known to be that is not touched.
    async fn left(&self, cargo: &Cargo) -> anyhow::Result<bool> {
        let Some(stack) = self.stacks.find(&self.asked.stack).await?.filter(|stack| is_wreck(&stack.status)) else {
            return Ok(false);
        };
        let names = &cargo.declared.parameters;
        let is_ours = !stack.parameters.is_empty() && stack.parameters.keys().all(|name| names.contains_key(name));
        if stack.status != StackStatus::RollbackComplete || !is_ours {
            bail!(
                "the stack {} is {}, and it may not be an Andon or may hold data: look at it in the console, and delete \
                 it there or by `aws cloudformation delete-stack {} --stack-name {}`, or choose another name \
                 with --stack",
                stack.name,
                stack.status.as_str(),
                self.session.cli_options(),
                stack.name
            );
        }
        Ok(true)
    }

    fn ended_early(&mut self, cargo: &Cargo, prepared: Option<&Prepared>) -> anyhow::Result<Verdict> {
        if self.asked.json {
            let added = |(name, kind)| json!({"action": "add", "name": name, "kind": kind});
            let changes: Vec<Value> = prepared.map_or_else(
                || cargo.declared.resources().map(added).collect(),
                |prepared| prepared.changes.iter().map(|change| json!(change)).collect(),
            );
            self.progress.json(&json!({"stack": self.asked.stack, "version": cargo.version, "plan": changes}))?;
        } else if !self.asked.plan {
            self.progress.line("Nothing was deployed.")?;
        }
        Ok(Verdict::Well)
    }

    /// Reads release and configuration, and decides on the parameters.
    async fn load(&mut self) -> anyhow::Result<Cargo> {
        let asked = self.asked;
        let existing = self.existing.as_ref();
        let former = existing.map(|stack| stack.parameters.clone()).unwrap_or_default();
        let arch = asked.processor(&former)?;
        self.progress.wait("reading the release", Instant::now());
        let release = download::open(&asked.from, arch, &[TEMPLATE, SAMPLE], asked.sha256.as_deref()).await?;
        let text = release.text(TEMPLATE)?;
        let declared = Declared::read(&text).with_context(|| format!("cannot use {TEMPLATE} of {}", asked.from))?;
        let configuration = asked.configuration(&release, existing)?;
        if let Some(stack) = existing.filter(|_| asked.config.is_none())
            && configuration == release.text(SAMPLE)?
            && deployed_configuration(self.session, stack).await.context(
                "the andon.yml here is the sample of the release, and whether the stack is deployed with another one \
                 cannot be found out: pass --config FILE",
            )? != configuration
        {
            bail!(
                "the andon.yml here is the sample of the release, and {} is deployed with another one: run this where \
                 yours is, or pass --config FILE",
                stack.name
            );
        }
        let mut choice = Choice::new(&declared, former);
        choice.set("Architecture", arch.name());
        for (name, value) in asked
            .email
            .iter()
            .map(|email| ("Email", email))
            .chain(asked.parameters.iter().map(|(name, value)| (name.as_str(), value)))
        {
            choice.set(name, value);
        }
        asked.ask_for_the_rest(&mut choice, &configuration, existing)?;
        let problems = choice.problems();
        if !problems.is_empty() {
            bail!("these parameters cannot be deployed:\n  {}", problems.join("\n  "));
        }
        let values = choice.values();
        fit(&configuration, &values)?;

        // A release can have functions that other templates deploy.
        let mut functions = BTreeSet::new();
        template::with_packages(&text, |function| {
            functions.insert(function.to_owned());
            String::new()
        });
        let mut packages = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for function in functions {
            let package = release.package(&function, arch, &configuration)?;
            let key = format!("{}/{function}-{}.zip", asked.stack, archive::sha256(&package));
            packages.insert(key.clone(), package);
            keys.insert(function, key);
        }
        let template = template::with_packages(&text, |function| {
            format!("s3://{}/{}", self.bucket.name, keys.get(function).map_or("", String::as_str))
        });
        let template_key = format!("{}/template-{}.yml", asked.stack, archive::sha256(template.as_bytes()));
        let wanted = Wanted {
            name: asked.stack.clone(),
            url: Some(self.bucket.url(&template_key)),
            template,
            parameters: values.into_iter().collect(),
            tags: Vec::new(),
            repairs: asked.repair && existing.is_some(),
        };
        let version = declared.version.clone().unwrap_or_else(|| "of unknown version".to_owned());
        let changed_parameters = choice.changes();
        Ok(Cargo { version, arch, configuration, packages, template_key, wanted, changed_parameters, declared })
    }

    async fn may_deploy(&mut self, cargo: &Cargo) -> anyhow::Result<()> {
        // With a role of its own, CloudFormation does not use the rights of the caller.
        if self.asked.unchecked || self.existing.as_ref().is_some_and(|stack| stack.role.is_some()) {
            return Ok(());
        }
        self.progress.wait("asking IAM for the permissions", Instant::now());
        let parameters = &cargo.wanted.parameters;
        match permissions::check(self.session, &cargo.declared, parameters, &self.asked.stack, &self.bucket).await {
            Permissions::Enough => Ok(()),
            Permissions::Unknown(why) => {
                Ok(self.progress.item(Sign::Note, "permissions", &format!("not checked: {why}"), None)?)
            }
            Permissions::Lacking(lacking) => bail!(
                "{} may not do this, so nothing was changed:\n  {}\nIf IAM is wrong, because of a condition for example, \
                 pass --unchecked",
                self.session.caller,
                lacking.join("\n  ")
            ),
        }
    }

    fn head(&mut self, cargo: &Cargo) -> anyhow::Result<()> {
        let (session, progress) = (self.session, &mut self.progress);
        let title = format!("{} in account {}, {}", self.asked.stack, session.account, session.region);
        progress.line(&paint(BOLD, &title))?;
        let functions = counted(u64::try_from(cargo.packages.len()).unwrap_or_default(), "function");
        progress.line(&format!("  Andon {}, {functions} for {}", cargo.version, cargo.arch.name()))?;
        progress.line(&format!("  packages go to the bucket {}", self.bucket.name))?;
        if self.existing.is_none() {
            progress.line("  creates the stack with the parameters:")?;
            for (name, value) in cargo.wanted.parameters.iter().filter(|(_, value)| !value.is_empty()) {
                progress.line(&format!("    {name} = {value}"))?;
            }
        }
        for (name, former, value) in &cargo.changed_parameters {
            progress.line(&format!("  {name}: {} → {}", or_empty(former), or_empty(value)))?;
        }
        progress.line("")?;
        Ok(())
    }

    async fn conclude(&mut self, cargo: &Cargo, stack: &Stack, outcome: Outcome) -> anyhow::Result<Verdict> {
        let (session, progress) = (self.session, &mut self.progress);
        let off = off(&stack.outputs);
        let found = secrets::look(session, &parameters::secrets(&cargo.configuration)).await;
        let missing: Vec<&Stored> = found.iter().filter(|secret| secret.stored == Some(false)).collect();
        if self.asked.json {
            progress.json(&json!({
                "stack": stack.name, "account": session.account, "region": session.region, "version": cargo.version,
                "outcome": outcome, "outputs": stack.outputs,
                "off": off.iter().copied().collect::<BTreeMap<_, _>>(), "missing-secrets": missing,
            }))?;
            return Ok(Verdict::Well);
        }
        progress.line("")?;
        for (name, value) in &stack.outputs {
            let is_off = off.iter().any(|(feature, _)| feature == name);
            let (mark, style) = if is_off { ("·", DIM) } else { ("✓", GOOD) };
            progress.line(&format!("  {} {name:<22} {}", paint(style, mark), clean(value)))?;
        }
        progress.line("")?;
        for secret in missing {
            progress.item(Sign::Waits, &secret.reference, "is not stored yet; this stores it:", None)?;
            progress.line(&format!("      {}", secret.remedy))?;
        }
        let email = stack.parameters.get("Email").filter(|email| !email.is_empty());
        if let Some(email) = email.filter(|_| outcome == Outcome::Created) {
            progress.line(&format!("AWS has sent {email} a link: no email arrives until it is confirmed."))?;
        }
        progress.line(&format!("To prove that alerts arrive: andon test-alert --stack {}", stack.name))?;
        Ok(Verdict::Well)
    }
}

/// What the configuration uses has to be allowed: it would fail with the first alert.
fn fit(configuration: &str, values: &Parameters) -> anyhow::Result<()> {
    let conflicts = parameters::conflicts(configuration, values);
    if conflicts.is_empty() {
        return Ok(());
    }
    let remedies: Vec<String> = parameters::remedies(configuration, values)
        .iter()
        .map(|(name, value)| format!("--parameter '{name}={value}'"))
        .collect();
    let remedy = if remedies.is_empty() { String::new() } else { format!("\nThis allows it: {}", remedies.join(" ")) };
    bail!("andon.yml does not fit the parameters of the stack:\n  {}{remedy}", conflicts.join("\n  "))
}

async fn upload(bucket: &Bucket<'_>, cargo: &Cargo, progress: &mut Progress) -> anyhow::Result<()> {
    if bucket.make_ready().await? {
        progress.item(Sign::Done, "bucket", "created: private, encrypted, versioned", None)?;
    }
    let template = cargo.wanted.template.as_bytes();
    let files = cargo.packages.iter().map(|(key, bytes)| (key.as_str(), bytes.as_slice()));
    for (key, bytes) in files.chain([(cargo.template_key.as_str(), template)]) {
        let name = key.rsplit('/').next().unwrap_or(key);
        let name = name.split_once('-').map_or(name, |(name, _)| name);
        progress.wait(&format!("uploading {name}"), Instant::now());
        let what = if bucket.put(key, bytes).await? { "uploaded" } else { "there already" };
        progress.item(Sign::Done, name, &format!("{what}, {} KB", bytes.len().div_ceil(1000)), None)?;
    }
    Ok(())
}

fn show_changes(prepared: &Prepared, progress: &mut Progress) -> anyhow::Result<()> {
    let mut table = Table::new(["Change", "Resource", "Type"]);
    for change in &prepared.changes {
        let kind = change.kind.strip_prefix("AWS::").unwrap_or(&change.kind);
        table.push(vec![Cell::new(change.action), Cell::new(&change.name).styled(BOLD), Cell::new(kind).styled(DIM)]);
    }
    progress.line("")?;
    for line in table.lines(Some(progress.width())) {
        progress.line(&line)?;
    }
    progress.line("")?;
    Ok(())
}

fn or_empty(value: &str) -> &str {
    if value.is_empty() { "(empty)" } else { value }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    parameters::parse(text).ok_or_else(|| "write it as NAME=VALUE, such as SecretsPath=/andon".to_owned())
}
