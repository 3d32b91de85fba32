#!/bin/bash
# make browser-test: a web page of another origin books and pays in headless Chromium, through CORS alone (Tests/Browser); then the services
# allow no origin, and the same page must get nowhere. On services and a database of its own, which are gone afterwards.
# BROWSER_BINARIES names a folder of ready programs, which are run instead of a debug build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"
source "$(dirname "${BASH_SOURCE[0]}")/development.sh"
umask 022

binaries=${BROWSER_BINARIES:-}
[ -z "$binaries" ] || [ -x "$binaries/ClientService" ] || fail "BROWSER_BINARIES=$binaries has no ClientService."

also_missing() {
    command -v chromium >/dev/null || printf 'chromium '
    command -v chromedriver >/dev/null || printf 'chromium-driver'
}
ensure_packages
if [ -n "$binaries" ]; then
    programs=$(cd "$binaries" && pwd -P)
else
    ensure_swift
    prepare_run_dir
    build_programs debug
fi
python=$("$project/Tests/Oracles/setup" browser </dev/null | tail -n 1)

# Apart from what `make demo` left running.
run_dir=$run_dir/browser
cluster_name=browser
take_lock browser "make browser-test"
passed=false

clean_up() {
    trap '' INT TERM HUP
    local service
    for service in "${services[@]}"; do stop_service "$service"; done
    if [ -n "${folder:-}" ]; then
        stop_cluster "$folder" immediate || true
        rm -rf "$folder"
    fi
    rm -rf "$run_dir/keys"
    [ "$passed" = true ] || say "the services' logs are in $run_dir/log"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

make_keys
start_database
prepare_database

# start_all [NAME=VALUE…]: starts what does not run with that environment.
start_all() {
    local name program port
    service_environment sandbox "$sandbox_port"
    start_service sandbox "$programs/AlipaySandbox" "$sandbox_port" /livez "${environment[@]}"
    for service in "client ClientService $client_port" "cinema CinemaService $cinema_port" "admin AdminService $admin_port"; do
        read -r name program port <<<"$service"
        service_environment "$name" "$port"
        # The page's own address is where the gateway sends the browser back to. With limits of rate, so that the page can read them.
        start_service "$name" "$programs/$program" "$port" /readyz "${environment[@]}" ALIPAY_RETURN_URL="$allowed_origin/page.html" \
            RATE_LIMITS_ENABLED=true "$@"
    done
}

# test_page [--refused]
test_page() {
    ADMIN_USERNAME=$admin_username ADMIN_PASSWORD=$admin_password PYTHONDONTWRITEBYTECODE=1 \
        "$python" "$project/Tests/Browser/browser_test.py" "$client_url" "$cinema_url" "$admin_url" "$sandbox_url" "$allowed_origin" "$@" \
        </dev/null
}

# Until the last service has started no other copy on this machine chooses ports.
exec 8</var/tmp
flock -w 300 8 || fail "another copy on this machine has been starting its services for 5 minutes."
choose_ports
port_is_free 5173 || allowed_origin=http://localhost:$(any_free_port)
start_all
exec 8<&-
test_page
start_all HTTP_ALLOWED_ORIGINS=
test_page --refused
passed=true
