"""All requests and all answers of a run. In the end the books are compared with them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

#: `ok`: done, and we were told so. `refused`: understood and not done. `failed`: not done, by a failure that says so.
#: `unknown`: nobody told us what happened; it may be done or not.
Outcome = Literal["ok", "refused", "failed", "unknown"]

#: The codes under which a service says 503 and promises that nothing was changed.
HARMLESS_503 = {"busy", "database_unavailable"}


@dataclass
class Operation:
    """One request and its outcome."""

    #: What was wanted, which may have taken several requests: they share the number.
    errand: int
    kind: str
    actor: str
    #: The process that was asked.
    service: str
    #: What was wanted: ids and amounts.
    details: dict[str, Any]
    began: float
    ended: float = 0
    outcome: Outcome = "unknown"
    status: int | None = None
    code: str | None = None
    content_type: str | None = None
    answer: Any = None

    @property
    def is_ok(self) -> bool:
        return self.outcome == "ok"

    @property
    def may_have_happened(self) -> bool:
        return self.outcome in ("ok", "unknown")


@dataclass
class Trade:
    """A payment whose start was acknowledged, and what its buyer did at the gateway."""

    number: str
    order: str
    amount_fen: int
    #: What the buyer paid, as far as the gateway said that it took it.
    paid_fen: int | None = None
    knobs: dict[str, Any] = field(default_factory=dict)


class History:
    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.trades: dict[str, Trade] = {}
        #: Notices that a service answered with `success`: the gateway's number of the notice, and our number of the trade.
        self.acknowledged_notices: set[tuple[str, str]] = set()
        #: All notices that reached a service and what it answered.
        self.notices: list[tuple[str, str, str]] = []
        #: What was seen to be wrong while the run went on, by the check that it belongs to.
        self.sightings: list[tuple[str, str]] = []
        #: How often the run was looked at as a whole, in one snapshot.
        self.snapshots = 0
        self._errands = 0

    def new_errand(self) -> int:
        self._errands += 1
        return self._errands

    def begin(self, errand: int, kind: str, actor: str, service: str, details: dict[str, Any]) -> Operation:
        operation = Operation(errand, kind, actor, service, details, began=time.time())
        self.operations.append(operation)
        return operation

    def saw(self, check: str, what: str) -> None:
        """Records a violation that was visible only at that moment."""
        self.sightings.append((check, what))

    def of(self, *kinds: str) -> Iterator[Operation]:
        return (operation for operation in self.operations if operation.kind in kinds)

    def counts(self) -> dict[str, Counter[str]]:
        """The number of operations of each kind, by outcome."""
        counts: dict[str, Counter[str]] = {}
        for operation in self.operations:
            counts.setdefault(operation.kind, Counter())[operation.outcome] += 1
        return counts

    def write(self, folder: Path) -> None:
        """Writes the whole history into files."""
        with open(folder / "history.jsonl", "w", encoding="utf-8") as file:
            for operation in self.operations:
                file.write(json.dumps(asdict(operation), ensure_ascii=False, default=str) + "\n")
        with open(folder / "trades.jsonl", "w", encoding="utf-8") as file:
            for trade in self.trades.values():
                file.write(json.dumps(asdict(trade), ensure_ascii=False) + "\n")
        with open(folder / "notices.jsonl", "w", encoding="utf-8") as file:
            for notice in self.notices:
                file.write(json.dumps(notice, ensure_ascii=False) + "\n")


def outcome_of(status: int, code: str | None) -> Outcome:
    """The outcome that an answer means for its request."""
    if 200 <= status < 300:
        return "ok"
    if 400 <= status < 500:
        return "refused"
    return "failed" if status == 503 and code in HARMLESS_503 else "unknown"
