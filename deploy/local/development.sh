# shellcheck shell=bash
# What `make demo`, `make run`, `make db` and `make psql` have in common: one private database with its roles, one set of keys, and the
# environment that each service gets. To be sourced after common.sh, postgres.sh and services.sh.

: "${run_dir:?common.sh comes first}"

# shellcheck disable=SC2034
admin_username=keeper
# The program of each service, and its name among the roles of the database.
service_programs=("client ClientService" "cinema CinemaService" "admin AdminService")
# The numbers of an application and a seller that don't exist at Alipay.
app_id=2021000000000001
# The frontend that somebody writes beside the services, as its development server serves it; it may call them from the browser.
allowed_origin=http://localhost:5173
# The name of the database's cluster; a script that has one of its own names it anew.
cluster_name=postgres
seller_id=2088000000000001

choose_ports() {
    choose_port sandbox SANDBOX_PORT 8009; sandbox_port=$chosen
    choose_port client CLIENT_PORT 8001; client_port=$chosen
    choose_port cinema CINEMA_PORT 8002; cinema_port=$chosen
    choose_port admin ADMIN_PORT 8003; admin_port=$chosen
    [ "$(printf '%s\n' "$sandbox_port" "$client_port" "$cinema_port" "$admin_port" | sort -u | wc -l)" = 4 ] ||
        fail "each service needs a port of its own: $sandbox_port, $client_port, $cinema_port, $admin_port."
    sandbox_url=http://127.0.0.1:$sandbox_port
    client_url=http://127.0.0.1:$client_port
    cinema_url=http://127.0.0.1:$cinema_port
    admin_url=http://127.0.0.1:$admin_port
}

# Keys: ours sign what goes to the gateway, the sandbox's what comes from it, the ticket key the codes of tickets; one-time codes and second
# factors are kept under the identity key.
make_keys() {
    keys=$run_dir/keys
    mkdir -p "$keys"
    chmod 700 "$keys"
    local key
    for key in app alipay; do make_rsa_key "$keys" "$key"; done
    make_ticket_key "$keys"
    [ -s "$keys/identity.key" ] || (
        umask 077
        openssl rand -base64 32 >"$keys/identity.key.new"
        mv "$keys/identity.key.new" "$keys/identity.key"
    )
}

# Starts the private PostgreSQL, unless it runs, and makes the database and its roles. Its passwords and the administrator's lie beside the
# data that they belong to.
start_database() {
    local secrets entry name
    folder=$(cluster_folder "$cluster_name")
    secrets=$(as_postgres_user cat "$folder/secrets" 2>/dev/null) || secrets=""
    if [ -z "$secrets" ]; then
        [ ! -e "$folder/data" ] || fail "$folder has a database, but not its passwords; remove that folder to start anew."
        secrets="$(random_word 24) $(random_word 24) $(random_word 20)"
        as_postgres_user sh -c 'umask 077 && cat >"$1.new" && mv "$1.new" "$1"' sh "$folder/secrets" <<<"$secrets"
    fi
    # shellcheck disable=SC2034
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
    if [ -z "$(psql_as_superuser <<<"SELECT 1 FROM pg_roles WHERE rolname = 'piao'")" ]; then
        psql_as_superuser <<<"CREATE ROLE piao LOGIN PASSWORD '$database_password'"
    fi
    if [ -z "$(psql_as_superuser <<<"SELECT 1 FROM pg_database WHERE datname = 'piao'")" ]; then
        psql_as_superuser <<<"CREATE DATABASE piao OWNER piao"
    fi
    database_url=postgresql://piao:$database_password@127.0.0.1:$database_port/piao
    for entry in "${service_programs[@]}"; do
        read -r name _ <<<"$entry"
        if [ -z "$(psql_as_superuser <<<"SELECT 1 FROM pg_roles WHERE rolname = 'piao_$name'")" ]; then
            psql_as_superuser <<<"CREATE ROLE piao_$name LOGIN PASSWORD '$(service_password "$name")'"
        fi
    done
}

