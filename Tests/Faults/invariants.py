"""What must hold whatever happened. Each check reads the books and yields a sentence for everything that is wrong."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from books import Books, Row
from world import PRICE, SEAT_LIMIT, SERVICE_FEE, UNPAID_LIMIT

UNPAID = {"pending_payment", "paid_unconfirmed"}
LIVE = {"paid", "collected"}

#: The life of an order, as domain.md draws it.
STEPS: set[tuple[str | None, str]] = {
    (None, "pending_payment"),
    ("pending_payment", "paid_unconfirmed"),
    *((unpaid, end) for unpaid in UNPAID for end in ("paid", "cancelled", "expired")),
    ("expired", "paid"),
    ("expired", "refunding"),
    ("cancelled", "refunding"),
    ("paid", "collected"),
    ("paid", "refunding"),
    ("collected", "refunding"),
    ("refunding", "refunded"),
}

#: What each cause may lead to; a cause that is not here is judged by the picture alone.
ENDS: dict[str, set[str]] = {
    "opened": {"pending_payment"},
    "payment_claimed": {"paid_unconfirmed"},
    "payment_confirmed": {"paid"},
    "late_payment_accepted": {"paid"},
    "late_payment_returned": {"refunding"},
    "cancelled_by_buyer": {"cancelled"},
    "showtime_cancelled": {"cancelled", "refunding"},
    "lapsed": {"expired"},
    "collected": {"collected"},
    "refund_completed": {"refunded"},
}

#: A clock that is wrong is wrong by minutes; two readings of the right one differ by the time that a request takes.
CLOCK_TOLERANCE = 2.0


def _short(order: str) -> str:
    return f"order {order}"


# 1


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
    for showtime, seat, order in (claims - held).keys():
        yield f"seat {seat} of showtime {showtime} is claimed by {_short(order)}, which does not hold it"
    for showtime, seat, order in (held - claims).keys():
        yield f"seat {seat} of showtime {showtime} is not claimed for {_short(order)}, which holds it"
    yield from (what for check, what in books.history.sightings if check == "seats")


# 2


def acknowledged_orders_are_there(books: Books) -> Iterator[str]:
    corrected = {operation.details["order"] for operation in books.history.of("correct ticket")}
    answers: dict[int, set[str]] = defaultdict(set)
    for operation in books.history.of("order", "order at counter"):
        if not operation.is_ok:
            continue
        shown = operation.answer
        answers[operation.errand].add(repr({key: value for key, value in shown.items() if key != "etag"}))
        order = books.orders.get(shown["id"])
        if order is None:
            yield f"{_short(shown['id'])} was acknowledged by {operation.service} and is not there"
            continue
        seats = sorted(seat["id"] for seat in shown["seats"])
        if seats != operation.details["seats"]:
            yield f"{_short(order['id'])} was acknowledged with seats {seats} instead of {operation.details['seats']}"
        if sorted(order["seat_ids"]) != seats and order["id"] not in corrected:
            yield f"{_short(order['id'])} was acknowledged with seats {seats} and has {order['seat_ids']}"
        for name in ("ticket_amount_fen", "service_fee_fen", "payable_fen"):
            if shown[name] != order[name]:
                yield f"{_short(order['id'])}: {name} was acknowledged as {shown[name]} and is {order[name]}"
        if operation.kind == "order" and order["account_id"] != operation.details["account"]:
            yield f"{_short(order['id'])} is of account {order['account_id']}, not of {operation.details['account']}"
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
    """A repetition of a request that succeeded is refused its seats only while somebody else has them."""
    opened = {operation.errand: operation.answer["id"] for operation in books.history.of("order") if operation.is_ok}
    by_seat: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for order in books.orders.values():
        for seat in order["seat_ids"]:
            by_seat[order["showtime_id"], seat].append(order)
    for operation in books.history.of("order"):
        order = books.orders.get(opened.get(operation.errand, ""))
        if order is None or operation.code != "seat_taken":
            continue
        others = [other for seat in order["seat_ids"] for other in by_seat[order["showtime_id"], seat] if other["id"] != order["id"]]
        if not any(other["created_at"] <= operation.ended for other in others):
            yield f"{_short(order['id'])} was made under a key, and the same request was refused its own seats at {operation.service}"


def _orders_that_nobody_asked_for(books: Books) -> Iterator[str]:
    """An order that no answer told of must come from a request whose end is unknown, and each such request explains one."""
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
            yield f"{_short(order['id'])} of account {wish[0]} (showtime {wish[1]}, seats {list(wish[2])}) was made, and nobody asked for it or it was refused"
        explained[wish] -= 1


# 3


def orders_are_whole_and_legal(books: Books) -> Iterator[str]:
    tickets = books.tickets_by_order()
    for order in books.orders.values():
        name, seats = _short(order["id"]), order["seat_ids"]
        if len(set(seats)) != len(seats):
            yield f"{name} has a seat twice: {seats}"
        if order["ticket_amount_fen"] != PRICE * len(seats) or order["service_fee_fen"] != SERVICE_FEE * len(seats):
            yield f"{name}: {len(seats)} seats at {order['ticket_amount_fen']} + {order['service_fee_fen']} fen"
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


def _illegal_steps(order: Row, events: list[Row]) -> Iterator[str]:
    name, state, before = _short(order["id"]), None, 0.0
    for event in events:
        if event["from_state"] != state:
            yield f"{name}: event {event['id']} ({event['cause']}) begins at {event['from_state']}, and the order was {state}"
        step = (event["from_state"], event["to_state"])
        # What is only noted, such as one of several tickets refunded, leaves the order where it is.
        if step not in STEPS and not (step[0] == step[1] and step[0] in LIVE):
            yield f"{name}: {event['cause']} led from {step[0]} to {step[1]}"
        if event["cause"] in ENDS and event["to_state"] not in ENDS[event["cause"]]:
            yield f"{name}: {event['cause']} led to {event['to_state']}"
        if event["at"] < before:
            yield f"{name}: event {event['id']} ({event['cause']}) is dated before the one before it"
        state, before = event["to_state"], event["at"]
    if state != order["state"]:
        yield f"{name} is {order['state']}, and its story ends with {state}"


# 4


def money_is_where_it_belongs(books: Books) -> Iterator[str]:
    recorded = {(notice["notify_id"], notice["out_trade_no"]) for notice in books.notifications}
    for notice in books.history.acknowledged_notices - recorded:
        yield f"notice {notice[0]} of trade {notice[1]} was answered with success and is not recorded"
    for number in books.history.trades:
        if number not in books.payments:
            yield f"payment {number} was acknowledged and is not there"
    judged = {notice["out_trade_no"] for notice in books.notifications}
    received = {number for _, number, answer in books.history.notices if answer in ("success", "failure")}
    for number, payment in books.payments.items():
        if payment["gateway"] != "alipay":
            continue
        trade = books.trades.get(number, {})
        paid, refunded = trade.get("paid_fen"), trade.get("refunded_fen", 0)
        if paid == payment["amount_fen"]:
            if payment["state"] != "succeeded":
                yield f"trade {number}: the gateway has its money, and we hold it for {payment['state']}"
            elif payment["trade_no"] != trade["trade_no"]:
                yield f"trade {number} is {trade['trade_no']} at the gateway and {payment['trade_no']} here"
        elif payment["state"] == "succeeded":
            yield f"trade {number}: paid according to our books; the gateway has {paid} of {payment['amount_fen']} fen"
        elif paid is not None and number in received and number not in judged and not _is_tampered(books, number):
            yield f"trade {number}: a notice of {paid} instead of {payment['amount_fen']} fen came and is not recorded"
        if refunded > (paid or 0):
            yield f"trade {number}: {refunded} of {paid} fen went back"
    yield from _money_kept(books)


def _is_tampered(books: Books, number: str) -> bool:
    return number in books.history.trades and "tamper" in books.history.trades[number].knobs


def _returned_fen(books: Books) -> dict[int, int]:
    """What went back for each refunded ticket."""
    return {row["ticket_id"]: row["price_fen"] + row["service_fee_fen"] - row["fee_fen"] for row in books.refund_tickets}


def _worth_fen(tickets: list[Row], back: dict[int, int]) -> int:
    """What an order's buyer has paid for and not been given back: its tickets that count, and the fees kept of those that don't."""
    worth = 0
    for ticket in tickets:
        full = ticket["price_fen"] + ticket["service_fee_fen"]
        if ticket["state"] != "refunded":
            worth += full
        elif ticket["id"] in back:
            worth += full - back[ticket["id"]]
    return worth


def _kept_fen(books: Books, payment: Row) -> int:
    """What is left of a payment, by the gateway's book; the counter has no book but ours."""
    if payment["gateway"] == "alipay":
        trade = books.trades.get(payment["out_trade_no"], {})
        # Money of a wrong amount is nobody's payment; a person decides about it.
        return trade["paid_fen"] - trade["refunded_fen"] if trade.get("paid_fen") == payment["amount_fen"] else 0
    return payment["amount_fen"] - books.refunded_fen(payment) if payment["state"] == "succeeded" else 0


