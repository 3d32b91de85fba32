"""The figures, in the order of measuring, by the name that ONLY takes."""

from __future__ import annotations

from collections.abc import Callable

from figures import booking, choice, crowds, footprint, growth, journey, reading
from stage import Stage

FIGURES: dict[str, Callable[[Stage], dict[str, float]]] = {
    "booking_ratio": booking.measure,
    "booking_p99_ms": booking.measure_latency,
    "journey_ratio": journey.measure,
    "seatmap_ratio": reading.seat_map,
    "hot_seat_ratio": crowds.hot_seat,
    "movie_list_ratio": reading.movie_list,
    "sign_in_per_s": crowds.sign_in_storm,
    "growth_ratio": growth.measure,
    "rss_idle_mb": footprint.measure,
    "streams_mb": footprint.streams,
    "best_seats_ms": choice.measure,
    "overload_goodput": crowds.overload,
}
