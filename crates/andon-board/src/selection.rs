//! Search, grouping, order and paging of the board.

use andon::board::PipelineRow;
use jiff::Timestamp;
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::Names;
use super::query::Query;

/// The most characters of a search.
pub const MAX_SEARCH_LEN: usize = 200;

/// Which pipelines are listed, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// What is searched for: words and terms, see [`Query`]; empty for every pipeline.
    pub search: String,
    /// Which page of them, from 1.
    pub page: usize,
    /// How many to a page.
    pub rows: usize,
    /// How much each row shows.
    pub view: View,
    /// What the rows are grouped by.
    pub group: Group,
    /// The order of the rows.
    pub sort: Sort,
}

/// How much each row shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum View {
    /// All of what needs attention, a line of the rest where there is much.
    #[default]
    Auto,
    /// All of every row.
    Full,
    /// A line of every row.
    Compact,
    /// Large, for a screen on a wall: what needs attention, and how many there are of the rest.
    Wall,
}

/// What rows are grouped by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Group {
    /// Nothing.
    #[default]
    None,
    /// The cause of the failure.
    Cause,
    /// The customer, or else the account.
    Customer,
}

/// The order of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Sort {
    /// What needs attention first.
    #[default]
    Urgency,
    /// By name.
    Name,
    /// The latest news first.
    Newest,
    /// What has been red for longest first.
    Longest,
}

/// A page of what was found.
pub(super) struct Page<'r> {
    pub(super) rows: Vec<&'r PipelineRow>,
    /// The place of the first of them, from 1.
    pub(super) first: usize,
    /// How many were found.
    pub(super) found: usize,
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) pages: usize,
}

impl Selection {
    /// The rows that the search finds, in the order that is asked for. `rows` are in the order of urgency.
    pub(super) fn found<'r>(&self, rows: &'r [PipelineRow], names: Names<'_>) -> Vec<&'r PipelineRow> {
        let query = Query::parse(&self.search);
        let mut found: Vec<&PipelineRow> = rows.iter().filter(|row| query.finds(row, names)).collect();
        match self.sort {
            Sort::Urgency => {}
            Sort::Name => found.sort_by_cached_key(|row| row.overview.pipeline.name.as_str().to_lowercase()),
            Sort::Newest => found.sort_by_key(|row| std::cmp::Reverse(row.news_at())),
            Sort::Longest => found.sort_by_key(|row| row.red_since().unwrap_or(Timestamp::MAX)),
        }
        found
    }

    /// Picks a page; of one beyond the last, the last.
    pub(super) fn pick<'r>(&self, found: &[&'r PipelineRow]) -> Page<'r> {
        let size = self.rows.max(1);
        let pages = found.len().div_ceil(size).max(1);
        let number = self.page.clamp(1, pages);
        let before = (number - 1) * size;
        let rows = found.iter().skip(before).take(size).copied().collect();
        Page { rows, first: before + 1, found: found.len(), number, pages }
    }

    /// The same choices for another search, from its first page.
    pub(super) fn searching(&self, search: &Query) -> Self {
        Self { search: search.to_string(), page: 1, ..self.clone() }
    }
}
