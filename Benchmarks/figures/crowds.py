"""The speed when everybody wants the same showtime, and when more people come than can be served."""

from __future__ import annotations

import ctypes
import math
import os
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import machine
import payments
import world
from figures import booking
from load import Background, Load
from stage import Stage

#: Three times those of the peak.
CROWD = 3 * booking.CONNECTIONS
#: How one is refused whose seats are gone.
TAKEN = frozenset({409})
#: Between two notifications, in seconds.
PAUSE = 0.05


def hot_seat(stage: Stage) -> dict[str, float]:
    """Seats of one showtime after the other beside seats of all of them; then 10,000 buyers for one showtime."""

    def one_after_the_other() -> float:
        world.reset(stage.cluster, stage.world)
        # The first two seats of each showtime are sold already.
        load = booking.book(
            stage, connections=booking.CONNECTIONS, seconds=stage.seconds, first=0, script="hot.lua", refusals=TAKEN)
        return (load.requests - load.refused) / load.seconds

    ours, spread, ratio = stage.paired("of one showtime ÷ of all", one_after_the_other, lambda: booking.by_service(stage))
    return {"hot_seat_ratio": ratio, "hot_seats_per_s": 2 * ours, "spread_seats_per_s": 2 * spread} | rush(stage)


def rush(stage: Stage) -> dict[str, float]:
    """10,000 buyers and more for the 200 seats of one showtime."""
    world.reset(stage.cluster, stage.world)
    before = claims(stage)
    load = booking.book(
        stage, connections=booking.CONNECTIONS, seconds=max(4, stage.seconds), first=0, script="hot.lua", more=("one",),
        refusals=TAKEN)
    if load.requests < 10_000 or claims(stage) != world.SEATS or load.requests - load.refused > (world.SEATS - before) // 2:
        raise RuntimeError(f"{claims(stage)} seats of {world.SEATS} sold to {load}")
    return {"rush_buyers": load.requests, "rush_seats_sold": claims(stage), "rush_refusal_p99_ms": load.p99_ms}


def claims(stage: Stage) -> int:
    return stage.cluster.number(f"SELECT count(*) FROM seat_claims WHERE showtime_id = {stage.world.first_showtime}")


def overload(stage: Stage) -> dict[str, float]:
    """Successful bookings with three times the connections, compared with the peak. Notifications are answered meanwhile."""
    times: list[float] = []

    def crowd() -> float:
        world.reset(stage.cluster, stage.world)
        # Each pays another order, and there are enough for a crowd that takes some seconds more.
        forms = ready_notices(stage, math.ceil((stage.seconds + 5) / PAUSE))
        is_over = threading.Event()
        with ThreadPoolExecutor() as threads:
            told = threads.submit(tell, stage, forms, times, is_over)
            try:
                load = booking.book(stage, connections=CROWD, seconds=stage.seconds, refusals=frozenset({503}))
            finally:
                is_over.set()
            count = told.result()
        if payments.count_paid(stage) != count:
            raise RuntimeError(f"{payments.count_paid(stage)} orders are paid after {count} notifications")
        return (load.requests - load.refused) / load.seconds

    ours, peak, ratio = stage.paired("three times the connections ÷ the peak", crowd, lambda: booking.by_service(stage))
    return {
        "overload_goodput": ratio, "overload_notification_longest_ms": max(times), "overload_notification_p50_ms": statistics.median(times),
    }


def ready_notices(stage: Stage, count: int) -> list[str]:
    payments.begin_until(stage, count)
    return payments.notices(stage, count)


def tell(stage: Stage, forms: list[str], times: list[float], is_over: threading.Event) -> int:
    """Posts notifications one by one until the end. Returns how many, and records how long each took."""
    for number, form in enumerate(forms):
        if is_over.wait(PAUSE):
            return number
        began = time.monotonic()
        try:
            status, answer = stage.client.post_form("/v1/payments/alipay/notifications", form)
        finally:
            times.append((time.monotonic() - began) * 1000)
        if status != 200 or answer != "success":
            raise RuntimeError(f"a notification was answered {status} {answer}")
    raise RuntimeError(f"{len(forms)} notifications did not last")


def sign_in_storm(stage: Stage) -> dict[str, float]:
    """Sign-ins a second, and their effect on bookings."""
    autogroup = machine.autogroup()

    def p99() -> float:
        world.reset(stage.cluster, stage.world)
        return booking.book(stage, connections=booking.QUIET_CONNECTIONS, seconds=stage.seconds).p99_ms

    def p99_in_storm() -> float:
        world.reset(stage.cluster, stage.world)
        with signing_in(stage, stage.seconds + 2) as storm:
            time.sleep(1)
            found = booking.book(stage, connections=booking.QUIET_CONNECTIONS, seconds=stage.seconds).p99_ms
            all_signed_in(storm.result())
        return found

    with signing_in(stage, stage.seconds) as quiet:
        alone = all_signed_in(quiet.result())
    storm, calm, ratio = stage.paired("booking's p99 in a storm of sign-ins ÷ without", p99_in_storm, p99)
    if machine.autogroup() != autogroup:
        raise RuntimeError("another run has changed kernel.sched_autogroup_enabled meanwhile: measure again without it")
    own = statistics.median(argon2(1) for _ in range(5))
    return {"sign_in_per_s": alone.per_second, "argon2_per_s": own, "storm_p99_ratio": ratio, "storm_p99_ms": storm, "calm_p99_ms": calm}


def argon2(seconds: float) -> float:
    """Hashes a second as passwords are hashed, by libargon2 itself, on as many threads as a service hashes on."""
    library = ctypes.CDLL("libargon2.so.1")
    end = time.monotonic() + seconds

    def until_then() -> int:
        count, hashed = 0, ctypes.create_string_buffer(32)
        while time.monotonic() < end:
            # Passes, KiB and lanes; ctypes lets other threads go on meanwhile.
            if library.argon2id_hash_raw(2, 19_456, 1, b"correct horse", 13, b"sixteen bytes of", 16, hashed, 32) != 0:
                raise RuntimeError("libargon2 did not hash")
            count += 1
        return count

    threads = max(1, (os.cpu_count() or 1) // 2)
    with ThreadPoolExecutor(threads) as pool:
        return sum(task.result() for task in [pool.submit(until_then) for _ in range(threads)]) / seconds


def signing_in(stage: Stage, seconds: float) -> Background:
    """People who sign in one after the other, eight at a time."""
    file = stage.folder / "sign-ins"
    file.write_text("".join(
        f'POST\t/v1/sessions\t\tapplication/json\t{{"login": "buyer{number}", "password": "{world.PASSWORD}"}}\n'
        for number in range(50_001, 60_001)), encoding="utf-8")
    return Background("lines.lua", stage.client.url, file, 1, connections=8, seconds=seconds)


def all_signed_in(load: Load) -> Load:
    if load.refused or load.broken or not load.requests:
        raise RuntimeError(f"refused sign-ins: {load}")
    return load
