"""Checks the rows that bookings leave in the tables: both sides must leave as many, and equal ones except for ids and times."""

from __future__ import annotations

import json
import time
from dataclasses import astuple, dataclass

from cluster import Cluster


@dataclass(frozen=True)
class Rows:
    orders: int
    seat_claims: int
    #: Of the openings.
    order_events: int
    idempotency_records: int

    def since(self, before: Rows) -> Rows:
        return Rows(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(before))))


def count(cluster: Cluster) -> Rows:
    counts = cluster.run(
        """
        SELECT
            (SELECT count(*) FROM orders), (SELECT count(*) FROM seat_claims),
            (SELECT count(*) FROM order_events WHERE cause = 'opened'), (SELECT count(*) FROM idempotency_records)
        """
    )
    return Rows(*map(int, counts.split("|")))


def count_settled(cluster: Cluster) -> Rows:
    """The number of bookings once the requests that wrk left behind are done."""
    seen = count(cluster)
    while True:
        time.sleep(0.1)
        if seen == (seen := count(cluster)):
            return seen


def check(made: Rows, acknowledged: int, under_way: int = 0) -> None:
    """Checks that there are so many bookings, or a few more for whose answers wrk didn't wait, each with all its rows."""
    orders = made.orders
    if made != Rows(orders, 2 * orders, orders, orders) or not acknowledged <= orders <= acknowledged + under_way:
        raise RuntimeError(f"{acknowledged} bookings of two seats left {made}")


def compare(cluster: Cluster) -> None:
    """Both sides have booked in this database, pgbench in round 0: their rows differ in nothing but ids and times."""
    ours, theirs = (json.loads(line) for line in cluster.run_file("sides.sql").splitlines())
    lengths = ours.pop("average_body"), theirs.pop("average_body")
    for name, value in ours.items():
        if value != theirs[name]:
            raise RuntimeError(f"{name} of the service is {value}, of pgbench {theirs[name]}")
    if abs(lengths[0] / lengths[1] - 1) >= 0.03:
        raise RuntimeError(f"recorded answers have {lengths[0]} bytes, pgbench's {lengths[1]}")
