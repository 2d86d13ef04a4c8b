//! `andon completions`: what a shell needs to complete commands and options.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Surroundings, Verdict};

/// Print the completions of a shell
///
/// bash: `andon completions bash > ~/.local/share/bash-completion/completions/andon`
/// zsh: `andon completions zsh > "${fpath[1]}/_andon"`
/// fish: `andon completions fish > ~/.config/fish/completions/andon.fish`
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "andon", &mut script);
        around.terminal.line(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Verdict::Well)
    }
}
