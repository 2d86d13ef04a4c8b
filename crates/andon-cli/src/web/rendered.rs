//! Pages as they were last rendered: all who watch the same page get the same rendering of a change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use andon::board::PipelineRow;
use axum::body::Bytes;
use axum::http::StatusCode;
use tokio::sync::Mutex;

use super::handle::{Handle, NoAnswer};
use super::live::{Edition, News};

/// How long a page is good for while nothing changes: time goes on in it too.
const MAX_AGE: Duration = Duration::from_secs(5);
/// How many pages are kept: one for each address, language and time zone.
const MAX_PAGES: usize = 64;

/// What tells one rendering from another: the address, the language, the time zone, and who looks.
pub(super) type Key = [String; 4];

/// A page that has been rendered.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
    /// Which rendering of this process it is.
    pub(super) number: u64,
}

/// The renderings of the latest edition.
#[derive(Debug, Clone, Default)]
pub(super) struct Rendered(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    edition: Option<Edition>,
    since: Option<Instant>,
    rows: Option<Arc<Vec<PipelineRow>>>,
    documents: BTreeMap<Key, Document>,
    count: u64,
}

impl Rendered {
    /// The page of a key: the one that is there, or what `render` makes of it.
    ///
    /// One is rendered at a time, so that those who ask for the same page at once wait for one rendering.
    pub(super) async fn page(
        &self,
        key: Key,
        news: &News,
        render: impl AsyncFnOnce() -> (StatusCode, String),
    ) -> Document {
        let mut kept = self.0.lock().await;
        kept.be_fresh(news);
        if let Some(document) = kept.documents.get(&key) {
            return document.clone();
        }
        let (status, body) = render().await;
        kept.count += 1;
        let document = Document { status, body: body.into(), number: kept.count };
        if status == StatusCode::OK && kept.documents.len() < MAX_PAGES {
            kept.documents.insert(key, document.clone());
        }
        document
    }
}

/// The rows of the board, read once for each change.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows(Arc<Mutex<Kept>>);

impl Rows {
    pub(super) async fn read(&self, desk: &Handle, news: &News) -> Result<Arc<Vec<PipelineRow>>, NoAnswer> {
        let mut kept = self.0.lock().await;
        kept.be_fresh(news);
        if let Some(rows) = &kept.rows {
            return Ok(Arc::clone(rows));
        }
        let rows = Arc::new(PipelineRow::list(desk.pipelines().await?));
        kept.rows = Some(Arc::clone(&rows));
        Ok(rows)
    }
}

impl Kept {
    /// Forgets what was rendered before the latest news, or too long ago.
    fn be_fresh(&mut self, news: &News) {
        // Read before the ledger is: what changes in between is in the next edition.
        let edition = news.latest();
        if self.edition != Some(edition) || self.since.is_none_or(|since| since.elapsed() > MAX_AGE) {
            *self = Self { edition: Some(edition), since: Some(Instant::now()), count: self.count, ..Self::default() };
        }
    }
}
