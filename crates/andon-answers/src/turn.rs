//! Turns of a conversation as people type them: what is said after an answer, or to begin or end.
//!
//! Everything else is [understood](crate::understanding) by its parts. A turn is compared with patterns in order; the
//! first match wins. In a pattern, `a/b` is one word or the other, and `[a/b]` is optional.

use super::{Question, Subject, Topic};

/// The most words of a turn.
const MAX_WORDS: usize = 10;

const WHY: Question = Question::About(Topic::Why, Subject::Last);
const CHANGE: Question = Question::About(Topic::Change, Subject::Last);

const PATTERNS: &[(&str, Question)] = &[
    ("help [me]", Question::Help),
    ("what can i/you ask/do/say", Question::Help),
    ("stop/quit/exit/bye/goodbye/cancel", Question::Goodbye),
    ("yes/yeah/yep/sure/ok/okay", Question::Yes),
    ("no/nope/nah [thanks/thank] [you]", Question::No),
    ("never mind", Question::Goodbye),
    ("nevermind", Question::Goodbye),
    ("forget/drop it", Question::Goodbye),
    ("that/that's is/all [all] [for] [now/today]", Question::Goodbye),
    ("i am/i'm done", Question::Goodbye),
    // More of what was just said.
    ("which [one/ones/pipelines]", Question::Which),
    ("which/what are they", Question::Which),
    ("name/list/read [all] [of] them [to] [me]", Question::Which),
    ("[go] on", Question::Which),
    ("[tell] [me] [what] more/else", Question::Which),
    ("tell me all [of] [them]", Question::Which),
    ("[and/what/how] [about] the other/next/others/rest [one/ones/pipeline/pipelines]", Question::Other),
    ("why did/is/has the other/next one/pipeline fail/failed/failing/red", Question::Other),
    ("[the] first/former [one]", Question::Nth(1)),
    ("[the] second/latter [one]", Question::Nth(2)),
    ("[the] third [one]", Question::Nth(3)),
    ("[the] fourth [one]", Question::Nth(4)),
    ("[the] fifth [one]", Question::Nth(5)),
    ("[and/what/how] [about] the first one", Question::Nth(1)),
    ("[and/what/how] [about] the second one", Question::Nth(2)),
    ("[and/what/how] [about] the third one", Question::Nth(3)),
    ("[and/what/how] [about] the fourth one", Question::Nth(4)),
    ("[and/what/how] [about] the fifth one", Question::Nth(5)),
    ("number one/1", Question::Nth(1)),
    ("number two/2", Question::Nth(2)),
    ("number three/3", Question::Nth(3)),
    ("number four/4", Question::Nth(4)),
    ("number five/5", Question::Nth(5)),
    // About the pipeline spoken of last.
    ("why [is] [that/this/it/not]", WHY),
    ("what happened", WHY),
    ("what is/was/went wrong", WHY),
    ("who changed/broke/committed/pushed/touched [what/it/that]", CHANGE),
    ("who was it", CHANGE),
    ("who [did] [it/that/this]", CHANGE),
    ("what [has] changed", CHANGE),
    ("whose change/commit is/was it/that", CHANGE),
];

/// The turn that a text is; `None` for anything else.
pub(crate) fn turn(text: &str) -> Option<Question> {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.is_empty() {
        return Some(Question::Help);
    }
    if words.len() > MAX_WORDS {
        return None;
    }
    let fits = |pattern: &str| fits(&pattern.split(' ').collect::<Vec<_>>(), &words);
    PATTERNS.iter().find(|(pattern, _)| fits(pattern)).map(|(_, turn)| turn.clone())
}

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['’', '`'], "'").replace("what's", "what is").replace("who's", "who is");
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty() && !["please", "andon", "hey", "hi"].contains(word))
        .map(str::to_owned)
        .take(MAX_WORDS + 1)
        .collect()
}

fn fits(pattern: &[&str], words: &[&str]) -> bool {
    let Some((part, rest)) = pattern.split_first() else { return words.is_empty() };
    let optional = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
    let is_there = words.first().is_some_and(|word| optional.unwrap_or(part).split('/').any(|choice| choice == *word));
    (is_there && words.get(1..).is_some_and(|words| fits(rest, words))) || (optional.is_some() && fits(rest, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_follows_an_answer() {
        for (text, meant) in [
            ("why?", WHY),
            ("What's wrong?", WHY),
            ("who broke it", CHANGE),
            ("which ones?", Question::Which),
            ("And the other one?", Question::Other),
            ("the second one", Question::Nth(2)),
            ("number four", Question::Nth(4)),
            ("Yes, please!", Question::Yes),
            ("  ?! ", Question::Help),
        ] {
            assert_eq!(turn(text), Some(meant), "{text}");
        }
    }

    #[test]
    fn a_question_is_no_turn() {
        for text in
            ["why did payments api fail", "what is failing", "payments api", "stop payments api", &"no ".repeat(99)]
        {
            assert_eq!(turn(text), None, "{text}");
        }
    }
}
