"""make bench: measures what the second promise says and prints a line `name value` for each figure."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from cluster import Cluster
from figures import FIGURES
from stage import Stage


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="for logs and files of this run")
    parser.add_argument("--programs", type=Path, required=True, help="PostgreSQL's")
    parser.add_argument("--port", type=int, required=True, help="PostgreSQL's")
    parser.add_argument("--output", type=Path, required=True, help="the figures as JSON")
    parser.add_argument("--only", default="", help="figures by name, separated by commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement")
    parser.add_argument("--old", type=int, default=1_000_000, help="old orders for growth_ratio")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    wanted = [name.strip() for name in given.only.split(",") if name.strip()] or list(FIGURES)
    unknown = [name for name in wanted if name not in FIGURES]
    if unknown:
        print(f"error: no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}.", file=sys.stderr)
        return 2
    cluster = Cluster(given.programs, given.port, os.environ["BENCH_PASSWORD"])
    stage = Stage(cluster, given.binaries, given.folder, given.rounds, given.seconds, given.old)
    found: dict[str, float] = {}
    try:
        stage.prepare()
        for name in wanted:
            stage.say(name)
            for key, value in FIGURES[name](stage).items():
                found[key] = round(value, 4)
                print(f"{key} {found[key]:g}", flush=True)
    finally:
        stage.end()
    given.output.write_text(json.dumps({"cores": os.cpu_count(), "rounds": given.rounds, "figures": found}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
