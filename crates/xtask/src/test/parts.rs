//! The parts of `cargo xtask test`: which of them run, how long each took, and which were left out.

use std::time::Duration;

use clap::{Args, ValueEnum};

/// A part of the test command, those that fail soonest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Installs what the other parts need under `target/test-tools`, where the machine lacks it
    Tools,
    /// Formatting
    Format,
    /// Spelling, by typos
    Spelling,
    /// Layers and sizes of the crates, circles of modules
    Structure,
    /// Dependencies that nothing uses, by cargo-shear
    Unused,
    /// Licences, bans, sources and advisories of the dependencies, by cargo-deny
    Deny,
    /// The templates of CloudFormation: cfn-lint, `sam validate` and Checkov
    Templates,
    /// Lints
    Clippy,
    /// The documentation of every item, private ones too
    Docs,
    /// Builds everything, the functions' binaries included
    Build,
    /// The examples in the documentation
    Doctests,
    /// Unit, property, snapshot, conformance and end-to-end tests, and snapshots that no test refers to
    Tests,
    /// Those tests that look at pages with Chromium; they run with the other tests
    Browser,
}

/// Which parts run.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Selection {
    /// Runs these parts alone
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Leaves these parts out, and says so at the end
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    without: Vec<Part>,
}

impl Part {
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Selection {
    /// Whether a part runs.
    pub(crate) fn has(&self, part: Part) -> bool {
        // Tests with a browser are tests.
        let is_named = |part| self.only.contains(&part) || part == Part::Browser && self.only.contains(&Part::Tests);
        (self.only.is_empty() || is_named(part)) && !self.without.contains(&part)
    }

    /// The parts that run, in order.
    pub(crate) fn parts(&self) -> Vec<Part> {
        Part::value_variants().iter().copied().filter(|part| self.has(*part)).collect()
    }

    /// The parts that were left out by name.
    fn left_out(&self) -> Vec<String> {
        let mut parts = self.without.clone();
        parts.sort_unstable();
        parts.dedup();
        parts.into_iter().map(Part::name).collect()
    }
}

/// What is printed at the end: how long each part took, which one failed, and which were left out.
pub(crate) fn summary(durations: &[(Part, Duration)], failed: Option<Part>, selection: &Selection) -> String {
    let mut lines = vec![format!("{:<10} {:>8}", "part", "seconds")];
    for (part, duration) in durations {
        let mark = if failed == Some(*part) { "  FAILED" } else { "" };
        lines.push(format!("{:<10} {:>8.1}{mark}", part.name(), duration.as_secs_f64()));
    }
    let total: Duration = durations.iter().map(|(_, duration)| *duration).sum();
    lines.push(format!("{:<10} {:>8.1}", "all", total.as_secs_f64()));
    let left_out = selection.left_out();
    if !left_out.is_empty() {
        lines.push(format!("LEFT OUT by --without: {}", left_out.join(", ")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(only: &[Part], without: &[Part]) -> Selection {
        Selection { only: only.to_vec(), without: without.to_vec() }
    }

    #[test]
    fn all_parts_run_but_those_left_out() {
        assert_eq!(selection(&[], &[]).parts(), Part::value_variants());
        let without = selection(&[], &[Part::Browser, Part::Deny]);
        assert!(!without.has(Part::Browser) && !without.has(Part::Deny) && without.has(Part::Tests));
        assert_eq!(selection(&[Part::Tests], &[]).parts(), [Part::Tests, Part::Browser]);
        assert_eq!(selection(&[Part::Tests], &[Part::Browser]).parts(), [Part::Tests]);
        assert_eq!(selection(&[Part::Browser], &[]).parts(), [Part::Browser]);
    }

    #[test]
    fn the_summary_has_each_duration_and_what_was_left_out() {
        let durations = [(Part::Format, Duration::from_millis(1500)), (Part::Clippy, Duration::from_secs(100))];
        let text = summary(&durations, Some(Part::Clippy), &selection(&[], &[Part::Deny, Part::Browser, Part::Deny]));
        insta::assert_snapshot!(text, @r"
        part        seconds
        format          1.5
        clippy        100.0  FAILED
        all           101.5
        LEFT OUT by --without: deny, browser
        ");
    }
}
