"""After the faults everything is healed. Then the harness waits for events until nothing is left to be done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import web
from database import Cluster
from services import Service

#: What has still to happen, and the query that counts it. Messages about trades that nobody paid may wait for as long as they like.
UNFINISHED = """
    SELECT
        (SELECT count(*) FROM orders WHERE state IN ('pending_payment', 'paid_unconfirmed')) AS unpaid_orders,
        (SELECT count(*) FROM orders WHERE state = 'refunding') AS refunding_orders,
        (SELECT count(*) FROM refunds WHERE state = 'requested') AS requested_refunds,
        (
            SELECT count(*) FROM outbox
            WHERE done_at IS NULL AND dead_at IS NULL
                AND (kind NOT IN ('payment_query', 'payment_closing', 'payment_watch') OR next_attempt_at < clock_timestamp() - INTERVAL '2 seconds')
        ) AS due_messages
"""

#: A worker that was killed leaves its messages leased for a minute. What is put off for longer than that is not leased: it waits because
#: a fault made several attempts fail, and nothing but time is taken from it when it is tried at once.
HURRY = """
    UPDATE outbox SET next_attempt_at = clock_timestamp()
    WHERE done_at IS NULL AND dead_at IS NULL AND last_error IS NOT NULL AND next_attempt_at > clock_timestamp() + INTERVAL '65 seconds'
"""


#: Money that was taken at a counter goes back when somebody hands it out there and says so.
AT_COUNTER = """
    SELECT refunds.id, refunds.order_id
    FROM refunds
    JOIN payments ON payments.id = refunds.payment_id
    WHERE refunds.state = 'requested' AND payments.gateway = 'counter'
"""


async def hand_out_money(cluster: Cluster, office: Service, token: str) -> None:
    """Lets the platform's people pay out all refunds that are left at the counter. The services make sure that each is paid out once."""
    for refund in await cluster.rows(AT_COUNTER):
        path = f"/v1/orders/{refund['order_id']}/refunds/{refund['id']}/payout"
        await web.exchange(office.port, web.request("POST", path, token=token))


async def trade_views(sandbox: Service, numbers: list[str]) -> dict[str, dict[str, Any]]:
    """The gateway's own records of these trades. A trade that was never opened has none."""
    views: dict[str, dict[str, Any]] = {}
    places = asyncio.Semaphore(8)

    async def look(number: str) -> None:
        async with places:
            answer = await web.exchange(sandbox.port, web.request("GET", f"/sandbox/trades/{number}"))
        if answer.status == 200:
            views[number] = answer.json

    await asyncio.gather(*(look(number) for number in numbers))
    return views


async def unsettled_trades(cluster: Cluster, sandbox: Service) -> list[str]:
    """Trades for which the gateway has the right money, and which are not paid in our books."""
    payments = await cluster.rows("SELECT out_trade_no, amount_fen FROM payments WHERE state <> 'succeeded' AND gateway = 'alipay'")
    views = await trade_views(sandbox, [payment["out_trade_no"] for payment in payments])
    return [
        payment["out_trade_no"] for payment in payments if views.get(payment["out_trade_no"], {}).get("paid_fen") == payment["amount_fen"]
    ]


async def wait_for_rest(
    cluster: Cluster, sandbox: Service, office: Service, token: str, limit: float, tell: Callable[[str], None]
) -> list[str]:
    """Waits until all work is done. Returns what is left when the time is over."""
    began = last_told = time.monotonic()
    while True:
        await cluster.run(HURRY)
        await hand_out_money(cluster, office, token)
        left = {what: count for what, count in (await cluster.row(UNFINISHED)).items() if count}
        if not left:
            trades = await unsettled_trades(cluster, sandbox)
            if not trades:
                tell(f"at rest after {time.monotonic() - began:.0f} seconds")
                return []
            left = {"paid_trades_that_we_do_not_know": len(trades)}
        words = [f"{count} {what.replace('_', ' ')}" for what, count in left.items()]
        if time.monotonic() - began > limit:
            return words
        if time.monotonic() - last_told > 10:
            last_told = time.monotonic()
            tell("still to be done: " + ", ".join(words))
        await asyncio.sleep(0.5)
