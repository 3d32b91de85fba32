# shellcheck shell=bash
# What every script in this folder starts with: paths, messages, locks, and the tools of the machine.
# To be sourced, after `set -euo pipefail`.

# The folder of the project and the folder for everything that a run leaves behind.
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
run_dir=$project/.run
local_dir=$project/deploy/local

# Everything here is quick or has its own time limit; nothing ever waits for an answer at the keyboard.
export DEBIAN_FRONTEND=noninteractive GIT_TERMINAL_PROMPT=0

# The caller's own settings for libpq would lead these scripts to another database.
unset PGHOST PGHOSTADDR PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE PGSERVICEFILE PGPASSFILE PGOPTIONS PGSSLMODE DATABASE_URL DATABASE_OWNER_URL

say() { printf '%s\n' "── $*"; }

fail() {
    printf '%s\n' "error: $*" >&2
    exit 1
}

# Creates .run, with its secrets closed to others. The folder itself must be passable for the user postgres.
prepare_run_dir() {
    mkdir -p "$run_dir" "$run_dir/log" "$run_dir/pid"
    chmod 755 "$run_dir"
    chmod 700 "$run_dir/log" "$run_dir/pid"
}

# take_lock NAME WHAT: holds the lock NAME of this folder until the script ends, or fails with a sentence.
# Children that live on must be started with 9>&- so that they do not keep it.
take_lock() {
    prepare_run_dir
    exec 9>>"$run_dir/$1.lock"
    if ! flock -n 9; then
        fail "$2 is already running in $project (process $(cat "$run_dir/$1.lock" 2>/dev/null || echo unknown)); wait for it or stop it."
    fi
    printf '%s' "$$" >"$run_dir/$1.lock"
}

# process_start PID: the kernel's start time of a process; nothing when it does not live.
# The number alone could belong to another process by now. Number and start time together name one process.
process_start() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    # The name, in brackets, may contain spaces, so fields are counted after the last bracket. A process in state Z has ended.
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    [ "$1" = Z ] || printf '%s' "${20}"
}

# random_word LENGTH: letters and digits only.
random_word() {
    local word=""
    while [ "${#word}" -lt "$1" ]; do
        word+=$(openssl rand -base64 48 | tr -dc 'A-Za-z0-9')
    done
    printf '%s' "${word:0:$1}"
}

# port_is_free PORT: whether nothing listens on it at 127.0.0.1 or everywhere.
port_is_free() {
    python3 - "$1" <<'PYTHON'
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
        probe.listen(1)
    except OSError:
        sys.exit(1)
PYTHON
}

# end_group GROUP SECONDS: ends a process group, if there is one: with SIGTERM first, and after so many seconds with SIGKILL.
end_group() {
    [ -n "$1" ] || return 0
    kill -TERM -- "-$1" 2>/dev/null || true
    for _ in $(seq $(($2 * 10))); do kill -0 -- "-$1" 2>/dev/null || break; sleep 0.1; done
    # A stopped process reacts to nothing but this.
    kill -KILL -- "-$1" 2>/dev/null || true
}

# make_rsa_key FOLDER NAME: NAME_private.pem and NAME_public.pem in the folder, unless they are there.
make_rsa_key() {
    [ ! -s "$1/$2_public.pem" ] || return 0
    (
        umask 077
        openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1/$2_private.pem"
        openssl pkey -in "$1/$2_private.pem" -pubout -out "$1/$2_public.pem.new"
        mv "$1/$2_public.pem.new" "$1/$2_public.pem"
    )
}

# make_ticket_key FOLDER: tickets.pem in the folder, unless it is there.
make_ticket_key() {
    [ ! -s "$1/tickets.pem" ] || return 0
    (
        umask 077
        openssl genpkey -quiet -algorithm ed25519 -out "$1/tickets.pem.new"
        mv "$1/tickets.pem.new" "$1/tickets.pem"
    )
}

