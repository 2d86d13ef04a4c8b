//! Reading kinds of alert.

use andon::alert::AlertKind;
use andon::suggest::quoted;

use super::finding::Finding;
use super::reader::Reader;
use super::tree::Node;

/// Reads one kind or several.
pub(super) fn read(node: &Node, what: &str, reader: &mut Reader<'_>) -> Vec<AlertKind> {
    let mut kinds: Vec<AlertKind> = Vec::new();
    for item in reader.one_or_more(node, what) {
        match reader.value(item, "a kind of alert", str::parse::<AlertKind>) {
            Some(kind) if kinds.contains(&kind) => reader.note(
                Finding::error(item.span.clone(), format!("{} is listed twice", quoted(kind.as_str())))
                    .with_help("remove one of them"),
            ),
            Some(kind) => kinds.push(kind),
            None => {}
        }
    }
    kinds
}
