//! The viewer, from a browser's request: the language, and the time zone in a cookie that the script sets.

use andon_board::{Theme, Viewer};
use axum::http::{HeaderMap, header};
use jiff::tz::TimeZone;

/// The viewer behind a request; `zone` is the default time zone.
pub(super) fn viewer(headers: &HeaderMap, zone: &TimeZone) -> Viewer {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).unwrap_or_default();
    let own = text(header::COOKIE).split(';').find_map(|cookie| cookie.trim().strip_prefix("zone="));
    let own = own.and_then(|zone| TimeZone::get(&zone.replace("%2F", "/")).ok());
    let locale = text(header::ACCEPT_LANGUAGE).split([',', ';']).next().unwrap_or_default().trim().to_owned();
    Viewer { theme: Theme::Preferred, zone: own.unwrap_or_else(|| zone.clone()), locale, since: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_is_who_the_browser_says() {
        let mut headers = HeaderMap::new();
        let nobody = viewer(&headers, &TimeZone::UTC);
        assert_eq!((nobody.zone, nobody.locale.as_str()), (TimeZone::UTC, ""));
        headers.insert(header::COOKIE, "a=b; zone=Europe%2FBerlin".parse().unwrap());
        headers.insert(header::ACCEPT_LANGUAGE, "de-DE,de;q=0.9".parse().unwrap());
        let somebody = viewer(&headers, &TimeZone::UTC);
        assert_eq!((somebody.zone.iana_name(), somebody.locale.as_str()), (Some("Europe/Berlin"), "de-DE"));
        headers.insert(header::COOKIE, "zone=../../etc/passwd".parse().unwrap());
        assert_eq!(viewer(&headers, &TimeZone::UTC).zone, TimeZone::UTC);
    }
}
