#!/usr/bin/env python3
"""Whether a flood of wrong passwords leaves a right one in peace.

    sign_in_flood.py CLIENT_URL [--seconds 60] [--rate 167]

Signs two moviegoers up. From ten addresses of this machine (127.0.0.2 and on) wrong passwords are tried for the one, 167 a second, which
are 10,000 a minute; from an eleventh the other signs in once a second. Prints how the wrong ones were answered and how long the right
ones took; ends with status 1 when a right one is refused or takes a second or longer. Rate limits must be off. Standard library only.
"""

import argparse
import collections
import http.client
import json
import secrets
import statistics
import sys
import threading
import time
import urllib.parse


def post(place, source, path, body):
    """The status of the answer and the seconds that it took."""
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60, source_address=(source, 0))
    started = time.perf_counter()
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - started
    finally:
        connection.close()


def flood(place, source, login, until, pause, counts):
    """Tries wrong passwords from one address until the time is over."""
    due = time.monotonic()
    while (now := time.monotonic()) < until:
        if now < due:
            time.sleep(due - now)
        due += pause
        try:
            status, _ = post(place, source, "/v1/sessions", {"login": login, "password": secrets.token_urlsafe(12)})
        except OSError as error:
            status = type(error).__name__
        counts[status] += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("client_url")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=float, default=10_000 / 60)
    arguments = parser.parse_args()
    place = urllib.parse.urlsplit(arguments.client_url)

    people = [(f"flood_{secrets.token_hex(6)}", secrets.token_urlsafe(18)) for _ in range(2)]
    for name, password in people:
        status, _ = post(place, "127.0.0.99", "/v1/accounts", {"username": name, "password": password})
        if status != 201:
            sys.exit(f"signing up was answered {status}")
    (victim, _), (owner, password) = people

    # Three threads an address: one that waits for its answer must not slow the flood down.
    threads, until = 30, time.monotonic() + arguments.seconds
    counts = collections.Counter()
    for number in range(threads):
        arguments_of_thread = (place, f"127.0.0.{2 + number % 10}", victim, until, threads / arguments.rate, counts)
        threading.Thread(target=flood, args=arguments_of_thread, daemon=True).start()
    good = []
    while time.monotonic() < until:
        good.append(post(place, "127.0.0.99", "/v1/sessions", {"login": owner, "password": password}))
        time.sleep(1)

    times = sorted(seconds for _, seconds in good)
    print(f"wrong ones: {sum(counts.values())}, answered {dict(counts)}")
    print(f"right ones: {len(good)}, median {statistics.median(times) * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms")
    failed = [status for status, seconds in good if status != 201 or seconds >= 1]
    if failed:
        sys.exit(f"{len(failed)} right ones were refused or took a second or longer")


main()
