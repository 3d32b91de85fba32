"""The processor time for choosing the best seats in a hall of 500."""

from __future__ import annotations

import statistics

import world
from load import THREADS, send
from stage import Stage

#: Free seats in groups of five, of which no two are beside one another: no run of twenty fits, each group may be taken apart in many ways,
#: and no single seat may be left alone.
HARD = '{"count": 20}'
#: A run of two in the middle.
EASY = '{"count": 2}'
CONNECTIONS = 8


def measure(stage: Stage) -> dict[str, float]:
    """CPU time of the service for each request beyond that for a static answer, in milliseconds."""
    world.reset(stage.cluster, stage.world)
    hard, easy = halls(stage)
    stage.client.restart(HTTP_SAMPLE_BYTES="4096")
    paths = {"best_seats_ms": (hard, HARD), "best_seats_easy_ms": (easy, EASY)}
    status, best = stage.client.ask("POST", f"/v1/showtimes/{hard}/best-seats", {"count": 20})
    if status != 200 or best["adjacent"] or len(best["seats"]) != 20:
        raise RuntimeError(f"the hard case is none: {status} {best}")
    found: dict[str, list[float]] = {name: [] for name in paths}
    for number in range(stage.rounds + 1):
        static = cost(stage, "GET\t/sample\t\t\t")
        for name, (showtime, wish) in paths.items():
            spent = cost(stage, f"POST\t/v1/showtimes/{showtime}/best-seats\t\tapplication/json\t{wish}") - static
            stage.say(f"{name}: {spent:.3f} beyond {static:.3f}")
            # The first round warms up.
            if number:
                found[name].append(spent)
    return {name: statistics.median(spent) for name, spent in found.items()}


def cost(stage: Stage, line: str) -> float:
    """The service's CPU time a request, in milliseconds."""
    before = stage.client.cpu_seconds
    load = send(stage.folder / "choices", [line] * THREADS, stage.client.url, connections=CONNECTIONS, seconds=stage.seconds)
    return (stage.client.cpu_seconds - before) * 1000 / load.requests


def halls(stage: Stage) -> tuple[int, int]:
    """Two showtimes in a hall of 20 rows of 25 seats, of which the first is sold but for groups of five."""
    rows = stage.cluster.run(
        f"""
        WITH cinema AS (
            INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen, seat_limit)
            VALUES (1, 'Large', 1, '海淀区', '1', 39.9, 116.4, '010', 300, 20)
            RETURNING id
        ), hall AS (
            INSERT INTO halls (cinema_id, name, formats)
            SELECT id, 'Large', '{{2D}}'
            FROM cinema
            RETURNING id, cinema_id
        ), layout AS (
            INSERT INTO hall_layouts (hall_id, version)
            SELECT id, 1
            FROM hall
            RETURNING id, hall_id
        ), seat AS (
            INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
            SELECT id, place / 25 + 1, place % 25 + 1, place / 25 + 1, (place / 25 + 1) || '-' || (place % 25 + 1), 'standard', 'standard'
            FROM layout
            CROSS JOIN generate_series(0, 499) AS place
            RETURNING id, row_number, column_number
        ), showtime AS (
            INSERT INTO showtimes (
                merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id, starts_at, ends_at, occupied_until, business_day,
                format, language, service_fee_fen, refuses_orphans
            )
            SELECT
                1, hall.cinema_id, hall.id, layout.id, 1, 1, beginning, beginning + INTERVAL '110 minutes',
                beginning + INTERVAL '125 minutes', beginning::date, '2D', 'Mandarin', 300, TRUE
            FROM hall
            CROSS JOIN layout
            CROSS JOIN (VALUES (now() + INTERVAL '1 day'), (now() + INTERVAL '2 days')) AS time (beginning)
            RETURNING id, starts_at
        ), price AS (
            INSERT INTO showtime_prices (showtime_id, zone, price_fen)
            SELECT id, 'standard', 4500
            FROM showtime
        ), opened AS (
            INSERT INTO orders (
                id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen, payable_fen,
                created_at, expires_at, channel, refund_policy_id, showtime_starts_at
            )
            SELECT
                gen_random_uuid(), {stage.world.first_account}, showtime.id, 'pending_payment', ARRAY[seat.id], '{{4500}}', 4500, 300, 0, 4800,
                now(), now() + INTERVAL '1 day', 'online', 1, starts_at
            FROM (SELECT min(id) AS id, min(starts_at) AS starts_at FROM showtime) AS showtime
            JOIN seat ON (column_number + 2 * row_number) % 6 = 0
            RETURNING id, showtime_id, seat_ids
        ), claimed AS (
            INSERT INTO seat_claims (showtime_id, seat_id, order_id)
            SELECT showtime_id, seat_ids[1], id
            FROM opened
        )
        SELECT id
        FROM showtime
        ORDER BY id
        """
    ).split()
    return int(rows[0]), int(rows[1])
