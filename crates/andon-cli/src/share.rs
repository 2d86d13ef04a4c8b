//! Links that show one customer's pipelines until they expire, signed with a key that only the server has.

use std::fmt::{self, Write as _};

use andon::links::encode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// The environment variable that holds the key.
pub const VARIABLE: &str = "ANDON_SHARE_KEY";
/// The fewest characters of a key.
const MIN_LEN: usize = 32;
/// What is signed begins with this, so that the key signs nothing else.
const PURPOSE: &str = "andon shared view 1";

/// What links are signed with.
#[derive(Clone)]
pub struct ShareKey(Hmac<Sha256>);

/// What a link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The customer whose pipelines it shows.
    pub customer: String,
    /// When it expires, to the second.
    pub until: Timestamp,
}

impl fmt::Debug for ShareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareKey(…)")
    }
}

impl ShareKey {
    /// Takes a text as a key, if it is long enough.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() < MIN_LEN {
            return Err(format!(
                "{VARIABLE} has fewer than {MIN_LEN} characters: use a random text, such as that of `openssl rand -hex 32`"
            ));
        }
        Hmac::new_from_slice(text.as_bytes()).map(Self).map_err(|error| error.to_string())
    }

    /// The key in the environment; `None` if none is set.
    pub fn of_environment() -> Result<Option<Self>, String> {
        match std::env::var(VARIABLE) {
            Ok(text) if !text.is_empty() => Self::parse(&text).map(Some),
            _ => Ok(None),
        }
    }

    /// The part of a link's address that says what it shows: `EXPIRY.SIGNATURE.CUSTOMER`.
    pub fn sign(&self, shared: &Shared) -> String {
        let mut signature = String::new();
        for byte in self.mac(shared).finalize().into_bytes() {
            // Writing to a text cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
        format!("{}.{signature}.{}", shared.until.as_second(), encode(&shared.customer))
    }

    /// What such a part shows, if it is signed with this key and has not expired.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<Shared> {
        let mut parts = token.splitn(3, '.');
        let (expiry, signature, customer) = (parts.next()?, parts.next()?, parts.next()?);
        let until = Timestamp::from_second(expiry.parse().ok()?).ok()?;
        let shared = Shared { customer: decoded(customer)?, until };
        let signature = bytes(signature)?;
        (self.mac(&shared).verify_slice(&signature).is_ok() && now < until).then_some(shared)
    }

    fn mac(&self, shared: &Shared) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(format!("{PURPOSE}\n{}\n{}", shared.until.as_second(), shared.customer).as_bytes());
        mac
    }
}

/// Bytes by two hexadecimal digits each.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// A text without percent-encoding.
fn decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn shared(customer: &str) -> Shared {
        let until = Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_hours(24)).unwrap();
        Shared { customer: customer.to_owned(), until }
    }

    #[test]
    fn a_key_is_long_and_never_shown() {
        assert!(ShareKey::parse("short").unwrap_err().contains("openssl"));
        assert_eq!(format!("{:?}", ShareKey::parse(&"s".repeat(32)).unwrap()), "ShareKey(…)");
    }

    #[test]
    fn another_key_another_time_and_another_customer_are_refused() {
        let (key, other) = (ShareKey::parse(&"a".repeat(32)).unwrap(), ShareKey::parse(&"b".repeat(32)).unwrap());
        let token = key.sign(&shared("acme"));
        assert_eq!(key.read(&token, Timestamp::UNIX_EPOCH), Some(shared("acme")));
        assert_eq!(other.read(&token, Timestamp::UNIX_EPOCH), None);
        assert_eq!(key.read(&token, shared("acme").until), None, "it has expired");
        let later = token.replacen("86400", "96400", 1);
        assert_eq!(key.read(&later, Timestamp::UNIX_EPOCH), None);
        assert_eq!(key.read(&token.replace("acme", "globex"), Timestamp::UNIX_EPOCH), None);
    }

    proptest! {
        #[test]
        fn any_customer_can_be_named(customer in "\\PC{1,30}") {
            let key = ShareKey::parse(&"a".repeat(32)).unwrap();
            let token = key.sign(&shared(&customer));
            prop_assert!(token.is_ascii() && !token.contains('/'));
            prop_assert_eq!(key.read(&token, Timestamp::UNIX_EPOCH), Some(shared(&customer)));
        }

        #[test]
        fn what_was_not_signed_is_refused(token in "\\PC{0,60}|[0-9]{1,10}\\.[0-9a-f]{64}\\.[a-z%0-9]{0,9}") {
            let key = ShareKey::parse(&"a".repeat(32)).unwrap();
            prop_assert_eq!(key.read(&token, Timestamp::UNIX_EPOCH), None);
        }
    }
}
