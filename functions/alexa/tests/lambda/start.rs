//! A variable that is missing or wrong stops the start, and the message shows what one looks like.

use test_support::runtime_api::{Function, FunctionError};
use test_support::stand_in::Aws;

use crate::world::{Voice, environment};

async fn refused(name: &str, value: Option<&str>) -> String {
    let mut environment = environment("andon", &Aws::start().unwrap(), &Voice::Off);
    environment.retain(|(known, _)| known != name);
    environment.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    match Function::start(env!("CARGO_BIN_EXE_alexa"), environment).await {
        Err(FunctionError::Stopped { log, .. }) => {
            log.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skill_id_that_is_missing_or_wrong_stops_the_start() {
    let mut said = Vec::new();
    for value in [None, Some(" , "), Some("amzn1.ask.skill.1,my-skill")] {
        said.push(refused("ANDON_SKILL_ID", value).await);
    }
    insta::assert_snapshot!(said.join("\n"));
}
