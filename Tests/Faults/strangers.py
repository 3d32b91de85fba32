"""Strangers send nonsense: extreme numbers, cursors and dates, to every call that reads and to some that write.

Nothing that they send can change anything. Every request must get a regular answer, and no service may end because of one.
"""

from __future__ import annotations

import base64
import json
import random
from typing import Any
from urllib.parse import quote, urlencode

from services import Service
from stage import Actor, Stage
from world import Person

NUMBERS = [
    "-9223372036854775808",
    "-9223372036854775809",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "-2147483649",
    "2147483648",
    "9007199254740993",
    "-1",
    "0",
    "-0",
    "1e400",
    "1e-400",
    "5e-324",
    "1.0000000000000000000001",
    "NaN",
    "-Infinity",
    "0x10",
    "１２",
]
#: Where arithmetic on 64 bits ends.
ENDS = [NUMBERS[0], NUMBERS[2]]
DATES = [f"{year}-01-01" for year in ("0000", "0001", "9999", "10000", "-001")] + ["2026-02-29", "2026-13-01"]
TIMES = [
    f"{day}T{clock}{zone}"
    for day in ("0001-01-01", "9999-12-31", "0000-01-01", "2026-06-30")
    for clock in ("00:00:00", "23:59:59.9999999", "23:59:60")
    for zone in ("Z", "+14:00", "-14:00", "+99:99")
]
WORDS = ["", "%00", "\u202e", "Ame\u0301lie", "';--", "a" * 2_000, "\U0001f9d1\u200d\U0001f680", "%", "_", "\\"]


def extreme(chance: random.Random) -> str:
    return chance.choice(chance.choice([NUMBERS, DATES, TIMES, WORDS]))


def cursor(chance: random.Random) -> str:
    """A cursor in the services' form, with values that they never put there, mostly one of these among usual ones."""
    values: list[Any] = ["1"] * chance.choice([1, 2, 2, 3])
    values[chance.randrange(len(values))] = chance.choice(ENDS) if chance.random() < 0.6 else extreme(chance)
    if chance.random() < 0.1:
        values = [chance.choice([None, 1, 1e308, [], {}])]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


class Stranger(Actor):
    """Goes from call to call, with a token of each realm or with none."""

    def __init__(self, stage: Stage, name: str, people: dict[str, Person]):
        super().__init__(stage, name)
        self._people = people

    async def step(self, chance: random.Random) -> None:
        kind = chance.choice(["client", "cinema", "admin"])
        services = {"client": self.stage.clients, "cinema": self.stage.cinemas, "admin": self.stage.admins}[kind]
        person = self._people[kind] if chance.random() < 0.8 else None
        # Several requests at once, because some faults show only then.
        for _ in range(chance.choice([2, 8])):
            await self._read(chance, kind, chance.choice(services), person)
        await self._order(chance, self.stage.clients, self._people["client"])

    async def _read(self, chance: random.Random, kind: str, service: Service, person: Person | None) -> None:
        readings = self.stage.readings[kind]
        lists = [reading for reading in readings if ("cursor", "query") in reading[1]]
        path, parameters = chance.choice(lists if chance.random() < 0.6 else readings)
        query: dict[str, str] = {}
        for name, place in parameters:
            if place == "path":
                path = path.replace("{" + name + "}", "1" if chance.random() < 0.5 else quote(extreme(chance) or "0", safe=""))
            elif place == "query" and chance.random() < (0.7 if name == "cursor" else 0.2):
                query[name] = cursor(chance) if name == "cursor" and chance.random() < 0.9 else extreme(chance)
        target = path + (f"?{urlencode(query)}" if query else "")
        await self.ask("send extremes", service, "GET", target, person=person, keep_answer=False)

    async def _order(self, chance: random.Random, services: list[Service], person: Person) -> None:
        """Orders seats that don't exist: no number here belongs to a showtime or a seat."""
        impossible = [float(1 << 62), 1 << 62, (1 << 63) - 1, -(1 << 63), 1 << 63, -1, 0, 5e-324, 1e308, 0.5, None, "1"]
        body = {"showtime_id": chance.choice(impossible), "seat_ids": chance.choices(impossible, k=chance.choice([1, 2, 6, 200]))}
        await self.ask("send extremes", chance.choice(services), "POST", "/v1/orders", person=person, body=body, keep_answer=False)
