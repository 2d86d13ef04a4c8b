//! The collection of evidence for one failure within bounds: four calls, one megabyte, three seconds.
//!
//! A call can only be made through [`EvidenceCollector::ask`], so nobody who asks can go beyond the bounds. What has been found
//! is kept here as it comes: when the time is up, it is what there is.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::time::Duration;

use andon_diagnosis::{Evidence, Message, MessageSource};
use andon_notify::Found;
use aws_sdk_codebuild::config::http::HttpResponse;
use aws_sdk_codebuild::error::{ProvideErrorMetadata, SdkError};

use super::missing::{Missing, Question};

/// How long an alert waits for evidence.
pub(super) const MAX_LEN: Duration = Duration::from_secs(3);
/// How long one call may take.
pub(super) const MAX_CALL_LEN: Duration = Duration::from_millis(1400);
/// The most requests, those that are made a second time included.
const MAX_CALLS: u32 = 4;
/// The most bytes that are read; an answer that is under way when they are reached is taken whole and cut.
const MAX_BYTES: usize = 1024 * 1024;
/// The most messages, and the most characters of each.
const MAX_MESSAGES: usize = 20;
const MAX_MESSAGE_LEN: usize = 4000;
/// The pause before a call is made a second time.
const PAUSE: Duration = Duration::from_millis(100);

/// The search for the reason of one failure.
#[derive(Debug)]
pub(super) struct EvidenceCollector {
    found: RefCell<Found>,
    /// Messages that only summarise others; they come last.
    summaries: RefCell<Vec<Message>>,
    under_way: RefCell<Vec<String>>,
    calls_left: Cell<u32>,
    bytes_left: Cell<usize>,
}

impl Default for EvidenceCollector {
    fn default() -> Self {
        Self {
            found: RefCell::default(),
            summaries: RefCell::default(),
            under_way: RefCell::default(),
            calls_left: Cell::new(MAX_CALLS),
            bytes_left: Cell::new(MAX_BYTES),
        }
    }
}

impl EvidenceCollector {
    /// Makes a call, and a second time where that may help.
    pub(super) async fn ask<T, E, F>(&self, question: &Question<'_>, send: impl Fn() -> F) -> Result<T, Missing>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.take_call(question)?;
        // On the heap: whoever asks for two things at once would carry both twice.
        let answer = Box::pin(async {
            let answer = send().await.map_err(|error| question.unanswered(&error));
            if answer.as_ref().is_err_and(|missing| missing.may_pass) && self.take_call(question).is_ok() {
                tokio::time::sleep(PAUSE).await;
                return send().await.map_err(|error| question.unanswered(&error));
            }
            answer
        });
        self.waits_for(question, answer).await
    }

    /// Waits for an answer that is not counted, and knows what was waited for when the time is up.
    pub(super) async fn waits_for<T>(&self, question: &Question<'_>, answer: impl Future<Output = T>) -> T {
        self.under_way.borrow_mut().push(question.what.clone());
        let answer = answer.await;
        let mut under_way = self.under_way.borrow_mut();
        if let Some(at) = under_way.iter().position(|what| *what == question.what) {
            under_way.swap_remove(at);
        }
        answer
    }

    fn take_call(&self, question: &Question<'_>) -> Result<(), Missing> {
        let left = self.calls_left.get().checked_sub(1).filter(|_| self.bytes_left.get() > 0);
        self.calls_left.set(left.ok_or_else(|| question.unasked())?);
        Ok(())
    }

    /// Whether there is anything left to ask with.
    pub(super) fn may_ask(&self) -> bool {
        self.calls_left.get() > 0 && self.bytes_left.get() > 0
    }

    /// How many bytes may still be read.
    pub(super) fn room(&self) -> usize {
        self.bytes_left.get()
    }

    /// Counts what an answer held.
    pub(super) fn has_read(&self, bytes: usize) {
        self.bytes_left.set(self.bytes_left.get().saturating_sub(bytes));
    }

    /// Keeps what was found.
    pub(super) fn finds(&self, add: impl FnOnce(&mut Evidence)) {
        add(&mut self.found.borrow_mut().evidence);
    }

    /// Records a service's message on one line, unless it is already recorded.
    pub(super) fn hears(&self, source: MessageSource, text: &str) {
        keep(&mut self.found.borrow_mut().evidence.messages, source, text);
    }

    /// Records a service's summary message, which comes after its detailed messages.
    pub(super) fn hears_in_sum(&self, source: MessageSource, text: &str) {
        keep(&mut self.summaries.borrow_mut(), source, text);
    }

    /// Keeps what could not be read.
    pub(super) fn misses(&self, missing: impl Into<String>) {
        let missing = missing.into();
        tracing::debug!("{missing}");
        let known = &mut self.found.borrow_mut().missing;
        if !known.contains(&missing) {
            known.push(missing);
        }
    }

    /// Says what was still being read when the time was up.
    pub(super) fn runs_out_of_time(&self) {
        for what in self.under_way.take() {
            self.misses(format!("Reading the {what} timed out"));
        }
    }

    /// What there is, in an order that does not depend on which answer came first.
    pub(super) fn into_found(self) -> Found {
        let mut found = self.found.into_inner();
        found.evidence.messages.append(&mut self.summaries.into_inner());
        found.missing.sort();
        found
    }
}

fn keep(messages: &mut Vec<Message>, source: MessageSource, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text: String = words.join(" ").chars().take(MAX_MESSAGE_LEN).collect();
    if !text.is_empty() && messages.len() < MAX_MESSAGES && !messages.iter().any(|known| known.text == text) {
        messages.push(Message { source, text });
    }
}
