"""Ports for services that come and go: they stay ours while nobody listens on them."""

from __future__ import annotations

import random
import socket


class Ports:
    """Ports below those that the system gives to outgoing connections, so that none of these takes the place of a service that is away.

    Other copies of the harness avoid these ports too: each copy binds the UDP port of the same number for as long as it runs.
    """

    RANGE = range(20_000, 32_000)

    def __init__(self) -> None:
        self._kept: list[socket.socket] = []

    def take(self) -> int:
        for port in random.sample(self.RANGE, 200):
            keeper = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                keeper.bind(("127.0.0.1", port))
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            except OSError:
                keeper.close()
                continue
            self._kept.append(keeper)
            return port
        raise RuntimeError("no free port")
