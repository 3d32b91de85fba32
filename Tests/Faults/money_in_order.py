"""The invariants for money: at the gateway, in our books, in the ledger and in the box office."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from books import LIVE, UNPAID, Books, Row, named
from rest import is_console
from world import SEAT_LIMIT, UNPAID_LIMIT


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
            # All of it may have gone back in the console before we heard that it came.
            if payment["state"] != "succeeded" and refunded == paid == books.console_fen(number):
                continue
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
    yield from _sold_beside_open_trades(books)


def _sold_beside_open_trades(books: Books) -> Iterator[str]:
    """The counter takes money only when nobody can pay at the gateway any more. The exception is a trade that is paid after its end."""
    for order, payments in books.payments_by_order().items():
        if not any(payment["gateway"] == "counter" and payment["state"] == "succeeded" for payment in payments):
            continue
        for payment in payments:
            trade = books.history.trades.get(payment["out_trade_no"])
            is_late = trade is not None and "late" in (trade.knobs or {})
            if payment["gateway"] != "counter" and payment["state"] != "closed" and not is_late:
                yield f"{named(order)} was paid at the counter, and its payment {payment['out_trade_no']} is {payment['state']}"


def _is_tampered(books: Books, number: str) -> bool:
    return number in books.history.trades and "tamper" in books.history.trades[number].knobs


def _returned_fen(books: Books) -> dict[int, int]:
    """The amount that went back for each refunded ticket."""
    return {row["ticket_id"]: row["price_fen"] + row["service_fee_fen"] - row["fee_fen"] for row in books.refund_tickets}


def _worth_fen(tickets: list[Row], back: dict[int, int]) -> int:
    """The worth of what an order's buyer has: its tickets that count, and the fees that were kept of the others."""
    worth = 0
    for ticket in tickets:
        full = ticket["price_fen"] + ticket["service_fee_fen"]
        if ticket["state"] != "refunded":
            worth += full
        elif ticket["id"] in back:
            worth += full - back[ticket["id"]]
    return worth


def _kept_fen(books: Books, payment: Row) -> int:
    """The rest of a payment by the gateway's record, and what went back in its console for no refund of ours.

    The counter has no record but ours.
    """
    if payment["gateway"] == "alipay":
        trade = books.trades.get(payment["out_trade_no"], {})
        # Money of a wrong amount belongs to no payment; an administrator decides about it.
        if trade.get("paid_fen") != payment["amount_fen"]:
            return 0
        kept: int = trade["paid_fen"] - trade["refunded_fen"]
        return kept + _foreign_fen(books, payment) if payment["state"] == "succeeded" else kept
    return payment["amount_fen"] - books.refunded_fen(payment) if payment["state"] == "succeeded" else 0


def _sent_fen(refund: Row) -> int:
    """The part of a refund that the gateway was asked for."""
    sent: int = refund["amount_fen"] - refund["foreign_fen"]
    return sent


