"""The nemesis: it kills, stops, cuts, delays and lies, by a plan that the seed alone decides."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from database import Cluster, DatabaseAway
from database_proxy import DatabaseProxy
from http_proxy import HTTPProxy
from proxies import Ambush
from services import Service

#: How often each kind is planned, relative to the others.
WEIGHTS: dict[str, float] = {
    "kill service": 9,
    "stop service": 9,
    "kill before COMMIT": 5,
    "kill while COMMIT is under way": 5,
    "kill after COMMIT": 6,
    "kill before the answer": 5,
    "cut before COMMIT": 7,
    "cut while COMMIT is under way": 6,
    "cut after COMMIT": 9,
    "delay COMMIT": 4,
    "delay COMMIT's answer": 4,
    "half-open before COMMIT": 3,
    "half-open after COMMIT": 3,
    "cut all database connections": 3,
    "half-open all database connections": 2,
    "database out of reach": 2,
    "terminate a backend": 7,
    "terminate a service's backends": 2,
    "kill a backend": 1,
    "PostgreSQL stops at once": 2.5,
    "gateway: cut before the request": 3,
    "gateway: cut before the answer": 5,
    "gateway: delay": 3,
    "gateway: half-open": 2,
    "gateway: truncated answer": 3,
    "gateway stops": 2,
    "notice: cut before the request": 3,
    "notice: cut before the answer": 5,
    "notice: delay": 3,
    "notice: half-open": 2,
    "notice: truncated answer": 3,
    "notice: kill before the answer": 4,
}

#: Faults that take everything away for a while come one after the other.
REST_AFTER_STOP = 10.0


@dataclass(frozen=True)
class Fault:
    at: float
    kind: str
    #: Decides what is left open: which process, how long.
    chance: int


def make_plan(seed: str, seconds: float, pause: float) -> list[Fault]:
    """All faults of a run: when, and of which kind."""
    chance = random.Random(f"{seed}/faults")
    plan: list[Fault] = []
    now, stopped_at = 0.5, -REST_AFTER_STOP
    while (now := now + chance.uniform(0.3, 1.7) * pause) < seconds:
        kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if kind in ("PostgreSQL stops at once", "kill a backend"):
            if now - stopped_at < REST_AFTER_STOP:
                kind = "terminate a backend"
            else:
                stopped_at = now
        plan.append(Fault(now, kind, chance.getrandbits(64)))
    return plan


class Nemesis:
    """Carries the plan out, and counts the faults that really struck."""

    #: How long a fault lies in wait for its moment.
    PATIENCE = 6.0

    def __init__(
        self,
        services: list[Service],
        databases: dict[str, DatabaseProxy],
        gateway: HTTPProxy,
        notices: HTTPProxy,
        sandbox: Service,
        cluster: Cluster,
    ):
        self._services = {service.name: service for service in services}
        self._databases, self._gateway, self._notices = databases, gateway, notices
        self._sandbox, self._cluster = sandbox, cluster
        self._database_moves = asyncio.Lock()
        self.struck: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.log: list[dict[str, Any]] = []

    async def act(self, plan: list[Fault]) -> None:
        """Carries the plan out; each fault has its own task, so that they overlap."""
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for fault in plan:
                await asyncio.sleep(max(0, began + fault.at - asyncio.get_running_loop().time()))
                group.create_task(self._strike(fault, began))

    async def heal(self) -> None:
        """Removes all faults that still wait for their moment."""
        for database in self._databases.values():
            database.lair.clear()
        self._gateway.lair.clear()
        self._notices.lair.clear()

    async def _strike(self, fault: Fault, began: float) -> None:
        chance = random.Random(fault.chance)
        what = await self._act_of(fault.kind)(chance)
        (self.struck if what else self.missed)[fault.kind] += 1
        self.log.append(
            {"planned": round(fault.at, 2), "ended": round(asyncio.get_running_loop().time() - began, 2), "kind": fault.kind, "what": what}
        )

    def _act_of(self, kind: str) -> Callable[[random.Random], Awaitable[str]]:
        """The function that carries a kind of fault out. It returns what was struck, or nothing."""
        commit = self._at_commit
        gateway, notice = self._gateway, self._notices
        acts: dict[str, Callable[[random.Random], Awaitable[str]]] = {
            "kill service": self._kill,
            "stop service": self._stop,
            "kill before COMMIT": commit("asked", "kill"),
            "kill while COMMIT is under way": commit("forwarded", "kill"),
            "kill after COMMIT": commit("answered", "kill"),
            "kill before the answer": commit("told", "kill"),
            "cut before COMMIT": commit("asked", "cut"),
            "cut while COMMIT is under way": commit("forwarded", "cut"),
            "cut after COMMIT": commit("answered", "cut"),
            "delay COMMIT": commit("asked", "delay", (0.2, 2)),
            "delay COMMIT's answer": commit("answered", "delay", (0.2, 2)),
            "half-open before COMMIT": commit("asked", "freeze", (1, 9)),
            "half-open after COMMIT": commit("answered", "freeze", (1, 11)),
            "cut all database connections": self._cut_all,
            "half-open all database connections": self._freeze_all,
            "database out of reach": self._cut_off,
            "terminate a backend": self._terminate_backend,
            "terminate a service's backends": self._terminate_backends,
            "kill a backend": self._kill_backend,
            "PostgreSQL stops at once": self._restart_database,
            "gateway: cut before the request": self._at_exchange(gateway, "asked", "cut"),
            "gateway: cut before the answer": self._at_exchange(gateway, "answered", "cut"),
            "gateway: delay": self._at_exchange(gateway, "asked", "delay", (0.3, 4)),
            "gateway: half-open": self._at_exchange(gateway, "answered", "freeze", (3, 14)),
            "gateway: truncated answer": self._at_exchange(gateway, "answered", "truncate"),
            "gateway stops": self._stop_gateway,
            "notice: cut before the request": self._at_exchange(notice, "asked", "cut"),
            "notice: cut before the answer": self._at_exchange(notice, "answered", "cut"),
            "notice: delay": self._at_exchange(notice, "asked", "delay", (0.3, 4)),
            "notice: half-open": self._at_exchange(notice, "answered", "freeze", (3, 14)),
            "notice: truncated answer": self._at_exchange(notice, "answered", "truncate"),
            "notice: kill before the answer": self._at_exchange(notice, "answered", "kill"),
        }
        return acts[kind]

    # Processes

    def _choose(self, chance: random.Random) -> Service:
        """Chooses a service. Those for moviegoers are chosen more often, because most things can go wrong there."""
        services = list(self._services.values())
        return chance.choices(services, [2.5 if "client" in service.name else 1 for service in services])[0]

    async def _kill(self, chance: random.Random) -> str:
        service = self._choose(chance)
        return service.name if service.kill(chance.uniform(0.05, 1.5)) else ""

    async def _stop(self, chance: random.Random) -> str:
        service, seconds = self._choose(chance), chance.uniform(0.2, 4)
        return f"{service.name} for {seconds:.1f} s" if await service.freeze(seconds) else ""

    async def _stop_gateway(self, chance: random.Random) -> str:
        seconds = chance.uniform(0.5, 5)
        return f"for {seconds:.1f} s" if await self._sandbox.freeze(seconds) else ""

    # Wires

    def _killer(self, chance: random.Random) -> Callable[[str], None]:
        pause = chance.uniform(0.05, 1)

        def kill(name: str) -> None:
            self._services[name].kill(pause)

        return kill

    async def _lie_in_wait(self, lair: Any, ambush: Ambush[Any]) -> bool:
        lair.lay(ambush)
        try:
            await asyncio.wait_for(ambush.struck.wait(), self.PATIENCE)
            return True
        except TimeoutError:
            lair.clear(ambush)
            return ambush.struck.is_set()

    def _ambush(self, chance: random.Random, point: Any, action: Any, seconds: tuple[float, float]) -> Ambush[Any]:
        return Ambush(point, action, chance.uniform(*seconds), chance.random() < 0.6, self._killer(chance))

    def _at_commit(self, point: Any, action: Any, seconds: tuple[float, float] = (0, 0)) -> Callable[[random.Random], Awaitable[str]]:
        async def act(chance: random.Random) -> str:
            proxy = self._databases[self._choose(chance).name]
            return proxy.service if await self._lie_in_wait(proxy.lair, self._ambush(chance, point, action, seconds)) else ""

        return act

    def _at_exchange(
        self, proxy: HTTPProxy, point: Any, action: Any, seconds: tuple[float, float] = (0, 0)
    ) -> Callable[[random.Random], Awaitable[str]]:
        async def act(chance: random.Random) -> str:
            return proxy.name if await self._lie_in_wait(proxy.lair, self._ambush(chance, point, action, seconds)) else ""

        return act

    async def _cut_all(self, chance: random.Random) -> str:
        proxy = self._databases[self._choose(chance).name]
        count = proxy.cut_all()
        return f"{count} of {proxy.service}" if count else ""

    async def _freeze_all(self, chance: random.Random) -> str:
        proxy, seconds = self._databases[self._choose(chance).name], chance.uniform(1, 9)
        count = proxy.freeze_all(seconds, chance.random() < 0.5)
        return f"{count} of {proxy.service} for {seconds:.1f} s" if count else ""

    async def _cut_off(self, chance: random.Random) -> str:
        proxy, seconds = self._databases[self._choose(chance).name], chance.uniform(0.5, 4)
        await proxy.cut_off(seconds)
        return f"{proxy.service} for {seconds:.1f} s"

    # PostgreSQL

    async def _ask_database(self, sql: str) -> str:
        """Asks the database; the answer is empty when it is away."""
        try:
            return (await self._cluster.run(sql)).strip()
        except DatabaseAway:
            return ""

    async def _terminate_backend(self, chance: random.Random) -> str:
        """Terminates a backend, if possible one that is in the middle of a transaction."""
        busy = await self._ask_database(
            "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'piao%' "
            f"ORDER BY state = 'idle', md5(pid::text || '{chance.getrandbits(32)}') LIMIT 1"
        )
        return f"of process {busy}" if busy and await self._ask_database(f"SELECT pg_terminate_backend({int(busy)})") == "t" else ""

    async def _terminate_backends(self, chance: random.Random) -> str:
        name = chance.choice(["ClientService", "CinemaService", "AdminService"])
        count = await self._ask_database(
            f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename LIKE 'piao%' AND application_name = '{name}'"
        )
        return f"{count} of {name}" if count not in ("", "0") else ""

    async def _kill_backend(self, chance: random.Random) -> str:
        """Kills one backend by SIGKILL: the server then ends all others and recovers from its log."""
        async with self._database_moves:
            pids = (await self._ask_database("SELECT pid FROM pg_stat_activity WHERE usename LIKE 'piao%' ORDER BY pid")).split()
            if not pids:
                return ""
            try:
                os.kill(int(chance.choice(pids)), signal.SIGKILL)
            except OSError:
                return ""
            await asyncio.sleep(0.5)
            return "one, and PostgreSQL recovers"

    async def _restart_database(self, chance: random.Random) -> str:
        async with self._database_moves:
            await self._cluster.stop_at_once()
            await asyncio.sleep(chance.uniform(0, 1.5))
            await self._cluster.start()
            return "and starts again"
