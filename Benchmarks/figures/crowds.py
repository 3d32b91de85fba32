"""What happens when everybody wants the same, and when more come than can be served."""

from __future__ import annotations

import statistics
import threading
import time

import world
from figures import booking
from load import Background
from stage import Stage

#: Three times those of the peak.
CROWD = 3 * booking.CONNECTIONS


def hot_seat(stage: Stage) -> dict[str, float]:
    """Seats of one showtime after the other beside seats of all of them; then 10,000 buyers for one showtime."""

    def one_after_the_other() -> float:
        world.reset(stage.cluster, stage.world)
        # Each showtime's first two seats are gone already.
        load = booking.book(stage, connections=booking.CONNECTIONS, seconds=stage.seconds, first=0, script="hot.lua")
        return (load.requests - load.refused) / load.seconds

    ours, spread, ratio = stage.paired("of one showtime ÷ of all", one_after_the_other, lambda: booking.by_service(stage))
    return {"hot_seat_ratio": ratio, "hot_seats_per_s": 2 * ours, "spread_seats_per_s": 2 * spread} | rush(stage)


def rush(stage: Stage) -> dict[str, float]:
    """10,000 buyers and more for the 200 seats of one showtime."""
    world.reset(stage.cluster, stage.world)
    before = claims(stage)
    load = booking.book(
        stage, connections=booking.CONNECTIONS, seconds=max(4, stage.seconds), first=0, script="hot.lua", more=("one",))
    if load.requests < 10_000 or claims(stage) != world.SEATS or load.requests - load.refused > (world.SEATS - before) // 2:
        raise RuntimeError(f"{claims(stage)} seats of {world.SEATS} sold to {load}")
    return {"rush_buyers": load.requests, "rush_seats_sold": claims(stage), "rush_refusal_p99_ms": load.p99_ms}


def claims(stage: Stage) -> int:
    return stage.cluster.number(f"SELECT count(*) FROM seat_claims WHERE showtime_id = {stage.world.first_showtime}")


def overload(stage: Stage) -> dict[str, float]:
    """Bookings that succeed with three times the connections beside the peak's; the gateway's word is answered meanwhile."""
    slowest: list[float] = []

    def crowd() -> float:
        world.reset(stage.cluster, stage.world)
        notice = stage.order_and_its_notice()
        is_over = threading.Event()

        def tell() -> None:
            while not is_over.is_set():
                began = time.monotonic()
                status, answer = stage.client.post_form("/v1/payments/alipay/notifications", notice.form)
                slowest.append((time.monotonic() - began) * 1000)
                if status != 200 or answer != "success":
                    raise RuntimeError(f"a notification was answered {status} {answer}")
                is_over.wait(0.05)

        teller = threading.Thread(target=tell)
        teller.start()
        try:
            load = booking.book(stage, connections=CROWD, seconds=stage.seconds)
        finally:
            is_over.set()
            teller.join()
        return (load.requests - load.refused) / load.seconds

    ours, peak, ratio = stage.paired("three times the connections ÷ the peak", crowd, lambda: booking.by_service(stage))
    return {"overload_goodput": ratio, "overload_notification_longest_ms": max(slowest), "overload_notification_p50_ms": statistics.median(slowest)}


def sign_in_storm(stage: Stage) -> dict[str, float]:
    """Sign-ins a second, and what bookings feel of it."""
    url = stage.client.url
    file = stage.folder / "sign-ins"
    file.write_text("".join(
        f'POST\t/v1/sessions\t\tapplication/json\t{{"login": "buyer{number}", "password": "{world.PASSWORD}"}}\n'
        for number in range(50_001, 60_001)), encoding="utf-8")
    alone = Background("lines.lua", url, file, 1, connections=8, seconds=stage.seconds).result()

    def p99() -> float:
        world.reset(stage.cluster, stage.world)
        return booking.book(stage, connections=booking.QUIET_CONNECTIONS, seconds=stage.seconds).p99_ms

    def p99_in_storm() -> float:
        world.reset(stage.cluster, stage.world)
        storm = Background("lines.lua", url, file, 1, connections=8, seconds=stage.seconds + 2)
        time.sleep(1)
        found = booking.book(stage, connections=booking.QUIET_CONNECTIONS, seconds=stage.seconds).p99_ms
        storm.result()
        return found

    storm, calm, ratio = stage.paired("booking's p99 in a storm of sign-ins ÷ without", p99_in_storm, p99)
    return {
        "sign_in_per_s": (alone.requests - alone.refused) / alone.seconds, "storm_p99_ratio": ratio, "storm_p99_ms": storm, "calm_p99_ms": calm,
    }