def _foreign_fen(books: Books, payment: Row) -> int:
    """What went back of a payment in the gateway's console, without what refunds of ours count as theirs."""
    counted = sum(refund["foreign_fen"] for refund in books.refunds if refund["payment_id"] == payment["id"])
    return books.console_fen(payment["out_trade_no"]) - counted


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
            yield f"{named(order['id'])} ({order['state']}): {kept} fen are kept for tickets worth {worth} fen"
        paying = [payment for payment in of_order if _kept_fen(books, payment)]
        if len(paying) > 1:
            yield f"{named(order['id'])} keeps the money of {len(paying)} payments"
        winner = order["paid_by_payment_id"]
        if winner is not None and paying and paying[0]["id"] != winner:
            yield f"{named(order['id'])} is paid by payment {winner}, and the money is that of {paying[0]['id']}"
        if order["state"] in LIVE and not any(payment["state"] == "succeeded" for payment in of_order):
            yield f"{named(order['id'])} is {order['state']} and no payment of it succeeded"
    if total_kept != total_worth:
        yield f"in total {total_kept} fen are kept for tickets worth {total_worth} fen"


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
    posted = Counter(
        (line["kind"], line["refund_id"] if line["kind"].startswith("refund") else line["payment_id"]) for line in kinds.values()
    )
    wanted: Counter[tuple[str, int]] = Counter()
    # An entry without lines isn't written: no money moves with a payment or refund of 0 fen, unless others pay discounts.
    tickets, back = {ticket["id"]: ticket for ticket in books.tickets}, _others_of_refunds(books)
    winners = {order["paid_by_payment_id"] for order in books.orders.values()}
    others: Counter[str] = Counter()
    for ticket in tickets.values():
        others[ticket["order_id"]] += ticket["others_fen"]
    for payment in books.payments.values():
        if payment["state"] == "succeeded" or payment["wrong_amount_fen"] is not None:
            if payment["amount_fen"] or (payment["id"] in winners and others[payment["order_id"]]):
                wanted["payment", payment["id"]] = 1
    for refund in books.refunds:
        if refund["amount_fen"] or back[refund["id"]]:
            wanted["refund_requested", refund["id"]] = 1
        if refund["state"] == "succeeded" and refund["amount_fen"]:
            wanted["refund_paid", refund["id"]] = 1
    for kind, number in wanted.keys() | posted.keys():
        # Each time that more has gone back in the console.
        if kind == "foreign_refund":
            continue
        if wanted[kind, number] != posted[kind, number]:
            yield f"{kind} {number} is posted {posted[kind, number]} times instead of {wanted[kind, number]}"
    for gateway in {payment["gateway"] for payment in books.payments.values()}:
        of_gateway = [payment for payment in books.payments.values() if payment["gateway"] == gateway and payment["state"] == "succeeded"]
        ids = {payment["id"] for payment in of_gateway}
        money = sum(payment["amount_fen"] for payment in of_gateway)
        money -= sum(_sent_fen(refund) for refund in books.refunds if refund["payment_id"] in ids and refund["state"] == "succeeded")
        money -= sum(books.console_fen(payment["out_trade_no"]) for payment in of_gateway)
        if balances[f"gateway:{gateway}"] != money:
            yield f"gateway:{gateway} stands at {balances[f'gateway:{gateway}']}, payments less refunds are {money}"
    yield from _the_gateways_balance(books, balances)
    if sum(balances.values()):
        yield f"all accounts together stand at {sum(balances.values())} instead of 0"
    for account in ("buyers:unallocated", "refunds:payable"):
        if balances[account]:
            yield f"{account} stands at {balances[account]} though everything has gone back"
    merchants = -sum(balance for account, balance in balances.items() if account.startswith("merchant:"))
    worth = _worth_fen(books.tickets, _returned_fen(books)) + sum(t["others_fen"] for t in books.tickets if t["state"] != "refunded")
    if merchants != worth:
        yield f"the merchants' accounts stand at {merchants} for tickets worth {worth}"
    yield from _discounts_are_owed(books, balances)


def _others_of_refunds(books: Books) -> Counter[int]:
    """What others than the merchants had paid for the tickets of each refund."""
    others = {ticket["id"]: ticket["others_fen"] for ticket in books.tickets}
    back: Counter[int] = Counter()
    for row in books.refund_tickets:
        back[row["refund_id"]] += others.get(row["ticket_id"], 0)
    return back


def _payer(share: Row) -> str:
    """The account of whoever pays a share; empty for the merchant, which simply gets less."""
    if share["payer"] == "merchant":
        return ""
    return "platform:discounts" if share["payer"] == "platform" else f"distributor:{share['company_id']}:discounts"


def _discounts_are_owed(books: Books, balances: Counter[str]) -> Iterator[str]:
    """Whoever pays discounts owes its shares of the tickets that count, and nothing for others."""
    owed: Counter[str] = Counter()
    of_seats = books.discounts_by_seat()
    for ticket in books.tickets:
        if ticket["state"] != "refunded":
            for share in of_seats.get((ticket["order_id"], ticket["seat_id"]), []):
                owed[_payer(share)] += share["amount_fen"]
    for account in {account for account in balances if account.endswith(":discounts")} | (owed.keys() - {""}):
        if balances[account] != owed[account]:
            yield f"{account} stands at {balances[account]}, its shares of tickets that count are {owed[account]}"


