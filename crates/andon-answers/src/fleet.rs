//! The known pipelines, and which of them a question means.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::matching::{Index, Match};
use super::{Session, Subject};
use andon::board::PipelineRow;
use andon::history::Overview;
use andon::name::PipelineId;

/// Every pipeline, as the ledger had them at one moment.
#[derive(Debug, Default)]
pub struct Fleet {
    rows: Vec<PipelineRow>,
    /// Made when a name is first looked for, and kept from one fleet to the next for as long as the names stay.
    index: Rc<OnceCell<Index>>,
}

/// The pipeline that a question means.
#[derive(Debug)]
pub enum Found<'a> {
    /// This one.
    One(&'a PipelineRow),
    /// One of these, the likeliest first.
    Several(Vec<&'a PipelineRow>),
    /// None is called that.
    Unknown {
        /// The spoken text.
        heard: &'a str,
        /// What is called something like it: two at most.
        nearest: Vec<&'a PipelineRow>,
    },
    /// One that was there when it was spoken of, and is no longer.
    Gone(&'a PipelineId),
    /// None was named.
    Unnamed,
}

impl Fleet {
    /// The pipelines of the ledger.
    pub fn new(overviews: Vec<Arc<Overview>>) -> Self {
        Self { rows: overviews.into_iter().map(PipelineRow::of).collect(), index: Rc::default() }
    }

    /// The pipelines of the ledger as it is now; what was prepared for the same names is taken over.
    #[must_use]
    pub fn renewed(&self, overviews: Vec<Arc<Overview>>) -> Self {
        let mut fleet = Self::new(overviews);
        if fleet.rows.iter().map(|row| &row.overview.pipeline).eq(self.rows.iter().map(|row| &row.overview.pipeline)) {
            fleet.index = Rc::clone(&self.index);
        }
        fleet
    }

    /// Every pipeline, in the ledger's order.
    pub fn rows(&self) -> &[PipelineRow] {
        &self.rows
    }

    /// One pipeline.
    pub fn row(&self, pipeline: &PipelineId) -> Option<&PipelineRow> {
        self.rows.iter().find(|row| row.overview.pipeline == *pipeline)
    }

    /// The pipeline that a question means.
    pub fn find<'a>(&'a self, subject: &'a Subject, session: &'a Session) -> Found<'a> {
        match subject {
            Subject::Heard(heard) if heard.trim().is_empty() => Found::Unnamed,
            Subject::Heard(heard) => self.named(heard),
            Subject::Known(pipelines) => self.known(pipelines),
            Subject::Last => match (session.spoken_of.first(), self.rows.as_slice()) {
                (Some(last), _) => self.row(last).map_or(Found::Gone(last), Found::One),
                (None, [only]) => Found::One(only),
                (None, _) => Found::Unnamed,
            },
        }
    }

    /// The matching candidate; `None` if several match.
    pub(super) fn among<'a>(&'a self, candidates: &[PipelineId], heard: &str) -> Option<&'a PipelineRow> {
        let rows: Vec<&PipelineRow> = candidates.iter().filter_map(|pipeline| self.row(pipeline)).collect();
        // Namesakes differ in where they are.
        let spoken: Vec<String> = rows
            .iter()
            .map(|row| &row.overview.pipeline)
            .map(|id| format!("{} {} {}", id.name, id.home.region, id.home.account))
            .collect();
        match Index::of(spoken.iter().map(String::as_str)).find(heard) {
            Match::One(at) => rows.get(at).copied(),
            _ => None,
        }
    }

    pub(super) fn known<'a>(&'a self, pipelines: &'a [PipelineId]) -> Found<'a> {
        let rows: Vec<&PipelineRow> = pipelines.iter().filter_map(|pipeline| self.row(pipeline)).collect();
        match (rows.as_slice(), pipelines.first()) {
            ([one], _) => Found::One(one),
            ([], Some(first)) => Found::Gone(first),
            ([], None) => Found::Unnamed,
            _ => Found::Several(rows),
        }
    }

    fn named<'a>(&'a self, heard: &'a str) -> Found<'a> {
        let index =
            self.index.get_or_init(|| Index::of(self.rows.iter().map(|row| row.overview.pipeline.name.as_str())));
        let rows =
            |found: &[usize]| -> Vec<&'a PipelineRow> { found.iter().filter_map(|at| self.rows.get(*at)).collect() };
        match index.find(heard) {
            Match::One(at) => match self.rows.get(at) {
                Some(row) => Found::One(row),
                None => Found::Unnamed,
            },
            Match::Several(found) => Found::Several(rows(&found)),
            Match::Unknown { nearest } => Found::Unknown { heard, nearest: rows(&nearest) },
        }
    }
}
