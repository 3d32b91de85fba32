#!/bin/bash
# make faults: the real binaries, the payment sandbox and PostgreSQL under faults; then the books are checked (Tests/Faults).
#
#   FAULTS_SECONDS        how long people and faults act; 60 unless set
#   FAULTS_SEED           decides all choices; by chance unless set
#   FAULTS_CONTROL        1: binaries without their guards (the package trait UnguardedSelling), which must be caught
#   FAULTS_CONFIGURATION  release or debug; release unless set
#   FAULTS_KEEP           1: keeps what a run wrote even if it passed
#   FAULTS_BINARIES       a folder of ready programs instead of a build; what they do not offer yet is skipped
#
# The database is thrown away afterwards. What a failed run wrote stays in .run/faults.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

seconds=${FAULTS_SECONDS:-60}
seed=${FAULTS_SEED:-$RANDOM$RANDOM}
control=${FAULTS_CONTROL:-}
configuration=${FAULTS_CONFIGURATION:-release}
binaries=${FAULTS_BINARIES:-}
[[ "$seconds" =~ ^[0-9]{1,5}$ ]] && [ "$seconds" -ge 5 ] || fail "FAULTS_SECONDS=$seconds is not a number of seconds from 5 on."
[[ "$seed" =~ ^[0-9A-Za-z_-]{1,40}$ ]] || fail "FAULTS_SEED=$seed is not a word of letters and digits."
[[ "$configuration" =~ ^(release|debug)$ ]] || fail "FAULTS_CONFIGURATION=$configuration is neither release nor debug."
[[ "$control" =~ ^(|0|1)$ ]] || fail "FAULTS_CONTROL=$control is neither 0 nor 1."
[ "$control" != 0 ] || control=""
say "seed $seed"

# The library that gives one service a wrong time of day.
also_missing() { [ -n "$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1')" ] || printf faketime; }
ensure_packages
prepare_run_dir

# A check that finds nothing proves something only if it does find a planted fault.
PYTHONDONTWRITEBYTECODE=1 python3 "$project/Tests/Faults/test_invariants.py" --quiet --failfast </dev/null

sweep_dead_clusters faults

name=faults-$$
folder=""
group=""
run=""
passed=false

clean_up() {
    trap '' INT TERM HUP
    # The services are in the group too.
    end_group "$group" 5
    if [ -n "$folder" ]; then drop_cluster "$name" "$folder"; fi
    if [ -n "$run" ] && { [ "$passed" = false ] || [ "${FAULTS_KEEP:-}" = 1 ]; }; then
        # A complete run has printed its verdict as its last line.
        [ -e "$run/report.txt" ] || say "what the run wrote is in $run"
    elif [ -n "$run" ]; then
        rm -rf "$run"
    fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The folder of the run has the seed's name; another run with the same seed takes the next one.
mkdir -p "$run_dir/faults"
run=$run_dir/faults/$seed
for ((number = 2; ; number++)); do
    mkdir "$run" 2>/dev/null && break
    run=$run_dir/faults/$seed.$number
done
mkdir "$run/log" "$run/keys"
chmod 700 "$run" "$run/keys"

development=()
if [ -n "$binaries" ]; then
    [ -x "$binaries/ClientService" ] || fail "FAULTS_BINARIES=$binaries has no ClientService."
    development=(--development)
else
    ensure_swift
    # Without its guards it is built into a folder of its own, so that no such binary ever lies where others look.
    build_programs "${control:+unguarded-}$configuration"
    binaries=$programs
fi

for key in app alipay; do make_rsa_key "$run/keys" "$key"; done

# Everything reaches the disk, so that an immediate stop loses only what was never committed.
folder=$(own_cluster "$name")
FAULTS_SUPERUSER_PASSWORD=$(random_word 24)
FAULTS_ROLE_PASSWORD=$(random_word 24)
export FAULTS_SUPERUSER_PASSWORD FAULTS_ROLE_PASSWORD
say "Starting a throw-away PostgreSQL"
create_cluster "$folder" "$FAULTS_SUPERUSER_PASSWORD"
options=(-c max_connections=200 -c fsync=on -c shared_buffers=128MB -c restart_after_crash=on -c log_min_messages=warning)
# Below the ports of outgoing connections, so that none of them takes its port while it is stopped.
port=$(start_on_free_port "$folder" "$((17000 + RANDOM % 3000))" "$run/log/postgres.log" "${options[@]}")

# In a process group of its own, so that Ctrl-C ends all of it here, in order, and then the database.
set -m
PYTHONDONTWRITEBYTECODE=1 python3 "$project/Tests/Faults" --seed "$seed" --seconds "$seconds" ${control:+--control} "${development[@]}" \
    --binaries "$binaries" --folder "$run" --cluster "$folder" --programs "$(programs_for "$folder")" --port "$port" \
    "${options[@]/#/--cluster-option=}" </dev/null &
group=$!
set +m
status=0
wait "$group" || status=$?
[ "$status" != 0 ] || passed=true
exit "$status"
