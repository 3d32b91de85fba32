#!/bin/bash
# make demo: builds, starts a private PostgreSQL, the payment sandbox and the three services, walks through the main journey over HTTP
# and leaves everything running. Run again, it goes on with the same data and starts only what does not run or was built anew.
# Ports: CLIENT_PORT, CINEMA_PORT, ADMIN_PORT, SANDBOX_PORT. DEMO_BINARIES names a folder of ready programs, which are run instead of a build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"
umask 022

choose_ports() {
    choose_port sandbox SANDBOX_PORT 8009; sandbox_port=$chosen
    choose_port client CLIENT_PORT 8001; client_port=$chosen
    choose_port cinema CINEMA_PORT 8002; cinema_port=$chosen
    choose_port admin ADMIN_PORT 8003; admin_port=$chosen
    [ "$(printf '%s\n' "$sandbox_port" "$client_port" "$cinema_port" "$admin_port" | sort -u | wc -l)" = 4 ] ||
        fail "each service needs a port of its own: $sandbox_port, $client_port, $cinema_port, $admin_port."
}

binaries=${DEMO_BINARIES:-}
[ -z "$binaries" ] || [ -x "$binaries/ClientService" ] || fail "DEMO_BINARIES=$binaries has no ClientService."
take_lock demo "make demo or make stop"
ensure_packages
# Ports that cannot be had are told before the build, not after it.
choose_ports

if [ -n "$binaries" ]; then
    programs=$(cd "$binaries" && pwd -P)
else
    # Optimised: a debug build takes seconds to hash a password, and shows nobody how fast it is.
    ensure_swift
    fetch_swift_packages
    say "Building"
    cd "$project"
    swift build -c release </dev/null 9>&-
    programs=$(swift build -c release --show-bin-path </dev/null)
fi

# ── Keys: ours sign what goes to the gateway, the sandbox's what comes from it.
keys=$run_dir/keys
mkdir -p "$keys"
chmod 700 "$keys"
for key in app alipay; do make_rsa_key "$keys" "$key"; done
# What the codes of tickets are signed with.
make_ticket_key "$keys"
# What one-time codes and second factors are kept under.
[ -s "$keys/identity.key" ] || (
    umask 077
    openssl rand -base64 32 >"$keys/identity.key.new"
    mv "$keys/identity.key.new" "$keys/identity.key"
)

# ── PostgreSQL. Its passwords and the administrator's lie beside the data that they belong to.
folder=$(cluster_folder postgres)
secrets=$(as_postgres_user cat "$folder/secrets" 2>/dev/null) || secrets=""
if [ -z "$secrets" ]; then
    [ ! -e "$folder/data" ] || fail "$folder has a database, but not its passwords; remove that folder to start anew."
    secrets="$(random_word 24) $(random_word 24) $(random_word 20)"
    as_postgres_user sh -c 'umask 077 && cat >"$1.new" && mv "$1.new" "$1"' sh "$folder/secrets" <<<"$secrets"
fi
read -r superuser_password database_password admin_password <<<"$secrets"
create_cluster "$folder" "$superuser_password"
if cluster_runs "$folder"; then
    database_port=$(sed -n 4p "$folder/data/postmaster.pid")
    say "PostgreSQL runs already on port $database_port"
else
    database_port=$(start_on_free_port "$folder" "$(cat "$run_dir/postgres.port" 2>/dev/null || true)" "$run_dir/log/postgres.log" \
        -c max_connections=300)
    printf '%s' "$database_port" >"$run_dir/postgres.port"
    say "PostgreSQL runs on port $database_port, in $folder"
fi

# The role piao owns its database and nothing else: it migrates and imports. Each service has a role that may do what it needs.
psql_as_superuser() {
    PGPASSWORD=$superuser_password PGCONNECT_TIMEOUT=10 "$(programs_for "$folder")/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --set=ON_ERROR_STOP=1 --host=127.0.0.1 --port="$database_port" --username=postgres --dbname=postgres
}
if [ -z "$(psql_as_superuser <<<"SELECT 1 FROM pg_roles WHERE rolname = 'piao'")" ]; then
    psql_as_superuser <<<"CREATE ROLE piao LOGIN PASSWORD '$database_password'"
fi
if [ -z "$(psql_as_superuser <<<"SELECT 1 FROM pg_database WHERE datname = 'piao'")" ]; then
    psql_as_superuser <<<"CREATE DATABASE piao OWNER piao"
