//! The spoken and written names of pipelines.

use super::super::spoken::{folded, spoken};
use super::super::{Fleet, Phrase, Voice};
use andon::board::PipelineRow;
use andon::history::RedLine;
use andon::line::Line;
use andon::name::PipelineId;
use andon::run::Status;

/// The most characters of a name that are written on a card.
const MAX_LEN: usize = 60;

/// The most branches and pull requests that are named of a pipeline.
const MAX_LINES: usize = 3;

/// A pipeline's spoken name. Where there are several customers it begins with the customer's; the account or the region
/// follows if that is not enough to tell it from others.
/// Where a question is about one of its lines of change, that follows too.
pub fn called(fleet: &Fleet, row: &PipelineRow, voice: &Voice) -> String {
    let name = called_at(fleet, row, None, voice);
    match fleet.line_of(&row.overview.pipeline).and_then(Line::name) {
        Some(line) => on_line(&name, &line, voice),
        None => name,
    }
}

/// The same, with the branches and pull requests on which it is red, where it has several.
pub(super) fn called_red(fleet: &Fleet, row: &PipelineRow, voice: &Voice) -> String {
    let name = called(fleet, row, voice);
    row.red_names().map_or(name.clone(), |lines| on_line(&name, &lines, voice))
}

/// The same, with the branch or pull request of the run in a status that has been at its action for longest.
pub(super) fn called_in(fleet: &Fleet, row: &PipelineRow, status: Status, voice: &Voice) -> String {
    let name = called(fleet, row, voice);
    let line = row.overview.in_status(status).and_then(|run| run.line.as_ref()?.name());
    line.map_or(name.clone(), |line| on_line(&name, &line, voice))
}

/// The same, with the branch or pull request that tells how a red pipeline stands, where it has several.
pub(super) fn called_leading(fleet: &Fleet, row: &PipelineRow, voice: &Voice) -> String {
    let name = called(fleet, row, voice);
    leading(row).and_then(Line::name).map_or(name.clone(), |line| on_line(&name, &line, voice))
}

/// The line that tells how a red pipeline stands: that of its latest run, or else the one that failed last.
pub(in super::super) fn leading(row: &PipelineRow) -> Option<&Line> {
    let overview = &row.overview;
    let is_current = |red: &&RedLine| Some(&red.line) == overview.line.as_ref();
    overview.red.iter().find(is_current).or(overview.red.first()).map(|red| &red.line)
}

/// The other branches and pull requests on which it is red.
pub(in super::super) fn also_red(row: &PipelineRow) -> Vec<String> {
    let leading = leading(row);
    let others = row.overview.red.iter().filter(|red| Some(&red.line) != leading);
    others.filter_map(|red| red.line.name()).take(MAX_LINES).collect()
}

/// A name, and the branches or pull requests that are meant of it.
pub(super) fn on_line(name: &str, lines: &str, voice: &Voice) -> String {
    voice.say(Phrase::OnLine, &[("pipeline", name.into()), ("lines", lines.into())])
}

/// The same where it is clear whose it is: what is said is about this customer.
pub(super) fn called_at(fleet: &Fleet, row: &PipelineRow, of: Option<&str>, voice: &Voice) -> String {
    let id = &row.overview.pipeline;
    let customer = fleet.customer(id);
    let is_clear = of.is_some() && of == customer;
    let name = match customer.filter(|customer| !is_clear && fleet.has_several_customers() && !is_in(customer, id)) {
        Some(customer) => format!("{customer} {}", said(id)),
        None => said(id),
    };
    let same: Vec<&PipelineId> = fleet
        .namesakes(id)
        .filter(|other| !(fleet.has_several_customers() && customer.is_some() && fleet.customer(other) != customer))
        .collect();
    let (account, region) = (id.home.account.as_str(), id.home.region.as_str());
    let account_name = fleet.accounts().get(account).map(|account| spoken(&account.name));
    let place = if same.is_empty() {
        return name;
    } else if let Some(account) =
        account_name.filter(|_| same.iter().all(|other| other.home.account != id.home.account))
    {
        account
    } else if same.iter().all(|other| other.home.region != id.home.region) {
        spoken(region)
    } else {
        let digits: Vec<char> = account.chars().collect();
        let last: Vec<String> = digits.iter().skip(digits.len().saturating_sub(4)).map(char::to_string).collect();
        return voice.say(Phrase::InAccount, &[("pipeline", name.into()), ("account", last.join(" ").into())]);
    };
    voice.say(Phrase::InRegion, &[("pipeline", name.into()), ("region", place.into())])
}

/// The written name, as it stands on a card: with the customer's where there are several.
pub(super) fn written(fleet: &Fleet, row: &PipelineRow) -> String {
    let id = &row.overview.pipeline;
    let name = cut(id.name.as_str());
    let owner = fleet.customer(id).filter(|customer| fleet.has_several_customers() && !is_in(customer, id));
    let account = fleet.accounts().name(id.home.account.as_str());
    match (owner, fleet.namesakes(id).any(|other| fleet.customer(other) == fleet.customer(id))) {
        (Some(customer), false) => format!("{customer} {name}"),
        (Some(customer), true) => format!("{customer} {name} ({account}, {})", id.home.region),
        (None, true) => format!("{name} ({account}, {})", id.home.region),
        (None, false) => name,
    }
}

/// Whether a pipeline's own name begins with its customer's.
fn is_in(customer: &str, id: &PipelineId) -> bool {
    let first = |text: &str| text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).map(folded);
    first(customer).is_some() && first(customer) == first(id.name.as_str())
}

/// A pipeline's name in words; as it is written where it has none.
pub(super) fn said(pipeline: &PipelineId) -> String {
    let said = spoken(pipeline.name.as_str());
    if said.is_empty() { pipeline.name.to_string() } else { said }
}

/// The start of a name.
pub(super) fn cut(name: &str) -> String {
    if name.chars().count() <= MAX_LEN { name.to_owned() } else { name.chars().take(MAX_LEN).chain(['…']).collect() }
}
