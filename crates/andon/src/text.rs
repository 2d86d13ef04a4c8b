//! Text from outside, made safe to show: hostile characters removed, and cut to a limit.

/// Whether a character could garble a terminal, a page or a message: a control character other than a line break or a
/// tab, one that changes the direction of the text after it, or one that takes no room.
///
/// The bidirectional controls are those of Unicode Standard Annex #9, section 2.
pub fn is_hostile(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        // Tags, by which text can be hidden from people and not from programs.
        || matches!(c, '\u{e0000}'..='\u{e007f}')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text without hostile characters.
pub fn clean(text: &str) -> String {
    text.chars().filter(|c| !is_hostile(*c)).collect()
}

/// The text on one line: hostile characters removed, and every run of white space a single space.
pub fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest beginning of a text that fits, with a word about what was left out.
///
/// `cost` is the size of a character in the output. The text is cut at a line or word end if there is one nearby.
pub fn fit(text: &str, limit: usize, cost: impl Fn(char) -> usize) -> String {
    const CUT: &str = " … (truncated)";
    if text.chars().map(&cost).sum::<usize>() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(CUT.chars().map(&cost).sum());
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += cost(*c);
            used > room
        })
        .map_or(text.len(), |(index, _)| index);
    let head = text.get(..end).unwrap_or_default();
    let near = |index: &usize| *index >= head.len() - head.len() / 4;
    let end = head.rfind('\n').filter(near).or_else(|| head.rfind(char::is_whitespace).filter(near));
    format!("{}{CUT}", head.get(..end.unwrap_or(head.len())).unwrap_or(head).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_removed() {
        assert_eq!(clean("a\u{202e}b\u{200f}c\u{61c}d\u{1b}[31m\te\nf\u{feff}"), "abcd[31m\te\nf");
        assert_eq!(one_line(" a\n\u{200b} b\tc "), "a b c");
    }
}
