//! Answers in pages, as AWS gives them.

use serde_json::{Value, json};

use super::protocol::Refusal;

/// A page of `items` under `member`, and the token of the next page where there is one.
///
/// `input` may hold a page size under `size` (1 to `most`) and the token of an earlier answer under `token`.
pub(super) fn page(
    input: &Value,
    items: &[Value],
    member: &str,
    size: Option<(&str, usize)>,
    token: &str,
) -> Result<Value, Refusal> {
    let most = size.map_or(100, |(_, most)| most);
    let wanted = match size.and_then(|(name, _)| input.get(name)) {
        None | Some(Value::Null) => most,
        Some(value) => value
            .as_u64()
            .and_then(|wanted| usize::try_from(wanted).ok())
            .filter(|wanted| (1..=most).contains(wanted))
            .ok_or_else(|| {
                Refusal::new("ValidationException", format!("the page size must be 1 to {most}, not {value}"))
            })?,
    };
    let from = match input.get(token) {
        None | Some(Value::Null) => 0,
        Some(value) => value
            .as_str()
            .and_then(|text| text.strip_prefix("page-")?.parse::<usize>().ok())
            .filter(|from| *from <= items.len())
            .ok_or_else(|| Refusal::new("InvalidNextTokenException", format!("{value} is no token of this list")))?,
    };
    let to = (from + wanted).min(items.len());
    let mut answer = json!({ member: items.get(from..to).unwrap_or_default() });
    if to < items.len()
        && let Some(answer) = answer.as_object_mut()
    {
        answer.insert(token.to_owned(), format!("page-{to}").into());
    }
    Ok(answer)
}
