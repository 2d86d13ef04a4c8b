//! Reading the name of a time zone.

use andon::invalid::Invalid;
use andon::suggest::{nearest, quoted};
use jiff::tz::TimeZone;

/// Reads the name of a time zone.
pub(super) fn zone(text: &str) -> Result<TimeZone, Invalid> {
    let found = TimeZone::get(text).ok().filter(|zone| !zone.is_unknown());
    found.ok_or_else(|| {
        let invalid = Invalid::new(format!("unknown time zone {}", quoted(text)));
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        let city =
            |name: &str| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&text.replace(' ', "_")));
        let near = names
            .iter()
            .find(|name| city(name))
            .map(String::as_str)
            .or_else(|| nearest(text, names.iter().map(String::as_str)));
        invalid.with_help(match near {
            Some(near) => format!("did you mean {}?", quoted(near)),
            None => "use an IANA time zone name, such as Europe/Berlin or UTC".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_is_no_zone_is_refused() {
        for text in ["", "Etc/Unknown", "Mars/Olympus", "+02:00"] {
            assert!(zone(text).is_err(), "{text}");
        }
        assert!(zone("europe/berlin").is_ok());
    }

    #[test]
    fn a_city_alone_is_offered_its_zone() {
        let shown = zone("berlin").unwrap_err().to_string();
        assert!(shown.contains("Europe/Berlin"), "{shown}");
        let shown = zone("Europe/Berln").unwrap_err().to_string();
        assert!(shown.contains("Europe/Berlin"), "{shown}");
    }
}