def _money_kept(books: Books) -> Iterator[str]:
    """For each order and in total: the money at the gateway is the worth of the tickets."""
    tickets, payments = books.tickets_by_order(), books.payments_by_order()
    back = _returned_fen(books)
    total_kept = total_worth = 0
    for order in books.orders.values():
        of_order = payments.get(order["id"], [])
        kept, worth = sum(_kept_fen(books, payment) for payment in of_order), _worth_fen(tickets.get(order["id"], []), back)
        total_kept, total_worth = total_kept + kept, total_worth + worth
        if kept != worth:
            yield f"{_short(order['id'])} ({order['state']}): {kept} fen are kept for tickets worth {worth} fen"
        paying = [payment for payment in of_order if _kept_fen(books, payment)]
        if len(paying) > 1:
            yield f"{_short(order['id'])} keeps the money of {len(paying)} payments"
        winner = order["paid_by_payment_id"]
        if winner is not None and paying and paying[0]["id"] != winner:
            yield f"{_short(order['id'])} is paid by payment {winner}, and the money is that of {paying[0]['id']}"
        if order["state"] in LIVE and not any(payment["state"] == "succeeded" for payment in of_order):
            yield f"{_short(order['id'])} is {order['state']} and no payment of it succeeded"
    if total_kept != total_worth:
        yield f"in total {total_kept} fen are kept for tickets worth {total_worth} fen"


