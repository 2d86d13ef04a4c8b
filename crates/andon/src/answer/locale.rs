//! In which language, and in which country's words.

use serde::Serialize;

/// A locale that answers can be given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Locale {
    /// English of the United States.
    #[serde(rename = "en-US")]
    EnUs,
    /// English of Great Britain.
    #[serde(rename = "en-GB")]
    EnGb,
    /// English of Australia.
    #[serde(rename = "en-AU")]
    EnAu,
    /// English of Canada.
    #[serde(rename = "en-CA")]
    EnCa,
    /// English of India.
    #[serde(rename = "en-IN")]
    EnIn,
    /// German.
    #[serde(rename = "de-DE")]
    De,
    /// Spanish.
    #[serde(rename = "es-ES")]
    Es,
    /// French.
    #[serde(rename = "fr-FR")]
    Fr,
    /// Japanese.
    #[serde(rename = "ja-JP")]
    Ja,
}

impl Locale {
    /// Every one of them.
    pub const ALL: [Self; 9] =
        [Self::EnUs, Self::EnGb, Self::EnAu, Self::EnCa, Self::EnIn, Self::De, Self::Es, Self::Fr, Self::Ja];

    /// The best one for a tag such as `de-AT`: the same, or else the same language, or else English of the United States.
    pub fn of(tag: &str) -> Self {
        let same = |locale: &Self| locale.tag().eq_ignore_ascii_case(tag);
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        let akin = |locale: &Self| locale.language().eq_ignore_ascii_case(language);
        let found = Self::ALL.into_iter().find(same).or_else(|| Self::ALL.into_iter().find(akin));
        found.unwrap_or(Self::EnUs)
    }

    /// Its tag: `en-US`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::EnUs => "en-US",
            Self::EnGb => "en-GB",
            Self::EnAu => "en-AU",
            Self::EnCa => "en-CA",
            Self::EnIn => "en-IN",
            Self::De => "de-DE",
            Self::Es => "es-ES",
            Self::Fr => "fr-FR",
            Self::Ja => "ja-JP",
        }
    }

    /// Its language: `en`.
    pub fn language(self) -> &'static str {
        self.tag().get(..2).unwrap_or("en")
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
