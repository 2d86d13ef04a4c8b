//! Slack rendering as Block Kit. The blocks are built within Slack's limits, not checked afterwards.

use serde_json::{Value, json};

use crate::Mention;
use crate::button::{AlertRef, ButtonKind, Buttons};
use crate::message::{Cause, Fact, Message, Other};
use andon::alert::Tone;
use andon::attention::{Deed, Done, Member, Until};
use andon::text::{self, fit};
use jiff::Timestamp;

/// Slack counts UTF-16 code units; a message has at most 50 blocks, and far fewer are made here.
mod limit {
    pub(super) const HEADER: usize = 150;
    pub(super) const SECTION: usize = 3000;
    pub(super) const FIELD: usize = 2000;
    pub(super) const FIELDS: usize = 10;
    pub(super) const BUTTON: usize = 75;
    pub(super) const BUTTON_VALUE: usize = 2000;
    pub(super) const CONFIRM_TITLE: usize = 100;
    pub(super) const CONFIRM: usize = 300;
    pub(super) const URL: usize = 3000;
    pub(super) const BUTTONS: usize = 5;
    pub(super) const CONTEXT: usize = 2000;
    /// Slack cuts `text` at 40,000 and recommends less than 4,000.
    pub(super) const TEXT: usize = 3000;
    /// What one text from outside may take up of a field or section.
    pub(super) const VALUE: usize = 600;
    /// What a name may take up in a list, and how many are listed.
    pub(super) const NAME: usize = 150;
    pub(super) const OTHERS: usize = 10;
}

/// What the ids of Andon's own buttons begin with.
pub const BUTTON: &str = "andon-";

/// Renders a message as the `text` and `blocks` of a Slack message.
pub fn render(message: &Message, mention: &[Mention]) -> Value {
    render_with(message, mention, &[])
}

/// Renders a message for an app that takes presses: with what was done about the alert, and with what can be done.
pub fn render_in_chat(message: &Message, mention: &[Mention]) -> Value {
    let done = message.deeds.iter().map(|deed| context(&deed_line(deed)));
    let buttons = message.buttons.iter().filter_map(|Buttons { about, kinds }| actions(about, kinds));
    render_with(message, mention, &done.chain(buttons).collect::<Vec<_>>())
}

/// The buttons of an alert as a block; `None` where its names are too long for a button.
pub fn actions(about: &AlertRef, kinds: &[ButtonKind]) -> Option<Value> {
    let value = serde_json::to_string(about).ok().filter(|value| units(value) <= limit::BUTTON_VALUE)?;
    let elements: Vec<Value> = kinds.iter().map(|kind| button(about, &value, *kind)).collect();
    Some(json!({"type": "actions", "elements": elements}))
}

fn button(about: &AlertRef, value: &str, kind: ButtonKind) -> Value {
    let plain_text = |text: &str, room| json!({"type": "plain_text", "text": plain(text, room)});
    let mut button = json!({
        "type": "button",
        "action_id": format!("{BUTTON}{}", kind.as_str()),
        "text": plain_text(kind.label(), limit::BUTTON),
        "value": value,
    });
    let Some(members) = button.as_object_mut() else { return button };
    match kind {
        ButtonKind::Approve => {
            members.insert("style".to_owned(), json!("primary"));
        }
        ButtonKind::Reject | ButtonKind::Stop => {
            members.insert("style".to_owned(), json!("danger"));
        }
        ButtonKind::Retry | ButtonKind::TakeOn | ButtonKind::Mute | ButtonKind::Unmute => {}
    }
    if let Some(question) = kind.question(about) {
        let confirm = json!({
            "title": plain_text(kind.label(), limit::CONFIRM_TITLE),
            "text": plain_text(&question, limit::CONFIRM),
            "confirm": plain_text("Yes", limit::BUTTON),
            "deny": plain_text("No", limit::BUTTON),
        });
        members.insert("confirm".to_owned(), confirm);
    }
    button
}

