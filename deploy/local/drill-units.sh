#!/bin/bash
# make drill-units: tests the units of deploy/systemd under a real systemd, through the failures that may happen in operation.
#
# A bare Debian with systemd and PostgreSQL is made (once, three minutes, 0.7 GB) and booted in a container with a network of its own; nothing
# of this machine is touched. Needs root and a kernel that lets root make namespaces; installs debootstrap and systemd-container.
#
#   DRILL_BINARIES  a folder of ready programs instead of what `make install` builds; libraries of theirs that lack there are copied
#   DRILL_ROOT      the folder of the bare Debian; .run/drill/root unless set
#   DRILL_KEEP      1: leaves it running afterwards, to look around
#
# Prints a line for each thing that must hold; the last one counts them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

binaries=${DRILL_BINARIES:-}
root=${DRILL_ROOT:-$run_dir/drill/root}
keep=${DRILL_KEEP:-}
[ "$(id -u)" = 0 ] || fail "only root can boot a systemd; run this as root."
[ -z "$binaries" ] || [ -x "$binaries/ClientService" ] || fail "DRILL_BINARIES=$binaries has no ClientService."

also_missing() {
    local missing=()
    command -v debootstrap >/dev/null || missing+=(debootstrap)
    command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
    printf '%s' "${missing[*]}"
}
ensure_packages
prepare_run_dir
take_lock drill-units "make drill-units"

services=(client cinema admin)
declare -A programs=([client]=ClientService [cinema]=CinemaService [admin]=AdminService) ports=([client]=8001 [cinema]=8002 [admin]=8003)
passed=0
failed=()
machine=""

# ── The machine ──

make_root() {
    [ ! -e "$root/.complete" ] || return 0
    local mirror
    # The mirror that this machine uses itself.
    mirror=$(apt-cache policy base-files | awk '$2 ~ /^http/ {print $2; exit}')
    say "Making a bare Debian in $root (about three minutes)"
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase \
        --include=systemd,systemd-sysv,dbus,libnss-systemd,ca-certificates,openssl,curl,procps,libargon2-1,libpq5,libturbojpeg0,libpng16-16,libwebp7,postgresql \
        bookworm "$root" "$mirror" </dev/null >"$run_dir/log/drill-debootstrap.log" 2>&1 ||
        { tail -n 20 "$run_dir/log/drill-debootstrap.log" >&2; fail "debootstrap failed (above)."; }
    touch "$root/.complete"
}

# inside COMMAND…: runs it in the booted machine.
inside() {
    local init
    init=$(pgrep -P "$machine" | head -n 1) || return 1
    nsenter --target "$init" --all -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@" \
        9>&- </dev/null
}

boot() {
    # A namespace with a plain cgroup2, so that systemd-nspawn finds a unified hierarchy whatever this machine has.
    # shellcheck disable=SC2016
    setsid unshare -m -C bash -c '
        mount --make-rprivate / && umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 1
        mkdir -p /sys/fs/cgroup/drill && echo $$ >/sys/fs/cgroup/drill/cgroup.procs
        exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$0" --machine=piao-drill --private-network --console=pipe
    ' "$root" </dev/null >"$run_dir/log/drill-console.log" 2>&1 9>&- &
    machine=$!
    disown "$machine"
    local state
    for _ in $(seq 150); do
        state=$(inside systemctl is-system-running 2>/dev/null || true)
        case $state in running | degraded) return 0 ;; esac
        sleep 0.4
    done
    tail -n 20 "$run_dir/log/drill-console.log" >&2
    fail "systemd is not up after a minute (above)."
}

power_off() {
    [ -n "$machine" ] && [ -e "/proc/$machine" ] || return 0
    inside systemctl poweroff >/dev/null 2>&1 || true
    for _ in $(seq 150); do [ -e "/proc/$machine" ] || break; sleep 0.2; done
    kill -KILL "$machine" 2>/dev/null || true
    machine=""
}

