"""Runs the real binaries, the payment sandbox and PostgreSQL under faults, and checks the books afterwards.

`make faults` calls this through deploy/local/faults.sh, which builds the binaries and makes a PostgreSQL cluster for the run.
One seed decides every choice: who does what at which step, and which fault is planned when. Timing is the machine's own, so a run
that is repeated with its seed does the same things, not in exactly the same order.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import report
import web
from books import Books
from buyers import Buyer, Crowd
from console import Console
from database import Cluster
from database_proxy import DatabaseProxy
from history import History
from http_proxy import HTTPProxy
from invariants import Check, all_checks
from nemesis import Nemesis, make_plan
from observer import Observer
from orders_in_order import seats_are_sold_once
from ports import Ports
from rest import wait_for_rest
from services import Service, sandbox_environment, service_environment
from staff import Clerk, Manager, Officer
from stage import Actor, Stage
from strangers import Stranger
from world import Person, Programme, build_world

#: Seconds that an unpaid order holds its seats, and that a claim to have paid adds.
HOLD, GRACE = 8, 4
#: By which the clock of one process is wrong.
AHEAD = 300
BUYERS, ACCOUNTS_EACH = 18, 3
#: Crowds of people who all want the same seats, and how many are in each; the control run has nothing but crowds.
CROWDS, CROWDS_OF_CONTROL, PEOPLE_IN_A_CROWD = 1, 4, 8
#: Who sends what nobody means.
STRANGERS = 2
#: How long it may take until nothing is left to be done.
REST_LIMIT, REST_LIMIT_OF_CONTROL = 180, 20

#: The role of the database that each program connects as.
ROLES = {"ClientService": "piao_client", "CinemaService": "piao_cinema", "AdminService": "piao_admin"}

#: Calls that came with this version of the platform; a run that is no development run needs all of them.
FEATURES = {
    "client": ["POST /v1/orders/{id}/refunds"],
    "cinema": [
        "POST /v1/orders",
        "POST /v1/orders/{id}/payments",
        "POST /v1/orders/{id}/refunds",
        "POST /v1/orders/{id}/voiding",
        "POST /v1/orders/{id}/reprints",
        "PATCH /v1/tickets/{id}",
        "POST /v1/tickets/entries",
        "DELETE /v1/tickets/{id}/entry",
    ],
    "admin": [
        "POST /v1/orders/{id}/refunds",
        "GET /v1/ledger/entries",
        "GET /v1/ledger/balances",
        "GET /v1/outbox-messages",
        "POST /v1/reconciliations",
        "POST /v1/payment-notifications/{id}/refund",
        "POST /v1/orders/{id}/attention/decision",
        "POST /v1/orders/{id}/refunds/{refund_id}/sent-elsewhere",
    ],
}


def say(text: str) -> None:
    print(f"── {text}", flush=True)


class Run:
    """One run from an empty database to a verdict."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.seed: str = arguments.seed
        self.folder = Path(arguments.folder)
        self.logs = self.folder / "log"
        self.logs.mkdir(exist_ok=True)
        self.history = History()
        self.cluster = Cluster(
            folder=Path(arguments.cluster),
            programs=Path(arguments.programs),
            port=arguments.port,
            log=self.logs / "postgres.log",
            options=arguments.cluster_option,
            password=os.environ["FAULTS_SUPERUSER_PASSWORD"],
            role_password=os.environ["FAULTS_ROLE_PASSWORD"],
        )
        self.ports = Ports()
        self.roles = {} if arguments.development else ROLES
        self.services: list[Service] = []
        self.databases: dict[str, DatabaseProxy] = {}

    async def go(self) -> int:
        began = time.time()
        await self._prepare_database()
        await self._start_everything()
        try:
            await self._act()
            left = await self._come_to_rest()
            books = await self._read_books(began, left)
        finally:
            self.history.write(self.folder)
            self._write_json("faults.json", self.nemesis.log)
            for service in [*self.services, self.sandbox]:
                await service.end()
        return self._judge(books)

    # Before

    async def _prepare_database(self) -> None:
        await self.cluster.run(f"CREATE ROLE piao LOGIN PASSWORD '{self.cluster.role_password}'", database="postgres")
        await self.cluster.run("CREATE DATABASE piao OWNER piao", database="postgres")
        await self._command("migrate")
        # Each service runs with its own rights only, as in production.
        for program, role in self.roles.items():
            await self.cluster.run(f"CREATE ROLE {role} LOGIN PASSWORD '{self.cluster.role_password}'", database="postgres")
            await self._command("grant", role, program)
        if self.arguments.control:
            say("control: the constraints that keep a seat from being sold twice are taken away")
            await self.cluster.run(
                """
                ALTER TABLE seat_claims DROP CONSTRAINT seat_claims_pkey;
                CREATE INDEX seat_claims_index ON seat_claims (showtime_id, seat_id);
                DROP INDEX tickets_showtime_seat_key;
                """
            )
        self.world = await build_world(
            self.cluster,
            self.seed,
            self.arguments.seconds,
            BUYERS * ACCOUNTS_EACH + CROWDS_OF_CONTROL * PEOPLE_IN_A_CROWD,
            self.arguments.control,
        )

    async def _command(self, *arguments: str) -> None:
        command = await asyncio.create_subprocess_exec(
            str(self._program("AdminService")),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": self.cluster.url(), "LOG_LEVEL": "warning"},
        )
        if await command.wait() != 0:
            raise RuntimeError(f"AdminService {arguments[0]} failed (above)")

    def _program(self, name: str) -> Path:
        return Path(self.arguments.binaries) / name

    async def _start_everything(self) -> None:
        keys, chance = self.folder / "keys", random.Random(f"{self.seed}/keys")
        signing_key = base64.b64encode(chance.randbytes(32)).decode()
        port = self.ports.take()
        self.sandbox = Service(
            "sandbox", self._program("AlipaySandbox"), port, sandbox_environment(port=port, keys=keys), self.logs / "sandbox.log", "/livez"
        )
        self.gateway = HTTPProxy("gateway", lambda: [("sandbox", self.sandbox.port)])
        self.notices = HTTPProxy("notices", self._takers_of_notices, self._note_notice)
        gateway_port, notify_port = await self.gateway.listen(), await self.notices.listen()
        for name, program, ahead in (
            ("client-1", "ClientService", 0),
            ("client-2", "ClientService", AHEAD),
            ("cinema-1", "CinemaService", 0),
            ("cinema-2", "CinemaService", 0),
            ("admin-1", "AdminService", 0),
            ("admin-2", "AdminService", 0),
        ):
            proxy = DatabaseProxy(name, self.cluster.port)
            port = self.ports.take()
            environment = service_environment(
                database_url=self.cluster.url(await proxy.listen(), self.roles.get(program, "piao")),
                port=port,
                gateway_port=gateway_port,
                notify_port=notify_port,
                keys=keys,
                signing_key=signing_key,
                hold=HOLD,
                grace=GRACE,
                ahead=ahead,
            )
            self.databases[name] = proxy
            self.services.append(Service(name, self._program(program), port, environment, self.logs / f"{name}.log"))
        say(f"starting the sandbox and {len(self.services)} services")
        await asyncio.gather(*(service.begin() for service in [self.sandbox, *self.services]))
        self.nemesis = Nemesis(self.services, self.databases, self.gateway, self.notices, self.sandbox, self.cluster)
        self.stage = Stage(
            self.seed,
            self.world,
            Programme(self.world),
            self.history,
            self._of_kind("client"),
            self._of_kind("cinema"),
            self._of_kind("admin"),
            self.sandbox,
        )
        await self.stage.learn_features()
        self.missing = [f"{kind} {name}" for kind, names in FEATURES.items() for name in names if not self.stage.offers(kind, name)]

    def _of_kind(self, kind: str) -> list[Service]:
        return [service for service in self.services if service.name.startswith(kind)]

    def _takers_of_notices(self) -> list[tuple[str, int]]:
        return [(service.name, service.port) for service in self._of_kind("client")]

    def _note_notice(self, request: web.Message, answer: web.Message | None) -> None:
        """Records each notice that a service got, and its answer, whether or not the answer reaches the gateway."""
        form = parse_qs(request.body.decode("latin-1"))
        number, trade = form.get("notify_id", [""])[0], form.get("out_trade_no", [""])[0]
        said = "no answer"
        if answer:
            said = answer.body.decode("latin-1") if answer.status == 200 else str(answer.status)
        self.history.notices.append((number, trade, said))
        if said == "success":
            self.history.acknowledged_notices.add((number, trade))

    # While

    def _actors(self) -> list[Actor]:
        world, stage = self.world, self.stage
        crowds, buyers = CROWDS_OF_CONTROL * PEOPLE_IN_A_CROWD, world.buyers[CROWDS_OF_CONTROL * PEOPLE_IN_A_CROWD :]
        if self.arguments.control:
            return [Crowd(stage, f"crowd-{n}", people, 0.3) for n, people in enumerate(_parts(world.buyers[:crowds], PEOPLE_IN_A_CROWD))]
        actors: list[Actor] = [Buyer(stage, f"buyer-{n}", accounts) for n, accounts in enumerate(_parts(buyers, ACCOUNTS_EACH))]
        actors += [
            Crowd(stage, f"crowd-{n}", people, 4) for n, people in enumerate(_parts(world.buyers[:crowds], PEOPLE_IN_A_CROWD)[:CROWDS])
        ]
        actors += [Clerk(stage, f"clerk-{n}", person) for n, person in enumerate(world.clerks)]
        actors += [Officer(stage, f"officer-{n}", person) for n, person in enumerate(world.admins)]
        people = {"client": buyers[0], "cinema": world.clerks[0], "admin": world.admins[0]}
        actors += [Stranger(stage, f"stranger-{n}", people) for n in range(STRANGERS)]
        if stage.offers("admin", "POST /v1/orders/{id}/refunds/{refund_id}/sent-elsewhere"):
            actors.append(Console(stage, "console"))
        return [*actors, Manager(stage, "manager", world.clerks[0], 7)]

    async def _act(self) -> None:
        seconds = self.arguments.seconds
        # The control run is about people who race, so few faults are enough.
        plan = make_plan(self.seed, seconds, self.arguments.pause * (4 if self.arguments.control else 1))
        self._write_json("plan.json", [{"at": round(fault.at, 2), "kind": fault.kind} for fault in plan])
        say(f"{seconds:.0f} seconds of {len(self._actors())} people and {len(plan)} planned faults")
        self.stage.began = time.monotonic()
        observer = asyncio.create_task(Observer(self.cluster, self.history, 1.5).watch())
        teller = asyncio.create_task(self._tell())
        nemesis = asyncio.create_task(self.nemesis.act(plan))
        actors = [asyncio.create_task(actor.act()) for actor in self._actors()]
        everything = [observer, teller, nemesis, *actors]
        try:
            await asyncio.wait(everything, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
            self.stage.is_over = True
            _raise_failures(everything)
            say("the people go home")
            await asyncio.wait([nemesis, *actors, *self.stage.errands], timeout=90)
            _raise_failures(everything)
            if self.stage.failures:
                raise self.stage.failures[0]
        finally:
            for task in [*everything, *self.stage.errands]:
                task.cancel()
            await asyncio.gather(*everything, *self.stage.errands, return_exceptions=True)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(15)
            say(f"{self.stage.elapsed:4.0f} s: {len(self.history.operations)} operations, {self.nemesis.struck.total()} faults")

    # After

    async def _come_to_rest(self) -> list[str]:
        say("everything is healed; waiting until nothing is left to be done")
        await self.nemesis.heal()
        waits = await asyncio.gather(*(service.wait_ready(60) for service in self.services), return_exceptions=True)
        self.not_ready = [service.name for service, wait in zip(self.services, waits, strict=True) if isinstance(wait, Exception)]
        limit = REST_LIMIT_OF_CONTROL if self.arguments.control else REST_LIMIT
        office, token = self._of_kind("admin")[0], self.world.admins[0].token
        knows_console = "payments.foreign_fen" in await self.cluster.tables()
        return await wait_for_rest(self.cluster, self.sandbox, office, token, limit, knows_console, say)

    async def _read_books(self, began: float, left: list[str]) -> Books:
        await Observer(self.cluster, self.history, 1).look()
        books = Books(self.history, self.world, await self.cluster.tables(), HOLD, GRACE, began, time.time(), left=left)
        await books.read(self.cluster)
        await books.read_gateway(self.sandbox)
        if not self.arguments.control:
            await books.read_box_office(self._of_kind("admin")[0])
            if books.has("payments.foreign_fen"):
                await books.read_attentions(self._of_kind("admin")[0])
            if self.stage.offers("admin", "POST /v1/reconciliations"):
                await books.compare_with_bill(self._of_kind("admin")[0])
            await books.read_maps(self._of_kind("client"))
        books.surprises = [surprise for service in [*self.services, self.sandbox] for surprise in service.surprises]
        books.not_ready = self.not_ready
        books.logs = [service.log for service in [*self.services, self.sandbox]]
        return books

    def _judge(self, books: Books) -> int:
        found = self._control_verdict(books) if self.arguments.control else self._verdict(books)
        blocks = [report.operations(self.history), report.reasons(self.history), report.knobs(self.history)]
        blocks += [report.stories(books), report.faults(self.nemesis), report.checks(found)]
        failed = sum(1 for check in found if check.problems)
        lines = [line for block in blocks for line in ["", *block]]
        lines += ["", f"seed {self.seed} · {self.history.snapshots} snapshots while it ran · {len(books.orders)} orders"]
        if failed:
            lines += [f"history, plan, logs and all that was found: {self.folder}"]
        lines += [f"{len(found) - failed} passed, {failed} failed"]
        with open(self.folder / "report.txt", "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            for check in found:
                file.writelines(f"{check.name.split()[0]}: {problem}\n" for problem in check.problems)
        print("\n".join(lines), flush=True)
        return 1 if failed else 0

    def _verdict(self, books: Books) -> list[Check]:
        checks = all_checks(books)
        for what in self.missing:
            say(f"SKIPPED: these binaries do not offer {what}")
        if not self.arguments.development:
            checks.append(Check("13 the binaries offer all that is to be tried", lambda _: iter(()), self.missing))
        wanted = int(self.arguments.seconds * 2 / 3)
        few = [] if self.nemesis.struck.total() >= wanted else [f"{self.nemesis.struck.total()} faults struck, {wanted} were wanted"]
        paid = sum(1 for order in books.orders.values() if order["paid_at"] is not None)
        few += [] if paid >= self.arguments.seconds / 3 else [f"{paid} orders were paid in {self.arguments.seconds:.0f} seconds"]
        return [*checks, Check("14 it was a run: enough was done, and enough went wrong", lambda _: iter(()), few)]

    def _control_verdict(self, books: Books) -> list[Check]:
        """Without the guards a seat must be sold twice. Otherwise the harness would not find such a fault."""
        found = dict.fromkeys(seats_are_sold_once(books))
        sold_twice = [problem for problem in found if "tickets that count" in problem or "twice" in problem or "times" in problem]
        for problem in sold_twice[: report.MOST_PROBLEMS]:
            say(f"caught: {problem}")
        missed = [] if sold_twice else ["no seat was sold or claimed twice: the harness has not caught what it is for"]
        name = f"control: without lane, row lock and constraint, {len(sold_twice)} cases of a seat sold or claimed twice were caught"
        return [Check(name, lambda _: iter(()), missed)]

    def _write_json(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def _parts(people: list[Person], size: int) -> list[list[Person]]:
    return [people[first : first + size] for first in range(0, len(people), size)]


def _raise_failures(tasks: list[asyncio.Task[Any]]) -> None:
    """A defect of the harness ends the run."""
    for task in tasks:
        if task.done() and not task.cancelled() and (failure := task.exception()):
            raise failure


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--seconds", type=float, default=60, help="how long people and faults act")
    parser.add_argument("--pause", type=float, default=0.95, help="seconds from one planned fault to the next, on average")
    parser.add_argument("--control", action="store_true", help="the binaries are without guards: a seat must be sold twice")
    parser.add_argument("--development", action="store_true", help="calls that the binaries do not offer yet are skipped")
    parser.add_argument("--binaries", required=True, help="the folder of the programs")
    parser.add_argument("--folder", required=True, help="where the run leaves what it wrote")
    parser.add_argument("--cluster", required=True, help="the folder of the PostgreSQL cluster")
    parser.add_argument("--programs", required=True, help="the folder of PostgreSQL's programs")
    parser.add_argument("--port", type=int, required=True, help="where the cluster listens")
    parser.add_argument("--cluster-option", action="append", default=[], help="what the cluster was started with, word by word")
    return parser.parse_args()


async def _main() -> int:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await Run(_arguments()).go()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(_main()))
    except asyncio.CancelledError:
        sys.exit(130)
