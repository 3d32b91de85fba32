#!/usr/bin/env python3
"""make routes: each call of the three services, what it needs, and the line of the sources that declares it. FILTER=word for some.

From docs/api.md, which a test compares with the endpoint tables, so it needs no build. Standard library only.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICE = re.compile(r"^## (\w+Service)$")
CALL = re.compile(r"^\| `([A-Z]+) (/\S*)` \| .* \| (.*) \|$")
DECLARED = re.compile(r"Endpoint\(\s*\.(\w+),\s*\"([^\"]+)\"")


def declarations():
    """Where each method and path is declared: (file, line) by (method, path)."""
    places = {}
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        source = path.read_text(encoding="utf-8")
        for match in DECLARED.finditer(source):
            template = re.sub(r"\{(\w+):\w+\}", r"{\1}", match[2])
            line = source.count("\n", 0, match.start()) + 1
            places.setdefault((match[1].upper(), template), []).append((path.relative_to(ROOT), line))
    return places


def calls():
    """Service, method, path and what it needs, in the order of the page."""
    service = None
    for line in (ROOT / "docs/api.md").read_text(encoding="utf-8").splitlines():
        heading, call = SERVICE.match(line), CALL.match(line)
        if heading:
            service = heading[1]
        elif call and service:
            yield service, call[1], call[2], call[3]


def main():
    wanted = sys.argv[1].lower() if len(sys.argv) > 1 else ""
    places = declarations()
    rows = []
    for service, method, path, needs in calls():
        own = [place for place in places.get((method, path), []) if place[0].parts[1] == service]
        shared = [place for place in places.get((method, path), []) if place[0].parts[1] == "Shared"]
        where = "  ".join(f"{file}:{line}" for file, line in own or shared) or "-"
        row = (service, method, path, needs, where)
        if wanted in " ".join(row).lower():
            rows.append(row)
    if not rows:
        print(f"No call has {wanted} in it.")
        return 1
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)) + "  " + row[4])
    return 0


if __name__ == "__main__":
    sys.exit(main())
