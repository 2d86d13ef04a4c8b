//! What an AWS call that failed has to say for itself.

use std::error::Error;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// On one line: the code and the message that AWS gave or, where it gave none, what each layer of the client said.
///
/// The SDK's own `Display` ends at "service error"; its full form holds the raw response, headers and all, which is no
/// line for a log.
pub(crate) fn said<T: Error + ProvideErrorMetadata>(error: &T) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => {
            let mut chain = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                let layer = error.to_string();
                if !chain.ends_with(&layer) {
                    chain.push_str(": ");
                    chain.push_str(&layer);
                }
                source = error.source();
            }
            chain
        }
    }
}
