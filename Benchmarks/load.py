"""Load over loopback, by wrk."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "wrk"
THREADS = 2
ENVIRONMENT = {**os.environ, "BENCH_WRK": str(SCRIPTS)}


@dataclass(frozen=True)
class Load:
    """The result of a run of wrk."""

    requests: int
    seconds: float
    #: Answers of 400 and above.
    refused: int
    #: Connections and requests that got no answer.
    broken: int
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def command(script: str, url: str, *arguments: object, connections: int, seconds: float, threads: int = THREADS) -> list[str]:
    threads = min(threads, connections)
    return [
        *("wrk", f"--threads={threads}", f"--connections={connections}", f"--duration={round(seconds)}s", "--timeout=10s"),
        *("--script", str(SCRIPTS / script), url, "--", *map(str, arguments)),
    ]


def wrk(script: str, url: str, *arguments: object, connections: int, seconds: float, threads: int = THREADS) -> Load:
    """Runs a script of the folder wrk; its `done` prints one line of JSON at the end."""
    done = subprocess.run(
        command(script, url, *arguments, connections=connections, seconds=seconds, threads=threads),
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    return read(done.returncode, done.stdout, done.stderr)


def send(file: Path, lines: list[str], url: str, *, connections: int, seconds: float) -> Load:
    """Sends ready requests, as wrk/lines.lua reads them from the file, all of which must be answered well."""
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    load = wrk("lines.lua", url, file, THREADS, connections=connections, seconds=seconds)
    if load.refused or load.broken:
        raise RuntimeError(f"{file.name}: {load}")
    return load


class Background:
    """A load that goes on while something else is measured. When the measurement fails, the load ends too."""

    def __init__(self, script: str, url: str, *arguments: object, connections: int, seconds: float, threads: int = 1):
        self._process = subprocess.Popen(
            command(script, url, *arguments, connections=connections, seconds=seconds, threads=threads),
            env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def __enter__(self) -> Background:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def result(self) -> Load:
        output, errors = self._process.communicate()
        return read(self._process.returncode, output, errors)


def read(status: int, output: str, errors: str) -> Load:
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if status != 0 or not lines:
        raise RuntimeError(f"wrk: {output}{errors}")
    return Load(**json.loads(lines[-1]))
