//! Findings rendered under the lines they concern, for terminals.

use std::fmt::{self, Write as _};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, NamedSource, SourceCode, SpanContents,
};

use super::finding::{Finding, Findings, Severity};

/// How the drawing looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// In colour.
    Colour,
    /// With line-drawing characters, without colour.
    Plain,
    /// With ASCII characters only.
    Ascii,
}

/// Draws every finding, and counts them at the end. No secret is ever drawn.
pub fn render(findings: &Findings, style: Style, width: usize) -> String {
    let theme = match style {
        Style::Colour => GraphicalTheme::unicode(),
        Style::Plain => GraphicalTheme::unicode_nocolor(),
        Style::Ascii => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_context_lines(1).with_links(false);
    let source = NamedSource::new(findings.name(), findings.text().to_owned()).with_language("yaml");
    let mut drawn = String::new();
    for finding in findings {
        let placed = Placed { finding, source: &source };
        if handler.render_report(&mut drawn, &placed).is_err() {
            return findings.to_string();
        }
        drawn.push('\n');
    }
    let (errors, warnings) = (findings.errors().count(), findings.warnings().count());
    let plural = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    let counted = match (errors, warnings) {
        (0, 0) => "no errors".to_owned(),
        (errors, 0) => plural(errors, "error"),
        (0, warnings) => plural(warnings, "warning"),
        (errors, warnings) => format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")),
    };
    // Writing to a string does not fail.
    let _ = writeln!(drawn, "{}: {counted}", findings.name());
    drawn
}

struct Placed<'f> {
    finding: &'f Finding,
    source: &'f NamedSource<String>,
}

impl fmt::Debug for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.finding.message())
    }
}

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.finding.message())
    }
}

impl std::error::Error for Placed<'_> {}

impl Diagnostic for Placed<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity() {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.finding.help().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.finding.label().map(str::to_owned);
        let own = LabeledSpan::new_primary_with_span(label, self.finding.span());
        let related =
            self.finding.related().map(|(span, label)| LabeledSpan::new_with_span(Some(label.to_owned()), span));
        Some(Box::new(std::iter::once(own).chain(related)))
    }
}

/// The text is lent, not copied, for each finding.
impl SourceCode for Placed<'_> {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        self.source.read_span(span, before, after)
    }
}
