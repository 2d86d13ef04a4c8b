//! `andon share`: a link that shows one customer's pipelines until it expires.

use andon::suggest::nearest;
use anyhow::{anyhow, bail};
use jiff::{SignedDuration, Timestamp};

use super::{Surroundings, Verdict, configuration};
use crate::share::{ShareKey, Shared, VARIABLE};
use crate::system::configuration_here;
use std::path::PathBuf;

/// Make a link that shows one customer's pipelines on the board of `andon serve`, until it expires
///
/// The link is signed with the text in `ANDON_SHARE_KEY`, which `andon serve` has to have, too. Whoever has the link can use
/// it. A new key makes all links invalid.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon share --customer acme --for 30d --url https://board.example.com")]
pub(super) struct Share {
    /// The customer, as in `accounts` of andon.yml
    #[arg(long, value_name = "CUSTOMER")]
    customer: String,
    /// How long the link is valid, such as 12h or 30d; at most 400 days
    #[arg(long = "for", default_value = "30d", value_name = "TIME", value_parser = length)]
    length: SignedDuration,
    /// Address of the board
    #[arg(long, default_value = "http://127.0.0.1:4646", value_name = "URL")]
    url: String,
    /// Configuration file [default: andon.yml, if it is here]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Share {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = configuration(self.config.clone().or_else(configuration_here).as_deref())?;
        let Some(key) = ShareKey::of_environment().map_err(|problem| anyhow!(problem))? else {
            bail!("{VARIABLE} is not set: give it the same random text here and where `andon serve` runs");
        };
        let known: Vec<&str> = config.accounts().0.values().filter_map(|account| account.customer.as_deref()).collect();
        let Some(customer) = known.iter().find(|known| known.eq_ignore_ascii_case(&self.customer)) else {
            match nearest(&self.customer, known) {
                Some(near) => bail!("no account has the customer {}. Did you mean {near}?", self.customer),
                None => bail!("no account has the customer {}; `accounts` in andon.yml names customers", self.customer),
            }
        };
        let until = around.now().checked_add(self.length)?;
        let until = Timestamp::from_second(until.as_second())?;
        let token = key.sign(&Shared { customer: (*customer).to_owned(), until });
        around.terminal.line(format!("{}/shared/{token}/", self.url.trim_end_matches('/')))?;
        Ok(Verdict::Well)
    }
}

/// A number of hours or days.
fn length(text: &str) -> Result<SignedDuration, String> {
    let hours = match (text.strip_suffix('h'), text.strip_suffix('d')) {
        (Some(hours), _) => hours.parse::<i64>().ok(),
        (_, Some(days)) => days.parse::<i64>().ok().and_then(|days| days.checked_mul(24)),
        _ => None,
    };
    let hours = hours.filter(|hours| (1..=400 * 24).contains(hours));
    hours
        .map(SignedDuration::from_hours)
        .ok_or_else(|| "write a number of hours or days, such as 12h or 30d".to_owned())
}
