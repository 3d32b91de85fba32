#!/usr/bin/env python3
"""Whether the time of a refused sign-in tells if a name exists.

    sign_in_timing.py CLIENT_URL DATABASE_URL [--samples 200]

Signs moviegoers up, one of whom gets a hash as scrypt made all of them once, then tries wrong passwords for these names and for one that
nobody has, by turns, so that all see the same machine. The counts of wrong tries are emptied before each try (psql): with them none would
get as far as a hash. Prints the medians and how likely chance alone makes a difference as large (a permutation test over the medians);
ends with status 1 when that is under 1 in 1000 and two medians are more than 2 % apart, or when the answers differ. Rate limits must be
off. Standard library only.
"""

import argparse
import base64
import hashlib
import itertools
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


def scrypt(password):
    """A hash as all were once."""
    salt = secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=1 << 14, r=8, p=5, maxmem=1 << 26, dklen=32)
    return "$scrypt$ln=14,r=8,p=5$" + "$".join(base64.b64encode(part).decode().rstrip("=") for part in (salt, key))


def psql(database_url, statement):
    subprocess.run(["psql", "--no-psqlrc", "--quiet", database_url, "-c", statement], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("client_url")
    parser.add_argument("database_url")
    parser.add_argument("--samples", type=int, default=200)
    arguments = parser.parse_args()

    names = {kind: f"timing_{secrets.token_hex(6)}" for kind in ("new hash", "old hash", "unknown name")}
    for kind in ("new hash", "old hash"):
        password = secrets.token_urlsafe(18)
        status, code, _ = post(f"{arguments.client_url}/v1/accounts", {"username": names[kind], "password": password})
        if status != 201:
            sys.exit(f"signing up was answered {status} {code}")
        if kind == "old hash":
            psql(
                arguments.database_url,
                f"UPDATE accounts SET password_hash = '{scrypt(password)}' WHERE realm = 'client' AND username = '{names[kind]}'")
    seconds = {kind: [] for kind in names}
    for sample in range(arguments.samples + 3):
        for kind in random.sample(list(names), len(names)):
            psql(arguments.database_url, "DELETE FROM sign_in_counts")
            # A wait that the process remembers ends with the counts only after five seconds, so none must ever arise.
            status, code, taken = post(
                f"{arguments.client_url}/v1/sessions", {"login": names[kind], "password": secrets.token_urlsafe(18)})
            if (status, code) != (401, "credentials_wrong"):
                sys.exit(f"a wrong password was answered {status} {code}")
            # The first few warm connections and caches up.
            if sample >= 3:
                seconds[kind].append(taken)
    medians = {kind: statistics.median(taken) for kind, taken in seconds.items()}
    for kind, median in medians.items():
        print(f"{kind:12} {1000 * median:8.2f} ms")
    tells = False
    for first, second in itertools.combinations(names, 2):
        likely = chance(seconds[first], seconds[second])
        apart = abs(medians[first] - medians[second]) / medians[first]
        tells = tells or (likely < 0.001 and apart > 0.02)
        print(f"{first} and {second}: {100 * apart:.2f} % apart, by chance alone in {100 * likely:.1f} % of cases")
    return 1 if tells else 0


if __name__ == "__main__":
    sys.exit(main())
