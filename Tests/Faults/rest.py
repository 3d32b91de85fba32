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


def is_console(request_number: str) -> bool:
    """Whether a refund has the form of number that the sandbox gives to those of its console."""
    return request_number.startswith("console-")


def console_fen(trade: dict[str, Any]) -> int:
    """What went back of a trade in the gateway's own console, by the gateway's record."""
    return sum(refund["amount_fen"] for refund in trade.get("refunds", []) if is_console(refund["request_number"]))


#: Refunds that the gateway refuses for good, each with what was known of its payment's refunds in the console when it was asked for.
REFUSED = """
    SELECT refunds.id, refunds.order_id, refunds.amount_fen - refunds.foreign_fen AS sent_fen, payments.out_trade_no, (
        SELECT coalesce(sum(substring(note FROM '^[0-9]+')::bigint), 0)::bigint
        FROM order_events
        WHERE order_id = refunds.order_id AND cause = 'refunded_at_gateway'
            AND at < refunds.requested_at AND note LIKE '% of payment ' || payments.id
    ) AS known_fen
    FROM refunds
    JOIN payments ON payments.id = refunds.payment_id
    WHERE refunds.state = 'requested' AND refunds.refused_at IS NOT NULL AND payments.gateway = 'alipay'
"""


async def settle_refused(cluster: Cluster, sandbox: Service, office: Service, token: str) -> None:
    """Lets the platform's people settle refused refunds: they send in the console what the gateway still holds, and say that it is done.

    Some say so first and send then, so the gateway's notice comes before or after their word. A refund that was asked for although all that
    had gone back was known is a fault, and stays.
    """
    for refund in await cluster.rows(REFUSED):
        number = refund["out_trade_no"]
        trade = (await trade_views(sandbox, [number]))[number]
        if refund["known_fen"] >= console_fen(trade):
            continue
        left = min(refund["sent_fen"], trade["paid_fen"] - trade["refunded_fen"])
        send = web.request("POST", f"/sandbox/trades/{number}/refund", body={"amount_fen": left}) if left > 0 else None
        path = f"/v1/orders/{refund['order_id']}/refunds/{refund['id']}/sent-elsewhere"
        word = web.request("POST", path, token=token, body={"reason": "sent in the gateway's console"})
        if send and refund["id"] % 2:
            await web.exchange(sandbox.port, send)
        answer = await web.exchange(office.port, word)
        if answer.status == 200 and send and not refund["id"] % 2:
            await web.exchange(sandbox.port, send)


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
    """Trades for which the gateway has the right money, and which are not paid in our books.

    Those don't count of which all has gone back in the console before we heard of it.
    """
    payments = await cluster.rows("SELECT out_trade_no, amount_fen FROM payments WHERE state <> 'succeeded' AND gateway = 'alipay'")
    views = await trade_views(sandbox, [payment["out_trade_no"] for payment in payments])
    due = {payment["out_trade_no"]: payment["amount_fen"] for payment in payments}
    return [number for number, view in views.items() if view.get("paid_fen") == due[number] and view["refunded_fen"] < view["paid_fen"]]


async def unknown_console_refunds(cluster: Cluster, sandbox: Service) -> list[str]:
    """Trades of which more went back in the console than our books know. The gateway repeats its notices until they are acknowledged."""
    payments = await cluster.rows("SELECT out_trade_no, foreign_fen FROM payments WHERE gateway = 'alipay'")
    views = await trade_views(sandbox, [payment["out_trade_no"] for payment in payments])
    return [
        payment["out_trade_no"]
        for payment in payments
        if console_fen(views.get(payment["out_trade_no"], {})) > payment["foreign_fen"]
    ]


async def wait_for_rest(
    cluster: Cluster, sandbox: Service, office: Service, token: str, limit: float, knows_console: bool, tell: Callable[[str], None]
) -> list[str]:
    """Waits until all work is done. Returns what is left when the time is over.

    `knows_console`: whether the services know of money that went back in the gateway's console.
    """
    began = last_told = time.monotonic()
    while True:
        await cluster.run(HURRY)
        await hand_out_money(cluster, office, token)
        if knows_console:
            await settle_refused(cluster, sandbox, office, token)
        left = {what: count for what, count in (await cluster.row(UNFINISHED)).items() if count}
        if not left:
            trades = await unsettled_trades(cluster, sandbox)
            refunds = await unknown_console_refunds(cluster, sandbox) if knows_console else []
            if not trades and not refunds:
                tell(f"at rest after {time.monotonic() - began:.0f} seconds")
                return []
            left = {"paid_trades_that_we_do_not_know": len(trades), "trades_with_unknown_refunds_in_the_console": len(refunds)}
            left = {what: count for what, count in left.items() if count}
        words = [f"{count} {what.replace('_', ' ')}" for what, count in left.items()]
        if time.monotonic() - began > limit:
            return words
        if time.monotonic() - last_told > 10:
            last_told = time.monotonic()
            tell("still to be done: " + ", ".join(words))
        await asyncio.sleep(0.5)
