"""The common part of the proxies: faults that wait for a certain moment."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Action = Literal["cut", "delay", "freeze", "truncate", "kill"]
Point = TypeVar("Point", bound=str)


@dataclass(eq=False)
class Ambush(Generic[Point]):
    """A fault that strikes the next time its moment comes."""

    point: Point
    action: Action
    #: Of a delay, or until a frozen connection moves on.
    seconds: float = 0
    #: Whether a frozen connection is cut in the end, or goes on.
    then_cut: bool = True
    #: What happens to the process behind the proxy.
    strike: Callable[[str], None] | None = None
    struck: asyncio.Event = field(default_factory=asyncio.Event)


class Lair(Generic[Point]):
    """The faults that wait at one proxy."""

    def __init__(self) -> None:
        self._waiting: deque[Ambush[Point]] = deque()

    def lay(self, ambush: Ambush[Point]) -> None:
        self._waiting.append(ambush)

    def take(self, *points: Point) -> Ambush[Point] | None:
        """Takes the first fault that waits for one of these moments. From now on it counts as having struck."""
        for ambush in self._waiting:
            if ambush.point in points:
                self._waiting.remove(ambush)
                ambush.struck.set()
                return ambush
        return None

    def clear(self, ambush: Ambush[Point] | None = None) -> None:
        """Removes a fault that never struck, or all."""
        if ambush is None:
            self._waiting.clear()
        elif ambush in self._waiting:
            self._waiting.remove(ambush)
