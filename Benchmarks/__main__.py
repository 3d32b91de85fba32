"""make bench: measures the figures of speed and prints a line `name value` for each."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import machine
from cluster import Cluster
from figures import Figure, chosen
from stage import Stage


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="only whether there are such figures")
    measure = verbs.add_parser("measure")
    for verb in (check, measure):
        verb.add_argument("--only", default="", help="figures by any name that they print, separated by commas")
    measure.add_argument("--binaries", type=Path, required=True)
    measure.add_argument("--folder", type=Path, required=True, help="for logs and files of this run")
    measure.add_argument("--programs", type=Path, required=True, help="PostgreSQL's")
    measure.add_argument("--port", type=int, required=True, help="PostgreSQL's")
    measure.add_argument("--output", type=Path, required=True, help="the figures as JSON")
    measure.add_argument("--rounds", type=int, default=5)
    measure.add_argument("--seconds", type=float, default=8, help="of each measurement")
    measure.add_argument("--old", type=int, default=1_000_000, help="old orders for growth_ratio")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    try:
        figures = chosen([name.strip() for name in given.only.split(",") if name.strip()])
        is_well = given.verb == "check" or run(given, figures)
    except (RuntimeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0 if is_well else 1


def run(given: argparse.Namespace, figures: list[Figure]) -> bool:
    """Measures all figures. Returns whether all could be measured; a failure of one doesn't stop the others."""
    cluster = Cluster(given.programs, given.port, os.environ["BENCH_PASSWORD"])
    stage = Stage(cluster, given.binaries, given.folder, given.rounds, given.seconds, given.old)
    report: dict[str, Any] = {
        **machine.description(cluster), "autogroup": [machine.autogroup()],
        "rounds": given.rounds, "seconds": given.seconds, "old": given.old, "only": given.only, "figures": {}, "failures": {},
    }
    try:
        stage.prepare()
        for figure in figures:
            try:
                for name, value in measured(figure, stage).items():
                    report["figures"][name] = value
                    print(f"{name} {value:.10g}", flush=True)
            except Exception as error:  # Whatever the error is, the other figures can be measured.
                told = str(error) if isinstance(error, RuntimeError) else repr(error)
                report["failures"][figure.names[0]] = told
                print(f"error: {figure.names[0]}: {told}", file=sys.stderr, flush=True)
                # A load that goes on would disturb the next figure.
                stage.end()
            # Another run that began before this one sets it back when it ends.
            if machine.autogroup() not in report["autogroup"]:
                report["autogroup"].append(machine.autogroup())
                stage.say(f"kernel.sched_autogroup_enabled has changed to {machine.autogroup()} meanwhile")
            write(given.output, report)
    finally:
        stage.end()
    return not report["failures"]


def measured(figure: Figure, stage: Stage) -> dict[str, float]:
    """The values of a figure, in the order of printing. Its measuring begins with a fresh ClientService."""
    stage.say(figure.names[0])
    stage.client.restart()
    found = figure.measure(stage)
    if set(found) != set(figure.names):
        raise RuntimeError(f"it gave {', '.join(found)}")
    return {name: round(found[name], 4) for name in figure.names}


def write(output: Path, report: dict[str, Any]) -> None:
    """Writes the whole file after each figure, or nothing, so that an interrupted run leaves the figures that it has."""
    new = output.with_suffix(".new")
    new.write_text(json.dumps(report, indent=2) + "\n")
    new.replace(output)


if __name__ == "__main__":
    sys.exit(main())
