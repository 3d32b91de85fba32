#!/bin/bash
# make stop: stops what `make demo` left running. Data stay; the next `make demo` goes on with them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"

[ -d "$run_dir" ] || { say "nothing runs"; exit 0; }
take_lock demo "make demo or make stop"
runs=false
for service in "${services[@]}"; do
    if [ -n "$(service_pid "$service")" ]; then
        runs=true
        say "stopping $service"
    fi
    stop_service "$service"
done
folder=$(cluster_folder postgres)
if cluster_runs "$folder"; then
    runs=true
    say "stopping PostgreSQL"
fi
stop_cluster "$folder" fast
if [ "$runs" = false ]; then
    say "nothing runs"
else
    say "stopped; the data stay in $folder"
fi
