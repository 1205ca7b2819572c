#!/usr/bin/env bash
# Builds varco from the sources around this file, unless VARCO names a program. VARCO_INSTALL names where it is to be put.
set -euo pipefail
if [ -n "${VARCO:-}" ]; then
  "$VARCO" --version
  exit 0
fi
cd "$(dirname "$0")/../../.."
if ! command -v cargo >/dev/null; then
  curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs \
    | sh -s -- -y --no-modify-path --profile minimal --default-toolchain none
  PATH=$HOME/.cargo/bin:$PATH
  rustup toolchain install
fi
cargo build --release --locked --package varco-cli --bin varco
built=${CARGO_TARGET_DIR:-target}/release/varco
"$built" --version
if [ -n "${VARCO_INSTALL:-}" ]; then
  install --mode 755 "$built" "$VARCO_INSTALL"
fi