# any_free_port: a free port that the kernel picks.
any_free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# postgres_programs: the folder of initdb, pg_ctl and postgres, the newest version from 15 on; nothing when there is none.
postgres_programs() {
    local initdb newest="" newest_version=14 version
    for initdb in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
        [ -x "$initdb" ] || continue
        initdb=$(readlink -f "$initdb")
        version=$("$initdb" --version | sed -E 's/.* ([0-9]+).*/\1/')
        if [ "$version" -gt "$newest_version" ]; then
            newest_version=$version
            newest=${initdb%/*}
        fi
    done
    printf '%s' "$newest"
}

# also_missing: further packages that a script needs. A script that needs some defines its own function.
also_missing() { :; }

# missing_packages: the Debian packages that this machine lacks for building, running and testing.
missing_packages() {
    local missing=() also=() multiarch
    multiarch=$(uname -m)-linux-gnu
    command -v git >/dev/null || missing+=(git)
    command -v make >/dev/null || missing+=(make)
    command -v curl >/dev/null || missing+=(curl)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
    [ -e /usr/include/postgresql/libpq-fe.h ] || pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
    [ -e /usr/include/argon2.h ] || pkg-config --exists libargon2 2>/dev/null || missing+=(libargon2-dev)
    [ -e /usr/include/turbojpeg.h ] || pkg-config --exists libturbojpeg 2>/dev/null || missing+=(libturbojpeg0-dev)
    [ -e /usr/include/png.h ] || pkg-config --exists libpng 2>/dev/null || missing+=(libpng-dev)
    [ -e /usr/include/webp/encode.h ] || pkg-config --exists libwebp 2>/dev/null || missing+=(libwebp-dev)
    [ -e "/usr/include/$multiarch/openssl/opensslconf.h" ] || pkg-config --exists libssl 2>/dev/null || missing+=(libssl-dev)
    [ -n "$(postgres_programs)" ] || missing+=(postgresql)
    if ! command -v python3 >/dev/null; then
        missing+=(python3 python3-venv)
    elif ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        missing+=(python3-venv)
    fi
    read -r -a also <<<"$(also_missing)"
    missing+=("${also[@]}")
    printf '%s' "${missing[*]}"
}

# Installs the missing system packages, or names them and stops. It does nothing when all are there.
ensure_packages() {
    local missing become=()
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "these are missing and apt-get is not here to install them (Debian's names): $missing"
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || fail "these system packages are missing; install them and try again: sudo apt-get install $missing"
        become=(sudo -n)
    fi
    say "Installing system packages: $missing"
    "${become[@]}" bash "$local_dir/install-packages.sh" "$missing"
    missing=$(missing_packages)
    [ -z "$missing" ] || fail "these are still missing after apt-get install: $missing"
}

# Stops unless a Swift toolchain from 6.3 on is there.
ensure_swift() {
    local version
    command -v swift >/dev/null ||
        fail "no swift in PATH; install a Swift 6.3 toolchain (https://www.swift.org/install/linux) and try again."
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
    [ -n "$version" ] || fail "swift is in PATH but does not run: $(swift --version 2>&1 | head -n 1)"
    read -r major minor <<<"$version"
    if [ "$major" -lt 6 ] || { [ "$major" = 6 ] && [ "$minor" -lt 3 ]; }; then
        fail "Swift 6.3 or newer is needed, this is Swift $major.$minor."
    fi
}

# Builds lie in two folders. `.build` is for development: one debug build serves demo, run, test, lint and CI. `.build-release` is for
# programs that are measured or shipped: bench, faults and install have the same flags, and so share one build. These programs contain the
# Swift runtime.
release_flags=(--configuration release --static-swift-stdlib)

# fetch_swift_packages [FOLDER]: fetches the packages that Package.swift names into .build or another folder of builds; a sentence of its own
# when that fails, since it is mostly the network.
fetch_swift_packages() {
    local builds=${1:-$project/.build}
    [ -e "$builds/workspace-state.json" ] && return 0
    say "Fetching Swift packages"
    (cd "$project" && swift package --scratch-path "$builds" resolve </dev/null >"$run_dir/log/resolve.log" 2>&1) ||
        fail "could not fetch the Swift packages: is github.com reachable from here?"
}

program_names=(ClientService CinemaService AdminService AlipaySandbox)

# build_programs CONFIGURATION [FLAG…]: builds the services and the sandbox and sets `programs` to their folder. CONFIGURATION is debug, release,
# unguarded-debug or unguarded-release; the latter two, for the control run of `make faults`, lie in .build-unguarded.
build_programs() {
    # A signal's trap sees these, and the scripts' traps remove what they call `folder`: no build must have that name.
    local configuration=$1 builds=$project/.build flags=() minutes=10 product
    shift
    case $configuration in
        *release) flags=("${release_flags[@]}") builds=$project/.build-release minutes=20 ;;
    esac
    case $configuration in
        unguarded*) builds=$project/.build-unguarded flags+=(--traits UnguardedSelling) ;;
    esac
    flags+=(--scratch-path "$builds" "$@")
    fetch_swift_packages "$builds"
    cd "$project"
    programs=$(swift build "${flags[@]}" --show-bin-path </dev/null)
    if [ -x "$programs/AdminService" ]; then
        say "Building ($configuration)"
    else
        say "Building ($configuration): the first time this takes about $minutes minutes on two cores, later seconds"
    fi
    case $configuration in
        # Product by product: all targets together would have those that only tests use among them, which no static runtime is there for.
        *release)
            for product in "${program_names[@]}"; do
                "$local_dir/progress.py" "$run_dir/log/build-$configuration.log" swift build "${flags[@]}" --product "$product" 9>&-
            done
            ;;
        *) "$local_dir/progress.py" "$run_dir/log/build-$configuration.log" swift build "${flags[@]}" 9>&- ;;
    esac
}
