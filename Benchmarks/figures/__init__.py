"""The figures, in the order of measuring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from figures import booking, choice, crowds, footprint, growth, journey, reading
from stage import Stage


@dataclass(frozen=True)
class Figure:
    measure: Callable[[Stage], dict[str, float]]
    #: What it prints; ONLY takes any of them, and then all are measured, since they belong together.
    names: tuple[str, ...]


FIGURES = (
    Figure(booking.measure, ("booking_ratio", "booking_per_s", "booking_pgbench_per_s")),
    Figure(booking.measure_latency, ("booking_p99_ratio", "booking_p99_ms", "booking_pgbench_ms")),
    Figure(
        journey.measure,
        (
            "journey_ratio", "journey_per_s", "journey_pgbench_per_s",
            "journey_order_per_s", "journey_payment_per_s", "journey_notification_per_s", "journey_tickets_per_s",
        ),
    ),
    Figure(
        reading.seat_map, ("seatmap_ratio", "seatmap_per_s", "seatmap_static_per_s", "seatmap_bytes", "seatmap_bookings_per_s")),
    Figure(
        crowds.hot_seat,
        ("hot_seat_ratio", "hot_seats_per_s", "spread_seats_per_s", "rush_buyers", "rush_seats_sold", "rush_refusal_p99_ms"),
    ),
    Figure(reading.movie_list, ("movie_list_ratio", "movie_list_per_s", "movie_list_static_per_s")),
    Figure(crowds.sign_in_storm, ("sign_in_per_s", "argon2_per_s", "storm_p99_ratio", "storm_p99_ms", "calm_p99_ms")),
    Figure(growth.measure, ("growth_ratio", "growth_many_per_s", "growth_few_per_s", "ranking_ms", "ranking_tickets")),
    Figure(
        footprint.measure,
        tuple(
            name
            for figure, unit in (("ready", "ms"), ("rss_idle", "mb"), ("rss_load", "mb"))
            for name in (f"{figure}_{unit}", *(f"{figure}_{service}_{unit}" for service in footprint.SERVICES))
        ),
    ),
    Figure(footprint.streams, ("streams_mb", "streams_change_ms")),
    Figure(choice.measure, ("best_seats_ms", "best_seats_easy_ms")),
    Figure(crowds.overload, ("overload_goodput", "overload_notification_longest_ms", "overload_notification_p50_ms")),
)


def chosen(names: list[str]) -> list[Figure]:
    """The figures that print these names, all unless there are any."""
    unknown = [name for name in names if not any(name in figure.names for figure in FIGURES)]
    if unknown:
        known = ", ".join(name for figure in FIGURES for name in figure.names)
        raise ValueError(f"no figure {', '.join(unknown)}; there are {known}")
    return [figure for figure in FIGURES if not names or any(name in figure.names for name in names)]
