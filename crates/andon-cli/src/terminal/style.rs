//! Colours: few, and never the only indication.

use andon::alert::Tone;
use andon::board::StatusColor;
use andon::run::Status;
use anstyle::{AnsiColor, Style};

/// Broken.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Something waits for a person.
pub const ATTENTION: Style = AnsiColor::Yellow.on_default();
/// Going on.
pub(super) const BUSY: Style = AnsiColor::Cyan.on_default();
/// Neither.
pub const NEUTRAL: Style = Style::new();
/// Headings.
pub const BOLD: Style = Style::new().bold();
/// Secondary information.
pub const DIM: Style = Style::new().dimmed();

/// A text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of an alert.
pub fn of_tone(tone: Tone) -> Style {
    match tone {
        Tone::Bad => BAD,
        Tone::Good => GOOD.bold(),
        Tone::Attention => ATTENTION.bold(),
        Tone::Neutral => BOLD,
    }
}

/// The style of a pipeline.
pub fn of_light(light: StatusColor) -> Style {
    match light {
        StatusColor::Red => BAD,
        StatusColor::Waiting => ATTENTION,
        StatusColor::Running => BUSY,
        StatusColor::Green => GOOD,
        StatusColor::Grey => NEUTRAL,
    }
}

/// The style of a run, a stage or an action.
pub fn of_status(status: Status) -> Style {
    of_light(StatusColor::of(status))
}
