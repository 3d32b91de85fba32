#!/bin/bash
# make db: the private PostgreSQL of `make demo` with schema, roles, first administrator, cities and movies, and nothing else.
# make psql: a shell on it, as the owner of the tables. `make stop` stops it; the data stay.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"
source "$(dirname "${BASH_SOURCE[0]}")/development.sh"
umask 022

ensure_packages
if [ "${1:-}" = psql ]; then
    folder=$(cluster_folder postgres)
    cluster_runs "$folder" || fail "the database does not run; make db or make demo starts it."
    start_database >/dev/null
    exec "$(programs_for "$folder")/psql" "$database_url"
fi
take_lock demo "make demo or make stop"
ensure_swift
build_programs debug
start_database
prepare_database
say "The database is ready: make psql, or $database_url"
