//! Any andon.yml: see [`andon_fuzz::configuration`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| andon_fuzz::configuration(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    andon_fuzz::main(andon_fuzz::configuration, andon_fuzz::seeds::Target::Configuration)
}
