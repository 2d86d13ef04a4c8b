//! The board as HTML, for CloudWatch's custom widget and for the page of `andon serve`.
//!
//! No script, no image, nothing fetched. A state is told by a word and a shape as well as by its colour. All text is
//! escaped by the template language; only addresses that have been checked stand behind links. The two places differ in
//! how things are opened, which is the business of a [`Navigation`], and in whose colours they follow.

use andon::account::Accounts;
use andon::environment::Environments;
use andon::issue::Trackers;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

mod causes;
mod chart;
mod environments;
mod filters;
mod fleet;
mod home;
mod keys;
mod moment;
mod navigation;
mod pace;
mod pipeline;
mod query;
mod row;
mod run;
mod runs;
mod selection;
mod sign;
mod story;
mod strip;
mod trend;
mod viewer;
mod wall;
pub mod widget;

pub use navigation::Navigation;
pub use pipeline::{Pipeline, find};
pub use query::{Facet, Query};
pub use selection::{Group, MAX_SEARCH_LEN, Selection, Sort, View};
pub use viewer::{Theme, Viewer};

/// The style of everything that is shown, for elements within the class `andon` alone.
pub const STYLE: &str = include_str!("andon.css");

/// What the configuration says of pipelines.
#[derive(Debug, Clone, Copy)]
pub struct Names<'c> {
    /// The names and customers of accounts.
    pub accounts: &'c Accounts,
    /// The names of environments.
    pub environments: &'c Environments,
    /// Where issues are.
    pub issues: &'c Trackers,
}

/// What everything shown has in common.
#[derive(Debug, Clone, Copy)]
pub struct Renderer<'v> {
    /// Who looks.
    pub viewer: &'v Viewer,
    /// What the configuration says of pipelines.
    pub names: Names<'v>,
    /// The time.
    pub now: Timestamp,
    /// How things are opened.
    pub navigation: Navigation<'v>,
}

impl Renderer<'_> {
    /// A sentence in place of what was wanted, and the way back.
    pub fn sorry(&self, sentence: &str) -> Markup {
        self.frame(&html! {
            p.empty { (sentence) }
            p.empty { (self.navigation.board()) }
        })
    }

    /// The element that everything is in, with its style.
    ///
    /// The class `cwdb-no-default-styles` keeps CloudWatch's own style away.
    fn frame(&self, content: &Markup) -> Markup {
        html! {
            style { (PreEscaped(STYLE)) }
            div class={ "andon cwdb-no-default-styles " (self.viewer.theme.class()) } { (content) }
        }
    }
}
