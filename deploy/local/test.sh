#!/bin/bash
# make test: all tests, on a throw-away PostgreSQL that is gone afterwards, however the run ends.
# Arguments go to `swift test`. The exit status is that of `swift test`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

ensure_packages
ensure_swift
prepare_run_dir

# Runs side by side have a cluster each; one whose run was killed outright is cleared away by the next.
sweep_dead_clusters() {
    local owner folder pid
    for owner in "$run_dir"/test-*.owner; do
        [ -e "$owner" ] || continue
        read -r pid start folder <"$owner" || true
        if [ "$(process_start "$pid")" != "$start" ]; then
            stop_cluster "$folder" immediate || true
            rm -rf "$folder" "$owner" "${owner%.owner}.log"
        fi
    done
}
sweep_dead_clusters

name=test-$$
log=$run_dir/$name.log
folder=""
group=""

clean_up() {
    trap '' INT TERM HUP
    if [ -n "$group" ]; then
        kill -TERM -- "-$group" 2>/dev/null || true
        for _ in $(seq 50); do kill -0 -- "-$group" 2>/dev/null || break; sleep 0.1; done
        kill -KILL -- "-$group" 2>/dev/null || true
    fi
    if [ -n "$folder" ]; then
        stop_cluster "$folder" immediate || true
        rm -rf "$folder" "$run_dir/$name.owner" "$log"
    fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

folder=$(cluster_folder "$name")
printf '%s %s %s\n' "$$" "$(process_start $$)" "$folder" >"$run_dir/$name.owner"
password=$(random_word 24)
say "Starting a throw-away PostgreSQL"
create_cluster "$folder" "$password"
# Nothing in it outlives the run, so nothing needs to reach the disk. Commits stay as visible and ordered as ever.
port=$(start_on_free_port "$folder" "" "$log" -c max_connections=300 -c fsync=off -c full_page_writes=off \
    -c shared_buffers=256MB -c max_wal_size=4GB -c log_min_messages=fatal)
export PIAO_TEST_DATABASE_URL=postgresql://postgres:$password@127.0.0.1:$port/postgres

if [ -x "$project/Tests/Oracles/setup" ]; then
    say "Setting up the Python packages that tests compare with"
    PIAO_ORACLE_PYTHON=$("$project/Tests/Oracles/setup" </dev/null | tail -n 1)
    export PIAO_ORACLE_PYTHON
fi

fetch_swift_packages
cd "$project"
say "swift test"
# In a process group of its own, so that Ctrl-C ends all of it here, in order, and then the database.
set -m
swift test --disable-xctest "$@" </dev/null &
group=$!
set +m
status=0
wait "$group" || status=$?
group=""
exit "$status"