psql_as_superuser() {
    PGPASSWORD=$superuser_password PGCONNECT_TIMEOUT=10 "$(programs_for "$folder")/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --set=ON_ERROR_STOP=1 --host=127.0.0.1 --port="$database_port" --username=postgres --dbname=postgres
}

# service_password NAME: the password of its role. It is derived from the superuser's, so that older clusters have it too.
service_password() { printf '%s %s' "$1" "$superuser_password" | sha256sum | cut -c 1-32; }

# Brings the schema up to date, makes the first administrator, imports cities and movies.
prepare_database() {
    local entry name program output data=$local_dir/data file
    say "Migrating"
    admin_service migrate </dev/null
    for entry in "${service_programs[@]}"; do
        read -r name program <<<"$entry"
        admin_service grant "piao_$name" "$program" </dev/null
    done
    if ! output=$(admin_service create-admin --username "$admin_username" <<<"$admin_password" 2>&1); then
        # The administrator may exist from an earlier run, with the same password.
        [[ "$output" == *taken* || "$output" == *exists* ]] || fail "create-admin failed: $output"
    fi
    say "Importing cities and movies"
    for file in citys.json adcodes.csv; do
        admin_service import-cities "$data/$file" </dev/null
    done
    admin_service import-movies "$data/movies.csv" </dev/null
}

# Something to look at: cinemas, a week of showtimes from today on, orders. Each week has a seed of its own, so that there are always showtimes
# to come; within it nothing more is made.
make_demo_data() {
    say "Making demo data"
    admin_service generate-demo-data --cinemas 20 --orders 1000 --seed $(($(date +%s) / (7 * 86400))) </dev/null
}

admin_service() { DATABASE_URL=$database_url LOG_LEVEL=warning "$programs/AdminService" "$@"; }

# service_environment NAME PORT: sets `environment` to what a service gets; NAME is client, cinema, admin or sandbox.
service_environment() {
    if [ "$1" = sandbox ]; then
        environment=(
            ALIPAY_SANDBOX_PORT="$2"
            ALIPAY_SANDBOX_PRIVATE_KEY_FILE="$keys/alipay_private.pem"
            ALIPAY_SANDBOX_APP_PUBLIC_KEY_FILE="$keys/app_public.pem"
            ALIPAY_SANDBOX_APP_ID="$app_id"
            ALIPAY_SANDBOX_SELLER_ID="$seller_id"
        )
        return
    fi
    # shellcheck disable=SC2034
    environment=(
        DATABASE_URL="postgresql://piao_$1:$(service_password "$1")@127.0.0.1:$database_port/piao"
        HTTP_HOST=127.0.0.1
        HTTP_PORT="$2"
        HTTP_ALLOWED_ORIGINS="$allowed_origin,$client_url,$cinema_url,$admin_url"
        PAYMENTS_RETURN_ORIGINS="$allowed_origin"
        LOG_LEVEL="${LOG_LEVEL:-info}"
        RATE_LIMITS_ENABLED=false
        IDENTITY_STAFF_SECOND_FACTOR=optional
        ALIPAY_APP_ID="$app_id"
        ALIPAY_SELLER_ID="$seller_id"
        ALIPAY_GATEWAY_URL="$sandbox_url/gateway.do"
        ALIPAY_NOTIFY_URL="$client_url/v1/payments/alipay/notifications"
        ALIPAY_RETURN_URL="$sandbox_url/returned"
        ALIPAY_APP_PRIVATE_KEY_FILE="$keys/app_private.pem"
        ALIPAY_PUBLIC_KEY_FILE="$keys/alipay_public.pem"
        TICKETS_SIGNING_KEY_FILE="$keys/tickets.pem"
        IDENTITY_SECRETS_KEY_FILE="$keys/identity.key"
        MESSAGES_SENDER=log
    )
}

# write_environment NAME: writes `environment` into .run/env/NAME.env, a file for PIAO_CONFIGURATION, which debuggers give to the program.
write_environment() {
    mkdir -p "$run_dir/env"
    chmod 700 "$run_dir/env"
    (
        umask 077
        printf '%s\n' "${environment[@]}" >"$run_dir/env/$1.env"
    )
}