# 5


def the_ledger_agrees(books: Books) -> Iterator[str]:
    entries: dict[int, int] = defaultdict(int)
    balances: Counter[str] = Counter()
    kinds: dict[int, Row] = {}
    for line in books.ledger:
        entries[line["entry_id"]] += line["amount_fen"]
        balances[line["account"]] += line["amount_fen"]
        kinds[line["entry_id"]] = line
    for entry, balance in entries.items():
        if balance:
            yield f"entry {entry} of the ledger does not balance: {balance}"
    posted = Counter((line["kind"], line["refund_id"] if line["kind"].startswith("refund") else line["payment_id"]) for line in kinds.values())
    wanted: Counter[tuple[str, int]] = Counter()
    for payment in books.payments.values():
        if payment["state"] == "succeeded":
            wanted["payment", payment["id"]] = 1
    for refund in books.refunds:
        wanted["refund_requested", refund["id"]] = 1
        if refund["state"] == "succeeded":
            wanted["refund_paid", refund["id"]] = 1
    for kind, number in wanted.keys() | posted.keys():
        if wanted[kind, number] != posted[kind, number]:
            yield f"{kind} {number} is posted {posted[kind, number]} times instead of {wanted[kind, number]}"
    for gateway in {payment["gateway"] for payment in books.payments.values()}:
        of_gateway = [payment for payment in books.payments.values() if payment["gateway"] == gateway and payment["state"] == "succeeded"]
        ids = {payment["id"] for payment in of_gateway}
        money = sum(payment["amount_fen"] for payment in of_gateway)
        money -= sum(refund["amount_fen"] for refund in books.refunds if refund["payment_id"] in ids and refund["state"] == "succeeded")
        if balances[f"gateway:{gateway}"] != money:
            yield f"gateway:{gateway} stands at {balances[f'gateway:{gateway}']}, payments less refunds are {money}"
    if sum(balances.values()):
        yield f"all accounts together stand at {sum(balances.values())} instead of 0"
    for account in ("buyers:unallocated", "refunds:payable"):
        if balances[account]:
            yield f"{account} stands at {balances[account]} though everything has gone back"
    merchants = -sum(balance for account, balance in balances.items() if account.startswith("merchant:"))
    worth = _worth_fen(books.tickets, _returned_fen(books))
    if merchants != worth:
        yield f"the merchants' accounts stand at {merchants} for tickets worth {worth}"


