//! Zips that depend on nothing but their contents.

use std::io::{Cursor, Write};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A file in a zip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) mode: u32,
}

/// Zips the entries in the order of their names, all of them of 1 January 1980, the first day that a zip knows.
pub(crate) fn zip(entries: &[Entry]) -> Result<Vec<u8>> {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|entry| entry.name);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for Entry { name, bytes, mode } in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(mode);
        writer.start_file(name, options).with_context(|| format!("cannot add {name} to a zip"))?;
        writer.write_all(bytes).with_context(|| format!("cannot add {name} to a zip"))?;
    }
    Ok(writer.finish().context("cannot finish a zip")?.into_inner())
}

/// The SHA-256 of some bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    const BOOTSTRAP: Entry = Entry { name: "bootstrap", bytes: b"#!/bin/sh\n", mode: 0o755 };
    const CONFIGURATION: Entry = Entry { name: "andon.yml", bytes: b"routes: []\n", mode: 0o644 };

    #[test]
    fn the_same_entries_give_the_same_bytes_in_whatever_order() {
        let first = zip(&[BOOTSTRAP, CONFIGURATION]).unwrap();
        assert_eq!(sha256(&first), sha256(&zip(&[CONFIGURATION, BOOTSTRAP]).unwrap()));
    }

    #[test]
    fn other_contents_give_other_bytes() {
        let other = Entry { bytes: b"#!/bin/bash\n", ..BOOTSTRAP };
        assert_ne!(zip(&[BOOTSTRAP]).unwrap(), zip(&[other]).unwrap());
        let not_to_be_run = Entry { mode: 0o644, ..BOOTSTRAP };
        assert_ne!(zip(&[BOOTSTRAP]).unwrap(), zip(&[not_to_be_run]).unwrap());
    }

    #[test]
    fn lambda_finds_a_bootstrap_that_it_may_run() {
        let bytes = zip(&[CONFIGURATION, BOOTSTRAP]).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["andon.yml", "bootstrap"]);
        let mut bootstrap = archive.by_name("bootstrap").unwrap();
        assert_eq!(bootstrap.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(bootstrap.last_modified(), Some(DateTime::default()), "not the time at which it was zipped");
        let mut contents = Vec::new();
        bootstrap.read_to_end(&mut contents).unwrap();
        assert_eq!(contents, BOOTSTRAP.bytes);
    }

    #[test]
    fn a_hash_is_the_one_that_other_tools_print() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
