//! Alerts on a terminal.

use andon::alert::Tone;
use andon_notify::destination::sns;
use andon_notify::message::Message;

use super::Terminal;
use super::style::{DIM, of_tone, paint};
use andon::text::{clean, one_line};

/// The alert as its e-mail: between rules on a screen, plain in a pipe.
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

/// The alert on one line, after its time.
pub fn on_one_line(message: &Message, time: &str) -> String {
    let sign = match message.kind.tone() {
        Tone::Bad => "✗",
        Tone::Good => "✓",
        Tone::Attention => "!",
        Tone::Neutral => "·",
    };
    let style = of_tone(message.kind.tone());
    let reason = message.causes.iter().find_map(|cause| cause.reason.as_deref());
    let why = reason.map(|reason| format!(": {}", one_line(reason))).unwrap_or_default();
    format!("{} {} {}{}", paint(DIM, time), paint(style, sign), one_line(&message.title), paint(DIM, &why))
}
