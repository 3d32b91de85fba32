#!/usr/bin/env python3
"""make routes: each call of the three services, what it needs, and the line of the sources that declares it. FILTER=word for some.

From docs/api.md, which a test compares with the endpoint tables, so it needs no build. Standard library only. A call whose declaration is
not found fails the command.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICE = re.compile(r"^## (\w+Service)$")
CALL = re.compile(r"^\| `([A-Z]+) (/\S*)` \| .* \| (.*) \|$")
# Endpoint(.get, "/v1/movies"; or by the name of a path: Self.path, OrderShape.path.
DECLARED = re.compile(r'Endpoint\(\s*\.(\w+),\s*(?:"((?:[^"\\]|\\\([^)]*\))+)"|(\w+)\.(\w+))')
NAMED = re.compile(r'static let (\w+): PathTemplate = "([^"]+)"')
TYPE = re.compile(r"^(?:\w+ )*(?:struct|enum|extension|class|actor) (\w+)", re.MULTILINE)


def type_at(source, place):
    """The type of the file's top level in which a place lies."""
    types = [match[1] for match in TYPE.finditer(source, 0, place)]
    return types[-1] if types else ""


def pattern(path):
    """The pattern of a declared path on the page. There the kinds of parameters are left out, and an interpolated part may be any word."""
    parts = re.split(r"(\\\([^)]*\))", re.sub(r"\{(\w+):\w+\}", r"{\1}", path))
    return re.compile("".join(r"[^/{}]+" if part.startswith("\\(") else re.escape(part) for part in parts))


def declarations():
    """The declared endpoints: (method, pattern of the path, file, line)."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "Sources").rglob("*.swift"))}
    # Services may have a type of the same name each, so a name is looked up in its own file first.
    named = {}
    for path, source in sources.items():
        for match in NAMED.finditer(source):
            named.setdefault((type_at(source, match.start()), match[1]), {})[path] = match[2]
    found = []
    for path, source in sources.items():
        for match in DECLARED.finditer(source):
            template = match[2]
            if template is None:
                owner = type_at(source, match.start()) if match[3] == "Self" else match[3]
                candidates = named.get((owner, match[4]), {})
                template = candidates.get(path) or next(iter(candidates.values()), None)
            if template is None:
                continue
            line = source.count("\n", 0, match.start()) + 1
            found.append((match[1].upper(), pattern(template), path.relative_to(ROOT), line))
    return found


def calls():
    """Service, method, path and needed permission of each call, in the order of the page."""
    service = None
    for line in (ROOT / "docs/api.md").read_text(encoding="utf-8").splitlines():
        heading, call = SERVICE.match(line), CALL.match(line)
        if heading:
            service = heading[1]
        elif call and service:
            yield service, call[1], call[2], call[3]


def main():
    wanted = sys.argv[1].lower() if len(sys.argv) > 1 else ""
    declared = declarations()
    rows = []
    for service, method, path, needs in calls():
        places = [place[2:] for place in declared if place[0] == method and place[1].fullmatch(path)]
        own = [place for place in places if place[0].parts[1] == service]
        shared = [place for place in places if place[0].parts[1] == "Shared"]
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
    lost = [f"{row[1]} {row[2]}" for row in rows if row[4] == "-"]
    if lost:
        print("The line that declares it was not found: " + ", ".join(lost), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
