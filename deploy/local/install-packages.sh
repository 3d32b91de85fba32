#!/bin/bash
# install-packages.sh "NAMES": installs Debian packages; run as root by ensure_packages.
# Debian's postgresql makes and starts a cluster "main" at its first installation, and starts all that there are.
# Nobody asked for that here: both are switched off for the length of this installation.
set -euo pipefail

no_cluster=/etc/postgresql-common/createcluster.d/piao.conf
no_start=/usr/sbin/policy-rc.d
temporary=()
put_back() { [ "${#temporary[@]}" = 0 ] || rm -f "${temporary[@]}"; }
trap put_back EXIT

read -r -a packages <<<"$1"

if [[ " ${packages[*]} " == *" postgresql "* ]]; then
    mkdir -p "${no_cluster%/*}"
    temporary+=("$no_cluster")
    echo "create_main_cluster = false" >"$no_cluster"
    if [ ! -e "$no_start" ]; then
        temporary+=("$no_start")
        printf '#!/bin/sh\nexit 101\n' >"$no_start"
        chmod 755 "$no_start"
    fi
fi

install() {
    apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "${packages[@]}" </dev/null
}

# The lists of a fresh machine are empty or old: only then are they fetched.
if ! apt-get install -s -q --no-install-recommends "${packages[@]}" >/dev/null 2>&1; then
    apt-get update -q -o DPkg::Lock::Timeout=120 </dev/null || {
        echo "error: apt-get update failed: is the network there?" >&2
        exit 1
    }
fi
install || {
    # A list may name a file that the mirror has replaced since.
    apt-get update -q -o DPkg::Lock::Timeout=120 </dev/null
    install
}
