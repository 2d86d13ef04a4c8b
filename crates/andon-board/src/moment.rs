//! Times, durations and changes as HTML.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::Renderer;
use andon::history::ChangeSummary;
use andon::links;
use andon::text::one_line;
use andon::words::span;

/// From this number of seconds on, a rough duration leaves out the seconds.
const ROUGH: i64 = 600;
/// How many characters of a commit's id are shown.
const SHORT_ID: usize = 8;

impl Renderer<'_> {
    /// A moment by the viewer's clock.
    pub(super) fn at(&self, at: Timestamp) -> Markup {
        html! { time datetime=(at) title=(self.viewer.write_in_full(at)) { (unbroken(&self.viewer.write(at, self.now))) } }
    }

    /// A day by the viewer's calendar.
    pub(super) fn day(&self, at: Timestamp) -> Markup {
        html! { time datetime=(at) title=(self.viewer.write_in_full(at)) { (unbroken(&self.viewer.write_day(at))) } }
    }

    /// How long ago something was.
    pub(super) fn ago(&self, at: Timestamp) -> Markup {
        let age = self.now.duration_since(at).as_secs();
        let said = if age < 1 { unbroken("just now") } else { format!("{}\u{a0}ago", roughly(age)) };
        html! { time datetime=(at) title=(self.viewer.write_in_full(at)) { (said) } }
    }

    /// The rough duration since a time.
    pub(super) fn roughly_since(&self, from: Timestamp) -> String {
        roughly(self.now.duration_since(from).as_secs())
    }

    /// A change: its short id, its first line with links to the issues that it mentions, its author.
    pub(super) fn change(&self, change: &ChangeSummary) -> Markup {
        self.change_at(change, None)
    }

    /// The same, leading to the commit's page.
    pub(super) fn linked_change(&self, change: &ChangeSummary) -> Markup {
        self.change_at(change, change.url.as_deref().and_then(links::checked).as_deref())
    }

    fn change_at(&self, change: &ChangeSummary, page: Option<&str>) -> Markup {
        let to_page = |content: Markup| match page {
            Some(page) => outward(page, &content),
            None => content,
        };
        let id = change.id.as_ref().map(|id| id.chars().take(SHORT_ID).collect::<String>());
        let has_id = id.is_some();
        html! {
            @if let Some(id) = id { (to_page(html! { code { (id) } })) " " }
            @if let Some(title) = &change.title {
                span.title {
                    @for piece in self.names.issues.pieces(&one_line(title)) {
                        @match piece.url {
                            Some(issue) => { (outward(&issue, &html! { (piece.text) })) }
                            None if has_id => { (piece.text) }
                            None => { (to_page(html! { (piece.text) })) }
                        }
                    }
                }
                " "
            }
            @if let Some(author) = &change.author { span.author { "by " (one_line(author)) } }
        }
    }

    /// How long something has been going on.
    pub(super) fn since(&self, from: Timestamp) -> String {
        between(from, self.now)
    }
}

/// A span of time between two moments.
pub(super) fn between(from: Timestamp, to: Timestamp) -> String {
    unbroken(&span(to.duration_since(from)))
}

/// A number of seconds as a span that does not change with every second.
pub(super) fn roughly(number: i64) -> String {
    seconds(if number < ROUGH { number } else { number / 60 * 60 })
}

/// A number of seconds in its largest unit alone, rounded: `35 min`, `3 h`.
pub(super) fn shortly(number: i64) -> String {
    let unit = [86_400, 3_600, 60].into_iter().find(|unit| number >= *unit).unwrap_or(1);
    seconds((number + unit / 2) / unit * unit)
}

/// A number of seconds as a span.
pub(super) fn seconds(seconds: i64) -> String {
    unbroken(&span(SignedDuration::from_secs(seconds)))
}

/// A text that stays on one line.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// A link to somewhere else.
pub(super) fn outward(url: &str, content: &Markup) -> Markup {
    html! { a href=(url) target="_blank" rel="noopener noreferrer" { (content) } }
}
