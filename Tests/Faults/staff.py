"""The people of the cinema and of the platform: at the counter, at the door, in the office."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from buyers import refund
from services import Service
from stage import Actor, Held, Stage, seconds_since_1970
from world import Person


class Clerk(Actor):
    """Hands tickets out, sells at the counter, corrects and voids."""

    def __init__(self, stage: Stage, name: str, person: Person):
        super().__init__(stage, name)
        self._person = person
        self._sold: list[Held] = []

    async def step(self, chance: random.Random) -> None:
        acts = [(self._collect, 56), (self._list_orders, 8), (self._sell, 20), (self._refund, 6), (self._void, 4)]
        acts += [(self._correct, 4), (self._admit, 6), (self._reprint, 2), (self._take_money, 8)]
        act = chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        await act(chance)

    @property
    def _services(self) -> list[Service]:
        return self.stage.cinemas

    def _offers(self, feature: str) -> bool:
        return self.stage.offers("cinema", feature)

    def _pick_paid(self, chance: random.Random) -> Held | None:
        held = [held for held in self.stage.paid if not held.is_over]
        return chance.choice(held) if held else None

    async def _collect(self, chance: random.Random) -> None:
        """Takes a new code, sometimes at two counters at once, or one that was used before."""
        is_again = chance.random() < 0.15
        waiting = [held for held in self.stage.paid if held.code and held.is_collection_asked == is_again]
        if not waiting:
            return
        held, counters = chance.choice(waiting), 2 if chance.random() < 0.25 else 1
        held.is_collection_asked = True
        body: dict[str, Any] = {"code": held.code}
        details = {"order": held.id}
        await asyncio.gather(
            *(
                self.insist(
                    random.Random(chance.getrandbits(64)),
                    "collect",
                    self._services,
                    "POST",
                    "/v1/tickets/collections",
                    key=None,
                    person=self._person,
                    body=body,
                    details=details,
                )
                for _ in range(counters)
            )
        )

    async def _list_orders(self, chance: random.Random) -> None:
        showtime = self.stage.programme.choose(chance, self.stage.elapsed)
        await self.ask(
            "list orders",
            chance.choice(self._services),
            "GET",
            f"/v1/orders?showtime_id={showtime.number}&limit=50",
            person=self._person,
            keep_answer=False,
        )

    async def _sell(self, chance: random.Random) -> None:
        """Sells to somebody who has walked in: an order, and its payment at once."""
        if not self._offers("POST /v1/orders"):
            return await self._list_orders(chance)
        showtime = self.stage.programme.choose(chance, self.stage.elapsed)
        seats = chance.sample(showtime.seats, chance.choice([1, 1, 2, 2, 3]))
        body: dict[str, Any] = {"showtime_id": showtime.number, "seat_ids": seats}
        if chance.random() < 0.5:
            body["buyer_phone"] = chance.choice(self.stage.world.phones)
        key = f"{self.name}-{chance.getrandbits(64):x}" if chance.random() < 0.8 else None
        operation = await self.insist(
            chance,
            "order at counter",
            self._services,
            "POST",
            "/v1/orders",
            key=key,
            person=self._person,
            body=body,
            details={"account": None, "showtime": showtime.number, "seats": sorted(seats)},
        )
        if not operation.is_ok:
            return
        order = operation.answer
        held = Held(
            order["id"],
            self._person,
            showtime,
            tuple(seats),
            order["payable_fen"],
            seconds_since_1970(order["expires_at"]),
            self._services[0],
        )
        if chance.random() < 0.12:
            # The customer walks away without paying.
            return
        method = chance.choice(["counter_cash", "counter_external"])
        payment: dict[str, Any] = {"method": method}
        if method == "counter_external":
            payment["reference"] = f"POS-{chance.getrandbits(40):010x}"
        paid = await self.insist(
            chance,
            "pay at counter",
            self._services,
            "POST",
            f"/v1/orders/{held.id}/payments",
            key=f"{self.name}-{chance.getrandbits(64):x}" if chance.random() < 0.8 else None,
            person=self._person,
            body=payment,
            details={"order": held.id, "amount": held.payable_fen},
        )
        if paid.is_ok:
            held.code, held.tickets = paid.answer.get("collection_code"), paid.answer.get("tickets", [])
            self.stage.paid.append(held)

    async def _take_money(self, chance: random.Random) -> None:
        """Somebody who has ordered online, and begun to pay there, pays at the counter."""
        if not self.stage.walk_ins or not self._offers("POST /v1/orders/{id}/payments"):
            return await self._sell(chance)
        # Buyers who have just begun to pay: the money of the others has mostly come.
        held = self.stage.walk_ins.pop()
        self.stage.send_on_errand(self._take_money_of(random.Random(chance.getrandbits(64)), held))

    async def _take_money_of(self, chance: random.Random, held: Held) -> None:
        """Tries again while the gateway may still take the money, as the refusal asks."""
        for _ in range(6):
            paid = await self.insist(
                chance,
                "pay at counter",
                self._services,
                "POST",
                f"/v1/orders/{held.id}/payments",
                key=f"{self.name}-{chance.getrandbits(64):x}" if chance.random() < 0.8 else None,
                person=self._person,
                body={"method": "counter_cash"},
                details={"order": held.id, "amount": held.payable_fen},
            )
            if paid.is_ok:
                held.code, held.tickets = paid.answer.get("collection_code"), paid.answer.get("tickets", [])
                self.stage.paid.append(held)
            if paid.code != "trade_open" or self.stage.is_over:
                return
            await asyncio.sleep(min(paid.answer["retry_after"], 2) + chance.uniform(0, 0.5))

    async def _refund(self, chance: random.Random) -> None:
        held = self._pick_paid(chance)
        if not self._offers("POST /v1/orders/{id}/refunds") or held is None or not held.tickets:
            return await self._list_orders(chance)
        await refund(self, chance, held, self._services, self._person, "refund by cinema")
        if held.owner is self._person:
            await self._hand_out(chance, held)

    async def _hand_out(self, chance: random.Random, held: Held) -> None:
        """Pays out a refund of an order that was paid at the counter, sometimes at two counters at once."""
        listed = await self.ask(
            "list refunds", chance.choice(self._services), "GET", f"/v1/orders/{held.id}/refunds", person=self._person, keep_answer=True
        )
        for entry in listed.answer["items"] if listed.is_ok else []:
            if entry["state"] == "requested":
                calls = (
                    self.ask(
                        "hand money out",
                        service,
                        "POST",
                        f"/v1/orders/{held.id}/refunds/{entry['id']}/payout",
                        person=self._person,
                        details={"order": held.id},
                    )
                    for service in chance.sample(self._services, chance.choice([1, 2]))
                )
                await asyncio.gather(*calls)

    async def _void(self, chance: random.Random) -> None:
        held = self._pick_paid(chance)
        if not self._offers("POST /v1/orders/{id}/voiding") or held is None:
            return await self._list_orders(chance)
        await self.insist(
            chance,
            "void",
            self._services,
            "POST",
            f"/v1/orders/{held.id}/voiding",
            key=f"{self.name}-{chance.getrandbits(64):x}",
            person=self._person,
            body={"reason": "sold by mistake"},
            details={"order": held.id},
        )

    async def _correct(self, chance: random.Random) -> None:
        """Moves a ticket to another seat of the same price."""
        held = self._pick_paid(chance)
        if not self._offers("PATCH /v1/tickets/{id}") or held is None or not held.tickets:
            return await self._list_orders(chance)
        ticket, seat = chance.choice(held.tickets), chance.choice(held.showtime.seats)
        shown = await self.ask(
            "read ticket",
            chance.choice(self._services),
            "GET",
            f"/v1/tickets/{ticket['id']}",
            person=self._person,
            details={"order": held.id},
        )
        if not shown.is_ok:
            return
        await self.ask(
            "correct ticket",
            chance.choice(self._services),
            "PATCH",
            f"/v1/tickets/{ticket['id']}",
            person=self._person,
            headers={"If-Match": shown.answer.get("etag", "*")},
            body={"seat_id": seat, "reason": "a pillar in front of it"},
            details={"order": held.id, "ticket": ticket["id"], "seat": seat},
        )

    async def _admit(self, chance: random.Random) -> None:
        """Scans a ticket at the door."""
        held = self._pick_paid(chance)
        code = next((ticket["qr"] for ticket in held.tickets if ticket.get("qr")), None) if held else None
        if not self._offers("POST /v1/tickets/entries") or held is None or code is None:
            return await self._list_orders(chance)
        body = {"qr": code, "place": "door 1"}
        if self._offers("DELETE /v1/tickets/{id}/entry"):
            # A reason is needed, because the showtimes are hours away.
            body["override_reason"] = "the door is tried out"
        await self.insist(
            chance,
            "admit",
            self._services,
            "POST",
            "/v1/tickets/entries",
            key=None,
            person=self._person,
            body=body,
            details={"order": held.id},
        )

    async def _reprint(self, chance: random.Random) -> None:
        held = self._pick_paid(chance)
        if not self._offers("POST /v1/orders/{id}/reprints") or held is None:
            return await self._list_orders(chance)
        await self.insist(
            chance,
            "reprint",
            self._services,
            "POST",
            f"/v1/orders/{held.id}/reprints",
            key=None,
            person=self._person,
            body={"reason": "the printer jammed"},
            details={"order": held.id},
        )


class Manager(Actor):
    """Cancels a showtime now and then, with all its orders."""

    def __init__(self, stage: Stage, name: str, person: Person, pause: float):
        super().__init__(stage, name)
        self._person, self._pause = person, pause

    async def step(self, chance: random.Random) -> None:
        for _ in range(int(self._pause * chance.uniform(0.7, 1.3) * 5)):
            if self.stage.is_over:
                return
            await asyncio.sleep(0.2)
        size = chance.choices(["hot", "middle", "large"], [75, 22, 3])[0]
        showtime = chance.choice(self.stage.programme.window(size, self.stage.elapsed))
        if showtime.number in self.stage.given_up:
            return
        self.stage.given_up.add(showtime.number)
        # A second cancellation is refused, so the call can be repeated until an answer comes.
        errand = self.stage.history.new_errand()
        for _ in range(10):
            operation = await self.ask(
                "cancel showtime",
                chance.choice(self.stage.cinemas),
                "DELETE",
                f"/v1/showtimes/{showtime.number}",
                person=self._person,
                headers={"If-Match": "*"},
                errand=errand,
                details={"showtime": showtime.number},
            )
            if operation.outcome in ("ok", "refused"):
                return
            await asyncio.sleep(0.5)


class Officer(Actor):
    """The platform's people: refund for cause, and look at money and messages."""

    LOOKS = ["/v1/ledger/entries", "/v1/ledger/balances", "/v1/payments", "/v1/payment-notifications", "/v1/outbox-messages", "/v1/orders"]

    def __init__(self, stage: Stage, name: str, person: Person):
        super().__init__(stage, name)
        self._person = person

    async def step(self, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0.2, 0.8))
        held = [held for held in self.stage.paid if held.tickets]
        if held and chance.random() < 0.25 and self.stage.offers("admin", "POST /v1/orders/{id}/refunds"):
            await refund(self, chance, chance.choice(held), self.stage.admins, self._person, "refund by admin")
            return
        if chance.random() < 0.15 and self.stage.offers("admin", "POST /v1/payment-notifications/{id}/refund"):
            return await self._refund_wrong_amount(chance)
        if chance.random() < 0.15 and self.stage.offers("admin", "POST /v1/orders/{id}/attention/decision"):
            return await self._decide(chance)
        path = chance.choice(self.LOOKS + ["/v1/rankings/box-office"])
        if self.stage.offers("admin", f"GET {path}"):
            await self.ask("look at the books", chance.choice(self.stage.admins), "GET", path, person=self._person, keep_answer=False)

    async def _decide(self, chance: random.Random) -> None:
        """Decides that an order counts although money of it went back in the gateway's console."""
        admins = self.stage.admins
        path = "/v1/orders?attention=refunded_at_gateway&limit=50"
        listed = await self.ask("list attentions", chance.choice(admins), "GET", path, person=self._person)
        if not listed.is_ok or not listed.answer["items"]:
            return
        order = chance.choice(listed.answer["items"])
        await self.ask(
            "decide attention",
            chance.choice(admins),
            "POST",
            f"/v1/orders/{order['id']}/attention/decision",
            person=self._person,
            body={"reason": "goodwill"},
            details={"order": order["id"]},
        )

    async def _refund_wrong_amount(self, chance: random.Random) -> None:
        """Sends money of a wrong amount back, sometimes two at once for the same."""
        admins = self.stage.admins
        path = "/v1/payment-notifications?outcome=amount_mismatch&limit=20"
        listed = await self.ask("list wrong amounts", chance.choice(admins), "GET", path, person=self._person)
        if not listed.is_ok or not listed.answer["items"]:
            return
        notice = chance.choice(listed.answer["items"])
        await asyncio.gather(
            *(
                self.insist(
                    random.Random(chance.getrandbits(64)),
                    "refund wrong amount",
                    admins,
                    "POST",
                    f"/v1/payment-notifications/{notice['id']}/refund",
                    key=f"{self.name}-{chance.getrandbits(64):x}" if chance.random() < 0.8 else None,
                    person=self._person,
                    body={"reason": "paid another amount"},
                    details={"order": notice["out_trade_no"], "trade": notice["out_trade_no"]},
                )
                for _ in range(chance.choice([1, 1, 2]))
            )
        )
