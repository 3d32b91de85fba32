#!/bin/bash
# Checks the units of deploy/systemd with systemd-analyze: no error, no warning, and exposed no more than 2.0 of 10 each.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# The programs are not installed here, and verify reports a missing program as an error, so their paths are replaced.
for unit in "$project"/deploy/systemd/*.service; do
    sed -E 's|^(ExecStart=)[^ ]+|\1/bin/true|' "$unit" >"$copy/${unit##*/}"
done

status=0
# An unknown key is only a warning, with status 0. So every printed line counts as a failure.
SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$copy"/*.service >"$copy/out" 2>&1 || status=1
if [ -s "$copy/out" ]; then
    cat "$copy/out"
    status=1
fi
for unit in "$copy"/*.service; do
    if ! systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" >"$copy/out" 2>&1; then
        grep '✗' "$copy/out" || true
        tail -n 1 "$copy/out"
        status=1
    fi
done
exit "$status"
