"""The things that all figures share: the database, the world in it, and the service under load."""

from __future__ import annotations

import copy
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import world as worlds
from cluster import Cluster
from service import Service, environment, free_port
from world import World


@dataclass
class Stage:
    cluster: Cluster
    binaries: Path
    folder: Path
    rounds: int
    seconds: float
    old_orders: int
    world: World = field(init=False)
    client: Service = field(init=False)
    started: list[Service] = field(default_factory=list, init=False)
    #: Rounds so far: no two use the same Idempotency-Key.
    round: int = field(default=0, init=False)

    def prepare(self) -> None:
        self.say("writing the world: 2,000 showtimes of 200 seats, 100,000 people")
        self.client = self.service("ClientService").start()
        status, answer = self.client.ask("POST", "/v1/accounts", {"username": "bench", "password": worlds.PASSWORD})
        if status != 201:
            raise RuntimeError(f"signing up answered {status}: {answer}")
        password_hash = self.cluster.run("SELECT password_hash FROM accounts WHERE username = 'bench'")
        self.world = worlds.build(self.cluster, self.folder, password_hash)

    def service(self, program: str) -> Service:
        port = free_port()
        service = Service(
            self.binaries / program,
            environment(self.cluster.url(), port, self.folder / "keys"),
            port,
            self.folder / "log" / f"{program}.log",
        )
        self.started.append(service)
        return service

    def on(self, cluster: Cluster) -> Stage:
        """The same with a copy of the database that has old orders, and a separate ClientService."""
        other = copy.copy(self)
        other.cluster = cluster
        other.world = replace(self.world, keeps_old=True)
        other.client = other.service("ClientService").start()
        return other

    def guarded(self) -> Stage:
        """The same with all limits on; ClientService believes the addresses that buyers are said to come from."""
        other = copy.copy(self)
        other.world = replace(self.world, guarded=True)
        other.client.restart(RATE_LIMITS_ENABLED="true", HTTP_TRUSTED_PROXIES="127.0.0.1")
        return other

    def next_round(self) -> int:
        self.round += 1
        return self.round

    def end(self) -> None:
        for service in self.started:
            service.stop()

    @staticmethod
    def say(text: str) -> None:
        print(f"── {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def paired(self, what: str, first: Callable[[], float], second: Callable[[], float]) -> tuple[float, float, float]:
        """Measures both in turn, A B A B …, with one additional round to warm up.

        Returns the medians of both and of the rounds' ratios.
        """
        first()
        second()
        pairs: list[tuple[float, float]] = []
        for number in range(self.rounds):
            pairs.append((first(), second()))
            self.say(f"{what}, round {number + 1}: {pairs[-1][0]:,.1f} ÷ {pairs[-1][1]:,.1f} = {pairs[-1][0] / pairs[-1][1]:.3f}")
        return (
            statistics.median(pair[0] for pair in pairs),
            statistics.median(pair[1] for pair in pairs),
            statistics.median(pair[0] / pair[1] for pair in pairs),
        )
