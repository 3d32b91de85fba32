"""Reads all records once everything is at rest: our database, the gateway's trades, the history, the logs, the box office."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import web
from database import Cluster
from history import History
from rest import console_fen, trade_views
from services import Service
from world import World

Row = dict[str, Any]
SHANGHAI = timezone(timedelta(hours=8))

#: States of an order that waits for its money, and of one that has it and keeps its seats.
UNPAID = {"pending_payment", "paid_unconfirmed"}
LIVE = {"paid", "collected"}


def named(order: str) -> str:
    return f"order {order}"


def _epoch(column: str) -> str:
    return f"extract(epoch FROM {column})::float8 AS {column.split('.')[-1]}"


@dataclass
class Books:
    history: History
    world: World
    #: The tables of the schema, and their columns as `table.column`: what a version of the services has.
    tables: set[str]
    hold: int
    grace: int
    #: The moments between which everything happened.
    began: float
    ended: float
    orders: dict[str, Row] = field(default_factory=dict)
    events: dict[str, list[Row]] = field(default_factory=dict)
    claims: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    payments: dict[str, Row] = field(default_factory=dict)
    refunds: list[Row] = field(default_factory=list)
    refund_tickets: list[Row] = field(default_factory=list)
    notifications: list[Row] = field(default_factory=list)
    showtimes: dict[int, Row] = field(default_factory=dict)
    outbox: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    #: Each ticket's share of each discount, by the ticket's place among its order's seats.
    discounts: list[Row] = field(default_factory=list)
    #: What an administrator has to decide or has decided, with the payment and the amount that went back.
    attentions: list[Row] = field(default_factory=list)
    #: The orders that the platform's service lists for a decision; None where nobody has asked.
    listed: set[str] | None = None
    #: What is kept of each showtime for the rankings.
    figures: dict[int, Row] = field(default_factory=dict)
    #: The gateway's trades by our numbers.
    trades: dict[str, Row] = field(default_factory=dict)
    #: Rankings by box office as the platform's service tells them, by dimension.
    box_office: dict[str, list[Row]] = field(default_factory=dict)
    #: The seats that are not free on the map of a showtime, as a process shows it.
    maps: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    #: What a comparison with the gateway's bill found; None where the services don't compare.
    differences: list[Row] | None = None
    #: Surprises of the processes, and whether all of them were ready in the end.
    surprises: list[str] = field(default_factory=list)
    not_ready: list[str] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)
    #: What was not done when the time for coming to rest was over.
    left: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.tables

    def tickets_by_order(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for ticket in self.tickets:
            found[ticket["order_id"]].append(ticket)
        return found

    def payments_by_order(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for payment in self.payments.values():
            found[payment["order_id"]].append(payment)
        return found

    def discounts_by_seat(self) -> dict[tuple[str, int], list[Row]]:
        """The shares by order and seat, as the order has its seats now: a ticket that got another seat keeps its place."""
        found: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for share in self.discounts:
            found[share["order_id"], self.orders[share["order_id"]]["seat_ids"][share["place"] - 1]].append(share)
        return found

    def refunded_fen(self, payment: Row) -> int:
        return sum(refund["amount_fen"] for refund in self.refunds if refund["payment_id"] == payment["id"])

    def console_fen(self, number: str) -> int:
        """What went back of a trade in the gateway's own console, by the gateway's record."""
        return console_fen(self.trades.get(number, {}))

    async def read(self, cluster: Cluster) -> None:
        """Reads our own books."""
        seats = "refunded_seat_ids" if self.has("orders.refunded_seat_ids") else "'{}'::bigint[] AS refunded_seat_ids"
        channel = "channel" if self.has("orders.channel") else "'online' AS channel"
        winner = "paid_by_payment_id" if self.has("orders.paid_by_payment_id") else "NULL::bigint AS paid_by_payment_id"
        shares = "discount_fen, others_fen" if self.has("tickets.others_fen") else "0::bigint AS discount_fen, 0::bigint AS others_fen"
        entered = _epoch("entered_at") if self.has("tickets.entered_at") else "NULL AS entered_at"
        orders = await cluster.rows(
            f"""
            SELECT id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen,
                payable_fen, {_epoch("created_at")}, {_epoch("expires_at")}, {_epoch("paid_at")}, collection_code, {seats}, {channel}, {winner}
            FROM orders
            """
        )
        self.orders = {order["id"]: order for order in orders}
        for event in await cluster.rows(
            f"SELECT id, order_id, {_epoch('at')}, from_state, to_state, cause, actor_account_id FROM order_events ORDER BY id"
        ):
            self.events.setdefault(event["order_id"], []).append(event)
        self.claims = await cluster.rows("SELECT showtime_id, seat_id, order_id FROM seat_claims")
        self.tickets = await cluster.rows(
            f"SELECT id, order_id, showtime_id, seat_id, price_fen, {shares}, service_fee_fen, state, "
            f"{_epoch('issued_at')}, {_epoch('collected_at')}, collected_by_account_id, {entered} FROM tickets"
        )
        if self.has("order_discounts"):
            self.discounts = await cluster.rows("SELECT order_id, place, stage, amount_fen, payer, company_id FROM order_discounts")
        wrong = "wrong_amount_fen" if self.has("payments.wrong_amount_fen") else "NULL::bigint AS wrong_amount_fen"
        foreign = "foreign_fen" if self.has("payments.foreign_fen") else "0::bigint AS foreign_fen"
        payments = await cluster.rows(
            f"SELECT id, order_id, gateway, method, out_trade_no, amount_fen, state, trade_no, {wrong}, {foreign}, "
            f"{_epoch('created_at')}, {_epoch('expires_at')} FROM payments"
        )
        self.payments = {payment["out_trade_no"]: payment for payment in payments}
        self.refunds = await cluster.rows(
            f"SELECT id, payment_id, order_id, request_number, amount_fen, {foreign}, reason, state, "
            f"{_epoch('requested_at')}, {_epoch('succeeded_at')} FROM refunds"
        )
        if self.has("refund_tickets"):
            self.refund_tickets = await cluster.rows("SELECT ticket_id, refund_id, price_fen, service_fee_fen, fee_fen FROM refund_tickets")
        # Anybody can post a notice that isn't proved.
        proven = "is_proven" if self.has("payment_notifications.is_proven") else "TRUE"
        self.notifications = await cluster.rows(
            f"SELECT notify_id, out_trade_no, trade_status, amount_fen, outcome FROM payment_notifications WHERE {proven}"
        )
        if self.has("payments.foreign_fen"):
            self.attentions = await cluster.rows(
                "SELECT order_id, payment_id, foreign_fen, decided_at IS NOT NULL AS is_decided FROM order_attentions"
            )
        showtimes = await cluster.rows(f"SELECT id, {_epoch('cancelled_at')}, {_epoch('starts_at')}, movie_id, cinema_id FROM showtimes")
        self.showtimes = {showtime["id"]: showtime for showtime in showtimes}
        self.outbox = await cluster.rows("SELECT id, kind, payload, attempts, failures, last_error, done_at, dead_at FROM outbox")
        if self.has("ledger_lines"):
            self.ledger = await cluster.rows(
                "SELECT entry_id, kind, order_id, payment_id, refund_id, account, amount_fen FROM ledger_lines"
            )

        if self.has("showtime_figures"):
            figures = await cluster.rows(
                "SELECT showtime_id, tickets, orders, box_office_fen, service_fee_fen FROM showtime_figures"
            )
            self.figures = {row["showtime_id"]: row for row in figures}

    async def read_gateway(self, sandbox: Service) -> None:
        self.trades = await trade_views(sandbox, [number for number, payment in self.payments.items() if payment["gateway"] == "alipay"])

    async def compare_with_bill(self, admin: Service) -> None:
        """Makes the platform compare its books with the gateway's bills for the days of the run, and reads the differences."""
        self.differences = []
        token = self.world.admins[0].token
        for day in sorted({datetime.fromtimestamp(at, SHANGHAI).date().isoformat() for at in (self.began, self.ended)}):
            wanted = web.request("POST", "/v1/reconciliations", token=token, body={"gateway": "alipay", "day": day})
            asked = await web.exchange(admin.port, wanted)
            if asked.status != 202:
                raise RuntimeError(f"a comparison was answered with {asked.status}: {asked.body[:500]!r}")
            path = f"/v1/reconciliations/{asked.json['id']}"
            async with asyncio.timeout(120):
                while (found := (await web.exchange(admin.port, web.request("GET", path, token=token))).json)["finished_at"] is None:
                    await asyncio.sleep(0.5)
            if found["state"] != "done":
                raise RuntimeError(f"the comparison of {day} is {found['state']}: {found['failure']}")
            cursor: str | None = ""
            while cursor is not None:
                page = await web.exchange(admin.port, web.request("GET", f"{path}/differences?limit=100{cursor}", token=token))
                self.differences += page.json["items"]
                cursor = f"&cursor={page.json['next']}" if page.json["next"] else None

    async def read_maps(self, clients: list[Service]) -> None:
        """Reads the seat maps of showtimes from every process."""
        # A process shows other processes' commits within a second.
        await asyncio.sleep(1)
        for client in clients:
            for showtime in self.showtimes.values():
                if showtime["cancelled_at"] is not None:
                    continue
                answer = await web.exchange(client.port, web.request("GET", f"/v1/showtimes/{showtime['id']}/seats"))
                if answer.status != 200:
                    raise RuntimeError(
                        f"{client.name} answered {answer.status} for the map of showtime {showtime['id']}: {answer.body[:500]!r}"
                    )
                self.maps[client.name, showtime["id"]] = {seat["id"] for seat in answer.json["seats"] if seat["state"] != "free"}

    async def read_attentions(self, admin: Service) -> None:
        """Reads the orders that wait for a decision, as the platform's people see them."""
        self.listed = set()
        cursor: str | None = ""
        while cursor is not None:
            path = f"/v1/orders?attention=refunded_at_gateway&limit=100{cursor}"
            page = await web.exchange(admin.port, web.request("GET", path, token=self.world.admins[0].token))
            if page.status != 200:
                raise RuntimeError(f"the list of attentions was answered with {page.status}: {page.body[:500]!r}")
            self.listed |= {order["id"] for order in page.json["items"]}
            cursor = f"&cursor={page.json['next']}" if page.json["next"] else None

    async def read_box_office(self, admin: Service) -> None:
        for dimension in ("movie", "cinema", "day", "total"):
            request = web.request("GET", f"/v1/rankings/box-office?by={dimension}&limit=100", token=self.world.admins[0].token)
            answer = await web.exchange(admin.port, request)
            if answer.status != 200:
                raise RuntimeError(f"the box office by {dimension} answered {answer.status}: {answer.body[:500]!r}")
            self.box_office[dimension] = answer.json["items"]
