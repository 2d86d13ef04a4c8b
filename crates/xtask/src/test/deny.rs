//! `cargo deny`: what the dependencies may be licensed as, come from, and bring in.

use anyhow::Result;

use super::tools::programs::DENY;
use crate::command::run;

pub(super) fn check() -> Result<()> {
    run(DENY.command()?.args(["--locked", "--all-features", "check", "bans", "licenses", "sources"]))?;
    // The advisories are a repository somewhere else. Whether it can be reached says nothing about this one.
    let fetched =
        DENY.command()?.args(["--locked", "fetch", "db"]).output().is_ok_and(|output| output.status.success());
    if fetched {
        let arguments = ["--locked", "--all-features", "check", "--disable-fetch", "advisories"];
        match run(DENY.command()?.args(arguments)) {
            // buildspec.yml asks for this: a new advisory about a dependency must not stop the deployment of a change.
            Err(error) if std::env::var("ANDON_ADVISORIES").is_ok_and(|value| value == "warn") => {
                println!("WARNING: {error:#}");
                Ok(())
            }
            checked => checked,
        }
    } else {
        println!("SKIPPED: advisories, because their database cannot be reached from here");
        Ok(())
    }
}
