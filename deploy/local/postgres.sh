# shellcheck shell=bash
# Private PostgreSQL clusters: one folder, one port on 127.0.0.1, never as root, never a cluster of the system.
# To be sourced after common.sh.

: "${project:?common.sh comes first}" "${run_dir:?common.sh comes first}"

# as_postgres_user COMMAND…: runs it as the account that clusters belong to: the caller, or postgres when the caller is root.
# From the root folder, since the account may not be able to enter the current one.
as_postgres_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec runuser -u postgres -- env LC_ALL=C.UTF-8 "$@")
    else
        (cd / && exec env LC_ALL=C.UTF-8 "$@")
    fi
}

# cluster_folder NAME: makes and prints the folder of a cluster: .run/NAME where the account can enter that,
# else a folder under /var/tmp whose name comes from the project's path.
cluster_folder() {
    local folder=$run_dir/$1 owner hash
    if [ "$(id -u)" != 0 ]; then
        [ -d "$folder" ] || mkdir -m 700 "$folder"
        printf '%s' "$folder"
        return
    fi
    id postgres >/dev/null 2>&1 || fail "there is no user postgres to run PostgreSQL as (root must not run it)."
    if ! as_postgres_user test -x "$run_dir"; then
        hash=$(printf '%s' "$project" | sha256sum)
        folder=/var/tmp/piao-${hash:0:12}-$1
    fi
    # In /var/tmp another user could have made something with this name.
    [ ! -L "$folder" ] || fail "$folder is a symbolic link; remove it."
    [ -d "$folder" ] || mkdir -m 700 "$folder"
    owner=$(stat -c %U "$folder")
    case $owner in
        root) chown postgres: "$folder" ;;
        postgres) ;;
        *) fail "$folder belongs to $owner; remove it." ;;
    esac
    printf '%s' "$folder"
}

# cluster_runs FOLDER: whether its server lives. A process that merely has the number of a dead server does not count:
# a server's working directory is its data folder.
cluster_runs() {
    local pid
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && [ "/proc/$pid/cwd" -ef "$1/data" ]
}

# create_cluster FOLDER PASSWORD: an empty cluster whose superuser is postgres. Does nothing when it is there.
create_cluster() {
    local folder=$1 password=$2 programs made=true
    [ ! -s "$folder/data/PG_VERSION" ] || return 0
    programs=$(programs_for "$folder")
    # Made under another name and renamed when whole, so that an interruption leaves no half of a cluster.
    rm -rf "$folder/data" "$folder/data.new"
    as_postgres_user sh -c 'umask 077 && cat >"$1"' sh "$folder/password" <<<"$password"
    as_postgres_user "$programs/initdb" --pgdata="$folder/data.new" --username=postgres --auth=scram-sha-256 \
        --pwfile="$folder/password" --encoding=UTF8 --locale=C.UTF-8 --no-instructions \
        </dev/null >"$run_dir/log/initdb.log" 2>&1 || made=false
    rm -f "$folder/password"
    if [ "$made" = false ]; then
        cat "$run_dir/log/initdb.log" >&2
        fail "initdb failed (above)."
    fi
    mv "$folder/data.new" "$folder/data"
}

# start_cluster FOLDER PROGRAMS PORT LOG [-c name=value…]: starts its server; false when that fails.
start_cluster() {
    local folder=$1 programs=$2 port=$3 log=$4 options
    shift 4
    # TCP only, because the path of a socket must be short, and this folder may be deep. Connecting needs the password.
    options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c timezone=UTC -c log_timezone=UTC $*"
    if [ -e "$folder/data/postmaster.pid" ] && ! cluster_runs "$folder"; then
        # A crash may have left this file. PostgreSQL handles that itself, unless the number belongs to another program's process by now.
        local pid
        pid=$(head -n 1 "$folder/data/postmaster.pid")
        [ ! -d "/proc/$pid" ] || rm -f "$folder/data/postmaster.pid"
    fi
    # pg_ctl makes a session of its own for the server: Ctrl-C at the terminal does not reach it.
    as_postgres_user "$programs/pg_ctl" start --pgdata="$folder/data" --wait --timeout=60 --silent -o "$options" \
        </dev/null >>"$log" 2>&1 9>&-
}

# own_cluster NAME: makes and prints the folder of a cluster that ends with this script; one of them is swept away if the script is killed.
own_cluster() {
    local folder
    folder=$(cluster_folder "$1") || return 1
    printf '%s %s %s\n' "$$" "$(process_start $$)" "$folder" >"$run_dir/$1.owner"
    printf '%s' "$folder"
}

# drop_cluster NAME FOLDER: stops and removes it.
drop_cluster() {
    stop_cluster "$2" immediate || true
    rm -rf "$2" "$run_dir/$1.owner" "$run_dir/$1.log"
}

# sweep_dead_clusters KIND: runs side by side have a cluster each, KIND-NUMBER; those whose runs were killed outright are cleared away.
sweep_dead_clusters() {
    local owner folder pid start
    for owner in "$run_dir/$1"-*.owner; do
        [ -e "$owner" ] || continue
        read -r pid start folder <"$owner" || true
        if [ "$(process_start "$pid")" != "$start" ]; then drop_cluster "$(basename "$owner" .owner)" "$folder"; fi
    done
}

# stop_cluster FOLDER MODE: stops its server, if it runs. MODE is fast or immediate.
stop_cluster() {
    local programs
    cluster_runs "$1" || return 0
    programs=$(programs_for "$1")
    as_postgres_user "$programs/pg_ctl" stop --pgdata="$1/data" --wait --timeout=60 --silent --mode="$2" </dev/null >/dev/null
}

# programs_for FOLDER: the programs of the version that made the cluster, or the newest for one that is not made yet.
programs_for() {
    local programs version
    programs=$(postgres_programs)
    if [ -s "$1/data/PG_VERSION" ]; then
        version=$(cat "$1/data/PG_VERSION")
        if [ "$("$programs/postgres" --version | sed -E 's/.* ([0-9]+).*/\1/')" != "$version" ]; then
            programs=/usr/lib/postgresql/$version/bin
            [ -x "$programs/postgres" ] ||
                fail "$1 was made by PostgreSQL $version, which is not installed; remove that folder to start anew."
        fi
    fi
    printf '%s' "$programs"
}

# start_on_free_port FOLDER WANTED LOG [-c name=value…]: starts on the port WANTED if it is free, else on another one; prints the port.
start_on_free_port() {
    local folder=$1 port=$2 log=$3 programs attempt
    shift 3
    programs=$(programs_for "$folder")
    for attempt in 1 2 3 4 5; do
        if [ -z "$port" ] || ! port_is_free "$port"; then port=$(any_free_port); fi
        if start_cluster "$folder" "$programs" "$port" "$log" "$@"; then
            printf '%s' "$port"
            return 0
        fi
        # Somebody may have taken the port in between; anything else fails each time.
        port=""
    done
    tail -n 20 "$log" >&2
    fail "PostgreSQL did not start in $attempt attempts (above); the whole log: $log"
}
