//! Whole conversations, in every locale, by the utterances of its interaction model.

use andon_answers::Locale;
use serde_json::{Value, json};
use strum::VariantArray as _;

use crate::talk::{launch, say, talk, transcript};
use crate::world::{ACCOUNT, Voice, World};

/// One conversation in the words of a language. The names are said as they are, everywhere.
fn walk(words: &[&str; 16]) -> Vec<Value> {
    let mut steps = vec![launch()];
    steps.extend(words.iter().map(|text| say(text)));
    steps.extend([json!({"intent": "AMAZON.RepeatIntent"}), json!({"intent": "AMAZON.FallbackIntent"})]);
    steps.extend([json!({"intent": "AMAZON.HelpIntent"}), json!({"intent": "AMAZON.StopIntent"})]);
    steps
}

const ENGLISH: [&str; 16] = [
    "how is everything",
    "what is failing",
    "why did orders fulfilment fail",
    "and the other one",
    "what is running",
    "what is waiting for approval",
    "how is payments api",
    "who was it",
    "when did it last deploy",
    "how are the four keys",
    "how are the four keys of checkout service prod",
    "how is checkout service",
    "the staging one",
    "how is the warehouse robot",
    "the first one",
    "what about mobile bff",
];
const GERMAN: [&str; 16] = [
    "wie steht es",
    "was ist kaputt",
    "warum ist orders fulfilment fehlgeschlagen",
    "und die andere",
    "was läuft",
    "was wartet auf freigabe",
    "wie steht es um payments api",
    "wer war es",
    "wann wurde sie zuletzt ausgeliefert",
    "wie stehen die vier kennzahlen",
    "wie stehen die vier kennzahlen von checkout service prod",
    "wie steht es um checkout service",
    "checkout service staging",
    "wie steht es um lagerroboter",
    "die erste",
    "was ist mit mobile bff",
];
const SPANISH: [&str; 16] = [
    "cómo va todo",
    "qué está fallando",
    "por qué ha fallado orders fulfilment",
    "y el otro",
    "qué está en marcha",
    "qué tengo que aprobar",
    "cómo está payments api",
    "quién ha sido",
    "cuándo se desplegó por última vez",
    "cómo están las cuatro métricas",
    "cómo están las cuatro métricas de checkout service prod",
    "cómo está checkout service",
    "checkout service staging",
    "cómo está robot de almacén",
    "el primero",
    "y qué pasa con mobile bff",
];
const FRENCH: [&str; 16] = [
    "comment vont mes pipelines",
    "qu'est-ce qui échoue",
    "pourquoi orders fulfilment a échoué",
    "et l'autre",
    "qu'est-ce qui tourne",
    "que dois-je approuver",
    "comment va payments api",
    "qui était-ce",
    "quand a-t-il été déployé",
    "comment vont les quatre indicateurs",
    "comment vont les quatre indicateurs de checkout service prod",
    "comment va checkout service",
    "checkout service staging",
    "comment va robot de stock",
    "le premier",
    "et pour mobile bff",
];
const JAPANESE: [&str; 16] = [
    "全体の状況を教えて",
    "何が失敗してる",
    "orders fulfilment はなぜ失敗した",
    "もう一つは",
    "何が動いてる",
    "承認待ちは",
    "payments api の状態は",
    "誰の変更",
    "最後のデプロイはいつ",
    "フォーキーズはどう",
    "checkout service prod のフォーキーズは",
    "checkout service の状態は",
    "checkout service staging です",
    "倉庫ロボット の状態は",
    "一つ目",
    "mobile bff はどう",
];

#[tokio::test(flavor = "multi_thread")]
async fn somebody_walks_through_all_that_can_be_asked() {
    let world = World::with_fleet(&Voice::Off).await;
    for locale in Locale::VARIANTS.iter().copied() {
        let words = match locale.language() {
            "de" => &GERMAN,
            "es" => &SPANISH,
            "fr" => &FRENCH,
            "ja" => &JAPANESE,
            _ => &ENGLISH,
        };
        insta::assert_snapshot!(
            format!("walk_{}", locale.tag()),
            transcript(&talk(&world, locale, false, &walk(words)))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_in_one_breath_and_a_conversation_goes_on_until_it_is_ended() {
    let world = World::with_fleet(&Voice::Off).await;
    let conversations = [
        // One breath: nobody is kept waiting.
        vec![say("what is running")],
        vec![say("how is checkout service prod")],
        // An answer that asks something itself is worth staying for.
        vec![say("what is failing"), say("yes"), say("no thanks")],
        vec![say("how is checkout service"), say("the second one"), say("no")],
        // "No" is said to what was asked, and not to everything.
        vec![say("how is checkout service"), say("no"), say("payments api"), say("no")],
        vec![launch(), say("what is failing"), say("no"), say("no")],
        // "It" is no name, although Alexa takes it for one.
        vec![say("what is failing"), say("how is it"), say("who broke it"), say("how often do we deploy it")],
        // Not quite the name.
        vec![say("how is orders")],
        // No pipeline was named: she listens for one, and then it is the answer.
        vec![say("why"), json!({"fill": "payments api"})],
        vec![say("how is the warehouse robot"), json!({"fill": "orders fulfilment"})],
        // A slot of 500 characters.
        vec![say(&format!("how is {}", "very ".repeat(100).trim_end()))],
        vec![launch(), json!({"end": true})],
    ];
    let talks: Vec<String> =
        conversations.iter().map(|steps| transcript(&talk(&world, Locale::EnGb, false, steps))).collect();
    insta::assert_snapshot!(talks.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_shows_the_board_and_a_pipeline_that_is_touched_is_told_of() {
    let world = World::with_fleet(&Voice::Off).await;
    let id = format!("{ACCOUNT}/eu-west-1/payments-api");
    let touch = json!({"request": {"type": "Alexa.Presentation.APL.UserEvent", "token": "board", "arguments": ["pipeline", id]}});
    let steps = [launch(), say("what is failing"), touch];
    insta::assert_snapshot!(transcript(&talk(&world, Locale::EnUs, true, &steps)));
}

#[tokio::test(flavor = "multi_thread")]
async fn before_there_is_a_pipeline_that_is_said() {
    let world = World::empty().await;
    let steps = [launch(), say("what is failing"), say("how is payments api"), say("retry payments api")];
    insta::assert_snapshot!(transcript(&talk(&world, Locale::EnUs, true, &steps)));
}
