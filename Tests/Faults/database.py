"""The harness's own access to the database: by psql, past all proxies. It can also stop and start the server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCAL = Path(__file__).resolve().parents[2] / "deploy" / "local"


class DatabaseAway(Exception):
    """The server could not be asked; it may be down on purpose."""


@dataclass
class Cluster:
    """The private server of this run."""

    folder: Path
    programs: Path
    port: int
    password: str
    log: Path
    options: list[str]
    database: str = "piao"
    role_password: str = ""

    def url(self, port: int | None = None, role: str = "piao") -> str:
        """The URL of the database for a program: past the proxies unless a port is given, as the tables' owner unless a role is."""
        return f"postgresql://{role}:{self.role_password}@127.0.0.1:{port or self.port}/{self.database}?sslmode=disable&gssencmode=disable"

    async def run(self, sql: str, database: str | None = None, timeout: float = 60) -> str:
        """Runs statements as the superuser and returns what they print."""
        environment = {**os.environ, "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5", "PGSSLMODE": "disable"}
        process = await asyncio.create_subprocess_exec(
            str(self.programs / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--host=127.0.0.1",
            f"--port={self.port}",
            "--username=postgres",
            f"--dbname={database or self.database}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        try:
            output, errors = await asyncio.wait_for(process.communicate(sql.encode()), timeout)
        except TimeoutError as error:
            raise DatabaseAway(f"no answer within {timeout} seconds") from error
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode == 2:
            raise DatabaseAway(errors.decode().strip())
        if process.returncode != 0:
            text = errors.decode().strip()
            if "terminating connection" in text or "server closed the connection" in text or "recovery mode" in text:
                raise DatabaseAway(text)
            raise RuntimeError(f"psql: {text}\n{sql[:2000]}")
        return output.decode()

    async def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, by the names of their columns."""
        found: list[dict[str, Any]] = json.loads(await self.run(f"SELECT coalesce(json_agg(found), '[]') FROM ({query}) AS found"))
        return found

    async def row(self, query: str) -> dict[str, Any]:
        return (await self.rows(query))[0]

    async def stop_at_once(self) -> None:
        """Stops the server like `pg_ctl stop --mode=immediate`: everything that was not committed is lost."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        for _ in range(600):
            if not Path(f"/proc/{pid}").exists():
                return
            await asyncio.sleep(0.02)
        raise RuntimeError("PostgreSQL did not stop within 12 seconds")

    async def start(self) -> None:
        """Starts the server again with the function that started it first."""
        script = 'set -euo pipefail; source "$0/common.sh"; source "$0/postgres.sh"; start_cluster "$@"'
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            script,
            str(LOCAL),
            str(self.folder),
            str(self.programs),
            str(self.port),
            str(self.log),
            *self.options,
            stdin=asyncio.subprocess.DEVNULL,
        )
        if await process.wait() != 0:
            raise RuntimeError(f"PostgreSQL did not start again; its log: {self.log}")

    async def tables(self) -> set[str]:
        """The tables and views of the schema, and their columns as `table.column`."""
        found = await self.rows("SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'")
        return {row["t"] for row in found} | {f"{row['t']}.{row['c']}" for row in found}
