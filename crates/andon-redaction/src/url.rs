//! URLs and connection strings: passwords in them, and addresses that are secrets themselves.
//!
//! Their parameters are pairs like any others.

use crate::name::strength;
use crate::spans::Spans;
use crate::text::{from, next, part};
use crate::value::{is_hex, is_made_up, is_masked, is_reference, is_tangle};

/// How long a URL is that is looked at.
const MAX_URL: usize = 8 * 1024;
/// How long a password is in a connection string without a scheme.
const MAX_PASSWORD: usize = 128;
/// How many URLs within another are looked at, as in `?redirect=https://...`.
const MAX_NESTED: usize = 4;

/// Hides what is secret in the URLs of a text.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let (mut end, mut nested) = (0, 0);
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        nested = if start < end { nested + 1 } else { 0 };
        if nested > MAX_NESTED {
            continue;
        }
        let rest = next(text, start, MAX_URL);
        let len = rest.find(|c: char| c.is_whitespace() || "\"'<>`|\\".contains(c)).unwrap_or(rest.len());
        let url = part(text, start..start + len);
        end = end.max(start + len);
        let is_web = text.get(..at).is_some_and(|scheme| scheme.ends_with("http") || scheme.ends_with("https"));
        let address = match userinfo(url, is_web) {
            Some(end) => {
                hide_userinfo(part(url, 0..end), start, spans);
                end + 1
            }
            None => 0,
        };
        hide_path(from(url, address), start + address, spans);
    }
    hide_without_scheme(text, spans);
}

/// Connection strings without a scheme: `app:password@tcp(db:3306)`, `thin:app/password@db`, and a line of `.pgpass`.
fn hide_without_scheme(text: &str, spans: &mut Spans) {
    let mut hide = |start: usize, password: &str| {
        let plain = !password.is_empty() && !password.contains(|c: char| c.is_whitespace() || "@:".contains(c));
        if plain && !is_reference(password) && !is_masked(password) {
            spans.hide(start..start + password.len());
        }
    };
    for network in ["@tcp(", "@udp(", "@unix("] {
        for (at, _) in text.match_indices(network) {
            let before = text.get(..at).unwrap_or_default();
            let near = from(before, before.floor_char_boundary(at.saturating_sub(MAX_PASSWORD)));
            if let Some((_, password)) = near.rsplit_once(':') {
                hide(at - password.len(), password);
            }
        }
    }
    for (at, thin) in text.match_indices("thin:") {
        let rest = next(text, at + thin.len(), MAX_PASSWORD);
        if let Some((user, rest)) = rest.split_once('/')
            && user.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && let Some((password, _)) = rest.split_once('@')
        {
            hide(at + thin.len() + user.len() + 1, password);
        }
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let fields: Vec<&str> = line.trim_end().splitn(5, ':').collect();
        if let [host, port, base, user, password] = fields[..] {
            let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.*-".contains(&b));
            let is_port = port == "*" || (2..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
            // A time (`2024-05-01T10:00:00`) and a place in a file have numbers there.
            let is_name = |name: &str| {
                !name.bytes().all(|b| b.is_ascii_digit())
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.*-".contains(&b))
            };
            if is_host && is_port && is_name(base) && is_name(user) && base.len() + user.len() <= MAX_PASSWORD {
                hide(start + line.trim_end().len() - password.len(), password);
            }
        }
        start += line.len();
    }
}

/// Where the part before the host ends. A password may hold `/` and `@` as they are, though it should not.
fn userinfo(url: &str, is_web: bool) -> Option<usize> {
    let first = url.find('/').unwrap_or(url.len());
    let host = part(url, 0..first);
    let ends = |text: &str| text.rfind('@');
    if let Some(at) = ends(host) {
        // Behind a database's `@` in a password comes another.
        let all = if is_web { None } else { ends(url.split('?').next().unwrap_or(url)) };
        return all.or(Some(at));
    }
    let (_, password) = host.split_once(':')?;
    let is_port = password.bytes().all(|b| b.is_ascii_digit());
    if is_port && !password.is_empty() {
        return None;
    }
    let path = url.split(['?', '#']).next().unwrap_or(url);
    ends(path).filter(|at| !part(path, first..*at).contains("//"))
}

fn hide_userinfo(userinfo: &str, start: usize, spans: &mut Spans) {
    let (user, password) = userinfo.split_once(':').map_or((userinfo, None), |(user, password)| (user, Some(password)));
    if let Some(password) = password.filter(|password| !is_reference(password) && !is_masked(password)) {
        let from = start + user.len() + 1;
        spans.hide(from..from + password.len());
    }
    // A token in the place of the user: `https://TOKEN@host`, `https://TOKEN:x-oauth-basic@host`.
    let is_token = user.len() >= 20 && !is_reference(user) && (is_made_up(user) || is_tangle(user));
    if is_token {
        spans.hide(start..start + user.len());
    }
}

/// Hides the part of a web hook's address that lets everybody post, and values behind names in a path.
fn hide_path(address: &str, start: usize, spans: &mut Spans) {
    let address = address.split(['?', '#']).next().unwrap_or(address);
    let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    let mut at = start + host.len();
    let is_hook_host =
        host.split('.').next().is_some_and(|label| matches!(label, "hooks" | "hook" | "webhook" | "webhooks"));
    let mut is_hook = is_hook_host;
    let mut before = "";
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).count();
    for segment in path.split('/') {
        let range = at..at + segment.len();
        at += segment.len() + 1;
        if segment.is_empty() {
            continue;
        }
        segments -= 1;
        // Telegram: `/bot123:secret/sendMessage`
        let bot = segment.strip_prefix("bot").is_some_and(|rest| {
            rest.split_once(':').is_some_and(|(id, token)| id.bytes().all(|b| b.is_ascii_digit()) && token.len() >= 30)
        });
        let named = (strength(before).is_some() || before == "key") && is_tangle(segment) && !is_hex(segment);
        let secret = bot
            || named
            || is_hook
                && (is_tangle(segment) || is_hex(segment) && segment.len() >= 24 || is_hook_host && segments == 0);
        if secret && !is_masked(segment) {
            spans.hide(range);
        }
        is_hook |= matches!(
            segment.to_ascii_lowercase().as_str(),
            "hooks" | "hook" | "webhook" | "webhooks" | "incomingwebhook"
        );
        before = segment;
    }
}
