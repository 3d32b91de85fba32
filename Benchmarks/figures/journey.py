"""The journey from the order through the notification to the ticket."""

from __future__ import annotations

import math
import statistics

import payments
import world
from figures import booking
from load import send
from stage import Stage

#: How long the gateway's word is posted, in seconds, and for how many orders at least; to begin their payments takes most of a round.
NOTIFYING, NOTICES = 2, 8_000


def measure(stage: Stage) -> dict[str, float]:
    """Journeys a second ÷ pgbench's bookings: the harmonic sum of the steps' own rates.

    Each step is measured alone, over many journeys: order, payment (whose instruction is signed with RSA), notification, tickets. One
    journey takes the sum of the steps' times.
    """
    steps: dict[str, list[float]] = {"order": [], "payment": [], "notification": [], "tickets": []}

    def journeys() -> float:
        world.reset(stage.cluster, stage.world)
        seconds, told = max(1, stage.seconds / 4), steps["notification"]
        found = {"order": booking.book(stage, connections=booking.CONNECTIONS, seconds=seconds).per_second}
        found["payment"] = payments.begin(stage, seconds).per_second
        # Each notice counts once, so twice as many are made as the round before used. The first round, which does not count, may guess.
        count = max([NOTICES, *(math.ceil(2 * NOTIFYING * rate) for rate in told)])
        found["notification"] = notify(stage, count, is_strict=bool(told))
        tickets = [f"GET\t/v1/orders/{order}/tickets\t{token}\t\t" for order, token in payments.orders_and_tokens(stage, "state = 'paid'")]
        found["tickets"] = send(
            stage.folder / "tickets", tickets, stage.client.url, connections=payments.SENDERS, seconds=seconds).per_second
        for name, rate in found.items():
            steps[name].append(rate)
        return 1 / sum(1 / rate for rate in found.values())

    ours, theirs, ratio = stage.paired("journeys ÷ pgbench's bookings", journeys, lambda: booking.by_statement(stage).per_second)
    return {"journey_ratio": ratio, "journey_per_s": ours, "journey_pgbench_per_s": theirs} | {
        f"journey_{name}_per_s": statistics.median(rates[1:]) for name, rates in steps.items()
    }


def notify(stage: Stage, count: int, *, is_strict: bool) -> float:
    """Orders that become paid, a second. Strictly there are enough notices for all of the time, and each that was acknowledged has paid."""
    payments.begin_until(stage, count)
    forms = payments.notices(stage, count)
    lines = [f"POST\t/v1/payments/alipay/notifications\t\tapplication/x-www-form-urlencoded\t{form}" for form in forms]
    load = send(stage.folder / "notifications", lines, stage.client.url, connections=payments.SENDERS, seconds=NOTIFYING)
    paid = payments.count_paid(stage)
    if not is_strict:
        return load.per_second
    if load.requests > 0.9 * len(forms):
        raise RuntimeError(f"{len(forms)} notices do not last for {load.requests} requests: measure for more SECONDS, to have more orders")
    if not load.requests <= paid <= load.requests + payments.SENDERS:
        raise RuntimeError(f"{paid} orders are paid after {load}")
    return paid / load.seconds
