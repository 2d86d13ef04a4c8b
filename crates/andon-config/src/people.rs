//! People: the members of Slack by what commits call them, where their email addresses differ.

use andon::invalid::Invalid;
use andon::suggest::quoted;
use andon_notify::People;
use andon_notify::mention::is_member;

use super::finding::Finding;
use super::reader::Reader;
use super::tree::Node;

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> People {
    let mut people = People::default();
    for entry in reader.entries(node, "`people`").unwrap_or_default() {
        let what = format!("the member for {}", quoted(&entry.key));
        if entry.key.trim().is_empty() {
            let finding = Finding::error(entry.key_span.clone(), "this names nobody");
            reader.note(finding.with_help("write the email address of commits, or the name of their author"));
        }
        let Some(id) = reader.value(&entry.value, &what, member) else { continue };
        if !people.add(&entry.key, id) {
            let finding = Finding::error(entry.key_span.clone(), format!("{} is listed twice", quoted(&entry.key)));
            reader.note(finding.with_help("remove one of them; upper and lower case are the same"));
        }
    }
    people
}

fn member(text: &str) -> Result<String, Invalid> {
    if is_member(text) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(format!("{} is not the id of a member", quoted(text)))
        .with_help("in Slack, open the profile, then \"Copy member ID\": `U0123456789`"))
}

#[cfg(test)]
mod tests {
    use andon::author::Author;

    use crate::Config;

    #[test]
    fn people_are_listed_by_address_or_name() {
        let text = "version: 1\npeople:\n  leo@home.example: U0123456789\n  Jonas Ekberg: W0123456789\n";
        let people = Config::parse(text, "andon.yml").unwrap().people;
        let author = |name: &str| Author { name: Some(name.to_owned()), email: None };
        assert_eq!(people.find(&author("jonas ekberg")), Some("W0123456789"));
        assert!(Config::parse("version: 1\npeople:\n", "andon.yml").unwrap().people.is_empty());
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        let mistakes = [
            "version: 1\npeople: { leo@home.example: leonie }\n",
            "version: 1\npeople: { leo@home.example: S0123456789 }\n",
            "version: 1\npeople: { leo@home.example: U0123456789, LEO@home.example: U9876543210 }\n",
            "version: 1\npeople: [U0123456789]\n",
            "version: 1\npeople: { \"\": U0123456789 }\n",
            "version: 1\ndestinations: { a: { slack-webhook: \"env:A\" } }\nroutes: [{ to: a, mention: author }]\n",
            "version: 1\ndestinations: { a: { slack: a, token: \"env:A\" } }\n\
             routes: [{ to: a, kinds: [recovered, stuck], mention: [author, here] }]\n",
        ];
        let told: Vec<String> = mistakes
            .iter()
            .map(|text| format!("{text}{}", Config::check(text, "andon.yml", crate::Surroundings::default()).findings))
            .collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
