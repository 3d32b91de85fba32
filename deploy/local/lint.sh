#!/bin/bash
# make lint: the checks besides the tests. All of them run; the status is 1 if any found something.
# LINT_BUILD=no leaves the build out (warnings are errors there).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ensure_packages
ensure_swift
cd "$project"
failures=()

# check NAME COMMAND…: runs one check, and prints its output only when it fails. A line "skipped: …" of it is shown instead of "ok".
check() {
    local name=$1 output status=0 skipped
    shift
    output=$("$@" </dev/null 2>&1) || status=$?
    if [ "$status" = 0 ]; then
        skipped=$(grep -m 1 '^skipped: ' <<<"$output" || true)
        printf '%-12s %s\n' "$name" "${skipped:-ok}"
    else
        printf '%-12s %s\n%s\n' "$name" "failed" "$output"
        failures+=("$name")
    fi
}

format() { swift format lint --strict --parallel --recursive Sources Tests Package.swift; }

scripts() {
    local script
    # errexit has no effect inside of check, so each failure returns its status explicitly.
    for script in deploy/local/*.sh .ci/run; do bash -n "$script" || return 1; done
    PYTHONDONTWRITEBYTECODE=1 python3 - deploy/local/*.py Benchmarks/*.py Benchmarks/figures/*.py Tests/*/*.py <<'PYTHON' || return 1
import sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        compile(file.read(), path, "exec")
PYTHON
    if command -v shellcheck >/dev/null; then
        shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR deploy/local/*.sh .ci/run
    else
        echo "skipped: no shellcheck (the syntax is ok)"
    fi
}

units() {
    command -v systemd-analyze >/dev/null || { echo "skipped: no systemd-analyze"; return 0; }
    deploy/local/check-units.sh
}

check format format
check house deploy/local/check-house.py
check scripts scripts
check units units

if [ "${LINT_BUILD:-yes}" = yes ]; then
    prepare_run_dir
    # Warnings are errors.
    if (build_programs debug --build-tests); then
        check documents swift test --disable-xctest --skip-build --filter 'APIReferenceTests|SettingsPageTests|MetricsPageTests'
    else
        failures+=(build)
    fi
fi

if [ "${#failures[@]}" != 0 ]; then
    fail "lint found something in: ${failures[*]}"
fi
say "lint: nothing found"
