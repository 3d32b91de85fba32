"""What all figures share: the database, the world in it, and the service under load."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import world as worlds
from cluster import Cluster
from notices import Notice, Signer
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
        self.restart()

    def service(self, program: str, *, database: Cluster | None = None, **changed: str) -> Service:
        port = free_port()
        service = Service(
            self.binaries / program,
            environment((database or self.cluster).url(), port, self.folder / "keys", gateway_port=9, notify_port=port, **changed),
            port,
            self.folder / "log" / f"{program}.log",
        )
        self.started.append(service)
        return service

    def restart(self, **changed: str) -> Service:
        """A fresh ClientService, as after a deployment, perhaps with other settings."""
        self.client.stop()
        self.client.environment |= changed
        return self.client.start()

    def notices(self, count: int) -> list[Notice]:
        """The gateway's word that payments were made, of orders that are unpaid: as many as there are, but at most so many."""
        rows = self.cluster.run(
            f"""
            SELECT payments.out_trade_no, payments.amount_fen
            FROM payments
            JOIN orders ON orders.id = payments.order_id
            WHERE payments.state = 'started' AND orders.state = 'pending_payment'
            ORDER BY payments.id
            LIMIT {count}
            """
        ).split()
        signer = Signer(self.folder / "keys" / "alipay_private.pem")
        with ProcessPoolExecutor() as processes:
            return list(processes.map(signer.paid_row, rows, chunksize=100))

    def order_and_its_notice(self) -> Notice:
        """Orders the last two seats of the last showtime, begins to pay them, and gives the gateway's word that they are paid."""
        token = self.world.token(worlds.ACCOUNTS - 1)
        showtime = self.world.first_showtime + worlds.SHOWTIMES - 1
        status, seats = self.client.ask("GET", f"/v1/showtimes/{showtime}/seats")
        wanted = [seat["id"] for seat in seats["seats"][-2:]]
        status, order = self.client.ask("POST", "/v1/orders", {"showtime_id": showtime, "seat_ids": wanted}, token)
        if status != 201:
            raise RuntimeError(f"ordering answered {status}: {order}")
        status, payment = self.client.ask("POST", f"/v1/orders/{order['id']}/payments", {"method": "alipay_page"}, token)
        if status != 201:
            raise RuntimeError(f"paying answered {status}: {payment}")
        return Signer(self.folder / "keys" / "alipay_private.pem").paid(payment["out_trade_no"], order["payable_fen"])

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
        """Measures both in turn, A B A B …, once more than counts, to get warm.

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
