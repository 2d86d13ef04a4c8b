//! What is shown in Slack beside alerts: answers, offers, the form that asks for a reason, and the Home tab.

use andon::board::{PipelineRow, StatusColor};
use andon::history::Overview;
use andon::run_action::NotApplicable;
use andon::words::span;
use andon_notify::destination::slack::{actions, member, mrkdwn, until};
use andon_notify::{AlertRef, ButtonKind};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The most characters of a name in a sentence.
pub(crate) const MAX_NAME: usize = 100;
/// The id of the form that asks for a reason.
pub(crate) const REJECT: &str = "andon-reject";
/// The id of its field.
pub(crate) const REASON: &str = "reason";
/// The lengths that the form offers: what stands there, and how it is written in a command.
const CHOICES: [(&str, &str); 4] =
    [("1 hour", "1h"), ("4 hours", "4h"), ("Until tomorrow, 08:00", "tomorrow"), ("Until it is green", "green")];
/// The id of the form that asks for how long something is muted.
pub(crate) const MUTE: &str = "andon-mute";
/// The id of its field.
pub(crate) const LENGTH: &str = "length";
/// The id of the button that shows the board anew.
pub(crate) const REFRESH: &str = "andon-refresh";

pub(crate) const NO_LEDGER: &str = "I cannot look that up now. Try again in a minute.";
pub(crate) const FOREIGN: &str = "Andon does not answer in this workspace.";

/// The most lines of an overview.
const MAX_LINES: usize = 10;
/// The most pipelines in the Home tab.
const MAX_HOME: usize = 40;
/// The most characters of a text.
const MAX_TEXT: usize = 2900;
/// The most characters of a cause or a name in a list.
const MAX_VALUE: usize = 200;
/// The most characters of a form's title and buttons.
const MAX_TITLE: usize = 24;

/// A message with this text, as plain words.
pub(crate) fn message(text: &str) -> Value {
    let text = mrkdwn(text, MAX_TEXT);
    json!({"text": text, "blocks": [section(&text)], "unfurl_links": false, "unfurl_media": false})
}

/// An answer for the asker alone.
pub(crate) fn to_asker(text: &str) -> Value {
    alone(message(text))
}

/// An answer for the asker alone, in Slack's own markup.
pub(crate) fn marked(text: &str) -> Value {
    alone(json!({"text": text, "blocks": [section(text)]}))
}

fn alone(mut message: Value) -> Value {
    if let Some(members) = message.as_object_mut() {
        members.insert("response_type".to_owned(), json!("ephemeral"));
        members.insert("replace_original".to_owned(), json!(false));
    }
    message
}

/// An order as a button.
pub(crate) fn offer(kind: ButtonKind, about: &AlertRef) -> Value {
    let text = kind.question(about).unwrap_or_else(|| {
        let name = &about.pipeline.name;
        match kind {
            ButtonKind::Reject => format!("Reject the approval of {name}, run {}?", about.execution.short()),
            _ => format!("Tell everybody that you are on {name}?"),
        }
    });
    let mut message = to_asker(&text);
    if let (Some(blocks), Some(actions)) =
        (message.get_mut("blocks").and_then(Value::as_array_mut), actions(about, &[kind]))
    {
        blocks.push(actions);
    }
    message
}

