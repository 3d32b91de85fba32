"""The things that all actors of a run share: URLs, world and history, and the way in which requests are made and recorded."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import web
from history import History, Operation, outcome_of
from services import Service
from world import Person, Programme, Showtime, World


@dataclass(eq=False)
class Held:
    """An order that a service has acknowledged, from its owner's point of view."""

    id: str
    owner: Person
    showtime: Showtime
    seats: tuple[int, ...]
    payable_fen: int
    #: As the services' answer said; the database's clock is this machine's.
    expires_at: float
    service: Service
    #: Under which it was asked for, and the errand that this was.
    key: str | None = None
    errand: int = 0
    is_over: bool = False
    is_paid_at_gateway: bool = False
    has_started_payment: bool = False
    code: str | None = None
    tickets: list[dict[str, Any]] = field(default_factory=list)
    is_collection_asked: bool = False


@dataclass
class Stage:
    seed: str
    world: World
    programme: Programme
    history: History
    clients: list[Service]
    cinemas: list[Service]
    admins: list[Service]
    sandbox: Service
    #: What each kind of service offers, as `METHOD /path`, by its kind.
    features: dict[str, set[str]] = field(default_factory=dict)
    #: Of each kind of service, the paths that can be read in one answer, with their parameters: name, and where it stands.
    readings: dict[str, list[tuple[str, list[tuple[str, str]]]]] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    is_over: bool = False
    #: Orders that were seen to be paid, with their codes: for those at the counter.
    paid: list[Held] = field(default_factory=list)
    #: Orders that were opened online and are paid for at the counter perhaps.
    walk_ins: list[Held] = field(default_factory=list)
    #: Orders of which somebody has asked for money back.
    refunded: list[str] = field(default_factory=list)
    #: Showtimes that somebody has tried to cancel.
    given_up: set[int] = field(default_factory=set)
    errands: set[asyncio.Task[None]] = field(default_factory=set)
    #: What broke down on an errand: a defect of the harness.
    failures: list[BaseException] = field(default_factory=list)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def offers(self, kind: str, feature: str) -> bool:
        return feature in self.features.get(kind, set())

    def send_on_errand(self, errand: Coroutine[Any, Any, None]) -> None:
        """Runs something beside the actor's next steps."""
        task = asyncio.create_task(errand)
        self.errands.add(task)
        task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self.errands.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            self.failures.append(failure)

    async def learn_features(self) -> None:
        """Asks the services what they offer."""
        for kind, services in (("client", self.clients), ("cinema", self.cinemas), ("admin", self.admins)):
            document = (await web.exchange(services[0].port, web.request("GET", "/openapi.json"))).json
            self.features[kind] = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
            common = document["components"]["parameters"]
            self.readings[kind] = [
                (path, [_name_and_place(parameter, common) for parameter in methods["get"].get("parameters", [])])
                for path, methods in document["paths"].items()
                if "get" in methods and "text/event-stream" not in json.dumps(methods["get"])
            ]


def _name_and_place(parameter: dict, common: dict) -> tuple[str, str]:
    """A parameter stands in its operation, or is one of the common ones, by a reference."""
    declared = common[parameter["$ref"].rsplit("/", 1)[-1]] if "$ref" in parameter else parameter
    return declared["name"], declared["in"]


class Actor:
    """Somebody who acts again and again. The action of each step depends only on the seed; its outcome doesn't."""

    def __init__(self, stage: Stage, name: str):
        self.stage, self.name = stage, name

    async def act(self) -> None:
        step = 0
        while not self.stage.is_over:
            step += 1
            chance = random.Random(f"{self.stage.seed}/{self.name}/{step}")
            await asyncio.sleep(chance.uniform(0, 0.6))
            await self.step(chance)

    async def step(self, chance: random.Random) -> None:
        raise NotImplementedError

    async def ask(
        self,
        kind: str,
        service: Service,
        method: str,
        path: str,
        *,
        person: Person | None = None,
        body: Any = None,
        form: bytes | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        details: dict[str, Any] | None = None,
        errand: int | None = None,
        hang_up: bool = False,
        keep_answer: bool = True,
    ) -> Operation:
        """Makes one request and records its outcome."""
        history = self.stage.history
        operation = history.begin(errand or history.new_errand(), kind, self.name, service.name, details or {})
        request = web.request(
            method,
            path,
            token=person.token if person else None,
            body=body,
            form=form,
            headers={**({"Idempotency-Key": f'"{key}"'} if key else {}), **(headers or {})},
        )
        try:
            answer = await web.exchange(service.port, request, hang_up=hang_up)
        except web.NotSent:
            operation.outcome, operation.code = "failed", "not_sent"
        except web.NoAnswer as error:
            operation.outcome, operation.code = "unknown", str(error).split(":")[0]
        else:
            self._note_answer(operation, answer, keep_answer)
        operation.ended = time.time()
        return operation

    @staticmethod
    def _note_answer(operation: Operation, answer: web.Message, keep: bool) -> None:
        operation.status, operation.content_type = answer.status, answer.header("Content-Type")
        parsed = None
        if answer.body and "json" in (operation.content_type or ""):
            try:
                parsed = answer.json
            except json.JSONDecodeError:
                operation.code = "not_json"
        if answer.status >= 400 and isinstance(parsed, dict):
            operation.code = parsed.get("code")
        operation.answer = parsed if keep or answer.status >= 400 else None
        if keep and answer.header("ETag") and isinstance(parsed, dict):
            operation.answer = {**parsed, "etag": answer.header("ETag")}
        operation.outcome = outcome_of(answer.status, operation.code)

    async def insist(
        self, chance: random.Random, kind: str, services: list[Service], method: str, path: str, *, key: str | None, **rest: Any
    ) -> Operation:
        """Repeats a request until its outcome is known, where repeating is harmless, now and then at another process.

        Without a key, only a request that certainly was not carried out is repeated.
        """
        errand = self.stage.history.new_errand()
        service = chance.choice(services)
        for attempt in range(8):
            hang_up = key is not None and attempt == 0 and chance.random() < 0.03
            operation = await self.ask(kind, service, method, path, key=key, errand=errand, hang_up=hang_up, **rest)
            is_running = operation.code == "request_in_progress"
            if operation.outcome in ("ok", "refused") and not is_running:
                break
            if key is None and operation.outcome == "unknown":
                break
            # When nobody listens, the next process is tried, as a load balancer would do.
            if operation.code == "not_sent":
                service = services[(services.index(service) + 1) % len(services)]
            elif chance.random() < 0.6:
                service = chance.choice(services)
            await asyncio.sleep(chance.uniform(0.1, 0.3) * attempt)
        return operation


def seconds_since_1970(text: str) -> float:
    """The moment that an RFC 3339 time names."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
