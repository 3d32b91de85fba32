#!/bin/bash
# make test: all tests, on a throw-away PostgreSQL that is gone afterwards, however the run ends.
# Arguments go to `swift test`. The exit status is that of `swift test`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

# An invalid filter is reported before the build, not after it.
arguments=("$@")
for ((index = 0; index < $#; index++)); do
    case ${arguments[index]} in
        --filter | --skip) pattern=${arguments[index + 1]:-} ;;
        --filter=* | --skip=*) pattern=${arguments[index]#*=} ;;
        *) continue ;;
    esac
    status=0
    grep -qP -- "$pattern" </dev/null 2>/dev/null || status=$?
    [ "$status" -lt 2 ] || fail "$pattern is not a regular expression."
done

ensure_packages
ensure_swift
prepare_run_dir

sweep_dead_clusters test

name=test-$$
log=$run_dir/$name.log
folder=""
group=""

clean_up() {
    trap '' INT TERM HUP
    end_group "$group" 5
    rm -f "$run_dir/$name.times"
    if [ -n "$folder" ]; then drop_cluster "$name" "$folder"; fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

folder=$(own_cluster "$name")
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

export PIAO_TEST_TIMES=$run_dir/$name.times
: >"$PIAO_TEST_TIMES"

# This uses the build of `make demo`.
build_programs debug --build-tests
say "Running the tests"
# Tests hold thousands of connections; a login shell may open few files unless asked.
descriptors=$(ulimit -Hn)
if [ "$descriptors" = unlimited ] || [ "$descriptors" -gt 65536 ]; then descriptors=65536; fi
ulimit -n "$descriptors"
# In a process group of its own, so that Ctrl-C ends all of it here, in order, and then the database.
set -m
swift test --disable-xctest --skip-build "$@" </dev/null &
group=$!
set +m
status=0
wait "$group" || status=$?
group=""
if [ -s "$PIAO_TEST_TIMES" ]; then
    say "The slowest tests that use a database, a port or a program, in seconds from their own begin"
    sort -rn "$PIAO_TEST_TIMES" | sed -n 1,10p
fi
exit "$status"
