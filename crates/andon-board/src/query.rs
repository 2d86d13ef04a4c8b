//! What a search of the board asks for: words, and terms such as `state:red` or `customer:"Acme Corp"`.

use std::fmt::{self, Display, Formatter};

use andon::account::Accounts;
use andon::board::PipelineRow;
use andon::cause::CauseKey;
use andon::history::ChangeSummary;
use andon::name::StageName;
use andon::region;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A property of a pipeline that a term names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Facet {
    /// The state: red, waiting, running, green or grey.
    State,
    /// The customer of the account.
    Customer,
    /// The account, by name or id.
    Account,
    /// The region, by code or city.
    Region,
    /// The stage that failed, or that the run is in.
    Stage,
    /// The category of the failure, such as `test`.
    Category,
    /// The cause that pipelines have in common.
    Cause,
    /// The author of the latest change, or of the one that failed.
    Author,
}

/// One condition of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    /// The text occurs somewhere in the row.
    Word(String),
    /// A property has this value.
    Is(Facet, String),
}

/// The conditions of a search; a row has to meet all of them. Terms of one property are alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<Term>);

impl Query {
    /// Reads a search as it was typed. What is no term is a word; nothing is an error.
    pub fn parse(search: &str) -> Self {
        Self(pieces(search).into_iter().map(|piece| term(&piece)).collect())
    }

    /// Whether a row is among what is searched for.
    pub fn finds(&self, row: &PipelineRow, accounts: &Accounts) -> bool {
        let words = self.0.iter().all(|term| match term {
            Term::Word(word) => word == row.light.word() || texts(row, accounts).any(|text| contains(text, word)),
            Term::Is(..) => true,
        });
        let facets = self.0.iter().filter_map(|term| match term {
            Term::Is(facet, _) => Some(*facet),
            Term::Word(_) => None,
        });
        words && facets.into_iter().all(|facet| self.values(facet).any(|value| facet.is(row, accounts, value)))
    }

    /// Whether a property is searched for with this value.
    pub fn has(&self, facet: Facet, value: &str) -> bool {
        self.values(facet).any(|known| known.eq_ignore_ascii_case(value))
    }

    /// The search with a value of a property turned on, or off if it was on. Other values of it are turned off.
    #[must_use]
    pub fn toggled(&self, facet: Facet, value: &str) -> Self {
        let was_on = self.has(facet, value);
        let mut terms: Vec<Term> =
            self.0.iter().filter(|term| !matches!(term, Term::Is(known, _) if *known == facet)).cloned().collect();
        if !was_on {
            terms.push(Term::Is(facet, value.to_owned()));
        }
        Self(terms)
    }

    fn values(&self, facet: Facet) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(move |term| match term {
            Term::Is(known, value) if *known == facet => Some(value.as_str()),
            _ => None,
        })
    }
}

