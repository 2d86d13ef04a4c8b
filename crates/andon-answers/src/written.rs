//! Answers as they are written: on a terminal, or in a chat.

use super::{Answer, Kind, Voice};
use andon::text::one_line;
use jiff::Timestamp;

/// An answer as text: its words, and for one red pipeline, in English, what they rest on.
pub fn written(answer: &Answer, voice: &Voice, now: Timestamp) -> String {
    let words = in_words(answer);
    let facts = if voice.locale().language() == "en" { facts(answer, now) } else { Vec::new() };
    std::iter::once(words).chain(facts).collect::<Vec<_>>().join("\n")
}

/// The answer as text. A list is printed in full instead of being offered, because there is no conversation.
fn in_words(answer: &Answer) -> String {
    if answer.kind != Kind::Told || answer.rows.len() < 2 || answer.card.text == answer.speech.to_string() {
        return answer.speech.to_string();
    }
    let sentences = answer.speech.sentences();
    let told = sentences.len() - usize::from(answer.reprompt.is_some()).min(sentences.len());
    let told = sentences.iter().take(told).cloned().collect::<Vec<_>>().join(" ");
    format!("{told}\n\n{}", answer.card.text)
}

/// What an answer about one red pipeline rests on: cause, change and pages, a line each.
fn facts(answer: &Answer, now: Timestamp) -> Vec<String> {
    let (Kind::Told, [row]) = (&answer.kind, answer.rows.as_slice()) else { return Vec::new() };
    let Some(failure) = row.failure().filter(|_| row.red_since().is_some()) else { return Vec::new() };
    let overview = &row.overview;
    let change = row.change().and_then(|change| change.url.clone());
    let owner = overview.owner.as_ref().map(|owner| one_line(&owner.by.name));
    let facts = [
        ("On it", owner),
        ("Muted", overview.mute(None, now).map(|mute| mute.words(now))),
        ("Cause", failure.why().map(one_line)),
        ("Log", failure.page.clone()),
        ("Change", change),
        ("Run", Some(andon::links::execution(&overview.pipeline, &overview.latest.execution))),
    ];
    let lines = facts.into_iter().filter_map(|(name, value)| Some(format!("  {name:<7} {}", value?)));
    std::iter::once(String::new()).chain(lines).collect()
}
