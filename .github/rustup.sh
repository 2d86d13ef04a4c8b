#!/usr/bin/env bash
# Installs rustup by a pinned installer, and the toolchain that rust-toolchain.toml pins.
set -euo pipefail
version=1.28.2
case $(uname -m) in
    x86_64) sum=20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c ;;
    aarch64) sum=e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c ;;
esac
curl --proto =https --tlsv1.2 -sSfo /tmp/rustup-init \
    "https://static.rust-lang.org/rustup/archive/$version/$(uname -m)-unknown-linux-gnu/rustup-init"
echo "$sum  /tmp/rustup-init" | sha256sum --check --strict
chmod +x /tmp/rustup-init
/tmp/rustup-init -y --no-modify-path --profile minimal --default-toolchain none
"$HOME/.cargo/bin/rustup" toolchain install
