//! The redaction of any text: see [`andon_fuzz::redaction`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| andon_fuzz::redaction(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    andon_fuzz::main(andon_fuzz::redaction, andon_fuzz::seeds::Target::Redaction)
}
