//! Navigation: links on the page of `andon serve`, calls of the function in CloudWatch.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::selection::{Group, MAX_SEARCH_LEN, Selection, Sort, View};
use andon::links::segment;
use andon::name::{ExecutionId, PipelineId};

/// How things are opened.
#[derive(Debug, Clone, Copy)]
pub enum Navigation<'d> {
    /// Each by its address, which begins with this text: nothing, or a path such as `/shared/x`.
    Page(&'d str),
    /// Each by a call of the function with this ARN; CloudWatch's `cwdb-action` applies to the element before it.
    Widget(&'d str),
}

/// Where CloudWatch shows what a call brings.
#[derive(Debug, Clone, Copy)]
enum Display {
    /// In place of what the widget shows.
    Widget,
    /// In front of the dashboard.
    Popup,
}

impl Navigation<'_> {
    /// Opens a pipeline.
    pub(super) fn pipeline(&self, pipeline: &PipelineId, content: &Markup) -> Markup {
        match self {
            Self::Page(base) => html! { a href=(address(base, pipeline)) { (content) } },
            Self::Widget(endpoint) => call(endpoint, Display::Popup, "link", content, &json!({ "pipeline": pipeline })),
        }
    }

    /// Opens one run of a pipeline.
    pub(super) fn run(&self, pipeline: &PipelineId, execution: &ExecutionId, content: &Markup) -> Markup {
        match self {
            Self::Page(base) => {
                html! { a href={ (address(base, pipeline)) "/runs/" (segment(execution.as_str())) } { (content) } }
            }
            Self::Widget(endpoint) => {
                let mut wanted = json!({ "pipeline": pipeline });
                if let Some(pipeline) = wanted.pointer_mut("/pipeline").and_then(Value::as_object_mut) {
                    pipeline.insert("execution".to_owned(), json!(execution));
                }
                call(endpoint, Display::Popup, "link", content, &wanted)
            }
        }
    }

    /// Leads back to the board; in CloudWatch that is behind the popup already.
    pub(super) fn board(&self) -> Markup {
        match self {
            Self::Page(base) => html! { a.back href={ (base) "/" } { "All pipelines" } },
            Self::Widget(_) => html! {},
        }
    }

    /// Opens another page of the board, or the same for other choices.
    pub(super) fn selection(&self, selection: &Selection, class: &str, content: &Markup) -> Markup {
        match self {
            Self::Page(base) => html! { a class=(class) href=(query(base, selection)) { (content) } },
            Self::Widget(endpoint) => {
                let mut wanted = json!({ "find": selection.search, "page": selection.page, "rows": selection.rows });
                if let Some(wanted) = wanted.as_object_mut() {
                    wanted.extend(choices(selection).map(|(name, value)| (name.to_owned(), json!(value))));
                }
                call(endpoint, Display::Widget, class, content, &wanted)
            }
        }
    }

    /// Asks for a search.
    pub(super) fn search(&self, selection: &Selection) -> Markup {
        let field = html! {
            input type="search" name="search" value=(selection.search) aria-label="Search pipelines"
                placeholder="Name, change, cause, state:red…" maxlength=(MAX_SEARCH_LEN);
        };
        match self {
            Self::Page(base) => html! {
                form.search method="get" action={ (base) "/" } role="search" {
                    @for (name, value) in choices(selection) { input type="hidden" name=(name) value=(value); }
                    (field) button.btn type="submit" { "Search" }
                }
            },
            Self::Widget(endpoint) => {
                let mut wanted = json!({ "page": 1, "rows": selection.rows });
                if let Some(wanted) = wanted.as_object_mut() {
                    wanted.extend(choices(selection).map(|(name, value)| (name.to_owned(), json!(value))));
                }
                html! {
                    form.search { (field) (call(endpoint, Display::Widget, "btn", &html! { "Search" }, &wanted)) }
                }
            }
        }
    }
}

/// The choices that differ from the usual ones, by the names that addresses and calls have for them.
fn choices(selection: &Selection) -> impl Iterator<Item = (&'static str, &'static str)> {
    let view = (selection.view != View::default()).then(|| ("view", <&str>::from(selection.view)));
    let group = (selection.group != Group::default()).then(|| ("group", <&str>::from(selection.group)));
    let sort = (selection.sort != Sort::default()).then(|| ("sort", <&str>::from(selection.sort)));
    [view, group, sort].into_iter().flatten()
}

/// The address of a selection, which keeps the search and every choice.
fn query(base: &str, selection: &Selection) -> String {
    let search = (!selection.search.is_empty()).then(|| format!("search={}", segment(&selection.search)));
    let page = (selection.page > 1).then(|| format!("page={}", selection.page));
    let chosen = choices(selection).map(|(name, value)| format!("{name}={value}"));
    let parts: Vec<String> = search.into_iter().chain(chosen).chain(page).collect();
    if parts.is_empty() { format!("{base}/") } else { format!("{base}/?{}", parts.join("&")) }
}

fn call(endpoint: &str, display: Display, class: &str, content: &Markup, wanted: &Value) -> Markup {
    let display = match display {
        Display::Widget => "widget",
        Display::Popup => "popup",
    };
    html! {
        button class=(class) type="button" { (content) }
        cwdb-action action="call" display=(display) endpoint=(endpoint) { (wanted.to_string()) }
    }
}

/// The page of a pipeline.
fn address(base: &str, pipeline: &PipelineId) -> String {
    let home = &pipeline.home;
    let parts = [home.account.as_str(), home.region.as_str(), pipeline.name.as_str()].map(segment);
    format!("{base}/pipelines/{}", parts.join("/"))
}
