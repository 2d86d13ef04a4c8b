//! Whether a binary finds the C library that it needs on Lambda: a newer one than Amazon Linux 2023 has stops it at start.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// The version of `provided.al2023`.
const LAMBDA: (u32, u32) = (2, 34);

pub(crate) fn must_suit_lambda(binary: &Path) -> Result<()> {
    let bytes = std::fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
    if let Some(needed) = needed(&bytes)
        && needed > LAMBDA
    {
        bail!(
            "{} needs glibc {}.{}, and Lambda has {}.{}: build on Amazon Linux 2023, or with cargo-lambda \
             (`pip install cargo-lambda`), which brings a linker for older systems",
            binary.display(),
            needed.0,
            needed.1,
            LAMBDA.0,
            LAMBDA.1
        );
    }
    Ok(())
}

/// The newest version that is named in the binary's table of symbol versions, which are texts such as `GLIBC_2.34`.
fn needed(binary: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_2.";
    binary
        .windows(MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == MARK)
        .filter_map(|(at, _)| {
            let digits: Vec<u8> =
                binary.get(at + MARK.len()..)?.iter().take_while(|byte| byte.is_ascii_digit()).copied().collect();
            Some((2, String::from_utf8(digits).ok()?.parse().ok()?))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_counts_by_number_and_not_by_letter() {
        assert_eq!(needed(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0"), Some((2, 34)));
        assert_eq!(needed(b"a static binary"), None);
    }

    #[test]
    fn a_binary_for_a_newer_system_is_refused_with_a_way_out() {
        let path = std::env::temp_dir().join(test_support::unique("binary"));
        std::fs::write(&path, b"\0GLIBC_2.39\0").unwrap();
        let error = must_suit_lambda(&path).unwrap_err().to_string();
        std::fs::remove_file(&path).unwrap();
        assert!(error.contains("needs glibc 2.39, and Lambda has 2.34"), "{error}");
    }
}
