"""Memory, and how long it takes to be ready."""

from __future__ import annotations

import resource
import selectors
import socket
import time

import world
from figures import booking, crowds
from load import send
from stage import Stage

SERVICES = {"client": "ClientService", "cinema": "CinemaService", "admin": "AdminService"}
#: Of each service; the slowest counts.
STARTS = 5
STREAMS, WATCHED = 5_000, 50
#: Open files beside those of the streams: the database's connections, the log, the program itself.
OTHER_FILES = 200


def measure(stage: Stage) -> dict[str, float]:
    """Memory at rest and at most under load, and the longest time from exec to the first 200 of /readyz: the worst of the services."""
    found: dict[str, float] = {}
    services = {name: stage.client if name == "client" else stage.service(program) for name, program in SERVICES.items()}
    for name, service in services.items():
        found[f"ready_{name}_ms"] = max(service.restart().ready_ms for _ in range(STARTS))
    time.sleep(2)
    for name, service in services.items():
        found[f"rss_idle_{name}_mb"] = service.resident_mb
        service.forget_peak()
    world.reset(stage.cluster, stage.world)
    booking.book(stage, connections=booking.CONNECTIONS, seconds=stage.seconds)
    # Longer than the reads: while these leave no core idle, hashing waits.
    with crowds.signing_in(stage, stage.seconds + 5) as signing_in:
        load = {
            "client": [f"GET\t{path}\t\t\t" for path in public_reads(stage)],
            "cinema": [f"GET\t{path}\t{stage.world.merchant_token}\t\t" for path in staff_reads(stage)],
            "admin": [f"GET\t{path}\t{stage.world.administrator_token}\t\t" for path in staff_reads(stage)],
        }
        for name, service in services.items():
            send(stage.folder / name, load[name], service.url, connections=booking.CONNECTIONS, seconds=stage.seconds)
            if name == "client":
                crowds.all_signed_in(signing_in.result())
            found[f"rss_load_{name}_mb"] = service.peak_mb
            service.stop()
    return {
        "ready_ms": max(value for key, value in found.items() if key.startswith("ready_")),
        "rss_idle_mb": max(value for key, value in found.items() if key.startswith("rss_idle_")),
        "rss_load_mb": max(value for key, value in found.items() if key.startswith("rss_load_")),
    } | found


def public_reads(stage: Stage) -> list[str]:
    """The reads of moviegoers: lists, and the seats of all showtimes."""
    first = stage.world.first_showtime
    return ["/v1/movies?state=showing&limit=20", "/v1/cinemas?limit=50", "/v1/showtimes?limit=50"] + [
        f"/v1/showtimes/{first + number}/seats" for number in range(world.SHOWTIMES)
    ]


def staff_reads(stage: Stage) -> list[str]:
    """The reads of the cinema's and the platform's people: lists, a showtime with its orders, a hall, an order."""
    first = stage.world.first_showtime
    orders = stage.cluster.run("SELECT id FROM orders ORDER BY id LIMIT 100").split()
    return ["/v1/movies?limit=50", "/v1/cinemas?limit=50", "/v1/showtimes?limit=50", "/v1/orders?limit=50"] + [
        path
        for number, order in enumerate(orders)
        for path in (
            f"/v1/showtimes/{first + number}", f"/v1/orders?showtime_id={first + number}", f"/v1/halls/{1 + number}/seats",
            f"/v1/orders/{order}",
        )
    ]


def streams(stage: Stage) -> dict[str, float]:
    """Memory, at most, of a process with 5,000 live seat maps, and how long a change of each takes to reach them."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit != resource.RLIM_INFINITY and limit < STREAMS + OTHER_FILES:
        raise RuntimeError(f"streams_mb needs {STREAMS + OTHER_FILES} open files a process, and the hard limit is {limit} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000 if limit == resource.RLIM_INFINITY else min(limit, 20_000), limit))
    world.reset(stage.cluster, stage.world)
    client = stage.client.restart(HTTP_MAXIMUM_CONNECTIONS="8192", HTTP_MAXIMUM_STREAMS_PER_ADDRESS=str(STREAMS))
    readers = selectors.DefaultSelector()
    for number in range(STREAMS):
        reader = socket.create_connection(("127.0.0.1", client.port), timeout=10)
        showtime = stage.world.first_showtime + number % WATCHED
        reader.sendall(f"GET /v1/showtimes/{showtime}/seats/stream HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        reader.setblocking(False)
        readers.register(reader, selectors.EVENT_READ)
    until_all_have_heard(readers, 60)
    longest = 0.0
    for _ in range(5):
        began = time.monotonic()
        # The rows are changed as by another process, so that this one has to find out.
        stage.cluster.run(
            f"""
            UPDATE showtimes
            SET seat_revision = seat_revision + 1
            WHERE id BETWEEN {stage.world.first_showtime} AND {stage.world.first_showtime + WATCHED - 1}
            """
        )
        until_all_have_heard(readers, 10)
        longest = max(longest, time.monotonic() - began)
    memory = client.peak_mb
    for key in list(readers.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return {"streams_mb": memory, "streams_change_ms": longest * 1000}


def until_all_have_heard(readers: selectors.BaseSelector, limit: float) -> None:
    """Reads until each stream has sent an event."""
    began = time.monotonic()
    waiting = {key.fileobj for key in readers.get_map().values()}
    while waiting:
        if time.monotonic() - began > limit:
            raise RuntimeError(f"{len(waiting)} streams have told of nothing in {limit} seconds")
        for key, _ in readers.select(1):
            if b"id:" in receive(key.fileobj):  # type: ignore[arg-type]
                waiting.discard(key.fileobj)


def receive(reader: socket.socket) -> bytes:
    data = reader.recv(1 << 20)
    if not data:
        raise RuntimeError("a stream was closed")
    return data
