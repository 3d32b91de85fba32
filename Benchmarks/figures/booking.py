"""How fast seats are booked, beside pgbench with one transaction a booking."""

from __future__ import annotations

import rows
import world
from cluster import Pgbench
from load import THREADS, Load, wrk
from stage import Stage

ROUTE = "/v1/orders"
CONNECTIONS, CLIENTS = 128, 32
QUIET_CONNECTIONS = 16


def arguments(stage: Stage, *, first: int = world.BOOKED, threads: int = THREADS) -> tuple[object, ...]:
    """The arguments of wrk/booking.lua and of the scripts that build on it."""
    return stage.world.tokens, stage.world.first_showtime, stage.next_round(), first, threads, world.BOOKINGS


def book(
    stage: Stage, *, connections: int, seconds: float, first: int = world.BOOKED, script: str = "booking.lua",
    more: tuple[object, ...] = (), refusals: frozenset[int] = frozenset(),
) -> Load:
    """Books by POST /v1/orders. The number of acknowledged bookings must be in the database afterwards.

    The answers may contain only refusals with the given statuses.
    """
    before, answered = rows.count(stage.cluster), stage.client.statuses("POST", ROUTE)
    load = wrk(script, stage.client.url, *arguments(stage, first=first), *more, connections=connections, seconds=seconds)
    told = {
        status: count - answered.get(status, 0) for status, count in stage.client.statuses("POST", ROUTE).items()
        if count > answered.get(status, 0)
    }
    if load.broken or 201 not in told or not told.keys() <= refusals | {201}:
        raise RuntimeError(f"bookings were answered {told}: {load}")
    if not refusals:
        check_supply(load.requests, world.BOOKINGS - first)
    # Up to one request a connection is still under way when wrk stops.
    rows.check(rows.count_settled(stage.cluster).since(before), load.requests - load.refused, under_way=connections)
    return load


def check_supply(used: int, supply: int) -> None:
    """Each client has its own share of seats, and some are faster. So nine tenths is the limit: the first share may then be used up."""
    if used > supply * 0.9:
        raise RuntimeError(f"{used} bookings use up the {supply} that there are: measure for fewer SECONDS")


def by_service(stage: Stage) -> float:
    world.reset(stage.cluster, stage.world)
    script = "guarded.lua" if stage.world.guarded else "booking.lua"
    load = book(stage, connections=CONNECTIONS, seconds=stage.seconds, script=script)
    rows.compare(stage.cluster)
    return load.per_second


def by_statement(stage: Stage, clients: int = CLIENTS) -> Pgbench:
    """Makes the same bookings with one statement each."""
    world.reset(stage.cluster, stage.world)
    before = rows.count(stage.cluster)
    turn = world.BOOKED // clients + 1
    variables = world.variables(stage.world, round=stage.next_round(), turn=turn)
    try:
        told = stage.cluster.pgbench("booking.pgbench.sql", clients=clients, seconds=stage.seconds, **variables)
    except RuntimeError as error:
        if "seat_claims_seat_id_fkey" in str(error):
            raise RuntimeError("pgbench has no bookings left: measure for fewer SECONDS") from error
        raise
    check_supply(told.transactions, world.BOOKINGS - turn * clients)
    rows.check(rows.count(stage.cluster).since(before), told.transactions)
    return told


def measure(stage: Stage) -> dict[str, float]:
    ours, theirs, ratio = stage.paired("bookings a second", lambda: by_service(stage), lambda: by_statement(stage).per_second)
    return {"booking_ratio": ratio, "booking_per_s": ours, "booking_pgbench_per_s": theirs}


def measure_guarded(stage: Stage) -> dict[str, float]:
    """Measures bookings with rate limits and the rules against squatters."""
    found = measure(stage.guarded())
    return {name.replace("booking_", "booking_guarded_", 1): value for name, value in found.items()}


def measure_latency(stage: Stage) -> dict[str, float]:
    def p99() -> float:
        world.reset(stage.cluster, stage.world)
        return book(stage, connections=QUIET_CONNECTIONS, seconds=stage.seconds).p99_ms

    ours, theirs, ratio = stage.paired("booking's p99, ms", p99, lambda: by_statement(stage, QUIET_CONNECTIONS).average_ms)
    return {"booking_p99_ratio": ratio, "booking_p99_ms": ours, "booking_pgbench_ms": theirs}
