//! The frame of every page: head, header, and footer with the time.

use andon::board::StatusColor;
use andon_board::Viewer;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::head::head;
use super::scope::Scope;

/// How often a page is loaded again where no script does that, in seconds.
const REFRESH: u32 = 10;

/// A page.
pub(super) struct Page<'p> {
    pub(super) title: &'p str,
    pub(super) light: StatusColor,
    pub(super) viewer: &'p Viewer,
    pub(super) now: Timestamp,
    pub(super) content: &'p Markup,
    /// Whether the page is for a screen on a wall.
    pub(super) is_wall: bool,
    /// Who looks at what.
    pub(super) scope: &'p Scope,
}

impl Page<'_> {
    /// The whole document.
    pub(super) fn document(&self) -> Markup {
        let now = self.now.to_zoned(self.viewer.zone.clone());
        let more = html! {
            noscript { meta http-equiv="refresh" content=(REFRESH); }
            link rel="icon" href=(icon(self.light));
            script src={ (self.scope.base) "/live.js" } defer {}
        };
        html! {
            (DOCTYPE)
            html lang="en" {
                (head(self.title, &more))
                body.wall[self.is_wall] {
                    header {
                        h1 { a href={ (self.scope.base) "/" } { "Andon" } }
                        p { "Pipelines that need attention first" }
                    }
                    main { (self.content) }
                    footer { "As of " (now.strftime("%-d %B %Y, %H:%M:%S %Z")) ", " span #live { "refreshes every " (REFRESH) " seconds" } @if let Some(scope) = self.scope.words() { p.scope { (scope) } } p { kbd { "?" } " lists the keys" } }
                    (keys())
                }
            }
        }
    }
}

/// What the keys do.
fn keys() -> Markup {
    let keys = [
        ("/", "Search"),
        ("↓ or j", "Next pipeline"),
        ("↑ or k", "Previous pipeline"),
        ("Enter", "Open the pipeline"),
        ("w", "Show the board for a wall"),
        ("Esc", "Close"),
    ];
    html! {
        dialog #keys aria-label="Keys" {
            p { strong { "Keys" } }
            dl { @for (key, what) in keys { dt { kbd { (key) } } dd { (what) } } }
            form method="dialog" { button { "Close" } }
        }
    }
}

/// The browser tab's own light.
fn icon(light: StatusColor) -> String {
    let colour = match light {
        StatusColor::Red => "d1242f",
        StatusColor::Waiting => "bf8700",
        StatusColor::Running => "0969da",
        StatusColor::Green => "1a7f37",
        StatusColor::Grey => "6e7781",
    };
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
         %3Ccircle cx='8' cy='8' r='7' fill='%23{colour}'/%3E%3C/svg%3E"
    )
}
