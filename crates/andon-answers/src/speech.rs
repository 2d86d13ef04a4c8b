//! Spoken sentences, as text and SSML.

use std::fmt;

use super::{Locale, Voice};

/// The most characters of SSML that a device takes.
const MAX_SSML: usize = 8000;
/// The most characters that a sentence is given; a longer one is a name gone wild.
const MAX_LEN: usize = 600;

/// Plain sentences. Nothing in them is markup, whatever a pipeline is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speech {
    sentences: Vec<String>,
    separator: &'static str,
}

impl Speech {
    /// These sentences, in this language.
    pub fn new(sentences: &[String], voice: &Voice) -> Self {
        let sentences = sentences.iter().map(|text| sentence(text)).filter(|text| !text.is_empty()).collect();
        // Japanese puts no space after a full stop.
        let separator = if voice.locale() == Locale::Ja { "" } else { " " };
        Self { sentences, separator }
    }

    /// Says this as well, at the end.
    pub(super) fn push(&mut self, text: &str) {
        self.sentences.extend(Some(sentence(text)).filter(|text| !text.is_empty()));
    }

    /// Says this first.
    pub(super) fn begin(&mut self, text: &str) {
        self.sentences.insert(0, sentence(text));
    }

    /// The sentences.
    pub fn sentences(&self) -> &[String] {
        &self.sentences
    }

    /// The sentences as an SSML document: well-formed and within the length limit, whatever a name contains.
    pub fn ssml(&self) -> String {
        let (open, close) = ("<speak>", "</speak>");
        let mut document = open.to_owned();
        let mut length = open.len() + close.len();
        for sentence in &self.sentences {
            let spoken = format!("<s>{}</s>", escaped(sentence));
            length += spoken.chars().count();
            if length > MAX_SSML {
                break;
            }
            document.push_str(&spoken);
        }
        document + close
    }
}

/// The sentences as one text.
impl fmt::Display for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences.join(self.separator))
    }
}

/// One line that begins with a capital letter.
fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = line.chars().take(MAX_LEN);
    let first = characters.next();
    first.into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // What XML 1.0 does not allow, escaped or not.
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => escaped.push(' '),
            plain => escaped.push(plain),
        }
    }
    escaped
}
