//! The Lambda runtime: what the `main.rs` of every function shares.

use std::fmt::Display;

use andon::batch::Invocation;
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::environment;

pub use lambda_runtime::Error;
pub use lambda_runtime::tracing::init_default_subscriber as log;

/// Handles events until Lambda ends the process.
///
/// What the environment says is read before, so that a wrong variable stops the start. The clients are `wire`d once, and
/// not before there is an event: a function that only stands by costs next to nothing. An `Err` of `handle` has Lambda
/// call again.
pub async fn serve<F, A: Serialize, E: Display>(
    wire: impl AsyncFn() -> F,
    handle: impl AsyncFn(&F, Value, &Invocation) -> Result<A, E>,
) -> Result<(), Error> {
    let (wired, wire, handle) = (&OnceCell::new(), &wire, &handle);
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        let function = wired.get_or_init(|| wire()).await;
        let LambdaEvent { payload, context } = event;
        let home = environment::home(&context.invoked_function_arn);
        let invocation = Invocation {
            until: deadline(context.deadline),
            id: context.request_id,
            home,
            function: context.invoked_function_arn,
        };
        Box::pin(handle(function, payload, &invocation))
            .await
            .map_err(|error| Diagnostic { error_type: "Unfinished".to_owned(), error_message: error.to_string() })
    }))
    .await
}

/// When Lambda cuts a call off, in milliseconds since 1970.
fn deadline(milliseconds: u64) -> Timestamp {
    i64::try_from(milliseconds).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(Timestamp::MAX)
}
