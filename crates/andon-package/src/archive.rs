//! Zips that depend on nothing but their contents.

use std::io::{Cursor, Read, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::Error;

/// The name of a function's configuration in its package.
pub const CONFIGURATION: &str = "andon.yml";
/// The name of a function's binary in its package, as Lambda wants it.
pub const BOOTSTRAP: &str = "bootstrap";

/// A file in a zip.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The path in the zip.
    pub name: &'a str,
    /// The contents.
    pub bytes: &'a [u8],
    /// The Unix mode, such as 0o755.
    pub mode: u32,
}

/// A zip of the entries in the order of their names, all dated 1 January 1980, the first day that a zip can express.
pub fn zip(entries: &[Entry<'_>]) -> Result<Vec<u8>, Error> {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|entry| entry.name);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for Entry { name, bytes, mode } in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(mode);
        writer.start_file(name, options)?;
        writer.write_all(bytes).map_err(zip::result::ZipError::from)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The package of a function: its binary and, unless that is added later, its configuration.
pub fn package(binary: &[u8], configuration: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut entries = vec![Entry { name: BOOTSTRAP, bytes: binary, mode: 0o755 }];
    entries.extend(configuration.map(|text| Entry { name: CONFIGURATION, bytes: text.as_bytes(), mode: 0o644 }));
    zip(&entries)
}

/// The package of a function with another configuration, whether it had one or not.
pub fn with_configuration(package: &[u8], configuration: &str) -> Result<Vec<u8>, Error> {
    let mut archive = ZipArchive::new(Cursor::new(package))?;
    let mut binary = Vec::new();
    match archive.by_name(BOOTSTRAP) {
        Ok(mut bootstrap) => bootstrap.read_to_end(&mut binary).map_err(zip::result::ZipError::from)?,
        Err(zip::result::ZipError::FileNotFound) => return Err(Error::NoBootstrap),
        Err(error) => return Err(error.into()),
    };
    self::package(&binary, Some(configuration))
}

/// The configuration in the package of a function, if there is one.
pub fn configuration(package: &[u8]) -> Result<Option<String>, Error> {
    let mut archive = ZipArchive::new(Cursor::new(package))?;
    let mut text = String::new();
    match archive.by_name(CONFIGURATION) {
        Ok(mut file) => file.read_to_string(&mut text).map_err(zip::result::ZipError::from)?,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(text))
}

/// The SHA-256 of some bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINARY: Entry<'_> = Entry { name: BOOTSTRAP, bytes: b"#!/bin/sh\n", mode: 0o755 };
    const TEXT: Entry<'_> = Entry { name: CONFIGURATION, bytes: b"routes: []\n", mode: 0o644 };

    #[test]
    fn the_same_entries_give_the_same_bytes_in_any_order() {
        let first = zip(&[BINARY, TEXT]).unwrap();
        assert_eq!(sha256(&first), sha256(&zip(&[TEXT, BINARY]).unwrap()));
    }

    #[test]
    fn other_contents_give_other_bytes() {
        let other = Entry { bytes: b"#!/bin/bash\n", ..BINARY };
        assert_ne!(zip(&[BINARY]).unwrap(), zip(&[other]).unwrap());
        let not_executable = Entry { mode: 0o644, ..BINARY };
        assert_ne!(zip(&[BINARY]).unwrap(), zip(&[not_executable]).unwrap());
    }

    #[test]
    fn lambda_finds_a_bootstrap_that_it_can_execute() {
        let bytes = zip(&[TEXT, BINARY]).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, [CONFIGURATION, BOOTSTRAP]);
        let mut bootstrap = archive.by_name(BOOTSTRAP).unwrap();
        assert_eq!(bootstrap.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(bootstrap.last_modified(), Some(DateTime::default()), "not the time at which it was zipped");
        let mut contents = Vec::new();
        bootstrap.read_to_end(&mut contents).unwrap();
        assert_eq!(contents, BINARY.bytes);
    }

    #[test]
    fn a_configuration_added_later_gives_the_bytes_of_one_that_was_there_from_the_start() {
        let whole = package(BINARY.bytes, Some("version: 1\n")).unwrap();
        let released = package(BINARY.bytes, None).unwrap();
        assert_eq!(with_configuration(&released, "version: 1\n").unwrap(), whole);
        let other = package(BINARY.bytes, Some("version: 1\nroutes: []\n")).unwrap();
        assert_eq!(with_configuration(&other, "version: 1\n").unwrap(), whole);
        assert_eq!(configuration(&whole).unwrap().as_deref(), Some("version: 1\n"));
        assert_eq!(configuration(&released).unwrap(), None);
    }

    #[test]
    fn what_is_not_the_package_of_a_function_is_refused() {
        assert!(matches!(with_configuration(b"<html>not found</html>", ""), Err(Error::Zip(_))));
        assert!(matches!(with_configuration(&zip(&[TEXT]).unwrap(), ""), Err(Error::NoBootstrap)));
    }

    #[test]
    fn a_hash_is_the_one_that_other_tools_print() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
