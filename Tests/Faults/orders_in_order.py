"""The invariants for seats and orders. Each check yields a sentence for everything that is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from books import UNPAID, Books, Row, named
from world import PRICE, SERVICE_FEE

_ALIVE: list[tuple[str | None, str]] = [("paid", "paid"), ("collected", "collected")]
_ANYWHERE: list[tuple[str | None, str]] = [
    *_ALIVE,
    *((state, state) for state in ("pending_payment", "paid_unconfirmed", "cancelled", "expired", "refunding", "refunded")),
]

#: The life of an order as domain.md draws it and OrderChange.swift tells it: from where to where each cause leads.
STEPS: dict[str, list[tuple[str | None, str]]] = {
    "opened": [(None, "pending_payment")],
    "payment_claimed": [("pending_payment", "paid_unconfirmed")],
    "payment_confirmed": [(unpaid, "paid") for unpaid in UNPAID],
    "late_payment_accepted": [("expired", "paid")],
    "late_payment_returned": [("expired", "refunding"), ("cancelled", "refunding")],
    "cancelled_by_buyer": [(unpaid, "cancelled") for unpaid in UNPAID],
    "voided": [(unpaid, "cancelled") for unpaid in UNPAID],
    "showtime_cancelled": [*((unpaid, "cancelled") for unpaid in UNPAID), ("paid", "refunding"), ("collected", "refunding")],
    "lapsed": [(unpaid, "expired") for unpaid in UNPAID],
    "collected": [("paid", "collected")],
    **{f"tickets_refunded_by_{who}": [("paid", "paid")] for who in ("buyer", "cinema", "platform")},
    **{f"refunded_by_{who}": [("paid", "refunding")] for who in ("buyer", "cinema", "platform")},
    # Money of a wrong amount can have come in any state of the order.
    "refund_paid": _ANYWHERE,
    "wrong_amount_returned": _ANYWHERE,
    "refunded_at_gateway": _ANYWHERE,
    "attention_decided": _ANYWHERE,
    "refund_completed": [("refunding", "refunded")],
    "reseated": [("paid", "paid")],
    "reprinted": _ALIVE,
    "entered": _ALIVE,
    "entry_undone": _ALIVE,
}


def seats_are_sold_once(books: Books) -> Iterator[str]:
    sold = Counter((ticket["showtime_id"], ticket["seat_id"]) for ticket in books.tickets if ticket["state"] != "refunded")
    for (showtime, seat), count in sold.items():
        if count > 1:
            yield f"seat {seat} of showtime {showtime} has {count} tickets that count"
    claimed = Counter((claim["showtime_id"], claim["seat_id"]) for claim in books.claims)
    for (showtime, seat), count in claimed.items():
        if count > 1:
            yield f"seat {seat} of showtime {showtime} is claimed {count} times"
    held: Counter[tuple[int, int, str]] = Counter()
    for order in books.orders.values():
        if order["state"] in UNPAID:
            held.update((order["showtime_id"], seat, order["id"]) for seat in order["seat_ids"])
    held.update((t["showtime_id"], t["seat_id"], t["order_id"]) for t in books.tickets if t["state"] != "refunded")
    claims = Counter((claim["showtime_id"], claim["seat_id"], claim["order_id"]) for claim in books.claims)
    for showtime, seat, number in claims - held:
        yield f"seat {seat} of showtime {showtime} is claimed by {named(number)}, which does not hold it"
    for showtime, seat, number in held - claims:
        yield f"seat {seat} of showtime {showtime} is not claimed for {named(number)}, which holds it"
    yield from (what for check, what in books.history.sightings if check == "seats")


def acknowledged_orders_are_there(books: Books) -> Iterator[str]:
    corrected = {operation.details["order"] for operation in books.history.of("correct ticket")}
    answers: dict[int, set[str]] = defaultdict(set)
    for operation in books.history.of("order", "order at counter"):
        if not operation.is_ok:
            continue
        shown: Row = operation.answer
        answers[operation.errand].add(repr({key: value for key, value in shown.items() if key != "etag"}))
        order = books.orders.get(shown["id"])
        if order is None:
            yield f"{named(shown['id'])} was acknowledged by {operation.service} and is not there"
            continue
        seats = sorted(seat["id"] for seat in shown["seats"])
        if seats != operation.details["seats"]:
            yield f"{named(order['id'])} was acknowledged with seats {seats} instead of {operation.details['seats']}"
        if sorted(order["seat_ids"]) != seats and order["id"] not in corrected:
            yield f"{named(order['id'])} was acknowledged with seats {seats} and has {order['seat_ids']}"
        for name in ("ticket_amount_fen", "service_fee_fen", "payable_fen"):
            if shown[name] != order[name]:
                yield f"{named(order['id'])}: {name} was acknowledged as {shown[name]} and is {order[name]}"
        if operation.kind == "order" and order["account_id"] != operation.details["account"]:
            yield f"{named(order['id'])} is of account {order['account_id']}, not of {operation.details['account']}"
    for errand, different in answers.items():
        if len(different) > 1:
            yield f"one order was asked for under one key (errand {errand}), and the answers differ: {sorted(different)}"
    for operation in books.history.of("other order, same key"):
        if operation.is_ok:
            yield f"a key was used again for another order (errand {operation.errand}), and that was accepted"
    yield from _same_request_refused(books)
    yield from _orders_that_nobody_asked_for(books)
    yield from (what for check, what in books.history.sightings if check == "order")


def _same_request_refused(books: Books) -> Iterator[str]:
    """A repeated request that has succeeded before may be refused its seats only while somebody else has them."""
    opened = {operation.errand: operation.answer["id"] for operation in books.history.of("order") if operation.is_ok}
    by_seat: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for order in books.orders.values():
        for seat in order["seat_ids"]:
            by_seat[order["showtime_id"], seat].append(order)
    for operation in books.history.of("order"):
        made = books.orders.get(opened.get(operation.errand, ""))
        if made is None or operation.code not in ("seat_taken", "seats_held_by_you"):
            continue
        others = [other for seat in made["seat_ids"] for other in by_seat[made["showtime_id"], seat] if other["id"] != made["id"]]
        if not any(other["created_at"] <= operation.ended for other in others):
            yield f"{named(made['id'])} was made under a key, and the same request was refused its own seats at {operation.service}"


def _orders_that_nobody_asked_for(books: Books) -> Iterator[str]:
    """An order that no answer named must come from a request whose outcome is unknown. Each such request explains one order."""
    acknowledged: set[str] = set()
    decided: set[int] = set()
    unknown: dict[int, tuple[int | None, int, tuple[int, ...]]] = {}
    for operation in books.history.of("order", "order at counter"):
        if operation.is_ok:
            acknowledged.add(operation.answer["id"])
            decided.add(operation.errand)
        elif operation.outcome == "unknown":
            details = operation.details
            unknown[operation.errand] = (details["account"], details["showtime"], tuple(details["seats"]))
    explained = Counter(wish for errand, wish in unknown.items() if errand not in decided)
    for order in books.orders.values():
        if order["id"] in acknowledged:
            continue
        buyer = order["account_id"] if order["channel"] == "online" else None
        wish = (buyer, order["showtime_id"], tuple(sorted(order["seat_ids"])))
        if explained[wish] == 0:
            yield f"{named(order['id'])} was made, and nobody asked for it or it was refused: (account, showtime, seats) = {wish}"
        explained[wish] -= 1


def orders_are_whole_and_legal(books: Books) -> Iterator[str]:
    tickets, shares = books.tickets_by_order(), books.discounts_by_seat()
    for order in books.orders.values():
        name, seats = named(order["id"]), order["seat_ids"]
        if len(set(seats)) != len(seats):
            yield f"{name} has a seat twice: {seats}"
        if order["ticket_amount_fen"] != PRICE * len(seats) or order["service_fee_fen"] != SERVICE_FEE * len(seats):
            yield f"{name}: {len(seats)} seats at {order['ticket_amount_fen']} + {order['service_fee_fen']} fen"
        yield from _discounts_fit(books, order, tickets.get(order["id"], []), shares)
        of_order = tickets.get(order["id"], [])
        was_paid = any(event["to_state"] == "paid" for event in books.events.get(order["id"], []))
        if was_paid and sorted(ticket["seat_id"] for ticket in of_order) != sorted(seats):
            yield f"{name} was paid for seats {seats} and has tickets for {[ticket['seat_id'] for ticket in of_order]}"
        if not was_paid and of_order:
            yield f"{name} was never paid and has {len(of_order)} tickets"
        states = Counter(ticket["state"] for ticket in of_order)
        if order["state"] == "paid" and (states["collected"] or not states["valid"]):
            yield f"{name} is paid, its tickets are {dict(states)}"
        if order["state"] == "collected" and (states["valid"] or not states["collected"]):
            yield f"{name} is collected, its tickets are {dict(states)}"
        if order["state"] in ("refunding", "refunded", "cancelled", "expired") and (states["valid"] or states["collected"]):
            yield f"{name} is {order['state']}, its tickets are {dict(states)}"
        yield from _illegal_steps(order, books.events.get(order["id"], []))


def _discounts_fit(books: Books, order: Row, tickets: list[Row], shares: dict[tuple[str, int], list[Row]]) -> Iterator[str]:
    """What is taken off an order is the sum of its tickets' shares, and each ticket has its own."""
    name = named(order["id"])
    of_seats = {seat: shares.get((order["id"], seat), []) for seat in order["seat_ids"]}
    sums = {seat: sum(share["amount_fen"] for share in of_seat) for seat, of_seat in of_seats.items()}
    if sum(sums.values()) != order["discount_fen"]:
        yield f"{name}: {order['discount_fen']} fen are taken off, and the shares of its tickets are {sums}"
    if order["payable_fen"] != order["ticket_amount_fen"] + order["service_fee_fen"] - order["discount_fen"]:
        yield f"{name}: {order['payable_fen']} fen are to be paid"
    listed = dict(zip(order["seat_ids"], order["seat_prices_fen"], strict=False))
    for ticket in tickets:
        seat = ticket["seat_id"]
        others = sum(share["amount_fen"] for share in of_seats.get(seat, []) if share["payer"] != "merchant")
        if (ticket["discount_fen"], ticket["others_fen"]) != (sums.get(seat), others):
            yield f"{name}: of seat {seat} {ticket['discount_fen']} fen are taken off, {ticket['others_fen']} by others; its shares are {of_seats.get(seat)}"
        if ticket["price_fen"] + ticket["discount_fen"] != listed.get(seat):
            yield f"{name}: seat {seat} cost {ticket['price_fen']} fen and {ticket['discount_fen']} less than {listed.get(seat)}"


def _illegal_steps(order: Row, events: list[Row]) -> Iterator[str]:
    name, state, before = named(order["id"]), None, 0.0
    for event in events:
        if event["from_state"] != state:
            yield f"{name}: event {event['id']} ({event['cause']}) begins at {event['from_state']}, and the order was {state}"
        if (event["from_state"], event["to_state"]) not in STEPS.get(event["cause"], []):
            yield f"{name}: {event['cause']} led from {event['from_state']} to {event['to_state']}"
        if event["at"] < before:
            yield f"{name}: event {event['id']} ({event['cause']}) is dated before the one before it"
        state, before = event["to_state"], event["at"]
    if state != order["state"]:
        yield f"{name} is {order['state']}, and its story ends with {state}"
