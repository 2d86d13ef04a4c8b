//! `CanFulfillIntentRequest`: whether the skill could answer. It has no side effects and no speech.

use andon::clock::{Clock, Timer};
use andon::ledger::Ledger;
use andon::run_action::{Passcode, PipelineActions};
use andon_answers::{Found, Session, Voice};

use crate::Alexa;
use crate::intent::{IntentKind, PIPELINE, asked, has_dialog, subject};
use crate::request::Intent;
use crate::response::{CanFulfill, CanFulfillSlot, Reply, Verdict};

impl<L: Ledger, A: PipelineActions, K: Passcode, C: Clock + Timer> Alexa<L, A, K, C> {
    /// Answers whether a question could be answered.
    pub(crate) async fn can_fulfill(&self, intent: &Intent, voice: &Voice) -> Reply {
        let name = self.knows(intent, voice).await;
        let can_fulfill = match (asked(intent, voice), &name) {
            (Some(IntentKind::Question(_)), Some(slot)) => slot.can_fulfill,
            // Of which pipeline will have to be asked.
            (Some(IntentKind::Question(_)), None) if has_dialog(&intent.name) => Verdict::Maybe,
            (Some(IntentKind::Question(_)), None) => Verdict::Yes,
            // Any words may be asked, and not all are understood.
            (Some(IntentKind::Words(_)), _) => Verdict::Maybe,
            // Nothing is done for somebody who did not come here for it.
            (Some(IntentKind::RunAction(..) | IntentKind::Again) | None, _) => Verdict::No,
        };
        let unknown = CanFulfillSlot { can_understand: Verdict::No, can_fulfill: Verdict::No };
        let slots = intent.slot_names().map(|slot| match &name {
            Some(known) if slot == PIPELINE => (slot.to_owned(), known.clone()),
            _ => (slot.to_owned(), unknown.clone()),
        });
        Reply::can_fulfill(CanFulfill { can_fulfill, slots: slots.collect() })
    }

    /// Whether the pipeline that was named is known; nothing where none was named.
    async fn knows(&self, intent: &Intent, voice: &Voice) -> Option<CanFulfillSlot> {
        intent.slot(PIPELINE)?;
        let reading = self.desk.fleet(self.clock.now()).await;
        let (subject, session) = (subject(intent, voice), Session::default());
        let (can_understand, can_fulfill) = match reading.as_ref().map(|reading| reading.fleet.find(&subject, &session))
        {
            Some(Found::One(_)) => (Verdict::Yes, Verdict::Yes),
            Some(Found::Several(_)) => (Verdict::Maybe, Verdict::Yes),
            Some(Found::Unknown { .. } | Found::Gone(_) | Found::Unnamed) | None => (Verdict::No, Verdict::No),
        };
        Some(CanFulfillSlot { can_understand, can_fulfill })
    }
}
