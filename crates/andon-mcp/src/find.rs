//! The pipeline that a call names: exactly, or not at all.

use andon::board::PipelineRow;
use andon_answers::Fleet;

use crate::fault::Fault;
use crate::shown::{address, id};

/// The most candidates that are named.
const MAX_CANDIDATES: usize = 5;

/// The pipeline of this name, or of this `ACCOUNT/REGION/NAME`.
///
/// Several of that name, or none, is a fault that names candidates, and never a guess.
pub(crate) fn find<'f>(fleet: &'f Fleet, name: &str) -> Result<&'f PipelineRow, Fault> {
    let name = name.trim();
    let is_it = |row: &&PipelineRow| {
        let pipeline = &row.overview.pipeline;
        let plain = pipeline.name.as_str();
        let home = &pipeline.home;
        plain == name
            || id(plain) == name
            || address(pipeline) == name
            || name.split_once('/').is_some_and(|(account, rest)| {
                account == home.account.as_str()
                    && rest
                        .split_once('/')
                        .is_some_and(|(region, last)| region == home.region.as_str() && last == plain)
            })
    };
    let found: Vec<&PipelineRow> = fleet.rows().iter().filter(is_it).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => {
            let near: Vec<String> = fleet.nearest(name).iter().map(address).collect();
            Err(Fault::Told(if near.is_empty() {
                "No pipeline has this name. `list_pipelines` lists all.".to_owned()
            } else {
                format!("No pipeline has this name. Similar names: {}. Do not guess: ask the user.", near.join(", "))
            }))
        }
        several => {
            let all: Vec<String> = several.iter().map(|row| address(&row.overview.pipeline)).collect();
            let more = all.len().saturating_sub(MAX_CANDIDATES);
            let named = all.get(..MAX_CANDIDATES).unwrap_or(&all).join(", ");
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(Fault::Told(format!(
                "Several pipelines have this name: {named}{rest}. Give one as ACCOUNT/REGION/NAME."
            )))
        }
    }
}
