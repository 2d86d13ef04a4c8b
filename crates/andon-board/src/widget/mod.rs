//! The board as a CloudWatch custom widget, which the console requests from a Lambda function.
//!
//! CloudWatch shows HTML without scripts; clicks call the same function again. CloudWatch invokes the function with the
//! viewer's permissions, but the function has its own role, so everything here is read-only.

use jiff::Timestamp;
use serde::Serialize;

use crate::{Names, Navigation, Renderer, find};
use andon::batch::Invocation;
use andon::board::PipelineRow;
use andon::ledger::{Ledger, LedgerError};

mod request;

pub use request::{AccountFilter, Request, Wanted};

const DESCRIPTION: &str = include_str!("description.md");

/// What CloudWatch is answered: serialised, a JSON string of HTML, or an object with Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// What is shown.
    Html(String),
    /// What describes the widget.
    Documentation {
        /// The text; its first block of YAML are the parameters to begin with.
        markdown: String,
    },
}

/// Answers a request from CloudWatch.
///
/// `names` is what the configuration says of pipelines; `invocation.function` is called again when something is clicked.
pub async fn answer(
    request: &Request,
    ledger: &impl Ledger,
    names: Names<'_>,
    now: Timestamp,
    invocation: &Invocation,
) -> Result<Reply, LedgerError> {
    let (wanted, viewer) = match request {
        Request::Describe => return Ok(Reply::Documentation { markdown: DESCRIPTION.to_owned() }),
        Request::Show(wanted, viewer) => (wanted, viewer),
    };
    let view = Renderer { viewer, names, now, navigation: Navigation::Widget(&invocation.function) };
    let shown = match wanted {
        Wanted::Board(selection, accounts) => {
            let mut overviews = ledger.pipelines().await?;
            overviews.retain(|overview| accounts.hold(&overview.pipeline));
            view.board(&PipelineRow::list(overviews), selection)
        }
        Wanted::Pipeline { pipeline, execution } => match find(ledger, pipeline, execution.as_ref()).await? {
            Some(found) => view.pipeline(&found),
            None => view.sorry("Andon has no runs of such a pipeline."),
        },
    };
    Ok(Reply::Html(shown.into_string()))
}

/// What is shown when the ledger cannot be read, in place of the bare error that CloudWatch would show.
pub fn trouble(request: &Request, names: Names<'_>, now: Timestamp, error: &LedgerError) -> Reply {
    let Request::Show(_, viewer) = request else {
        return Reply::Documentation { markdown: DESCRIPTION.to_owned() };
    };
    let view = Renderer { viewer, names, now, navigation: Navigation::Widget("") };
    let sentence = format!("The board is unavailable: {error}. The next refresh tries again.");
    Reply::Html(view.sorry(&sentence).into_string())
}
