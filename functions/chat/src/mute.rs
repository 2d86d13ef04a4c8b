//! Mutes: how they are asked for by command and form, and what is said of them.

use andon::attention::{Deed, Member, Mute, Until};
use andon::ledger::Ledger as _;
use andon::suggest::quoted;
use andon_notify::destination::slack::{mrkdwn, until};
use andon_notify::{AlertRef, ButtonKind, TimeOfDay};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::job::{Job, MuteOrder, Order};
use crate::{Chat, now, view};

/// The longest time that something is muted for.
const MAX: SignedDuration = SignedDuration::from_hours(7 * 24);
/// When a day begins, for what is muted until tomorrow.
const MORNING: &str = "08:00";

impl Chat {
    /// Mutes a pipeline by command, or ends that: `2h`, `until green`.
    pub(crate) async fn mute_by_command(&self, kind: ButtonKind, text: &str, by: Member, asker: &Asker<'_>) -> Value {
        let (name, length) = if kind == ButtonKind::Mute { split(text) } else { (text.trim(), None) };
        let row = match self.pipeline_named(kind, name).await {
            Ok(row) => row,
            Err(answer) => return answer,
        };
        let overview = &row.overview;
        let name = overview.pipeline.name.as_str();
        let since = now();
        let mute = match (kind, length) {
            (ButtonKind::Mute, None) => {
                let text =
                    format!("For how long? For example: /andon mute {name} 2h, or: /andon mute {name} until green");
                return view::to_asker(&text);
            }
            (ButtonKind::Mute, Some(length)) => match parse(length, since, &self.config.zone) {
                Err(problem) => return view::to_asker(&problem),
                Ok(Until::Recovery) if !overview.health.is_red() => {
                    let text = format!(
                        "{name} is not red, so nothing would end this. Say for how long: /andon mute {name} 2h"
                    );
                    return view::to_asker(&text);
                }
                Ok(until) => Some(MuteOrder { since, until }),
            },
            _ => None,
        };
        let (execution, attempt) = (overview.latest.execution.clone(), overview.latest.attempt);
        let alert = format!("command/{execution}/{}", attempt.number());
        let pipeline = overview.pipeline.clone();
        let about = AlertRef { pipeline, execution, attempt, stage: None, action: None, line: None, alert };
        let (team, answer_at) = (asker.team.to_owned(), asker.answer_at.map(str::to_owned));
        let order =
            Order { what: kind, about, by, team, reason: None, at: Some(since), mute, answer_at, message: None };
        match self.put(&Job::Act(Box::new(order))).await {
            Ok(()) if kind == ButtonKind::Mute => view::to_asker(&format!("Muting {name}…")),
            Ok(()) => view::to_asker(&format!("Unmuting {name}…")),
            Err(_) => view::to_asker("I could not do this. Try again in a minute."),
        }
    }

    /// What is said to somebody who has muted or unmuted a pipeline, once that is kept.
    pub(crate) async fn told_of_mute(&self, order: &Order, deed: &Deed, is_new: bool) -> String {
        let pipeline = &order.about.pipeline;
        let name = view::named(&order.about);
        match (&order.mute, is_new) {
            (Some(mute), _) => format!(
                "{name} is muted {}. Andon still sends failures in other stages, approvals and recoveries. \
                 `/andon unmute {}` ends it.",
                until(mute.until),
                mrkdwn(pipeline.name.as_str(), view::MAX_NAME),
            ),
            (None, false) => format!("{name} is not muted."),
            (None, true) => {
                let history = self.desk.ledger().history(pipeline).await.ok().flatten();
                let failures = history.map(|history| history.failures_until_lifted(deed.at)).unwrap_or_default();
                let told = match failures {
                    0 => "Nothing failed meanwhile.".to_owned(),
                    1 => "It failed once meanwhile.".to_owned(),
                    more => format!("It failed {more} times meanwhile."),
                };
                format!("{name} is no longer muted. {told}")
            }
        }
    }
}

/// Where an order comes from.
pub(crate) struct Asker<'a> {
    pub(crate) team: &'a str,
    pub(crate) answer_at: Option<&'a str>,
}

/// The mute that an order asks for; none for an order of another kind.
pub(crate) fn wanted(order: &Order) -> Option<Mute> {
    let MuteOrder { since, until } = order.mute?;
    let about = &order.about;
    Some(Mute {
        line: about.line.clone(),
        by: order.by.clone(),
        since,
        until,
        execution: about.execution.clone(),
        stages: about.stage.iter().cloned().collect(),
        extended: None,
        lifted: None,
    })
}

