#!/usr/bin/env python3
"""Whether the time of a refused sign-in tells if a name exists.

    sign_in_timing.py CLIENT_URL DATABASE_URL [--samples 200]

Signs a moviegoer up, then tries wrong passwords for that name and for one that nobody has, by turns, so that both see the same machine.
The counts of wrong tries are emptied before each try (psql): with them neither would get as far as a hash. Prints both medians and how
likely chance alone makes a difference as large (a permutation test over the medians); ends with status 1 when that is under 1 in 1000 and
the medians are more than 2 % apart, or when the answers differ. Rate limits must be off. Standard library only.
"""

import argparse
import json
import random
import secrets
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request


def post(url, body):
    """The status, the problem's code and the seconds that it took."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    seconds = time.perf_counter() - started
    return status, json.loads(text).get("code"), seconds


def chance(first, second, rounds=2000):
    """The share of random divisions of all samples whose medians are at least as far apart."""
    generator = random.Random(1)
    apart = abs(statistics.median(first) - statistics.median(second))
    everything = first + second
    hits = 0
    for _ in range(rounds):
        generator.shuffle(everything)
        hits += abs(statistics.median(everything[: len(first)]) - statistics.median(everything[len(first) :])) >= apart
    return hits / rounds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("client_url")
    parser.add_argument("database_url")
    parser.add_argument("--samples", type=int, default=200)
    arguments = parser.parse_args()

    known, unknown = f"timing_{secrets.token_hex(6)}", f"timing_{secrets.token_hex(6)}"
    status, code, _ = post(f"{arguments.client_url}/v1/accounts", {"username": known, "password": secrets.token_urlsafe(18)})
    if status != 201:
        sys.exit(f"signing up was answered {status} {code}")
    seconds = {known: [], unknown: []}
    for sample in range(arguments.samples + 3):
        names = [known, unknown]
        random.shuffle(names)
        for name in names:
            subprocess.run(
                ["psql", "--no-psqlrc", "--quiet", arguments.database_url, "-c", "DELETE FROM sign_in_counts"], check=True
            )
            # A wait that the process remembers ends with the counts only after five seconds, so none must ever arise.
            status, code, taken = post(f"{arguments.client_url}/v1/sessions", {"login": name, "password": secrets.token_urlsafe(18)})
            if (status, code) != (401, "credentials_wrong"):
                sys.exit(f"a wrong password was answered {status} {code}")
            # The first few warm connections and caches up.
            if sample >= 3:
                seconds[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    likely = chance(seconds[known], seconds[unknown])
    apart = abs(medians[known] - medians[unknown]) / medians[known]
    print(f"known name   {1000 * medians[known]:8.2f} ms")
    print(f"unknown name {1000 * medians[unknown]:8.2f} ms   {100 * apart:.2f} % apart, by chance alone in {100 * likely:.1f} % of cases")
    return 1 if likely < 0.001 and apart > 0.02 else 0


if __name__ == "__main__":
    sys.exit(main())
