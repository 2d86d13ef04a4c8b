//! A release from an address: its files, as far as they are needed, each with the checksum that was released.

use std::path::Path;
use std::time::Duration;

use andon_package::archive;
use anyhow::{Context as _, bail};
use reqwest::{Client, Url};

use crate::release::{Arch, CHECKSUMS, Release};

const TIMEOUT: Duration = Duration::from_mins(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of one file; a package has a tenth of it.
const MAX_FILE: usize = 50 * 1024 * 1024;

/// Opens the release in a folder or at an address; of one at an address it fetches the packages for a processor and these
/// files. `pinned` is the checksum that the list of checksums has to have.
pub async fn open(from: &str, arch: Arch, files: &[&str], pinned: Option<&str>) -> anyhow::Result<Release> {
    if !from.starts_with("https://") && !from.starts_with("http://") {
        let release = Release::open(Path::new(from))?;
        must_be_pinned(release.sums(), pinned)?;
        return Ok(release);
    }
    let base = format!("{}/", from.trim_end_matches('/'));
    let base = Url::parse(&base).with_context(|| format!("{from} is not an address"))?;
    if base.password().is_some() || !base.username().is_empty() || base.query().is_some() || base.fragment().is_some() {
        bail!("the address of a release has no user, password, query or fragment");
    }
    let is_local = matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if base.scheme() == "http" && !is_local && pinned.is_none() {
        bail!(
            "anybody on the way can change what comes by http, its checksums included: use https, or pass --sha256 with \
             the checksum of {CHECKSUMS}"
        );
    }
    let client = Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .https_only(base.scheme() == "https")
        .build()
        .context("cannot set up the HTTP client")?;
    let sums = fetch(&client, &base, CHECKSUMS).await?;
    let sums = String::from_utf8(sums).with_context(|| format!("{from} has no {CHECKSUMS}"))?;
    must_be_pinned(&sums, pinned)?;
    let mut release = Release::at(from, &sums)?;
    let packages: Vec<String> = release.functions(arch)?.iter().map(|function| arch.package_of(function)).collect();
    for name in files.iter().copied().chain(packages.iter().map(String::as_str)) {
        let bytes = fetch(&client, &base, name).await?;
        release.hold(name, bytes)?;
    }
    Ok(release)
}

fn must_be_pinned(sums: &str, pinned: Option<&str>) -> anyhow::Result<()> {
    let found = archive::sha256(sums.as_bytes());
    match pinned {
        Some(wanted) if !wanted.trim().eq_ignore_ascii_case(&found) => {
            bail!("this is another release: its {CHECKSUMS} has the checksum {found}, not {wanted}")
        }
        _ => Ok(()),
    }
}

async fn fetch(client: &Client, base: &Url, name: &str) -> anyhow::Result<Vec<u8>> {
    let url = base.join(name).with_context(|| format!("{name} is not the name of a file"))?;
    let doing = || format!("cannot download {url}");
    let mut response = client.get(url.clone()).send().await.with_context(doing)?;
    if !response.status().is_success() {
        bail!("{}: {}", doing(), response.status());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.with_context(doing)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FILE {
            bail!("{}: it has more than {MAX_FILE} bytes", doing());
        }
    }
    Ok(bytes)
}
