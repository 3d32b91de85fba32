"""The data for the figures: showtimes, people and their tokens, as sql/world.sql writes them."""

from __future__ import annotations

import hashlib
import random
import string
import zlib
from dataclasses import dataclass
from pathlib import Path

from cluster import Cluster

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
SHOWTIMES, SEATS, ACCOUNTS = 2_000, 200, 100_000
#: Two seats each.
BOOKINGS = SHOWTIMES * SEATS // 2
#: The first of them are made when the measurement begins.
BOOKED = SHOWTIMES
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class World:
    #: One a line, by account.
    tokens: Path
    merchant_token: str
    administrator_token: str
    first_account: int
    first_showtime: int
    #: Whether there are orders of the past beside those that are measured.
    keeps_old: bool = False
    #: Whether orders tell their buyers' addresses, as they do while squatters are kept away.
    guarded: bool = False


def make_token(chance: random.Random, realm: str = "client") -> str:
    """A token as Sources/Shared/Features/Accounts/Sessions/Token.swift makes it."""
    body = realm + "_" + "".join(chance.choices(BASE62, k=30))
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    return body + digits


def build(cluster: Cluster, folder: Path, password_hash: str) -> World:
    """Writes the world into a migrated database."""
    chance = random.Random("bench")
    tokens = [make_token(chance) for _ in range(ACCOUNTS)]
    file = folder / "tokens"
    file.write_text("".join(token + "\n" for token in tokens), encoding="ascii")
    hashes = "".join(hashlib.sha256(token.encode()).hexdigest() + "\n" for token in tokens)
    merchant, administrator = make_token(chance, "cinema"), make_token(chance, "admin")
    cluster.run_file(
        "world.sql", stdin=hashes, accounts=ACCOUNTS, password_hash=password_hash, merchant_token=merchant,
        administrator_token=administrator)
    world = World(
        file, merchant, administrator,
        cluster.number("SELECT id FROM accounts WHERE username = 'buyer1'"),
        cluster.number("SELECT min(id) FROM showtimes"),
    )
    check(cluster, world)
    cluster.run("VACUUM (ANALYZE, FREEZE)")
    cluster.run("CHECKPOINT")
    return world


def check(cluster: Cluster, world: World) -> None:
    """Checks the numbers that the scripts compute without looking them up."""
    wrong = cluster.run(
        f"""
        SELECT 'showtimes' FROM showtimes HAVING count(*) <> {SHOWTIMES} OR max(id) - min(id) <> {SHOWTIMES - 1}
        UNION ALL
        SELECT 'halls' FROM showtimes WHERE layout_id <> (id - {world.first_showtime}) % 200 + 1
        UNION ALL
        SELECT 'seats' FROM seats WHERE id <> (layout_id - 1) * 200 + (row_number - 1) * 20 + column_number
        UNION ALL
        SELECT 'accounts' FROM accounts WHERE username ~ '^buyer' AND username <> 'buyer' || id - {world.first_account} + 1
        UNION ALL
        SELECT 'sessions' FROM sessions HAVING count(*) < {ACCOUNTS}
        """
    )
    if wrong:
        raise RuntimeError(f"the world is not as the scripts think: {sorted(set(wrong.split()))}")


def reset(cluster: Cluster, world: World) -> None:
    """Deletes all orders of future showtimes with their rows, except the first BOOKED bookings, one for each showtime.

    Some are left so that the planner of both sides knows what the tables are like, as autovacuum would have told it after a minute of
    selling.
    """
    cluster.run_file(
        "reset.sql", first_showtime=world.first_showtime, last_showtime=world.first_showtime + SHOWTIMES - 1,
        keeps_old=str(world.keeps_old).lower())
    cluster.pgbench("booking.pgbench.sql", clients=1, transactions=BOOKED, **variables(world, round=0))
    cluster.run("VACUUM (ANALYZE) showtimes, accounts, sessions, orders, seat_claims, order_events, idempotency_records")
    cluster.run("CHECKPOINT")


def variables(world: World, *, round: int, turn: int = 0) -> dict[str, int]:
    """The variables of sql/booking.pgbench.sql."""
    return {
        "turn": turn, "accounts": ACCOUNTS, "bookings": BOOKINGS,
        "first_account": world.first_account, "first_showtime": world.first_showtime, "round": round, "guarded": int(world.guarded),
    }
