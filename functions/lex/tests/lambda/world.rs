//! The function over a ledger with a handful of pipelines, and somebody who talks to it.

use std::cell::RefCell;
use std::path::PathBuf;

use andon::ledger::{NoArchive, record};
use andon::run::{DeploymentRule, Run};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_support::aws;
use test_support::emulator::dynalite;
use test_support::runtime_api::Function;
use test_support::{tools, unique};

/// The account that the function runs in.
const ACCOUNT: &str = "123456789012";
pub(crate) const BOT: &str = "ABCDEFGHIJ";
pub(crate) const CALLER: &str = "+4930123456";
const CONFIG: &str = "version: 1\naccounts:\n  \"123456789012\": { name: acme production, customer: acme }\nphone: { callers: \"+49 30 123456\" }\n";

/// A run of the sample events: of which file, how many of its events, as which pipeline, and the time since the last.
type Told = (&'static str, usize, &'static str, SignedDuration);

/// Times are in the middle of what they are said as, so that a slow machine says the same.
const FLEET: [Told; 5] = [
    ("codepipeline-run-build-failed", 12, "payments-api", SignedDuration::from_mins(100)),
    ("codepipeline-run-succeeded", 24, "checkout-svc-prod", SignedDuration::from_mins(120)),
    ("codepipeline-run-succeeded", 24, "checkout-svc-staging", SignedDuration::from_mins(300)),
    ("codepipeline-run-commands-failed", usize::MAX, "orders-fulfilment", SignedDuration::from_mins(200)),
    ("codepipeline-run-running", 16, "mobile-bff", SignedDuration::from_mins(150)),
];

pub(crate) struct World {
    function: Function,
    /// Every request and its response, for the judge.
    exchanged: RefCell<Vec<(Value, Value)>>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let (shared, table) = (aws::config(&dynalite().unwrap(), "eu-west-1"), unique("andon-test"));
        let ledger = DynamoLedger::connect(&shared, &table, SystemClock);
        ledger.create_table().await.unwrap();
        for (file, count, pipeline, ago) in FLEET {
            let run: Run = andon::testing::run_until_lately(file, count, pipeline, ago, ACCOUNT);
            record(&ledger, &NoArchive, &DeploymentRule::default(), run).await.unwrap();
        }
        let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{table}.yml"));
        std::fs::write(&config, CONFIG).unwrap();
        let environment = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &dynalite().unwrap()),
            ("ANDON_TABLE", &table),
            ("ANDON_CONFIG", &config.display().to_string()),
            ("ANDON_LEX_BOTS", BOT),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let function = Function::start(env!("CARGO_BIN_EXE_lex"), environment.to_vec()).await.unwrap();
        Self { function, exchanged: RefCell::default() }
    }

    /// Sends a request, whatever it is.
    pub(crate) async fn send(&self, request: &Value) -> Value {
        let answer = self.function.invoke(request).await.unwrap();
        let log = || panic!("{request} is an error: {answer:?}\n{}", self.function.log());
        let response = answer.ok().unwrap_or_else(log).clone();
        self.exchanged.borrow_mut().push((request.clone(), response.clone()));
        response
    }

    /// Says something in a conversation, and shows what was answered.
    pub(crate) async fn turn(&self, talk: &mut Talk, words: &str) -> String {
        let response = self.send(&talk.request(words)).await;
        talk.take(&response);
        let mut lines = vec![format!("> {words}")];
        for message in response["messages"].as_array().unwrap() {
            if let Some(content) = message["content"].as_str() {
                lines.extend(content.lines().map(str::to_owned));
            }
            for button in message["imageResponseCard"]["buttons"].as_array().into_iter().flatten() {
                lines.push(format!("[{}]", button["text"].as_str().unwrap()));
            }
        }
        let state = &response["sessionState"];
        let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        lines.push(format!("({} {})", of(&state["dialogAction"]["type"]), of(&state["intent"]["state"])));
        lines.join("\n")
    }

    /// What botocore finds wrong with all that was answered, taken as what a client may set the session to.
    pub(crate) fn faults(&self) -> Vec<String> {
        let exchanged = self.exchanged.borrow();
        let inputs = exchanged.iter().map(|(request, response)| {
            let mut state = response["sessionState"].clone();
            // Lex hands empty slots over as null; the client's model has no word for that.
            if let Some(slots) = state["intent"]["slots"].as_object_mut() {
                slots.retain(|_, slot| !slot.is_null());
            }
            let locale = request["bot"]["localeId"].as_str().unwrap_or("en_US");
            let input = json!({
                "botId": BOT, "botAliasId": "TSTALIASID", "localeId": locale, "sessionId": "session-1",
                "messages": response["messages"], "sessionState": state,
                "requestAttributes": response["requestAttributes"],
            });
            json!({"service": "lexv2-runtime", "operation": "PutSession", "input": input, "status": 200, "reply": "{}"})
        });
        tools::judged("shapes.py", inputs).unwrap()
    }
}

/// A conversation as its client keeps it.
pub(crate) struct Talk {
    pub(crate) mode: &'static str,
    pub(crate) locale: &'static str,
    /// What Lex makes of the next words.
    pub(crate) intent: Value,
    pub(crate) attributes: Value,
}

impl Talk {
    pub(crate) fn typed() -> Self {
        Self {
            mode: "Text",
            locale: "en_US",
            intent: json!({"name": "FallbackIntent", "slots": {}}),
            attributes: json!({}),
        }
    }

    pub(crate) fn spoken() -> Self {
        Self { mode: "Speech", attributes: json!({"caller": CALLER}), ..Self::typed() }
    }

    /// A request as Lex sends it.
    pub(crate) fn request(&self, words: &str) -> Value {
        let mut intent = self.intent.clone();
        intent["state"] = json!("ReadyForFulfillment");
        intent["confirmationState"] = json!("None");
        json!({
            "messageVersion": "1.0", "invocationSource": "DialogCodeHook", "inputMode": self.mode,
            "responseContentType": if self.mode == "Text" { "text/plain; charset=utf-8" } else { "audio/pcm" },
            "sessionId": "session-1", "inputTranscript": words,
            "bot": {"id": BOT, "name": "andon", "aliasId": "TSTALIASID", "localeId": self.locale, "version": "1"},
            "interpretations": [{"intent": intent, "nluConfidence": {"score": 0.8}, "interpretationSource": "Lex"}],
            "requestAttributes": {"x-example": "kept"},
            "sessionState": {"sessionAttributes": self.attributes, "intent": intent, "originatingRequestId": "r-1"},
            "transcriptions": [{"transcription": words, "transcriptionConfidence": 0.9}],
        })
    }

    /// Keeps what Lex would keep.
    fn take(&mut self, response: &Value) {
        self.attributes = response["sessionState"]["sessionAttributes"].clone();
        assert_eq!(response["requestAttributes"], json!({"x-example": "kept"}));
    }
}