def _the_gateways_balance(books: Books, balances: Counter[str]) -> Iterator[str]:
    """The ledger says what the gateway really has, and what went back there without us."""
    there = foreign = 0
    for number, payment in books.payments.items():
        if payment["gateway"] == "alipay" and (payment["state"] == "succeeded" or payment["wrong_amount_fen"] is not None):
            trade = books.trades.get(number, {})
            there += (trade.get("paid_fen") or 0) - trade.get("refunded_fen", 0)
            foreign += _foreign_fen(books, payment)
    if balances["gateway:alipay"] != there:
        yield f"gateway:alipay stands at {balances['gateway:alipay']}, and the gateway has {there}"
    if balances["refunds:foreign"] != foreign:
        yield f"refunds:foreign stands at {balances['refunds:foreign']}, and {foreign} went back in the console for no refund of ours"


#: What nobody may do with an order while an administrator has to decide about it.
_FORBIDDEN_MEANWHILE = {"collected", "entered", "reprinted", "tickets_refunded_by_buyer", "refunded_by_buyer"}


def console_refunds_are_known(books: Books) -> Iterator[str]:
    """What went back in the gateway's console is in our books, and an administrator decides about the order."""
    noted: Counter[int] = Counter()
    for attention in books.attentions:
        noted[attention["payment_id"]] += attention["foreign_fen"]
    waiting = {attention["order_id"] for attention in books.attentions if not attention["is_decided"]}
    told = {number for number, payment in books.payments.items() if books.console_fen(number)}
    for number, payment in books.payments.items():
        there = books.console_fen(number)
        if payment["foreign_fen"] != there:
            yield f"trade {number}: {there} fen went back in the console, {payment['foreign_fen']} by our books"
        if noted[payment["id"]] != there:
            name = named(payment["order_id"])
            yield f"trade {number}: {there} fen went back in the console, attentions of {name} name {noted[payment['id']]}"
    marked = {books.payments[number]["order_id"] for number in told}
    for number, events in books.events.items():
        is_waiting = False
        for event in events:
            if event["cause"] == "refunded_at_gateway":
                is_waiting = True
                if number not in marked:
                    yield f"{named(number)}: a refund at the gateway is told, and nobody made one"
            elif event["cause"] == "attention_decided":
                is_waiting = False
            elif is_waiting and event["cause"] in _FORBIDDEN_MEANWHILE:
                yield f"{named(number)}: {event['cause']} while an administrator had to decide"
        if is_waiting != (number in waiting):
            yield f"{named(number)}: by its story a decision is {'open' if is_waiting else 'made'}, by its attentions not"
    for number in waiting ^ (books.listed or set()):
        yield f"{named(number)} {'waits for a decision and is not listed' if number in waiting else 'is listed and waits for no decision'}"


def the_bill_agrees(books: Books) -> Iterator[str]:
    """Only wrong amounts, and what went back in the console, are in the gateway's bill and not in our books."""
    found = {difference["out_trade_no"]: difference for difference in books.differences or []}
    wrong = {number for number in books.trades if books.console_fen(number)}
    wrong |= {number for number, trade in books.trades.items() if trade.get("paid_fen") not in (None, books.payments[number]["amount_fen"])}
    for number in found.keys() - wrong:
        yield f"the comparison names trade {number}, with which nothing is wrong: {found[number]}"
    for number in wrong - found.keys():
        yield (
            f"the comparison does not name trade {number}, of which {books.trades[number]['paid_fen']} fen were paid "
            f"and {books.console_fen(number)} went back in the console"
        )


