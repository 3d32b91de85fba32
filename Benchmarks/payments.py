"""Payments of existing orders: their start, and the gateway's notifications."""

from __future__ import annotations

from load import Load, send
from notices import Signer
from stage import Stage

SENDERS = 32
#: That waits for the gateway's word; begun twice, an order is still paid once.
BEGUN = "FROM payments JOIN orders ON orders.id = payments.order_id WHERE payments.state = 'started' AND orders.state = 'pending_payment'"


def begin(stage: Stage, seconds: float) -> Load:
    """Starts payments of unpaid orders, for a time."""
    orders = orders_and_tokens(
        stage, "state = 'pending_payment' AND NOT EXISTS (SELECT FROM payments WHERE payments.order_id = orders.id)")
    lines = [f'POST\t/v1/orders/{order}/payments\t{token}\tapplication/json\t{{"method": "alipay_page"}}' for order, token in orders]
    return send(stage.folder / "payments", lines, stage.client.url, connections=SENDERS, seconds=seconds)


def begin_until(stage: Stage, count: int) -> None:
    """Starts payments until so many orders, or all, wait for a notification."""
    count = min(count, stage.cluster.number("SELECT count(*) FROM orders WHERE state = 'pending_payment'"))
    while stage.cluster.number(f"SELECT count(DISTINCT orders.id) {BEGUN}") < count:
        begin(stage, 1)


def notices(stage: Stage, count: int) -> list[str]:
    """The forms of notifications for started payments, up to a number."""
    rows = stage.cluster.run(
        f"""
        SELECT DISTINCT ON (orders.id) payments.out_trade_no, payments.amount_fen
        {BEGUN}
        ORDER BY orders.id
        LIMIT {count}
        """
    ).split()
    signer = Signer(stage.folder / "keys" / "alipay_private.pem")
    return [signer.paid(number, int(amount_fen)) for number, amount_fen in (row.split("|") for row in rows)]


def orders_and_tokens(stage: Stage, condition: str) -> list[tuple[str, str]]:
    """Orders, the oldest first, with the buyers' tokens."""
    rows = stage.cluster.run(
        f"""
        SELECT id, account_id - {stage.world.first_account}
        FROM orders
        WHERE {condition}
        ORDER BY id
        """
    ).split()
    tokens = stage.world.tokens.read_text(encoding="ascii").split()
    return [(order, tokens[int(place)]) for order, place in (row.split("|") for row in rows)]


def count_paid(stage: Stage) -> int:
    return stage.cluster.number("SELECT count(*) FROM orders WHERE state = 'paid'")
