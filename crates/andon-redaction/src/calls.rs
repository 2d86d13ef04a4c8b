//! Calls that are given a secret by their place rather than by a name: `auth=("user", "x")`, `smtp.login("user", "x")`,
//! `SecretString::from("x")`, `ConvertTo-SecureString "x"`.

use std::ops::Range;

use crate::name::{Strength, strength};
use crate::spans::Spans;
use crate::text::{Place, from, line_from, part, quoted_at};
use crate::value::{is_likely, is_made_up, is_masked, is_path, is_reference};
use crate::wrapper::wrapped_at;

/// How long the name of a function is.
const MAX_NAME: usize = 64;

/// How long the arguments of a call are, and how many.
const MAX_ARGUMENTS: usize = 256;
const MAX_COUNT: usize = 6;

/// Hides the secrets among the arguments of calls.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    for (at, open) in text.match_indices(['(', '{', '[']) {
        let before = text.get(..at).unwrap_or_default();
        let name = name_before(before);
        let is_tuple = open != "{" && name.is_empty() && before.trim_end().ends_with(['=', ':']) && {
            let names = before.trim_end().trim_end_matches(['=', ':']).trim_end().trim_end_matches(['"', '\'']);
            name_before(names).ends_with("auth")
        };
        if is_tuple || open == "(" && takes_password(name) {
            if let Some(last) = last_argument(text, at + 1)
                && is_secret(text, &last, is_tuple || is_of_authentication(name))
            {
                spans.hide(last.range);
            }
        } else if open != "["
            && !name.is_empty()
            && let Some(first) = quoted_at(text, at + 1)
            && (strength(name) == Some(Strength::Certain) || names_secret(name))
        {
            let said = part(text, first.range.clone());
            let alone = from(text, first.range.end + 1).trim_start().starts_with([')', ',', '.', '}']);
            if alone && is_likely(said) && is_made_up(said) || name == "PASSWORD" && !is_masked(said) {
                spans.hide(first.range);
            }
        }
    }
    for (at, cmdlet) in text.match_indices("ConvertTo-SecureString ") {
        if let Some(place) = wrapped_at(text, at).filter(|place| place.range.start > at + cmdlet.len() && place.quoted)
            && !is_reference(part(text, place.range.clone()))
        {
            spans.hide(place.range);
        }
    }
}

/// The name that a text ends in.
fn name_before(text: &str) -> &str {
    let len =
        text.bytes().rev().take(MAX_NAME).take_while(|b| b.is_ascii_alphanumeric() || b"_:.!".contains(b)).count();
    let name = from(text, text.len() - len);
    name.rsplit("::").find(|part| !matches!(*part, "new" | "from" | "of" | "create")).unwrap_or(name)
}

/// `SecretString::from(`: the type before the function.
fn names_secret(name: &str) -> bool {
    let mut parts = name.split(['.', '!']).filter(|part| !part.is_empty());
    parts.any(|part| matches!(part, "SecretString" | "SecureString" | "SecretStr" | "SecretBox" | "SecretValue"))
}

/// Whether a function takes a user and a password, in this order.
fn takes_password(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    is_of_authentication(name)
        || [
            "login",
            "authenticate",
            "signin",
            "sign_in",
            "log_in",
            "setauth",
            "set_auth",
            "authorize",
            "auth",
            "getconnection",
            "createconnection",
            "create_connection",
        ]
        .contains(&last.as_str())
}

/// What takes nothing else.
fn is_of_authentication(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "basicauth",
        "basic_auth",
        "digestauth",
        "digest_auth",
        "passwordcredentials",
        "username_pw_set",
        "passwordcredential",
        "pscredential",
        "passwordauthentication",
        "networkcredential",
        "passwordauthenticator",
        "plainauth",
        "usernamepassword",
        "basiccredentials",
        "staticcredentials",
        "plain_text_auth",
        "setbasicauth",
        "plaintextauthprovider",
        "set_credentials",
        "setcredentials",
        "basicauthentication",
    ];
    let lower = name.to_ascii_lowercase();
    lower == ".auth" || ENDS.iter().any(|end| lower.ends_with(end))
}

/// The last of several arguments, if it is quoted.
fn last_argument(text: &str, open: usize) -> Option<Place> {
    let line = line_from(text, open, MAX_ARGUMENTS);
    let mut at = 0;
    let mut last = None;
    for count in 0..MAX_COUNT {
        let place = wrapped_at(text, open + at)?;
        let end = if place.quoted { place.range.end + 1 - open } else { at + from(line, at).find([',', ')', ']'])? };
        last = Some(place).filter(|place| place.quoted && count > 0);
        let rest = line.get(end..)?;
        let rest = from(rest, rest.find([',', ')', ']'])?);
        let Some(more) = rest.strip_prefix(',') else { break };
        at = line.len() - more.len();
    }
    last
}

fn is_secret(text: &str, place: &Place, sure: bool) -> bool {
    let Range { start, end } = place.range;
    let said = part(text, start..end);
    let stays = said.is_empty() || is_reference(said) || is_masked(said);
    !stays && (sure && (!said.contains(' ') || is_made_up(said)) || is_likely(said) && !is_path(said))
}
