//! The spoken and written names of pipelines.

use super::super::spoken::spoken;
use super::super::{Fleet, Phrase, Voice};
use andon::board::PipelineRow;
use andon::name::PipelineId;

/// The most characters of a name that are written on a card.
const MAX_LEN: usize = 60;

/// A pipeline's spoken name, with customer, region or account if the name is not unique.
pub fn called(fleet: &Fleet, row: &PipelineRow, voice: &Voice) -> String {
    let id = &row.overview.pipeline;
    let name = said(id);
    let namesakes =
        || fleet.rows().iter().map(|row| &row.overview.pipeline).filter(|other| other.name == id.name && *other != id);
    let customer = fleet.customer(id);
    if namesakes().next().is_none() {
        name
    } else if let Some(customer) = customer.filter(|own| namesakes().all(|other| fleet.customer(other) != Some(own))) {
        format!("{customer} {name}")
    } else if namesakes().all(|other| other.home.region != id.home.region) {
        let region = spoken(id.home.region.as_str());
        voice.say(Phrase::InRegion, &[("pipeline", name.into()), ("region", region.into())])
    } else {
        let account: Vec<char> = id.home.account.as_str().chars().collect();
        let last: Vec<String> = account.iter().skip(account.len().saturating_sub(4)).map(char::to_string).collect();
        voice.say(Phrase::InAccount, &[("pipeline", name.into()), ("account", last.join(" ").into())])
    }
}

/// A pipeline's name in words; as it is written where it has none.
pub(super) fn said(pipeline: &PipelineId) -> String {
    let said = spoken(pipeline.name.as_str());
    if said.is_empty() { pipeline.name.to_string() } else { said }
}

/// The start of a name.
pub(super) fn cut(name: &str) -> String {
    if name.chars().count() <= MAX_LEN { name.to_owned() } else { name.chars().take(MAX_LEN).chain(['…']).collect() }
}
