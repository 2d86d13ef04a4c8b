//! Links to issues that commit messages mention.

use andon_diagnosis::Pattern;

use crate::links;

/// What stands for the issue's key in an address.
pub const KEY: &str = "{key}";

/// How one tracker's issues are written, and where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracker {
    /// Matches a mention. The key is its first group, or else all of it.
    pub pattern: Pattern,
    /// The address of an issue, with [`KEY`] in place of its key.
    pub url: String,
}

/// The trackers, in order: of two that match the same text, the first counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trackers(pub Vec<Tracker>);

/// A piece of a text, and the issue that it mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'t> {
    /// The piece as it is written.
    pub text: &'t str,
    /// The page of the issue, if the piece mentions one.
    pub url: Option<String>,
}

impl Trackers {
    /// A text in pieces, which together are the text again.
    pub fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        let mut found: Vec<(std::ops::Range<usize>, String)> = Vec::new();
        for tracker in &self.0 {
            for (range, key) in tracker.pattern.matches(text) {
                let is_free = found.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start);
                let url = links::checked(&tracker.url.replace(KEY, &links::encode(key))).filter(|_| is_free);
                found.extend(url.map(|url| (range, url)));
            }
        }
        found.sort_by_key(|(range, _)| range.start);
        let mut pieces = Vec::new();
        let mut at = 0;
        for (range, url) in found {
            pieces.extend(text.get(at..range.start).filter(|plain| !plain.is_empty()).map(Piece::plain));
            at = range.end;
            pieces.extend(text.get(range).map(|text| Piece { text, url: Some(url) }));
        }
        pieces.extend(text.get(at..).filter(|plain| !plain.is_empty()).map(Piece::plain));
        pieces
    }
}

impl<'t> Piece<'t> {
    fn plain(text: &'t str) -> Self {
        Self { text, url: None }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trackers() -> Trackers {
        let tracker =
            |pattern: &str, url: &str| Tracker { pattern: Pattern::parse(pattern).unwrap(), url: url.to_owned() };
        Trackers(vec![
            tracker(r"\b[A-Z]{2,9}-\d+\b", "https://issues.example.com/browse/{key}"),
            tracker(r"#(\d+)\b", "https://git.example.com/shop/issues/{key}"),
            tracker(r"x*", "https://nothing.example.com/{key}"),
        ])
    }

    #[test]
    fn mentions_lead_to_their_issues() {
        let pieces = |text| {
            let pieces = trackers().pieces(text);
            pieces.into_iter().map(|piece| (piece.text.to_owned(), piece.url.unwrap_or_default())).collect::<Vec<_>>()
        };
        let plain = |text: &str| (text.to_owned(), String::new());
        assert_eq!(
            pieces("SHOP-12: pay twice (#7, é)"),
            [
                ("SHOP-12".to_owned(), "https://issues.example.com/browse/SHOP-12".to_owned()),
                plain(": pay twice ("),
                ("#7".to_owned(), "https://git.example.com/shop/issues/7".to_owned()),
                plain(", é)"),
            ]
        );
        assert_eq!(pieces("nothing here"), [plain("nothing here")]);
        assert_eq!(pieces(""), []);
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_again(text in "([A-Z]{1,3}-[0-9]{1,3}|#[0-9]|x|\\PC){0,20}") {
            let pieces = trackers().pieces(&text);
            prop_assert_eq!(pieces.iter().map(|piece| piece.text).collect::<String>(), text);
        }
    }
}
