//! The known pipelines, and which of them a question means.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::matching::{Index, Match};
use super::spoken::plain;
use super::{Session, Subject};
use andon::account::Accounts;
use andon::board::PipelineRow;
use andon::history::{History, Overview};
use andon::line::Line;
use andon::name::{PipelineId, PipelineName};

/// Every pipeline, as the ledger had them at one moment.
#[derive(Debug, Default)]
pub struct Fleet {
    rows: Vec<PipelineRow>,
    accounts: Rc<Accounts>,
    /// Made when a name is first looked for, and kept from one fleet to the next for as long as the names stay.
    index: Rc<OnceCell<Index>>,
    /// The places of the pipelines of a name.
    by_name: OnceCell<HashMap<PipelineName, Vec<usize>>>,
    is_of_several: OnceCell<bool>,
    /// The branches that the list of pipelines tells of, by their words.
    branches: OnceCell<BTreeMap<String, String>>,
    /// The line of change that each pipeline is seen on, where a question is about one: the others do not have it.
    seen_on: Option<BTreeMap<PipelineId, Line>>,
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
        Self {
            rows: overviews.into_iter().map(PipelineRow::of).collect(),
            accounts: Rc::default(),
            index: Rc::default(),
            by_name: OnceCell::new(),
            is_of_several: OnceCell::new(),
            branches: OnceCell::new(),
            seen_on: None,
        }
    }

    /// The same pipelines, of which some are seen on one line of change each: as if they had no other.
    #[must_use]
    pub(super) fn seen_on(&self, lines: Vec<(Line, Arc<Overview>)>) -> Self {
        let mut seen: BTreeMap<PipelineId, (Line, Arc<Overview>)> =
            lines.into_iter().map(|(line, overview)| (overview.pipeline.clone(), (line, overview))).collect();
        let on = seen.iter().map(|(id, (line, _))| (id.clone(), line.clone())).collect();
        let overviews = self.rows.iter().map(|row| match seen.remove(&row.overview.pipeline) {
            Some((_, overview)) => overview,
            None => Arc::clone(&row.overview),
        });
        Self { seen_on: Some(on), ..self.renewed(overviews.collect()) }
    }

    /// Whether a pipeline has the line of change that the question is about; every one where it is about none.
    pub(super) fn is_on_line(&self, pipeline: &PipelineId) -> bool {
        self.seen_on.as_ref().is_none_or(|on| on.contains_key(pipeline))
    }

    /// The line of change that a pipeline is seen on.
    pub(super) fn line_of(&self, pipeline: &PipelineId) -> Option<&Line> {
        self.seen_on.as_ref()?.get(pipeline)
    }

    /// A history, of the line that its pipeline is seen on.
    pub(super) fn narrowed(&self, history: History) -> History {
        match self.line_of(&history.pipeline) {
            Some(line) if history.has_lines() => history.of_line(line),
            _ => history,
        }
    }

    /// The branch of these words, if the list of pipelines tells of it.
    pub(super) fn branch(&self, said: &str) -> Option<&str> {
        let known = || {
            let lines = self.rows.iter().flat_map(|row| {
                let overview = &row.overview;
                let red = overview.red.iter().map(|red| &red.line);
                let open = overview.open.iter().filter_map(|run| run.line.as_ref());
                let muted = overview.mutes.iter().filter_map(|mute| mute.line.as_ref());
                overview.line.iter().chain(&overview.sole_line).chain(red).chain(open).chain(muted)
            });
            let names: BTreeSet<&String> = lines
                .filter_map(|line| match line {
                    Line::Branch(name) => Some(name),
                    Line::Common | Line::PullRequest(_) => None,
                })
                .collect();
            names.into_iter().map(|name| (plain(name), name.clone())).collect()
        };
        self.branches.get_or_init(known).get(said).map(String::as_str)
    }

    /// The same, where accounts have names and customers.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Rc<Accounts>) -> Self {
        self.accounts = accounts;
        self.index = Rc::default();
        self.is_of_several = OnceCell::new();
        self
    }

    /// The accounts that have a name.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The customer whose pipeline it is.
    pub fn customer(&self, pipeline: &PipelineId) -> Option<&str> {
        self.accounts.customer(pipeline.home.account.as_str())
    }

    /// The pipelines of the ledger as it is now; what was prepared for the same names is taken over.
    #[must_use]
    pub fn renewed(&self, overviews: Vec<Arc<Overview>>) -> Self {
        let mut fleet = Self { accounts: Rc::clone(&self.accounts), ..Self::new(overviews) };
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
        let one = |spoken: &[String]| match Index::of(spoken.iter().map(String::as_str)).find(heard) {
            Match::One(at) => rows.get(at).copied(),
            _ => None,
        };
        let names: Vec<String> = rows.iter().map(|row| row.overview.pipeline.name.to_string()).collect();
        // Namesakes differ in where they are. Where all are in the production account, "prod" is of the name.
        one(&names).or_else(|| {
            let described = names.iter().zip(&rows).map(|(name, row)| format!("{name} {}", self.description(row)));
            one(&described.collect::<Vec<_>>())
        })
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

    /// The index of all names, each with whose it is and where.
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            Index::of_described(
                self.rows.iter().map(|row| (row.overview.pipeline.name.as_str(), self.description(row))),
            )
        })
    }

    /// What may be said beside a pipeline's name: its region by id and city, its account by id, last digits and name,
    /// and its customer.
    fn description(&self, row: &PipelineRow) -> String {
        let home = &row.overview.pipeline.home;
        let (region, account) = (home.region.as_str(), home.account.as_str());
        let city = andon::region::city(region).unwrap_or_default();
        let known = self.accounts.get(account);
        let name = known.map_or("", |account| account.name.as_str());
        let customer = known.and_then(|account| account.customer.as_deref()).unwrap_or_default();
        let ending = account.get(account.len().saturating_sub(4)..).unwrap_or_default();
        // The words that tell most come first, as no more than twelve are compared.
        [customer, name, region, city, account, ending].join(" ")
    }

    /// Whether a word or name describes where a pipeline is, or whose.
    pub(super) fn describes(&self, row: &PipelineRow, text: &str) -> bool {
        let description = self.description(row).to_lowercase();
        description.contains(&text.to_lowercase())
            || Index::of([description.as_str(), row.overview.pipeline.name.as_str()]).has_word(text)
    }

    /// Whether a pipeline is of an environment, by its own name or by that of its account.
    pub fn is_of_environment(&self, row: &PipelineRow, environment: &str) -> bool {
        let id = &row.overview.pipeline;
        let account = self.accounts.get(id.home.account.as_str()).map_or("", |account| account.name.as_str());
        Index::of([id.name.as_str(), account]).has_word(environment)
    }

    pub(super) fn called_exactly(&self, name: &str) -> Vec<&PipelineRow> {
        self.index().exactly(name).into_iter().filter_map(|at| self.rows.get(at)).collect()
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.index().has_word(word)
    }

    pub(super) fn explaining(&self, heard: &str) -> Vec<&PipelineRow> {
        self.index().explaining(heard).into_iter().filter_map(|at| self.rows.get(at)).collect()
    }

    /// What the name means among the pipelines' names, by their places in the list.
    pub(super) fn match_name(&self, heard: &str) -> Match {
        self.index().find(heard)
    }

    /// The pipeline at a place of the list.
    pub(super) fn pipeline_at(&self, at: usize) -> Option<PipelineId> {
        self.rows.get(at).map(|row| row.overview.pipeline.clone())
    }

    /// The pipelines, two at most, that are called something like it.
    pub fn nearest(&self, heard: &str) -> Vec<PipelineId> {
        let found = match self.index().find(heard) {
            Match::One(at) => vec![at],
            Match::Several(all) => all.into_iter().take(2).collect(),
            Match::Unknown { nearest } => nearest,
        };
        found.into_iter().filter_map(|at| self.rows.get(at)).map(|row| row.overview.pipeline.clone()).collect()
    }

    pub(super) fn account_ids(&self) -> BTreeSet<&str> {
        let seen = self.rows.iter().map(|row| row.overview.pipeline.home.account.as_str());
        seen.chain(self.accounts.0.keys().map(String::as_str)).collect()
    }

    pub(super) fn region_ids(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|row| row.overview.pipeline.home.region.as_str()).collect()
    }

    /// The names of customers, and then of accounts, with the ids of their accounts.
    pub(super) fn owners(&self) -> Vec<(String, bool, Vec<String>)> {
        let mut owners: Vec<(String, bool, Vec<String>)> = Vec::new();
        for (id, account) in &self.accounts.0 {
            let named = [account.customer.as_deref().map(|name| (name, true)), Some((account.name.as_str(), false))];
            for (name, is_customer) in named.into_iter().flatten() {
                match owners.iter_mut().find(|(known, customer, _)| known == name && *customer == is_customer) {
                    Some((_, _, ids)) => ids.push(id.clone()),
                    None => owners.push((name.to_owned(), is_customer, vec![id.clone()])),
                }
            }
        }
        owners.sort_by_key(|(name, is_customer, _)| (!*is_customer, std::cmp::Reverse(name.len())));
        owners
    }

    /// Whether the pipelines are of several customers.
    pub(super) fn has_several_customers(&self) -> bool {
        *self.is_of_several.get_or_init(|| {
            let mut customers = self.rows.iter().filter_map(|row| self.customer(&row.overview.pipeline));
            let first = customers.next();
            customers.any(|customer| Some(customer) != first)
        })
    }

    /// The other pipelines of the same name.
    pub(super) fn namesakes<'f>(&'f self, pipeline: &'f PipelineId) -> impl Iterator<Item = &'f PipelineId> {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: HashMap<PipelineName, Vec<usize>> = HashMap::new();
            for (at, row) in self.rows.iter().enumerate() {
                by_name.entry(row.overview.pipeline.name.clone()).or_default().push(at);
            }
            by_name
        });
        let places = by_name.get(&pipeline.name).map(Vec::as_slice).unwrap_or_default();
        let all = places.iter().filter_map(|at| self.rows.get(*at)).map(|row| &row.overview.pipeline);
        all.filter(move |other| *other != pipeline)
    }

    /// Whether any account is known to be a customer's.
    pub(super) fn has_customers(&self) -> bool {
        self.accounts.0.values().any(|account| account.customer.is_some())
    }

    pub(super) fn stage_names(&self) -> BTreeSet<&str> {
        self.rows.iter().flat_map(|row| &row.overview.latest.stages).map(|stage| stage.name.as_str()).collect()
    }

    /// Whoever made a change that the list of pipelines tells of.
    pub(super) fn people(&self) -> BTreeSet<String> {
        let mut people = BTreeSet::new();
        for row in &self.rows {
            let broken = row.overview.broken_by.as_ref();
            let open = row.overview.open.iter().filter_map(|run| run.change.as_ref());
            let changes = [row.change(), broken.and_then(|b| b.change.as_ref()), broken.and_then(|b| b.first.as_ref())];
            let authors = changes.into_iter().flatten().chain(open).filter_map(|change| change.author.clone());
            people.extend(authors.filter(|author| !author.trim().is_empty()));
        }
        people
    }

    fn named<'a>(&'a self, heard: &'a str) -> Found<'a> {
        let index = self.index();
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
