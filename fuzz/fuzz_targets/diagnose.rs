//! The diagnosis of any log: see [`andon_fuzz::diagnose`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| andon_fuzz::diagnose(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    andon_fuzz::main(andon_fuzz::diagnose, andon_fuzz::seeds::Target::Diagnose)
}
