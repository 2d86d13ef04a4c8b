//! `andon lex`: the template of the Lex bot, with the names of the pipelines.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use andon::board::PipelineRow;
use andon::ledger::Ledger as _;
use andon_answers::spoken;
use andon_package::lex;
use anyhow::Context as _;

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
            let name = |row: &PipelineRow| row.overview.pipeline.name.to_string();
            anyhow::Ok(rows.iter().map(|row| (spoken(&name(row)), name(row))).collect::<Vec<lex::Name>>())
        })?;
        write(&self.from, &names, &self.code, &self.out)
            .with_context(|| format!("cannot write the template of the bot to {}", self.out.display()))?;
        let out = self.out.display();
        around.terminal.line(match names.len() {
            0 => format!("No pipelines are recorded: {out} has names of examples."),
            1 => format!("The name of one pipeline is in {out}."),
            count => format!("The names of {count} pipelines are in {out}."),
        })?;
        around.terminal.line(format!(
            "Next: sam deploy --template-file {out} --stack-name andon-lex --capabilities CAPABILITY_IAM --resolve-s3 \
             --parameter-overrides Table=TABLE"
        ))?;
        Ok(Verdict::Well)
    }
}

fn write(skill: &Path, names: &[lex::Name], code: &Path, out: &Path) -> anyhow::Result<()> {
    // A path in a template counts from the template.
    let code = absolute(code)?;
    let template = lex::template(skill, names, &code.display().to_string())?;
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(out, format!("{template:#}\n"))?;
    Ok(())
}
