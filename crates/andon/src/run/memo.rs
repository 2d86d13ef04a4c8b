//! What is worked out from the facts of an attempt once, though rules ask for it many times an event.
//!
//! It is no part of a run: two runs of the same facts are equal, whatever has been asked of them. Facts that come to an
//! attempt make it forgotten for that attempt alone, so that a run retried a hundred times costs what its last one costs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Failure, Outcome};
use crate::event::Attempt;

/// What is known of attempts.
#[derive(Default)]
pub(super) struct Memo {
    failures: OfAttempts<Failure>,
    outcomes: OfAttempts<Outcome>,
}

/// Values by attempts.
struct OfAttempts<T>(Mutex<BTreeMap<Attempt, Arc<[T]>>>);

impl Memo {
    /// What failed in an attempt.
    pub(super) fn failures(&self, attempt: Attempt, find: impl FnOnce() -> Vec<Failure>) -> Arc<[Failure]> {
        self.failures.get(attempt, find)
    }

    /// How an attempt ended.
    pub(super) fn outcomes(&self, attempt: Attempt, find: impl FnOnce() -> Vec<Outcome>) -> Arc<[Outcome]> {
        self.outcomes.get(attempt, find)
    }

    /// Facts have come to an attempt. How the one before it ended can hang on whether it was retried.
    pub(super) fn forget(&self, attempt: Attempt) {
        self.failures.known().remove(&attempt);
        self.forget_ends(attempt);
    }

    /// Whether every failure that is known of an attempt is that of an action: one of a stage alone hangs on its actions.
    pub(super) fn names_all(&self, attempt: Attempt) -> bool {
        let known = self.failures.known();
        known.get(&attempt).is_none_or(|failures| failures.iter().all(|failure| failure.action.is_some()))
    }

    /// Facts have come to an attempt that change nothing about what failed in it.
    pub(super) fn forget_ends(&self, attempt: Attempt) {
        self.forget_outcomes(attempt);
        self.forget_outcomes(Attempt::new(attempt.number().saturating_sub(1)));
    }

    /// Something has come that how an attempt ended hangs on.
    pub(super) fn forget_outcomes(&self, attempt: Attempt) {
        self.outcomes.known().remove(&attempt);
    }

    /// Something has come that all attempts can hang on.
    pub(super) fn forget_all(&self) {
        self.failures.known().clear();
        self.outcomes.known().clear();
    }
}

impl<T> OfAttempts<T> {
    /// What is known, or else found now. Nothing is locked meanwhile: finding it may ask for other attempts.
    fn get(&self, attempt: Attempt, find: impl FnOnce() -> Vec<T>) -> Arc<[T]> {
        let known = self.known().get(&attempt).map(Arc::clone);
        known.unwrap_or_else(|| {
            let found: Arc<[T]> = find().into();
            self.known().insert(attempt, Arc::clone(&found));
            found
        })
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Attempt, Arc<[T]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for OfAttempts<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Clone for OfAttempts<T> {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.known().clone()))
    }
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self { failures: self.failures.clone(), outcomes: self.outcomes.clone() }
    }
}

impl PartialEq for Memo {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Memo {}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}
