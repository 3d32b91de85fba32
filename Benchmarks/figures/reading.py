"""Seat maps, lists and rankings."""

from __future__ import annotations

import time

import world
from figures import booking
from load import Background, wrk
from stage import Stage

READERS = 32
#: As many as a thousand bookings a second need while each takes up to a tenth of a second.
BUYERS = 100
#: Showtimes that people look at while they choose: one day of twenty cinemas.
LOOKED_AT = 200


def seat_map(stage: Stage) -> dict[str, float]:
    """Seat maps ÷ a static answer of the same length, both while 1,000 bookings a second go on."""
    world.reset(stage.cluster, stage.world)
    path = f"/v1/showtimes/{stage.world.first_showtime}/seats"
    length = len(stage.client.raw(path))
    stage.restart(HTTP_SAMPLE_BYTES=str(length))

    def reading(script_path: str, first: int, count: int) -> float:
        world.reset(stage.cluster, stage.world)
        bookings = Background(
            "paced.lua", stage.client.url, *booking.arguments(stage), 1_000, connections=BUYERS, seconds=stage.seconds + 2)
        time.sleep(1)
        load = wrk("get.lua", stage.client.url, script_path, first, count, connections=READERS, seconds=stage.seconds)
        rate = bookings.result().per_second
        if load.refused or load.broken:
            raise RuntimeError(f"{script_path}: {load}")
        stage.say(f"{script_path}: {load.per_second:,.0f} a second beside {rate:,.0f} bookings a second")
        return load.per_second

    maps, static, ratio = stage.paired(
        "seat maps ÷ static", lambda: reading("/v1/showtimes/%d/seats", stage.world.first_showtime, LOOKED_AT),
        lambda: reading("/sample?%.0s", 0, 1))
    return {"seatmap_ratio": ratio, "seatmap_per_s": maps, "seatmap_static_per_s": static, "seatmap_bytes": length}


def movie_list(stage: Stage) -> dict[str, float]:
    """The first page of movies ÷ a static answer of the same length."""
    path = "/v1/movies?state=showing&limit=20"
    length = len(stage.client.raw(path))
    stage.restart(HTTP_SAMPLE_BYTES=str(length))

    def reading(path: str) -> float:
        load = wrk("get.lua", stage.client.url, path, 0, 1, connections=READERS, seconds=stage.seconds)
        if load.refused or load.broken:
            raise RuntimeError(f"{path}: {load}")
        return load.per_second

    ours, static, ratio = stage.paired("movie lists ÷ static", lambda: reading(path), lambda: reading("/sample"))
    return {"movie_list_ratio": ratio, "movie_list_per_s": ours, "movie_list_static_per_s": static}
