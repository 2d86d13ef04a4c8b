//! Questions about a branch or a pull request: the pipelines are seen as if they had no other, so that whatever can be
//! answered about a pipeline can be answered about one of its lines.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::{Either, select};

use super::conversation::goes_on;
use super::reply::{Records, also_red, leading};
use super::understanding::{Intent, OnLine, Parts, Understood};
use super::{Fleet, Session};
use andon::board::{PipelineRow, StatusColor};
use andon::history::{History, Overview};
use andon::ledger::Ledger;
use andon::line::Line;
use andon::name::PipelineId;

/// What a question is answered from.
pub(super) enum Seen {
    /// All lines of the pipelines.
    Whole(Understood),
    /// One line of each that has it.
    OnLine {
        /// The pipelines.
        fleet: Rc<Fleet>,
        /// What was understood, among these pipelines.
        understood: Understood,
        /// What was read for it.
        records: Records,
    },
    /// The ledger did not say in time whether any has it.
    Late,
    /// None of the pipelines has it.
    NoLine {
        /// The pipelines that it was asked of.
        parts: Parts,
        /// What it was called.
        on: OnLine,
        /// The lines that they have.
        lines: BTreeSet<Line>,
    },
}

/// One line of each of some pipelines that has it.
#[derive(Default)]
struct Found {
    seen: Vec<(Line, Arc<Overview>)>,
    histories: BTreeMap<PipelineId, History>,
    /// The lines of those that do not have it.
    others: BTreeSet<Line>,
    /// Whether anything could not be read in time.
    is_partial: bool,
}

/// The line that the answer was about, where it was about one pipeline.
pub(super) fn seen_on(understood: &Understood, fleet: &Fleet) -> Option<Line> {
    let Understood::Asked(_, parts) = understood else { return None };
    let [only] = parts.pipelines.as_slice() else { return None };
    fleet.line_of(only).filter(|line| !line.is_common()).cloned()
}

/// A question about what is wrong with one pipeline is about the branch that tells how it stands; with it, the others on
/// which it is red.
fn of_leading(understood: Understood, fleet: &Fleet) -> (Understood, Vec<String>) {
    use Intent as I;
    let Understood::Asked(intent, mut parts) = understood else { return (understood, Vec::new()) };
    let mut others = Vec::new();
    let is_of_red = matches!(
        intent,
        I::RedSince | I::Stage | I::Execution | I::Link | I::SameCause | I::Next | I::Changed | I::LastGreen | I::Blame
    );
    if let ([only], [], true) = (parts.pipelines.as_slice(), parts.lines.as_slice(), is_of_red) {
        // What runs may be meant, on whatever branch.
        let may_run = matches!(intent, I::Stage | I::Execution | I::Link) && !parts.is_red;
        let is_meant = |row: &&PipelineRow| row.light == StatusColor::Red && (!may_run || row.overview.open.is_empty());
        let row = fleet.row(only).filter(is_meant);
        parts.lines.extend(row.and_then(leading).and_then(OnLine::of));
        others = row.map(also_red).unwrap_or_default();
    }
    (Understood::Asked(intent, parts), others)
}

/// The pipelines as a question sees them, and the question completed by what only one of them has.
pub(super) async fn seen<L: Ledger>(
    ledger: &L,
    fleet: &Rc<Fleet>,
    understood: Understood,
    session: &Session,
    mut deadline: Pin<&mut impl Future<Output = ()>>,
) -> Seen {
    let (understood, also_red) = of_leading(understood, fleet);
    let (intent, mut parts, candidates) = match understood {
        Understood::Asked(intent, parts) if parts.line().is_some() => (intent, parts, Vec::new()),
        Understood::Unclear(intent, parts, candidates) if parts.line().is_some() => (intent, parts, candidates),
        other => return Seen::Whole(other),
    };
    let Some(on) = parts.line().cloned() else { return Seen::Whole(Understood::Asked(intent, parts)) };
    let mut found = None;
    if let Some(last) = session.spoken_of.first().filter(|_| candidates.is_empty() && goes_on(intent, &parts, session))
    {
        let of_last = found_on(ledger, &on, fleet.row(last).into_iter().collect(), deadline.as_mut()).await;
        found = Some(of_last).filter(|found| !found.seen.is_empty());
    }
    let found = match found {
        Some(found) => found,
        None if candidates.is_empty() => found_on(ledger, &on, parts.rows(fleet), deadline).await,
        None => found_on(ledger, &on, candidates.iter().filter_map(|id| fleet.row(id)).collect(), deadline).await,
    };
    if found.seen.is_empty() && found.is_partial {
        return Seen::Late;
    }
    if found.seen.is_empty() {
        parts.pipelines.extend(candidates);
        return Seen::NoLine { parts, on, lines: found.others };
    }
    let ids: Vec<PipelineId> = found.seen.iter().map(|(_, overview)| overview.pipeline.clone()).collect();
    let understood = match ids.as_slice() {
        [only] => {
            parts.settle(vec![only.clone()]);
            let is_state = matches!(intent, Intent::Overview | Intent::State);
            Understood::Asked(if is_state { Intent::State } else { intent }, parts)
        }
        _ if candidates.is_empty() => Understood::Asked(intent, parts),
        _ => Understood::Unclear(intent, parts, ids),
    };
    let records = Records { histories: found.histories, is_partial: found.is_partial, also_red, ..Records::default() };
    Seen::OnLine { fleet: Rc::new(fleet.seen_on(found.seen)), understood, records }
}

/// What these pipelines have of a line. A list tells of pipelines with one line; of the others, the history does.
async fn found_on<L: Ledger>(
    ledger: &L,
    on: &OnLine,
    rows: Vec<&PipelineRow>,
    mut deadline: Pin<&mut impl Future<Output = ()>>,
) -> Found {
    let mut found = Found::default();
    for row in rows {
        let overview = &row.overview;
        if overview.line.is_none() {
            let line = overview.sole_line.clone().unwrap_or_default();
            if on.covers(&line) {
                found.seen.push((line, Arc::clone(overview)));
            } else {
                found.others.insert(line);
            }
            continue;
        }
        let history = match select(pin!(ledger.history(&overview.pipeline)), deadline.as_mut()).await {
            Either::Left((Ok(Some(history)), _)) => history,
            Either::Left((Ok(None), _)) => continue,
            Either::Left((Err(_), _)) => {
                found.is_partial = true;
                continue;
            }
            Either::Right(_) => {
                found.is_partial = true;
                return found;
            }
        };
        let lines = history.lines();
        let Some(line) = lines.iter().find(|line| on.covers(line)) else {
            found.others.extend(lines);
            continue;
        };
        let history = history.of_line(line);
        if let Some(overview) = history.overview() {
            found.seen.push((line.clone(), Arc::new(overview)));
            found.histories.insert(history.pipeline.clone(), history);
        }
    }
    found
}
