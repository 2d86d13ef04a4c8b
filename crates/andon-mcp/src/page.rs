//! Pages of lists: 25 rows at most, and never more bytes than a result may have.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::seal::Seal;

/// The most rows of a page.
pub(crate) const MAX_ROWS: usize = 25;
/// The most bytes of a result, both forms of it together: structured, and the same as text.
pub(crate) const MAX_RESULT: usize = 24 * 1024;
/// What a result holds beside its rows.
const OVERHEAD: usize = 2048;

/// How many bytes a value takes in a result: once as JSON, once more as JSON within a string.
pub(crate) fn cost(value: &impl Serialize) -> usize {
    let json = serde_json::to_string(value).unwrap_or_default();
    json.len() + serde_json::to_string(&json).unwrap_or_default().len()
}

/// The rows that fit, in order, and whether there are more.
pub(crate) fn fitting<T: Serialize>(rows: impl IntoIterator<Item = T>, most: usize) -> (Vec<T>, bool) {
    let (mut fitting, mut room) = (Vec::new(), MAX_RESULT - OVERHEAD);
    for row in rows {
        let bytes = cost(&row);
        // A first row always fits: texts in it are short.
        if fitting.len() == most || (bytes > room && !fitting.is_empty()) {
            return (fitting, true);
        }
        room = room.saturating_sub(bytes);
        fitting.push(row);
    }
    (fitting, false)
}

/// Where the next page begins, and what it is a page of.
#[derive(Debug, Serialize, serde::Deserialize)]
struct Cursor<F, K> {
    filter: F,
    after: K,
}

/// A filter and where to go on: from a cursor where one is given, else from the beginning.
///
/// A cursor carries its filter, so that a client cannot mix the pages of two questions.
pub(crate) fn resume<F: DeserializeOwned, K: DeserializeOwned>(
    cursor: Option<&str>,
    filter: F,
    tool: &str,
    seal: &Seal,
) -> Result<(F, Option<K>), Fault> {
    let Some(cursor) = cursor else { return Ok((filter, None)) };
    let Cursor { filter, after } =
        seal.open(cursor, tool).ok_or_else(|| Fault::Invalid("unknown cursor: start again without one".to_owned()))?;
    Ok((filter, Some(after)))
}

/// The cursor of the page after this row.
pub(crate) fn next<F: Serialize, K: Serialize>(filter: &F, after: K, tool: &str, seal: &Seal) -> String {
    seal.close(&Cursor { filter, after }, tool, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_what_fits() {
        assert_eq!(fitting(0..10, MAX_ROWS), ((0..10).collect(), false));
        let (rows, more) = fitting(0..100, MAX_ROWS);
        assert_eq!((rows.len(), more), (MAX_ROWS, true));
        let (rows, more) = fitting(std::iter::repeat_n("x".repeat(4000), 9), MAX_ROWS);
        assert!(more && rows.len() == 2, "{}", rows.len());
    }

    #[test]
    fn a_cursor_keeps_its_filter() {
        let seal = Seal::fresh();
        let cursor = next(&"red", 7, "list", &seal);
        assert_eq!(
            resume::<String, u8>(Some(&cursor), "green".to_owned(), "list", &seal),
            Ok(("red".to_owned(), Some(7)))
        );
        assert!(resume::<String, u8>(Some(&cursor), String::new(), "other", &seal).is_err());
        assert!(resume::<String, u8>(Some("forged"), String::new(), "list", &seal).is_err());
    }
}
