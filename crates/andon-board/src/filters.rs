//! The filters of the board: the states as tiles, and the values of other properties to click.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::query::{Facet, Query};
use super::selection::{Group, Selection, Sort, View};
use super::sign::sign;
use super::{Navigation, Renderer};
use andon::board::{PipelineRow, StatusColor};
use andon::words::counted;

/// The states in the order of the board, and what a number of pipelines with them is called.
const LIGHTS: [(StatusColor, &str); 5] = [
    (StatusColor::Red, "red"),
    (StatusColor::Waiting, "waiting"),
    (StatusColor::Running, "running"),
    (StatusColor::Green, "green"),
    (StatusColor::Grey, "other"),
];
/// The properties whose values are listed where pipelines differ in them.
const LISTED: [(Facet, &str); 7] = [
    (Facet::Customer, "Customer"),
    (Facet::Account, "Account"),
    (Facet::Region, "Region"),
    (Facet::Environment, "Environment"),
    (Facet::Branch, "Branch"),
    (Facet::Category, "Failure"),
    (Facet::Owner, "On it"),
];
/// The most values of one property that are listed, those with the most red pipelines first.
const MAX_VALUES: usize = 8;
/// The number of pipelines from which on filters are of use.
const MANY: usize = 10;

/// How many pipelines have a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Tally {
    red: usize,
    all: usize,
}

impl Renderer<'_> {
    /// How many there are of each state; a click lists those alone.
    pub(super) fn summary(&self, rows: &[PipelineRow], selection: &Selection) -> Markup {
        let query = Query::parse(&selection.search);
        let counts = LIGHTS.map(|(light, word)| (light, word, rows.iter().filter(|row| row.light == light).count()));
        html! {
            ul.summary aria-label=(counted(rows.len() as u64, "pipeline")) {
                @for (light, word, count) in counts.into_iter().filter(|(_, _, count)| *count > 0) {
                    @let class = if query.has(Facet::State, light.word()) { "tile chosen" } else { "tile" };
                    li class=(light.word()) {
                        (self.navigation.selection(
                            &selection.searching(&query.toggled(Facet::State, light.word())),
                            class,
                            &html! { (sign(light)) b { (count) } " " span { (word) } },
                        ))
                    }
                }
            }
        }
    }

    /// The values to filter by, and the choices of grouping, order and density, where there are many pipelines.
    pub(super) fn filters(&self, rows: &[PipelineRow], selection: &Selection) -> Markup {
        if rows.len() <= MANY && selection.search.is_empty() {
            return html! {};
        }
        let query = Query::parse(&selection.search);
        html! {
            div.filters {
                @for (facet, name) in LISTED { (self.values(facet, name, rows, &query, selection)) }
                (self.choice("Group by", [Group::None, Group::Cause, Group::Customer], selection.group, |group| {
                    Selection { group, page: 1, ..selection.clone() }
                }))
                @if matches!(self.navigation, Navigation::Page(_)) {
                (self.choice("Order", [Sort::Urgency, Sort::Longest, Sort::Newest, Sort::Name], selection.sort, |sort| {
                    Selection { sort, page: 1, ..selection.clone() }
                }))
                (self.choice("Show", [View::Auto, View::Full, View::Compact, View::Wall], selection.view, |view| {
                    Selection { view, page: 1, ..selection.clone() }
                }))
                }
            }
        }
    }

    /// The values of one property, unless all pipelines have the same one.
    fn values(&self, facet: Facet, name: &str, rows: &[PipelineRow], query: &Query, selection: &Selection) -> Markup {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for row in rows {
            for value in facet.values_of(row, self.names) {
                let tally = tallies.entry(value).or_default();
                tally.all += 1;
                tally.red += usize::from(row.light == StatusColor::Red);
            }
        }
        let mut values: Vec<(String, Tally)> = tallies.into_iter().collect();
        values.sort_by_key(|(value, tally)| (!query.has(facet, value), std::cmp::Reverse(*tally)));
        let left_out = values.len().saturating_sub(MAX_VALUES);
        // Where every customer has one account, a list of both says the same twice.
        let customers =
            || rows.iter().flat_map(|row| Facet::Customer.values_of(row, self.names)).collect::<BTreeSet<_>>();
        let is_repetition = facet == Facet::Account && customers().len() == values.len();
        let is_of_use = values.len() > 1 && !is_repetition || values.iter().any(|(value, _)| query.has(facet, value));
        html! {
            @if is_of_use {
                div.values role="group" aria-label=(name) {
                    span.name { (name) }
                    @for (value, tally) in values.iter().take(MAX_VALUES) {
                        @let class = if query.has(facet, value) { "chip chosen" } else { "chip" };
                        (self.navigation.selection(
                            &selection.searching(&query.toggled(facet, value)),
                            class,
                            &html! {
                                (value) " " span.count { (tally.all) }
                                @if tally.red > 0 && facet != Facet::Category { " " b.red { (tally.red) " red" } }
                            },
                        ))
                    }
                    @if left_out > 0 { span.count { "and " (left_out) " more" } }
                }
            }
        }
    }

    /// Alternatives of which one is chosen.
    fn choice<T: Copy + PartialEq + Into<&'static str>, const N: usize>(
        &self,
        name: &str,
        all: [T; N],
        chosen: T,
        with: impl Fn(T) -> Selection,
    ) -> Markup {
        html! {
            div.values role="group" aria-label=(name) {
                span.name { (name) }
                @for one in all {
                    @let class = if one == chosen { "chip chosen" } else { "chip" };
                    (self.navigation.selection(&with(one), class, &html! { (one.into()) }))
                }
            }
        }
    }
}
