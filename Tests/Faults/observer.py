"""Reads the whole database again and again, each time in one snapshot. Invariants of every committed moment must hold in each of them."""

from __future__ import annotations

import asyncio

from database import Cluster, DatabaseAway
from history import History

#: What holds a seat: an unpaid order its seats, a paid one the seats of its tickets that have not been refunded.
HELD = """
    SELECT id AS order_id, showtime_id, unnest(seat_ids) AS seat_id
    FROM orders
    WHERE state IN ('pending_payment', 'paid_unconfirmed')
    UNION ALL
    SELECT order_id, showtime_id, seat_id
    FROM tickets
    WHERE state <> 'refunded'
"""

SNAPSHOT = f"""
    WITH held AS ({HELD})
    SELECT
        (SELECT coalesce(json_agg(found), '[]') FROM (
            SELECT showtime_id, seat_id, count(*) FROM tickets WHERE state <> 'refunded' GROUP BY 1, 2 HAVING count(*) > 1
        ) AS found) AS sold_twice,
        (SELECT coalesce(json_agg(found), '[]') FROM (
            SELECT showtime_id, seat_id, count(*) FROM seat_claims GROUP BY 1, 2 HAVING count(*) > 1
        ) AS found) AS claimed_twice,
        (SELECT coalesce(json_agg(found), '[]') FROM (
            SELECT showtime_id, seat_id, order_id FROM seat_claims EXCEPT ALL SELECT showtime_id, seat_id, order_id FROM held LIMIT 20
        ) AS found) AS claims_without_order,
        (SELECT coalesce(json_agg(found), '[]') FROM (
            SELECT showtime_id, seat_id, order_id FROM held EXCEPT ALL SELECT showtime_id, seat_id, order_id FROM seat_claims LIMIT 20
        ) AS found) AS orders_without_claim
"""


class Observer:
    """Records violations in the history, from which an invariant reads them."""

    def __init__(self, cluster: Cluster, history: History, pause: float):
        self._cluster, self._history, self._pause = cluster, history, pause

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self._pause)

    async def look(self) -> None:
        try:
            found = await self._cluster.row(SNAPSHOT)
        except DatabaseAway:
            return
        self._history.snapshots += 1
        for what, cases in found.items():
            for case in cases:
                self._history.saw("seats", f"{what.replace('_', ' ')}: {case}")