clean_up() {
    trap '' INT TERM HUP
    if [ "$keep" = 1 ] && [ -n "$machine" ]; then
        say "left running; commands inside: nsenter --target \$(pgrep -P $machine) --all COMMAND…, the end: … systemctl poweroff"
    else
        power_off
    fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ── What is installed in it ──

install_programs() {
    if [ -z "$binaries" ]; then
        "$local_dir/install.sh" "$root" </dev/null
        return
    fi
    local program library
    install -d "$root/usr/lib/piao" "$root/usr/lib/systemd/system" "$root/etc/piao"
    for program in "${programs[@]}"; do
        install -m 755 "$binaries/$program" "$root/usr/lib/piao/"
        while read -r library; do
            [ -e "$root$library" ] || install -D -m 755 "$library" "$root$library"
        done < <(ldd "$binaries/$program" | awk '$3 ~ /^\// {print $3}')
    done
    install -m 644 "$project"/deploy/systemd/*.service "$root/usr/lib/systemd/system/"
    install -d "$root/usr/share/doc/piao/sample"
    install -m 644 "$project"/deploy/systemd/sample/* "$root/usr/share/doc/piao/sample/"
}

# This follows deploy/systemd/README.md.
configure() {
    local name credentials=$root/etc/piao/credentials password
    password=$(random_word 24)
    rm -rf "$root/etc/piao"
    install -d "$root/etc/piao"
    install -d -m 700 "$credentials"
    for name in piao client cinema admin; do install -m 644 "$root/usr/share/doc/piao/sample/$name.env" "$root/etc/piao/"; done
    sed -i 's|^ALIPAY_GATEWAY_URL=.*|ALIPAY_GATEWAY_URL=http://127.0.0.1:9/gateway.do|' "$root/etc/piao/piao.env"
    sed "s|^password=.*|password=$password|" "$root/usr/share/doc/piao/sample/pg_service.conf" >"$credentials/pg_service.conf"
    for name in alipay_app alipay; do make_rsa_key "$credentials" "$name"; done
    make_ticket_key "$credentials"
    openssl rand -base64 32 >"$credentials/identity_secrets_key"
    chmod 600 "$credentials"/*
    # The cluster of the machine, empty, with the role; not started at boot.
    inside systemctl disable --now postgresql >/dev/null 2>&1
    inside systemctl stop postgresql@15-main
    inside pg_dropcluster 15 main >/dev/null 2>&1 || true
    inside pg_createcluster 15 main >/dev/null
    inside systemctl daemon-reload
    inside systemctl start postgresql@15-main
    inside runuser -u postgres -- psql -q -c "CREATE ROLE piao LOGIN PASSWORD '$password'" -c "CREATE DATABASE piao OWNER piao"
    inside systemctl stop postgresql@15-main
}

# ── What must hold ──

# holds WHAT COMMAND…: whether the command succeeds.
holds() {
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then
        printf 'ok      %s\n' "$what"
        passed=$((passed + 1))
    else
        printf 'FAILED  %s\n' "$what"
        failed+=("$what")
    fi
}

# status SERVICE PATH: what it answers; 000 for nothing within ten seconds.
status() { inside curl --silent --noproxy '*' --max-time 10 --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:${ports[$1]}$2"; }
answers() { [ "$(status "$1" "$2" || true)" = "$3" ]; }
all_answer() { local service; for service in "${services[@]}"; do answers "$service" "$1" "$2" || return 1; done; }
is_active() { inside systemctl is-active --quiet "$1"; }
all_active() { local service; for service in "${services[@]}"; do is_active "piao-$service" || return 1; done; }
# awaits SECONDS COMMAND…: whether it succeeds within so many seconds. The limit is far longer than needed.
awaits() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.2; done
}
property() { inside systemctl show --value --property="$2" "$1"; }
main_process() { property "piao-$1" MainPID; }
# lines SERVICE TEXT: how many lines of this boot's journal hold the text.
lines() { inside journalctl --quiet --boot --unit="piao-$1" --output=cat | grep -c "$2" || true; }
migrate_retries() { [ "$(property piao-migrate NRestarts)" -ge 1 ]; }
level_was_read() { [ "$(lines client 'log_level=debug')" -ge 1 ]; }
is_new() { local now; now=$(main_process client); [ "$now" != 0 ] && [ "$now" != "$1" ] && is_active piao-client; }
is_same() { [ "$(main_process client)" = "$1" ] && answers client /livez 200; }
few_lines() { local count; count=$(lines client 'readiness check fails'); [ "$count" -ge 1 ] && [ "$count" -le "$1" ]; }
# 0 is no process, and to kill it would end this script.
crash() { [ "$1" = 0 ] || inside kill -KILL "$1"; }
signal_database() { inside pkill "-$1" -u postgres; }
ended_well() { [ "$(property piao-client ActiveState)" = inactive ] && [ "$(property piao-client Result)" = success ]; }
failed_for_good() { [ "$(property piao-client ActiveState)" = failed ] && [ "$(property piao-client ExecMainStatus)" = 78 ]; }

drill() {
    local process number began

    say "The database is absent when the machine starts, and comes later"
    inside systemctl enable --quiet piao-client piao-cinema piao-admin
    power_off
    boot
    holds "the services are started" awaits 60 all_active
    holds "/livez says 200" all_answer /livez 200
    holds "/readyz says 503" all_answer /readyz 503
    holds "piao-migrate has failed and tries again" awaits 60 migrate_retries
    sleep 15
    holds "the journal has one line of it a minute" few_lines 2
    inside systemctl start postgresql@15-main
    holds "piao-migrate succeeds by itself" awaits 60 is_active piao-migrate
    holds "/readyz says 200 then" awaits 60 all_answer /readyz 200

    say "The database is away while a service restarts"
    inside systemctl stop postgresql@15-main
    holds "restarting succeeds" inside systemctl restart piao-client
    holds "/livez says 200" answers client /livez 200
    holds "/readyz says 503" answers client /readyz 503
    for number in 1 2 3; do
        process=$(main_process client)
        crash "$process"
        holds "killed without a database, it is back ($number)" awaits 60 is_new "$process"
    done
    inside systemctl start postgresql@15-main
    holds "/readyz says 200 when the database is back" awaits 60 all_answer /readyz 200

    say "Signals"
    process=$(main_process client)
    inside sh -c "sed -i 's/^LOG_LEVEL=.*/LOG_LEVEL=debug/' /etc/piao/piao.env"
    holds "systemctl reload succeeds" inside systemctl reload piao-client
    holds "the log level is read again" awaits 30 level_was_read
    for number in HUP USR1 USR2; do
        [ "$process" = 0 ] || inside kill "-$number" "$process"
        holds "SIG$number ends nothing" is_same "$process"
    done
    inside sh -c "sed -i 's/^LOG_LEVEL=.*/LOG_LEVEL=info/' /etc/piao/piao.env"
    inside systemctl reload piao-client

    say "Twelve crashes within five minutes"
    began=$SECONDS
    for number in $(seq 12); do
        process=$(main_process client)
        crash "$process"
        awaits 60 is_new "$process" || break
    done
    say "that took $((SECONDS - began)) s"
    holds "it is back after the twelfth" awaits 60 answers client /readyz 200

    say "The database's host hangs"
    signal_database STOP
    # The readiness result is kept for a second.
    holds "/readyz says 503" awaits 10 answers client /readyz 503
    for number in 1 2 3 4 5; do
        holds "/readyz says 503 each time ($number)" answers client /readyz 503
        sleep 1
    done
    holds "/livez says 200" answers client /livez 200
    began=$SECONDS
    holds "systemctl stop succeeds" inside systemctl stop piao-client
    say "that took $((SECONDS - began)) s"
    holds "it has ended by itself" ended_well
    holds "it starts while the host hangs" inside systemctl start piao-client
    holds "/readyz says 503" answers client /readyz 503
    signal_database CONT
    holds "/readyz says 200 when it hangs no longer" awaits 60 all_answer /readyz 200

    say "A wrong setting"
    inside sh -c 'echo HTTP_PORT=eighty >>/etc/piao/client.env'
    inside systemctl restart piao-client >/dev/null 2>&1 || true
    holds "it ends with 78" awaits 30 failed_for_good
    sleep 5
    holds "and is not started again" failed_for_good
    inside sh -c "sed -i '/eighty/d' /etc/piao/client.env"
    inside systemctl reset-failed piao-client
    holds "mended, it starts" inside systemctl start piao-client
    holds "/readyz says 200" awaits 60 answers client /readyz 200
}

make_root
# A run that was killed may have left this.
machine=$(pgrep -f "systemd-nspawn .*--directory=$root " | head -n 1) || true
power_off
boot
install_programs
configure
inside systemctl daemon-reload
drill

if [ "${#failed[@]}" != 0 ]; then
    inside journalctl --quiet --boot --no-pager --unit='piao-*' >"$run_dir/log/drill-journal.log" 2>&1 || true
    say "the services' journal: $run_dir/log/drill-journal.log"
fi
say "drill-units: $passed passed, ${#failed[@]} failed"
[ "${#failed[@]}" = 0 ]
