//! States as shapes: each has its own, so that nothing depends on colour.

use maud::{Markup, html};

use andon::board::StatusColor;

/// The sign of a light beside the word for it.
pub(super) fn sign(light: StatusColor) -> Markup {
    html! {
        svg class={ "sign " (light.word()) } viewBox="0 0 20 20" aria-hidden="true" { (shape(light)) }
    }
}

/// The sign of a state with an accessible label, where no text names the state.
pub(super) fn telling_sign(light: StatusColor, word: &str) -> Markup {
    html! {
        svg class={ "sign " (light.word()) } viewBox="0 0 20 20" role="img" aria-label=(word) { (shape(light)) }
    }
}

/// One path of a ground and the mark cut out of it: what is behind shows through.
fn shape(light: StatusColor) -> Markup {
    let path = match light {
        // An octagon and a cross.
        StatusColor::Red => {
            "M6 1h8l5 5v8l-5 5H6l-5-5V6zM7.2 5.6 10 8.4l2.8-2.8 1.6 1.6L11.6 10l2.8 2.8-1.6 1.6L10 11.6l-2.8 2.8-1.6-1.6L8.4 10 \
             5.6 7.2z"
        }
        // A triangle and an exclamation mark.
        StatusColor::Waiting => "M10 1l9.6 17.5H.4zM8.9 7.2v5.6h2.2V7.2zM8.9 14.2v2.2h2.2v-2.2z",
        // A ring and a triangle that points ahead.
        StatusColor::Running => {
            "M10 1a9 9 0 1 1 0 18a9 9 0 1 1 0-18zM10 3.2a6.8 6.8 0 1 0 0 13.6a6.8 6.8 0 1 0 0-13.6zM7.8 5.9l6.4 4.1-6.4 4.1z"
        }
        // A disc and a tick.
        StatusColor::Green => "M10 1a9 9 0 1 1 0 18a9 9 0 1 1 0-18zM8.8 14.6l6.5-6.6-1.6-1.6-4.9 5-2.5-2.5-1.6 1.6z",
        // A square and a dash.
        StatusColor::Grey => "M5 2h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3zM6 8.9v2.2h8V8.9z",
    };
    html! { path fill-rule="evenodd" d=(path) {} }
}
