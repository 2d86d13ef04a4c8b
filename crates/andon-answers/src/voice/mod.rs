//! The message files of the answers, one per language, for translators to edit.
//!
//! A file is read once, when its language is first used. A locale that differs from its language has its own file, which
//! overrides that of the language.

use std::sync::OnceLock;
use strum::VariantArray as _;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Locale;

mod phrase;
#[cfg(test)]
mod tests;
mod words;

pub use phrase::Phrase;

/// The messages of one locale.
pub struct Voice {
    locale: Locale,
    messages: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Voice").field(&self.locale).finish()
    }
}

/// What a phrase is filled in with.
pub type Filling<'a> = FluentValue<'a>;

impl Voice {
    /// The voice of a locale.
    pub fn of(locale: Locale) -> &'static Self {
        static VOICES: [OnceLock<Voice>; Locale::VARIANTS.len()] = [const { OnceLock::new() }; Locale::VARIANTS.len()];
        static NOBODY: OnceLock<Voice> = OnceLock::new();
        VOICES.get(locale as usize).unwrap_or(&NOBODY).get_or_init(|| Self::read(locale))
    }

    fn read(locale: Locale) -> Self {
        let language = locale.tag().parse().unwrap_or_default();
        let mut messages = FluentBundle::new_concurrent(vec![language]);
        // The marks that keep scripts apart on a screen would be read aloud, or break a comparison.
        messages.set_use_isolating(false);
        for text in files(locale) {
            // A test reads every file; what is sound in a broken one is taken all the same.
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(sound, _)| sound);
            messages.add_resource_overriding(resource);
        }
        Self { locale, messages }
    }

    /// The locale of the messages.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// A phrase, filled in.
    pub fn say(&self, phrase: Phrase, filling: &[(&str, Filling<'_>)]) -> String {
        let arguments: FluentArgs<'_> = filling.iter().map(|(name, value)| (*name, value.clone())).collect();
        let Some(pattern) = self.messages.get_message(phrase.id()).and_then(|message| message.value()) else {
            return String::new();
        };
        self.messages.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

/// The files of a locale: those of its language, and what it says differently.
fn files(locale: Locale) -> &'static [&'static str] {
    const ENGLISH: &str = include_str!("../../locales/en/answers.ftl");
    const BRITISH: &str = include_str!("../../locales/en-GB/answers.ftl");
    const GERMAN: &str = include_str!("../../locales/de/answers.ftl");
    const SPANISH: &str = include_str!("../../locales/es/answers.ftl");
    const FRENCH: &str = include_str!("../../locales/fr/answers.ftl");
    const JAPANESE: &str = include_str!("../../locales/ja/answers.ftl");
    match locale {
        Locale::EnUs | Locale::EnCa => &[ENGLISH],
        Locale::EnGb | Locale::EnAu | Locale::EnIn => &[ENGLISH, BRITISH],
        Locale::De => &[GERMAN],
        Locale::Es => &[SPANISH],
        Locale::Fr => &[FRENCH],
        Locale::Ja => &[JAPANESE],
    }
}
