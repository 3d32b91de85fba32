"""The summary that a run prints at its end."""

from __future__ import annotations

from collections import Counter

from books import Books
from history import History
from invariants import Check
from nemesis import Nemesis

#: Of each check; the rest is in the folder of the run.
MOST_PROBLEMS = 12
MOST_REASONS = 16


def operations(history: History) -> list[str]:
    lines = [f"{'operations':<24}{'done':>8}{'refused':>9}{'failed':>8}{'unknown':>9}"]
    total: Counter[str] = Counter()
    for kind, counts in sorted(history.counts().items()):
        total += counts
        lines.append(f"{kind:<24}{counts['ok']:>8}{counts['refused']:>9}{counts['failed']:>8}{counts['unknown']:>9}")
    lines.append(f"{'all':<24}{total['ok']:>8}{total['refused']:>9}{total['failed']:>8}{total['unknown']:>9}")
    return lines


def reasons(history: History) -> list[str]:
    """Why operations did not succeed, the most frequent reasons first."""
    counts = Counter(
        (operation.outcome, f"{operation.kind}: {operation.status or ''} {operation.code or ''}".rstrip())
        for operation in history.operations
        if not operation.is_ok
    )
    lines = [f"{'most frequent reasons':<60}{'':>8}"]
    return lines + [f"{outcome:<9}{reason:<51}{count:>8}" for (outcome, reason), count in counts.most_common(MOST_REASONS)]


def knobs(history: History) -> list[str]:
    """The knobs that were turned at the gateway for the payments that it took."""
    counts: Counter[str] = Counter()
    for trade in history.trades.values():
        if trade.paid_fen is not None:
            names = {
                "amount_fen": "wrong amount",
                "delay_ms": "notice delayed",
                "lose_first": "first notices lost",
                "lost": "all notices lost",
            }
            names |= {
                "duplicates": "notices doubled",
                "reorder": "notices out of order",
                "late": "paid late",
                "tamper": "notices tampered with",
                "content_type": "notices of another type",
                "charset": "notices in GBK or GB 18030",
            }
            counts.update(names[knob] for knob in trade.knobs)
            counts["paid"] += 1
    return [f"{'at the gateway':<40}{'':>8}"] + [f"{name:<40}{count:>8}" for name, count in sorted(counts.items())]


def stories(books: Books) -> list[str]:
    """The outcomes of orders and of the gateway's notices, which show the paths that the run took."""
    causes = Counter(f"{event['cause']} → {event['to_state']}" for events in books.events.values() for event in events)
    lines = [f"{'events of orders':<40}{'':>8}"] + [f"{cause:<40}{count:>8}" for cause, count in sorted(causes.items())]
    outcomes = Counter(notice["outcome"] for notice in books.notifications)
    lines += ["", f"{'recorded notices':<40}{'':>8}"] + [f"{outcome:<40}{count:>8}" for outcome, count in sorted(outcomes.items())]
    reasons = Counter(refund["reason"] for refund in books.refunds)
    reasons["in part or whole from the console"] = sum(1 for refund in books.refunds if refund["foreign_fen"])
    return lines + ["", f"{'refunds':<40}{'':>8}"] + [f"{reason:<40}{count:>8}" for reason, count in sorted(reasons.items())]


def faults(nemesis: Nemesis) -> list[str]:
    lines = [f"{'faults':<40}{'struck':>8}{'missed':>8}"]
    for kind in sorted(nemesis.struck.keys() | nemesis.missed.keys()):
        lines.append(f"{kind:<40}{nemesis.struck[kind]:>8}{nemesis.missed[kind]:>8}")
    lines.append(f"{'all':<40}{nemesis.struck.total():>8}{nemesis.missed.total():>8}")
    return lines


def checks(found: list[Check]) -> list[str]:
    lines: list[str] = []
    for check in found:
        lines.append(f"{'FAILED' if check.problems else 'passed'}  {check.name}")
        lines += [f"            {problem}" for problem in check.problems[:MOST_PROBLEMS]]
        if len(check.problems) > MOST_PROBLEMS:
            lines.append(f"            … and {len(check.problems) - MOST_PROBLEMS} more")
    return lines