impl Display for Query {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for (index, term) in self.0.iter().enumerate() {
            let (facet, value) = match term {
                Term::Word(word) => (None, word),
                Term::Is(facet, value) => (Some(<&str>::from(facet)), value),
            };
            let gap = if index > 0 { " " } else { "" };
            let colon = facet.map_or("", |_| ":");
            let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
            write!(formatter, "{gap}{}{colon}{quote}{value}{quote}", facet.unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Facet {
    /// The value that a row has; `None` if it has none.
    pub fn value<'r>(self, row: &'r PipelineRow, accounts: &'r Accounts) -> Option<String> {
        let id = &row.overview.pipeline;
        let account = id.home.account.as_str();
        match self {
            Self::State => Some(row.light.word().to_owned()),
            Self::Customer => accounts.customer(account).map(str::to_owned),
            Self::Account => Some(accounts.name(account).to_owned()),
            Self::Region => Some(id.home.region.as_str().to_owned()),
            Self::Stage => stage(row).map(str::to_owned),
            Self::Category => row.failure()?.category.map(|category| <&str>::from(category).to_owned()),
            Self::Cause => CauseKey::of(id, row.failure()?).map(|key| key.as_str().to_owned()),
            Self::Author => changes(row).find_map(|change| change.author.clone()),
        }
    }

    fn is(self, row: &PipelineRow, accounts: &Accounts, value: &str) -> bool {
        let id = &row.overview.pipeline;
        let same = |known: &str| known.eq_ignore_ascii_case(value) || known.to_lowercase() == value.to_lowercase();
        match self {
            Self::Account if same(id.home.account.as_str()) => true,
            Self::Region => same(id.home.region.as_str()) || region::city(id.home.region.as_str()).is_some_and(same),
            Self::Author => changes(row)
                .filter_map(|change| change.author.as_deref())
                .any(|author| contains(author, &value.to_lowercase())),
            _ => self.value(row, accounts).as_deref().is_some_and(same),
        }
    }
}

fn stage(row: &PipelineRow) -> Option<&str> {
    let failed = row.failure().and_then(|failure| failure.stage.as_ref());
    let current = row.overview.latest.current.as_ref().map(|current| &current.stage);
    failed.or(current).map(StageName::as_str)
}

/// The change of the latest run, and the one that failed.
fn changes(row: &PipelineRow) -> impl Iterator<Item = &ChangeSummary> {
    row.change().into_iter().chain(row.overview.broken_by.as_ref().and_then(|broken| broken.change.as_ref()))
}

/// Every text of a row that a word may occur in.
fn texts<'r>(row: &'r PipelineRow, accounts: &'r Accounts) -> impl Iterator<Item = &'r str> {
    let id = &row.overview.pipeline;
    let (account, region) = (id.home.account.as_str(), id.home.region.as_str());
    let place = [id.name.as_str(), account, accounts.name(account), region];
    let named =
        [accounts.customer(account), region::city(region), stage(row), row.failure().and_then(|failure| failure.why())];
    let changed =
        changes(row).flat_map(|change| [change.id.as_deref(), change.title.as_deref(), change.author.as_deref()]);
    place.into_iter().chain(named.into_iter().flatten()).chain(changed.flatten())
}

fn contains(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(word)
}

fn term(piece: &str) -> Term {
    let named = piece.split_once(':').and_then(|(facet, value)| {
        let value = value.trim_matches('"').trim();
        (!value.is_empty()).then_some((facet.to_lowercase().parse::<Facet>().ok()?, value))
    });
    match named {
        Some((facet, value)) => Term::Is(facet, value.to_owned()),
        None => Term::Word(piece.replace('"', "").to_lowercase()),
    }
}

/// The search at its blanks, but for those in quotes.
fn pieces(search: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut is_quoted = false;
    for character in search.chars() {
        is_quoted ^= character == '"';
        if character.is_whitespace() && !is_quoted {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(character);
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| piece.chars().any(|c| c != '"' && !c.is_whitespace()));
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_and_words_are_told_apart() {
        let query = Query::parse("state:red  customer:\"Acme Corp\" Deploy https://x unknown:y region:");
        assert_eq!(
            query.0,
            [
                Term::Is(Facet::State, "red".to_owned()),
                Term::Is(Facet::Customer, "Acme Corp".to_owned()),
                Term::Word("deploy".to_owned()),
                Term::Word("https://x".to_owned()),
                Term::Word("unknown:y".to_owned()),
                Term::Word("region:".to_owned()),
            ]
        );
    }

    #[test]
    fn a_term_is_turned_on_and_off_and_replaces_its_like() {
        let query = Query::parse("api state:red");
        assert_eq!(query.toggled(Facet::State, "red").to_string(), "api");
        assert_eq!(query.toggled(Facet::State, "green").to_string(), "api state:green");
        assert_eq!(query.toggled(Facet::Customer, "Acme Corp").to_string(), "api state:red customer:\"Acme Corp\"");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(search in "[a-z:\" ]{0,40}|\\PC{0,30}") {
            let query = Query::parse(&search);
            prop_assert_eq!(Query::parse(&query.to_string()), query);
        }
    }
}