/// What somebody did, and when, in the reader's own time.
fn deed_line(deed: &Deed) -> String {
    let at = moment(deed.at, "{time}");
    let by = member(&deed.by);
    let reason = deed.reason.as_deref().map(|reason| format!(": {}", inline(reason, limit::VALUE)));
    let reason = reason.unwrap_or_default();
    match deed.done {
        Done::TakenOn => format!(":eyes: {by} is on it since {at}"),
        Done::Muted => format!(":no_bell: Muted by {by} {}", until(deed.until.unwrap_or(Until::Recovery))),
        Done::Unmuted => format!(":bell: Unmuted by {by}, {at}"),
        Done::Rejected => format!(":no_entry: Rejected by {by}, {at}{reason}"),
        done => format!(":white_check_mark: {} by {by}, {at}{reason}", done.words()),
    }
}

/// A moment in the reader's own time.
fn moment(at: Timestamp, format: &str) -> String {
    format!("<!date^{}^{format}|{}>", at.as_second(), at.strftime("%H:%M UTC"))
}

/// Until when something is muted, in the reader's own time.
pub fn until(until: Until) -> String {
    match until {
        Until::Time(at) => format!("until {}", moment(at, "{date_short_pretty} {time}")),
        Until::Recovery => "until it is green".to_owned(),
    }
}

/// A member, whom this does not call: Slack notifies nobody of a name in a message that is only brought up to date.
pub fn member(member: &Member) -> String {
    let is_id = !member.id.is_empty() && member.id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if is_id { format!("<@{}>", member.id) } else { inline(&member.name, limit::VALUE) }
}

/// Text from outside within `mrkdwn`, in at most `room` characters: nothing in it is markup, a mention or a link.
pub fn mrkdwn(text: &str, room: usize) -> String {
    inline(text, room)
}

fn render_with(message: &Message, mention: &[Mention], done: &[Value]) -> Value {
    let mut blocks = vec![json!({
        "type": "header",
        "text": {"type": "plain_text", "text": plain(&format!("{} {}", emoji(message), message.title), limit::HEADER), "emoji": true},
    })];
    let called = mention.iter().map(Mention::to_string).collect::<Vec<_>>().join(" ");
    let lead = message.lead.as_deref().map(|lead| inline(lead, limit::VALUE));
    let opening =
        [Some(called).filter(|called| !called.is_empty()), lead].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if !opening.is_empty() {
        blocks.push(section(&opening));
    }
    blocks.extend(message.causes.iter().map(cause));
    if let Some(hint) = &message.hint {
        let more = hint.url.as_deref().map(|url| format!(" {}", link(url, "Runbook"))).unwrap_or_default();
        blocks.push(section(&format!(":bulb: {}{more}", inline(&hint.text, limit::SECTION - limit::URL / 2))));
    }
    let fields: Vec<Value> = message.facts.iter().take(limit::FIELDS).map(field).collect();
    if !fields.is_empty() {
        blocks.push(json!({"type": "section", "fields": fields}));
    }
    blocks.extend(others(&message.others));
    for note in &message.notes {
        blocks.push(context(&format!(":grey_question: {}", inline(note, limit::VALUE))));
    }
    let buttons: Vec<Value> = message
        .links
        .iter()
        .filter(|link| link.url.len() <= limit::URL)
        .take(limit::BUTTONS)
        .enumerate()
        .map(|(index, link)| {
            json!({
                "type": "button",
                "action_id": format!("link-{index}"),
                "text": {"type": "plain_text", "text": plain(link.label, limit::BUTTON)},
                "url": link.url,
            })
        })
        .collect();
    if !buttons.is_empty() {
        blocks.push(json!({"type": "actions", "elements": buttons}));
    }
    blocks.extend_from_slice(done);
    blocks.push(context(&footer(message)));
    json!({"text": fallback(message), "blocks": blocks, "unfurl_links": false, "unfurl_media": false})
}

/// What a notification on a phone shows, and what a reader without blocks gets.
fn fallback(message: &Message) -> String {
    let reason = message.causes.iter().find_map(|cause| cause.lines.first().or(cause.reason.as_ref()));
    let text = match reason {
        Some(reason) => format!("{} {}: {}", emoji(message), message.title, reason),
        None => format!("{} {}", emoji(message), message.title),
    };
    escape(&fit(&text::clean(&text), limit::TEXT, cost))
}

fn emoji(message: &Message) -> &'static str {
    match message.kind.tone() {
        Tone::Bad => ":red_circle:",
        Tone::Good => ":large_green_circle:",
        Tone::Attention => ":large_yellow_circle:",
        Tone::Neutral => ":white_circle:",
    }
}

