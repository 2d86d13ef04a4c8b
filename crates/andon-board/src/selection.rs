//! Search and paging of the board.

use andon::account::Accounts;
use andon::board::PipelineRow;
use andon::region;

/// Which pipelines are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Words that must all be found in a pipeline's name, account or region, or be its light; empty for every pipeline.
    pub search: String,
    /// Which page of them, from 1.
    pub page: usize,
    /// How many to a page.
    pub rows: usize,
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
    /// Picks a page; of one beyond the last, the last.
    pub(super) fn pick<'r>(&self, rows: &'r [PipelineRow], accounts: &Accounts) -> Page<'r> {
        let words: Vec<String> = self.search.split_whitespace().map(str::to_lowercase).collect();
        let found: Vec<&PipelineRow> =
            rows.iter().filter(|row| words.iter().all(|word| is_found(word, row, accounts))).collect();
        let size = self.rows.max(1);
        let pages = found.len().div_ceil(size).max(1);
        let number = self.page.clamp(1, pages);
        let before = (number - 1) * size;
        let rows = found.iter().skip(before).take(size).copied().collect();
        Page { rows, first: before + 1, found: found.len(), number, pages }
    }
}

fn is_found(word: &str, row: &PipelineRow, accounts: &Accounts) -> bool {
    let id = &row.overview.pipeline;
    let of_region = region::city(id.home.region.as_str()).unwrap_or_default();
    let texts = [
        id.name.as_str(),
        id.home.account.as_str(),
        accounts.name(id.home.account.as_str()),
        id.home.region.as_str(),
        of_region,
    ];
    word == row.light.word() || texts.iter().any(|text| text.to_lowercase().contains(word))
}