fi
database_url=postgresql://piao:$database_password@127.0.0.1:$database_port/piao
# service_password NAME: its role's, which follows from the superuser's, so that clusters of before have it too.
service_password() { printf '%s %s' "$1" "$superuser_password" | sha256sum | cut -c 1-32; }
service_roles=("client ClientService" "cinema CinemaService" "admin AdminService")
for entry in "${service_roles[@]}"; do
    read -r name program <<<"$entry"
    if [ -z "$(psql_as_superuser <<<"SELECT 1 FROM pg_roles WHERE rolname = 'piao_$name'")" ]; then
        psql_as_superuser <<<"CREATE ROLE piao_$name LOGIN PASSWORD '$(service_password "$name")'"
    fi
done

# ── Schema, first administrator, catalogue.
admin_username=keeper
admin_service() { DATABASE_URL=$database_url LOG_LEVEL=warning "$programs/AdminService" "$@"; }
say "Migrating"
admin_service migrate </dev/null
for entry in "${service_roles[@]}"; do
    read -r name program <<<"$entry"
    admin_service grant "piao_$name" "$program" </dev/null
done
if ! output=$(admin_service create-admin --username "$admin_username" <<<"$admin_password" 2>&1); then
    # Of an earlier run, with the same password.
    [[ "$output" == *taken* || "$output" == *exists* ]] || fail "create-admin failed: $output"
fi
data=$local_dir/data
say "Importing cities and movies"
for file in citys.json adcodes.csv; do
    admin_service import-cities "$data/$file" </dev/null
done
admin_service import-movies "$data/movies.csv" </dev/null

# ── Services. The ports are chosen again, since the build took its time, and until the last service has started no other copy on this
# machine chooses: a lock on a folder that all copies know.
exec 8</var/tmp
flock -w 300 8 || fail "another copy on this machine has been starting its services for 5 minutes."
choose_ports
sandbox_url=http://127.0.0.1:$sandbox_port
client_url=http://127.0.0.1:$client_port
cinema_url=http://127.0.0.1:$cinema_port
admin_url=http://127.0.0.1:$admin_port

# Numbers of an application and a seller that Alipay never gave to anyone.
app_id=2021000000000001
seller_id=2088000000000001
start_service sandbox "$programs/AlipaySandbox" "$sandbox_port" /livez \
    ALIPAY_SANDBOX_PORT="$sandbox_port" \
    ALIPAY_SANDBOX_PRIVATE_KEY_FILE="$keys/alipay_private.pem" \
    ALIPAY_SANDBOX_APP_PUBLIC_KEY_FILE="$keys/app_public.pem" \
    ALIPAY_SANDBOX_APP_ID="$app_id" \
    ALIPAY_SANDBOX_SELLER_ID="$seller_id"
for service in "client ClientService $client_port" "cinema CinemaService $cinema_port" "admin AdminService $admin_port"; do
    read -r name program port <<<"$service"
    start_service "$name" "$programs/$program" "$port" /readyz \
        DATABASE_URL="postgresql://piao_$name:$(service_password "$name")@127.0.0.1:$database_port/piao" \
        HTTP_HOST=127.0.0.1 \
        HTTP_PORT="$port" \
        LOG_LEVEL=info \
        RATE_LIMITS_ENABLED=false \
        IDENTITY_STAFF_SECOND_FACTOR=optional \
        ALIPAY_APP_ID="$app_id" \
        ALIPAY_SELLER_ID="$seller_id" \
        ALIPAY_GATEWAY_URL="$sandbox_url/gateway.do" \
        ALIPAY_NOTIFY_URL="$client_url/v1/payments/alipay/notifications" \
        ALIPAY_RETURN_URL="$sandbox_url/returned" \
        ALIPAY_APP_PRIVATE_KEY_FILE="$keys/app_private.pem" \
        ALIPAY_PUBLIC_KEY_FILE="$keys/alipay_public.pem" \
        TICKETS_SIGNING_KEY_FILE="$keys/tickets.pem" \
        IDENTITY_SECRETS_KEY_FILE="$keys/identity.key" \
        MESSAGES_SENDER=log
done
exec 8<&-

(
    umask 077
    cat >"$run_dir/demo.env.new" <<ENV
CLIENT_URL=$client_url
CINEMA_URL=$cinema_url
ADMIN_URL=$admin_url
SANDBOX_URL=$sandbox_url
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
