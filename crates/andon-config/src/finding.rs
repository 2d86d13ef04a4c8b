//! Findings about a configuration: position, problem and suggestion.
//!
//! Every finding has byte positions in the text, so that one list serves both a plain
//! log line (`Display`, no dependencies) and carets under the source (feature `check`).
//! The text is kept with every secret masked and positions unchanged.

use std::fmt;
use std::ops::Range;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is accepted, but probably does not do what was intended.
    Warning,
}

/// One thing wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    severity: Severity,
    message: String,
    label: Option<String>,
    help: Option<String>,
    span: Range<usize>,
    related: Option<(Range<usize>, String)>,
}

impl Finding {
    /// Whether the file is refused for it.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The label under the caret.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What to write instead.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The bytes of the text it is about.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// A second place that explains the first, with a few words.
    pub fn related(&self) -> Option<(Range<usize>, &str)> {
        self.related.as_ref().map(|(span, label)| (span.clone(), label.as_str()))
    }

    pub(super) fn error(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, message: message.into(), label: None, help: None, span, related: None }
    }

    pub(super) fn warning(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    pub(super) fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn with_related(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }
}

/// All that was found in one file, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    name: String,
    text: String,
    all: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(name: &str, text: String, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
        Self { name: name.to_owned(), text, all: findings }
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of the file, with every secret blotted out.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Every finding, errors and warnings.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.all.iter()
    }

    /// What the file is refused for.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// What is accepted and probably wrong.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    /// Line and column of a finding, both counted from 1, columns in characters.
    pub fn position(&self, finding: &Finding) -> (usize, usize) {
        let before = self.text.get(..finding.span.start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before.get(line_start..).map_or(0, |line| line.chars().count()) + 1)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.all.iter().filter(move |finding| finding.severity == severity)
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = &'f Finding;
    type IntoIter = std::slice::Iter<'f, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.all.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            let (line, column) = self.position(finding);
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            write!(f, "{}:{line}:{column}: {severity}: {}", self.name, finding.message)?;
            if let Some(help) = &finding.help {
                write!(f, "\n  {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
