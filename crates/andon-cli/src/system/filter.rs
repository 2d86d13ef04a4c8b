//! Which pipelines of a fleet are meant: by account, customer, state and time.

use std::str::FromStr;

use andon::account::Accounts;
use andon::board::{PipelineRow, StatusColor};
use andon::glob::{Glob, Subject};
use andon::name::PipelineId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Filters of a list.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Fleet {
    /// Only pipelines that are red; of runs, only those that failed
    #[arg(long, help_heading = "Filters")]
    red: bool,
    /// Only pipelines of this account: its ID or its name, with * as wildcard
    #[arg(long, value_name = "ACCOUNT", help_heading = "Filters")]
    account: Option<String>,
    /// Only pipelines of this customer, with * as wildcard
    #[arg(long, value_name = "CUSTOMER", help_heading = "Filters")]
    customer: Option<String>,
    /// Only what has happened since then: 90m, 12h, 7d, 2026-11-20, or a full time
    #[arg(long, value_name = "WHEN", help_heading = "Filters")]
    since: Option<Since>,
}

impl Fleet {
    /// Whether a pipeline is meant, whatever its state.
    pub fn has(&self, pipeline: &PipelineId, accounts: &Accounts) -> bool {
        let id = pipeline.home.account.as_str();
        let account = |wanted: &String| matches(wanted, id) || matches(wanted, accounts.name(id));
        let customer = |wanted: &String| accounts.customer(id).is_some_and(|customer| matches(wanted, customer));
        self.account.as_ref().is_none_or(account) && self.customer.as_ref().is_none_or(customer)
    }

    /// Whether a pipeline is meant as it stands now.
    pub fn has_row(&self, row: &PipelineRow, accounts: &Accounts, now: Timestamp) -> bool {
        (!self.red || row.light == StatusColor::Red)
            && self.since(now).is_none_or(|since| row.news_at() >= since)
            && self.has(&row.overview.pipeline, accounts)
    }

    /// Whether no filter is set.
    pub fn is_any(&self) -> bool {
        !self.red && self.account.is_none() && self.customer.is_none() && self.since.is_none()
    }

    /// Whether only red pipelines are meant.
    pub fn only_red(&self) -> bool {
        self.red
    }

    /// The earliest time that is meant.
    pub fn since(&self, now: Timestamp) -> Option<Timestamp> {
        self.since.map(|since| since.before(now))
    }
}

/// Whether a name is the wanted one, or one that a glob matches.
pub fn matches(wanted: &str, name: &str) -> bool {
    Glob::parse(wanted, Subject::Text).map_or_else(|_| wanted.eq_ignore_ascii_case(name), |glob| glob.matches(name))
}

/// A time in the past: a moment, or so long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// A moment.
    Moment(Timestamp),
    /// So long before now.
    Ago(SignedDuration),
}

impl Since {
    /// The moment it means.
    pub fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Moment(moment) => moment,
            Self::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self::Moment(moment));
        }
        if let Some(midnight) = text.parse::<Date>().ok().and_then(|date| date.to_zoned(TimeZone::system()).ok()) {
            return Ok(Self::Moment(midnight.timestamp()));
        }
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let seconds = match unit.trim() {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => 0,
        };
        match number.parse::<i64>().ok().and_then(|number| number.checked_mul(seconds)) {
            Some(ago) if seconds > 0 => Ok(Self::Ago(SignedDuration::from_secs(ago))),
            _ => Err("write how long ago, such as 90m, 12h or 7d, or a date such as 2026-11-20".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_the_past_is_a_moment_a_date_or_so_long_ago() {
        let ago = |text: &str| match text.parse::<Since>() {
            Ok(Since::Ago(ago)) => ago.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(["90m", "12h", "7d", "2w", "30s", "5min"].map(ago), [5400, 43_200, 604_800, 1_209_600, 30, 300]);
        assert!(matches!("2026-11-20T08:00:00Z".parse(), Ok(Since::Moment(_))));
        assert!(matches!("2026-11-20".parse(), Ok(Since::Moment(_))));
        for wrong in ["", "7", "d", "yesterday", "-3d", "99999999999999999999d", "3 fortnights"] {
            assert!(wrong.parse::<Since>().is_err(), "{wrong}");
        }
        assert_eq!(Since::Ago(SignedDuration::MAX).before(Timestamp::UNIX_EPOCH), Timestamp::MIN);
    }

    #[test]
    fn a_name_matches_itself_in_any_case_and_by_glob() {
        assert!(matches("Shop", "shop"));
        assert!(matches("shop*", "shop-production"));
        assert!(!matches("shop", "shop-production"));
    }
}
