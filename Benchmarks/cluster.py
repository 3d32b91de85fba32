"""The private database of a run, by psql and pgbench."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Pgbench:
    """The result of a run of pgbench."""

    transactions: int
    per_second: float
    average_ms: float


@dataclass
class Cluster:
    programs: Path
    port: int
    password: str
    database: str = "piao"

    def url(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{self.database}?sslmode=disable&gssencmode=disable"

    def on(self, database: str) -> Cluster:
        """The same server, another database."""
        return Cluster(self.programs, self.port, self.password, database)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
            "PGSSLMODE": "disable",
            "PGGSSENCMODE": "disable",
            "PGAPPNAME": "bench",
        }

    def run(self, sql: str, *, stdin: str | None = None) -> str:
        """Runs statements and returns what they print, a row a line with `|` between columns."""
        return self._psql(["--command", sql], stdin)

    def run_file(self, name: str, *, stdin: str | None = None, **variables: object) -> str:
        """Runs a file of the folder sql."""
        settings = [part for key, value in variables.items() for part in ("--set", f"{key}={value}")]
        return self._psql([*settings, "--file", str(SQL / name)], stdin)

    def _psql(self, arguments: list[str], stdin: str | None) -> str:
        command = [self.programs / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, *arguments], env=self._environment(), input=stdin if stdin is not None else "", capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def number(self, sql: str) -> int:
        return int(self.run(sql))

    def pgbench(
        self, script: str, *, clients: int, seconds: float | None = None, transactions: int | None = None, **variables: object
    ) -> Pgbench:
        """Runs a file of the folder sql again and again, for a time or a number of runs for each client."""
        settings = [part for key, value in variables.items() for part in ("--define", f"{key}={value}")]
        command = [
            *(self.programs / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(2, clients)}"),
            *(f"--define=clients={clients}", *settings, "--file", SQL / script),
            f"--transactions={transactions}" if seconds is None else f"--time={round(seconds)}",
        ]
        done = subprocess.run(command, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0 or "ERROR" in done.stderr:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[:2000]}")

        def found(pattern: str) -> str:
            match = re.search(pattern, done.stdout)
            if match is None:
                raise RuntimeError(f"pgbench printed no {pattern}: {done.stdout}")
            return match.group(1)

        return Pgbench(
            int(found(r"transactions actually processed: (\d+)")),
            float(found(r"tps = ([\d.]+)")),
            float(found(r"latency average = ([\d.]+)")),
        )
