"""The facts about the machine and PostgreSQL on which figures depend."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from cluster import Cluster


def autogroup() -> int | None:
    """Whether the kernel groups threads by session (sched(7)); None where it can't."""
    try:
        return int(Path("/proc/sys/kernel/sched_autogroup_enabled").read_text())
    except OSError:
        return None


def description(cluster: Cluster) -> dict[str, Any]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": commit(),
        "cores": os.cpu_count(),
        "postgresql": json.loads(
            cluster.run(
                """
                SELECT json_object_agg(name, current_setting(name))
                FROM pg_settings
                WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level')
                    OR source = 'command line' AND name !~ 'listen_addresses|port|socket|log|data_directory|config_file'
                """
            )
        ),
    }


def commit() -> str | None:
    """The commit that is measured, if there is a repository, with `-dirty` when files were changed since."""
    try:
        done = subprocess.run(
            ["git", "-C", Path(__file__).parent, "describe", "--always", "--dirty", "--abbrev=12"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() or None
