//! The ports of the domain on one machine: where state is kept, where alerts go, what time it is.

mod clock;
mod ledger;
mod outlet;
mod past;
mod pending;
mod playback;
pub mod recorded;
mod shared;
mod station;

pub use clock::{FollowingClock, SystemClock};
pub use ledger::{LocalLedger, in_memory, open, open_existing};
pub use outlet::{Outlet, Sent};
pub use past::remember;
pub use pending::{Pending, PendingError};
pub use playback::Playback;
pub use shared::Shared;
pub use station::{Fate, Station};
