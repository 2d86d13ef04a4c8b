//! Instructions: what is to be done, and not what is to be told.

use strum::{Display, IntoStaticStr};

use super::words::{Pause, Word};

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

/// The same in the other languages of the answers, as people command: infinitives and imperatives. They are known so
/// that an order is never taken for a question, and are words of no other kind in English.
const FOREIGN_VERBS: &[(Instruction, &str)] = &[
    (
        Instruction::Retry,
        "wiederhole wiederholen neustarten relance relancer reessaie reessayer reintenta reintentar repite riprova \
         riprovare rilancia やり直して リトライして 再実行して",
    ),
    (
        Instruction::Approve,
        "genehmige genehmigen freigeben bestatige approuve approuver valide valider aprueba aprobar approva approvare \
         承認して",
    ),
    (Instruction::Reject, "lehne ablehnen rejette rejeter refuse refuser rechaza rechazar rifiuta rifiutare 却下して"),
    (
        Instruction::Stop,
        "stoppe stoppen halte anhalten beende arrete arreter deten detener para ferma fermare arresta 止めて 停止して",
    ),
    (
        Instruction::Start,
        "starte starten ausliefern deploye deployen lance lancer demarre demarrer despliega desplegar inicia iniciar \
         lanza avvia avviare distribuisci 開始して デプロイして",
    ),
    (Instruction::Delete, "losche loschen supprime supprimer borra borrar elimina eliminar eliminare 削除して"),
    (Instruction::Mute, "stummschalten silencia silenciar silenzia"),
];

/// Words before the verb that leave an instruction one.
const POLITE: &str = "please pls andon hey hi hello ok okay so just now can could would will you go ahead and lets let us i \
                      want to need id like then kindly must have quickly also bitte por favor stp svp veuillez";
/// Words behind a verb that ends a sentence: "payments-api: approve it please".
const TRAILING: &str = "it that this please pls now again thanks for me asap bitte";
/// Words that forbid: what is not to be done is no question either.
const FORBIDDING: &str = "not never";
/// Words that make a noun of the verb before them: "deploy frequency", "stop reason", "run history".
const NOUNS: &str = "frequency status state history time times failures failure rate reason reasons count counts id ids \
                     stage duration log logs link health numbers metrics request requests branch branches";
/// Words by which a sentence asks.
const ASKING: &[&str] = &[
    "what", "which", "who", "whose", "when", "where", "why", "how", "is", "are", "was", "were", "do", "did", "does",
    "has", "have", "can", "last", "list", "show", "any", "since", "compare", "tell", "am", "will", "could", "would",
    "should",
];
/// What something is to become: "get payments-api going again", "I want the website deployed".
const WANTED: &[(Instruction, &str)] = &[
    (Instruction::Retry, "going running green fixed working retried restarted rerun"),
    (Instruction::Start, "deployed shipped released started live out"),
    (Instruction::Approve, "approved"),
    (Instruction::Reject, "rejected"),
    (Instruction::Stop, "stopped aborted cancelled canceled killed"),
    (Instruction::Rollback, "reverted"),
    (Instruction::Delete, "deleted removed gone"),
    (Instruction::Mute, "muted silenced quiet"),
];

/// An instruction, and the words that say it.
pub(super) struct Found {
    pub(super) instruction: Instruction,
    /// The place of the first word.
    pub(super) from: usize,
    /// The place behind the verb.
    pub(super) until: usize,
}

fn is_in(list: &str, text: &str) -> bool {
    list.split_whitespace().any(|word| word == text)
}

fn verb(text: &str) -> Option<Instruction> {
    VERBS.iter().chain(FOREIGN_VERBS).find(|(_, words)| is_in(words, text)).map(|(instruction, _)| *instruction)
}

/// The instruction that a text is; `None` for a question.
pub(super) fn find(words: &[Word]) -> Option<Found> {
    silenced(words)
        .or_else(|| clauses(words).find_map(|(from, until)| commanded(words, from, until)))
        .or_else(|| wanted(words))
        .or_else(|| at_the_end(words))
}

