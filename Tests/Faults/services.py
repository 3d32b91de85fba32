"""The programs under test as processes: started, killed, stopped, and started again as an init system would."""

from __future__ import annotations

import asyncio
import glob
import os
import signal
from pathlib import Path

import web


def faketime_library() -> str | None:
    """Debian's library that lies to a program about the time of day."""
    return next(iter(sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))), None)


class Service:
    """One process of one program. Whenever it ends, it is started again after a moment."""

    def __init__(self, name: str, program: Path, port: int, environment: dict[str, str], log: Path, health: str = "/readyz"):
        self.name, self.program, self.port, self.log = name, program, port, log
        self.starts = 0
        #: Ends that nobody here caused: a crash, or a program that gave up after it had been ready.
        self.surprises: list[str] = []
        self._environment = environment
        self._health = health
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._was_ready = False
        self._killed = False
        self.stopped = False
        #: How long it stays away after its next end.
        self.pause = 0.3

    async def begin(self) -> None:
        """Starts it and waits until it is ready for the first time."""
        self._keeper = asyncio.create_task(self._keep())
        await self.wait_ready(60)

    async def end(self) -> None:
        """Ends it for good."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._forget_shared_memory()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def kill(self, pause: float) -> bool:
        """Sends SIGKILL at once. The process is started again after a pause."""
        if self._process is None or not self.is_running or self._killed:
            return False
        self._killed, self.pause = True, pause
        self._process.kill()
        return True

    async def freeze(self, seconds: float) -> bool:
        """Sends SIGSTOP, and SIGCONT after a while."""
        process = self._process
        if process is None or not self.is_running or self.stopped:
            return False
        self.stopped = True
        try:
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(seconds)
        finally:
            self.stopped = False
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
        return True

    async def is_healthy(self) -> bool:
        try:
            answer = await web.exchange(self.port, web.request("GET", self._health), timeout=5)
        except (web.NotSent, web.NoAnswer):
            return False
        return answer.status == 200

    async def wait_ready(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not await self.is_healthy():
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise RuntimeError(f"{self.name} is not ready after {seconds:.0f} seconds; its log: {self.log}") from error

    async def _keep(self) -> None:
        while True:
            await self._run_once()
            await asyncio.sleep(self.pause)
            self.pause = 0.3

    async def _run_once(self) -> None:
        self._was_ready = self._killed = False
        self.starts += 1
        with open(self.log, "ab") as log:
            log.write(f"── start {self.starts}\n".encode())
            log.flush()
            self._process = await asyncio.create_subprocess_exec(
                str(self.program), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment
            )
        looking = asyncio.create_task(self._notice_readiness())
        try:
            status = await self._process.wait()
        finally:
            looking.cancel()
        self._forget_shared_memory()
        # A program that cannot reach the database while it starts prints that and ends, as it should.
        refused_to_start = status > 0 and not self._was_ready
        if not self._killed and not refused_to_start:
            self.surprises.append(f"{self.name}, start {self.starts}: ended by itself with status {status}")

    async def _notice_readiness(self) -> None:
        while not await self.is_healthy():
            await asyncio.sleep(0.2)
        self._was_ready = True

    def _forget_shared_memory(self) -> None:
        """libfaketime leaves a piece of shared memory behind when its process is killed."""
        if self._process is not None:
            for left in glob.glob(f"/dev/shm/*faketime*_{self._process.pid}"):
                Path(left).unlink(missing_ok=True)


def service_environment(
    *,
    database_url: str,
    port: int,
    gateway_port: int,
    notify_port: int,
    keys: Path,
    signing_key: str,
    hold: int,
    grace: int,
    ahead: int = 0,
) -> dict[str, str]:
    """The environment of a service. Of the harness's own environment it gets only PATH.

    ahead: how many seconds its clock is ahead.
    """
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "DATABASE_URL": database_url,
        "DATABASE_MAXIMUM_CONNECTIONS": "8",
        "DATABASE_LEASE_MILLISECONDS": "3000",
        "DATABASE_STATEMENT_MILLISECONDS": "3000",
        "DATABASE_LOCK_MILLISECONDS": "1500",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS": "0",
        "LOG_LEVEL": "info",
        "RATE_LIMITS_ENABLED": "false",
        "IDENTITY_STAFF_SECOND_FACTOR": "optional",
        "ORDERS_HOLD_SECONDS": str(hold),
        "ORDERS_CLAIM_GRACE_SECONDS": str(grace),
        "ORDERS_SWEEP_SECONDS": "1",
        "TICKETS_SIGNING_KEY": signing_key,
        "ALIPAY_APP_ID": APP_ID,
        "ALIPAY_SELLER_ID": SELLER_ID,
        "ALIPAY_GATEWAY_URL": f"http://127.0.0.1:{gateway_port}/gateway.do",
        "ALIPAY_NOTIFY_URL": f"http://127.0.0.1:{notify_port}/v1/payments/alipay/notifications",
        "ALIPAY_RETURN_URL": f"http://127.0.0.1:{gateway_port}/returned",
        "ALIPAY_APP_PRIVATE_KEY_FILE": str(keys / "app_private.pem"),
        "ALIPAY_PUBLIC_KEY_FILE": str(keys / "alipay_public.pem"),
    }
    if ahead:
        library = faketime_library()
        if library is None:
            raise RuntimeError("libfaketimeMT.so.1 is missing: apt-get install faketime")
        # The steady clock stays right: only the time of day is wrong, as on a machine without time service.
        environment |= {"LD_PRELOAD": library, "FAKETIME": f"+{ahead}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return environment


def sandbox_environment(*, port: int, keys: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "ALIPAY_SANDBOX_PORT": str(port),
        "ALIPAY_SANDBOX_APP_ID": APP_ID,
        "ALIPAY_SANDBOX_SELLER_ID": SELLER_ID,
        "ALIPAY_SANDBOX_PRIVATE_KEY_FILE": str(keys / "alipay_private.pem"),
        "ALIPAY_SANDBOX_APP_PUBLIC_KEY_FILE": str(keys / "app_public.pem"),
        # A notice is repeated after 0.2, 0.5, 0.5, 3, 6, 18 and 45 seconds.
        "ALIPAY_SANDBOX_TIME_SCALE": "1200",
        "ALIPAY_SANDBOX_TRADES": "200000",
    }


#: Numbers that Alipay never gave to anyone.
APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"
