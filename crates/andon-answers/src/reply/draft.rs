//! The draft of an answer.

use jiff::Timestamp;

use super::super::{Answer, Card, Filling, Fleet, Kind, Pending, Phrase, Session, Speech, Voice};
use super::naming;
use andon::board::PipelineRow;

/// The most pipelines that a screen is given.
const MAX_ROWS: usize = 50;
/// The most pipelines that a card lists.
const MAX_CAUSE_LINES: usize = 20;

/// What has been said so far.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) voice: &'a Voice,
    pub(super) now: Timestamp,
    pub(super) session: Session,
    kind: Kind,
    sentences: Vec<String>,
    ask: Option<String>,
    title: Option<String>,
    rows: Vec<PipelineRow>,
    lines: Vec<String>,
    /// Whether what was said before was not understood.
    pub(super) was_lost: bool,
    notes: Vec<String>,
}

impl<'a> Draft<'a> {
    /// A new answer. What the asker was asked before is settled by whatever comes now.
    pub(super) fn new(voice: &'a Voice, now: Timestamp, session: &Session) -> Self {
        let was_lost = session.is_lost;
        let session = Session { pending: None, line: None, is_lost: false, ..session.clone() };
        Self {
            voice,
            now,
            session,
            kind: Kind::Told,
            sentences: Vec::new(),
            ask: None,
            title: None,
            rows: Vec::new(),
            lines: Vec::new(),
            was_lost,
            notes: Vec::new(),
        }
    }

    pub(super) fn kind(&mut self, kind: Kind) -> &mut Self {
        self.kind = kind;
        self
    }

    /// Says one more thing.
    pub(super) fn say(&mut self, phrase: Phrase, filling: &[(&str, Filling<'_>)]) -> &mut Self {
        let text = self.voice.say(phrase, filling);
        self.speak(text)
    }

    /// Says one more thing, word for word.
    pub(super) fn speak(&mut self, text: String) -> &mut Self {
        self.sentences.push(text);
        self
    }

    /// Ends with a question, and remembers what it was about.
    pub(super) fn ask(&mut self, text: String, pending: Option<Pending>) -> &mut Self {
        self.ask = Some(text);
        self.session.pending = pending;
        self
    }

    pub(super) fn title(&mut self, title: String) -> &mut Self {
        self.title = Some(title);
        self
    }

    /// Writes one more line on the card, word for word; it is not spoken.
    pub(super) fn note(&mut self, text: Option<String>) -> &mut Self {
        self.notes.extend(text);
        self
    }

    /// The pipelines it is about.
    pub(super) fn rows<'r>(&mut self, fleet: &Fleet, rows: impl IntoIterator<Item = &'r PipelineRow>) -> &mut Self {
        let rows: Vec<&PipelineRow> = rows.into_iter().take(MAX_ROWS).collect();
        self.lines = rows.iter().take(MAX_CAUSE_LINES).map(|row| line(fleet, row, self.voice, self.now)).collect();
        self.rows = rows.into_iter().cloned().collect();
        self
    }

    pub(super) fn ago(&self, at: Timestamp) -> Filling<'static> {
        self.voice.ago(at, self.now).into()
    }

    pub(super) fn for_long(&self, since: Timestamp) -> Filling<'static> {
        self.voice.for_long(since, self.now).into()
    }

    /// The answer, with nothing on its card but what is said.
    pub(super) fn in_words(self) -> Answer {
        let mut answer = self.done();
        answer.card.text = answer.speech.to_string();
        answer
    }

    /// The answer.
    pub(super) fn done(self) -> Answer {
        let Self { voice, session, kind, mut sentences, ask, title, rows, lines, notes, .. } = self;
        let reprompt = ask.as_ref().map(|ask| Speech::new(std::slice::from_ref(ask), voice));
        sentences.extend(ask);
        let speech = Speech::new(&sentences, voice);
        let told = if lines.len() > 1 { lines } else { vec![speech.to_string()] };
        let text = told.into_iter().chain(notes).collect::<Vec<_>>().join("\n");
        let title = title.unwrap_or_else(|| voice.say(Phrase::TitleOverview, &[]));
        Answer { kind, speech, reprompt, card: Card { title, text }, rows, session }
    }
}

/// A pipeline as a line of a card: `checkout-svc-prod: red for 12 minutes`.
fn line(fleet: &Fleet, row: &PipelineRow, voice: &Voice, now: Timestamp) -> String {
    let name = naming::written(fleet, row);
    format!("{} {name}: {}", row.light.sign(), standing(row, voice, now))
}

/// The state of a pipeline as short text: `red, for 12 minutes`.
pub fn standing(row: &PipelineRow, voice: &Voice, now: Timestamp) -> String {
    let word = voice.say(Phrase::Light, &[("light", row.light.word().into())]);
    let since = match row.red_since() {
        Some(since) => voice.for_long(since, now),
        None if row.overview.latest.status.is_final() => voice.ago(row.news_at(), now),
        None => voice.for_long(row.began(), now),
    };
    [word, since].join(", ")
}
