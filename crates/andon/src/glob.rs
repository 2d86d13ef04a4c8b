//! Globs for names: `*` is any number of characters, `?` is one, case is ignored.
//!
//! Case is ignored because a route that does not match because of `Prod` and `prod` silently
//! loses alerts. There are no braces, classes or negations: a list means "or", and an earlier
//! route with `to: []` means "but not".

use std::fmt;

use crate::invalid::Invalid;
use crate::suggest::quoted;

/// One glob.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob(String);

/// One or more globs, of which any may match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Globs(pub Vec<Glob>);

/// What a glob is matched against, which decides whether it can match at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A pipeline, stage or action: letters, digits, `.`, `@`, `-`, `_`; at most 100.
    Name,
    /// An account id, or a name given to one in `accounts`.
    Account,
    /// An AWS region.
    Region,
    /// Any text.
    Text,
}

impl Glob {
    /// Reads a glob, and refuses one that can match nothing.
    pub fn parse(text: &str, subject: Subject) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("an empty glob matches nothing")
                .with_help("use \"*\" to match everything, or remove the key"));
        }
        if let Some((position, found)) = text.char_indices().find(|(_, found)| !subject.allows(*found)) {
            return Err(illegal(text, position, found, subject));
        }
        let fixed = text.chars().filter(|c| *c != '*').count();
        let open = text.contains('*');
        match subject {
            Subject::Name if fixed > 100 => {
                Err(Invalid::new(format!("{} never matches: names have at most 100 characters", quoted(text))))
            }
            Subject::Account if is_numeric(text) && (fixed > 12 || (!open && fixed != 12)) => Err(Invalid::new(
                format!("{} never matches an account: an account id has 12 digits, not {fixed}", quoted(text)),
            )
            .with_help("write all 12 digits in quotes, including leading zeros, or end with `*`")),
            Subject::Region => region_shape(text).map(|()| Self(text.to_owned())),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The glob as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it matches the whole of a name.
    pub fn matches(&self, name: &str) -> bool {
        walk(&self.0, name, |glob, c| glob == '?' || glob.eq_ignore_ascii_case(&c))
    }

    /// Whether it matches everything that the other one matches; may miss a few such pairs,
    /// never claims one wrongly.
    pub fn covers(&self, other: &Self) -> bool {
        walk(&self.0, &other.0, |glob, c| c != '*' && (glob == '?' || (c != '?' && glob.eq_ignore_ascii_case(&c))))
    }

    /// Whether it matches everything.
    pub fn is_everything(&self) -> bool {
        self.0.chars().all(|c| c == '*')
    }

    /// Whether it is made of digits and wildcards, as an account id is.
    pub fn is_numeric(&self) -> bool {
        is_numeric(&self.0)
    }

    /// Whether it has a wildcard.
    pub fn has_wildcard(&self) -> bool {
        self.0.contains(['*', '?'])
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Globs {
    /// Whether any of them matches the whole of a name.
    pub fn match_any(&self, name: &str) -> bool {
        self.0.iter().any(|glob| glob.matches(name))
    }

    /// Whether they match everything that the others match.
    pub fn cover(&self, others: &Self) -> bool {
        others.0.iter().all(|other| self.0.iter().any(|glob| glob.covers(other)))
    }

    /// Whether they match everything.
    pub fn are_everything(&self) -> bool {
        self.0.iter().any(Glob::is_everything)
    }
}

impl Subject {
    fn allows(self, c: char) -> bool {
        matches!(c, '*' | '?')
            || match self {
                Self::Name => c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_'),
                Self::Region => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
                Self::Account | Self::Text => !c.is_control(),
            }
    }
}

/// Matches with one point to return to: linear memory, and at worst the product of both lengths.
fn walk(glob: &str, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (mut glob, mut text) = (glob.chars(), text.chars());
    let mut retry = None;
    loop {
        let here = text.clone();
        match (glob.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                text = here;
                retry = Some((glob.clone(), text.clone()));
            }
            (Some(pattern), Some(c)) if same(pattern, c) => {}
            _ => {
                let Some((after_star, mut skipped)) = retry.take() else {
                    return false;
                };
                if skipped.next().is_none() {
                    return false;
                }
                glob = after_star.clone();
                text = skipped.clone();
                retry = Some((after_star, skipped));
            }
        }
    }
}

fn is_numeric(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '?'))
}

fn illegal(text: &str, position: usize, found: char, subject: Subject) -> Invalid {
    let invalid = match subject {
        Subject::Region => {
            Invalid::new(format!("{} never matches a region: no region name contains {found:?}", quoted(text)))
        }
        _ => Invalid::new(format!("{} never matches: AWS names cannot contain {found:?}", quoted(text))),
    };
    let help = match found {
        c if c.is_ascii_uppercase() => format!("write \"{}\"", text.to_ascii_lowercase()),
        '{' | '}' | '[' | ']' | '|' | ',' => {
            "globs support only * and ?: to match several names, write a list such as [\"a*\", \"b*\"]".to_owned()
        }
        '!' | '^' => "globs cannot exclude: put a route with `to: []` for the exception before this one".to_owned(),
        '_' => format!("write \"{}\"", text.replace('_', "-")),
        ' ' => "remove the space; to match several names, write a list".to_owned(),
        _ => "use letters, digits, `.`, `@`, `-`, `_`, and the wildcards * and ?".to_owned(),
    };
    invalid.with_help(help).at(position..position + found.len_utf8())
}