# 6


def refunds_happen_once(books: Books) -> Iterator[str]:
    by_payment: dict[int, list[Row]] = defaultdict(list)
    for refund in books.refunds:
        by_payment[refund["payment_id"]].append(refund)
        if refund["state"] != "succeeded":
            yield f"refund {refund['request_number']} of {_short(refund['order_id'])} is still {refund['state']}"
    for payment in books.payments.values():
        refunds = by_payment[payment["id"]]
        asked = sum(refund["amount_fen"] for refund in refunds)
        if asked > payment["amount_fen"]:
            yield f"payment {payment['out_trade_no']}: {asked} of {payment['amount_fen']} fen are to go back"
        if payment["gateway"] != "alipay":
            continue
        trade = books.trades.get(payment["out_trade_no"], {})
        done = sum(refund["amount_fen"] for refund in refunds if refund["state"] == "succeeded")
        if trade.get("refunded_fen", 0) != done:
            yield f"trade {payment['out_trade_no']}: {trade.get('refunded_fen', 0)} fen went back at the gateway, {done} in our books"
        if "refunds" in trade:
            there = Counter((refund["request_number"], refund["amount_fen"]) for refund in trade["refunds"])
            here = Counter((refund["request_number"], refund["amount_fen"]) for refund in refunds if refund["state"] == "succeeded")
            if there != here:
                yield f"trade {payment['out_trade_no']}: refunds at the gateway {dict(there)}, in our books {dict(here)}"
    payments = books.payments_by_order()
    for order in books.orders.values():
        if order["state"] in ("expired", "cancelled"):
            for payment in payments.get(order["id"], []):
                if _kept_fen(books, payment):
                    yield f"{_short(order['id'])} is {order['state']}, and {_kept_fen(books, payment)} fen of {payment['out_trade_no']} are kept"


# 7


def box_office_and_limits(books: Books) -> Iterator[str]:
    live = [ticket for ticket in books.tickets if ticket["state"] != "refunded" and books.orders[ticket["order_id"]]["state"] in LIVE]
    wanted = {
        "box_office_fen": sum(ticket["price_fen"] for ticket in live),
        "service_fee_fen": sum(ticket["service_fee_fen"] for ticket in live),
        "tickets": len(live),
        "orders": len({ticket["order_id"] for ticket in live}),
    }
    for dimension, entries in books.box_office.items():
        for name, value in wanted.items():
            shown = sum(entry[name] for entry in entries)
            if shown != value:
                yield f"the box office by {dimension} says {shown} {name}, the tickets say {value}"
    yield from _limits(books)


def _limits(books: Books) -> Iterator[str]:
    """Replays who held what when: at no moment more unpaid orders or more seats of a showtime than allowed."""
    refunded_at = {refund["id"]: refund["requested_at"] for refund in books.refunds}
    ticket_ends = {row["ticket_id"]: refunded_at[row["refund_id"]] for row in books.refund_tickets}
    tickets = books.tickets_by_order()
    orders: dict[int, list[tuple[float, int, str]]] = defaultdict(list)
    seats: dict[tuple[int, int], list[tuple[float, int, str]]] = defaultdict(list)
    for order in books.orders.values():
        if order["channel"] != "online":
            continue
        account, person_of_showtime = order["account_id"], (order["account_id"], order["showtime_id"])
        events, count = books.events.get(order["id"], []), len(order["seat_ids"])
        left = next((event["at"] for event in events if event["to_state"] not in UNPAID), float("inf"))
        end = min(left, order["expires_at"])
        if end > order["created_at"]:
            orders[account] += [(order["created_at"], 1, order["id"]), (end, -1, order["id"])]
            seats[person_of_showtime] += [(order["created_at"], count, order["id"]), (end, -count, order["id"])]
        paid = next((event["at"] for event in events if event["to_state"] == "paid"), None)
        gone = next((event["at"] for event in events if event["to_state"] in ("refunding", "refunded")), float("inf"))
        if paid is not None:
            seats[person_of_showtime].append((paid, count, order["id"]))
            seats[person_of_showtime] += [(min(ticket_ends.get(t["id"], gone), gone), -1, order["id"]) for t in tickets.get(order["id"], [])]
    for held, limit, what in ((orders, UNPAID_LIMIT, "unpaid orders"), (seats, SEAT_LIMIT, "seats of a showtime")):
        for who, changes in held.items():
            now = 0
            # What ends at a moment has made room for what begins at it.
            for at, change, order in sorted(changes, key=lambda change: (change[0], change[1])):
                now += change
                if now > limit:
                    yield f"account {who} held {now} {what} at {at:.3f}, with {_short(order)}"
                    break