/// Reads until when something is to be muted: `2h`, `for 2 hours`, `until 16:30`, `until tomorrow`, `until green`.
pub(crate) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Until, String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "for" | "until" | "it" | "is" | "it's" | "and"))
        .collect();
    let later = |text: &str| {
        let time = TimeOfDay::parse(text).ok()?;
        let today = now.to_zoned(zone.clone()).date();
        let days = [Some(today), today.tomorrow().ok()];
        days.into_iter().flatten().filter_map(|day| time.on(day, zone)).find(|at| *at > now)
    };
    match words.as_slice() {
        ["green" | "recovery" | "recovered" | "fixed"] => return Ok(Until::Recovery),
        ["tomorrow"] => {
            let day = now.to_zoned(zone.clone()).date().tomorrow().ok();
            let morning = TimeOfDay::parse(MORNING).ok();
            let at = day.and_then(|day| morning?.on(day, zone));
            return at.map(Until::Time).ok_or_else(|| how(text));
        }
        [time] if time.contains(':') => return later(time).map(Until::Time).ok_or_else(|| how(text)),
        _ => {}
    }
    let length: String = words.iter().map(|word| unit(word)).collect();
    let length = andon_config::parse_duration(&length).ok().flatten();
    let length = length.and_then(|length| SignedDuration::try_from(length).ok()).ok_or_else(|| how(text))?;
    if length > MAX {
        return Err(
            "You can mute for at most 7 days. To silence a pipeline for good, write a route with `to: []` in andon.yml."
                .to_owned()
        );
    }
    now.checked_add(length).map(Until::Time).map_err(|_| how(text))
}

fn how(text: &str) -> String {
    format!(
        "I do not understand {} as a time. Write 30m, 2h, 1d, until 16:30, until tomorrow or until green.",
        quoted(text)
    )
}

/// A word for a unit of time as the configuration writes it.
fn unit(word: &str) -> &str {
    match word {
        "minute" | "minutes" | "min" | "mins" => "m",
        "hour" | "hours" | "hrs" => "h",
        "day" | "days" => "d",
        other => other,
    }
}

/// The name and the time of an order: `payments-api 2h`, `payments-api until green`.
fn split(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    for word in [" for ", " until "] {
        if let Some((name, _)) = text.rsplit_once(word) {
            return (name.trim(), text.get(name.len()..).map(str::trim));
        }
    }
    // The first word belongs to the name, even one that begins with a digit.
    let mut name = text;
    let mut has_time = false;
    while let Some((before, last)) = name.rsplit_once(char::is_whitespace) {
        let last = last.to_lowercase();
        let is_time = last.starts_with(|c: char| c.is_ascii_digit()) || is_day(&last);
        if !is_time && unit(&last) == last && last != "and" {
            break;
        }
        has_time |= is_time;
        name = before.trim_end();
    }
    if has_time { (name, text.get(name.len()..).map(str::trim)) } else { (text, None) }
}

fn is_day(word: &str) -> bool {
    ["tomorrow", "green"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_read_as_people_write_it() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = at("2026-11-20T14:00:00Z");
        for (text, until) in [
            ("2h", "2026-11-20T16:00:00Z"),
            ("for 2 hours", "2026-11-20T16:00:00Z"),
            ("30m", "2026-11-20T14:30:00Z"),
            ("1h30m", "2026-11-20T15:30:00Z"),
            ("1 hour and 30 minutes", "2026-11-20T15:30:00Z"),
            ("1 day", "2026-11-21T14:00:00Z"),
            ("until 16:30", "2026-11-20T15:30:00Z"),
            ("until 9:00", "2026-11-21T08:00:00Z"),
            ("until tomorrow", "2026-11-21T07:00:00Z"),
            ("tomorrow", "2026-11-21T07:00:00Z"),
        ] {
            assert_eq!(parse(text, now, &zone), Ok(Until::Time(at(until))), "{text}");
        }
        for text in ["green", "until green", "until it's green", "until it is fixed"] {
            assert_eq!(parse(text, now, &zone), Ok(Until::Recovery), "{text}");
        }
        for text in ["", "2", "soon", "off", "0h", "8d", "until 25:00", "-2h", "2h2h", "for ever", "99999999999999d"] {
            assert!(parse(text, now, &zone).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_may_have_several_words() {
        for (text, name, length) in [
            ("payments-api 2h", "payments-api", Some("2h")),
            ("payments api for 2 hours", "payments api", Some("for 2 hours")),
            ("payments api 2 Hours", "payments api", Some("2 Hours")),
            ("payments-api 1h 30m", "payments-api", Some("1h 30m")),
            ("payments-api 1 hour and 30 minutes", "payments-api", Some("1 hour and 30 minutes")),
            ("business hours", "business hours", None),
            ("payments-api until green", "payments-api", Some("until green")),
            ("payments-api tomorrow", "payments-api", Some("tomorrow")),
            ("payments api", "payments api", None),
            ("2048-game", "2048-game", None),
            ("2048-game 1d", "2048-game", Some("1d")),
            ("", "", None),
        ] {
            assert_eq!(split(text), (name, length), "{text}");
        }
    }
}
