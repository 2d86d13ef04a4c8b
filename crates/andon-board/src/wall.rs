//! The board for a screen on a wall: what needs attention in large letters, and how many there are of the rest.

use maud::{Markup, PreEscaped, html};

use super::Renderer;
use super::causes::listed_causes;
use super::selection::Selection;
use super::sign::sign;
use andon::board::{PipelineRow, StatusColor, place_of};

/// The style of a wall, which no widget needs.
const STYLE: &str = include_str!("wall.css");
/// The most pipelines that have a card; a wall does not scroll.
const MAX_CARDS: usize = 24;

impl Renderer<'_> {
    /// The board for a wall.
    pub(super) fn wall(&self, rows: &[PipelineRow], found: &[&PipelineRow], selection: &Selection) -> Markup {
        // What has a line among the common causes needs no card.
        let listed = listed_causes(found, selection);
        let urgent: Vec<&PipelineRow> = found
            .iter()
            .copied()
            .filter(|row| row.light <= StatusColor::Running && !listed.contains(&row.overview.pipeline))
            .collect();
        let size = match urgent.len() {
            0..=6 => "few",
            7..=12 => "some",
            _ => "many",
        };
        html! {
            style { (PreEscaped(STYLE)) }
            div.wall {
                (self.summary(rows, selection))
                (self.common_causes(found, selection))
                @if urgent.is_empty() && listed.is_empty() {
                    p.calm { (sign(StatusColor::Green)) " Nothing needs attention" }
                }
                div class={ "cards " (size) } {
                    @for row in urgent.iter().take(MAX_CARDS) { (self.wall_card(row)) }
                }
                @if urgent.len() > MAX_CARDS { p.more { "and " (urgent.len() - MAX_CARDS) " more" } }
            }
        }
    }

    fn wall_card(&self, row: &PipelineRow) -> Markup {
        let id = &row.overview.pipeline;
        html! {
            article class={ "row tall " (row.light.word()) } {
                h2 { (sign(row.light)) " " (self.navigation.pipeline(id, &html! { (id.name) })) }
                p.since {
                    span.word { (row.word()) } " "
                    @if let Some(since) = row.red_since() { b { (self.roughly_since(since)) } }
                    @else if let Some(current) = &row.overview.latest.current { b { (self.roughly_since(current.since)) } }
                    " " (self.home(&id.home))
                }
                @if let Some(failure) = row.failure() {
                    p.why {
                        @if let Some(place) = place_of(failure) { b { (place) } " " }
                        (failure.why().unwrap_or("No reason reported."))
                    }
                } @else if let Some(current) = &row.overview.latest.current {
                    p.now { b { (current.stage) @if let Some(action) = &current.action { " / " (action) } } }
                }
                (self.on_it(row))
                @if let Some(known) = row.change() { p.change { (self.change(known)) } }
            }
        }
    }
}
