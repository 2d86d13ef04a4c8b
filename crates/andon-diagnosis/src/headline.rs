//! Headlines: lines that announce a failure and leave it to one of the next lines to say which.

/// Whether a line only announces: it ends in a colon, in the bare code of an error, or in that something did not run.
pub(super) fn is_headline(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(':') || text.ends_with("failed to run") || is_code(text)
}

/// `npm error code ERESOLVE`
fn is_code(text: &str) -> bool {
    let mut words = text.rsplit(' ');
    let names = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase());
    words.next().is_some_and(names) && words.next() == Some("code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_announces_a_failure_is_told_from_what_says_it() {
        for text in
            ["npm ERR! code E403", "Error: build failed with 2 errors:", "* What went wrong: ", "Suite failed to run"]
        {
            assert!(is_headline(text), "{text}");
        }
        for text in ["npm error ERESOLVE could not resolve", "exited with code 1", "code", "", "Cannot find module 'a'"]
        {
            assert!(!is_headline(text), "{text}");
        }
    }
}
