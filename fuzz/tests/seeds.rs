//! The checks of the fuzz targets, with recorded files, with these files damaged, and with random bytes.

use std::sync::LazyLock;

use andon_fuzz::seeds::{self, Target};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

static EVENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| recorded(Target::Events));
static CONFIGURATIONS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| recorded(Target::Configuration));
static SECRETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let texts = recorded(Target::Redaction);
    texts.iter().flat_map(|text| text.split(|byte| *byte == b'\n')).map(<[u8]>::to_vec).collect()
});
static LOGS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| recorded(Target::Diagnose));

fn recorded(target: Target) -> Vec<Vec<u8>> {
    seeds::of(target).unwrap().into_iter().map(|(_, bytes)| bytes).collect()
}

/// A damage to a text: what is cut out there, and what is put in its place.
type Damage = (Index, usize, Vec<u8>);

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let inserted = prop_oneof![
        vec(any::<u8>(), 0..8),
        "[\\[\\]{}\":,0-9a-z\n\\-&*#|> ]{0,12}".prop_map(String::into_bytes),
        Just("null".into()),
        Just("\u{202e}\u{0}".into()),
    ];
    vec((any::<Index>(), 0..24_usize, inserted), 1..6)
}

fn damaged(seed: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (place, length, inserted) in damages {
        let start = place.index(bytes.len() + 1);
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, inserted.iter().copied());
    }
    bytes
}

#[test]
fn the_recorded_files_are_many() {
    assert!(EVENTS.len() > 40, "{} events", EVENTS.len());
    assert!(CONFIGURATIONS.len() > 3, "{} configurations", CONFIGURATIONS.len());
    assert!(LOGS.len() > 100, "{} logs", LOGS.len());
}

#[test]
fn recorded_files_pass() {
    EVENTS.iter().for_each(|bytes| andon_fuzz::events(bytes));
    CONFIGURATIONS.iter().for_each(|bytes| andon_fuzz::configuration(bytes));
    LOGS.iter().for_each(|bytes| andon_fuzz::diagnose(bytes));
    SECRETS.iter().for_each(|bytes| andon_fuzz::redaction(bytes));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_events_pass(seed in any::<Index>(), damages in damages()) {
        andon_fuzz::events(&damaged(seed.get::<Vec<u8>>(&EVENTS), &damages));
    }

    #[test]
    fn damaged_configurations_pass(seed in any::<Index>(), damages in damages()) {
        andon_fuzz::configuration(&damaged(seed.get::<Vec<u8>>(&CONFIGURATIONS), &damages));
    }

    #[test]
    fn damaged_secrets_pass(seed in any::<Index>(), damages in damages()) {
        andon_fuzz::redaction(&damaged(seed.get::<Vec<u8>>(&SECRETS), &damages));
    }

    #[test]
    fn random_bytes_pass(bytes in vec(any::<u8>(), 0..512)) {
        andon_fuzz::events(&bytes);
        andon_fuzz::configuration(&bytes);
        andon_fuzz::diagnose(&bytes);
    }
}

// Without optimisation, the diagnosis of a log takes a tenth of a second.
proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_logs_pass(seed in any::<Index>(), damages in damages()) {
        andon_fuzz::diagnose(&damaged(seed.get::<Vec<u8>>(&LOGS), &damages));
    }
}
