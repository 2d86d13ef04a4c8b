//! The pages: the board, and one for each pipeline and each of its runs.

use std::sync::Arc;

use andon::board::{PipelineRow, StatusColor};
use andon::name::{AccountId, ExecutionId, Home, PipelineId, PipelineName, Region};
use andon_board::{MAX_SEARCH_LEN, Names, Navigation, Pipeline, Renderer, Selection, View};
use andon_config::Config;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use maud::Markup;
use serde::Deserialize;

use super::Site;
use super::handle::NoAnswer;
use super::page::Page;
use super::scope::Scope;
use super::viewer::viewer;

/// Nothing is run but the script of these pages, and nothing is fetched but from here, whatever slips into a page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'";
/// How many pipelines there are to a page.
const ROWS: usize = 50;

/// What follows the `?` of the board's address.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    search: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    view: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    sort: String,
    /// The same as `view=wall`, whatever its value.
    wall: Option<String>,
}

impl Asked {
    /// What is asked for; what has no meaning counts as not asked for.
    fn selection(self) -> Selection {
        let view = if self.wall.is_some() { View::Wall } else { self.view.parse().unwrap_or_default() };
        Selection {
            search: self.search.trim().chars().take(MAX_SEARCH_LEN).collect(),
            page: self.page.parse().unwrap_or(1),
            rows: ROWS,
            view,
            group: self.group.parse().unwrap_or_default(),
            sort: self.sort.parse().unwrap_or_default(),
        }
    }
}

/// What a page is about to show.
struct Shown {
    status: StatusCode,
    title: String,
    light: StatusColor,
    content: Markup,
    is_wall: bool,
}

/// The pipeline, and perhaps the run, that an address names.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    account: String,
    region: String,
    name: String,
    execution: Option<String>,
}

pub(super) async fn board(
    scope: Scope,
    State(site): State<Site>,
    uri: Uri,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let selection = asked.selection();
    let rows = async || {
        let rows = site.rows.read(&site.desk, &site.news).await?;
        if scope.shared.is_none() {
            return Ok(rows);
        }
        let has = |row: &&PipelineRow| scope.has(&row.overview.pipeline.home.account, site.config.accounts());
        Ok(Arc::new(rows.iter().filter(has).cloned().collect::<Vec<_>>()))
    };
    page(&site, &scope, &uri, &headers, rows, |view, rows| {
        let red = rows.iter().filter(|row| row.light == StatusColor::Red).count();
        Shown {
            status: StatusCode::OK,
            title: if red > 0 { format!("{red} red · Andon") } else { "Andon".to_owned() },
            light: rows.first().map_or(StatusColor::Grey, |row| row.light),
            content: view.board(&rows, &selection),
            is_wall: selection.view == View::Wall,
        }
    })
    .await
}

/// The page of a pipeline, or of one of its runs.
pub(super) async fn pipeline(
    scope: Scope,
    State(site): State<Site>,
    uri: Uri,
    Path(place): Path<Place>,
    headers: HeaderMap,
) -> Response {
    let found = async || find(&site, &scope, place).await;
    page(&site, &scope, &uri, &headers, found, |view, found| one(view, found.as_ref())).await
}

fn one(view: &Renderer<'_>, found: Option<&Pipeline>) -> Shown {
    match found.and_then(|found| Some((found, found.history.overview()?))) {
        Some((found, overview)) => {
            let row = PipelineRow::of(overview);
            Shown {
                status: StatusCode::OK,
                title: format!("{} · {} · Andon", row.overview.pipeline.name, row.word()),
                light: row.light,
                content: view.pipeline(found),
                is_wall: false,
            }
        }
        None => sorry(view, StatusCode::NOT_FOUND, "Andon has no runs of such a pipeline."),
    }
}

fn sorry(view: &Renderer<'_>, status: StatusCode, sentence: &str) -> Shown {
    Shown { status, title: "Andon".to_owned(), light: StatusColor::Grey, content: view.sorry(sentence), is_wall: false }
}

/// A page: what `read` finds, as `show` shows it. Rendered once for each change, address, language and time zone.
async fn page<T>(
    site: &Site,
    scope: &Scope,
    uri: &Uri,
    headers: &HeaderMap,
    read: impl AsyncFnOnce() -> Result<T, NoAnswer>,
    show: impl FnOnce(&Renderer<'_>, T) -> Shown,
) -> Response {
    let viewer = viewer(headers, &site.config.zone);
    let zone = viewer.zone.iana_name().unwrap_or_default().to_owned();
    let key = [uri.to_string(), viewer.locale.clone(), zone, scope.user.clone().unwrap_or_default()];
    let render = async || {
        let found = read().await;
        let now = Timestamp::now();
        let Config { environments, issues, .. } = &*site.config;
        let names = Names { accounts: site.config.accounts(), environments, issues };
        let view = Renderer { viewer: &viewer, names, now, navigation: Navigation::Page(&scope.base) };
        let shown = match found {
            Ok(found) => show(&view, found),
            Err(error) => sorry(&view, StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
        };
        let Shown { status, title, light, content, is_wall } = shown;
        let document =
            Page { title: &title, light, viewer: &viewer, now, content: &content, is_wall, scope }.document();
        (status, document.0)
    };
    let document = site.rendered.page(key, &site.news, render).await;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let tag = [(header::ETAG, format!("\"{}\"", document.number))];
    (document.status, headers, tag, document.body).into_response()
}

/// The pipeline at an address; `None` if there is none, if it is not shown here, or if the address cannot be one.
pub(super) async fn find(site: &Site, scope: &Scope, place: Place) -> Result<Option<Pipeline>, NoAnswer> {
    let Place { account, region, name, execution } = place;
    let parsed = (AccountId::parse(account), Region::parse(region), PipelineName::parse(name));
    let (Ok(account), Ok(region), Ok(name)) = parsed else { return Ok(None) };
    let Ok(execution) = execution.map(ExecutionId::parse).transpose() else { return Ok(None) };
    if !scope.has(&account, site.config.accounts()) {
        return Ok(None);
    }
    site.desk.pipeline(PipelineId { home: Home { account, region }, name }, execution).await
}
