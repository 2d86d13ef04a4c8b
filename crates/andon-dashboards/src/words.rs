//! The texts of a dashboard: its origin, and the accounts it covers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::body::{Background, Content, Text};
use super::fleet::{Extent, Group};
use super::{DashboardName, Site};
use andon::name::AccountId;

/// The most accounts that are listed by name.
const MAX_LISTED: usize = 40;
/// The most regions that are listed of an account.
const MAX_REGIONS: usize = 6;

/// The origin of the dashboard, and that manual changes are overwritten.
pub(super) fn about(group: &Group, site: &Site<'_>) -> Content {
    let home = site.home;
    let title = match group.extent {
        Extent::Fleet => format!("# Pipelines in {}", plain(&group.title)),
        Extent::Part => format!("# Pipelines of {}", plain(&group.title)),
    };
    let pipelines = match group.count() {
        0 => "No pipelines yet.".to_owned(),
        1 => "One pipeline.".to_owned(),
        count => format!("{count} pipelines."),
    };
    let maker = match site.function {
        "" => format!("Andon in {} of {}", home.region, home.account),
        function => format!("the function `{function}`"),
    };
    let reach = if group.is_small() {
        "New pipelines appear automatically."
    } else {
        "New pipelines are counted automatically. Figures and graphs cover at most two weeks."
    };
    text(format!(
        "{title}\n{pipelines} {reach}\n\n**Generated: manual changes are overwritten.** Built by {maker} from CodePipeline \
         events. To change a widget, copy it into your own dashboard."
    ))
}

/// The accounts by name, with their dashboards where they have some.
pub(super) fn accounts(group: &Group, site: &Site<'_>, dashboards: &BTreeMap<AccountId, DashboardName>) -> Content {
    let mut table = "| account | id | regions | pipelines |\n|---|---|---|---|".to_owned();
    let accounts = group.accounts();
    for account in accounts.iter().take(MAX_LISTED) {
        let places = group.places.iter().filter(|(place, _)| place.account == **account);
        let (regions, counts): (Vec<&str>, Vec<usize>) =
            places.map(|(place, count)| (place.region.as_str(), *count)).unzip();
        let mut listed = regions.iter().take(MAX_REGIONS).copied().collect::<Vec<_>>().join(", ");
        if regions.len() > MAX_REGIONS {
            let _ = write!(listed, " and {} more", regions.len() - MAX_REGIONS);
        }
        let name = plain(site.account(account));
        let name = match dashboards.get(account) {
            Some(dashboard) => format!("[{name}](#dashboards:name={dashboard})"),
            None => name,
        };
        // Writing to a text cannot fail.
        let _ =
            write!(table, "\n| {name} | {} | {listed} | {} |", plain(account.as_str()), counts.iter().sum::<usize>());
    }
    if accounts.len() > MAX_LISTED {
        let _ = write!(table, "\n\nand {} more accounts", accounts.len() - MAX_LISTED);
    }
    text(table)
}

fn text(markdown: String) -> Content {
    Content::Text(Text { markdown, background: Background::Transparent })
}

/// A text with Markdown escaped.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in text.chars() {
        if character.is_control() {
            plain.push(' ');
            continue;
        }
        if character.is_ascii_punctuation() && !matches!(character, '-' | '.' | ',' | ':' | '/' | '\'') {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

/// A text escaped for the label of a graph, where `${` would start an expression.
pub(super) fn label(text: &str) -> String {
    text.replace("${", "$ {")
}