# 8


def what_was_acknowledged_has_happened(books: Books) -> Iterator[str]:
    causes = {order: [event["cause"] for event in events] for order, events in books.events.items()}
    collections: Counter[str] = Counter()
    maybe: set[str] = set()
    for operation in books.history.of("collect"):
        if operation.is_ok:
            collections[operation.details["order"]] += 1
        elif operation.outcome == "unknown":
            maybe.add(operation.details["order"])
    for order, count in collections.items():
        if count > 1:
            yield f"{_short(order)} was handed out {count} times"
    for order, of_order in causes.items():
        if of_order.count("collected") > 1:
            yield f"{_short(order)} was collected {of_order.count('collected')} times"
        if "collected" in of_order and order not in collections and order not in maybe:
            yield f"{_short(order)} was collected, and nobody was told so"
        if "collected" not in of_order and order in collections:
            yield f"{_short(order)} was handed out, and its story does not say so"
    for ticket in books.tickets:
        if ticket["state"] == "collected" and books.orders[ticket["order_id"]]["state"] != "collected":
            yield f"ticket {ticket['id']} is collected, {_short(ticket['order_id'])} is {books.orders[ticket['order_id']]['state']}"
    yield from _acknowledged_steps(books, causes)
    yield from _acknowledged_refunds(books)
    for operation in books.history.of("cancel showtime"):
        if operation.is_ok and books.showtimes[operation.details["showtime"]]["cancelled_at"] is None:
            yield f"showtime {operation.details['showtime']} was cancelled, and is on"
    for order in books.orders.values():
        if books.showtimes[order["showtime_id"]]["cancelled_at"] is not None and order["state"] in UNPAID | LIVE:
            yield f"{_short(order['id'])} is {order['state']}, and its showtime is cancelled"


def _acknowledged_steps(books: Books, causes: dict[str, list[str]]) -> Iterator[str]:
    for operation in books.history.of("cancel", "claim to have paid", "start payment", "pay at counter", "void"):
        if not operation.is_ok:
            continue
        order = operation.details["order"]
        story = causes.get(order, [])
        match operation.kind:
            case "cancel" if "cancelled_by_buyer" not in story:
                yield f"the cancelling of {_short(order)} was acknowledged; its story is {story}"
            case "claim to have paid" if "payment_claimed" not in story:
                yield f"the claim to have paid {_short(order)} was acknowledged; its story is {story}"
            case "start payment" if operation.answer["amount_fen"] != books.orders[order]["payable_fen"]:
                yield f"a payment of {_short(order)} is of {operation.answer['amount_fen']} fen"
            case "pay at counter" if not any(event["to_state"] == "paid" for event in books.events.get(order, [])):
                yield f"{_short(order)} was paid at the counter; its story is {story}"
            case "void" if books.orders[order]["state"] not in ("cancelled", "expired", "refunding", "refunded"):
                yield f"the voiding of {_short(order)} was acknowledged, and it is {books.orders[order]['state']}"


def _acknowledged_refunds(books: Books) -> Iterator[str]:
    refunds = {refund["request_number"]: refund for refund in books.refunds}
    for operation in books.history.of("refund by buyer", "refund by cinema", "refund by admin"):
        if not operation.is_ok:
            continue
        shown = operation.answer
        refund = refunds.get(shown["request_number"])
        if refund is None:
            yield f"refund {shown['request_number']} of {_short(operation.details['order'])} was acknowledged and is not there"
        elif refund["amount_fen"] != shown["amount_fen"]:
            yield f"refund {shown['request_number']} was acknowledged with {shown['amount_fen']} fen and is of {refund['amount_fen']}"
    admitted = Counter(
        operation.answer.get("id") for operation in books.history.of("admit") if operation.is_ok and isinstance(operation.answer, dict)
    )
    for ticket, count in admitted.items():
        if count > 1:
            yield f"ticket {ticket} was let in {count} times"


