//! The Lambda runtime: what the `main.rs` of every function shares.

use std::fmt::Display;

use andon::batch::Invocation;
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::environment;

pub use lambda_runtime::Error;
pub use lambda_runtime::tracing::init_default_subscriber as log;

/// Handles events until Lambda ends the process.
///
/// The `function` has been made before, with its clients and their connections: while it starts, Lambda gives it the whole
/// of a processor, and in the first call a share of one. An `Err` of `handle` has Lambda call again.
pub async fn serve<F, A: Serialize, E: Display>(
    function: F,
    handle: impl AsyncFn(&F, Value, &Invocation) -> Result<A, E>,
) -> Result<(), Error> {
    let (function, handle) = (&function, &handle);
    run(service_fn(move |event: LambdaEvent<Value>| async move {
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
