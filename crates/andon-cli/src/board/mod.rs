//! The board: every pipeline on one page, and a page for each.
//!
//! Pages hold no script and fetch nothing. A status is told by a word and a shape as well as by its colour. All text is
//! escaped by the template language; only addresses that have been checked stand behind links.

use andon::board::Light;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

mod fleet;
mod parts;
mod pipeline;
mod strip;

pub use fleet::fleet;
pub use pipeline::pipeline;

const STYLE: &str = include_str!("board.css");
/// How often a page is fetched again, in seconds.
const REFRESH: u32 = 10;

/// A page that has nothing to show but a sentence.
pub fn sorry(sentence: &str) -> Markup {
    page("Andon", Light::Grey, None, &html! { main { p.empty { (sentence) } p { a href="/" { "To the board" } } } })
}

fn page(title: &str, light: Light, now: Option<Timestamp>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if now.is_some() {
                    meta http-equiv="refresh" content=(REFRESH);
                }
                title { (title) }
                link rel="icon" href=(icon(light));
                style { (PreEscaped(STYLE)) }
            }
            body {
                (content)
                @if let Some(now) = now {
                    footer { "As of " (now.strftime("%e %B %Y, %H:%M:%S UTC")) ", fetched again every " (REFRESH) " seconds." }
                }
            }
        }
    }
}

/// The browser tab's own light.
fn icon(light: Light) -> String {
    let colour = match light {
        Light::Red => "d1242f",
        Light::Waiting => "bf8700",
        Light::Running => "0969da",
        Light::Green => "1a7f37",
        Light::Grey => "6e7781",
    };
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
         %3Ccircle cx='8' cy='8' r='7' fill='%23{colour}'/%3E%3C/svg%3E"
    )
}
