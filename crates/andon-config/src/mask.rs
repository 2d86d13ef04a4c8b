//! Masking of secrets in a text, byte for byte, so that no message can show one.
//!
//! It runs before anything else reads the text: whatever is quoted later is already masked.

use std::ops::Range;

use andon::secret::is_reference;

/// Prefixes of well-known kinds of secrets; the prefix stays readable.
const BEGINNINGS: &[&str] = &[
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xoxs-",
    "xoxe-",
    "xoxe.",
    "xoxc-",
    "xoxd-",
    "xapp-",
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "hooks.slack-gov.com/services/",
    "hooks.slack-gov.com/workflows/",
    "hooks.slack-gov.com/triggers/",
    "whsec_",
    "logic.azure.com/workflows/",
    "logic.azure.com:443/workflows/",
    "api.powerplatform.com/powerautomate/automations/direct/workflows/",
    "api.powerplatform.com:443/powerautomate/automations/direct/workflows/",
];

/// Suffixes of the keys whose values are secrets.
const KEYS: &[&str] = &["token", "webhook", "teams", "pagerduty", "opsgenie", "secret", "password", "url", "code"];

/// Fewer characters than this are an example, not a secret.
const SHORTEST: usize = 8;

/// The text without its secrets, and where they were.
pub(super) fn mask(text: &str) -> (String, Vec<Range<usize>>) {
    let mut masked = text.to_owned();
    let mut places = Vec::new();
    for beginning in BEGINNINGS {
        for (found, _) in text.match_indices(beginning) {
            let start = found + beginning.len();
            let length = text
                .get(start..)
                .unwrap_or("")
                .bytes()
                .take_while(|b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.' | b'?' | b'&' | b'=' | b'%')
                })
                .count();
            if length >= SHORTEST {
                blot(&mut masked, start..start + length);
                places.push(found..start + length);
            }
        }
    }
    (masked, places)
}

/// What else seems to be a secret: the rest of a line after a key for one, unless it is a
/// reference. This catches what the tree does not: broken syntax, misspelt and repeated keys.
pub(super) fn suspects(text: &str) -> Vec<Range<usize>> {
    KEYS.iter()
        .flat_map(|key| text.match_indices(key).map(move |(at, _)| at + key.len()))
        .filter_map(|after| {
            let line = text.get(after..)?.lines().next()?;
            let value =
                line.trim_start_matches(['"', '\'', ' ']).strip_prefix(':')?.trim_start_matches(['"', '\'', ' ']);
            let start = after + (line.len() - value.len());
            let is_shown = value.is_empty() || value.starts_with(['*', '{']) || is_reference(value);
            (!is_shown).then(|| start..after + line.len())
        })
        .collect()
}

/// Overwrites a part of the text with as many asterisks as it has bytes; lines stay lines.
pub(super) fn blot(text: &mut String, part: Range<usize>) {
    if let Some(secret) = text.get(part.clone()) {
        let stars: String = secret.bytes().map(|b| if b == b'\n' { '\n' } else { '*' }).collect();
        text.replace_range(part, &stars);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_webhooks_are_blotted_and_nothing_moves() {
        let text = "a: xoxb-1234567890-abc # é\nb: https://hooks.slack.com/services/T000/B000/XyZ\n";
        let (masked, places) = mask(text);
        assert_eq!(masked, "a: xoxb-************** # é\nb: https://hooks.slack.com/services/*************\n");
        assert_eq!(masked.len(), text.len());
        assert_eq!(places.len(), 2);
    }

    #[test]
    fn an_example_in_prose_stays() {
        let text = "# a token begins with xoxb-...\n";
        assert_eq!(mask(text).0, text);
    }

    #[test]
    fn a_blot_keeps_bytes_and_lines() {
        let mut text = "ab é\nc".to_owned();
        blot(&mut text, 0..7);
        assert_eq!(text, "*****\n*");
    }
}
