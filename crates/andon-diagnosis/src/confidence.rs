//! How sure a diagnosis is.

use serde::{Serialize, Serializer};

/// The probability that the first quoted line belongs to the cause, in hundredths; calibrated on held-out logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(u8);

impl Confidence {
    /// Nothing is known.
    pub const NONE: Self = Self(0);
    /// Below it, nothing is quoted that no rule knows.
    pub(super) const LEAST: Self = Self(30);
    /// Below it, an alert says "Probably:".
    pub const PROBABLE: Self = Self(60);

    /// Of a probability from 0 to 1.
    pub(super) fn of(probability: f32) -> Self {
        // Never certain.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and 99")]
        Self((probability * 100.0).round().clamp(0.0, 99.0) as u8)
    }

    /// From 0 to 1.
    pub fn probability(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Serialize for Confidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.probability())
    }
}
