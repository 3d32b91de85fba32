"""Moviegoers: they order, pay in all sorts of ways, claim to have paid, cancel, look, and want their money back."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any
from urllib.parse import urlsplit

from history import Operation, Trade
from services import Service
from stage import Actor, Held, Stage, seconds_since_1970
from world import Person, Showtime

METHODS = ["alipay_page", "alipay_wap", "alipay_app"]
TAMPERINGS = ["signature", "missing_signature", "key", "sign_type", "amount", "status", "trade", "added", "duplicate", "regrouped"]
TAMPERINGS += ["seller", "app"]
#: What the real gateway was seen to send, and other ways of saying the same; unless a knob says so, the sandbox sends the oddest.
CONTENT_TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-www-form-urlencoded;charset=GBK",
]
CHARSETS = ["GBK", "GB18030"]


class Buyer(Actor):
    """One person at a screen, with a few accounts."""

    def __init__(self, stage: Stage, name: str, accounts: list[Person]):
        super().__init__(stage, name)
        self._accounts = accounts
        self._orders: list[Held] = []

    async def step(self, chance: random.Random) -> None:
        acts = [(self._order, 38), (self._order_twenty_times, 1.5), (self._pay, 32), (self._claim, 6), (self._cancel, 6), (self._look, 8)]
        acts += [(self._read, 5), (self._refund, 6), (self._repeat, 3)]
        act = chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        await act(chance)
        self._orders = [held for held in self._orders if not held.is_over and time.time() < held.expires_at + 30][-12:]

    # Ordering

    def _choose_seats(self, chance: random.Random, showtime: Showtime) -> tuple[int, ...]:
        count = chance.choices([1, 2, 3, 4], [40, 40, 12, 8])[0]
        if chance.random() < 0.5:
            first = chance.randrange(len(showtime.seats))
            return tuple(showtime.seats[first : first + count])
        return tuple(sorted(chance.sample(showtime.seats, min(count, len(showtime.seats)))))

    async def _order(self, chance: random.Random) -> None:
        person, showtime = chance.choice(self._accounts), self.stage.programme.choose(chance, self.stage.elapsed)
        seats = self._choose_seats(chance, showtime)
        key = f"{self.name}-{chance.getrandbits(64):x}" if chance.random() < 0.8 else None
        operation = await self.insist(
            chance,
            "order",
            self.stage.clients,
            "POST",
            "/v1/orders",
            key=key,
            person=person,
            body={"showtime_id": showtime.number, "seat_ids": list(seats)},
            details=self._wish(person, showtime, seats),
        )
        self._remember(operation, person, showtime, seats, key)

    async def _order_twenty_times(self, chance: random.Random) -> None:
        """Sends the same request twenty times at once, to all processes. There must be one order, and equal answers."""
        person, showtime = chance.choice(self._accounts), self.stage.programme.choose(chance, self.stage.elapsed)
        seats = self._choose_seats(chance, showtime)
        key, errand = f"{self.name}-{chance.getrandbits(64):x}", self.stage.history.new_errand()
        services = [chance.choice(self.stage.clients) for _ in range(20)]
        operations = await asyncio.gather(
            *(
                self.ask(
                    "order",
                    service,
                    "POST",
                    "/v1/orders",
                    key=key,
                    errand=errand,
                    person=person,
                    body={"showtime_id": showtime.number, "seat_ids": list(seats)},
                    details=self._wish(person, showtime, seats) | {"burst": True},
                )
                for service in services
            )
        )
        self._remember(next((operation for operation in operations if operation.is_ok), operations[0]), person, showtime, seats, key)

    async def _repeat(self, chance: random.Random) -> None:
        """Sends an order's request once more. The first answer must come again, and another body under the same key must be refused."""
        held = self._pick(chance, [held for held in self._orders if held.key])
        if held is None:
            return await self._order(chance)
        is_other = chance.random() < 0.4
        seats = list(held.seats)
        if is_other:
            seats = [chance.choice([seat for seat in held.showtime.seats if seat not in held.seats])]
        await self.ask(
            "other order, same key" if is_other else "order",
            chance.choice(self.stage.clients),
            "POST",
            "/v1/orders",
            key=held.key,
            person=held.owner,
            errand=held.errand,
            body={"showtime_id": held.showtime.number, "seat_ids": seats},
            details=self._wish(held.owner, held.showtime, held.seats),
        )

    def _wish(self, person: Person, showtime: Showtime, seats: tuple[int, ...]) -> dict[str, Any]:
        return {"account": person.account, "showtime": showtime.number, "seats": sorted(seats)}

    def _remember(self, operation: Operation, person: Person, showtime: Showtime, seats: tuple[int, ...], key: str | None) -> None:
        if not operation.is_ok:
            return
        answer = operation.answer
        service = next(service for service in self.stage.clients if service.name == operation.service)
        self._orders.append(
            Held(
                answer["id"],
                person,
                showtime,
                seats,
                answer["payable_fen"],
                seconds_since_1970(answer["expires_at"]),
                service,
                key,
                operation.errand,
            )
        )

    def _pick(self, chance: random.Random, wanted: list[Held]) -> Held | None:
        return chance.choice(wanted) if wanted else None

    def _unpaid(self) -> list[Held]:
        return [held for held in self._orders if not held.is_paid_at_gateway and time.time() < held.expires_at]

    # Paying

    async def _pay(self, chance: random.Random) -> None:
        held = self._pick(chance, self._unpaid())
        if held is None:
            return await self._order(chance)
        attempts = chance.choices([1, 2, 3], [78, 15, 7])[0]
        trades = [trade for trade in [await self._start_payment(chance, held) for _ in range(attempts)] if trade]
        if not trades:
            return
        if chance.random() < 0.2:
            self.stage.send_on_errand(self._claim_order(chance, held))
        is_late = chance.random() < 0.12
        # A buyer who has two pages open sometimes pays on both.
        paying = trades if len(trades) > 1 and chance.random() < 0.6 else trades[-1:]
        waits = [max(0, held.expires_at - time.time()) + chance.uniform(0.3, 5) if is_late else chance.uniform(0, 1.5) for _ in paying]
        brings_code = chance.random() < 0.7
        for trade, wait in zip(paying, waits, strict=True):
            knobs = self._turn_knobs(chance, held, is_late)
            self.stage.send_on_errand(self._pay_trade(held, trade, knobs, wait, brings_code))
        if not is_late and chance.random() < 0.35:
            self.stage.send_on_errand(self._claim_order(chance, held, after=waits[0] + chance.uniform(0, 1)))

    async def _start_payment(self, chance: random.Random, held: Held) -> Trade | None:
        """Starts a payment and opens its page at the gateway."""
        method = chance.choice(METHODS)
        key = f"{self.name}-{chance.getrandbits(64):x}" if chance.random() < 0.7 else None
        operation = await self.insist(
            chance,
            "start payment",
            self.stage.clients,
            "POST",
            f"/v1/orders/{held.id}/payments",
            key=key,
            person=held.owner,
            body={"method": method},
            details={"order": held.id, "method": method},
        )
        if not operation.is_ok:
            return None
        answer = operation.answer
        trade = Trade(answer["out_trade_no"], held.id, answer["amount_fen"])
        self.stage.history.trades[trade.number] = trade
        held.has_started_payment = True
        if chance.random() < 0.12:
            # The buyer prefers to pay at the counter, although the page is open.
            self.stage.walk_ins.append(held)
        # No proxy disturbs the buyer's own connection to the gateway.
        if "pay_url" in answer:
            address = urlsplit(answer["pay_url"])
            opened = await self.ask(
                "open page", self.stage.sandbox, "GET", f"{address.path}?{address.query}", details={"trade": trade.number}
            )
        else:
            form = answer["order_string"].encode()
            opened = await self.ask("open page", self.stage.sandbox, "POST", "/gateway.do", form=form, details={"trade": trade.number})
        return trade if opened.is_ok else None

    def _turn_knobs(self, chance: random.Random, held: Held, is_late: bool) -> dict[str, Any]:
        """Chooses what goes wrong with a payment and its notice.

        The notice of a late payment must arrive in the end: we don't ask again about a trade that the gateway has reported as closed.
        """
        knobs: dict[str, Any] = {"late": True} if is_late else {}
        kind = chance.choices(["plain", "amount", "tamper", "lost"], [80, 6, 0 if is_late else 6, 0 if is_late else 8])[0]
        if kind == "amount":
            knobs["amount_fen"] = max(1, held.payable_fen + chance.choice([-1, 1, 1000, -held.payable_fen // 2]))
        elif kind == "tamper":
            knobs["tamper"] = chance.choice(TAMPERINGS)
        elif kind == "lost":
            knobs["lost"] = True
        if chance.random() < 0.18:
            knobs["duplicates"] = chance.randint(1, 6)
        if chance.random() < 0.15:
            knobs["lose_first"] = chance.randint(1, 3)
        if chance.random() < 0.12:
            knobs["reorder"] = True
        if chance.random() < 0.3:
            knobs["content_type"] = chance.choice(CONTENT_TYPES)
        if chance.random() < 0.2:
            knobs["charset"] = chance.choice(CHARSETS)
        if chance.random() < 0.3:
            knobs["delay_ms"] = chance.randint(50, 4000)
        return knobs

    async def _pay_trade(self, held: Held, trade: Trade, knobs: dict[str, Any], wait: float, brings_code: bool) -> None:
        await asyncio.sleep(wait)
        operation = await self.ask(
            "pay at gateway",
            self.stage.sandbox,
            "POST",
            f"/sandbox/trades/{trade.number}/pay",
            body=knobs,
            details={"trade": trade.number, "order": held.id, "knobs": knobs},
        )
        if not operation.is_ok:
            return
        trade.knobs = knobs
        trade.paid_fen = knobs.get("amount_fen", trade.amount_fen)
        if trade.paid_fen == trade.amount_fen:
            held.is_paid_at_gateway = True
            await self._wait_for_tickets(held, brings_code)

    async def _wait_for_tickets(self, held: Held, brings_code: bool) -> None:
        """Asks for the tickets as an app would, for a while; most people then bring the code to the counter."""
        for attempt in range(12):
            await asyncio.sleep(0.4 + 0.3 * attempt)
            if self.stage.is_over:
                return
            operation = await self.ask(
                "read tickets",
                self._someone(attempt),
                "GET",
                f"/v1/orders/{held.id}/tickets",
                person=held.owner,
                details={"order": held.id},
            )
            if operation.is_ok:
                is_first = held.code is None
                held.code, held.tickets = operation.answer["collection_code"], operation.answer["tickets"]
                if is_first and brings_code:
                    self.stage.paid.append(held)
                return

    def _someone(self, number: int) -> Service:
        return self.stage.clients[number % len(self.stage.clients)]

    async def _claim(self, chance: random.Random) -> None:
        held = self._pick(chance, self._unpaid())
        if held is None:
            return await self._look(chance)
        await self._claim_order(chance, held)

    async def _claim_order(self, chance: random.Random, held: Held, after: float = 0) -> None:
        await asyncio.sleep(after)
        key = f"{self.name}-claim-{held.id}" if chance.random() < 0.5 else None
        await self.insist(
            chance,
            "claim to have paid",
            self.stage.clients,
            "POST",
            f"/v1/orders/{held.id}/payment-claims",
            key=key,
            person=held.owner,
            body={},
            details={"order": held.id},
        )

    # Everything else

    async def _cancel(self, chance: random.Random) -> None:
        held = self._pick(chance, self._unpaid())
        if held is None:
            return await self._order(chance)
        held.is_over = True
        await self.insist(
            chance, "cancel", self.stage.clients, "DELETE", f"/v1/orders/{held.id}", key=None, person=held.owner, details={"order": held.id}
        )

    async def _look(self, chance: random.Random) -> None:
        """Reads a seat map. A seat that one of our orders certainly holds must not be shown as free."""
        held = self._pick(chance, [held for held in self._unpaid() if held.expires_at - time.time() > 2])
        showtime = held.showtime if held else self.stage.programme.choose(chance, self.stage.elapsed)
        service = held.service if held else chance.choice(self.stage.clients)
        operation = await self.ask(
            "look at seats", service, "GET", f"/v1/showtimes/{showtime.number}/seats", details={"showtime": showtime.number}
        )
        seats, operation.answer = (operation.answer or {}).get("seats", []), None
        if not operation.is_ok or held is None or held.is_over or showtime.number in self.stage.given_up:
            return
        if time.time() < held.expires_at - 0.5:
            free = [seat["id"] for seat in seats if seat["id"] in held.seats and seat["state"] == "free"]
            if free:
                self.stage.history.saw(
                    "map", f"{service.name} shows seats {free} of showtime {showtime.number} as free; order {held.id} holds them"
                )

    async def _read(self, chance: random.Random) -> None:
        """Reads an order and its events. An order that was acknowledged must always be found."""
        held = self._pick(chance, self._orders)
        if held is None:
            return await self._look(chance)
        path = f"/v1/orders/{held.id}" + chance.choice(["", "/events"])
        operation = await self.ask(
            "read order", chance.choice(self.stage.clients), "GET", path, person=held.owner, details={"order": held.id}
        )
        if operation.status == 404:
            self.stage.history.saw("order", f"order {held.id} was acknowledged, and {operation.service} does not know it")

    async def _refund(self, chance: random.Random) -> None:
        if not self.stage.offers("client", "POST /v1/orders/{id}/refunds"):
            return await self._read(chance)
        held = self._pick(chance, [held for held in self._orders if held.tickets and not held.is_collection_asked])
        if held is None:
            return await self._read(chance)
        await refund(self, chance, held, self.stage.clients, held.owner, "refund by buyer")


class Crowd(Buyer):
    """Many people who want the same seats at the same moment, through all processes. The one who gets them pays."""

    def __init__(self, stage: Stage, name: str, accounts: list[Person], pause: float):
        super().__init__(stage, name, accounts)
        self._pause = pause

    async def step(self, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * self._pause)
        showtime = chance.choice(self.stage.programme.window("hot", self.stage.elapsed))
        seats = tuple(sorted(chance.sample(showtime.seats, chance.choice([1, 2]))))
        await asyncio.gather(*(self._rush(random.Random(chance.getrandbits(64)), person, showtime, seats) for person in self._accounts))
        for _ in range(len(self._unpaid())):
            await self._pay(chance)
        self._orders.clear()

    async def _rush(self, chance: random.Random, person: Person, showtime: Showtime, seats: tuple[int, ...]) -> None:
        operation = await self.insist(
            chance,
            "order",
            self.stage.clients,
            "POST",
            "/v1/orders",
            key=None,
            person=person,
            body={"showtime_id": showtime.number, "seat_ids": list(seats)},
            details=self._wish(person, showtime, seats),
        )
        self._remember(operation, person, showtime, seats, None)


async def refund(actor: Actor, chance: random.Random, held: Held, services: list[Service], person: Person, kind: str) -> None:
    """Asks for a refund of some tickets of an order, or of all."""
    body: dict[str, Any] = {"reason": "changed my mind"}
    if len(held.tickets) > 1 and chance.random() < 0.55:
        body["ticket_ids"] = [ticket["id"] for ticket in chance.sample(held.tickets, chance.randint(1, len(held.tickets) - 1))]
    key = f"{actor.name}-{chance.getrandbits(64):x}" if chance.random() < 0.8 else None
    actor.stage.refunded.append(held.id)
    await actor.insist(
        chance,
        kind,
        services,
        "POST",
        f"/v1/orders/{held.id}/refunds",
        key=key,
        person=person,
        body=body,
        details={"order": held.id, "tickets": body.get("ticket_ids")},
    )
