//! Any payload of a function, opened and read: see [`andon_fuzz::events`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| andon_fuzz::events(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    andon_fuzz::main(andon_fuzz::events, andon_fuzz::seeds::Target::Events)
}
