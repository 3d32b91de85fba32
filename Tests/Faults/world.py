"""The start of a run: a cinema with halls and showtimes, and people who are signed in.

It is written with plain SQL, so that it does not depend on the code under test, and no password has to be hashed.
"""

from __future__ import annotations

import hashlib
import random
import string
import zlib
from dataclasses import dataclass, field

from database import Cluster

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase

#: Fen.
PRICE, SERVICE_FEE, MINIMUM_PRICE = 4500, 300, 3000
SEAT_LIMIT, UNPAID_LIMIT = 6, 3


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a session."""

    account: int
    realm: str
    token: str


@dataclass(frozen=True)
class Showtime:
    number: int
    #: "hot" with a handful of seats that everybody wants, "middle", "large", or "soon": it starts during the run.
    size: str
    #: By row, then column.
    seats: tuple[int, ...]


@dataclass
class World:
    buyers: list[Person] = field(default_factory=list)
    clerks: list[Person] = field(default_factory=list)
    admins: list[Person] = field(default_factory=list)
    showtimes: dict[str, list[Showtime]] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    merchant: int = 0
    cinema: int = 0
    movie: int = 0

    @property
    def tokens(self) -> list[str]:
        return [person.token for person in self.buyers + self.clerks + self.admins]


def make_token(realm: str, chance: random.Random) -> str:
    """A token as Sources/Shared/Features/Accounts/Sessions/Token.swift makes it."""
    body = f"{realm}_" + "".join(chance.choices(BASE62, k=30))
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    return body + digits


@dataclass(frozen=True)
class _Hall:
    size: str
    rows: int
    columns: int
    #: The last two seats of each row are sold together.
    couples: bool
    showtimes: int
    #: Hours from the beginning of one to that of the next; for those that begin soon, minutes after the run has begun.
    pace: float


def _halls(seconds: float, control: bool) -> list[_Hall]:
    if control:
        return [_Hall("hot", 1, 4, False, int(seconds / 3) + 6, 3)]
    return [
        _Hall("hot", 2, 4, False, int(seconds / 3) + 6, 3),
        _Hall("middle", 6, 8, True, int(seconds / 8) + 6, 3),
        _Hall("large", 12, 16, False, int(seconds / 40) + 4, 3),
        _Hall("soon", 3, 6, False, 1, 0.6),
        _Hall("soon", 3, 6, False, 1, 1.5),
    ]


async def build_world(cluster: Cluster, seed: str, seconds: float, buyers: int, control: bool) -> World:
    """Writes the world into an empty, migrated database."""
    world = World()
    numbers = await cluster.run(
        f"""
        INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '北京', '110100', 'BEIJING', 'B');
        INSERT INTO merchants (name, verified_at) VALUES ('Grand', now()) RETURNING id;
        INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen, seat_limit)
        SELECT max(id), 'Grand', 1, '东城区', '1', 39.9, 116.4, '010', {SERVICE_FEE}, {SEAT_LIMIT} FROM merchants RETURNING id;
        INSERT INTO movies (title, duration_min, release_date, formats, languages, minimum_price_fen, pinned_state)
        VALUES ('Hero & Co = 1/2 + 100%', 99, '2026-01-01', '{{2D}}', '{{Mandarin}}', {MINIMUM_PRICE}, 'showing') RETURNING id;
        """
    )
    world.merchant, world.cinema, world.movie = (int(line) for line in numbers.split())
    right = await cluster.run(
        f"""
        INSERT INTO screening_rights (merchant_id, movie_id, valid_from, valid_to, state, decided_at)
        VALUES ({world.merchant}, {world.movie}, CURRENT_DATE - 1000, CURRENT_DATE + 1000, 'granted', now()) RETURNING id
        """
    )
    for place, hall in enumerate(_halls(seconds, control)):
        await _build_hall(cluster, world, int(right), place, hall)
    await _sign_in(cluster, world, seed, buyers)
    return world


async def _build_hall(cluster: Cluster, world: World, right: int, place: int, hall: _Hall) -> None:
    numbers = await cluster.run(
        f"INSERT INTO halls (cinema_id, name, formats) VALUES ({world.cinema}, '{place + 1}', '{{2D}}') RETURNING id;"
        "INSERT INTO hall_layouts (hall_id, version) SELECT max(id), 1 FROM halls RETURNING id;"
    )
    number, layout = (int(line) for line in numbers.split())
    kind = (
        f"CASE {hall.columns} - c WHEN 1 THEN 'couple_left' WHEN 0 THEN 'couple_right' ELSE 'standard' END"
        if hall.couples
        else "'standard'"
    )
    seats = await cluster.run(
        f"""
        INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
        SELECT {layout}, r, c, r::text, r || '-' || c, 'standard', {kind}
        FROM generate_series(1, {hall.rows}) AS r, generate_series(1, {hall.columns}) AS c
        ORDER BY 2, 3
        RETURNING id
        """
    )
    starts = f"now() + {hall.pace} * INTERVAL '1 minute'" if hall.size == "soon" else f"now() + n * {hall.pace} * INTERVAL '1 hour'"
    found = await cluster.run(
        f"""
        INSERT INTO showtimes (
            merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id,
            starts_at, ends_at, occupied_until, business_day, format, language, service_fee_fen
        )
        SELECT
            {world.merchant}, {world.cinema}, {number}, {layout}, {world.movie}, {right},
            starts_at, starts_at + INTERVAL '99 minutes', starts_at + INTERVAL '120 minutes',
            starts_at::date, '2D', 'Mandarin', {SERVICE_FEE}
        FROM generate_series(1, {hall.showtimes}) AS n, LATERAL (SELECT {starts} AS starts_at) AS slot
        ORDER BY n
        RETURNING id;
        INSERT INTO showtime_prices (showtime_id, zone, price_fen)
        SELECT id, 'standard', {PRICE} FROM showtimes WHERE hall_id = {number};
        """
    )
    of_hall = tuple(int(line) for line in seats.split())
    world.showtimes.setdefault(hall.size, []).extend(Showtime(int(line), hall.size, of_hall) for line in found.split())


async def _sign_in(cluster: Cluster, world: World, seed: str, buyers: int) -> None:
    """Makes everybody's account and session, all in one statement."""
    chance = random.Random(f"{seed}/tokens")
    rows: list[str] = []
    tokens: list[str] = []
    for realm, count, permission in (("client", buyers, 7), ("cinema", 3, 15), ("admin", 2, 15)):
        merchant = str(world.merchant) if realm == "cinema" else "NULL::bigint"
        for _ in range(count):
            tokens.append(make_token(realm, chance))
            world.phones.append(f"+86139{len(rows):04d}{chance.randrange(10_000):04d}")
            digest = hashlib.sha256(tokens[-1].encode()).hexdigest()
            rows.append(f"({len(rows)}, '{realm}', '{world.phones[-1]}', {permission}, {merchant}, '\\x{digest}'::bytea)")
    accounts = await cluster.run(
        f"""
        WITH person (place, realm, phone, permission, merchant_id, token_sha256) AS (
            VALUES {", ".join(rows)}
        ), account AS (
            INSERT INTO accounts (realm, username, phone, password_hash, permission, merchant_id)
            SELECT realm, realm || place, phone, 'none', permission, merchant_id FROM person
            RETURNING id, phone
        )
        INSERT INTO sessions (token_sha256, account_id, realm, expires_at)
        SELECT token_sha256, account.id, realm, now() + INTERVAL '1 day'
        FROM person
        JOIN account ON account.phone = person.phone
        ORDER BY place
        RETURNING account_id
        """
    )
    for token, account in zip(tokens, accounts.split(), strict=True):
        person = Person(int(account), token.partition("_")[0], token)
        {"client": world.buyers, "cinema": world.clerks, "admin": world.admins}[person.realm].append(person)


class Programme:
    """The showtimes that people look at: a window that moves on, so that there are always free seats."""

    #: For each size: how many showtimes are in the window, and after how many seconds it moves on by one.
    WINDOWS = {"hot": (3, 3.0), "middle": (4, 8.0), "large": (2, 40.0), "soon": (2, 1e9)}

    def __init__(self, world: World):
        self._showtimes = world.showtimes

    def choose(self, chance: random.Random, elapsed: float) -> Showtime:
        sizes = [size for size in ("hot", "middle", "large", "soon") if self._showtimes.get(size)]
        weights = {"hot": 50, "middle": 28, "large": 18, "soon": 4}
        return chance.choice(self.window(chance.choices(sizes, [weights[size] for size in sizes])[0], elapsed))

    def window(self, size: str, elapsed: float) -> list[Showtime]:
        showtimes, (width, pace) = self._showtimes[size], self.WINDOWS[size]
        first = min(int(elapsed / pace), max(0, len(showtimes) - width))
        return showtimes[first : first + width]
