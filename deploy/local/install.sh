#!/bin/bash
# make install DESTDIR=FOLDER: lays out release binaries, units and sample configuration below FOLDER (or the machine itself).
#   /usr/lib/piao/                 ClientService, CinemaService, AdminService; they need no Swift toolchain where they run
#   /usr/lib/systemd/system/       piao-client, piao-cinema, piao-admin, piao-migrate
#   /usr/share/piao/               cities and movies to begin with, for import-cities and import-movies
#   /usr/share/doc/piao/           sample configuration, which is to be copied to /etc/piao and filled in
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
destination=${1:-}

ensure_packages
ensure_swift
if [ -n "$destination" ]; then
    mkdir -p "$destination"
    destination=$(cd "$destination" && pwd -P)
elif [ "$(id -u)" != 0 ]; then
    fail "without DESTDIR this installs into the machine itself, which needs root; try make install DESTDIR=/tmp/piao."
fi

prepare_run_dir
# The machine that they run on needs the C libraries that deploy/systemd/README.md names, and nothing of Swift.
build_programs release
services=(ClientService CinemaService AdminService)

install -d "$destination/usr/lib/piao" "$destination/usr/lib/systemd/system" "$destination/usr/share/piao" \
    "$destination/usr/share/doc/piao/sample"
install -m 755 "${services[@]/#/$programs/}" "$destination/usr/lib/piao/"
install -m 644 deploy/systemd/*.service "$destination/usr/lib/systemd/system/"
install -m 644 deploy/local/data/* "$destination/usr/share/piao/"
install -m 644 deploy/systemd/*.md docs/settings.md docs/metrics.md "$destination/usr/share/doc/piao/"
# There the pages of settings and metrics lie beside it.
sed -i "s#(../../docs/\(settings\|metrics\)\.md)#(\1.md)#" "$destination/usr/share/doc/piao/README.md"
install -m 644 deploy/systemd/sample/* "$destination/usr/share/doc/piao/sample/"
# Optimised code may crash where the tests' build doesn't. Without settings a program starts far enough to name a missing one. It is started
# several times, because faults of memory show only by chance.
for program in "${services[@]}"; do
    env -i "$destination/usr/lib/piao/$program" --version </dev/null || fail "$program doesn't run here (status $?)."
    for _ in 1 2 3 4 5; do
        status=0
        env -i "$destination/usr/lib/piao/$program" </dev/null >/dev/null 2>&1 || status=$?
        [ "$status" = 78 ] || fail "$program without settings ended with status $status instead of 78."
    done
done
say "Installed below ${destination:-/}; what to fill in: ${destination}/usr/share/doc/piao/README.md"
