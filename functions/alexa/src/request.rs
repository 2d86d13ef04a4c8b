//! Alexa requests, as far as they are used.
//!
//! Parsing is tolerant: unknown members are ignored, and an invalid member counts as missing. Only the type of the request is
//! required.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request with all that Alexa puts around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Envelope {
    /// The conversation, where there is one.
    pub(crate) session: Option<Session>,
    /// The device and the skill as they are now.
    pub(crate) system: System,
    /// The language spoken, such as `en-GB`.
    pub(crate) locale: Option<String>,
    /// What is asked.
    pub(crate) request: Request,
}

/// A conversation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Session {
    /// Whether it begins with this request.
    #[serde(deserialize_with = "lenient")]
    pub(crate) new: bool,
    #[serde(deserialize_with = "lenient")]
    application: Application,
    #[serde(deserialize_with = "lenient")]
    user: Option<User>,
    /// What the last reply asked to be remembered.
    #[serde(deserialize_with = "lenient")]
    pub(crate) attributes: Value,
}

/// The device and the skill.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct System {
    #[serde(deserialize_with = "lenient")]
    application: Application,
    #[serde(deserialize_with = "lenient")]
    user: Option<User>,
    #[serde(deserialize_with = "lenient")]
    person: Option<Person>,
    #[serde(deserialize_with = "lenient")]
    device: Device,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Application {
    #[serde(deserialize_with = "lenient")]
    application_id: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct User {
    #[serde(deserialize_with = "lenient")]
    user_id: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Person {
    #[serde(deserialize_with = "lenient")]
    person_id: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Device {
    #[serde(deserialize_with = "lenient")]
    supported_interfaces: BTreeMap<String, Value>,
}

/// What is asked, by the types that Alexa documents; it may add others at any time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Request {
    /// The skill was opened without a question.
    Launch,
    /// The user said something.
    Intent(Intent),
    /// Alexa asks whether the skill could answer; there must be no side effects.
    CanFulfill(Intent),
    /// The user tapped the screen.
    Touch(Vec<Value>),
    /// The conversation is over, perhaps because of an error.
    SessionEnded {
        /// Why.
        reason: String,
    },
    /// Something went wrong on Alexa's side with an earlier reply.
    Failed {
        /// What.
        problem: String,
    },
    /// Anything else, by its type: nothing that calls for an answer.
    Other(String),
    /// It has no type.
    #[default]
    Untyped,
}

/// The user's utterance, as the interaction model understands it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Intent {
    /// Its name in the model.
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: String,
    /// Whether the user confirmed or denied the whole intent.
    #[serde(deserialize_with = "lenient")]
    pub(crate) confirmation_status: Confirmation,
    #[serde(deserialize_with = "lenient")]
    slots: BTreeMap<String, Value>,
}

/// Whether the user confirmed or denied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Confirmation {
    /// Neither.
    #[default]
    None,
    /// Yes.
    Confirmed,
    /// No.
    Denied,
}

/// A variable part of an utterance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The spoken text.
    pub(crate) heard: String,
    /// The ids of the values that match, if an authority knows the word; the best authority's, best first.
    pub(crate) ids: Vec<String>,
}

impl Envelope {
    /// Takes whatever the function was called with.
    pub(crate) fn read(payload: &Value) -> Self {
        let part = |pointer: &str| payload.pointer(pointer).cloned().unwrap_or_default();
        let request = part("/request");
        Self {
            session: serde_json::from_value(part("/session")).ok(),
            system: serde_json::from_value(part("/context/System")).unwrap_or_default(),
            locale: text(&request, "locale").map(str::to_owned),
            request: Request::read(&request),
        }
    }

    /// The skills that the request says it is for: all the same one, or something is wrong.
    pub(crate) fn skills(&self) -> impl Iterator<Item = &str> {
        let session = self.session.as_ref().and_then(|session| session.application.application_id.as_deref());
        self.system.application.application_id.as_deref().into_iter().chain(session)
    }

    /// The account that the request names, in one place or two; `None` if they differ.
    pub(crate) fn user(&self) -> Option<&str> {
        let here = id_of(self.system.user.as_ref());
        let session = self.session.as_ref().and_then(|session| id_of(session.user.as_ref()));
        match (here, session) {
            (Some(here), Some(session)) if here != session => None,
            (here, session) => here.or(session),
        }
    }

    /// The person whose voice Alexa has recognised.
    pub(crate) fn person(&self) -> Option<&str> {
        self.system.person.as_ref()?.person_id.as_deref().filter(|person| !person.is_empty())
    }

    /// Whether the device shows documents of the presentation language.
    pub(crate) fn has_screen(&self) -> bool {
        self.system.device.supported_interfaces.contains_key("Alexa.Presentation.APL")
    }
}

impl Request {
    fn read(request: &Value) -> Self {
        let intent = || serde_json::from_value(request.get("intent").cloned().unwrap_or_default()).unwrap_or_default();
        let problem = || {
            let error = request.get("error").or_else(|| request.pointer("/errors/0"));
            let part = |name| error.and_then(|error| text(error, name)).unwrap_or_default();
            format!("{} {}", part("type"), part("message")).trim().to_owned()
        };
        match text(request, "type") {
            Some("LaunchRequest") => Self::Launch,
            Some("IntentRequest") => Self::Intent(intent()),
            Some("CanFulfillIntentRequest") => Self::CanFulfill(intent()),
            Some("Alexa.Presentation.APL.UserEvent") => {
                Self::Touch(request.get("arguments").and_then(Value::as_array).cloned().unwrap_or_default())
            }
            Some("SessionEndedRequest") => {
                let reason = text(request, "reason").unwrap_or("no reason");
                Self::SessionEnded { reason: format!("{reason} {}", problem()).trim().to_owned() }
            }
            Some("System.ExceptionEncountered" | "Alexa.Presentation.APL.RuntimeError") => {
                Self::Failed { problem: problem() }
            }
            Some(other) => Self::Other(other.to_owned()),
            None => Self::Untyped,
        }
    }
}

