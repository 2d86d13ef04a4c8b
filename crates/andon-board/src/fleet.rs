//! The board: every pipeline, most urgent first.

use maud::{Markup, html};

use super::causes::red;
use super::selection::{Group, Page, Selection, View};
use super::{Navigation, Renderer};
use andon::board::{PipelineRow, StatusColor};
use andon::words::counted;

/// The number of pipelines from which on most have one line each.
const MANY: usize = 12;
/// How many of many pipelines are shown in full, if they need attention.
const MAX_FULL: usize = 8;

impl Renderer<'_> {
    /// The board.
    pub fn board(&self, rows: &[PipelineRow], selection: &Selection) -> Markup {
        if rows.is_empty() {
            return self.frame(&nothing(self.navigation));
        }
        let found = selection.found(rows, self.names);
        if selection.view == View::Wall {
            return self.frame(&self.wall(rows, &found, selection));
        }
        let page = selection.pick(&found);
        let is_long = page.pages > 1 || rows.len() > 10 || !selection.search.is_empty();
        self.frame(&html! {
            div.top {
                (self.summary(rows, selection))
                @if is_long { (self.navigation.search(selection)) }
            }
            (self.common_causes(&found, selection))
            (self.filters(rows, selection))
            @if page.rows.is_empty() {
                p.empty { "No pipelines match “" (selection.search) "”. " (self.all(selection)) }
            }
            @match selection.group {
                Group::None => { (self.rows(&page, selection.view)) }
                group => { (self.groups(&page, group, selection.view)) }
            }
            @if page.pages > 1 { (self.pages(&page, selection)) }
        })
    }

    /// The rows in groups that open and close.
    fn groups(&self, page: &Page<'_>, group: Group, view: View) -> Markup {
        html! {
            @for group in self.grouped(&page.rows, group) {
                @let red = red(&group.rows);
                details.group open[red > 0 || group.title.is_none()] {
                    summary {
                        h2 { (group.title.as_deref().unwrap_or("All")) }
                        " " span.count { (counted(group.rows.len() as u64, "pipeline")) }
                        @if red > 0 { " " b.red { span.word { (red) " red" } } }
                    }
                    @for row in &group.rows {
                        @if view == View::Full { (self.row(row)) } @else { (self.compact_row(row)) }
                    }
                }
            }
        }
    }

    /// The row at a place of the page, from 0, in full or as a line.
    fn sized_row(&self, row: &PipelineRow, index: usize, page: &Page<'_>, view: View) -> Markup {
        let is_compact = match view {
            View::Compact => true,
            View::Full | View::Wall => false,
            View::Auto => page.found > MANY && (row.light >= StatusColor::Green || page.first + index > MAX_FULL),
        };
        if is_compact { self.compact_row(row) } else { self.row(row) }
    }

    /// The rows. Where the viewer looks at a range of time, a line parts those with news in it from those without.
    fn rows(&self, page: &Page<'_>, view: View) -> Markup {
        let is_quiet = |row: &PipelineRow| {
            let since = self.viewer.since.filter(|_| row.light >= StatusColor::Green);
            since.is_some_and(|since| row.news_at() < since)
        };
        let quiet_from = page.rows.iter().position(|row| is_quiet(row)).unwrap_or(page.rows.len());
        let (fresh, quiet) = page.rows.split_at_checked(quiet_from).unwrap_or_default();
        html! {
            @for (index, row) in fresh.iter().enumerate() { (self.sized_row(row, index, page, view)) }
            @if let (Some(since), false) = (self.viewer.since, quiet.is_empty()) {
                p.parting { span { "No runs since " (self.at(since)) } }
                @for row in quiet { (self.quiet_row(row)) }
            }
        }
    }

    fn pages(&self, page: &Page<'_>, selection: &Selection) -> Markup {
        let to = |number: usize, words: &str| {
            let selection = Selection { page: number, ..selection.clone() };
            self.navigation.selection(&selection, "btn", &html! { (words) })
        };
        html! {
            nav.pages aria-label="Pages" {
                @if page.number > 1 { (to(page.number - 1, "Previous")) }
                span { (page.first) "–" (page.first + page.rows.len() - 1) " of " (page.found) }
                @if page.number < page.pages { (to(page.number + 1, "Next")) }
            }
        }
    }

    fn all(&self, selection: &Selection) -> Markup {
        let all = Selection { search: String::new(), page: 1, ..selection.clone() };
        self.navigation.selection(&all, "link", &html! { "Show all" })
    }
}

fn nothing(navigation: Navigation<'_>) -> Markup {
    html! {
        p.empty {
            "No pipelines yet. "
            @match navigation {
                Navigation::Page(_) => {
                    "Send CodePipeline events to " code { "POST /events" } ", for example: "
                    code { "curl --json @event.json http://localhost:4646/events" }
                }
                Navigation::Widget(_) => {
                    "A pipeline appears with its first event. For member accounts, deploy spoke.yml to forward their events."
                }
            }
        }
    }
}