# 9


def services_answer_and_live(books: Books) -> Iterator[str]:
    for operation in books.history.operations:
        if operation.status is None or operation.status < 500 or operation.service == "sandbox":
            continue
        what = f"{operation.kind} at {operation.service}: {operation.status} {operation.code}"
        if operation.status not in (503, 504):
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


# 10


def clocks_do_not_matter(books: Books) -> Iterator[str]:
    """One process is minutes ahead; nothing that is written, and no hold, is longer or shorter for it."""
    for order in books.orders.values():
        hold, was_claimed = order["expires_at"] - order["created_at"], any(e["cause"] == "payment_claimed" for e in books.events.get(order["id"], []))
        if abs(hold - books.hold - (books.grace if was_claimed else 0)) > 0.01:
            yield f"{_short(order['id'])} held its seats for {hold:.2f} seconds"
    for operation in books.history.of("order", "order at counter"):
        if operation.is_ok and (order := books.orders.get(operation.answer["id"])):
            # A repeated request is answered with the first answer.
            if order["created_at"] > operation.ended + CLOCK_TOLERANCE:
                yield f"{_short(order['id'])} was opened {order['created_at'] - operation.ended:.1f} seconds after its acknowledgement"
    dated = [
        *((f"{_short(event['order_id'])}: {event['cause']}", event["at"]) for events in books.events.values() for event in events),
        *((f"ticket {ticket['id']}", ticket["issued_at"]) for ticket in books.tickets),
        *((f"payment {number}", payment["created_at"]) for number, payment in books.payments.items()),
        *((f"refund {refund['request_number']}", refund["requested_at"]) for refund in books.refunds),
    ]
    for what, at in dated:
        if not books.began - CLOCK_TOLERANCE <= at <= books.ended + CLOCK_TOLERANCE:
            yield f"{what} is dated {at - books.ended:+.1f} seconds from the end of the run"


# 11


def everything_comes_to_rest(books: Books) -> Iterator[str]:
    yield from (f"still to be done: {what}" for what in books.left)
    wrong = {number for number, trade in books.trades.items() if trade.get("paid_fen") not in (None, books.payments[number]["amount_fen"])}
    for message in books.outbox:
        # The gateway's word against ours about an amount is laid aside for a person.
        if message["dead_at"] is not None and message["payload"].get("outTradeNo") not in wrong:
            yield f"message {message['id']} ({message['kind']}) was given up: {message['last_error']}"


@dataclass
class Check:
    name: str
    find: Callable[[Books], Iterator[str]]
    problems: list[str] = field(default_factory=list)


def all_checks(books: Books) -> list[Check]:
    """The checks that apply, each with what it found."""
    checks = [
        Check("1  no seat is sold twice, and claims are those of the orders that hold seats", seats_are_sold_once),
        Check("2  every acknowledged order is there, once, as it was acknowledged", acknowledged_orders_are_there),
        Check("3  orders are whole, and their stories legal", orders_are_whole_and_legal),
        Check("4  money at the gateway is the worth of the tickets", money_is_where_it_belongs),
        Check("5  the ledger balances and agrees with payments and refunds", the_ledger_agrees),
        Check("6  nothing is refunded twice, and ended orders keep no money", refunds_happen_once),
        Check("7  the box office is the sum over tickets, and limits were kept", box_office_and_limits),
        Check("8  what was acknowledged has happened, and nothing was handed out twice", what_was_acknowledged_has_happened),
        Check("9  services answer in order, live, and keep secrets out of their logs", services_answer_and_live),
        Check("10 clocks that are wrong do no harm", clocks_do_not_matter),
        Check("11 everything comes to rest, and nothing is given up", everything_comes_to_rest),
    ]
    if not books.has("ledger_lines"):
        checks = [check for check in checks if check.find is not the_ledger_agrees]
    for check in checks:
        check.problems = list(check.find(books))
    return checks
