"""Seat maps and lists."""

from __future__ import annotations

import statistics
import time

import world
from figures import booking
from load import Background, wrk
from stage import Stage

READERS = 32
#: As many as a thousand bookings a second need while each takes up to a tenth of a second.
BUYERS, BUYING_THREADS = 100, 1
#: A second, asked for and at least needed.
PACE, LEAST_PACE = 1_000, 950
#: Showtimes that people look at while they choose: one day of twenty cinemas.
LOOKED_AT = 200


def seat_map(stage: Stage) -> dict[str, float]:
    """Seat maps ÷ a static answer of the same length, both while 1,000 bookings a second go on."""
    world.reset(stage.cluster, stage.world)
    length = len(stage.client.raw(f"/v1/showtimes/{stage.world.first_showtime}/seats"))
    stage.client.restart(HTTP_SAMPLE_BYTES=str(length))
    #: The first two are those of getting warm.
    booked: list[float] = []

    def reading(path: str, first: int, count: int) -> float:
        world.reset(stage.cluster, stage.world)
        bookings = Background(
            "paced.lua", stage.client.url, *booking.arguments(stage, threads=BUYING_THREADS), PACE,
            connections=BUYERS, seconds=stage.seconds + 2, threads=BUYING_THREADS)
        with bookings:
            time.sleep(1)
            rate = get(stage, path, first, count)
            beside = bookings.result()
        if beside.refused or beside.broken or beside.per_second < LEAST_PACE:
            raise RuntimeError(f"not {PACE:,} bookings a second beside {path}: {beside}")
        booked.append(beside.per_second)
        return rate

    maps, static, ratio = stage.paired(
        "seat maps ÷ static", lambda: reading("/v1/showtimes/%d/seats", stage.world.first_showtime, LOOKED_AT),
        lambda: reading("/sample?%.0s", 0, 1))
    return {
        "seatmap_ratio": ratio, "seatmap_per_s": maps, "seatmap_static_per_s": static, "seatmap_bytes": length,
        "seatmap_bookings_per_s": statistics.median(booked[2:]),
    }


def movie_list(stage: Stage) -> dict[str, float]:
    """The first page of movies ÷ a static answer of the same length."""
    path = "/v1/movies?state=showing&limit=20"
    length = len(stage.client.raw(path))
    stage.client.restart(HTTP_SAMPLE_BYTES=str(length))
    ours, static, ratio = stage.paired("movie lists ÷ static", lambda: get(stage, path, 0, 1), lambda: get(stage, "/sample", 0, 1))
    return {"movie_list_ratio": ratio, "movie_list_per_s": ours, "movie_list_static_per_s": static}


def get(stage: Stage, path: str, first: int, count: int) -> float:
    load = wrk("get.lua", stage.client.url, path, first, count, connections=READERS, seconds=stage.seconds)
    if load.refused or load.broken:
        raise RuntimeError(f"{path}: {load}")
    return load.per_second
