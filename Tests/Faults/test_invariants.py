"""Each check finds the fault that is planted for it, and finds nothing in books that are in order."""

from __future__ import annotations

import copy
import dataclasses
import pathlib
import tempfile
import unittest
from collections.abc import Callable
from typing import Any

from books import Books
from history import History, Trade
from invariants import all_checks
from world import PRICE, SERVICE_FEE, World

BEGAN, HOLD, GRACE = 1_000_000.0, 8, 4
FULL = PRICE + SERVICE_FEE


def _order(
    number: str, state: str, seats: list[int], story: list[tuple[str, str]], account: int = 1
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An order and its events: causes and states, a second apart."""
    events: list[dict[str, Any]] = []
    before = None
    for step, (cause, to) in enumerate(story):
        events.append(
            {
                "id": len(events),
                "order_id": number,
                "at": BEGAN + step,
                "from_state": before,
                "to_state": to,
                "cause": cause,
                "actor_account_id": None,
            }
        )
        before = to
    was_claimed = any(cause == "payment_claimed" for cause, _ in story)
    return {
        "id": number,
        "account_id": account,
        "showtime_id": 7,
        "state": state,
        "seat_ids": seats,
        "seat_prices_fen": [PRICE] * len(seats),
        "ticket_amount_fen": PRICE * len(seats),
        "service_fee_fen": SERVICE_FEE * len(seats),
        "discount_fen": 0,
        "payable_fen": FULL * len(seats),
        "created_at": BEGAN,
        "expires_at": BEGAN + HOLD + (GRACE if was_claimed else 0),
        "paid_at": BEGAN,
        "collection_code": "CODE",
        "refunded_seat_ids": [],
        "channel": "online",
        "paid_by_payment_id": None,
    }, events


def _books() -> Books:
    """A paid order with a second payment that went back, a collected one, a cancelled one, and an expired one whose late money went back."""
    history = History()
    books = Books(history, World(phones=["+8613900001234"]), {"refund_tickets", "ledger_lines", "showtime_figures"}, HOLD, GRACE, BEGAN, BEGAN + 100)
    paid = [("opened", "pending_payment"), ("payment_confirmed", "paid")]
    for order, events in (
        _order("paid", "paid", [1, 2], [paid[0], ("payment_claimed", "paid_unconfirmed"), paid[1]]),
        _order("collected", "collected", [3], [*paid, ("collected", "collected")], account=2),
        _order("cancelled", "cancelled", [4], [paid[0], ("cancelled_by_buyer", "cancelled")]),
        _order(
            "late",
            "refunded",
            [1],
            [paid[0], ("lapsed", "expired"), ("late_payment_returned", "refunding"), ("refund_completed", "refunded")],
            account=3,
        ),
    ):
        books.orders[order["id"]], books.events[order["id"]] = order, events
        operation = history.begin(
            history.new_errand(),
            "order",
            "anna",
            "client-1",
            {
                "account": order["account_id"],
                "showtime": 7,
                "seats": order["seat_ids"],
            },
        )
        operation.outcome, operation.status, operation.ended = "ok", 201, BEGAN + 1
        operation.answer = {**order, "seats": [{"id": seat} for seat in order["seat_ids"]]}
    for number, of, seat, state in ((1, "paid", 1, "valid"), (2, "paid", 2, "valid"), (3, "collected", 3, "collected")):
        books.tickets.append(
            {
                "id": number,
                "order_id": of,
                "showtime_id": 7,
                "seat_id": seat,
                "price_fen": PRICE,
                "discount_fen": 0,
                "others_fen": 0,
                "service_fee_fen": SERVICE_FEE,
                "state": state,
                "issued_at": BEGAN,
                "collected_at": None,
                "collected_by_account_id": None,
                "entered_at": None,
            }
        )
        books.claims.append({"showtime_id": 7, "seat_id": seat, "order_id": of})
    for number, of, seats, refunded in ((1, "paid", 2, 0), (2, "paid", 2, 2), (3, "collected", 1, 0), (4, "late", 1, 1)):
        trade = f"T{number}"
        books.payments[trade] = {
            "id": number,
            "order_id": of,
            "gateway": "alipay",
            "method": "alipay_page",
            "out_trade_no": trade,
            "amount_fen": FULL * seats,
            "state": "succeeded",
            "trade_no": f"G{number}",
            "wrong_amount_fen": None,
            "foreign_fen": 0,
            "created_at": BEGAN,
            "expires_at": BEGAN + HOLD,
        }
        books.trades[trade] = {"trade_no": f"G{number}", "paid_fen": FULL * seats, "refunded_fen": FULL * refunded}
        history.trades[trade] = Trade(trade, of, FULL * seats)
        _post(
            books,
            "payment",
            number,
            None,
            f"gateway:alipay={FULL * seats}",
            f"{'buyers:unallocated' if refunded else 'merchant:1:tickets'}={-FULL * seats}",
        )
        books.notifications.append(
            {
                "notify_id": f"N{number}",
                "out_trade_no": trade,
                "trade_status": "TRADE_SUCCESS",
                "amount_fen": FULL * seats,
                "outcome": "paid",
            }
        )
        history.acknowledged_notices.add((f"N{number}", trade))
        if refunded:
            books.refunds.append(
                {
                    "id": number,
                    "payment_id": number,
                    "order_id": of,
                    "request_number": f"R{number}",
                    "amount_fen": FULL * refunded,
                    "foreign_fen": 0,
                    "reason": "duplicate",
                    "state": "succeeded",
                    "requested_at": BEGAN,
                    "succeeded_at": BEGAN,
                }
            )
            _post(books, "refund_requested", number, number, f"buyers:unallocated={FULL * refunded}", f"refunds:payable={-FULL * refunded}")
            _post(books, "refund_paid", number, number, f"refunds:payable={FULL * refunded}", f"gateway:alipay={-FULL * refunded}")
    books.showtimes[7] = {"id": 7, "cancelled_at": None, "starts_at": BEGAN, "movie_id": 1, "cinema_id": 1}
    books.figures[7] = {
        "showtime_id": 7, "tickets": 3, "orders": 2, "box_office_fen": 3 * PRICE, "service_fee_fen": 3 * SERVICE_FEE
    }
    books.differences = []
    books.listed = set()
    books.maps["client-1", 7] = {1, 2, 3}
    books.box_office["total"] = [{"box_office_fen": 3 * PRICE, "service_fee_fen": 3 * SERVICE_FEE, "tickets": 3, "orders": 2}]
    for kind, of in (("collect", "collected"), ("cancel", "cancelled"), ("claim to have paid", "paid")):
        operation = history.begin(history.new_errand(), kind, "anna", "client-1", {"order": of})
        operation.outcome, operation.status = "ok", 200
    return books


def _post(books: Books, kind: str, payment: int, refund: int | None, *lines: str) -> None:
    entry = max((line["entry_id"] for line in books.ledger), default=0) + 1
    for line in lines:
        account, amount = line.split("=")
        books.ledger.append(
            {
                "entry_id": entry,
                "kind": kind,
                "order_id": None,
                "payment_id": payment,
                "refund_id": refund,
                "account": account,
                "amount_fen": int(amount),
            }
        )


def _console(books: Books, fen: int = FULL) -> None:
    """Money of the collected order goes back in the gateway's console, and everybody knows."""
    payment, trade = books.payments["T3"], books.trades["T3"]
    payment["foreign_fen"] = trade["refunded_fen"] = fen
    trade["refunds"] = [{"request_number": "console-1", "amount_fen": fen}]
    event = {**books.events["collected"][-1], "id": 9, "from_state": "collected", "cause": "refunded_at_gateway"}
    books.events["collected"].append(event)
    books.attentions.append({"order_id": "collected", "payment_id": 3, "foreign_fen": fen, "is_decided": False})
    books.listed = {"collected"}
    books.differences = [{"out_trade_no": "T3"}]
    _post(books, "foreign_refund", 3, None, f"refunds:foreign={fen}", f"gateway:alipay={-fen}")


def _console_then(change: Callable[[Books], object]) -> Callable[[Books], None]:
    def plant(books: Books) -> None:
        _console(books)
        change(books)

    return plant


def _refused_for_ever(books: Books) -> None:
    """All of a payment went back in the console, and ours, for the same money, never ends."""
    _console(books)
    ours = {"id": 9, "payment_id": 3, "order_id": "collected", "request_number": "R9", "state": "requested", "amount_fen": FULL}
    books.refunds.append({**books.refunds[0], **ours})
    _post(books, "refund_requested", 3, 9, f"merchant:1:tickets={FULL}", f"refunds:payable={-FULL}")


def _discount(books: Books) -> None:
    """Of the collected order's ticket 300 fen are taken off: 100 the platform pays, 150 a distributor, 50 the merchant."""
    order, ticket, payment, trade = books.orders["collected"], books.tickets[2], books.payments["T3"], books.trades["T3"]
    for stage, amount, payer, company in (("ticket", 100, "platform", None), ("order", 150, "distributor", 5), ("points", 50, "merchant", None)):
        books.discounts.append(
            {"order_id": "collected", "place": 1, "stage": stage, "amount_fen": amount, "payer": payer, "company_id": company}
        )
    order["discount_fen"] = 300
    ticket.update(price_fen=PRICE - 300, discount_fen=300, others_fen=250)
    order["payable_fen"] = payment["amount_fen"] = trade["paid_fen"] = FULL - 300
    acknowledged = next(o for o in books.history.of("order") if o.answer["id"] == "collected")
    acknowledged.answer["payable_fen"] = FULL - 300
    books.ledger = [line for line in books.ledger if line["payment_id"] != 3]
    lines = ("platform:discounts=100", "distributor:5:discounts=150", f"merchant:1:tickets={50 - FULL}")
    _post(books, "payment", 3, None, f"gateway:alipay={FULL - 300}", *lines)
    books.figures[7]["box_office_fen"] = books.box_office["total"][0]["box_office_fen"] = 3 * PRICE - 50


def _discount_then(change: Callable[[Books], object]) -> Callable[[Books], None]:
    def plant(books: Books) -> None:
        _discount(books)
        change(books)

    return plant


def _lost_fen(books: Books) -> None:
    """The merchant and the platform agree on one fen less than the platform's share."""
    for line in books.ledger[-4:]:
        line["amount_fen"] += {"platform:discounts": -1, "merchant:1:tickets": 1}.get(line["account"], 0)


def _fails(books: Books) -> set[str]:
    return {check.name.split()[0] for check in all_checks(books) if check.problems}


#: What is planted, and the check that must find it.
PLANTED: list[tuple[str, str, Callable[[Books], object]]] = [
    ("a seat with two tickets", "1", lambda b: b.tickets.append({**b.tickets[0], "id": 9, "order_id": "collected"})),
    ("a seat claimed twice", "1", lambda b: b.claims.append({**b.claims[0], "order_id": "collected"})),
    ("a claim of an ended order", "1", lambda b: b.claims.append({"showtime_id": 7, "seat_id": 4, "order_id": "cancelled"})),
    ("a paid seat without its claim", "1", lambda b: b.claims.pop()),
    ("a snapshot that saw a seat sold twice", "1", lambda b: b.history.saw("seats", "sold twice")),
    ("an acknowledged order that is gone", "2", lambda b: b.orders.pop("cancelled")),
    ("an order with another price than acknowledged", "2", lambda b: b.history.operations[0].answer.update(payable_fen=1)),
    ("an order with other seats than acknowledged", "2", lambda b: b.history.operations[0].answer.update(seats=[{"id": 5}])),
    ("an order that nobody asked for", "2", lambda b: b.orders.update(extra={**b.orders["cancelled"], "id": "extra"})),
    (
        "a repetition that is refused its own seats",
        "2",
        lambda b: b.history.operations.append(
            dataclasses.replace(b.history.operations[1], outcome="refused", code="seat_taken", status=409)
        ),
    ),
    (
        "a key that is accepted for another order",
        "2",
        lambda b: b.history.operations.append(dataclasses.replace(b.history.operations[1], kind="other order, same key")),
    ),
    ("two orders for one key", "2", lambda b: setattr(b.history.operations[1], "errand", b.history.operations[0].errand)),
    ("an order with a seat but no ticket", "3", lambda b: b.tickets.pop(1)),
    (
        "a ticket of an order that was never paid",
        "3",
        lambda b: b.tickets.append({**b.tickets[0], "id": 9, "order_id": "cancelled", "state": "refunded"}),
    ),
    ("an illegal step", "3", lambda b: b.events["cancelled"][1].update(to_state="collected")),
    ("a state that the story does not tell", "3", lambda b: b.orders["cancelled"].update(state="expired")),
    ("a story that runs backwards", "3", lambda b: b.events["paid"][2].update(at=BEGAN - 1)),
    ("an acknowledged notice that is not recorded", "4", lambda b: b.notifications.pop()),
    ("a payment that was forgotten", "4", lambda b: b.payments["T2"].update(state="closed")),
    ("a payment that never was", "4", lambda b: b.trades["T1"].update(paid_fen=None)),
    ("a wrong amount that counts", "4", lambda b: b.trades["T1"].update(paid_fen=1)),
    ("a second payment that is kept", "4", lambda b: b.trades["T2"].update(refunded_fen=0)),
    ("money that went back for a ticket that counts", "4", lambda b: b.trades["T1"].update(refunded_fen=FULL)),
    (
        "a counter that sells beside an open trade",
        "4",
        lambda b: b.payments.update(
            C1={**b.payments["T1"], "id": 9, "gateway": "counter", "out_trade_no": "C1"}, O1={**b.payments["T1"], "state": "started"}
        ),
    ),
    ("a refund in the console that nobody made", "14", lambda b: b.events["paid"][2].update(cause="refunded_at_gateway")),
    (
        "a refund in the console of which nobody knows",
        "14",
        lambda b: b.trades["T1"].update(refunds=[{"request_number": "console-1", "amount_fen": 5}]),
    ),
    ("a refund in the console that no bill names", "12", _console_then(lambda b: setattr(b, "differences", []))),
    ("a refund in the console that the ledger forgets", "5", _console_then(lambda b: b.ledger.pop(-1) and b.ledger.pop(-1))),
    ("a refund in the console that sends ours once more", "6", _console_then(lambda b: b.trades["T3"].update(refunded_fen=2 * FULL))),
    ("a refund that waits for ever for money that is gone", "6", _refused_for_ever),
    ("what is owed for ever for money that is gone", "5", _refused_for_ever),
    ("an attention that nobody sees", "14", _console_then(lambda b: setattr(b, "listed", set()))),
    ("an attention that is listed for ever", "14", lambda b: setattr(b, "listed", {"paid"})),
    ("an attention of another amount", "14", _console_then(lambda b: b.attentions[0].update(foreign_fen=1))),
    (
        "an order with an attention that lets somebody in",
        "14",
        _console_then(lambda b: b.events["collected"].append({**b.events["collected"][-1], "id": 10, "cause": "entered"})),
    ),
    ("a fen of a discount that is lost in the ledger", "5", _discount_then(_lost_fen)),
    ("a share that is owed twice", "5", _discount_then(lambda b: b.discounts.append({**b.discounts[0], "stage": "member"}))),
    ("a share that another distributor owes", "5", _discount_then(lambda b: b.discounts[1].update(company_id=6))),
    ("a discount that is more than its shares", "3", _discount_then(lambda b: b.orders["collected"].update(discount_fen=301))),
    ("a share of another ticket", "3", _discount_then(lambda b: b.discounts[0].update(order_id="paid"))),
    ("a ticket that knows less of its discount", "3", _discount_then(lambda b: b.tickets[2].update(others_fen=249))),
    ("a box office by what buyers pay", "13", _discount_then(lambda b: b.figures[7].update(box_office_fen=3 * PRICE - 300))),
    (
        "a refund of the list price",
        "6",
        _discount_then(lambda b: b.refunds.append({**b.refunds[0], "id": 9, "payment_id": 3, "request_number": "R9", "amount_fen": FULL})),
    ),
    ("an entry that does not balance", "5", lambda b: b.ledger[0].update(amount_fen=1)),
    ("a payment posted twice", "5", lambda b: _post(b, "payment", 1, None, f"gateway:alipay={FULL}", f"merchant:1:tickets={-FULL}")),
    ("a refund that is not posted", "5", lambda b: b.ledger.pop(-1) and b.ledger.pop(-1)),
    ("a refund that the gateway did twice", "6", lambda b: b.trades["T4"].update(refunded_fen=2 * FULL)),
    ("a refund that is not done", "6", lambda b: b.refunds[0].update(state="requested")),
    ("more to go back than came", "6", lambda b: b.refunds.append({**b.refunds[0], "id": 9, "request_number": "R9", "state": "requested"})),
    (
        "a refund of another amount at the gateway",
        "6",
        lambda b: b.trades["T4"].update(refunds=[{"request_number": "R4", "amount_fen": 1}]),
    ),
    ("a cancelled order that keeps its money", "6", lambda b: b.payments["T1"].update(order_id="cancelled")),
    ("a box office that forgets a ticket", "7", lambda b: b.box_office["total"][0].update(tickets=2)),
    ("a map that shows a sold seat as free", "7", lambda b: b.maps["client-1", 7].remove(3)),
    ("figures that forget a refund", "13", lambda b: b.figures[7].update(tickets=4, box_office_fen=4 * PRICE)),
    ("figures that count an order twice", "13", lambda b: b.figures[7].update(orders=3)),
    ("a showtime without figures", "13", lambda b: b.figures.clear()),
    ("figures of tickets that nobody has", "13", lambda b: b.figures.update({8: {**b.figures[7], "showtime_id": 8}})),
    ("a bill with more than our books", "12", lambda b: setattr(b, "differences", [{"out_trade_no": "T1"}])),
    ("a wrong amount that the comparison overlooks", "12", lambda b: b.trades["T2"].update(paid_fen=1)),
    (
        "four unpaid orders of a person",
        "7",
        lambda b: [b.orders.update({str(n): {**b.orders["cancelled"], "id": str(n), "state": "expired"}}) for n in range(4)],
    ),
    ("seven seats of a person", "7", lambda b: b.orders["cancelled"].update(seat_ids=[11, 12, 13, 14, 15, 16, 17])),
    ("tickets handed out twice", "8", lambda b: b.history.operations.append(copy.copy(next(b.history.of("collect"))))),
    ("a collection that nobody knows of", "8", lambda b: b.history.operations.remove(next(b.history.of("collect")))),
    ("a cancellation that was forgotten", "8", lambda b: b.events["cancelled"][1].update(cause="lapsed")),
    ("a claim to have paid that was forgotten", "8", lambda b: b.events["paid"][1].update(cause="x")),
    ("an order of a cancelled showtime", "8", lambda b: b.showtimes[7].update(cancelled_at=BEGAN)),
    ("an answer 500", "9", lambda b: setattr(b.history.operations[0], "status", 500)),
    (
        "a failure of ours while the database is away",
        "9",
        lambda b: vars(b.history.operations[0]).update(status=503, code="not_ready", content_type="application/problem+json"),
    ),
    ("a 503 that is no problem+json", "9", lambda b: setattr(b.history.operations[0], "status", 503)),
    ("a crash", "9", lambda b: b.surprises.append("client-1 ended by itself")),
    ("a service that stays away", "9", lambda b: b.not_ready.append("client-1")),
    ("a hold that is too long", "10", lambda b: b.orders["cancelled"].update(expires_at=BEGAN + 308)),
    ("an event dated by a wrong clock", "10", lambda b: b.events["collected"][2].update(at=BEGAN + 300)),
    ("work that is never done", "11", lambda b: b.left.append("1 requested refunds")),
    (
        "a message that was given up",
        "11",
        lambda b: b.outbox.append(
            {
                "id": 1,
                "kind": "payment_refund",
                "payload": {"requestNumber": "R1"},
                "dead_at": "now",
                "last_error": "refused",
            }
        ),
    ),
]


class TheChecks(unittest.TestCase):
    def test_find_nothing_in_books_that_are_in_order(self) -> None:
        self.assertEqual([problem for check in all_checks(_books()) for problem in check.problems], [])

    def test_find_nothing_in_books_with_a_refund_in_the_console(self) -> None:
        for fen in (FULL, 1):
            books = _books()
            _console(books, fen)
            self.assertEqual([problem for check in all_checks(books) for problem in check.problems], [])

    def test_find_nothing_in_books_with_a_discount(self) -> None:
        books = _books()
        _discount(books)
        self.assertEqual([problem for check in all_checks(books) for problem in check.problems], [])

    def test_find_nothing_where_a_ticket_costs_nothing(self) -> None:
        """The platform pays a whole ticket; and the merchant does, of which the ledger never hears."""
        for payer, box_office in (("platform", 3 * PRICE), ("merchant", 2 * PRICE)):
            books = _books()
            order, ticket = books.orders["collected"], books.tickets[2]
            books.discounts.append(
                {"order_id": "collected", "place": 1, "stage": "ticket", "amount_fen": PRICE, "payer": payer, "company_id": None}
            )
            # The fee is left to pay.
            order.update(discount_fen=PRICE, payable_fen=SERVICE_FEE)
            with self.subTest(payer):
                ticket.update(price_fen=0, discount_fen=PRICE, others_fen=PRICE if payer == "platform" else 0)
                books.payments["T3"]["amount_fen"] = books.trades["T3"]["paid_fen"] = SERVICE_FEE
                next(o for o in books.history.of("order") if o.answer["id"] == "collected").answer["payable_fen"] = SERVICE_FEE
                books.ledger = [line for line in books.ledger if line["payment_id"] != 3]
                lines = [f"gateway:alipay={SERVICE_FEE}", f"merchant:1:service_fees={-SERVICE_FEE}"]
                if payer == "platform":
                    lines += [f"platform:discounts={PRICE}", f"merchant:1:tickets={-PRICE}"]
                _post(books, "payment", 3, None, *lines)
                books.figures[7]["box_office_fen"] = books.box_office["total"][0]["box_office_fen"] = box_office
                self.assertEqual([problem for check in all_checks(books) for problem in check.problems], [])

    def test_find_what_is_planted(self) -> None:
        for what, check, plant in PLANTED:
            with self.subTest(what):
                books = _books()
                plant(books)
                self.assertIn(check, _fails(books))

    def test_find_secrets_and_crashes_in_logs(self) -> None:
        for line in ("token client_" + "a" * 36, "buyer 13900001234", "Fatal error: index out of range"):
            with self.subTest(line), tempfile.TemporaryDirectory() as folder:
                log = pathlib.Path(folder) / "client-1.log"
                log.write_text(f"info all is well\n{line}\n")
                books = _books()
                books.logs.append(log)
                self.assertEqual(_fails(books), {"9"})


if __name__ == "__main__":
    unittest.main()
