//! Keys of the items.
//!
//! DynamoDB takes partition keys of 2,048 bytes and sort keys of 1,024. Names from outside can be longer than that in
//! bytes. Such a key ends with the name's SHA-256 after a `~` instead of the name after a `#`, so that no short name can be
//! mistaken for a long one.

use andon::event::EvidenceEvent;
use andon::history::Standing;
use andon::ledger::{ClaimKey, DeferredEvent, GroupedFailure};
use andon::name::{ExecutionId, ExternalId, PipelineId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::item::{Item, text};

/// The index that lists the pipelines.
pub(super) const INDEX: &str = "list";

/// What a table must have, as text for an error message.
pub(super) const LAYOUT: &str = "the partition key \"pk\" (S), the sort key \"sk\" (S), and the global secondary index \
                                 \"list\" with the partition key \"list\" (S), the sort key \"name\" (S) and \"slim\" \
                                 among its projected attributes; sam-template.yml makes such a table";

/// The one partition of the index that lists the pipelines.
pub(super) const LIST: &str = "pipelines";

/// The partition of the index that lists how runs stand.
pub(super) const STANDINGS: &str = "standings";

/// The one partition of the events that are held.
pub(super) const HELD: &str = "held";

const MAX_PARTITION_LEN: usize = 2048;
const MAX_SORT_LEN: usize = 1024;
/// How much of its fingerprint identifies a fact within its run: 128 bits.
const FACT_LEN: usize = 32;

/// An item's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) partition: String,
    pub(super) sort: String,
}

impl Key {
    pub(super) fn attributes(&self) -> Item {
        [("pk".to_owned(), text(&self.partition)), ("sk".to_owned(), text(&self.sort))].into()
    }
}

pub(super) fn history(pipeline: &PipelineId) -> Key {
    Key { partition: partition(pipeline), sort: "history".to_owned() }
}

/// How a run stands: right after the history of its pipeline, so that one query reads both.
pub(super) fn standing(standing: &Standing) -> Key {
    let execution = standing.summary.execution.as_str();
    Key { partition: partition(&standing.pipeline), sort: fit("open", execution, MAX_SORT_LEN) }
}

/// Where the standings end: no name makes a key after this one and before those of runs.
pub(super) fn last_standing() -> String {
    "open~~".to_owned()
}

/// Where a run begins: the item that an earlier version kept it in; its facts come after it.
pub(super) fn run(pipeline: &PipelineId, execution: &ExecutionId) -> Key {
    Key { partition: partition(pipeline), sort: fit("run", execution.as_str(), MAX_SORT_LEN - FACT_LEN - 1) }
}

/// One fact of a run: the same for the same fact.
pub(super) fn fact(pipeline: &PipelineId, execution: &ExecutionId, json: &str) -> Key {
    let Key { partition, sort } = run(pipeline, execution);
    let fact: String = fingerprint(json).chars().take(FACT_LEN).collect();
    Key { partition, sort: format!("{sort}#{fact}") }
}

/// Where the facts of a run end: `~` comes after every digit of a fingerprint.
pub(super) fn last_fact(run: &Key) -> String {
    format!("{}#~", run.sort)
}