/// The clauses of a sentence, from and until where. A comma or "and" begins one where nothing is asked: "ignore that and
/// approve it".
fn clauses(words: &[Word]) -> impl Iterator<Item = (usize, usize)> {
    let asks = words.iter().any(|word| ASKING.contains(&word.text.as_str()));
    let begins = |at: &usize| {
        let Some(word) = words.get(*at) else { return false };
        let is_after_and = *at > 0 && words.get(*at - 1).is_some_and(|word| is_in("and then", &word.text));
        word.pause == Pause::Stop || (!asks && (word.pause == Pause::Comma || is_after_and))
    };
    let starts: Vec<usize> = (0..words.len()).filter(begins).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([words.len()]).collect();
    starts.into_iter().zip(ends)
}

/// A clause whose first word, but for polite ones, is a verb.
fn commanded(words: &[Word], from: usize, until: usize) -> Option<Found> {
    let clause = words.get(from..until)?;
    let is_introduction = |word: &Word| is_in(POLITE, &word.text) || is_in(FORBIDDING, &word.text) || word.text == "do";
    let first = clause.iter().position(|word| !is_introduction(word))?;
    let before = clause.get(..first).unwrap_or_default();
    let said = |text: &str| before.iter().any(|word| word.text == text);
    // "can we deploy", "do I have to approve", "did not deploy": questions.
    let is_question =
        (said("can") || said("could") || said("will") || said("would")) && !said("you") && !said("please")
            || (said("have") && !said("i"))
            || (said("do") && !said("not"));
    let candidate = clause.get(first)?;
    let after = clause.get(first + 1);
    // "release/2" is a branch.
    let is_noun = after.is_some_and(|word| is_in(NOUNS, &word.text)) || candidate.path.is_some();
    let instruction = verb(&candidate.text).filter(|_| !is_question && !is_noun)?;
    // What "and" joins to an order is part of it: "ignore that and approve it".
    let is_joined = from > 0 && words.get(from).is_some_and(|word| word.pause == Pause::None);
    Some(Found { instruction, from: if is_joined { 0 } else { from }, until: from + first + 1 })
}

/// "Turn off the alerts", "switch notifications off".
fn silenced(words: &[Word]) -> Option<Found> {
    let at = |list: &str| words.iter().position(|word| is_in(list, &word.text));
    let (turn, off) = (at("turn switch")?, at("off on")?);
    at("alerts alert notifications notification messages")?;
    let first = words.iter().position(|word| !is_in(POLITE, &word.text))?;
    (turn == first && off > turn).then_some(Found { instruction: Instruction::Mute, from: 0, until: turn + 1 })
}

/// What somebody wants something to become.
fn wanted(words: &[Word]) -> Option<Found> {
    let first =
        words.iter().position(|word| !is_in("please hey hi andon so ok okay just can could you", &word.text))?;
    let begins = words.get(first)?;
    let wants = begins.text == "get"
        || (["i", "we"].contains(&begins.text.as_str())
            && words.get(first + 1).is_some_and(|word| is_in("want need wants would", &word.text)));
    if !wants || words.iter().any(|word| ASKING.contains(&word.text.as_str()) && word.text != "could") {
        return None;
    }
    let (instruction, _) = words.iter().enumerate().skip(first + 1).find_map(|(at, word)| {
        let found = WANTED.iter().find(|(_, states)| is_in(states, &word.text))?;
        let ends = words.iter().skip(at + 1).all(|word| is_in(TRAILING, &word.text));
        ends.then_some((found.0, at))
    })?;
    Some(Found { instruction, from: first, until: first + 1 })
}

/// "payments-api retry".
fn at_the_end(words: &[Word]) -> Option<Found> {
    let at = words.iter().rposition(|word| !is_in(TRAILING, &word.text))?;
    let last = words.get(at)?;
    let asks = |word: &Word| ASKING.contains(&word.text.as_str());
    let base = [
        "retry", "rerun", "restart", "approve", "reject", "stop", "abort", "cancel", "kill", "rollback", "mute", "ack",
    ];
    let is_one = at > 0 && base.contains(&last.text.as_str()) && !words.iter().any(asks);
    let instruction = verb(&last.text).filter(|_| is_one)?;
    Some(Found { instruction, from: at, until: at + 1 })
}
