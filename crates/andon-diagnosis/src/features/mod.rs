//! What a line looks like, as numbers: the one place in which features are computed, for training and for use.
//!
//! `facts` describe a line by itself: the `groups` of words that it says, and its `shape`. A `page` holds what is known of
//! all lines of a log. A `row` adds where a line stands, what stands around it, how often it repeats and which tool rule
//! knows it.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "counts of lines and words are small, and a list of features is long"
)]
mod facts;
mod groups;
mod page;
mod row;
mod shape;

pub(super) use page::Page;
pub(super) use shape::{head_of, level};
