//! Conversations with the built function, and how they read.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use andon_answers::{Locale, Phrase, Voice};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_support::tools::node;

use crate::world::{SKILL, World};

/// What somebody says or does, and what comes back.
pub(crate) struct Turn {
    pub(crate) step: Value,
    pub(crate) request: Value,
    pub(crate) response: Value,
}

pub(crate) fn launch() -> Value {
    json!({"launch": true})
}

pub(crate) fn say(text: &str) -> Value {
    json!({"say": text})
}

pub(crate) fn model(locale: Locale) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../skill-package/interactionModels/custom");
    PathBuf::from(folder).join(format!("{}.json", locale.tag()))
}

/// Has virtual-alexa take these steps. A machine so busy that the ledger does not answer in time is given another try.
pub(crate) fn talk(world: &World, locale: Locale, screen: bool, steps: &[Value]) -> Vec<Turn> {
    let voice = Voice::of(locale);
    let stale = voice.say(Phrase::Stale, &[("ago", "\u{0}".into())]);
    let slow = [voice.say(Phrase::NoLedger, &[]), stale.split('\u{0}').next().unwrap_or_default().to_owned()];
    for _ in 0..5 {
        let turns = take(world, locale, screen, steps);
        let is_slow = |turn: &Turn| slow.iter().any(|sentence| speech(&turn.response).contains(sentence.as_str()));
        if !turns.iter().any(is_slow) {
            return turns;
        }
    }
    panic!("the ledger is too slow to talk of");
}

fn take(world: &World, locale: Locale, screen: bool, steps: &[Value]) -> Vec<Turn> {
    let input = json!({
        "url": world.function.invoke_url(), "model": model(locale), "locale": locale.tag(), "skill": SKILL,
        "screen": screen, "steps": steps,
    });
    let mut client =
        node("alexa.cjs").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    client.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = client.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}\n{}", world.function.log());
    let turns: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let turn = |turn: &Value| {
        let part = |name: &str| turn[name].clone();
        Turn { step: part("step"), request: part("request"), response: part("response") }
    };
    turns.iter().map(turn).collect()
}

/// A conversation as it would be written down.
pub(crate) fn transcript(turns: &[Turn]) -> String {
    let mut text = String::new();
    for Turn { step, request, response } in turns {
        let locale = Locale::of(request["request"]["locale"].as_str().unwrap_or_default());
        writeln!(text, "YOU    {}", said(step)).unwrap();
        writeln!(text, "ANDON  {}", undated(speech(response), Voice::of(locale))).unwrap();
        let open = response["response"]["shouldEndSession"] == json!(false);
        for directive in response["response"]["directives"].as_array().into_iter().flatten() {
            writeln!(text, "       [{}]", does(directive)).unwrap();
        }
        if !open {
            text.push_str("       [the end]\n");
        }
    }
    text
}

/// What is said aloud, without its markup.
pub(crate) fn speech(response: &Value) -> String {
    let ssml = response["response"]["outputSpeech"]["ssml"].as_str().unwrap_or("(nothing)");
    let text = ssml.replace("</s><s>", " ").replace("<speak><s>", "").replace("</s></speak>", "");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The same on whatever day it is said.
fn undated(speech: String, voice: &Voice) -> String {
    let now = Timestamp::now();
    let day = |days: i64| voice.since(now - SignedDuration::from_hours(24 * days), now);
    let mut days: Vec<String> = (0..60).map(day).collect();
    days.sort_by_key(|day| Reverse(day.len()));
    days.iter().fold(speech, |speech, day| speech.replace(day, "(since that day)"))
}

fn said(step: &Value) -> String {
    let text = |name: &str| step[name].as_str().map(str::to_owned);
    let answer = step["confirm"].as_bool().map(|yes| if yes { "yes" } else { "no" }.to_owned());
    let launched = step["launch"].as_bool().map(|_| "(opens the skill)".to_owned());
    let other = step["request"]["type"].as_str().map(|kind| format!("({kind})"));
    let intent = text("intent").map(|intent| format!("({intent})"));
    let texts = text("say").or_else(|| text("fill")).or(answer).or(launched).or(other).or(intent);
    texts.unwrap_or_else(|| "(goes away)".to_owned())
}

fn does(directive: &Value) -> String {
    match directive["type"].as_str().unwrap_or_default() {
        "Dialog.ElicitSlot" => format!("listens for the {}", directive["slotToElicit"].as_str().unwrap_or_default()),
        "Dialog.ConfirmIntent" => "listens for a yes or a no".to_owned(),
        "Dialog.UpdateDynamicEntities" => {
            let values = directive["types"][0]["values"].as_array().unwrap();
            let names: Vec<&str> = values.iter().filter_map(|value| value["name"]["value"].as_str()).collect();
            format!("knows the names {}", names.join(", "))
        }
        "Alexa.Presentation.APL.RenderDocument" => {
            let board = &directive["datasources"]["board"];
            let row = |row: &Value| format!("{}: {}", row["name"].as_str().unwrap(), row["standing"].as_str().unwrap());
            let rows: Vec<String> = board["rows"].as_array().unwrap().iter().map(row).collect();
            format!("shows {}: {}", board["title"].as_str().unwrap(), rows.join(" | "))
        }
        other => other.to_owned(),
    }
}
