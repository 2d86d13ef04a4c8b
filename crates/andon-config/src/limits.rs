//! Reading `limits`.

use andon::alert::Limit;

use super::duration;
use super::finding::Finding;
use super::reader::Reader;
use super::routes::{Field, globs};
use super::tree::Node;

const KEYS: &[&str] = &["pipeline", "stuck-after", "approval-overdue-after", "no-success-after"];

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Vec<Limit> {
    reader.items(node, "`limits`").iter().filter_map(|node| limit(node, reader)).collect()
}

fn limit(node: &Node, reader: &mut Reader<'_>) -> Option<Limit> {
    let fields = reader.fields(node, "an entry of `limits`", KEYS)?;
    let limit = Limit {
        pipeline: fields.get("pipeline").and_then(|node| globs(node, Field::Pipeline, reader)),
        stuck_after: fields.get("stuck-after").and_then(|node| reader.value(node, "`stuck-after`", duration::parse)),
        approval_overdue_after: fields
            .get("approval-overdue-after")
            .and_then(|node| reader.value(node, "`approval-overdue-after`", duration::parse)),
        no_success_after: fields
            .get("no-success-after")
            .and_then(|node| reader.value(node, "`no-success-after`", duration::parse)),
    };
    if !KEYS.iter().skip(1).any(|key| fields.get(key).is_some()) {
        reader.note(
            Finding::error(fields.span.clone(), "this entry sets no limit")
                .with_help("add `stuck-after: 2h`, `approval-overdue-after: 24h` or `no-success-after: 48h`"),
        );
        return None;
    }
    Some(limit)
}
