//! The domain's ports on one machine: ledger, destination of alerts, and clock.

mod callback;
mod clock;
mod engine;
mod evidence;
mod ledger;
mod past;
mod pending;
mod playback;
mod reading;
pub mod recorded;
mod shared;

pub use callback::{CallbackSender, Sent};
pub use clock::{FollowingClock, SystemClock};
pub use engine::{LocalAndon, Outcome};
pub use evidence::LocalEvidence;
pub use ledger::{LocalLedger, in_memory, open, open_existing};
pub use past::remember;
pub use pending::{Pending, PendingError};
pub use playback::Playback;
pub use reading::each_event;
pub use shared::Shared;