impl Intent {
    /// The value of a slot, if it is filled.
    pub(crate) fn slot(&self, name: &str) -> Option<Slot> {
        let slot = self.slots.get(name)?;
        let value = slot.pointer("/slotValue").filter(|value| value.is_object());
        // Of several values in one slot, the first.
        let value = value.and_then(|value| value.pointer("/values/0").or(Some(value))).unwrap_or(slot);
        let heard = text(value, "value").or_else(|| text(slot, "value"))?.trim();
        if heard.is_empty() || heard == "?" {
            return None;
        }
        let resolutions = value.get("resolutions").or_else(|| slot.get("resolutions"));
        Some(Slot { heard: heard.to_owned(), ids: resolutions.map(ids).unwrap_or_default() })
    }

    /// The slots by name: for a directive that hands the intent back.
    pub(crate) fn slot_names(&self) -> impl Iterator<Item = &str> {
        self.slots.keys().map(String::as_str)
    }
}

fn id_of(user: Option<&User>) -> Option<&str> {
    user?.user_id.as_deref().filter(|id| !id.is_empty())
}

/// The ids of the best authority that knows the word: dynamic entities come before the model.
fn ids(resolutions: &Value) -> Vec<String> {
    let authorities = resolutions.get("resolutionsPerAuthority").and_then(Value::as_array);
    let mut known: Vec<&Value> = authorities
        .into_iter()
        .flatten()
        .filter(|authority| authority.pointer("/status/code").and_then(Value::as_str) == Some("ER_SUCCESS_MATCH"))
        .collect();
    known.sort_by_key(|authority| !text(authority, "authority").unwrap_or_default().contains(".dynamic."));
    let of = |authority: &Value| -> Vec<String> {
        let values = authority.get("values").and_then(Value::as_array);
        let id = |value: &Value| value.pointer("/value/id").and_then(Value::as_str).map(str::to_owned);
        values.into_iter().flatten().filter_map(id).collect()
    };
    known.into_iter().map(of).find(|ids| !ids.is_empty()).unwrap_or_default()
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member).and_then(Value::as_str)
}

/// A member that is not what it should be counts as missing.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_of_this_conversation_comes_before_the_model() {
        let authority = |name: &str, code: &str, id: &str| json!({"authority": name, "status": {"code": code}, "values": [{"value": {"name": id, "id": id}}]});
        let resolutions = json!({"resolutionsPerAuthority": [
            authority("amzn1.er-authority.echo-sdk.skill.PIPELINE_NAME", "ER_SUCCESS_MATCH", "static"),
            authority("amzn1.er-authority.echo-sdk.dynamic.skill.PIPELINE_NAME", "ER_SUCCESS_MATCH", "dynamic"),
            {"authority": "x", "status": {"code": "ER_SUCCESS_NO_MATCH"}},
        ]});
        assert_eq!(ids(&resolutions), ["dynamic"]);
    }

    #[test]
    fn an_empty_slot_is_none() {
        let intent = |slot: Value| -> Intent {
            serde_json::from_value(json!({"name": "StatusIntent", "slots": {"pipeline": slot}})).unwrap()
        };
        for empty in [json!({"name": "pipeline"}), json!({"value": ""}), json!({"value": "?"}), json!(7), Value::Null] {
            assert_eq!(intent(empty.clone()).slot("pipeline"), None, "{empty}");
        }
        let heard = |slot| intent(slot).slot("pipeline").map(|slot| slot.heard);
        assert_eq!(heard(json!({"value": " orders "})).as_deref(), Some("orders"));
        let list = json!({"slotValue": {"type": "List", "values": [{"type": "Simple", "value": "orders"}]}});
        assert_eq!(heard(list).as_deref(), Some("orders"));
    }

    #[test]
    fn a_member_of_the_wrong_type_counts_as_missing() {
        let envelope = Envelope::read(&json!({
            "session": {"new": "yes", "application": [], "user": 7, "attributes": "x"},
            "context": {"System": {"device": {"supportedInterfaces": []}, "user": {"userId": {}}}},
            "request": {"type": "IntentRequest", "intent": {"name": 5, "confirmationStatus": "PERHAPS", "slots": []}},
        }));
        assert_eq!(envelope.request, Request::Intent(Intent::default()));
        assert_eq!((envelope.user(), envelope.has_screen()), (None, false));
    }

    #[test]
    fn a_user_who_is_two_is_nobody() {
        let said = |here: &str, session: &str| {
            let envelope = json!({"session": {"user": {"userId": session}}, "context": {"System": {"user": {"userId": here}}}, "request": {"type": "LaunchRequest"}});
            Envelope::read(&envelope).user().map(str::to_owned)
        };
        assert_eq!(said("a", "a").as_deref(), Some("a"));
        assert_eq!(said("a", "b"), None);
    }
}
