//! `andon lex`: the template of the Lex bot, with the names of the pipelines.

use std::fs;
use std::path::{PathBuf, absolute};

use andon::board::PipelineRow;
use andon::ledger::Ledger as _;
use andon_answers::spoken;
use andon_package::lex;
use anyhow::{Context as _, bail};

use super::{Surroundings, Verdict, runtime};
use crate::system::Which;

/// Write the template of the Amazon Lex bot, which listens for the names of your pipelines
///
/// Deploy it with `sam deploy` in the Region of the Andon stack. Write and deploy it again when pipelines have been added.
#[derive(Debug, clap::Args)]
pub(super) struct Lex {
    /// The skill package of the release: the bot has the same intents and sample utterances
    #[arg(long, value_name = "DIR", default_value = "skill-package")]
    from: PathBuf,
    /// The package of the function `lex`
    #[arg(long, value_name = "FILE", default_value = "target/lambda/lex.zip")]
    code: PathBuf,
    /// The template to write
    #[arg(long, value_name = "FILE", default_value = "target/lex/template.json")]
    out: PathBuf,
    /// A language of the bot. An account builds five at a time
    #[arg(long = "locale", value_name = "LOCALE", value_delimiter = ',', default_value = "en_US")]
    locales: Vec<String>,
    #[command(flatten)]
    which: Which,
}

impl Lex {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let names = runtime()?.block_on(async {
            let system = self.which.open().await?;
            let mut rows = PipelineRow::list(system.ledger.pipelines().await?);
            // Where there are more than a template holds, those with the latest news are heard best.
            rows.sort_by_key(|row| std::cmp::Reverse(row.news_at()));
            anyhow::Ok(rows.iter().map(|row| spoken(row.overview.pipeline.name.as_str())).collect::<Vec<String>>())
        })?;
        let count = self
            .write(&names)
            .with_context(|| format!("cannot write the template of the bot to {}", self.out.display()))?;
        let out = self.out.display();
        around.terminal.line(match count {
            0 => format!("No pipelines are recorded: {out} has names of examples."),
            1 => format!("The name of one pipeline is in {out}."),
            count => format!("The names of {count} pipelines are in {out}."),
        })?;
        around.terminal.line(format!(
            "Next: sam deploy --template-file {out} --stack-name andon-lex --capabilities CAPABILITY_IAM --resolve-s3 \
             --parameter-overrides Table=TABLE\n\
             TABLE is the output Table of the Andon stack."
        ))?;
        Ok(Verdict::Well)
    }

    /// Writes the template, and says how many names it has.
    fn write(&self, names: &[String]) -> anyhow::Result<usize> {
        if !self.code.is_file() {
            bail!("there is no package {}: `cargo xtask package` makes it, and a release has it", self.code.display());
        }
        // A path in a template counts from the template.
        let code = absolute(&self.code)?;
        let bot = lex::bot(&self.from, &self.locales, names, &code.display().to_string())?;
        if let Some(folder) = self.out.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.out, format!("{}\n", bot.template))?;
        Ok(bot.names)
    }
}
