//! Conversations: typed in a web page, spoken on the phone, in English and in other languages.

use serde_json::{Value, json};

use crate::world::{Talk, World};

fn named(intent: &str, name: Option<&str>) -> Value {
    let slot = name.map(|name| {
        json!({"shape": "Scalar", "value": {"originalValue": name, "interpretedValue": name, "resolvedValues": []}})
    });
    json!({"name": intent, "slots": {"pipeline": slot}})
}

#[tokio::test(flavor = "multi_thread")]
async fn people_talk_with_the_bot() {
    let world = World::start().await;
    let mut told = Vec::new();

    let mut page = Talk::typed();
    told.push("in a web page".to_owned());
    for words in
        ["how are my pipelines?", "why did payments-api fail", "who changed it?", "how is checkout", "prod", "weather?"]
    {
        told.push(world.turn(&mut page, words).await);
    }

    let mut phone = Talk::spoken();
    told.push("on the phone".to_owned());
    phone.intent = json!({"name": "WelcomeIntent", "slots": {}});
    told.push(world.turn(&mut phone, "hello").await);
    phone.mode = "DTMF";
    told.push(world.turn(&mut phone, "1").await);
    phone.mode = "Speech";
    phone.intent = named("WhyIntent", None);
    told.push(world.turn(&mut phone, "why").await);
    phone.intent = named("StatusIntent", Some("check out"));
    told.push(world.turn(&mut phone, "how is check out").await);
    told.push(world.turn(&mut phone, "the second one").await);
    told.push(world.turn(&mut phone, "goodbye").await);

    let mut german = Talk { locale: "de_DE", ..Talk::spoken() };
    told.push("auf Deutsch".to_owned());
    german.intent = json!({"name": "FailingIntent", "slots": {}});
    told.push(world.turn(&mut german, "was ist kaputt").await);
    german.intent = named("WhyIntent", Some("payments API"));
    told.push(world.turn(&mut german, "warum ist payments API fehlgeschlagen").await);
    german.intent = json!({"name": "No", "slots": {}});
    told.push(world.turn(&mut german, "nein danke").await);

    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(world.faults(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_understood_three_times_is_handed_over() {
    let world = World::start().await;
    let mut phone = Talk::spoken();
    let mut states = Vec::new();
    for _ in 0..3 {
        let told = world.turn(&mut phone, "purple monkey dishwasher").await;
        states.push(told.lines().last().unwrap().to_owned());
    }
    assert_eq!(states, ["(ElicitIntent InProgress)", "(ElicitIntent InProgress)", "(Close Failed)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_with_the_latest_news_are_listened_for_on_the_phone() {
    let world = World::start().await;
    let response = world.send(&Talk::spoken().request("how are my pipelines")).await;
    let phrases =
        &response["sessionState"]["runtimeHints"]["slotHints"]["StatusIntent"]["pipeline"]["runtimeHintValues"];
    assert_eq!(phrases[0], json!({"phrase": "payments API"}));
    assert_eq!(phrases.as_array().unwrap().len(), 5);
    let typed = world.send(&Talk::typed().request("how are my pipelines")).await;
    assert_eq!(typed["sessionState"]["runtimeHints"], Value::Null);
    assert_eq!(world.faults(), [""; 0]);
}
