"""What becomes of the speed when the tables have grown."""

from __future__ import annotations

import statistics
import time

import world
from cluster import Cluster
from figures import booking
from load import THREADS, wrk
from service import Service
from stage import Stage

FEW = 10_000


def measure(stage: Stage) -> dict[str, float]:
    """Bookings a second with many old orders ÷ with few; then the ranking over the many."""
    world.reset(stage.cluster, stage.world)
    stage.client.stop()
    few, many = copy(stage, "piao_few", FEW), copy(stage, "piao_many", stage.old_orders)
    services = [stage.service("ClientService", database=database).start() for database in (many, few)]
    # Both databases are used up by and by instead of being reset: 198,000 bookings are there for the rounds.
    seconds = max(1, min(3, stage.seconds))
    next_booking = {service.port: world.BOOKED for service in services}

    def rate(service: Service) -> float:
        load = wrk(
            "booking.lua", service.url, stage.world.tokens, stage.world.first_showtime, stage.next_round(), next_booking[service.port],
            THREADS, world.BOOKINGS, connections=booking.CONNECTIONS, seconds=seconds,
        )
        if load.refused or load.broken:
            raise RuntimeError(f"refused bookings: {load}")
        # Threads of wrk are not in step: what both have left behind is behind twice the number.
        next_booking[service.port] += round(load.requests * 1.2) // 2 * 2
        return load.per_second

    grown, small, ratio = stage.paired("many old orders ÷ few", lambda: rate(services[0]), lambda: rate(services[1]))
    ranking = ranking_ms(services[0])
    for service in services:
        service.stop()
    stage.client.start()
    return {"growth_ratio": ratio, "growth_many_per_s": grown, "growth_few_per_s": small, "ranking_ms": ranking}


def copy(stage: Stage, name: str, orders: int) -> Cluster:
    database = stage.cluster.on(name)
    stage.cluster.on("postgres").run(f"CREATE DATABASE {name} TEMPLATE {stage.cluster.database}")
    database.run_file("old_orders.sql", orders=orders, first_account=stage.world.first_account, accounts=world.ACCOUNTS)
    database.run("VACUUM (ANALYZE)")
    database.run("CHECKPOINT")
    return database


def ranking_ms(service: Service) -> float:
    """The median of asking for the box office of all movies since the old orders' days."""
    times = []
    for _ in range(9):
        began = time.monotonic()
        status, answer = service.ask("GET", "/v1/rankings/box-office?from=2020-01-01&to=2030-01-01&by=movie")
        times.append((time.monotonic() - began) * 1000)
        if status != 200 or not answer["items"]:
            raise RuntimeError(f"the ranking answered {status}: {answer}")
    return statistics.median(times)
