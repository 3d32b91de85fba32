"""The programs under measurement as processes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Numbers that Alipay never gave to anyone.
APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
        """Starts it, perhaps with other settings, and waits until it is ready; notes how long that took from exec on."""
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
                raise RuntimeError(f"{self.program.name} is not ready; its log: {self.log}")
            time.sleep(0.002)
        self.ready_ms = (time.monotonic() - began) * 1000
        return self

    def restart(self, **changed: str) -> Service:
        """A fresh process, as after a deployment; what is changed lasts until the next restart."""
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
        """What of it is in memory now, as the kernel counts it."""
        return self._memory_mb("VmRSS")

    @property
    def peak_mb(self) -> float:
        """The most of it that was in memory since the start, or since `forget_peak`."""
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
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            body: bytes = answer.read()
            return body

    def post_form(self, path: str, form: str) -> tuple[int, str]:
        request = urllib.request.Request(
            self.url + path, form.encode(), {"Content-Type": "application/x-www-form-urlencoded"}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            sent = dict(headers or {})
            if token:
                sent["Authorization"] = f"Bearer {token}"
            if body is not None:
                sent["Content-Type"] = "application/json"
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            data = answer.read()
            is_json = "json" in (answer.getheader("Content-Type") or "")
            return answer.status, json.loads(data) if data and is_json else data.decode()
        finally:
            connection.close()


def environment(database_url: str, port: int, keys: Path, gateway_port: int, notify_port: int) -> dict[str, str]:
    """What a service is told: its own defaults wherever it has one, but no limits of rate, since all load comes from one address."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "DATABASE_URL": database_url,
        "HTTP_PORT": str(port),
        "RATE_LIMITS_ENABLED": "false",
        "ALIPAY_APP_ID": APP_ID,
        "ALIPAY_SELLER_ID": SELLER_ID,
        "ALIPAY_GATEWAY_URL": f"http://127.0.0.1:{gateway_port}/gateway.do",
        "ALIPAY_NOTIFY_URL": f"http://127.0.0.1:{notify_port}/v1/payments/alipay/notifications",
        "ALIPAY_APP_PRIVATE_KEY_FILE": str(keys / "app_private.pem"),
        "ALIPAY_PUBLIC_KEY_FILE": str(keys / "alipay_public.pem"),
        "TICKETS_SIGNING_KEY_FILE": str(keys / "tickets.pem"),
    }
