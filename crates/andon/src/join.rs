//! Joins: order-independent merging of what two deliveries say about one thing.
//!
//! A join is commutative, associative and idempotent. For this reason alone, events may arrive twice and in any order. If
//! two deliveries contradict each other, the earlier time or the greater text stays, so that every reader of both keeps
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// A value that grows by joining and never shrinks.
pub trait Join {
    /// Takes in what `other` knows.
    fn join(&mut self, other: Self);
}

impl<T: Join> Join for Option<T> {
    fn join(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(mine), Some(theirs)) => mine.join(theirs),
            (None, theirs) => *self = theirs,
            (Some(_), None) => {}
        }
    }
}

/// The earlier time wins.
impl Join for Timestamp {
    fn join(&mut self, other: Self) {
        *self = (*self).min(other);
    }
}

impl<K: Ord, V: Join> Join for BTreeMap<K, V> {
    fn join(&mut self, other: Self) {
        for (key, theirs) in other {
            match self.get_mut(&key) {
                Some(mine) => mine.join(theirs),
                None => {
                    self.insert(key, theirs);
                }
            }
        }
    }
}

impl<T: Ord> Join for BTreeSet<T> {
    fn join(&mut self, other: Self) {
        self.extend(other);
    }
}

/// Joins types that are taken or left whole: the greater one stays.
macro_rules! join_by_order {
    ($($type:ty),+ $(,)?) => {
        $(impl $crate::join::Join for $type {
            fn join(&mut self, other: Self) {
                if other > *self {
                    *self = other;
                }
            }
        })+
    };
}
pub(crate) use join_by_order;

join_by_order!(String, u64);