/// Why there is nothing to be done.
pub(crate) fn nothing_to_do(kind: ButtonKind, overview: &Overview, nothing: NotApplicable) -> String {
    let row = PipelineRow::of(overview.clone());
    format!("Nothing to {} in {}: {nothing}. The latest run: {}.", kind.as_str(), overview.pipeline.name, row.word())
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

/// What an order is about, in a sentence.
pub(crate) fn named(about: &AlertRef) -> String {
    let name = mrkdwn(about.pipeline.name.as_str(), MAX_NAME);
    match &about.line {
        Some(line) => format!("{name} ({})", mrkdwn(&line.to_string(), MAX_NAME)),
        None => name,
    }
}

/// The form that asks for how long something is muted; `data` comes back with it.
pub(crate) fn mute_form(about: &AlertRef, data: &str) -> Value {
    let options: Vec<Value> =
        CHOICES.iter().map(|(label, value)| json!({"text": plain(label), "value": value})).collect();
    let what = format!(
        "In that time, Andon sends no messages about failures of {}, stuck runs and missing successes. It still sends \
         failures in other stages, approvals and recoveries.",
        named(about),
    );
    json!({
        "type": "modal",
        "callback_id": MUTE,
        "private_metadata": data,
        "title": plain(&fit("Mute", MAX_TITLE)),
        "submit": plain("Mute"),
        "close": plain("Cancel"),
        "blocks": [
            section(&what),
            {
                "type": "input",
                "block_id": LENGTH,
                "label": plain("For how long?"),
                "element": {
                    "type": "radio_buttons", "action_id": LENGTH, "options": options, "initial_option": options.first(),
                },
            },
        ],
    })
}

/// The form that asks why something is rejected; `data` comes back with it.
pub(crate) fn reject_form(about: &AlertRef, data: &str) -> Value {
    let place = about.action.as_ref().map_or_else(String::new, |action| format!(" ({action})"));
    let what = format!("Reject the approval of {}{place}, run {}.", about.pipeline.name, about.execution.short());
    json!({
        "type": "modal",
        "callback_id": REJECT,
        "private_metadata": data,
        "title": plain(&fit("Reject", MAX_TITLE)),
        "submit": plain("Reject"),
        "close": plain("Cancel"),
        "blocks": [
            section(&mrkdwn(&what, MAX_TEXT)),
            {
                "type": "input",
                "block_id": REASON,
                "label": plain("Why?"),
                "element": {"type": "plain_text_input", "action_id": REASON, "max_length": 300, "multiline": true},
            },
        ],
    })
}

/// Red pipelines first, then what waits and runs, a line each; in a word if there are none.
pub(crate) fn overview(rows: &[PipelineRow], now: Timestamp) -> String {
    if rows.is_empty() {
        return "No pipeline has run yet.".to_owned();
    }
    let mut rows: Vec<&PipelineRow> = rows.iter().collect();
    rows.sort_by(|one, other| one.before(other));
    let news: Vec<&PipelineRow> = rows.iter().copied().filter(|row| row.light <= StatusColor::Running).collect();
    if news.is_empty() {
        return format!("Nothing is red, waits or runs: {} pipelines are quiet.", rows.len());
    }
    let is_longer = news.len() > MAX_LINES;
    let shown = if is_longer { MAX_LINES - 1 } else { news.len() };
    let mut lines: Vec<String> = news.iter().take(shown).map(|row| line(row, now)).collect();
    if is_longer {
        lines.push(format!("… and {} more", news.len() - shown));
    }
    lines.join("\n")
}

/// A pipeline in a line.
fn line(row: &PipelineRow, now: Timestamp) -> String {
    let place = row.place().map(|place| format!(" in {place}")).unwrap_or_default();
    let since = row.red_since().unwrap_or_else(|| row.news_at());
    let since = span(now.duration_since(since));
    let why = row.failure().filter(|_| row.light == StatusColor::Red).and_then(|failure| failure.why());
    let why = why.map(|why| format!(" – {}", fit(&andon::text::one_line(why), MAX_VALUE))).unwrap_or_default();
    let owner = row.overview.owner.as_ref().map(|owner| format!(" ({} is on it)", owner.by.name)).unwrap_or_default();
    let muted = row.overview.mute(None, now).map(|mute| format!(" (muted {})", mute.words(now))).unwrap_or_default();
    format!("{} {}: {}{place}, {since}{owner}{muted}{why}", row.light.sign(), row.overview.pipeline.name, row.word())
}

/// The board as the Home tab shows it.
pub(crate) fn home(rows: &[PipelineRow], at: Timestamp) -> Value {
    let mut rows: Vec<&PipelineRow> = rows.iter().collect();
    rows.sort_by(|one, other| one.before(other));
    let as_of = format!("<!date^{}^{{date_short_pretty}}, {{time}}|{}>", at.as_second(), at.strftime("%F %H:%M UTC"));
    let count = rows.len();
    let more = count.saturating_sub(MAX_HOME);
    let about =
        if more > 0 { format!("The first {MAX_HOME} of {count} pipelines") } else { format!("{count} pipelines") };
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": "Pipelines"}}),
        json!({"type": "context", "elements": [{"type": "mrkdwn", "text": format!("{about} as of {as_of}"), "verbatim": true}]}),
        json!({"type": "actions", "elements": [
            {"type": "button", "action_id": REFRESH, "text": {"type": "plain_text", "text": "Refresh"}},
        ]}),
    ];
    blocks.extend(rows.into_iter().take(MAX_HOME).map(|row| {
        let mut block = section(&in_home(row, at));
        if let (Some(block), Some(unmute)) = (block.as_object_mut(), unmute(row, at)) {
            block.insert("accessory".to_owned(), unmute);
        }
        block
    }));
    json!({"type": "home", "blocks": blocks})
}

/// The button that ends the mute of a pipeline, where there is one.
fn unmute(row: &PipelineRow, now: Timestamp) -> Option<Value> {
    let overview = &row.overview;
    let mute = overview.mute(None, now)?;
    let about = AlertRef {
        pipeline: overview.pipeline.clone(),
        execution: overview.latest.execution.clone(),
        attempt: overview.latest.attempt,
        stage: None,
        action: None,
        line: mute.line.clone(),
        alert: String::new(),
    };
    let actions = actions(&about, &[ButtonKind::Unmute])?;
    actions.pointer("/elements/0").cloned()
}

fn in_home(row: &PipelineRow, now: Timestamp) -> String {
    let emoji = match row.light {
        StatusColor::Red => ":red_circle:",
        StatusColor::Waiting => ":large_yellow_circle:",
        StatusColor::Running => ":large_blue_circle:",
        StatusColor::Green => ":large_green_circle:",
        StatusColor::Grey => ":white_circle:",
    };
    let name = mrkdwn(row.overview.pipeline.name.as_str(), MAX_VALUE);
    let place = row.place().map(|place| format!(" in {}", mrkdwn(&place, MAX_VALUE))).unwrap_or_default();
    let since = span(now.duration_since(row.red_since().unwrap_or_else(|| row.news_at())));
    let first = format!("{emoji} *{name}*  {}{place}, {since}", mrkdwn(&row.word(), MAX_VALUE));
    let owner = row.overview.owner.as_ref().map(|owner| format!(":eyes: {} is on it", member(&owner.by)));
    let muted = row.overview.mute(None, now).map(|mute| {
        let line = mute.line.as_ref().map(|line| format!(" ({})", mrkdwn(&line.to_string(), MAX_VALUE)));
        format!(":no_bell: muted{} by {} {}", line.unwrap_or_default(), member(&mute.by), until(mute.until))
    });
    let why = row.failure().filter(|_| row.light == StatusColor::Red).and_then(|failure| failure.why());
    let why = why.map(|why| format!("> {}", mrkdwn(&andon::text::one_line(why), MAX_VALUE)));
    [Some(first), owner, muted, why].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
}

fn fit(text: &str, limit: usize) -> String {
    andon::text::fit(text, limit, char::len_utf16)
}
