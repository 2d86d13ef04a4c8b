//! The names of dashboards.

use std::fmt;

use serde::Serialize;

use andon::name::Region;
use andon::statistics::fingerprint;

/// The most characters of a name.
const MAX_LEN: usize = 255;

/// A dashboard's name: 1 to 255 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct DashboardName(String);

fn is_legal(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

impl DashboardName {
    /// Takes a text as a name, if CloudWatch would.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        ((1..=MAX_LEN).contains(&text.len()) && text.chars().all(is_legal)).then_some(Self(text))
    }

    /// The name of the dashboard of all pipelines.
    pub fn of_all(region: &Region) -> Self {
        Self(format!("Pipelines-{region}"))
    }

    /// The name of the dashboard of some of them.
    ///
    /// What cannot stand in a name becomes a `-`. A title that changes by that, or that is too long, gets a fingerprint:
    /// two titles never share a name.
    pub(super) fn of_some(region: &Region, title: &str) -> Self {
        let words: Vec<&str> = title.split(|c| !is_legal(c)).filter(|word| !word.is_empty()).collect();
        let mut name = format!("{}-{}", Self::of_all(region), words.join("-"));
        if name.len() > MAX_LEN || words != [title] {
            let mark = format!("-{:08x}", fingerprint(title) >> 32);
            name.truncate(MAX_LEN - mark.len());
            name.push_str(&mark);
        }
        Self(name)
    }

    /// Whether this could be the name of a dashboard of some of a region's pipelines.
    pub fn is_of(&self, region: &Region) -> bool {
        let all = Self::of_all(region);
        self.0.strip_prefix(&all.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DashboardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(title: &str) -> String {
        DashboardName::of_some(&Region::parse("eu-west-1").unwrap(), title).to_string()
    }

    #[test]
    fn a_plain_title_is_the_end_of_the_name() {
        assert_eq!(name("acme"), "Pipelines-eu-west-1-acme");
        assert_eq!(name("team-blue_2"), "Pipelines-eu-west-1-team-blue_2");
        assert_eq!(name("210987654321"), "Pipelines-eu-west-1-210987654321");
    }

    #[test]
    fn titles_that_look_alike_do_not_share_a_name() {
        let names = ["Müller & Söhne", "M-ller-S-hne", "M ller S hne", "M ller  S hne"].map(name);
        assert_eq!(names[1], "Pipelines-eu-west-1-M-ller-S-hne");
        for (at, one) in names.iter().enumerate() {
            assert!(one.starts_with(&names[1]), "{one}");
            assert!(!names[..at].contains(one), "{one}");
        }
        assert_ne!(name("株式会社"), name("有限会社"));
    }

    proptest! {
        #[test]
        fn every_title_gives_a_name_that_cloudwatch_takes(title in any::<String>(), times in 1..100_usize) {
            let name = name(&title.repeat(times));
            prop_assert!(DashboardName::parse(name.clone()).is_some(), "{name}");
        }
    }
}
