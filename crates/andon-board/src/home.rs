//! The account and region of a pipeline, by name.

use andon::name::Home;
use andon::region;
use maud::{Markup, html};

use super::Renderer;

impl Renderer<'_> {
    /// The account and the region by name; their ids in the tooltip.
    pub(super) fn home(&self, home: &Home) -> Markup {
        let account = self.accounts.name(home.account.as_str());
        let region = region::city(home.region.as_str()).unwrap_or(home.region.as_str());
        html! {
            span.home title={ "account " (home.account) ", region " (home.region) } { (account) " · " (region) }
        }
    }
}
