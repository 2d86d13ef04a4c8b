//! Locales of the answers.

use serde::{Serialize, Serializer};
use strum::{IntoStaticStr, VariantArray};

/// A locale that answers can be given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]

pub enum Locale {
    /// English of the United States.
    #[strum(serialize = "en-US")]
    EnUs,
    /// English of Great Britain.
    #[strum(serialize = "en-GB")]
    EnGb,
    /// English of Australia.
    #[strum(serialize = "en-AU")]
    EnAu,
    /// English of Canada.
    #[strum(serialize = "en-CA")]
    EnCa,
    /// English of India.
    #[strum(serialize = "en-IN")]
    EnIn,
    /// German.
    #[strum(serialize = "de-DE")]
    De,
    /// Spanish.
    #[strum(serialize = "es-ES")]
    Es,
    /// French.
    #[strum(serialize = "fr-FR")]
    Fr,
    /// Japanese.
    #[strum(serialize = "ja-JP")]
    Ja,
}

impl Locale {
    /// The best one for a tag such as `de-AT`: the same, or else the same language, or else English of the United States.
    pub fn of(tag: &str) -> Self {
        let all = || Self::VARIANTS.iter().copied();
        let same = |locale: &Self| locale.tag().eq_ignore_ascii_case(tag);
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        let akin = |locale: &Self| locale.language().eq_ignore_ascii_case(language);
        let found = all().find(same).or_else(|| all().find(akin));
        found.unwrap_or(Self::EnUs)
    }

    /// Its tag: `en-US`.
    pub fn tag(self) -> &'static str {
        self.into()
    }

    /// Its language: `en`.
    pub fn language(self) -> &'static str {
        self.tag().get(..2).unwrap_or("en")
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_nobody_has_written_for_gets_the_nearest() {
        let of = |tag: &str| Locale::of(tag).tag();
        assert_eq!(
            ["de-DE", "de-AT", "fr_CA", "JA-jp", "en-NZ"].map(of),
            ["de-DE", "de-DE", "fr-FR", "ja-JP", "en-US"]
        );
        assert_eq!(["pt-BR", "", "x", "日本"].map(of), ["en-US"; 4]);
    }
}
