//! The names that this server answers to.
//!
//! A page of another site can have its own name resolve to this machine, and is then of the same origin as the board
//! (DNS rebinding). Its requests still carry that name in `Host`. An address as such cannot be rebound.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::reply::refuse;

/// The names that `Host` may say, besides those of this machine and plain addresses.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Arc<BTreeSet<String>>);

impl FromIterator<String> for Hosts {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(Arc::new(names.into_iter().map(|name| bare(&name)).collect()))
    }
}

impl Hosts {
    /// Whether this server answers to what `Host` says, with or without a port.
    fn includes(&self, host: &str) -> bool {
        let name = bare(host);
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok()
            || name
                .strip_prefix('[')
                .and_then(|name| name.strip_suffix(']'))
                .is_some_and(|name| name.parse::<Ipv6Addr>().is_ok())
            || self.0.contains(&name)
    }
}

/// A name in lower case, without its port and the dot at its end.
fn bare(host: &str) -> String {
    let host = host.trim();
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// Refuses requests for another host. Without `Host` there is no browser that could be misled.
pub(super) async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let asked = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let said = request.headers().get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or("?").to_owned());
    match asked.into_iter().chain(said).find(|host| !hosts.includes(host)) {
        None => next.run(request).await,
        Some(_) => refuse(
            StatusCode::MISDIRECTED_REQUEST,
            "this server does not answer to the name in the Host header: start it with --host NAME to allow it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_named_hosts_are_answered() {
        let hosts: Hosts = ["Andon.example:8080".to_owned()].into_iter().collect();
        for host in [
            "localhost",
            "LOCALHOST:4646",
            "localhost.:1",
            "a.localhost",
            "127.0.0.1:4646",
            "10.1.2.3",
            "[::1]:4646",
            "[::1]",
            "andon.example",
            "andon.example:443",
        ] {
            assert!(hosts.includes(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:4646",
            "",
            "localhost@evil.example",
            "[x]:1",
        ] {
            assert!(!hosts.includes(host), "{host}");
        }
    }
}
