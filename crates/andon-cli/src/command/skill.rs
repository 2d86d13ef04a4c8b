//! `andon skill`: the skill package for one stack.

use std::path::PathBuf;

use andon_package::skill;
use anyhow::Context as _;

use super::{Surroundings, Verdict};

/// Write the Alexa skill package that calls the function of your stack
#[derive(Debug, clap::Args)]
pub(super) struct Skill {
    /// The ARN of the function: the output `AlexaSkill` of the stack
    #[arg(long, value_name = "ARN")]
    function: String,
    /// The ID of the skill that `ask deploy` updates; without it, `ask deploy` creates a new skill
    #[arg(long = "skill-id", value_name = "ID")]
    updated: Option<String>,
    /// The skill package of the release
    #[arg(long, value_name = "DIR", default_value = "skill-package")]
    from: PathBuf,
    /// The folder for the project of the ASK CLI
    #[arg(long, value_name = "DIR", default_value = "target/skill")]
    out: PathBuf,
}

impl Skill {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        skill::write(&self.from, &self.out, &self.function, self.updated.as_deref())
            .with_context(|| format!("cannot write the skill package to {}", self.out.display()))?;
        around.terminal.line(format!("Next: cd {} && ask deploy --target skill-metadata", self.out.display()))?;
        Ok(Verdict::Well)
    }
}
