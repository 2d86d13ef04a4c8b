//! What red pipelines have in common: rows grouped by cause or by customer.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::Renderer;
use super::query::{Facet, Query};
use super::selection::{Group, Selection};
use super::sign::sign;
use andon::board::{PipelineRow, StatusColor, place_of};
use andon::cause::CauseKey;
use andon::name::PipelineId;
use andon::words::counted;

/// The most causes that are listed above the rows.
const MAX_CAUSES: usize = 5;
/// The most customers or accounts that are named beside a cause.
const MAX_NAMES: usize = 4;

/// Rows that belong together.
pub(super) struct Rows<'r> {
    /// What they have in common; `None` for the rows that have nothing in common.
    pub(super) title: Option<String>,
    pub(super) rows: Vec<&'r PipelineRow>,
}

impl Renderer<'_> {
    /// The causes that several red pipelines have, each with how many there are and whom they concern; a click lists them.
    pub(super) fn common_causes(&self, found: &[&PipelineRow], selection: &Selection) -> Markup {
        let causes = common(found);
        let query = Query::parse(&selection.search);
        html! {
            @if !causes.is_empty() && selection.group == Group::None {
                section.causes aria-label="Common causes" {
                    ul {
                        @for (key, rows) in causes.iter().take(MAX_CAUSES) {
                            @let class = if query.has(Facet::Cause, key.as_str()) { "common chosen" } else { "common" };
                            li.red {
                                (self.navigation.selection(
                                    &selection.searching(&query.toggled(Facet::Cause, key.as_str())),
                                    class,
                                    &html! { (sign(StatusColor::Red)) b { (counted(rows.len() as u64, "pipeline")) } " " span.why { (cause(rows)) } },
                                ))
                                " " span.count { (self.concerned(rows)) }
                            }
                        }
                    }
                    @if causes.len() > MAX_CAUSES { p.count { "and " (counted((causes.len() - MAX_CAUSES) as u64, "more common cause")) } }
                }
            }
        }
    }

    /// The rows in groups.
    pub(super) fn grouped<'r>(&self, rows: &[&'r PipelineRow], group: Group) -> Vec<Rows<'r>> {
        match group {
            Group::None => vec![Rows { title: None, rows: rows.to_vec() }],
            Group::Cause => {
                let red: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
                let (common, single): (Vec<_>, Vec<_>) =
                    by_cause(&red).into_iter().partition(|(_, rows)| rows.len() > 1);
                let mut groups: Vec<Rows<'r>> =
                    common.into_iter().map(|(_, rows)| Rows { title: Some(cause(&rows)), rows }).collect();
                let named: BTreeSet<_> =
                    groups.iter().flat_map(|group| &group.rows).map(|row| &row.overview.pipeline).collect();
                let rest: Vec<&PipelineRow> =
                    rows.iter().copied().filter(|row| !named.contains(&row.overview.pipeline)).collect();
                let title = (!groups.is_empty()).then(|| {
                    if single.is_empty() {
                        "Not red".to_owned()
                    } else {
                        "Other causes, and pipelines that are not red".to_owned()
                    }
                });
                groups.push(Rows { title, rows: rest });
                groups.retain(|group| !group.rows.is_empty());
                groups
            }
            Group::Customer => {
                let mut groups: BTreeMap<String, Vec<&PipelineRow>> = BTreeMap::new();
                for row in rows {
                    groups.entry(self.owner(row)).or_default().push(row);
                }
                let mut groups: Vec<Rows<'r>> =
                    groups.into_iter().map(|(name, rows)| Rows { title: Some(name), rows }).collect();
                groups.sort_by_key(|group| std::cmp::Reverse(red(&group.rows)));
                groups
            }
        }
    }

    /// The customer of a pipeline, or else its account.
    fn owner(&self, row: &PipelineRow) -> String {
        let account = row.overview.pipeline.home.account.as_str();
        self.names.accounts.customer(account).unwrap_or_else(|| self.names.accounts.name(account)).to_owned()
    }

    /// The customers or accounts of some pipelines.
    fn concerned(&self, rows: &[&PipelineRow]) -> String {
        let names: BTreeSet<String> = rows.iter().map(|row| self.owner(row)).collect();
        let more = names.len().saturating_sub(MAX_NAMES);
        let first = names.into_iter().take(MAX_NAMES).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{first} and {more} more") } else { first }
    }
}

/// The pipelines that the list of common causes stands for.
pub(super) fn listed_causes<'r>(found: &[&'r PipelineRow], selection: &Selection) -> BTreeSet<&'r PipelineId> {
    let causes = if selection.group == Group::None { common(found) } else { Vec::new() };
    let rows = causes.into_iter().take(MAX_CAUSES).flat_map(|(_, rows)| rows);
    rows.map(|row| &row.overview.pipeline).collect()
}

/// The causes that several red pipelines have.
fn common<'r>(found: &[&'r PipelineRow]) -> Vec<(CauseKey, Vec<&'r PipelineRow>)> {
    let red: Vec<&PipelineRow> = found.iter().copied().filter(|row| row.light == StatusColor::Red).collect();
    by_cause(&red).into_iter().filter(|(_, rows)| rows.len() > 1).collect()
}

/// How many of the rows are red.
pub(super) fn red(rows: &[&PipelineRow]) -> usize {
    rows.iter().filter(|row| row.light == StatusColor::Red).count()
}

/// Red rows by the cause of their failure, the most frequent first; those without a known cause are left out.
fn by_cause<'r>(red: &[&'r PipelineRow]) -> Vec<(CauseKey, Vec<&'r PipelineRow>)> {
    let mut causes: BTreeMap<CauseKey, Vec<&PipelineRow>> = BTreeMap::new();
    for row in red {
        if let Some(key) = row.failure().and_then(|failure| CauseKey::of(&row.overview.pipeline, failure)) {
            causes.entry(key).or_default().push(row);
        }
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    causes
}

/// A cause in the words of the first of its rows, with the place where all of them failed.
fn cause(rows: &[&PipelineRow]) -> String {
    let failures = || rows.iter().filter_map(|row| row.failure());
    let why = failures().find_map(|failure| failure.why()).unwrap_or("no reason reported");
    let places: BTreeSet<Option<String>> = failures().map(place_of).collect();
    match places.first() {
        Some(Some(place)) if places.len() == 1 => format!("{place}: {why}"),
        _ => why.to_owned(),
    }
}
