//! The head of every page.

use maud::{Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// What every page has in its head, and `more`.
pub(super) fn head(title: &str, more: &Markup) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            style { (PreEscaped(STYLE)) }
            (more)
        }
    }
}
