//! The board on devices with a screen. Tapping a pipeline speaks its state.

use andon::board::{PipelineRow, StatusColor};
use andon_answers::{Answer, Voice, standing};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::intent::read;
use crate::response::{Directive, cut};
use andon::name::PipelineId;

/// How the board looks, in Alexa's presentation language.
const DOCUMENT: &str = include_str!("board.apl.json");
/// The most pipelines on a screen.
const MAX_ROWS: usize = 20;
/// The most characters of a title.
const MAX_LEN: usize = 100;

/// Shows the pipelines that an answer is about; nothing where it is about none.
pub(crate) fn board(answer: &Answer, voice: &Voice, now: Timestamp) -> Option<Directive> {
    let rows: Vec<Value> = answer.rows.iter().take(MAX_ROWS).map(|row| shown(row, voice, now)).collect();
    let document = serde_json::from_str(DOCUMENT).ok()?;
    let datasources = json!({ "board": { "title": text(&cut(&answer.card.title, MAX_LEN)), "rows": rows } });
    (!rows.is_empty()).then_some(Directive::RenderDocument { token: "board", document, datasources })
}

/// The pipeline that was touched.
pub(crate) fn touched(arguments: &[Value]) -> Option<PipelineId> {
    match arguments {
        [kind, id] if kind == "pipeline" => read(id.as_str()?),
        _ => None,
    }
}

fn shown(row: &PipelineRow, voice: &Voice, now: Timestamp) -> Value {
    let pipeline = &row.overview.pipeline;
    json!({
        "id": pipeline.address(),
        "name": text(pipeline.name.as_str()),
        "standing": text(&standing(row, voice, now)),
        "colour": colour(row.light),
    })
}

fn colour(light: StatusColor) -> &'static str {
    match light {
        StatusColor::Red => "#ff4d4f",
        StatusColor::Waiting => "#f5b83d",
        StatusColor::Running => "#4c9aff",
        StatusColor::Green => "#36b37e",
        StatusColor::Grey => "#8b98a5",
    }
}

/// A text of the presentation language may hold a few tags; here nothing is one.
fn text(text: &str) -> String {
    cut(text, usize::MAX).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
