//! A report as Markdown.

use andon::words::span;

use super::Document;
use super::words::{MAX_LISTED, cause, change, failed, median};
use crate::terminal::one_line;

impl Document<'_> {
    pub(super) fn markdown(&self) -> String {
        let mut lines = vec![format!("# {}", plain(&self.title)), String::new(), plain(&self.period()), String::new()];
        let totals = self.totals().into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
        lines.extend(table(&["Figure", "Value"], totals));
        for caveat in self.caveats() {
            lines.push(format!("- {}", plain(&caveat)));
        }
        lines.extend([String::new(), "## Pipelines".to_owned(), String::new()]);
        let pipelines = self.figures.pipelines.iter().take(MAX_LISTED).map(|one| {
            let figures = &one.figures;
            let red = if one.red.is_zero() { "never".to_owned() } else { span(one.red) };
            vec![
                self.named(one),
                figures.deployments.to_string(),
                failed(figures),
                median(figures.lead_time),
                median(figures.recovery_time),
                red,
            ]
        });
        let heads = ["Pipeline", "Deployments", "Failed", "Lead time", "Time to recover", "Red"];
        lines.extend(table(&heads, pipelines.collect()));
        lines.extend(more(self.figures.pipelines.len()));
        lines.extend(["## Outages".to_owned(), String::new()]);
        if self.figures.outages.is_empty() {
            lines.extend(["None.".to_owned(), String::new()]);
        } else {
            let outages = self.figures.outages.iter().take(MAX_LISTED).map(|outage| {
                vec![
                    outage.pipeline.name.to_string(),
                    self.moment(outage.since),
                    self.until(outage),
                    cause(outage),
                    outage.mended_by.as_ref().map(change).unwrap_or_default(),
                ]
            });
            lines.extend(table(&["Pipeline", "Since", "Until", "Cause", "Mended by"], outages.collect()));
        }
        lines.extend(more(self.figures.outages.len()));
        lines.extend(["## Deployed".to_owned(), String::new()]);
        if self.figures.deployed.is_empty() {
            lines.push("Nothing.".to_owned());
        } else {
            let deployed = self.figures.deployed.iter().take(MAX_LISTED).map(|deployed| {
                vec![self.moment(deployed.at), deployed.pipeline.name.to_string(), change(&deployed.change)]
            });
            lines.extend(table(&["When", "Pipeline", "Change"], deployed.collect()));
        }
        lines.extend(more(self.figures.deployed.len()));
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n")
    }
}

fn table(heads: &[&str], rows: Vec<Vec<String>>) -> Vec<String> {
    let row = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule: Vec<String> = heads.iter().map(|_| "---".to_owned()).collect();
    let rows = rows.into_iter().map(|cells| row(&cells.iter().map(|cell| plain(cell)).collect::<Vec<_>>()));
    [row(&heads), row(&rule)].into_iter().chain(rows).chain([String::new()]).collect()
}

/// What a list leaves out.
fn more(count: usize) -> Vec<String> {
    if count > MAX_LISTED { vec![format!("and {} more", count - MAX_LISTED), String::new()] } else { Vec::new() }
}

/// A text as it is, whatever Markdown would make of it: on one line, with every character of markup escaped.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in one_line(text).chars() {
        match character {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '>' | '|' | '~' | '#' | '!' | '$' => {
                plain.push('\\');
                plain.push(character);
            }
            _ => plain.push(character),
        }
    }
    // What looks like an address would become a link.
    plain.replace("://", "&#58;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(plain("a|b *c* [d](x) <img> & `e`\n# f"), "a\\|b \\*c\\* \\[d\\](x) &lt;img\\> &amp; \\`e\\` \\# f");
        assert_eq!(plain("https://x.example"), "https&#58;//x.example");
    }
}
