#!/bin/bash
# make run SERVICE=client|cinema|admin|sandbox: builds one service (debug) and runs it in the foreground, on the port, the database and the keys
# of `make demo`, in place of the copy that the demo left running. Ctrl-C ends it; run it again after each change.
# RUN_SERVICE; RUN_ONLY=prepare does all but run it, for a debugger; LOG_LEVEL (info).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"
source "$(dirname "${BASH_SOURCE[0]}")/development.sh"
umask 022

name=${RUN_SERVICE:-}
case $name in
    client) program=ClientService ;;
    cinema) program=CinemaService ;;
    admin) program=AdminService ;;
    sandbox) program=AlipaySandbox ;;
    "") fail "which one? make run SERVICE=client, cinema, admin or sandbox." ;;
    *) fail "SERVICE=$name is none of client, cinema, admin, sandbox." ;;
esac

take_lock "run-$name" "make run SERVICE=$name"
ensure_packages
ensure_swift
build_programs debug
(
    # No demo starts or stops meanwhile.
    take_lock demo "make demo or make stop"
    make_keys
    start_database
    prepare_database
    stop_service "$name"
)
# The part in brackets has made everything; here only its variables are read again.
make_keys
start_database >/dev/null
choose_ports
port_variable=${name}_port
port=${!port_variable}
service_environment "$name" "$port"
write_environment "$name"
if [ "${RUN_ONLY:-}" = prepare ]; then
    # The sandbox reads its environment alone.
    start="PIAO_CONFIGURATION=$run_dir/env/$name.env"
    if [ "$name" = sandbox ]; then start="env \$(cat $run_dir/env/$name.env)"; fi
    say "$name is built and may be started: $start $programs/$program"
    exit 0
fi
say "$name runs on port $port; Ctrl-C ends it"
# It gets this environment only, as in the demo.
cd "$run_dir"
exec env --ignore-environment PATH="$PATH" HOME="$HOME" LANG=C.UTF-8 "${environment[@]}" "$programs/$program" 9>&-
