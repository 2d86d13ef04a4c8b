//! Dynamic entities: the names of the pipelines, sent to Alexa to improve recognition.

use std::cmp::Reverse;

use andon::board::PipelineRow;
use andon_answers::{Fleet, spoken};

use crate::intent::PIPELINE_TYPE;
use crate::response::{Directive, Entity, EntityName, EntityType};

/// The most names that Alexa takes at once, synonyms probably included.
const MAX_NAMES: usize = 100;
/// The most characters of a name of a slot's value.
const MAX_LEN: usize = 140;
/// The most bytes that all of them may take: a reply has other things to carry.
const MAX_BYTES: usize = 12_000;
/// What an entity takes beside its names.
const AROUND: usize = 60;

/// The spoken names of the most recently active pipelines; `None` if there are none.
///
/// The names come first; where there is room for more, how they are written is told as well.
pub(crate) fn entities(fleet: &Fleet) -> Option<Directive> {
    let mut rows: Vec<&PipelineRow> = fleet.rows().iter().collect();
    rows.sort_by_key(|row| Reverse(row.news_at()));
    let mut values: Vec<Entity> = Vec::new();
    let mut bytes = 0;
    for row in rows.iter().take(MAX_NAMES) {
        let pipeline = &row.overview.pipeline;
        let (id, value) = (pipeline.address(), spoken(pipeline.name.as_str()));
        bytes += AROUND + id.len() + value.len();
        if bytes > MAX_BYTES {
            break;
        }
        if !value.is_empty() && value.chars().count() <= MAX_LEN {
            values.push(Entity { id, name: EntityName { value, synonyms: Vec::new() } });
        }
    }
    let mut room = MAX_NAMES.saturating_sub(values.len());
    for entity in &mut values {
        let Some(written) = crate::intent::read(&entity.id).map(|pipeline| pipeline.name.to_string()) else { continue };
        let written: Vec<String> = written
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let written = written.join(" ");
        bytes += written.len() + 3;
        if room == 0 || bytes > MAX_BYTES {
            break;
        }
        if written != entity.name.value.to_lowercase() && written.chars().count() <= MAX_LEN {
            entity.name.synonyms.push(written);
            room -= 1;
        }
    }
    let types = vec![EntityType { name: PIPELINE_TYPE, values }];
    (!fleet.rows().is_empty()).then_some(Directive::UpdateDynamicEntities { update_behavior: "REPLACE", types })
}
