//! The phone: who may call the Lex bot.

use std::collections::BTreeSet;

use andon::invalid::Invalid;
use andon::suggest::quoted;

use super::reader::Reader;
use super::tree::Node;

/// The most digits of a number in the form of E.164.
const MAX_DIGITS: usize = 15;
/// The fewest digits of a number with its country code.
const MIN_DIGITS: usize = 7;

/// Who may ask by phone. Without this section nobody may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phone {
    /// The numbers that may call, in the form of E.164: `+4930123456`.
    pub callers: BTreeSet<String>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Phone> {
    let fields = reader.fields(node, "`phone`", &["callers"])?;
    let node = fields.require("callers", "callers: [\"+4930123456\"]", reader)?;
    let callers = reader.set(node, "`callers`", "a phone number", number);
    Some(Phone { callers })
}

/// A number with its country code. Blanks, hyphens and brackets between the digits have no meaning.
fn number(text: &str) -> Result<String, Invalid> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
    let is_number = digits.strip_prefix('+').is_some_and(|rest| {
        rest.chars().all(|c| c.is_ascii_digit())
            && !rest.starts_with('0')
            && (MIN_DIGITS..=MAX_DIGITS).contains(&rest.len())
    });
    if is_number {
        return Ok(digits);
    }
    Err(Invalid::new(format!("{} is not a phone number with its country code", quoted(text)))
        .with_help("write it in quotes with a plus sign, such as `\"+4930123456\"`"))
}

#[cfg(test)]
mod tests {
    use crate::Config;

    fn callers(text: &str) -> Result<Vec<String>, String> {
        let config = Config::parse(&format!("version: 1\nphone: {text}\n"), "andon.yml");
        config.map(|config| config.phone.callers.into_iter().collect()).map_err(|findings| findings.to_string())
    }

    #[test]
    fn callers_are_numbers_however_they_are_written() {
        let read = callers("{ callers: [\"+49 30 123456\", \"+1 (555) 010-4477\"] }").unwrap();
        assert_eq!(read, ["+15550104477", "+4930123456"]);
        assert_eq!(callers("").unwrap(), [""; 0]);
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        let mistakes = [
            "{}",
            "{ callers: 030123456 }",
            "{ callers: [\"+0123456789\"] }",
            "{ callers: [\"+4930123456\", \"+49 30 123456\"] }",
            "{ caller: \"+4930123456\" }",
        ];
        let told: Vec<String> =
            mistakes.iter().map(|text| format!("phone: {text}\n{}", callers(text).unwrap_err())).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
