"""From the order by the gateway's word to the ticket."""

from __future__ import annotations

import world
from figures import booking
from load import send
from stage import Stage

SENDERS = 32


def measure(stage: Stage) -> dict[str, float]:
    """Journeys a second ÷ pgbench's bookings. Each step is measured at its own speed over many journeys: one journey takes the sum of the
    steps' times."""
    steps: dict[str, list[float]] = {}

    def journeys() -> float:
        world.reset(stage.cluster, stage.world)
        url, seconds = stage.client.url, max(1, stage.seconds / 4)
        found = {"order": booking.book(stage, connections=booking.CONNECTIONS, seconds=seconds)}
        orders = stage.cluster.run(
            f"""
            SELECT id, account_id - {stage.world.first_account}
            FROM orders
            ORDER BY id
            OFFSET {world.BOOKED}
            """
        ).split()
        tokens = stage.world.tokens.read_text().split()
        pairs = [line.split("|") for line in orders]
        payments = [f'POST\t/v1/orders/{order}/payments\t{tokens[int(place)]}\tapplication/json\t{{"method": "alipay_page"}}' for order, place in pairs]
        found["payment"] = send(stage.folder / "payments", payments, url, connections=SENDERS, seconds=seconds)
        # As many as are sent in a second, hardly more, since each counts once.
        notices = stage.notices(4_000)
        posts = [f"POST\t/v1/payments/alipay/notifications\t\tapplication/x-www-form-urlencoded\t{notice.form}" for notice in notices]
        found["notification"] = send(stage.folder / "notifications", posts, url, connections=SENDERS, seconds=1)
        paid = stage.cluster.run(
            f"SELECT id, account_id - {stage.world.first_account} FROM orders WHERE state = 'paid'").split()
        if len(paid) < min(len(notices), found["notification"].requests) * 0.9:
            raise RuntimeError(f"{len(paid)} orders are paid after {found['notification']}")
        tickets = [f"GET\t/v1/orders/{order}/tickets\t{tokens[int(place)]}\t\t" for order, place in (line.split("|") for line in paid)]
        found["tickets"] = send(stage.folder / "tickets", tickets, url, connections=SENDERS, seconds=seconds)
        for name, load in found.items():
            steps.setdefault(name, []).append(load.per_second)
        return 1 / sum(1 / load.per_second for load in found.values())

    ours, theirs, ratio = stage.paired("journeys ÷ pgbench's bookings", journeys, lambda: booking.by_statement(stage))
    return {"journey_ratio": ratio, "journey_per_s": ours, "journey_pgbench_per_s": theirs} | {
        f"journey_{name}_per_s": max(rates) for name, rates in steps.items()
    }
