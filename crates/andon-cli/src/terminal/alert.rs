//! Alerts on a terminal.

use andon::alert::Tone;
use andon_notify::destination::sns;
use andon_notify::message::Message;

use super::Terminal;
use super::style::{DIM, of_tone, paint};
use super::text::{shorten, width_of};
use andon::text::{clean, one_line};

/// The alert as its email: between rules on a screen, plain in a pipe.
pub fn framed(message: &Message, terminal: Terminal) -> String {
    let email = sns::render(message);
    let subject = one_line(&email.subject);
    if terminal.width().is_none() {
        return format!("Subject: {subject}\n\n{}\n{}\n", clean(email.body.trim_end()), "-".repeat(72));
    }
    let style = of_tone(message.kind.tone());
    let mut text = format!("{} {}\n", paint(style, "┏━"), paint(style, &subject));
    for line in email.body.trim_end().lines() {
        text.push_str(paint(style, "┃ ").as_str());
        text.push_str(&clean(line));
        text.push('\n');
    }
    text.push_str(&paint(style, "┗━"));
    text.push('\n');
    text
}

/// The alert on one line, after its time: what happened and, as far as the width allows, why.
pub fn on_one_line(message: &Message, time: &str, width: usize) -> String {
    let sign = match message.kind.tone() {
        Tone::Bad => "✗",
        Tone::Good => "✓",
        Tone::Attention => "!",
        Tone::Neutral => "·",
    };
    let style = of_tone(message.kind.tone());
    let reason = message.causes.iter().find_map(|cause| cause.lines.first().or(cause.reason.as_ref()));
    let why = reason.map(|reason| format!(": {}", one_line(reason).trim())).unwrap_or_default();
    let room = width.saturating_sub(width_of(time) + width_of(sign) + 2);
    let title = shorten(&one_line(&message.title), room);
    let why = shorten(&why, room.saturating_sub(width_of(&title)));
    format!("{} {} {title}{}", paint(DIM, time), paint(style, sign), paint(DIM, &why))
}
