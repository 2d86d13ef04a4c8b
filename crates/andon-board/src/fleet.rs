//! The board: every pipeline, most urgent first.

use maud::{Markup, html};

use super::selection::{Page, Selection};
use super::sign::sign;
use super::{Navigation, Renderer};
use andon::board::{PipelineRow, StatusColor};
use andon::words::counted;

/// The lights in the order of the board, and what a number of pipelines with them is called.
const LIGHTS: [(StatusColor, &str); 5] = [
    (StatusColor::Red, "red"),
    (StatusColor::Waiting, "waiting"),
    (StatusColor::Running, "running"),
    (StatusColor::Green, "green"),
    (StatusColor::Grey, "other"),
];

impl Renderer<'_> {
    /// The board.
    pub fn board(&self, rows: &[PipelineRow], selection: &Selection) -> Markup {
        if rows.is_empty() {
            return self.frame(&nothing(self.navigation));
        }
        let page = selection.pick(rows, self.accounts);
        let is_long = page.pages > 1 || rows.len() > 10 || !selection.search.is_empty();
        self.frame(&html! {
            div.top {
                (self.summary(rows, selection))
                @if is_long { (self.navigation.search(selection)) }
            }
            @if page.rows.is_empty() {
                p.empty { "No pipelines match “" (selection.search) "”. " (self.all(selection)) }
            }
            (self.rows(&page))
            @if page.pages > 1 { (self.pages(&page, selection)) }
        })
    }

    /// How many there are of each light; a click lists those alone.
    fn summary(&self, rows: &[PipelineRow], selection: &Selection) -> Markup {
        let counts = LIGHTS.map(|(light, word)| (light, word, rows.iter().filter(|row| row.light == light).count()));
        html! {
            ul.summary aria-label=(counted(rows.len() as u64, "pipeline")) {
                @for (light, word, count) in counts.into_iter().filter(|(_, _, count)| *count > 0) {
                    @let chosen = selection.search == light.word();
                    @let search = if chosen { String::new() } else { light.word().to_owned() };
                    li class=(light.word()) {
                        (self.navigation.selection(
                            &Selection { search, page: 1, ..selection.clone() },
                            if chosen { "tile chosen" } else { "tile" },
                            &html! { (sign(light)) b { (count) } " " span { (word) } },
                        ))
                    }
                }
            }
        }
    }

    /// The rows. Where the viewer looks at a range of time, a line parts those with news in it from those without.
    fn rows(&self, page: &Page<'_>) -> Markup {
        let is_quiet = |row: &PipelineRow| {
            let since = self.viewer.since.filter(|_| row.light >= StatusColor::Green);
            since.is_some_and(|since| row.news_at() < since)
        };
        let quiet_from = page.rows.iter().position(|row| is_quiet(row)).unwrap_or(page.rows.len());
        let (fresh, quiet) = page.rows.split_at_checked(quiet_from).unwrap_or_default();
        html! {
            @for row in fresh { (self.row(row)) }
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
        let all = Selection { search: String::new(), page: 1, rows: selection.rows };
        self.navigation.selection(&all, "link", &html! { "Show all" })
    }
}

fn nothing(navigation: Navigation<'_>) -> Markup {
    html! {
        p.empty {
            "No pipelines yet. "
            @match navigation {
                Navigation::Page => {
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
