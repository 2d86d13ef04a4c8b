//! Reading kinds of alert.

use andon::alert::Kind;
use andon::suggest::quoted;

use super::finding::Finding;
use super::reader::Reader;
use super::tree::Node;

/// Reads one kind or several.
pub(super) fn read(node: &Node, what: &str, reader: &mut Reader<'_>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for item in reader.one_or_more(node, what) {
        match reader.value(item, "a kind of alert", str::parse::<Kind>) {
            Some(kind) if kinds.contains(&kind) => reader.note(
                Finding::error(item.span.clone(), format!("{} is listed twice", quoted(kind.as_str())))
                    .with_help("remove one of the two"),
            ),
            Some(kind) => kinds.push(kind),
            None => {}
        }
    }
    kinds
}
