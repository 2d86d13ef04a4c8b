//! `andon man`: the pages of the manual.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man as Page;

use super::{Cli, Surroundings, Verdict};

/// Print a page of the manual, or write all of them to a folder
///
/// `andon man | man -l -` shows the page of `andon`, `andon man status | man -l -` that of `andon status`.
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// The command
    #[arg(value_name = "COMMAND", conflicts_with = "folder")]
    command: Option<String>,
    /// Write a page for each command to this folder, such as ~/.local/share/man/man1
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let mut root = Cli::command();
        root.build();
        if let Some(folder) = &self.folder {
            let context = || format!("cannot write pages to {}", folder.display());
            std::fs::create_dir_all(folder).with_context(context)?;
            let visible = root.get_subcommands().filter(|command| !command.is_hide_set());
            for command in std::iter::once(&root).chain(visible) {
                let (name, text) = page(command.clone())?;
                std::fs::write(folder.join(format!("{name}.1")), text).with_context(context)?;
            }
            return Ok(Verdict::Well);
        }
        let command = match &self.command {
            None => root,
            Some(name) => root
                .get_subcommands()
                .find(|command| command.get_name() == name)
                .cloned()
                .ok_or_else(|| anyhow!("no command {name}; `andon --help` lists all commands"))?,
        };
        around.terminal.line(page(command)?.1.trim_end())?;
        Ok(Verdict::Well)
    }
}

/// The name and the text of a command's page.
fn page(command: Command) -> anyhow::Result<(String, String)> {
    let name = match command.get_name() {
        "andon" => "andon".to_owned(),
        name => format!("andon-{name}"),
    };
    let mut text = Vec::new();
    Page::new(command.display_name(name.clone())).title(name.to_uppercase()).render(&mut text)?;
    Ok((name, String::from_utf8(text)?))
}