def refunds_happen_once(books: Books) -> Iterator[str]:
    by_payment: dict[int, list[Row]] = defaultdict(list)
    for refund in books.refunds:
        by_payment[refund["payment_id"]].append(refund)
        if refund["state"] != "succeeded":
            yield f"refund {refund['request_number']} of {named(refund['order_id'])} is still {refund['state']}"
    for payment in books.payments.values():
        refunds = by_payment[payment["id"]]
        asked = sum(refund["amount_fen"] for refund in refunds)
        came = payment["amount_fen"] if payment["wrong_amount_fen"] is None else payment["wrong_amount_fen"]
        if asked > came:
            yield f"payment {payment['out_trade_no']}: {asked} of {came} fen are to go back"
        if payment["gateway"] != "alipay":
            continue
        trade = books.trades.get(payment["out_trade_no"], {})
        done = sum(_sent_fen(refund) for refund in refunds if refund["state"] == "succeeded")
        done += books.console_fen(payment["out_trade_no"])
        if trade.get("refunded_fen", 0) != done:
            yield f"trade {payment['out_trade_no']}: {trade.get('refunded_fen', 0)} fen went back at the gateway, {done} in our books"
        if "refunds" in trade:
            there = Counter(
                (refund["request_number"], refund["amount_fen"]) for refund in trade["refunds"] if not is_console(refund["request_number"])
            )
            here = Counter(
                (refund["request_number"], _sent_fen(refund)) for refund in refunds if refund["state"] == "succeeded" and _sent_fen(refund)
            )
            if there != here:
                yield f"trade {payment['out_trade_no']}: refunds at the gateway {dict(there)}, in our books {dict(here)}"
    payments = books.payments_by_order()
    for order in books.orders.values():
        if order["state"] in ("expired", "cancelled"):
            for payment in payments.get(order["id"], []):
                if _kept_fen(books, payment):
                    yield f"{named(order['id'])} is {order['state']}, and {_kept_fen(books, payment)} fen of {payment['out_trade_no']} are kept"


def _live_tickets(books: Books) -> list[Row]:
    return [ticket for ticket in books.tickets if ticket["state"] != "refunded" and books.orders[ticket["order_id"]]["state"] in LIVE]


def _sums(tickets: list[Row]) -> dict[str, int]:
    """The sums over tickets that count, which a ranking must show."""
    return {
        "box_office_fen": sum(ticket["price_fen"] + ticket["others_fen"] for ticket in tickets),
        "service_fee_fen": sum(ticket["service_fee_fen"] for ticket in tickets),
        "tickets": len(tickets),
        "orders": len({ticket["order_id"] for ticket in tickets}),
    }


def figures_are_the_sums(books: Books) -> Iterator[str]:
    """The stored figures of each showtime equal the sums over its tickets."""
    tickets: dict[int, list[Row]] = defaultdict(list)
    for ticket in _live_tickets(books):
        tickets[ticket["showtime_id"]].append(ticket)
    for showtime in books.figures.keys() | tickets.keys():
        kept = books.figures.get(showtime, {})
        for name, value in _sums(tickets[showtime]).items():
            if kept.get(name, 0) != value:
                yield f"the figures of showtime {showtime} say {kept.get(name, 0)} {name}, its tickets say {value}"


def views_and_limits(books: Books) -> Iterator[str]:
    wanted = _sums(_live_tickets(books))
    for dimension, entries in books.box_office.items():
        for name, value in wanted.items():
            shown = sum(entry[name] for entry in entries)
            if shown != value:
                yield f"the box office by {dimension} says {shown} {name}, the tickets say {value}"
    claimed: dict[int, set[int]] = defaultdict(set)
    for claim in books.claims:
        claimed[claim["showtime_id"]].add(claim["seat_id"])
    for (client, showtime), taken in books.maps.items():
        if taken != claimed[showtime]:
            yield f"{client} shows seats {sorted(taken)} of showtime {showtime} as taken; claimed are {sorted(claimed[showtime])}"
    yield from _limits(books)


def _limits(books: Books) -> Iterator[str]:
    """Replays when each person held what. At no moment may a person have more unpaid orders or more seats of a showtime than allowed."""
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
            seats[person_of_showtime] += [
                (min(ticket_ends.get(t["id"], gone), gone), -1, order["id"]) for t in tickets.get(order["id"], [])
            ]
    for held, limit, what in ((orders, UNPAID_LIMIT, "unpaid orders"), (seats, SEAT_LIMIT, "seats of a showtime")):
        for who, changes in held.items():
            now = 0
            # When one hold ends at the moment when another begins, the first has made room for the second.
            for at, change, number in sorted(changes, key=lambda change: (change[0], change[1])):
                now += change
                if now > limit:
                    yield f"account {who} held {now} {what} at {at:.3f}, with {named(number)}"
                    break