/// Whether this is the key of one of a run's facts, and not of another run whose id begins alike.
pub(super) fn is_fact(run: &Key, sort: &str) -> bool {
    let fact = sort.strip_prefix(&run.sort).and_then(|rest| rest.strip_prefix('#'));
    fact.is_some_and(|fact| fact.len() == FACT_LEN && fact.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

pub(super) fn claim(key: &ClaimKey) -> Key {
    Key { partition: partition(&key.pipeline), sort: fit("claim", &key.effect, MAX_SORT_LEN) }
}

/// All evidence under one external id.
pub(super) fn evidence(external: &ExternalId) -> String {
    fit("evidence", external.as_str(), MAX_PARTITION_LEN)
}

/// One event of evidence: in the order of time, and the same for the same event.
pub(super) fn evidence_event(event: &EvidenceEvent, json: &str) -> Key {
    Key {
        partition: evidence(&event.external),
        sort: format!("event#{:021}#{}", since_ever(event.at), fingerprint(json)),
    }
}

/// All failures of a group.
pub(super) fn group(group: &str) -> String {
    fit("group", group, MAX_PARTITION_LEN)
}

/// One failure of a group: in the order of time, and the same for the same failure.
pub(super) fn grouped(name: &str, failure: &GroupedFailure, json: &str) -> Key {
    let sort = format!("failure#{:021}#{}", since_ever(failure.at), fingerprint(json));
    Key { partition: group(name), sort }
}

/// One held event: in the order of time, and the same for the same effect at the same time.
pub(super) fn deferred(held: &DeferredEvent) -> Key {
    let effect = fingerprint(&held.effect.to_string());
    Key { partition: HELD.to_owned(), sort: format!("until#{:021}#{effect}", since_ever(held.until)) }
}

/// Between which sort keys all is held until this time or an earlier one: `~` comes after every `#`.
pub(super) fn held_between(time: Timestamp) -> (String, String) {
    ("until#".to_owned(), format!("until#{:021}~", since_ever(time)))
}

fn since_ever(time: Timestamp) -> i128 {
    time.as_nanosecond().saturating_sub(Timestamp::MIN.as_nanosecond())
}

/// A pipeline's place in the list of all.
pub(super) fn name(pipeline: &PipelineId) -> String {
    format!("{}#{}#{}", pipeline.home.account, pipeline.home.region, pipeline.name)
}

/// Neither an account nor a region can hold a `#`, and the name comes last: no two pipelines share a partition.
fn partition(pipeline: &PipelineId) -> String {
    format!("pipeline#{}", name(pipeline))
}

fn fit(kind: &str, name: &str, longest: usize) -> String {
    let key = format!("{kind}#{name}");
    if key.len() <= longest { key } else { format!("{kind}~{}", fingerprint(name)) }
}

fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use andon::name::{AccountId, Home, PipelineName, Region};

    use super::*;

    fn pipeline(account: &str, name: &str) -> PipelineId {
        let home = Home { account: AccountId::parse(account).unwrap(), region: Region::parse("eu-west-1").unwrap() };
        PipelineId { home, name: PipelineName::parse(name).unwrap() }
    }

    #[test]
    fn keys_can_be_read() {
        let pipeline = pipeline("111122223333", "web");
        let run = run(&pipeline, &ExecutionId::parse("e-1").unwrap());
        assert_eq!(
            run,
            Key { partition: "pipeline#111122223333#eu-west-1#web".to_owned(), sort: "run#e-1".to_owned() }
        );
        assert_eq!(history(&pipeline).sort, "history");
        assert_eq!(claim(&ClaimKey { pipeline, effect: "failed/e-1/1".to_owned() }).sort, "claim#failed/e-1/1");
    }

    #[test]
    fn facts_come_after_their_run_and_before_any_other() {
        let pipeline = pipeline("111122223333", "web");
        let execution = |id: &str| ExecutionId::parse(id).unwrap();
        let of = |id: &str| run(&pipeline, &execution(id));
        let fact = fact(&pipeline, &execution("e-1"), "{}");
        assert_eq!(fact.sort, "run#e-1#44136fa355b3678a1146ad16f7e8649e");
        assert!(of("e-1").sort < fact.sort && fact.sort < last_fact(&of("e-1")));
        assert!(is_fact(&of("e-1"), &fact.sort));
        for other in ["e", "e-1#44136fa355b3678a1146ad16f7e8649e", "e-1#"] {
            assert!(!is_fact(&of(other), &fact.sort), "{other}");
        }
        assert!(last_fact(&of("e-1")) < of("e-10").sort);
    }

    #[test]
    fn the_longest_names_fit() {
        let pipeline = pipeline(&"🚀".repeat(64), &"🚀".repeat(100));
        assert!(partition(&pipeline).len() <= MAX_PARTITION_LEN && name(&pipeline).len() <= MAX_SORT_LEN);
        let long = |end: &str| ExecutionId::parse("🚀".repeat(255) + end).unwrap();
        assert!(run(&pipeline, &long("a")).sort.len() <= MAX_SORT_LEN);
        assert_eq!(run(&pipeline, &long("🚀")).sort.len(), "run~".len() + 64);
        let external = |end: &str| ExternalId::parse("x".repeat(2047) + end).unwrap();
        assert!(evidence(&external("a")).len() <= MAX_PARTITION_LEN);
        assert_ne!(evidence(&external("a")), evidence(&external("b")));
    }

    #[test]
    fn a_short_name_is_never_taken_for_a_long_one() {
        let long = "🚀".repeat(256);
        let forged = format!("~{}", fingerprint(&long));
        let pipeline = pipeline("1", "web");
        let key = |text: &str| run(&pipeline, &ExecutionId::parse(text).unwrap());
        assert_ne!(key(&long), key(&forged));
    }

    #[test]
    fn evidence_is_sorted_by_time_even_before_1970() {
        let event = |at: &str| EvidenceEvent {
            external: ExternalId::parse("x").unwrap(),
            deployment: None,
            application: None,
            home: None,
            kind: andon::event::EvidenceKind::Build,
            state: "FAILED".to_owned(),
            at: at.parse().unwrap(),
            messages: Vec::new(),
            log: None,
        };
        let times =
            ["-009999-01-03T00:00:00Z", "1969-12-31T23:59:59Z", "2026-11-20T10:00:00.5Z", "9999-12-30T00:00:00Z"];
        let keys: Vec<String> = times.iter().map(|at| evidence_event(&event(at), "{}").sort).collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}
