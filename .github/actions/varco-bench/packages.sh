#!/usr/bin/env bash
# Installs what a bench needs on Debian or Ubuntu, and what building varco needs where VARCO names no program yet.
# Changes the system: for CI and containers.
set -euo pipefail
packages=(bash iproute2 libccid libpcsclite1 mount pcscd util-linux vsmartcard-vpcd)
if [ -z "${VARCO:-}" ] && [ "${VARCO_BUILD:-yes}" = yes ]; then
  packages+=(build-essential ca-certificates curl git libpcsclite-dev pkg-config)
fi
missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]; then
    missing+=("$package")
  fi
done
root=()
if [ "$(id -u)" != 0 ]; then
  root=(sudo)
fi
if [ "${#missing[@]}" != 0 ]; then
  "${root[@]}" apt-get update
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
fi
# Ubuntu keeps name spaces from users; its runners may change that. Where it does not exist or may not be written, run.sh will tell.
knob=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ "$(id -u)" != 0 ] && [ "$(cat "$knob" 2>/dev/null || echo 0)" = 1 ]; then
  echo 0 | sudo tee "$knob" >/dev/null || true
fi
