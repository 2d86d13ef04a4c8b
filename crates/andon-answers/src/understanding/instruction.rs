//! Instructions: what is to be done, and not what is to be told.

use strum::{Display, IntoStaticStr};

use super::words::Word;

/// What somebody wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Instruction {
    /// Retry the failed stage, or run it again.
    Retry,
    /// Approve what waits.
    Approve,
    /// Reject what waits.
    Reject,
    /// Stop the run.
    Stop,
    /// Start a run, deploy.
    Start,
    /// Go back to an earlier change.
    Rollback,
    /// Send no alerts.
    Mute,
    /// Say who is working on it.
    Acknowledge,
    /// Close a transition.
    Disable,
    /// Open a transition.
    Enable,
    /// Delete the pipeline.
    Delete,
    /// Anything else that changes something.
    Change,
}

const VERBS: &[(Instruction, &str)] = &[
    (Instruction::Retry, "retry rerun restart redo repeat"),
    (Instruction::Approve, "approve accept confirm"),
    (Instruction::Reject, "reject deny decline"),
    (Instruction::Stop, "stop abort cancel kill halt terminate"),
    (Instruction::Start, "start trigger launch run deploy release ship promote redeploy push execute build"),
    (Instruction::Rollback, "rollback revert undo"),
    (Instruction::Mute, "mute silence snooze unmute"),
    (Instruction::Acknowledge, "ack acknowledge take assign claim"),
    (Instruction::Disable, "disable pause freeze block lock"),
    (Instruction::Enable, "enable resume unfreeze unblock unpause unlock"),
    (Instruction::Delete, "delete remove destroy drop"),
    (
        Instruction::Change,
        "create add rename update change set edit configure merge make turn skip fix force bypass clean",
    ),
];

/// Words before the verb that leave an instruction one.
const POLITE: &str = "please pls andon hey hi hello ok okay so just now can could would will you go ahead and lets let us i \
                      want to need id like then kindly must have quickly also";
/// Words that make a noun of the verb before them: "deploy frequency", "stop reason", "run history".
const NOUNS: &str = "frequency status state history time times failures failure rate reason reasons count counts id ids \
                     stage duration log logs link health numbers metrics";

fn verb(text: &str) -> Option<Instruction> {
    VERBS
        .iter()
        .find(|(_, words)| words.split_whitespace().any(|word| word == text))
        .map(|(instruction, _)| *instruction)
}

/// The instruction that a text is, and where its verb stands; `None` for a question.
pub(super) fn find(words: &[Word]) -> Option<(Instruction, usize)> {
    let is_polite = |word: &Word| POLITE.split_whitespace().any(|polite| polite == word.text);
    let first = words.iter().position(|word| !is_polite(word))?;
    let before = words.get(..first).unwrap_or_default();
    let said = |text: &str| before.iter().any(|word| word.text == text);
    // "can we deploy", "do I have to approve": questions.
    let is_question =
        (said("can") || said("could") || said("will") || said("would")) && !said("you") && !said("please")
            || (said("have") && !said("i"));
    let candidate = words.get(first)?;
    let after = words.get(first + 1);
    let is_noun = after.is_some_and(|word| NOUNS.split_whitespace().any(|noun| noun == word.text));
    if let (Some(instruction), false, false) = (verb(&candidate.text), is_question, is_noun) {
        return Some((instruction, first));
    }
    // "payments-api retry".
    let last = words.last()?;
    let asks = |word: &Word| {
        [
            "what", "which", "who", "whose", "when", "where", "why", "how", "is", "are", "was", "were", "do", "did",
            "does", "has", "have", "can", "last", "list", "show", "any", "since",
        ]
        .contains(&word.text.as_str())
    };
    let base = [
        "retry", "rerun", "restart", "approve", "reject", "stop", "abort", "cancel", "kill", "rollback", "mute", "ack",
    ];
    (words.len() > 1 && base.contains(&last.text.as_str()) && !words.iter().any(asks))
        .then(|| verb(&last.text))?
        .map(|instruction| (instruction, words.len() - 1))
}
