//! The account and region of a pipeline, by name.

use andon::name::Home;
use andon::region;
use maud::{Markup, html};

use super::Renderer;

impl Renderer<'_> {
    /// The account and the region as everywhere: the account by name, the region by code; the account's id and the region's city in the tooltip.
    pub(super) fn home(&self, home: &Home) -> Markup {
        let account = self.names.accounts.name(home.account.as_str());
        let city = region::city(home.region.as_str());
        html! {
            span.home title={ "account " (home.account) @if let Some(city) = city { ", region " (city) } } {
                (account) " · " (home.region)
            }
        }
    }
}
