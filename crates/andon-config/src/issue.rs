//! Reading `issues`.

use andon::invalid::Invalid;
use andon::issue::{KEY, Tracker, Trackers};
use andon::suggest::quoted;

use super::environment::address;
use super::reader::Reader;
use super::runbook::pattern;
use super::tree::Node;

const KEYS: &[&str] = &["pattern", "url"];

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Trackers {
    Trackers(reader.items(node, "`issues`").iter().filter_map(|node| tracker(node, reader)).collect())
}

fn tracker(node: &Node, reader: &mut Reader<'_>) -> Option<Tracker> {
    let fields = reader.fields(node, "an entry of `issues`", KEYS)?;
    let pattern = fields
        .require("pattern", "pattern: '[A-Z]+-[0-9]+'", reader)
        .and_then(|node| reader.value(node, "`pattern`", pattern));
    let url = fields
        .require("url", "url: https://example.atlassian.net/browse/{key}", reader)
        .and_then(|node| reader.value(node, "`url`", page));
    Some(Tracker { pattern: pattern?, url: url? })
}

fn page(text: &str) -> Result<String, Invalid> {
    let url = address(text, KEY)?;
    if url.contains(KEY) {
        return Ok(url);
    }
    Err(Invalid::new(format!("{} leads to the same page for every issue", quoted(text)))
        .with_help(format!("write `{KEY}` where the issue's key belongs")))
}
