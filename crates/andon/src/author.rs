//! Who wrote a change: its author, and those whom its message names beside them.

use crate::event::Commit;

/// The trailer of a commit message that names another author.
const TRAILER: &str = "co-authored-by:";
/// The most authors of one change.
const MAX_AUTHORS: usize = 4;

/// Somebody who wrote a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
}

impl Author {
    /// The email address, where a person most likely reads what comes there: no bot, and no stand-in for an address.
    pub fn address(&self) -> Option<&str> {
        let email = self.email.as_deref()?.trim();
        let (local, domain) = email.rsplit_once('@')?;
        let (local, domain) = (local.to_ascii_lowercase(), domain.to_ascii_lowercase());
        let is_plain = !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace);
        let is_nobody = ["noreply", "no-reply", "donotreply", "do-not-reply"].contains(&local.as_str())
            || ["noreply.", "no-reply."].iter().any(|part| domain.contains(part));
        (is_plain && !is_nobody && !self.is_bot()).then_some(email)
    }

    /// Whether it calls itself a bot.
    pub fn is_bot(&self) -> bool {
        let is_named =
            |text: &Option<String>| text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("[bot]"));
        is_named(&self.name) || is_named(&self.email)
    }
}

/// The authors of a change, each once, whoever wrote it first.
pub fn authors(commit: &Commit) -> Vec<Author> {
    let own = Author { name: commit.author.clone(), email: commit.email.clone() };
    let own = Some(own).filter(|own| own.name.is_some() || own.email.is_some());
    let trailers = commit.message.iter().flat_map(|message| message.lines()).filter_map(co_author);
    let mut authors: Vec<Author> = Vec::new();
    for author in own.into_iter().chain(trailers) {
        let same = |known: &Author| match (&known.email, &author.email) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => known.name == author.name,
        };
        if !authors.iter().any(same) {
            authors.push(author);
        }
    }
    authors.truncate(MAX_AUTHORS);
    authors
}

/// Reads `Co-authored-by: Jane Doe <jane@example.com>`.
fn co_author(line: &str) -> Option<Author> {
    let line = line.trim();
    let (trailer, rest) = line.split_at_checked(TRAILER.len())?;
    if !trailer.eq_ignore_ascii_case(TRAILER) {
        return None;
    }
    let (name, email) = match rest.split_once('<') {
        Some((name, email)) => (name, email.split('>').next()),
        None => (rest, None),
    };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let author = Author { name: text(name), email: email.and_then(text) };
    (author.name.is_some() || author.email.is_some()).then_some(author)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(name: &str, email: &str) -> Author {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Author { name: text(name), email: text(email) }
    }

    #[test]
    fn only_people_have_an_address() {
        for (name, email) in [
            ("dependabot[bot]", "support@github.com"),
            ("Renovate", "29139614+renovate[bot]@users.noreply.github.com"),
            ("Leonie", "12345+leonie@users.noreply.github.com"),
            ("Leonie", "leonie@noreply.gitlab.example.com"),
            ("GitHub", "noreply@github.com"),
            ("CI", "no-reply@ci.example.com"),
            ("Nobody", ""),
            ("Nobody", "root"),
            ("Nobody", "root@localhost"),
            ("Nobody", "@example.com"),
            ("Nobody", "a b@example.com"),
        ] {
            assert_eq!(author(name, email).address(), None, "{name} <{email}>");
        }
        for email in ["leonie.hartwig@example.com", " leonie@example.com ", "L+git@Example.COM", "botho@example.com"] {
            assert_eq!(author("Leonie", email).address(), Some(email.trim()), "{email}");
        }
    }

    #[test]
    fn a_change_has_each_of_its_authors_once() {
        let commit = Commit {
            author: Some("Leonie".to_owned()),
            email: Some("leonie@example.com".to_owned()),
            message: Some(
                "Round fees\n\nCo-authored-by: Jonas <jonas@example.com>\nco-authored-by: Leonie H <LEONIE@example.com>\n\
                 Co-Authored-By: Mei\nCo-authored-by:\nCo-authored-by: <>\nno Co-authored-by: x <x@example.com>"
                    .to_owned(),
            ),
            ..Commit::default()
        };
        assert_eq!(
            authors(&commit),
            [author("Leonie", "leonie@example.com"), author("Jonas", "jonas@example.com"), author("Mei", "")]
        );
        assert_eq!(authors(&Commit::default()), []);
        let message = (0..50).map(|n| format!("Co-authored-by: N <n{n}@example.com>")).collect::<Vec<_>>().join("\n");
        assert_eq!(authors(&Commit { message: Some(message), ..Commit::default() }).len(), MAX_AUTHORS);
    }
}
