"""The invariants that must hold whatever happened, in the order of their checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from books import Books
from money_in_order import (
    console_refunds_are_known,
    figures_are_the_sums,
    money_is_where_it_belongs,
    refunds_happen_once,
    the_bill_agrees,
    the_ledger_agrees,
    views_and_limits,
)
from orders_in_order import acknowledged_orders_are_there, orders_are_whole_and_legal, seats_are_sold_once
from promises_kept import clocks_do_not_matter, everything_comes_to_rest, services_answer_and_live, what_was_acknowledged_has_happened


@dataclass
class Check:
    name: str
    find: Callable[[Books], Iterator[str]]
    problems: list[str] = field(default_factory=list)


def all_checks(books: Books) -> list[Check]:
    """Runs the checks that apply, and returns each with its findings."""
    checks = [
        Check("1  no seat is sold twice, and claims are those of the orders that hold seats", seats_are_sold_once),
        Check("2  every acknowledged order is there, once, as it was acknowledged", acknowledged_orders_are_there),
        Check("3  orders are whole, and their stories legal", orders_are_whole_and_legal),
        Check("4  money at the gateway is the worth of the tickets", money_is_where_it_belongs),
        Check("5  the ledger balances and agrees with payments and refunds", the_ledger_agrees),
        Check("6  nothing is refunded twice, and ended orders keep no money", refunds_happen_once),
        Check("7  box office and seat maps are what the books say, and limits were kept", views_and_limits),
        Check("8  what was acknowledged has happened, and nothing was handed out twice", what_was_acknowledged_has_happened),
        Check("9  services answer in order, live, and keep secrets out of their logs", services_answer_and_live),
        Check("10 clocks that are wrong do no harm", clocks_do_not_matter),
        Check("11 everything comes to rest, and nothing is given up", everything_comes_to_rest),
    ]
    if books.differences is not None:
        checks.append(Check("12 a comparison with the gateway's bill finds the wrong amounts and nothing else", the_bill_agrees))
    if books.has("showtime_figures"):
        checks.append(Check("13 the figures of each showtime are the sums over its tickets", figures_are_the_sums))
    if books.listed is not None:
        checks.append(Check("14 what went back in the gateway's console is known, and listed for a decision", console_refunds_are_known))
    if not books.has("ledger_lines"):
        checks = [check for check in checks if check.find is not the_ledger_agrees]
    for check in checks:
        check.problems = list(check.find(books))
    return checks
