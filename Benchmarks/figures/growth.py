"""The speed when the tables have grown."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator

import world
from figures import booking
from service import Service
from stage import Stage

FEW = 10_000
#: The period of the ranking; a million old orders are no older.
DAYS = 7


def measure(stage: Stage) -> dict[str, float]:
    """Bookings a second with many old orders ÷ with few; then a week's ranking over the many."""
    world.reset(stage.cluster, stage.world)
    stage.client.stop()
    with copy(stage, "piao_few", FEW) as few, copy(stage, "piao_many", stage.old_orders) as many:
        grown, small, ratio = stage.paired("many old orders ÷ few", lambda: booking.by_service(many), lambda: booking.by_service(few))
        return {"growth_ratio": ratio, "growth_many_per_s": grown, "growth_few_per_s": small, **ranking_ms(many)}


@contextlib.contextmanager
def copy(stage: Stage, name: str, orders: int) -> Iterator[Stage]:
    """The same before a copy of the database with old orders, which is gone afterwards: autovacuum shall not work on it beside others."""
    database = stage.cluster.on(name)
    try:
        stage.cluster.on("postgres").run(f"CREATE DATABASE {name} TEMPLATE {stage.cluster.database}")
        began = time.monotonic()
        database.run_file("old_orders.sql", orders=orders, first_account=stage.world.first_account, accounts=world.ACCOUNTS)
        database.run("VACUUM (ANALYZE)")
        database.run("CHECKPOINT")
        stage.say(f"{orders:,} old orders written in {time.monotonic() - began:,.0f} s")
        copied = stage.on(database)
        yield copied
        copied.client.stop()
    finally:
        stage.cluster.on("postgres").run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def ranking_ms(stage: Stage) -> dict[str, float]:
    """The median of asking for the last week's box office of all movies, and how many tickets that adds up."""
    stage.client.restart()
    first = stage.cluster.run(f"SELECT max(business_day) - {DAYS - 1} FROM showtimes WHERE starts_at < now()")
    times = []
    for turn in range(9):
        # The URL is different each time, because moviegoers' rankings are kept for two seconds.
        limit = 20 + turn
        began = time.monotonic()
        entries = box_office(stage.client, first, "movie", limit)
        times.append((time.monotonic() - began) * 1000)
    if not entries:
        raise RuntimeError("the ranking is empty")
    return {"ranking_ms": statistics.median(times), "ranking_tickets": box_office(stage.client, first, "total")[0]["tickets"]}


def box_office(service: Service, first: str, dimension: str, limit: int = 20) -> list[dict[str, int]]:
    status, answer = service.ask("GET", f"/v1/rankings/box-office?from={first}&by={dimension}&limit={limit}")
    if status != 200:
        raise RuntimeError(f"the ranking answered {status}: {answer}")
    items: list[dict[str, int]] = answer["items"]
    return items
