//! Tests that the message files of every language are complete.

use std::collections::BTreeSet;
use strum::VariantArray as _;

use fluent_bundle::FluentResource;
use jiff::{SignedDuration, Timestamp};

use super::*;

/// Messages that only other messages are made of.
const PARTS: [&str; 2] = ["number", "month"];
/// What a name may hold at worst.
const WORST: &str = "<speak>&\"'</speak> {";

/// A text that is told from all others, or a number, for each variable.
fn filling(phrase: Phrase, count: i64) -> Vec<(&'static str, Filling<'static>)> {
    let value = |name: &'static str| -> Filling<'static> {
        match name {
            "count" | "percent" | "day" | "month" => count.into(),
            "how" => "superseded".into(),
            "begins" => "i".into(),
            "light" => "waiting".into(),
            text => format!("({text} {WORST})").into(),
        }
    };
    phrase.variables().iter().map(|name| (*name, value(name))).collect()
}

#[test]
fn every_file_can_be_read() {
    for locale in Locale::VARIANTS.iter().copied() {
        for text in files(locale) {
            if let Err((_, errors)) = FluentResource::try_new((*text).to_owned()) {
                panic!("{locale:?}: {errors:?}");
            }
        }
    }
}

#[test]
fn everything_can_be_said_in_every_locale_and_nothing_is_left_out() {
    for locale in Locale::VARIANTS.iter().copied() {
        let voice = Voice::of(locale);
        for phrase in Phrase::ALL {
            let message = voice.messages.get_message(phrase.id()).and_then(|message| message.value());
            let Some(pattern) = message else { panic!("{locale:?} cannot say {}", phrase.id()) };
            for count in [0, 1, 2, 3, 7, 11, 12, 13, 21, 100, 1_000_000] {
                let filling = filling(*phrase, count);
                let arguments: FluentArgs<'_> = filling.iter().cloned().collect();
                let mut errors = Vec::new();
                let said = voice.messages.format_pattern(pattern, Some(&arguments), &mut errors);
                assert!(errors.is_empty(), "{locale:?}, {}: {errors:?}", phrase.id());
                assert!(!said.trim().is_empty(), "{locale:?}, {}", phrase.id());
                for (name, value) in &filling {
                    if let Filling::String(text) = value
                        && text.starts_with('(')
                    {
                        assert!(said.contains(text.as_ref()), "{locale:?}, {} leaves out {name}: {said}", phrase.id());
                    }
                }
            }
        }
    }
}

#[test]
fn no_file_has_a_message_that_nobody_says() {
    let known: BTreeSet<&str> = Phrase::ALL.iter().map(|phrase| phrase.id()).chain(PARTS).collect();
    for locale in Locale::VARIANTS.iter().copied() {
        for line in files(locale).iter().flat_map(|text| text.lines()) {
            if let Some((id, _)) = line.split_once(" =").filter(|(id, _)| !id.starts_with([' ', '#', '['])) {
                assert!(known.contains(id), "{locale:?} has {id}");
            }
        }
    }
}

#[test]
fn every_phrase_is_said_somewhere() {
    fn read(folder: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                read(&path, text);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !path.ends_with("phrase.rs")
                && !path.ends_with("tests.rs")
            {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut source = String::new();
    read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut source);
    // What is said of actions and to callers, the functions say.
    read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions")), &mut source);
    for phrase in Phrase::ALL {
        let name = format!("{phrase:?}");
        let is_said = [" ", ",", ")", ":"].iter().any(|after| source.contains(&format!("::{name}{after}")));
        assert!(is_said, "nobody says {name}");
    }
}

#[test]
fn times_are_said_as_people_say_them() {
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let spans = [0, 44, 45, 89, 660, 5_999, 6_000, 7_200, 129_599, 129_600, 864_000, 1_814_400, 34_560_000];
    let told: Vec<String> = [Locale::EnUs, Locale::EnGb, Locale::De, Locale::Es, Locale::Fr, Locale::Ja]
        .iter()
        .map(|locale| {
            let voice = Voice::of(*locale);
            let lines = spans.map(|seconds| {
                let span = SignedDuration::from_secs(seconds);
                let at = now.checked_sub(span).unwrap();
                let told = [voice.ago(at, now), voice.for_long(at, now), voice.span(span), voice.since(at, now)];
                format!("{seconds} s: {}", told.join(" | "))
            });
            format!("{}\n{}", locale.tag(), lines.join("\n"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn lists_are_told_as_people_tell_them() {
    let items = |count: usize| -> Vec<String> { ["a", "b", "c"].iter().take(count).map(ToString::to_string).collect() };
    let english = Voice::of(Locale::EnUs);
    assert_eq!([0, 1, 2, 3].map(|count| english.and(&items(count))), ["", "a", "a and b", "a, b and c"]);
    let spanish = Voice::of(Locale::Es);
    let rows = ["web".to_owned(), "invoices".to_owned()];
    assert_eq!((spanish.and(&rows), spanish.or(&items(2))), ("web e invoices".to_owned(), "a o b".to_owned()));
    assert_eq!(Voice::of(Locale::Ja).or(&items(2)), "a、それともb");
}
