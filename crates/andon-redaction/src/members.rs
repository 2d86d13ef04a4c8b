//! Names and values that stand apart: `"name": "DB_PASSWORD", "value": "x"`, `<param-name>`, `variable "x" { default = "y" }`.

use crate::name::{Strength, strength};
use crate::text::{MAX_AFTER, Place, from, line_before, line_from, next, part, value_at};

/// How far behind `name: DB_PASSWORD` its `value:` may stand.
pub(crate) const MAX_GAP: usize = 240;
/// How far before a block its label may stand.
const MAX_LABEL: usize = 144;

/// A name that was itself a value: `name: DB_PASSWORD`; the secret is what the next `value:` says.
pub(crate) struct Announced {
    pub(crate) strength: Strength,
    pub(crate) at: usize,
}

/// What the members of an object have said so far.
#[derive(Default)]
pub(crate) struct Members {
    pub(crate) announced: Option<Announced>,
    /// A value whose name may still come: `"value": "x", "name": "DB_PASSWORD"`.
    pub(crate) value: Option<Place>,
    /// The values are names of parameters or secrets of a store.
    pub(crate) of_store: bool,
}

/// The label of a block: `variable "db_password" {`.
pub(crate) fn label_before(text: &str, at: usize) -> Option<Announced> {
    let line = line_before(text, at, MAX_LABEL).trim_end();
    let (kind, label) = line.strip_suffix('"')?.rsplit_once('"')?;
    let is_block = ["variable", "parameter", "param", "secret"].contains(&kind.trim());
    strength(label).filter(|_| is_block).map(|strength| Announced { strength, at })
}

/// The value that a message to the build's own service or a part of a form sets behind the name: `name=token::x`,
/// `[task.setvariable variable=token;issecret=true]x`, `name="token"` and an empty line.
pub(crate) fn behind_name(text: &str, at: usize) -> Option<Place> {
    let line = line_from(text, at, MAX_AFTER);
    if let Some(rest) = line.strip_prefix("::") {
        return (!rest.is_empty()).then(|| Place { range: at + 2..at + line.trim_end().len(), quoted: true });
    }
    let before = line_before(text, at, MAX_AFTER);
    if before.contains("##vso[")
        && let Some((_, value)) = line.split_once(']')
    {
        return Some(Place { range: at + line.len() - value.len()..at + line.trim_end().len(), quoted: true });
    }
    let rest = next(text, at, MAX_AFTER).trim_start_matches(['"', '\'']).replace('\r', "");
    if rest.starts_with("\n\n") && before.contains("form-data") {
        let start = at + next(text, at, MAX_AFTER).find(['\n'])?;
        let value = from(text, start).trim_start();
        return value_at(text, text.len() - value.len());
    }
    None
}

/// A value that is looked at for what it says, and is not long.
pub(crate) fn short_value_at(text: &str, at: usize) -> Option<Place> {
    value_at(next(text, 0, at + MAX_GAP), at)
}

/// The name that stands as a value: `DB_PASSWORD`, `/shop/prod/db-password`.
pub(crate) fn announced_at(text: &str, at: usize) -> Option<Announced> {
    let place = short_value_at(text, at)?;
    let said = part(text, place.range.clone());
    let name = said.rsplit('/').next().unwrap_or(said);
    let is_name = !said.contains(' ') && (name.len() == said.len() || said.starts_with('/'));
    let strength = strength(name).filter(|_| is_name)?;
    Some(Announced { strength, at: place.range.end })
}

/// What a name is told by: `name: DB_PASSWORD`, `<add key="ApiKey"`, `<key>ApiKey</key>`, `ParameterKey=DbPassword`.
pub(crate) fn is_name_word(name: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const NAMES: &[&str] = &[
        "name", "key", "parameterkey", "variable", "field", "option", "optionname", "id", "label", "param-name",
        "paramname", "attribute", "property", "setting", "parametername", "env", "variablename",
    ];
    NAMES.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// What the value of such a name is told by.
pub(crate) fn is_value_word(name: &str) -> bool {
    #[rustfmt::skip] // several to a line
    const VALUES: &[&str] = &[
        "value", "val", "parametervalue", "default", "content", "string", "data", "secretstring", "param-value",
        "paramvalue", "optionvalue", "plaintext", "stringvalue",
    ];
    VALUES.iter().any(|word| name.eq_ignore_ascii_case(word))
}
