#![doc = include_str!("../README.md")]

pub mod archive;
pub mod lex;
pub mod parameters;
pub mod skill;
pub mod template;

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The zip cannot be read or written.
    #[error("cannot read or write a zip")]
    Zip(#[from] zip::result::ZipError),
    /// A file cannot be read or written.
    #[error("cannot read or write {path}")]
    File {
        /// The path of the file.
        path: String,
        /// The reason.
        source: std::io::Error,
    },
    /// The package of a function has no `bootstrap`.
    #[error("the package has no `bootstrap`, so it is not the package of a function")]
    NoBootstrap,
    /// The manifest of the skill is not as expected.
    #[error("{0} is not the manifest of a skill: it has no endpoint at manifest.apis.custom.endpoint.uri")]
    NoEndpoint(String),
    /// The model of the skill is not as expected.
    #[error("{0} is not an interaction model: it has no intents")]
    NoIntents(String),
    /// Not a template.
    #[error("not a template of CloudFormation: {0}")]
    NoTemplate(String),
    /// The bot has no such locale.
    #[error("there is no bot in {name}; there are {known}")]
    NoLocale {
        /// The locale that was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// The template of the bot lacks something that is filled in.
    #[error("the template of the bot has no {0}")]
    NoPlace(&'static str),
    /// Not JSON.
    #[error("{path} is not JSON")]
    Json {
        /// The path of the file.
        path: String,
        /// The reason.
        source: serde_json::Error,
    },
}

/// The error for a file that cannot be read or written.
fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
    move |source| Error::File { path: path.display().to_string(), source }
}
