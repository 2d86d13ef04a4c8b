//! Who looks, and what they may see: everything, or a customer's pipelines alone.
//!
//! `serve` has no login of its own. Behind a proxy that authenticates, it takes the user's name from a header, from the
//! addresses of that proxy alone. A signed link shows one customer's pipelines, read-only, until it expires.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use andon::account::Accounts;
use andon::name::AccountId;
use andon::text::one_line;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use jiff::Timestamp;

use super::Site;
use super::refusal::refuse_to;
use crate::share::{ShareKey, Shared};

/// Where the addresses of shared views begin.
pub(super) const SHARED: &str = "/shared/";
/// The most characters of a user's name.
const MAX_NAME: usize = 100;
/// How long the same page of the same user is not told of again.
const TOLD_FOR: Duration = Duration::from_hours(1);
/// The most pages that are remembered as told of.
const MAX_TOLD: usize = 10_000;

/// Why somebody sees nothing.
type Refusal = (StatusCode, &'static str);

/// The address that a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Who may look.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The proxies that say who the user is; if there are any, nobody is shown anything without a name.
    pub proxies: Option<Proxies>,
    /// What shared links are signed with; none are shown without it.
    pub key: Option<ShareKey>,
}

/// The proxies that authenticate.
#[derive(Debug, Clone)]
pub struct Proxies {
    /// Their addresses.
    pub addresses: BTreeSet<IpAddr>,
    /// The header in which they say who the user is.
    pub header: HeaderName,
    /// Who looked at what, to be told once an hour.
    pub seen: Seen,
}

/// Tells who looked at which page.
#[derive(Clone)]
pub struct Seen {
    tell: fn(&str),
    told: Arc<Mutex<BTreeMap<(String, String), Instant>>>,
}

/// What somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// What the addresses of pages begin with; empty for the whole board.
    pub(super) base: String,
    /// The one customer whose pipelines are shown.
    pub(super) shared: Option<Shared>,
    /// The user, as the proxy says.
    pub(super) user: Option<String>,
}

impl Seen {
    /// Tells by a function, a line each.
    pub fn new(tell: fn(&str)) -> Self {
        Self { tell, told: Arc::default() }
    }

    fn note(&self, user: &str, page: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, at| at.elapsed() < TOLD_FOR);
        // Where there are too many, some are told again: none is left out.
        if told.len() >= MAX_TOLD {
            told.clear();
        }
        if let Entry::Vacant(place) = told.entry((user.to_owned(), page.to_owned())) {
            place.insert(Instant::now());
            (self.tell)(&format!("{user} looked at {page}"));
        }
    }
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seen").finish_non_exhaustive()
    }
}

impl Access {
    fn admit(&self, parts: &Parts, now: Timestamp) -> Result<Scope, Refusal> {
        let path = parts.uri.path();
        if let Some(rest) = path.strip_prefix(SHARED) {
            let token = rest.split('/').next().unwrap_or_default();
            let shared = self.key.as_ref().and_then(|key| key.read(token, now));
            let Some(shared) = shared else {
                return Err((StatusCode::FORBIDDEN, "this link has expired or is not valid: ask for a new one"));
            };
            return Ok(Scope { base: format!("{SHARED}{token}"), shared: Some(shared), user: None });
        }
        let Some(proxies) = &self.proxies else {
            return Ok(Scope { base: String::new(), shared: None, user: None });
        };
        let peer = parts.extensions.get::<Peer>();
        if !peer.is_some_and(|Peer(address)| proxies.addresses.contains(&address.to_canonical())) {
            return Err((StatusCode::FORBIDDEN, "the board is shown by way of its proxy alone"));
        }
        let mut names = parts.headers.get_all(&proxies.header).iter();
        let name = names.next().and_then(|name| std::str::from_utf8(name.as_bytes()).ok()).map(one_line);
        let name: String = name.unwrap_or_default().trim().chars().take(MAX_NAME).collect();
        if name.is_empty() || names.next().is_some() {
            return Err((StatusCode::UNAUTHORIZED, "the proxy did not say who the user is, once and in UTF-8"));
        }
        proxies.seen.note(&name, &one_line(path));
        Ok(Scope { base: String::new(), shared: None, user: Some(name) })
    }
}

