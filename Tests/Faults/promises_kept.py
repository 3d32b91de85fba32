"""The invariants for acknowledged answers, and for the services themselves."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from books import LIVE, UNPAID, Books, named

#: A clock that is wrong is wrong by minutes; two readings of the right one differ by the time that a request takes.
CLOCK_TOLERANCE = 2.0


def what_was_acknowledged_has_happened(books: Books) -> Iterator[str]:
    causes = {order: [event["cause"] for event in events] for order, events in books.events.items()}
    collections: Counter[str] = Counter()
    maybe: set[str] = set()
    for operation in books.history.of("collect"):
        if operation.is_ok:
            collections[operation.details["order"]] += 1
        elif operation.outcome == "unknown":
            maybe.add(operation.details["order"])
    for number, count in collections.items():
        if count > 1:
            yield f"{named(number)} was handed out {count} times"
    for number, story in causes.items():
        if story.count("collected") > 1:
            yield f"{named(number)} was collected {story.count('collected')} times"
        if "collected" in story and number not in collections and number not in maybe:
            yield f"{named(number)} was collected, and nobody was told so"
        if "collected" not in story and number in collections:
            yield f"{named(number)} was handed out, and its story does not say so"
    for ticket in books.tickets:
        if ticket["state"] == "collected" and books.orders[ticket["order_id"]]["state"] != "collected":
            yield f"ticket {ticket['id']} is collected, {named(ticket['order_id'])} is {books.orders[ticket['order_id']]['state']}"
    yield from _acknowledged_steps(books, causes)
    yield from _acknowledged_refunds(books)
    for operation in books.history.of("cancel showtime"):
        if operation.is_ok and books.showtimes[operation.details["showtime"]]["cancelled_at"] is None:
            yield f"showtime {operation.details['showtime']} was cancelled, and is on"
    for order in books.orders.values():
        if books.showtimes[order["showtime_id"]]["cancelled_at"] is not None and order["state"] in UNPAID | LIVE:
            yield f"{named(order['id'])} is {order['state']}, and its showtime is cancelled"


def _acknowledged_steps(books: Books, causes: dict[str, list[str]]) -> Iterator[str]:
    for operation in books.history.of("cancel", "claim to have paid", "start payment", "pay at counter", "void"):
        if not operation.is_ok:
            continue
        order = operation.details["order"]
        story = causes.get(order, [])
        match operation.kind:
            case "cancel" if "cancelled_by_buyer" not in story:
                yield f"the cancelling of {named(order)} was acknowledged; its story is {story}"
            case "claim to have paid" if "payment_claimed" not in story:
                yield f"the claim to have paid {named(order)} was acknowledged; its story is {story}"
            case "start payment" if operation.answer["amount_fen"] != books.orders[order]["payable_fen"]:
                yield f"a payment of {named(order)} is of {operation.answer['amount_fen']} fen"
            case "pay at counter" if not any(event["to_state"] == "paid" for event in books.events.get(order, [])):
                yield f"{named(order)} was paid at the counter; its story is {story}"
            case "void" if books.orders[order]["state"] not in ("cancelled", "expired", "refunding", "refunded"):
                yield f"the voiding of {named(order)} was acknowledged, and it is {books.orders[order]['state']}"


def _acknowledged_refunds(books: Books) -> Iterator[str]:
    refunds = {refund["request_number"]: refund for refund in books.refunds}
    for operation in books.history.of("refund by buyer", "refund by cinema", "refund by admin", "refund wrong amount"):
        if not operation.is_ok:
            continue
        shown = operation.answer
        refund = refunds.get(shown["request_number"])
        if refund is None:
            yield f"refund {shown['request_number']} of {named(operation.details['order'])} was acknowledged and is not there"
        # What is told goes back now; what had gone back in the gateway's console before is told beside it.
        elif refund["amount_fen"] != shown["amount_fen"] + shown.get("foreign_fen", 0):
            yield f"refund {shown['request_number']} was acknowledged with {shown['amount_fen']} fen and is of {refund['amount_fen']}"
    for trade in {operation.details["trade"] for operation in books.history.of("refund wrong amount") if operation.is_ok}:
        if books.payments[trade]["wrong_amount_fen"] != books.trades[trade]["paid_fen"]:
            yield f"the wrong amount of trade {trade} was sent back, and our books name {books.payments[trade]['wrong_amount_fen']} fen"
    yield from _acknowledged_acts_at_the_counter(books)


def _acknowledged_acts_at_the_counter(books: Books) -> Iterator[str]:
    """Acknowledged entries, corrected seats and reprints must be in the database."""
    tickets = {ticket["id"]: ticket for ticket in books.tickets}
    admitted = Counter(
        operation.answer.get("id") for operation in books.history.of("admit") if operation.is_ok and isinstance(operation.answer, dict)
    )
    for ticket, count in admitted.items():
        if count > 1:
            yield f"ticket {ticket} was let in {count} times"
        if ticket in tickets and tickets[ticket]["entered_at"] is None:
            yield f"ticket {ticket} was let in, and the books do not say so"
    moved: dict[int, set[int]] = defaultdict(set)
    for operation in books.history.of("correct ticket"):
        if operation.may_have_happened:
            moved[operation.details["ticket"]].add(operation.details["seat"])
    for operation in books.history.of("correct ticket"):
        ticket = operation.details["ticket"]
        # When several corrections may have happened, any of them may be the last.
        if operation.is_ok and tickets[ticket]["seat_id"] not in moved[ticket]:
            yield f"ticket {ticket} was moved to seat {operation.details['seat']}, and has seat {tickets[ticket]['seat_id']}"
    printed = Counter(operation.details["order"] for operation in books.history.of("reprint") if operation.is_ok)
    for order, count in printed.items():
        noted = sum(1 for event in books.events[order] if event["cause"] == "reprinted")
        if noted < count:
            yield f"{named(order)} was reprinted {count} times, and its story tells of {noted}"


def services_answer_and_live(books: Books) -> Iterator[str]:
    for operation in books.history.operations:
        if operation.status is None or operation.status < 500 or operation.service == "sandbox":
            continue
        what = f"{operation.kind} at {operation.service}: {operation.status} {operation.code}"
        # The schema exists from the beginning, so a service that is not ready shows an unexpected failure.
        if operation.status not in (503, 504) or operation.code == "not_ready":
            yield f"{what} {operation.answer}"
        elif not (operation.content_type or "").startswith("application/problem+json"):
            yield f"{what}, as {operation.content_type}"
    yield from books.surprises
    yield from (f"{name} did not become ready again" for name in books.not_ready)
    yield from (what for check, what in books.history.sightings if check == "map")
    for log in books.logs:
        yield from _bad_lines(log, books)


_CRASH = re.compile(r"Fatal error|Program crashed|Thread \d+.*crashed|Precondition failed|Assertion failed")
_TOKEN = re.compile(r"\b(client|cinema|admin)_[0-9A-Za-z]{36}\b")


def _bad_lines(log: Path, books: Books) -> Iterator[str]:
    phones = re.compile("|".join(re.escape(phone[3:]) for phone in books.world.phones))
    for number, line in enumerate(log.read_text(errors="replace").splitlines(), 1):
        for what, pattern in (("a crash", _CRASH), ("a token", _TOKEN), ("a phone number", phones)):
            if pattern.search(line):
                yield f"{log.name}:{number} has {what}: {line[:300]}"


def clocks_do_not_matter(books: Books) -> Iterator[str]:
    """The clock of one process is minutes ahead. This must change no stored time and no hold."""
    for order in books.orders.values():
        hold, was_claimed = (
            order["expires_at"] - order["created_at"],
            any(e["cause"] == "payment_claimed" for e in books.events.get(order["id"], [])),
        )
        if abs(hold - books.hold - (books.grace if was_claimed else 0)) > 0.01:
            yield f"{named(order['id'])} held its seats for {hold:.2f} seconds"
    for operation in books.history.of("order", "order at counter"):
        if operation.is_ok and (opened := books.orders.get(operation.answer["id"])):
            ahead = opened["created_at"] - operation.ended
            if ahead > CLOCK_TOLERANCE:
                yield f"{named(opened['id'])} was opened {ahead:.1f} seconds after its acknowledgement"
    dated = [
        *((f"{named(event['order_id'])}: {event['cause']}", event["at"]) for events in books.events.values() for event in events),
        *((f"ticket {ticket['id']}", ticket["issued_at"]) for ticket in books.tickets),
        *((f"payment {number}", payment["created_at"]) for number, payment in books.payments.items()),
        *((f"refund {refund['request_number']}", refund["requested_at"]) for refund in books.refunds),
    ]
    for what, at in dated:
        if not books.began - CLOCK_TOLERANCE <= at <= books.ended + CLOCK_TOLERANCE:
            yield f"{what} is dated {at - books.ended:+.1f} seconds from the end of the run"


def everything_comes_to_rest(books: Books) -> Iterator[str]:
    yield from (f"still to be done: {what}" for what in books.left)
    wrong = {number for number, trade in books.trades.items() if trade.get("paid_fen") not in (None, books.payments[number]["amount_fen"])}
    payments = {payment["id"]: number for number, payment in books.payments.items()}
    trades = {refund["request_number"]: payments[refund["payment_id"]] for refund in books.refunds}
    for message in books.outbox:
        # When the gateway's amount contradicts ours, the message is set aside for a person; so is a refund that the gateway refuses because
        # its money has gone back in the console.
        trade = trades.get(message["payload"].get("requestNumber"), "")
        if message["dead_at"] is not None and message["payload"].get("outTradeNo") not in wrong and not books.console_fen(trade):
            yield f"message {message['id']} ({message['kind']}) was given up: {message['last_error']}"
