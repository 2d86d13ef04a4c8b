//! The AWS regions by id, with the short name that AWS gives them.

use crate::suggest;

/// The regions known to this version. A region that is missing here is never refused.
#[rustfmt::skip]
const REGIONS: &[(&str, Option<&str>)] = &[
    ("af-south-1", Some("Cape Town")),
    ("ap-east-1", Some("Hong Kong")),
    ("ap-east-2", Some("Taipei")),
    ("ap-northeast-1", Some("Tokyo")),
    ("ap-northeast-2", Some("Seoul")),
    ("ap-northeast-3", Some("Osaka")),
    ("ap-south-1", Some("Mumbai")),
    ("ap-south-2", Some("Hyderabad")),
    ("ap-southeast-1", Some("Singapore")),
    ("ap-southeast-2", Some("Sydney")),
    ("ap-southeast-3", Some("Jakarta")),
    ("ap-southeast-4", Some("Melbourne")),
    ("ap-southeast-5", Some("Malaysia")),
    ("ap-southeast-6", Some("New Zealand")),
    ("ap-southeast-7", Some("Thailand")),
    ("ca-central-1", Some("Canada Central")),
    ("ca-west-1", Some("Calgary")),
    ("cn-north-1", Some("Beijing")),
    ("cn-northwest-1", Some("Ningxia")),
    ("eu-central-1", Some("Frankfurt")),
    ("eu-central-2", Some("Zurich")),
    ("eu-north-1", Some("Stockholm")),
    ("eu-south-1", Some("Milan")),
    ("eu-south-2", Some("Spain")),
    ("eu-west-1", Some("Ireland")),
    ("eu-west-2", Some("London")),
    ("eu-west-3", Some("Paris")),
    ("eusc-de-east-1", None),
    ("il-central-1", Some("Tel Aviv")),
    ("me-central-1", Some("UAE")),
    ("me-south-1", Some("Bahrain")),
    ("mx-central-1", Some("Mexico Central")),
    ("sa-east-1", Some("São Paulo")),
    ("us-east-1", Some("N. Virginia")),
    ("us-east-2", Some("Ohio")),
    ("us-gov-east-1", Some("GovCloud US-East")),
    ("us-gov-west-1", Some("GovCloud US-West")),
    ("us-iso-east-1", None),
    ("us-iso-west-1", None),
    ("us-isob-east-1", None),
    ("us-west-1", Some("N. California")),
    ("us-west-2", Some("Oregon")),
];

/// The ids of the known regions.
pub fn ids() -> impl Iterator<Item = &'static str> + Clone {
    REGIONS.iter().map(|(id, _)| *id)
}

/// The id of the known region most like the text.
pub fn nearest(text: &str) -> Option<&'static str> {
    suggest::nearest(text, ids())
}

/// Whether the id is that of a known region.
pub fn is_known(text: &str) -> bool {
    ids().any(|id| id == text)
}

/// The short name of a region, such as `Ireland`; `None` for a region that is newer than this list.
pub fn city(id: &str) -> Option<&'static str> {
    REGIONS.iter().find(|(known, _)| *known == id)?.1
}
