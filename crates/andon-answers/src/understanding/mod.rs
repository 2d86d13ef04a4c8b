//! A question understood by its parts: first what it is about, by the ledger's and the configuration's own names, then
//! what is asked, by what is left.
//!
//! No word that may be a name is ever ignored. A name that no pipeline has is said to be unknown, an instruction is
//! recognised as one, and a part that an answer does not use is named in it.

use andon::name::PipelineId;
use jiff::Timestamp;
use jiff::tz::TimeZone;

mod entities;
mod instruction;
mod intent;
mod lines;
mod names;
mod on_line;
mod parts;
mod sentence;
mod span;
mod words;

pub use instruction::Instruction;
pub use intent::Intent;
pub use on_line::OnLine;
pub use parts::{By, Except, Nuance, Parts, Superlative};
pub use span::Span;

use super::fleet::Fleet;
use names::{MAX_NAME, Named};
use sentence::Sentence;
use words::words;

/// What was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Understood {
    /// A question, and what it is about.
    Asked(Intent, Parts),
    /// A question whose name may be that of any of these.
    Unclear(Intent, Parts, Vec<PipelineId>),
    /// A name that there is not: what was said, and the nearest.
    NoSuch(Option<Intent>, String, Vec<PipelineId>),
    /// Something that is to be done; to which pipelines, if any was named.
    Refused(Instruction, Parts),
    /// Nothing that can be answered.
    NotUnderstood,
}

/// What is named after "except".
fn excepted(words: Vec<words::Word>, fleet: &Fleet) -> Result<Except, Box<Understood>> {
    let mut said = Sentence { words, fleet };
    let raw = said.joined(0, said.words.len());
    let mut parts = Parts::default();
    said.exact_names(&mut parts);
    said.accounts(&mut parts);
    let unknown_region = said.regions(&mut parts);
    said.customers(&mut parts);
    said.environments(&mut parts);
    said.plurals();
    match unknown_region.map_or_else(|| said.named(&mut parts), |region| Named::Unknown(region, Vec::new())) {
        Named::Nothing => {}
        Named::These(pipelines) | Named::OneOf(pipelines) => parts.pipelines = pipelines,
        Named::Group(group) => parts.group = Some(group),
        Named::Unknown(heard, nearest) => return Err(Box::new(Understood::NoSuch(None, heard, nearest))),
    }
    if parts.pipelines.is_empty() && !parts.has_scope() {
        return Err(Box::new(Understood::NotUnderstood));
    }
    let words = if parts.customers.is_empty() { raw } else { parts.customers.join(" and ") };
    Ok(Except { words, pipelines: parts.rows(fleet).into_iter().map(|row| row.overview.pipeline.clone()).collect() })
}

/// Understands a question.
pub fn understand(text: &str, fleet: &Fleet, now: Timestamp, zone: &TimeZone) -> Understood {
    let mut said = Sentence { words: words(text), fleet };
    let instruction = instruction::find(&said.words).map(|found| {
        said.mark(found.from, found.until - found.from);
        found.instruction
    });
    let mut parts = Parts::default();
    if let Some(words) = said.exception() {
        match excepted(words, fleet) {
            Ok(except) => parts.except = Some(except),
            Err(understood) => return *understood,
        }
    }
    said.exact_names(&mut parts);
    said.lines(&mut parts);
    said.ordinals(&mut parts);
    said.changes(&mut parts);
    said.accounts(&mut parts);
    parts.span = span::find(&mut said.words, now, zone);
    let unknown_region = said.regions(&mut parts);
    said.customers(&mut parts);
    said.environments(&mut parts);
    said.stages(&mut parts);
    said.people(&mut parts);
    said.plurals();
    said.mend();
    said.kinds(&mut parts);
    if instruction.is_none() && said.words.iter().any(|word| word.is("offtopic") && !word.is_used) {
        return Understood::NotUnderstood;
    }
    let named =
        if let Some(region) = unknown_region { Named::Unknown(region, Vec::new()) } else { said.named(&mut parts) };
    if let Named::These(pipelines) = &named {
        for pipeline in pipelines {
            if !parts.pipelines.contains(pipeline) {
                parts.pipelines.push(pipeline.clone());
            }
        }
        said.settle_where(&mut parts);
    }
    if let Named::Group(group) = &named {
        parts.group = Some(group.clone());
    }
    if !parts.lines.is_empty() && said.words.iter().all(|word| word.is_used || word.is("filler")) {
        parts.nuances.insert(Nuance::Brief);
    }
    if let Some(instruction) = instruction {
        if !parts.pipelines.is_empty() {
            parts.environment = None;
        }
        return match named {
            Named::Unknown(heard, nearest) => Understood::NoSuch(None, heard, nearest),
            Named::OneOf(candidates) => {
                parts.pipelines = candidates;
                Understood::Refused(instruction, parts)
            }
            _ => Understood::Refused(instruction, parts),
        };
    }
    let several = matches!(&named, Named::OneOf(_));
    let likely = intent::likeliest(&|tag| said.has(tag, &parts, several));
    match (named, likely) {
        (Named::Unknown(heard, nearest), likely) => {
            let is_sentence = said.words.iter().filter(|word| !word.is_used).count() > MAX_NAME;
            match likely {
                None if is_sentence => Understood::NotUnderstood,
                likely => Understood::NoSuch(likely.map(|(intent, _)| intent), heard, nearest),
            }
        }
        (_, None) => Understood::NotUnderstood,
        (Named::OneOf(candidates), Some((intent, _))) => {
            parts.customers.clear();
            Understood::Unclear(intent, parts, candidates)
        }
        (_, Some((intent, _))) => {
            let is_of_customers = said.words.iter().any(|word| word.text == "customers" && !word.is_used);
            if is_of_customers && matches!(intent, Intent::Deployments | Intent::Failures) {
                parts.by.get_or_insert(By::Customer);
            }
            // "Who got nothing deployed": of pipelines, people ask which.
            let is_customer = said.words.iter().any(|word| word.is("customer") && !word.is_used);
            if (parts.is_who || is_customer)
                && parts.has(Nuance::Without)
                && parts.people.is_empty()
                && fleet.has_customers()
            {
                parts.by.get_or_insert(By::Customer);
            }
            Understood::Asked(intent, parts)
        }
    }
}
