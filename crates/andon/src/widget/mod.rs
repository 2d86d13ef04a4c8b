//! The board in CloudWatch: a custom widget, which the console asks a Lambda function for.
//!
//! CloudWatch shows HTML without scripts; what can be clicked calls the same function again. The function is called with
//! the viewer's permission and answers with its own, so nothing here changes anything.

use jiff::Timestamp;
use serde::Serialize;

use crate::batch::Invocation;
use crate::config::Config;
use crate::ledger::{Ledger, LedgerError};

mod request;

pub use request::{Request, Wanted};

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

impl Reply {
    /// What is shown when the ledger cannot be read: better than the bare error that CloudWatch would show.
    pub fn trouble(error: &LedgerError) -> Self {
        Self::Html(maud::html! { p { (error) } }.into_string())
    }
}

/// Answers what CloudWatch asks for.
///
/// `config` has the names of the accounts; `invocation.function` is called again when something is clicked.
pub async fn answer(
    request: &Request,
    ledger: &impl Ledger,
    config: &Config,
    now: Timestamp,
    invocation: &Invocation,
) -> Result<Reply, LedgerError> {
    let _ = (config, now, invocation);
    match request {
        Request::Describe => Ok(Reply::Documentation { markdown: DESCRIPTION.to_owned() }),
        Request::Show(..) => {
            let overviews = ledger.pipelines().await?;
            Ok(Reply::Html(maud::html! { p { (overviews.len()) " pipelines" } }.into_string()))
        }
    }
}
