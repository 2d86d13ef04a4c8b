//! Questions in channels, and the board in the Home tab.

use andon::batch::Invocation;
use andon::ledger::{Claimed, Effect, Lease, NotClaimed, Receipt};
use andon_answers::Reading;
use andon_notify::conversation;
use serde_json::json;

use crate::job::Asked;
use crate::{Chat, now, view};

impl Chat {
    /// Answers a question in its thread, once, however often Slack sends it.
    pub(crate) async fn reply(&self, asked: &Asked, invocation: &Invocation) -> Result<(), String> {
        let ledger = self.desk.ledger();
        let lease = Lease::new(&invocation.id, now(), Lease::LENGTH);
        let key = conversation::chat_key(&invocation.home, format!("event/{}", asked.event));
        let Some(key) = key else { return Ok(()) };
        let effect = match Effect::claim(ledger, key, &lease).await {
            Ok(Claimed::Granted(effect)) => effect,
            Ok(Claimed::Settled(_)) => return Ok(()),
            Err(error @ (NotClaimed::Held { .. } | NotClaimed::Ledger(_))) => return Err(error.to_string()),
        };
        let channel = asked.at.channel.as_str();
        let about = match &asked.root {
            Some(root) => {
                conversation::recall(ledger, &invocation.home, (channel, root), &lease).await.unwrap_or_default()
            }
            None => None,
        };
        let text = self.ask(&asked.text, about).await;
        let mut body = view::message(&text);
        if let Some(members) = body.as_object_mut() {
            members.insert("channel".to_owned(), json!(channel));
            // In a channel an answer stays under its question; in a conversation of two it needs no thread.
            let thread = asked.root.as_deref().or((!asked.is_direct).then_some(asked.at.ts.as_str()));
            members.extend(thread.map(|thread| ("thread_ts".to_owned(), json!(thread))));
        }
        match self.slack.call("chat.postMessage", &body).await {
            Ok(_) => effect.settle(ledger, &Receipt::default()).await.map_err(|error| error.to_string()),
            Err(error) => {
                let released = effect.release(ledger).await;
                released.map_err(|other| other.to_string())?;
                Err(error.to_string())
            }
        }
    }

    /// Shows the board to a member.
    pub(crate) async fn home(&self, member: &str) -> Result<(), String> {
        let Some(Reading { fleet, stale }) = self.desk.fleet(now()).await else {
            return Err("the ledger did not answer".to_owned());
        };
        let home = view::home(fleet.rows(), stale.unwrap_or_else(now));
        let body = json!({"user_id": member, "view": home});
        self.slack.call("views.publish", &body).await.map(|_| ()).map_err(|error| error.to_string())
    }
}
