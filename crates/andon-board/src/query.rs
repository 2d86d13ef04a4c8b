//! What a search of the board asks for: words, and terms such as `state:red` or `customer:"Acme Corp"`.

use std::fmt::{self, Display, Formatter};

use andon::board::PipelineRow;
use andon::cause::CauseKey;
use andon::history::ChangeSummary;
use andon::name::StageName;
use andon::region;
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::Names;

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
    /// An environment that the pipeline deploys to.
    Environment,
    /// The branch or pull request of the latest run, or one that is red.
    Branch,
    /// Who is on it.
    Owner,
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
    pub fn finds(&self, row: &PipelineRow, names: Names<'_>) -> bool {
        let words = self.0.iter().all(|term| match term {
            Term::Word(word) => word == row.light.word() || texts(row, names).any(|text| contains(text, word)),
            Term::Is(..) => true,
        });
        let facets = self.0.iter().filter_map(|term| match term {
            Term::Is(facet, _) => Some(*facet),
            Term::Word(_) => None,
        });
        words && facets.into_iter().all(|facet| self.values(facet).any(|value| facet.is(row, names, value)))
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
    /// The values that a row has: most properties have one or none.
    pub fn values_of(self, row: &PipelineRow, names: Names<'_>) -> Vec<String> {
        let id = &row.overview.pipeline;
        let account = id.home.account.as_str();
        let one = match self {
            Self::State => Some(row.light.word().to_owned()),
            Self::Customer => names.accounts.customer(account).map(str::to_owned),
            Self::Account => Some(names.accounts.name(account).to_owned()),
            Self::Region => Some(id.home.region.as_str().to_owned()),
            Self::Stage => stage(row).map(str::to_owned),
            Self::Category => {
                let category = row.failure().and_then(|failure| failure.category);
                category.map(|category| <&str>::from(category).to_owned())
            }
            Self::Cause => {
                let key = row.failure().and_then(|failure| CauseKey::of(id, failure));
                key.map(|key| key.as_str().to_owned())
            }
            Self::Author => changes(row).find_map(|change| change.author.clone()),
            Self::Owner => row.overview.owner.as_ref().map(|owner| owner.by.name.clone()),
            Self::Environment => {
                return names.environments.of_pipeline(&row.overview).into_iter().map(str::to_owned).collect();
            }
            Self::Branch => return branches(row),
        };
        one.into_iter().collect()
    }

    /// Whether a row has this value.
    fn is(self, row: &PipelineRow, names: Names<'_>, value: &str) -> bool {
        let same = |known: &str| known.eq_ignore_ascii_case(value);
        let id = &row.overview.pipeline;
        let names_part = |known: &str| contains(known, &value.to_lowercase());
        match self {
            Self::Account => {
                let account = id.home.account.as_str();
                same(account) || same(names.accounts.name(account))
            }
            Self::Region => same(id.home.region.as_str()) || region::city(id.home.region.as_str()).is_some_and(same),
            Self::Author => changes(row).filter_map(|change| change.author.as_deref()).any(names_part),
            Self::Owner => row.overview.owner.as_ref().is_some_and(|owner| names_part(&owner.by.name)),
            _ => self.values_of(row, names).iter().any(|known| same(known)),
        }
    }
}

/// The branches and pull requests that the latest run and what is red belong to.
fn branches(row: &PipelineRow) -> Vec<String> {
    let overview = &row.overview;
    let latest = overview.latest.line.as_ref().or(overview.line.as_ref()).or(overview.sole_line.as_ref());
    let lines = latest.into_iter().chain(overview.red.iter().map(|red| &red.line));
    let mut names: Vec<String> = lines.filter(|line| !line.is_common()).map(ToString::to_string).collect();
    names.sort();
    names.dedup();
    names
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
fn texts<'r>(row: &'r PipelineRow, names: Names<'r>) -> impl Iterator<Item = &'r str> {
    let accounts = names.accounts;
    let id = &row.overview.pipeline;
    let (account, region) = (id.home.account.as_str(), id.home.region.as_str());
    let place = [id.name.as_str(), account, accounts.name(account), region];
    let known =
        [accounts.customer(account), region::city(region), stage(row), row.failure().and_then(|failure| failure.why())];
    let changed =
        changes(row).flat_map(|change| [change.id.as_deref(), change.title.as_deref(), change.author.as_deref()]);
    let owner = row.overview.owner.iter().map(|owner| owner.by.name.as_str());
    let environments = names.environments.of_pipeline(&row.overview);
    place.into_iter().chain(known.into_iter().flatten()).chain(changed.flatten()).chain(owner).chain(environments)
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
