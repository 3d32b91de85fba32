#!/bin/bash
# make bench: a release build on a private PostgreSQL with default durability, under load over loopback (Benchmarks).
#
#   BENCH_ONLY      figures by any name that is printed, separated by commas; all unless set
#   BENCH_ROUNDS    rounds of each pair; 5 unless set
#   BENCH_SECONDS   of each measurement; 8 unless set
#   BENCH_OLD       old orders for growth_ratio; 1000000 unless set
#   BENCH_BINARIES  a folder of ready programs instead of a build
#
# The figures are printed, a line `name value` each, and written to .run/bench.json one after the other. Nothing else should run on the
# machine. As root it turns kernel.sched_autogroup_enabled off while it runs.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

only=${BENCH_ONLY:-}
rounds=${BENCH_ROUNDS:-5}
seconds=${BENCH_SECONDS:-8}
old=${BENCH_OLD:-1000000}
binaries=${BENCH_BINARIES:-}
[[ "$rounds" =~ ^[1-9][0-9]?$ ]] || fail "BENCH_ROUNDS=$rounds is not a number from 1 to 99."
[[ "$seconds" =~ ^[1-9][0-9]{0,2}$ ]] || fail "BENCH_SECONDS=$seconds is not a number of seconds from 1 to 999."
[[ "$old" =~ ^[1-9][0-9]{0,8}$ ]] || fail "BENCH_OLD=$old is not a number of orders."

# The load generator.
also_missing() { command -v wrk >/dev/null || printf wrk; }
take_lock bench "make bench"
ensure_packages
bench() { PYTHONDONTWRITEBYTECODE=1 python3 "$project/Benchmarks" "$@"; }
# A wrong name is reported before the build, not after it.
bench check --only "$only" </dev/null

# Threads are scheduled by their priority as on a server that follows deploy/systemd/README.md, not by sessions (sched(7)).
autogroup=/proc/sys/kernel/sched_autogroup_enabled
grouped=$(cat "$autogroup" 2>/dev/null || true)
if [ "$grouped" = 1 ] && ! [ -w "$autogroup" ]; then
    grouped=""
    say "kernel.sched_autogroup_enabled is on and only root can change that: expect a high storm_p99_ratio" >&2
fi

name=bench
folder=""
group=""
run=$run_dir/bench-run

clean_up() {
    trap '' INT TERM HUP
    if [ "$grouped" = 1 ]; then echo 1 >"$autogroup" || true; fi
    end_group "$group" 10
    if [ -n "$folder" ]; then
        stop_cluster "$folder" immediate || true
        rm -rf "$folder"
    fi
    rm -rf "$run"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
if [ "$grouped" = 1 ]; then
    say "Turning kernel.sched_autogroup_enabled off for the whole machine, until this ends" >&2
    echo 0 >"$autogroup"
fi

if [ -n "$binaries" ]; then
    [ -x "$binaries/ClientService" ] || fail "BENCH_BINARIES=$binaries has no ClientService."
else
    ensure_swift
    build_programs release
    binaries=$programs
fi

# A run that was killed may have left these behind.
folder=$(cluster_folder "$name")
stop_cluster "$folder" immediate || true
rm -rf "$run" "$folder/data"
mkdir -p "$run/log" "$run/keys"
for key in app alipay; do make_rsa_key "$run/keys" "$key"; done
make_ticket_key "$run/keys"

# PostgreSQL's own durability: fsync and synchronous_commit stay on. More memory than its cautious default for both sides of every pair, and
# room in the log, so that no checkpoint falls into one measurement and not into its partner.
BENCH_PASSWORD=$(random_word 24)
export BENCH_PASSWORD
say "Starting a throw-away PostgreSQL"
create_cluster "$folder" "$BENCH_PASSWORD"
port=$(start_on_free_port "$folder" "" "$run/log/postgres.log" -c max_connections=200 -c shared_buffers=1GB -c max_wal_size=8GB \
    -c checkpoint_timeout=30min -c log_min_messages=fatal)
database_url="postgresql://postgres:$BENCH_PASSWORD@127.0.0.1:$port/piao"
PGPASSWORD=$BENCH_PASSWORD "$(programs_for "$folder")/psql" --no-psqlrc --quiet --host=127.0.0.1 --port="$port" --username=postgres \
    --dbname=postgres --command="CREATE DATABASE piao"
DATABASE_URL=$database_url LOG_LEVEL=warning "$binaries/AdminService" migrate </dev/null

set -m
bench measure --binaries "$binaries" --folder "$run" --programs "$(programs_for "$folder")" \
    --port "$port" --output "$run_dir/bench.json" --only "$only" --rounds "$rounds" --seconds "$seconds" --old "$old" </dev/null 9>&- &
group=$!
set +m
status=0
wait "$group" || status=$?
exit "$status"
