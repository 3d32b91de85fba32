# shellcheck shell=bash
# The programs that `make demo` leaves running. Each has a file in .run/pid with its process, start time, port, program and environment.
# To be sourced after common.sh.

: "${run_dir:?common.sh comes first}"

# In the order in which they are stopped: those that call others first.
# shellcheck disable=SC2034
services=(client cinema admin sandbox)

# service_pid NAME: its process; nothing when it does not run.
service_pid() {
    local pid start rest
    [ -e "$run_dir/pid/$1" ] || return 0
    read -r pid start rest <"$run_dir/pid/$1" || true
    if [ -n "${pid:-}" ] && [ -n "${start:-}" ] && [ "$(process_start "$pid")" = "$start" ]; then
        printf '%s' "$pid"
    fi
}

# service_port NAME: the port of a running service; nothing when it does not run.
service_port() {
    local pid start port rest
    [ -n "$(service_pid "$1")" ] || return 0
    # shellcheck disable=SC2034
    read -r pid start port rest <"$run_dir/pid/$1"
    printf '%s' "$port"
}

# stop_service NAME: asks it to end and, when it has not within its own limit, ends it.
stop_service() {
    local pid
    pid=$(service_pid "$1")
    if [ -n "$pid" ]; then
        kill -TERM "$pid" 2>/dev/null || true
        for _ in $(seq 350); do
            [ -n "$(service_pid "$1")" ] || break
            sleep 0.1
        done
        if [ -n "$(service_pid "$1")" ]; then
            say "$1 did not stop within 35 seconds and is ended"
            kill -KILL "$pid" 2>/dev/null || true
        fi
    fi
    rm -f "$run_dir/pid/$1"
}

# choose_port NAME VARIABLE DEFAULT: sets `chosen` to the port of a service. A port that was asked for must be free or its own already;
# otherwise it keeps the one that it has, or takes the default or the next one after it that is free.
choose_port() {
    local name=$1 wanted=${!2:-} port own
    own=$(service_port "$name")
    if [ -n "$wanted" ]; then
        [[ "$wanted" =~ ^[0-9]{1,5}$ ]] && [ "$wanted" -ge 1 ] && [ "$wanted" -le 65535 ] || fail "$2=$wanted is not a port."
        [ "$wanted" = "$own" ] || port_is_free "$wanted" || fail "$2=$wanted: another program listens on that port already."
        chosen=$wanted
        return
    fi
    if [ -n "$own" ]; then
        chosen=$own
        return
    fi
    for ((port = $3; port < $3 + 1000; port += 10)); do
        if port_is_free "$port"; then
            # shellcheck disable=SC2034
            chosen=$port
            return
        fi
    done
    fail "no free port for $name: tried $3, $(($3 + 10)) and so on."
}

# start_service NAME PROGRAM PORT READY_PATH NAME=VALUE…: starts a program with this environment, unless the same program runs with the
# same environment already, and waits until it answers 200 at READY_PATH.
start_service() {
    local name=$1 program=$2 port=$3 ready=$4 signature pid log=$run_dir/log/$1.log started
    shift 4
    # A program that was built anew has another time or inode.
    signature=$( (stat -L -c '%i %Y %s' "$program" && printf '%s\n' "$program" "$@") | sha256sum)
    signature=${signature%% *}
    if [ -n "$(service_pid "$name")" ]; then
        if [ "$(cut -d' ' -f4 "$run_dir/pid/$name")" = "$signature" ] && answers "$port" "$ready"; then
            say "$name runs already on port $port"
            return
        fi
        stop_service "$name"
    fi
    printf '%s\n' "── started $(date -u +%FT%TZ)" >>"$log"
    rm -f "$run_dir/pid/$name"
    # A session of its own, so that Ctrl-C at this terminal and its end do not reach the program; no lock is handed down.
    # It gets this environment only, and not by way of arguments, which everybody on the machine can read.
    # The file is written before the program starts. So `make stop` finds the program even when this script is ended meanwhile.
    (
        # This is taken before: inside of $( ) it would be the number of another process, which may have begun a tick later.
        own=$BASHPID
        printf '%s %s %s %s\n' "$own" "$(process_start "$own")" "$port" "$signature" >"$run_dir/pid/$name.new" &&
            mv "$run_dir/pid/$name.new" "$run_dir/pid/$name" && cd "$run_dir" || exit
        for variable in $(compgen -e); do
            [[ "$variable" =~ ^(PATH|HOME)$ ]] || unset "$variable"
        done
        # shellcheck disable=SC2163
        export LANG=C.UTF-8 "$@"
        exec setsid "$program"
    ) </dev/null >>"$log" 2>&1 8>&- 9>&- &
    pid=$!
    disown "$pid"
    # The shell is replaced by the program, but the process and its start time stay the same.
    started=$SECONDS
    until [ -e "$run_dir/pid/$name" ] || [ -z "$(process_start "$pid")" ]; do sleep 0.05; done
    until answers "$port" "$ready"; do
        if [ -z "$(service_pid "$name")" ]; then
            tail -n 20 "$log" >&2
            fail "$name ended at once (above); the whole log: $log"
        fi
        if [ $((SECONDS - started)) -ge 60 ]; then
            tail -n 20 "$log" >&2
            fail "$name is not ready after 60 seconds (above); the whole log: $log"
        fi
        sleep 0.2
    done
    say "$name is ready on port $port"
}

# answers PORT PATH: whether it answers 200 there.
answers() {
    curl --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$1$2"
}
