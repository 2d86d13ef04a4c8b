//! What AI assistants may do.

use std::collections::BTreeSet;

use super::reader::Reader;
use super::tree::Node;
use super::voice_actions::actions;
use andon::run_action::RunAction;

const KEYS: &[&str] = &["actions"];

/// What assistants may start through `andon mcp`, each time confirmed by a person. Without this section they only read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct McpActions {
    /// The actions.
    pub actions: BTreeSet<RunAction>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<McpActions> {
    let fields = reader.fields(node, "`mcp`", KEYS)?;
    let actions = fields.require("actions", "actions: [retry]", reader).map(|node| actions(node, reader))?;
    Some(McpActions { actions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    fn mcp(text: &str) -> Result<Vec<RunAction>, String> {
        let config = Config::parse(&format!("version: 1\nmcp: {text}\n"), "andon.yml");
        config.map(|config| config.mcp.actions.into_iter().collect()).map_err(|findings| findings.to_string())
    }

    #[test]
    fn assistants_only_read_unless_actions_are_listed() {
        assert_eq!(mcp(""), Ok(vec![]));
        assert_eq!(mcp("{ actions: [retry, stop] }"), Ok(vec![RunAction::Retry, RunAction::Stop]));
        assert_eq!(mcp("{ actions: approve }"), Ok(vec![RunAction::Approve]));
        for wrong in ["{}", "{ actions: [] }", "{ actions: [delete] }", "{ actions: [retry], confirm: false }", "yes"] {
            assert!(mcp(wrong).is_err(), "{wrong}");
        }
    }
}