fn cause(cause: &Cause) -> Value {
    let mut text = format!("*{}*", inline(&cause.heading, limit::VALUE));
    if let Some(reason) = &cause.reason {
        text.push('\n');
        text.push_str(&inline(reason, limit::VALUE));
    }
    if !cause.lines.is_empty() {
        let room = limit::SECTION.saturating_sub(units(&text) + "\n```\n\n```".len());
        text.push_str("\n```\n");
        text.push_str(&code(&cause.lines.join("\n"), room));
        text.push_str("\n```");
    }
    section(&text)
}

/// The other pipelines that failed for the same reason: as many as there is room for, each with its run.
fn others(others: &[Other]) -> Option<Value> {
    let mut text = "*Failed for the same reason*".to_owned();
    let mut listed = 0;
    for Other { name, place, url } in others.iter().take(limit::OTHERS) {
        let place = if place.is_empty() { String::new() } else { format!(" in {}", inline(place, limit::NAME)) };
        let line = format!("\n{}{place}", link(url, &fit(name, limit::NAME, cost)));
        if units(&text) + units(&line) > limit::SECTION - limit::NAME {
            break;
        }
        text.push_str(&line);
        listed += 1;
    }
    if others.len() > listed {
        let more = format!("\n… and {} more", others.len() - listed);
        text.push_str(&more);
    }
    (!others.is_empty()).then(|| section(&text))
}

fn field(fact: &Fact) -> Value {
    let room = limit::FIELD - fact.label.len() - 4;
    let value = match fact.url.as_deref().filter(|url| url.len() + limit::VALUE <= room) {
        Some(url) => link(url, &fit(&fact.value, limit::VALUE, cost)),
        None => inline(&fact.value, limit::VALUE),
    };
    json!({"type": "mrkdwn", "text": format!("*{}*\n{value}", fact.label), "verbatim": true})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
}

fn context(text: &str) -> Value {
    json!({"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": true}]})
}

fn footer(message: &Message) -> String {
    let about = &message.about;
    let run = about.execution.as_ref().map(|execution| format!(" · run {}", execution.short())).unwrap_or_default();
    inline(
        &format!("{} · {} · {}{run}", about.pipeline.name, about.account, about.pipeline.home.region),
        limit::CONTEXT,
    )
}

/// A link. The URL has been checked to contain nothing that ends it early.
fn link(url: &str, label: &str) -> String {
    let label = inline(label, limit::VALUE).replace('|', "\u{2502}").replace('\n', " ");
    format!("<{}|{label}>", escape(url))
}

/// Plain text on one line.
fn plain(text: &str, room: usize) -> String {
    fit(&one_line(text), room, char::len_utf16)
}

/// Text from outside within `mrkdwn`: nothing in it is markup, a mention or a link.
fn inline(text: &str, room: usize) -> String {
    let text = fit(&tidy(text), room, cost);
    let characters: Vec<char> = text.chars().collect();
    let word =
        |index: Option<usize>| index.and_then(|index| characters.get(index)).is_some_and(|c| c.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    for (index, c) in characters.iter().enumerate() {
        let within_word = word(index.checked_sub(1)) && word(Some(index + 1));
        if matches!(c, '*' | '_' | '~' | '`') && !within_word {
            out.push('\u{200b}');
        }
        push_escaped(&mut out, *c);
    }
    out
}

/// Text from outside within a code block: three backticks would end it.
fn code(text: &str, room: usize) -> String {
    let text = fit(&tidy(text), room, cost);
    escape(&text.replace("```", "`\u{200b}`\u{200b}`"))
}

/// What a character can take up once it is escaped.
fn cost(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        '*' | '_' | '~' | '`' => 2,
        _ => c.len_utf16(),
    }
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        push_escaped(&mut out, c);
        out
    })
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}

/// Text from outside, safe to show; never empty, because Slack refuses empty text.
fn tidy(text: &str) -> String {
    let text = text::clean(text);
    if text.trim().is_empty() { "-".to_owned() } else { text.trim_end().to_owned() }
}

fn one_line(text: &str) -> String {
    tidy(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
