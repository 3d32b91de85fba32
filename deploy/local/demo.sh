#!/bin/bash
# make demo: builds, starts a private PostgreSQL, the payment sandbox and the three services, walks through the main journey over HTTP
# and leaves everything running. Run again, it goes on with the same data and starts only what does not run or was built anew.
# Ports: CLIENT_PORT, CINEMA_PORT, ADMIN_PORT, SANDBOX_PORT. DEMO_CONFIGURATION: debug or release.
# DEMO_BINARIES names a folder of ready programs, which are run instead of a build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"
source "$(dirname "${BASH_SOURCE[0]}")/development.sh"
umask 022

configuration=${DEMO_CONFIGURATION:-debug}
binaries=${DEMO_BINARIES:-}
[ -z "$binaries" ] || [ -x "$binaries/ClientService" ] || fail "DEMO_BINARIES=$binaries has no ClientService."
[[ "$configuration" =~ ^(release|debug)$ ]] || fail "CONFIGURATION=$configuration is neither release nor debug."

take_lock demo "make demo or make stop"
ensure_packages
# Ports that are taken are reported before the build, not after it.
choose_ports
if [ -n "$binaries" ]; then
    programs=$(cd "$binaries" && pwd -P)
else
    ensure_swift
    build_programs "$configuration"
fi
make_keys
start_database
prepare_database
make_demo_data

# The ports are chosen again, since the build took its time, and until the last service has started no other copy on this machine chooses: a
# lock on a folder that all copies know.
exec 8</var/tmp
flock -w 300 8 || fail "another copy on this machine has been starting its services for 5 minutes."
choose_ports
service_environment sandbox "$sandbox_port"
start_service sandbox "$programs/AlipaySandbox" "$sandbox_port" /livez "${environment[@]}"
for service in "client ClientService $client_port" "cinema CinemaService $cinema_port" "admin AdminService $admin_port"; do
    read -r name program port <<<"$service"
    service_environment "$name" "$port"
    start_service "$name" "$programs/$program" "$port" /readyz "${environment[@]}"
done
exec 8<&-

(
    umask 077
    cat >"$run_dir/demo.env.new" <<ENV
CLIENT_URL=$client_url
CINEMA_URL=$cinema_url
ADMIN_URL=$admin_url
SANDBOX_URL=$sandbox_url
ALLOWED_ORIGIN=$allowed_origin
DATABASE_URL=$database_url
ADMIN_USERNAME=$admin_username
ADMIN_PASSWORD=$admin_password
ENV
    mv "$run_dir/demo.env.new" "$run_dir/demo.env"
)

# ── The journey.
printf '\n'
ADMIN_USERNAME=$admin_username ADMIN_PASSWORD=$admin_password \
    python3 "$local_dir/journey.py" "$client_url" "$cinema_url" "$admin_url" "$sandbox_url" </dev/null

cat <<TEXT

Everything is left running. To look around:

    source .run/demo.env
    curl "\$CLIENT_URL/v1/movies?state=showing&limit=3"
    curl "\$CLIENT_URL/openapi.json"
    curl -H 'Content-Type: application/json' "\$ADMIN_URL/v1/sessions" \\
        -d '{"login": "'\$ADMIN_USERNAME'", "password": "'\$ADMIN_PASSWORD'"}'
    psql "\$DATABASE_URL"

Logs: .run/log · every call: docs/api.md · stop: make stop
TEXT