/// Region names are an area of two to four letters, one or more words, and a number.
fn region_shape(text: &str) -> Result<(), Invalid> {
    let impossible = || {
        let invalid = Invalid::new(format!("{} never matches a region", quoted(text)));
        match crate::region::nearest(text) {
            Some(near) => invalid.with_help(format!("did you mean {}?", quoted(near))),
            None => invalid.with_help("write a region such as eu-west-1, or a glob such as \"eu-*\""),
        }
    };
    let parts: Vec<&str> = text.split('-').collect();
    let is_open = |part: &str| part.contains(['*', '?']);
    let area_fits = parts.first().is_some_and(|area| {
        area.contains('*') || ((2..=4).contains(&area.len()) && !area.contains(|c: char| c.is_ascii_digit()))
    });
    let number_fits = parts.last().is_some_and(|number| {
        is_open(number) || (number.len() <= 2 && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
    });
    let words_fit = parts
        .iter()
        .take(parts.len().saturating_sub(1))
        .all(|word| is_open(word) || (!word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase())));
    let long_enough = parts.len() >= 3 || text.contains('*');
    if area_fits && number_fits && words_fit && long_enough { Ok(()) } else { Err(impossible()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn glob(text: &str) -> Glob {
        Glob::parse(text, Subject::Text).unwrap()
    }

    #[test]
    fn a_star_is_any_number_of_characters_and_a_question_mark_is_one() {
        assert!(glob("payments-*").matches("payments-api"));
        assert!(glob("payments-*").matches("payments-"));
        assert!(!glob("payments-*").matches("payments"));
        assert!(glob("*-prod").matches("a-prod-prod"));
        assert!(glob("?-prod").matches("ä-prod"));
        assert!(!glob("?").matches(""));
        assert!(glob("*").matches(""));
    }

    #[test]
    fn case_is_ignored() {
        assert!(glob("prod*").matches("Production"));
    }

    #[test]
    fn globs_that_can_match_nothing_are_refused() {
        for (text, subject) in [
            ("", Subject::Name),
            ("payments/*", Subject::Name),
            ("{a,b}", Subject::Name),
            ("pay ments", Subject::Name),
            ("12345678901", Subject::Account),
            ("1234567890123", Subject::Account),
            ("EU-west-1", Subject::Region),
            ("eu_west_1", Subject::Region),
            ("eu-west1", Subject::Region),
            ("europe-*", Subject::Region),
            ("frankfurt", Subject::Region),
            ("eu-*-west", Subject::Region),
        ] {
            assert!(Glob::parse(text, subject).is_err(), "{text}");
        }
        let long = "x".repeat(101);
        assert!(Glob::parse(&long, Subject::Name).is_err());
    }

    #[test]
    fn every_known_region_and_its_globs_are_accepted() {
        for region in crate::region::ids() {
            assert!(Glob::parse(region, Subject::Region).is_ok(), "{region}");
        }
        for text in ["*", "eu-*", "us-gov-*", "*-1", "eu-west-?", "e*", "??-west-1"] {
            assert!(Glob::parse(text, Subject::Region).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_wrong_character_is_pointed_at() {
        let invalid = Glob::parse("pay/ments", Subject::Name).unwrap_err();
        assert_eq!(invalid.at, Some(3..4));
    }

    /// The plain recursive meaning of a glob, to hold the fast one against.
    fn means(glob: &[char], text: &[char]) -> bool {
        match (glob.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => means(&glob[1..], text) || (!text.is_empty() && means(glob, &text[1..])),
            (Some('?'), Some(_)) => means(&glob[1..], &text[1..]),
            (Some(a), Some(b)) => a == b && means(&glob[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn the_fast_match_agrees_with_the_plain_meaning(pattern in "[ab*?]{1,8}", text in "[ab]{0,8}") {
            let (g, t): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(glob(&pattern).matches(&text), means(&g, &t));
        }

        #[test]
        fn a_glob_that_covers_another_matches_all_that_it_matches(
            a in "[ab*?]{1,5}", b in "[ab*?]{1,5}", text in "[abc]{0,7}",
        ) {
            if glob(&a).covers(&glob(&b)) && glob(&b).matches(&text) {
                prop_assert!(glob(&a).matches(&text), "{} covers {} but not {}", a, b, text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            for subject in [Subject::Name, Subject::Account, Subject::Region, Subject::Text] {
                let _ = Glob::parse(&text, subject);
            }
        }
    }
}
