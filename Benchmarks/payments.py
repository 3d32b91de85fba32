"""Payments of the orders that there are: how they are begun, and the gateway's word for them."""

from __future__ import annotations

from load import Load, send
from notices import Signer
from stage import Stage

SENDERS = 32
#: That waits for the gateway's word; begun twice, an order is still paid once.
BEGUN = "FROM payments JOIN orders ON orders.id = payments.order_id WHERE payments.state = 'started' AND orders.state = 'pending_payment'"


def begin(stage: Stage, seconds: float) -> Load:
    """Has the payments of unpaid orders begun, for so long."""
    orders = orders_and_tokens(
        stage, "state = 'pending_payment' AND NOT EXISTS (SELECT FROM payments WHERE payments.order_id = orders.id)")
    lines = [f'POST\t/v1/orders/{order}/payments\t{token}\tapplication/json\t{{"method": "alipay_page"}}' for order, token in orders]
    return send(stage.folder / "payments", lines, stage.client.url, connections=SENDERS, seconds=seconds)


def begin_until(stage: Stage, count: int) -> None:
    """The same until so many orders wait for the gateway's word, or all that there are."""
    count = min(count, stage.cluster.number("SELECT count(*) FROM orders WHERE state = 'pending_payment'"))
    while stage.cluster.number(f"SELECT count(DISTINCT orders.id) {BEGUN}") < count:
        begin(stage, 1)


def notices(stage: Stage, count: int) -> list[str]:
    """The forms of the gateway's word for payments that were begun: as many as there are, but at most so many."""
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
    """Orders, the oldest first, with the token of whoever ordered."""
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
