"""The programs under measurement as processes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Numbers that Alipay never gave to anyone.
APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"


#: Below those that the system gives to outgoing connections, so that none of these takes the place of a service that is restarting.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no free port")


@dataclass
class Service:
    program: Path
    environment: dict[str, str]
    port: int
    log: Path
    ready_ms: float = field(default=0, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **changed: str) -> Service:
        """Starts it, perhaps with other settings, and waits until it is ready. Records the time from exec on."""
        with open(self.log, "ab") as log:
            began = time.monotonic()
            self._process = subprocess.Popen(
                [self.program], env=self.environment | changed, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        while True:
            try:
                status, _ = self.ask("GET", "/readyz")
                if status == 200:
                    break
            except OSError:
                pass
            if self._process.poll() is not None or time.monotonic() - began > 30:
                raise RuntimeError(f"{self.program.name} is not ready; the end of its log: {self._log_end()}")
            time.sleep(0.002)
        self.ready_ms = (time.monotonic() - began) * 1000
        return self

    def _log_end(self) -> str:
        return " / ".join(self.log.read_text(errors="replace").splitlines()[-3:])

    def restart(self, **changed: str) -> Service:
        """Starts a fresh process, as after a deployment. Changed settings last until the next restart."""
        self.stop()
        return self.start(**changed)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def resident_mb(self) -> float:
        """Its memory now, as the kernel counts it."""
        return self._memory_mb("VmRSS")

    @property
    def peak_mb(self) -> float:
        """Its highest memory since the start, or since `forget_peak`."""
        return self._memory_mb("VmHWM")

    def forget_peak(self) -> None:
        # proc(5): the peak becomes what is resident now. A kernel that does not do so leaves a peak that is too high rather than too low.
        with contextlib.suppress(OSError):
            (self._folder / "clear_refs").write_text("5")

    @property
    def _folder(self) -> Path:
        if self._process is None:
            raise RuntimeError(f"{self.program.name} does not run")
        return Path(f"/proc/{self._process.pid}")

    @property
    def cpu_seconds(self) -> float:
        """The processor's time that it has used since its start, its own and the kernel's."""
        # What comes after the name, which may hold anything; utime and stime are the 14th and 15th of all.
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _memory_mb(self, name: str) -> float:
        for line in (self._folder / "status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {name}")

    def raw(self, path: str) -> bytes:
        """The body of an answer that is 200."""
        status, _, body = self._exchange("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body

    def post_form(self, path: str, form: str) -> tuple[int, str]:
        status, _, body = self._exchange("POST", path, form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        return status, body.decode()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """Sends JSON, and reads what comes as JSON if it is."""
        headers: dict[str, str] = {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        status, content_type, data = self._exchange(method, path, None if body is None else json.dumps(body).encode(), headers)
        return status, json.loads(data) if data and "json" in content_type else data.decode()

    def statuses(self, method: str, route: str) -> dict[int, int]:
        """How many requests of a route this process has answered with which status."""
        line = re.compile(rf'^piao_http_requests_total{{method="{method}",route="{re.escape(route)}",status="(\d+)"}} (\d+)', re.MULTILINE)
        return {int(status): int(count) for status, count in line.findall(self.raw("/metrics").decode())}

    def _exchange(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Status, content type and body of an answer. Straight to this machine, whatever proxy the environment names."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type") or "", answer.read()
        finally:
            connection.close()


def environment(database_url: str, port: int, keys: Path) -> dict[str, str]:
    """The environment of a service: its own defaults, but no rate limits and no limit of connections for an address,
    since all load comes from one address."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "DATABASE_URL": database_url,
        "HTTP_PORT": str(port),
        "HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS": "0",
        "RATE_LIMITS_ENABLED": "false",
        "IDENTITY_STAFF_SECOND_FACTOR": "optional",
        "ALIPAY_APP_ID": APP_ID,
        "ALIPAY_SELLER_ID": SELLER_ID,
        "ALIPAY_GATEWAY_URL": "http://127.0.0.1:9/gateway.do",
        "ALIPAY_NOTIFY_URL": f"http://127.0.0.1:{port}/v1/payments/alipay/notifications",
        "ALIPAY_APP_PRIVATE_KEY_FILE": str(keys / "app_private.pem"),
        "ALIPAY_PUBLIC_KEY_FILE": str(keys / "alipay_public.pem"),
        "TICKETS_SIGNING_KEY_FILE": str(keys / "tickets.pem"),
    }
