"""How fast seats are booked, beside pgbench with one transaction a booking."""

from __future__ import annotations

import time

import world
from cluster import Pgbench
from load import THREADS, Load, wrk
from stage import Stage

CONNECTIONS, CLIENTS = 128, 32
QUIET_CONNECTIONS = 16


def arguments(stage: Stage, first: int = world.BOOKED) -> tuple[object, ...]:
    """What wrk/booking.lua and wrk/hot.lua are told."""
    return stage.world.tokens, stage.world.first_showtime, stage.next_round(), first, THREADS, world.BOOKINGS


def book(
    stage: Stage, *, connections: int, seconds: float, first: int = world.BOOKED, script: str = "booking.lua", more: tuple[object, ...] = ()
) -> Load:
    """Books by POST /v1/orders; what was answered must be what the database holds afterwards."""
    before = orders(stage)
    load = wrk(script, stage.client.url, *arguments(stage, first), *more, connections=connections, seconds=seconds)
    booked = settled_orders(stage) - before
    # Up to one request a connection is still under way when wrk stops.
    if load.broken or not load.requests - load.refused <= booked <= load.requests - load.refused + connections:
        raise RuntimeError(f"{booked} orders of {load}")
    return load


def orders(stage: Stage) -> int:
    return stage.cluster.number("SELECT count(*) FROM orders")


def settled_orders(stage: Stage) -> int:
    """How many there are once the requests that wrk left behind are through."""
    seen = -1
    while seen != (seen := orders(stage)):
        time.sleep(0.1)
    return seen


def by_service(stage: Stage) -> float:
    world.reset(stage.cluster, stage.world)
    load = book(stage, connections=CONNECTIONS, seconds=stage.seconds)
    if load.refused:
        raise RuntimeError(f"refused bookings: {load}")
    return load.per_second


def by_statement(stage: Stage) -> float:
    world.reset(stage.cluster, stage.world)
    return pgbench(stage, CLIENTS).per_second


def pgbench(stage: Stage, clients: int) -> Pgbench:
    """The same bookings by one statement each."""
    turn = world.BOOKED // clients + 1
    variables = world.variables(stage.world, round=stage.next_round(), turn=turn)
    return stage.cluster.pgbench("booking.pgbench.sql", clients=clients, seconds=stage.seconds, **variables)


def measure(stage: Stage) -> dict[str, float]:
    ours, theirs, ratio = stage.paired("bookings a second", lambda: by_service(stage), lambda: by_statement(stage))
    return {"booking_ratio": ratio, "booking_per_s": ours, "booking_pgbench_per_s": theirs}


def measure_latency(stage: Stage) -> dict[str, float]:
    def p99() -> float:
        world.reset(stage.cluster, stage.world)
        return book(stage, connections=QUIET_CONNECTIONS, seconds=stage.seconds).p99_ms

    def average() -> float:
        world.reset(stage.cluster, stage.world)
        return pgbench(stage, QUIET_CONNECTIONS).average_ms

    ours, theirs, ratio = stage.paired("booking's p99, ms", p99, average)
    return {"booking_p99_ratio": ratio, "booking_p99_ms": ours, "booking_pgbench_ms": theirs}
