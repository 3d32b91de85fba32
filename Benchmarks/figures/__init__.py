"""The figures, in the order of measuring, by the name that ONLY takes."""

from __future__ import annotations

from collections.abc import Callable

from figures import booking
from stage import Stage

FIGURES: dict[str, Callable[[Stage], dict[str, float]]] = {
    "booking_ratio": booking.measure,
    "booking_p99_ms": booking.measure_latency,
}
