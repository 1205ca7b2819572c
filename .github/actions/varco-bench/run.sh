#!/usr/bin/env bash
# Runs VARCO_COMMAND, a line for sh, with the cards VARCO_CARD in the readers VARCO_READER (names separated by spaces).
set -euo pipefail
here=$(cd "$(dirname "$0")/../../.." && pwd)
program=${VARCO:-${CARGO_TARGET_DIR:-$here/target}/release/varco}
arguments=()
read -r -a cards <<<"${VARCO_CARD:-cns-st}"
read -r -a readers <<<"${VARCO_READER:-vpcd}"
for card in "${cards[@]}"; do
  arguments+=(--card "$card")
done
for reader in "${readers[@]}"; do
  arguments+=(--reader "$reader")
done
exec "$program" bench up "${arguments[@]}" -- sh -c "${VARCO_COMMAND:?the command to run}"
