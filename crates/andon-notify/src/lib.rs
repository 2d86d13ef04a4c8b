//! Notifications: routes, destinations and messages of alerts.
//!
//! From an [`Alert`](andon::alert::Alert) to [deliveries](routing), one for each [destination]; from an alert to a
//! neutral [`message`], which each kind of destination renders; and the [port](sender) that sends it.

pub mod button;
pub mod conversation;
pub mod destination;
pub mod digest;
pub mod explain;
pub mod incident;
pub mod mention;
pub mod message;
pub mod quiet_hours;
pub mod route;
pub mod routing;
pub mod sender;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time_of_day;
pub mod together;

pub use button::{AlertRef, ButtonKind, Buttons};
pub use destination::{Destination, DestinationKind, DestinationName, Target};
pub use digest::DigestTime;
pub use explain::{EvidenceSource, Found, NoEvidenceSource, explain};
pub use mention::{Mention, People};
pub use quiet_hours::{QuietHours, Timing, Window};
pub use route::{Failures, Match, Route};
pub use routing::{Delivery, Facts, Mismatch, Routing, Verdict, route, verdicts};
pub use sender::{DeadLetters, NoDeadLetters, Outgoing, SendError, Sender};
pub use time_of_day::{DAYS, TimeOfDay, day};
