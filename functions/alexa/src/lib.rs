//! Answers Alexa.
pub mod request;
pub mod response;
pub mod speech;
