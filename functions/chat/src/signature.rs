//! Slack's signature over the raw bytes of a request, and its age.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::http::Request;

/// How far the time of a request may be from now, in seconds: an older one may be a replay.
const MAX_AGE: u64 = 300;
/// The most digits of a time in seconds.
const MAX_DIGITS: usize = 12;

/// Whether a request is Slack's, and was sent just now.
pub(crate) fn is_valid(secret: &SecretString, request: &Request, now: Timestamp) -> bool {
    let Request { timestamp, signature, body, .. } = request;
    let is_number = (1..=MAX_DIGITS).contains(&timestamp.len()) && timestamp.bytes().all(|b| b.is_ascii_digit());
    let Some(at) = timestamp.parse::<i64>().ok().filter(|_| is_number) else { return false };
    if now.as_second().abs_diff(at) > MAX_AGE {
        return false;
    }
    let Some(signature) = signature.strip_prefix("v0=").and_then(|digits| hex::decode(digits).ok()) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { return false };
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    // Compares in a time that does not tell where they differ.
    mac.verify_slice(&signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in Slack's documentation.
    fn example() -> (SecretString, Request, Timestamp) {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                    &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                    &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                    &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let request = Request {
            timestamp: "1531420618".to_owned(),
            signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503".to_owned(),
            body: body.as_bytes().to_vec(),
            ..Request::default()
        };
        let now = Timestamp::from_second(1_531_420_618 + 300).unwrap();
        (SecretString::from("8f742231b10e8888abcd99yyyzzz85a5"), request, now)
    }

    #[test]
    fn slacks_own_example_is_valid_for_five_minutes() {
        let (secret, request, now) = example();
        assert!(is_valid(&secret, &request, now));
        for seconds in [1, -601, 86_400] {
            let then = Timestamp::from_second(now.as_second() + seconds).unwrap();
            assert!(!is_valid(&secret, &request, then), "{seconds}");
        }
    }

    #[test]
    fn whatever_is_changed_is_refused() {
        let (secret, request, now) = example();
        assert!(!is_valid(&SecretString::from(""), &request, now));
        assert!(!is_valid(&SecretString::from("8f742231b10e8888abcd99yyyzzz85a6"), &request, now));
        let with = |change: &dyn Fn(&mut Request)| {
            let mut changed = request.clone();
            change(&mut changed);
            is_valid(&secret, &changed, now)
        };
        assert!(!with(&|request| request.body.push(b' ')));
        for timestamp in ["", " 1531420618", "1531420618 ", "+1531420618", "01531420618", "1531420619", "x", "-1"] {
            assert!(!with(&|request| request.timestamp = timestamp.to_owned()), "{timestamp}");
        }
        let signature = request.signature.clone();
        for changed in
            ["", "v0=", &signature[3..], &signature.replace("v0", "v1"), &signature[..60], &signature.replace('a', "b")]
        {
            assert!(!with(&|request| request.signature = changed.to_owned()), "{changed}");
        }
    }
}
