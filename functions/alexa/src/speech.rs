//! What is said aloud: text as SSML that is valid whatever the text.

use serde::Serialize;

/// The most characters that are said at once: two minutes of speech, and a quarter of what Alexa takes.
const MOST: usize = 2_000;

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum Speech {
    /// As SSML.
    #[serde(rename = "SSML")]
    Ssml {
        /// A document whose root is `speak`.
        ssml: String,
    },
}

impl Speech {
    /// Says a text as it stands: nothing in it is taken for a tag.
    pub fn of(text: &str) -> Self {
        let mut ssml = "<speak>".to_owned();
        let mut room = MOST;
        for character in text.chars().filter(|c| may_stand_in_xml(*c)) {
            let escaped = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => "",
            };
            let length = escaped.len().max(1);
            if length > room {
                break;
            }
            room -= length;
            if escaped.is_empty() {
                ssml.push(character);
            } else {
                ssml.push_str(escaped);
            }
        }
        ssml.push_str("</speak>");
        Self::Ssml { ssml }
    }
}

/// A text with nothing that XML cannot hold, of at most so many characters.
pub fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| may_stand_in_xml(*c)).take(most).collect()
}

fn may_stand_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str) -> String {
        let Speech::Ssml { ssml } = Speech::of(text);
        ssml
    }

    #[test]
    fn a_tag_in_a_name_is_read_out_and_not_obeyed() {
        assert_eq!(said("<break time=\"10s\"/> & co"), "<speak>&lt;break time=\"10s\"/&gt; &amp; co</speak>");
        assert_eq!(said("a\u{0}b\u{1b}c"), "<speak>abc</speak>");
    }

    proptest! {
        #[test]
        fn any_text_is_valid_and_short_enough(text in ".{0,6000}") {
            let ssml = said(&text);
            prop_assert!(ssml.chars().count() <= MOST + "<speak></speak>".len());
            let inner = ssml.strip_prefix("<speak>").and_then(|rest| rest.strip_suffix("</speak>")).unwrap();
            prop_assert!(!inner.contains(['<', '>']));
            for reference in inner.split('&').skip(1) {
                prop_assert!(["amp;", "lt;", "gt;"].iter().any(|known| reference.starts_with(known)), "{}", inner);
            }
        }
    }
}
