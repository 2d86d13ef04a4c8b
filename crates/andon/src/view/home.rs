//! Where a pipeline is at home, by the names that people know.

use maud::{Markup, html};

use super::View;
use crate::config::Config;
use crate::name::{AccountId, Home, Region};

impl View<'_> {
    /// The account and the region by name; their ids where the pointer rests.
    pub(super) fn home(&self, home: &Home) -> Markup {
        let account = account_name(&home.account, self.config);
        let region = region_name(&home.region).unwrap_or(home.region.as_str());
        html! {
            span.home title={ "account " (home.account) ", region " (home.region) } { (account) " · " (region) }
        }
    }
}

/// What an account is called; its id where nobody has named it.
pub(super) fn account_name<'n>(account: &'n AccountId, config: &'n Config) -> &'n str {
    config.account_name(account.as_str()).unwrap_or(account.as_str())
}

/// What AWS calls a region, in short; `None` for one that is newer than this list.
pub fn region_name(region: &Region) -> Option<&'static str> {
    Some(match region.as_str() {
        "af-south-1" => "Cape Town",
        "ap-east-1" => "Hong Kong",
        "ap-east-2" => "Taipei",
        "ap-northeast-1" => "Tokyo",
        "ap-northeast-2" => "Seoul",
        "ap-northeast-3" => "Osaka",
        "ap-south-1" => "Mumbai",
        "ap-south-2" => "Hyderabad",
        "ap-southeast-1" => "Singapore",
        "ap-southeast-2" => "Sydney",
        "ap-southeast-3" => "Jakarta",
        "ap-southeast-4" => "Melbourne",
        "ap-southeast-5" => "Malaysia",
        "ap-southeast-6" => "New Zealand",
        "ap-southeast-7" => "Thailand",
        "ca-central-1" => "Canada Central",
        "ca-west-1" => "Calgary",
        "cn-north-1" => "Beijing",
        "cn-northwest-1" => "Ningxia",
        "eu-central-1" => "Frankfurt",
        "eu-central-2" => "Zurich",
        "eu-north-1" => "Stockholm",
        "eu-south-1" => "Milan",
        "eu-south-2" => "Spain",
        "eu-west-1" => "Ireland",
        "eu-west-2" => "London",
        "eu-west-3" => "Paris",
        "il-central-1" => "Tel Aviv",
        "me-central-1" => "UAE",
        "me-south-1" => "Bahrain",
        "mx-central-1" => "Mexico Central",
        "sa-east-1" => "São Paulo",
        "us-east-1" => "N. Virginia",
        "us-east-2" => "Ohio",
        "us-gov-east-1" => "GovCloud US-East",
        "us-gov-west-1" => "GovCloud US-West",
        "us-west-1" => "N. California",
        "us-west-2" => "Oregon",
        _ => return None,
    })
}
