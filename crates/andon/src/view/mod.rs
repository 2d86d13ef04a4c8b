//! What is shown of the pipelines, as HTML: the same in CloudWatch's custom widget and on the page of `andon serve`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How somebody looks at the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    /// Light or dark.
    pub theme: Theme,
    /// The zone in which times are said.
    pub zone: TimeZone,
    /// How dates are written: a language tag such as `en` or `de-DE`.
    pub locale: String,
    /// What is of interest to them begins here; `None` if everything is.
    pub since: Option<Timestamp>,
}

/// The colours of what is around the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As the viewer's browser prefers.
    Preferred,
}

/// Which pipelines are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Words that must all be found in a pipeline's name, account, region or state; empty for every pipeline.
    pub search: String,
    /// Which page of them, from 1.
    pub page: usize,
    /// How many to a page.
    pub rows: usize,
}