impl Scope {
    /// Whether pipelines of this account are shown.
    pub(super) fn has(&self, account: &AccountId, accounts: &Accounts) -> bool {
        let of = |shared: &Shared| accounts.customer(account.as_str()) == Some(shared.customer.as_str());
        self.shared.as_ref().is_none_or(of)
    }

    /// What the foot of a page says of it.
    pub(super) fn words(&self) -> Option<String> {
        let of_share = self.shared.as_ref().map(|shared| {
            format!(
                "The pipelines of {}, shared until {}",
                shared.customer,
                shared.until.strftime("%-d %B %Y, %H:%M UTC")
            )
        });
        of_share.or_else(|| self.user.as_ref().map(|user| format!("Signed in as {user}")))
    }
}

impl FromRequestParts<Site> for Scope {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        site.access
            .admit(parts, Timestamp::now())
            .map_err(|(status, problem)| refuse_to(&parts.headers, status, problem))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn access() -> Access {
        let addresses = BTreeSet::from(["10.0.0.7".parse().unwrap(), "::1".parse().unwrap()]);
        let header = HeaderName::from_static("x-forwarded-user");
        let proxies = Proxies { addresses, header, seen: Seen::new(|_| {}) };
        Access { proxies: Some(proxies), key: Some(ShareKey::parse(&"k".repeat(32)).unwrap()) }
    }

    fn admitted(access: &Access, peer: &str, path: &str, users: &[&str]) -> Result<Scope, StatusCode> {
        let mut request = Request::builder().uri(path).extension(Peer(peer.parse().unwrap()));
        for user in users {
            request = request.header("x-forwarded-user", *user);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        access.admit(&parts, NOW).map_err(|(status, _)| status)
    }

    #[test]
    fn a_name_counts_from_the_proxy_alone() {
        let access = access();
        let scope = admitted(&access, "10.0.0.7", "/", &["ada@example.com"]).unwrap();
        assert_eq!(scope.user.as_deref(), Some("ada@example.com"));
        let scope = admitted(&access, "10.0.0.7", "/", &["Jürgen"]).unwrap();
        assert_eq!(scope.user.as_deref(), Some("Jürgen"));
        assert_eq!(admitted(&access, "::ffff:10.0.0.7", "/", &["ada"]).unwrap().user.as_deref(), Some("ada"));
        assert_eq!(admitted(&access, "10.0.0.8", "/", &["ada"]), Err(StatusCode::FORBIDDEN));
        for users in [&[][..], &[""], &["  "], &["ada", "sam"]] {
            assert_eq!(admitted(&access, "10.0.0.7", "/", users), Err(StatusCode::UNAUTHORIZED), "{users:?}");
        }
        assert_eq!(
            admitted(&Access::default(), "10.0.0.8", "/", &["ada"]).unwrap().user,
            None,
            "nobody vouches for it"
        );
    }

    #[test]
    fn a_link_shows_its_customer_until_it_expires() {
        let access = access();
        let until = NOW.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        let shared = Shared { customer: "Acme & Söhne".to_owned(), until };
        let token = access.key.as_ref().unwrap().sign(&shared);
        let scope = admitted(&access, "10.9.9.9", &format!("/shared/{token}/pipelines/x"), &[]).unwrap();
        assert_eq!((scope.base, scope.shared), (format!("/shared/{token}"), Some(shared)));
        for wrong in ["/shared/", "/shared/x", &format!("/shared/{token}0/"), &format!("/shared/9{token}/")] {
            assert_eq!(admitted(&access, "10.0.0.7", wrong, &["ada"]), Err(StatusCode::FORBIDDEN), "{wrong}");
        }
        let without = Access { key: None, ..access };
        assert_eq!(admitted(&without, "10.0.0.7", &format!("/shared/{token}/"), &[]), Err(StatusCode::FORBIDDEN));
    }
}
