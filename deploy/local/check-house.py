#!/usr/bin/env python3
"""The house rules that a compiler cannot see; part of `make lint`.

1. Who may use whom: features of Sources/Shared are folders of one target, so the compiler lets each use each.
   This reads which types a folder declares and which of them other folders name, and compares with the tables of
   docs/architecture.md, "Rooms". It looks at names of types only: it cannot see a use that names none.
2. Imports: HTTP stays out of the features, services stay apart.
3. SQL stays in the stores.
4. A gateway's words stay in its folder: another gateway must be one more folder.
5. Words that are not written in this project.
6. Operators that end the process on a number of the wrong size, outside of the places that were reviewed: REVIEWED says where and why.
   `abs` and unary minus of the smallest number, a Double that no whole number is near to, a subscript that is computed, and arithmetic in
   files that turn text into numbers. Bound what comes from outside first, then add the place with its reason.
7. Tests don't count on the machine's speed: they wait, and end what hangs, by the means of Tests/TestSupport only.
8. A `defer` doesn't use again what it has just replaced: optimised code released the former value twice there, which ended the process.
9. Infrastructure has no word of cinemas, but for Callers; what lists endpoints is called …Endpoints and stands in a file of its name, and its list `all` has them all.
10. A store is used by its own feature; LENT says which of its statements another feature sends along, and why.
11. A commit's subject has at most 60 characters, in all commits since this rule exists.
12. Stores have one rhythm: tables by their full names, casts and functions in lower case, conditions put together by `conjunction`, pages cut by
    `Page` from `PageRequest.rowLimit` rows, and rows read by `init(row:)`.
13. A refusal and a problem are made of a code and members, without a text: the text stands in the catalogues of API/Language, once in each, in
    the same order.
14. Digits in decimal and hexadecimal, base64url, base32 and percent-encoding are read and written in Text alone; tests may write them by
    hand, to compare.

Standard library only. Prints one line for each finding, file:line first, and ends with status 1 if there is any.
`check-house.py --self-test` checks the checks.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Rooms:
    """Who may use whom, by the two tables of docs/architecture.md.

    In a last cell stand rooms and, for many at once, "Infrastructure" and "features", each with or without "but" and one of them; "nothing"
    stands for none. The head of the table of features says what all of them may use.
    """

    def __init__(self, page):
        section = page.partition("\n## Rooms\n")[2].partition("\n## ")[0]
        rows, self.features, common, below = [], set(), "", None
        for line in section.splitlines():
            if not line.startswith("|") or line.startswith("| ---"):
                continue
            names, *_, use = [cell.strip() for cell in line.strip("|").split("|")]
            if names in ("room", "feature"):
                below = self.features if names == "feature" else None
                common = use.removeprefix("may use").removesuffix("and")
                continue
            for name in names.split(", "):
                rows.append((name, f"{common},{use}"))
                if below is not None:
                    below.add(name)
        everything = {name for name, _ in rows}
        self.infrastructure = everything - self.features - {"Migrations", "DemoData", "API", "Assembly"}
        groups = {"Infrastructure": self.infrastructure, "features": self.features, "nothing": set()}
        self.may_use = {}
        for name, use in rows:
            allowed = set()
            for part in filter(None, (part.strip() for part in use.split(","))):
                many, _, excepted = part.partition(" but ")
                if not {many} <= everything | set(groups) or not {excepted} <= everything | {""}:
                    sys.exit(f"docs/architecture.md: {part!r}, which {name} may use, is no room")
                allowed |= groups.get(many, {many}) - {excepted}
            self.may_use[name] = allowed


ROOMS = Rooms((ROOT / "docs/architecture.md").read_text(encoding="utf-8")).may_use

# The rooms that are targets of their own.
TARGETS = {"Text", "Waiting", "Callers", "Database", "Argon2", "Pictures", "HTTP", "API", "Assembly"}
SERVICES = {"ClientService", "CinemaService", "AdminService"}
OURS = {
    "Text", "Waiting", "Callers", "Database", "HTTP", "Argon2", "Pictures", "Shared", "API", "Assembly", "CLibpq", "CArgon2", "CTurboJPEG",
    "CPNG", "CWebP", "AlipaySandbox", "TestSupport",
} | SERVICES
# Who may import which of our targets; "feature" stands for every folder that belongs to the target Shared.
IMPORTS = {
    "Text": set(),
    "Waiting": set(),
    "Callers": {"Text"},
    "Database": {"CLibpq", "Callers", "Text", "Waiting"},
    "Argon2": {"CArgon2"},
    "Pictures": {"CTurboJPEG", "CPNG", "CWebP"},
    "HTTP": {"Callers", "Text", "Waiting"},
    "feature": {"Callers", "Database", "Argon2", "Pictures", "Text", "Waiting"},
    "API": {"Callers", "Database", "HTTP", "Shared", "Text"},
    "Assembly": {"Callers", "Database", "HTTP", "Shared", "API"},
    "AlipaySandbox": {"HTTP", "Shared", "Text"},
    **{service: {"Callers", "Database", "HTTP", "Shared", "Text", "API", "Assembly"} for service in SERVICES},
}
# Other packages' modules for HTTP. A feature must not use them, except to call a gateway.
HTTP_MODULES = {"Hummingbird", "HummingbirdCore", "HummingbirdTesting", "HTTPTypes", "NIOHTTP1", "NIOHTTPTypes", "AsyncHTTPClient"}
CALLS_GATEWAYS = {room: {"AsyncHTTPClient", "NIOHTTP1"} for room in ("Payments", "Accounts", "Messages")}

# The words of each gateway, and where they may stand: its folder, its stand-in, and the assembly of the services.
GATEWAYS = [
    (
        re.compile(r"alipay|\bACQ\.|\bisv\.|\bisp\.", re.IGNORECASE),
        re.compile(r"^Sources/(Shared/Features/Payments/Gateways/Alipay/|AlipaySandbox/|Shared/Assembly/(SellingAssembly|AlipaySettings|AllSettings)\.swift$)"),
    ),
]

# The files around each C library; nothing else imports it.
C_WRAPPERS = {
    "CLibpq": {
        "Sources/Shared/Infrastructure/Database/Connection/LibpqConnection.swift",
        "Sources/Shared/Infrastructure/Database/Connection/LibpqResult.swift",
    },
    "CArgon2": {"Sources/Shared/Infrastructure/Argon2/Argon2id.swift"},
    "CTurboJPEG": {"Sources/Shared/Infrastructure/Pictures/JPEGDecoder.swift"},
    "CPNG": {"Sources/Shared/Infrastructure/Pictures/PNGDecoder.swift"},
    "CWebP": {"Sources/Shared/Infrastructure/Pictures/WebPCodec.swift"},
}
# In the file around libpq, pointers make these two unavoidable.
LIBPQ_WRAPPERS = re.compile(r"^Sources/Shared/Infrastructure/Database/Connection/Libpq(Connection|Result)\.swift$")
FORBIDDEN = [
    (r"\btry!", "try!", False),
    (r"\bas!", "as!", False),
    (r"\bfatalError\b", "fatalError", False),
    (r"@unchecked\s+Sendable\b", "@unchecked Sendable", True),
    (r"\bnonisolated\(unsafe\)", "nonisolated(unsafe)", True),
]
# Waits for a time instead of an event, time limits that include the wait for a turn, and times compared with a number.
HURRIED = [
    (re.compile(r"\.timeLimit\("), "a time limit counts the wait for the test's turn; say .inTurn"),
    (re.compile(r"\b(Task|Thread)\.sleep\b"), "a test waits by until, eventually, hang or letPass of TestSupport"),
    (re.compile(r"\bContinuousClock(\.now|\(\)\.now)\s*-|\.duration\(to:"), "a test measures no time, but by elapsed of TestSupport for a lower bound"),
    (re.compile(r"\bSuspendingClock\b"), "a test measures no time"),
    (re.compile(r"\bClientBootstrap\(|\bHTTPClient\.shared\b|\btimeout: \.seconds\(\d\d"), "a test's connections have all the time: .patient of TestSupport"),
    (re.compile(r"\bTask\.yield\b"), "what never comes would hang here; say until of TestSupport"),
    (re.compile(r"\bwhile\b(?![^{\n]*\blet\b)[^{\n]*\bawait\b"), "what never comes would hang here; say until of TestSupport"),
]
STORE = re.compile(r"\b[A-Z]\w*Store\b")
# Stores whose statements other features send along in round trips and transactions of their own.
LENT = {
    "IdempotencyStore": ({"Orders"}, "a batch of bookings reads and records its keys in its own two round trips"),
    "SessionStore": ({"Orders"}, "a batch of bookings checks its buyers' sessions in its first round trip"),
    "GrantStore": ({"Orders"}, "and their permissions"),
    "TicketStore": ({"Orders"}, "tickets are issued, handed out and voided under their order's lock"),
    "ShowtimeSummaryStore": ({"Orders", "Tickets"}, "an order is opened and shown with its showtime's names, read beside it"),
    "PaymentClosingStore": ({"Orders"}, "what ends an order asks for its payments to be closed in the same statement"),
    "RefundPolicyStore": ({"Orders"}, "an order is shown with the policy that its buyer agreed to, read in the same round trip"),
    "CinemaStore": ({"Showtimes"}, "cinemas are listed by the prices of what they show, in one statement"),
    "MovieListStore": ({"Showtimes"}, "movies are listed by what a city shows of them, in one statement"),
    "ShownPictureStore": ({"Catalog", "Places", "Showtimes"}, "things are read with their pictures in one statement"),
    "MerchantQuotaStore": ({"Showtimes"}, "requests for rights count against the merchant's quotas"),
}
# A table that a statement names twice has a second name there, which says what its rows are beside the first.
SECOND_NAMES = {
    "administrative_divisions": {"districts"},
    "cities": {"taken"}, "hall_layouts": {"newer"}, "payments": {"later"}, "sessions": {"parents", "children"},
}
ALIAS = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+([a-z_]+)(?:\s+AS\s+|[ ]+)([a-z_]+)\b")
UPPER_CASE = re.compile(
    r"\b(?:COALESCE|EXTRACT|GREATEST|LEAST|NULLIF|COUNT|SUM|MIN|MAX|ABS|UNNEST|LOWER|UPPER|NOW|ARRAY_AGG|CAST)\(|::[A-Z]"
    r"|\b(?:BIGINT|TEXT|INTEGER|JSONB|BOOLEAN|SMALLINT|UUID)\b"
)
RHYTHM = [
    (re.compile(r'\b(\w+)\s*=\s*(?:"|"""\s*)\\\(\1\)\s+AND\b|\.reduce\([^\n]*\\\(\$0\) AND\b'), "conditions are put together by conjunction"),
    (re.compile(r"\blimit \+ 1\b"), "a page reads as many rows as its rowLimit says"),
    (re.compile(r"\bPageCursor\("), "only Page makes and PageRequest reads a cursor"),
    (re.compile(r"\bstatic func \w+\(_ row: PostgresRow\) throws -> [A-Z]\w*(?:\.\w+)* \{"), "a row is read by init(row:) beside the store"),
]
# A refusal or problem that is made with a text.
TOLD = re.compile(
    r"\b(?:Refusal|Problem)(?:\.\w+)?\(\s*(?:(?:status: \d+|\.\w+(?:\((?:[^()]|\([^()]*\))*\))?),\s*)?"
    r'"(?P<code>[a-z_]+)",\s*"(?:[^"\\]|\\.)*"'
)
CATALOGUES = "Sources/Shared/API/Language/{}Texts.swift"
CATALOGUE_LINE = re.compile(r'^ +"([a-z0-9_.]+)":', re.M)
# The last commit before rule 11.
BEFORE_SUBJECTS = "a20c42c119e9"
# What Text has, as it looks where somebody writes it by hand; of the source without its comments.
BY_HAND = [
    (re.compile(r"0123456789(?:abcdef(?!g)|ABCDEF(?!G))|%02[xX]|>>\s*4\b"), "hexadecimal digits: say .hexadecimal, or Hexadecimal"),
    (re.compile(r"\b(?:adding|removing)PercentEncoding\b|\burl\w+Allowed\b"), "percent-encoding: say PercentEncoding"),
    (re.compile(r'\.replacing\("[+-]", with: "[+-]"\)|base64EncodedString\(\)\s*\.replacing'), "base64url: say Base64URL, or UnpaddedBase64"),
    (re.compile(r'0x30\.\.\.0x39|UInt8\(ascii: "0"\)\.\.\.UInt8\(ascii: "9"\)'), "decimal digits: say isDecimalDigit, decimalDigit or isAlphanumeric"),
    (re.compile(r"ABCDEFGHIJKLMNOPQRSTUVWXYZ(?=234567|abcdefghijklmnopqrstuvwxyz)"), "the digits of base32, base62 or base64: say Base32, Alphabet.base62 or Base64URL"),
]
DEFER = re.compile(r"\bdefer\s*\{")
# Assignments to a whole variable or property; not to an element, and not to a variable that the block declares.
REPLACEMENT = re.compile(r"(?<![\w.])(?<!let )(?<!var )([A-Za-z_]\w*(?:\.\w+)*)\s*=(?![=>])")
# Words of cinemas. "order" alone has too many other meanings, and a number before a name stands for a service's port.
CINEMA = re.compile(r"(?<!\d )\b((cinema|movie|film|showtime|screening|hall|seat|ticket|payment|refund|merchant)s?|orders)\b", re.IGNORECASE)
LISTS_ENDPOINTS = re.compile(r"\bstruct (\w+)\b[^{]*\{(?:(?!\n\}).)*?\n    (?:package )?(?:let|var) all: \[Endpoint\]", re.DOTALL)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SQL = re.compile(
    r"\b(SELECT\s+\S|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|UPDATE\s*$|DELETE\s+FROM\b|FOR\s+UPDATE\b|FOR\s+NO\s+KEY\b"
    r"|CREATE\s+(TABLE|INDEX|UNIQUE)\b|ALTER\s+TABLE\b|RETURNING\s+\w)",
    re.MULTILINE,
)

# A minus before a name or a computed value, not before a literal. Swift reads it as unary after an opening bracket or an operator.
UNARY_MINUS = re.compile(r"(?:(?<=[(\[,=:?!&|<>+*/{\s.-])|^)-(?=[A-Za-z_(])", re.MULTILINE)
CONVERSION = re.compile(r"(?<![\w.])U?Int(?:8|16|32|64|128)?\(")
# A Double inside of a conversion. Labels such as `clamping:` and `exactly:` mark the safe forms.
LABELLED = re.compile(r"\s*\w+:")
DOUBLE = re.compile(r"rounded|Double|[tT]imeInterval|[sS]econds|pause|\s/\s")
COMPUTED_SUBSCRIPT = re.compile(r"\w\[[^\[\]\n]*(?:\s[-+*/%]\s|\bcount\b)[^\[\]\n]*\]")
NUMBER_OF_TEXT = re.compile(
    r"(?<![\w.])(?:U?Int(?:64)?|Double)\("
    r"(?:\$0\)|(?:text|year|longitude|latitude|header)\b|(?:keys|parts|row|fields|cells|pieces|columns)\[)"
)
ARITHMETIC = re.compile(r"(?<=[\w)\]])\s(?:[-+*]|<<|[-+*]=)\s(?=[\w(.])")

# How many files of Swift a folder may hold.
MOST_FILES = 30

# How many such operators a file has, and why none of them can trap. Another number is a finding: look at the change, then count again.
REVIEWED = {
    "Sources/AlipaySandbox/NoticeCourier.swift": (1, "an attempt that the loop bounds"),
    "Sources/AlipaySandbox/SandboxControls.swift": (1, "constants; the number that is read has a range"),
    "Sources/AlipaySandbox/TradeBook.swift": (1, "our own clock"),
    "Sources/ClientService/PaymentEndpoints.swift": (1, "there are two, compared before"),
    "Sources/Shared/Features/DemoData/DemoLayout.swift": (1, "there is a last one, looked at before"),
    "Sources/Shared/Features/DemoData/DemoWorld.swift": (1, "a list of one sum more than there are showtimes"),
    "Sources/Shared/Features/DemoData/SeededNumbers.swift": (1, "within the list, which is ours"),
    "Sources/Shared/Infrastructure/Database/Values/PostgresCodable+Integers.swift": (1, "Int64.min is told apart before"),
    "Sources/Shared/Infrastructure/Database/Values/PostgresCodable+Scalars.swift": (1, "the years 1 to 9999, compared before"),
    "Sources/Shared/Infrastructure/HTTP/Configuration/SettingNames.swift": (4, "within the rows and columns of a table that the loops bound"),
    "Sources/Shared/Infrastructure/Text/JSON/DecimalDigits.swift": (1, "within the digits, compared before"),
    "Sources/Shared/Infrastructure/Text/Timestamp.swift": (1, "clamped to the years 1 to 9999"),
    "Sources/Shared/Infrastructure/HTTP/Limits/RateLimiter.swift": (3, "settings with ranges, and our own clock"),
    "Sources/Shared/Infrastructure/HTTP/Server/BodyReader.swift": (1, "lengths of what is in memory, within the limit of a body"),
    "Sources/Shared/Infrastructure/HTTP/Server/ConnectionLimits.swift": (2, "settings with ranges"),
    "Sources/Shared/Infrastructure/HTTP/Server/RequestGuard.swift": (1, "a setting with a range"),
    "Sources/Shared/Infrastructure/HTTP/Server/SurplusConnections.swift": (1, "a setting with a range"),
    "Sources/Shared/Infrastructure/IPGeography/IPRanges.swift": (2, "above 0, compared before"),
    "Sources/Shared/Features/Accounts/Codes/OneTimeCodes.swift": (2, "pauses that our own rules made"),
    "Sources/Shared/Features/Accounts/Passwords/CommonPasswords.swift": (2, "places in a password, compared before"),
    "Sources/Shared/Infrastructure/Pictures/WebPCodec.swift": (1, "rows of a size that was bounded"),
    "Sources/Shared/Infrastructure/QRCode/QRCodewords.swift": (2, "the sizes of ISO 18004's tables"),
    "Sources/Shared/Infrastructure/QRCode/QRMatrix+Penalty.swift": (3, "within a matrix of at most 177 by 177"),
    "Sources/Shared/Infrastructure/QRCode/QRMatrix.swift": (12, "within a matrix of at most 177 by 177"),
    "Sources/Shared/Infrastructure/QRCode/ReedSolomon.swift": (1, "compared before"),
    "Sources/Shared/Features/Accounts/Passwords/PasswordHash.swift": (2, "the function before them is none where there are fewer fields"),
    "Sources/Shared/Features/Accounts/Throttling/SignInThrottle.swift": (2, "pauses that our own rules made"),
    "Sources/Shared/Features/Accounts/SecondFactor/TOTP.swift": (4, "bytes of a hash and of random secrets, of fixed lengths"),
    "Sources/Shared/Infrastructure/Imports/ImportBatches.swift": (1, "within the rows"),
    "Sources/Shared/Infrastructure/Messages/RelaySender.swift": (1, "our own clock"),
    "Sources/Shared/Features/Orders/Entering/EntryWindow.swift": (1, "a setting with a range"),
    "Sources/Shared/Features/Orders/LedgerEntry+Orders.swift": (10, "amounts of orders, bounded by prices and seats"),
    "Sources/Shared/Features/Orders/Opening/OrderOpeningStore+Facts.swift": (2, "lists are joined, and seats of one showtime added up"),
    "Sources/Shared/Features/Orders/UUID+TimeOrdered.swift": (1, "our own clock"),
    "Sources/Shared/Infrastructure/Callers/PageCursor.swift": (5, "constants, and moments of the years 1 to 9999 in the database"),
    "Sources/Shared/Features/Payments/Errands/PaymentQuerying.swift": (1, "a constant"),
    "Sources/Shared/Features/Payments/Reconciliation/ReconciliationConfiguration.swift": (2, "a setting with a range"),
    "Sources/Shared/Features/Payments/Reconciliation/Reconciling.swift": (1, "within the collection"),
    "Sources/Shared/Features/Places/CinemaStore.swift": (1, "a way along the ground of at most half the earth's girth"),
    "Sources/Shared/Features/Places/CityListScanner.swift": (1, "there is a last one, looked at before"),
    "Sources/Shared/Features/Places/HallLayout.swift": (2, "compared before"),
    "Sources/Shared/API/Places/PlaceBody+OpeningHours.swift": (2, "hours and minutes of a day, compared before"),
    "Sources/Shared/Assembly/RateLimitSettings.swift": (2, "lists and texts are joined"),
    "Sources/Shared/Assembly/SellingSettings.swift": (4, "settings with ranges, and defaults of our own"),
    "Sources/Shared/Features/Showtimes/Listing/ShowtimeListingStore.swift": (1, "lists that are joined"),
    "Sources/Shared/Features/Showtimes/Listing/CinemaScheduleStore.swift": (1, "a way along the ground of at most half the earth's girth"),
    "Sources/Shared/Features/Catalog/MovieListStore.swift": (2, "lists that are joined"),
    "Sources/Shared/Features/Seats/Choosing/OrphanFreeSearch.swift": (15, "places in a hall of at most 100 by 100"),
    "Sources/Shared/Features/Seats/Choosing/SeatField+Groups.swift": (7, "places in a hall of at most 100 by 100"),
    "Sources/Shared/Features/Seats/Choosing/SeatField.swift": (7, "places in a hall of at most 100 by 100"),
    "Sources/Shared/Features/Seats/Maps/SeatHint.swift": (3, "within the list"),
    "Sources/Shared/Features/Seats/Maps/SeatMapSteps.swift": (3, "lengths of what is in memory"),
    "Sources/Shared/Features/Tickets/TicketPass.swift": (1, "a showtime's start, of the years 1 to 9999"),
}

DECLARATION = re.compile(
    r"(?P<before>(?:@\w+(?:\([^)]*\))?\s+|\b(?:package|public|internal|private|fileprivate|final|indirect|distributed|nonisolated)\s+)*)"
    r"(?<!import )\b(?:struct|class|enum|actor|protocol|typealias|macro)\s+(?P<name>[A-Z]\w*)"
)
IMPORT = re.compile(
    r"^[ \t]*(?:[@\w]+[ \t]+)*import[ \t]+(?:(?:struct|class|enum|protocol|typealias|func|let|var)[ \t]+)?(\w+)",
    re.MULTILINE,
)
GENERIC = re.compile(r"<([^<>()]*)>")


def split(source):
    """The source as (code, strings, comments), all of the same length. Each is blank where the others have text; line ends stay in all."""
    code, strings, comments = [], [], []

    def put(text, where):
        blank = re.sub(r"[^\n]", " ", text)
        for part in (code, strings, comments):
            part.append(text if part is where else blank)

    def literal(at):
        """Reads a string literal from its opening quote on; its interpolations count as code. Returns where it ends."""
        hashes = re.match(r"#*", source[at:]).group()
        quote = '"""' if source.startswith('"""', at + len(hashes)) else '"'
        end, escape = quote + hashes, "\\" + hashes
        opening = hashes + quote
        put(opening, strings)
        at += len(opening)
        while at < len(source):
            if source.startswith(end, at):
                put(end, strings)
                return at + len(end)
            if source.startswith(escape + "(", at):
                put(escape, strings)
                at = parenthesis(at + len(escape))
            elif source.startswith(escape, at):
                put(source[at : at + len(escape) + 1], strings)
                at += len(escape) + 1
            elif source[at] == "\n" and quote == '"':
                return at
            else:
                end_of_run = inside.match(source, at + 1).end()
                put(source[at:end_of_run], strings)
                at = end_of_run
        return at

    def parenthesis(at):
        """Reads code from an opening parenthesis to its closing one."""
        depth = 0
        while at < len(source):
            if source[at] == "(":
                depth += 1
            elif source[at] == ")":
                depth -= 1
                if depth == 0:
                    # Only this character: the next one belongs to the string again.
                    put(")", code)
                    return at + 1
            at = step(at)
        return at

    def step(at):
        """Reads one piece: a comment, a literal or a character of code."""
        if source.startswith("//", at):
            end = source.find("\n", at)
            end = len(source) if end < 0 else end
            put(source[at:end], comments)
            return end
        if source.startswith("/*", at):
            depth, end = 1, at + 2
            while end < len(source) and depth:
                if source.startswith("/*", end):
                    depth, end = depth + 1, end + 2
                elif source.startswith("*/", end):
                    depth, end = depth - 1, end + 2
                else:
                    end += 1
            put(source[at:end], comments)
            return end
        if source[at] == '"' or (source[at] == "#" and re.match(r'#+"', source[at:])):
            return literal(at)
        end = plain.match(source, at + 1).end()
        put(source[at:end], code)
        return end

    inside = re.compile(r"[^\\\"\n]*")
    plain = re.compile(r"[^/\"#()]*")
    at = 0
    while at < len(source):
        at = step(at)
    return "".join(code), "".join(strings), "".join(comments)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def room_of(path):
    """The room that a file belongs to: a folder of Infrastructure or Features, or API, Assembly, Migrations; None outside of Shared."""
    parts = path.parts
    if parts[:2] != ("Sources", "Shared"):
        return None
    floors = parts[2:-1]
    if not floors or floors[0] in ("Infrastructure", "Features") and len(floors) < 2:
        return ""
    return floors[1] if floors[0] in ("Infrastructure", "Features") else floors[0]


class File:
    def __init__(self, path, source):
        self.path = path
        self.source = source
        self.code, self.strings, self.comments = split(source)
        self.room = room_of(path)
        self.top_level, self.all_names = self.declarations()

    def declarations(self):
        """Names of types that other files can see at the top level, and of all types and type parameters declared here."""
        depth, depths = 0, []
        for character in self.code:
            depths.append(depth)
            depth += (character == "{") - (character == "}")
        top, everything = set(), set()
        for match in DECLARATION.finditer(self.code):
            everything.add(match["name"])
            if depths[match.start()] == 0 and not re.search(r"\b(private|fileprivate)\b", match["before"]):
                top.add(match["name"])
        for match in re.finditer(r"\bassociatedtype\s+(\w+)", self.code):
            everything.add(match[1])
        for match in re.finditer(r"\b(?:func|init|struct|class|enum|actor|typealias)\b[^{(=]*?" + GENERIC.pattern, self.code):
            for parameter in match[1].split(","):
                name = re.match(r"\s*(?:each\s+|let\s+)?([A-Z]\w*)", parameter)
                if name:
                    everything.add(name[1])
        return top, everything


def uses_of_other_rooms(files):
    """One finding for each type of a room that a file of another room names without leave."""
    owners = {}
    for file in files:
        if file.room:
            for name in file.top_level:
                owners.setdefault(name, set()).add(file.room)
    names_in_room = {}
    for file in files:
        if file.room is not None:
            names_in_room.setdefault(file.room, set()).update(file.top_level)
    for file in files:
        if file.room is None:
            continue
        if file.room not in ROOMS:
            yield file, 1, f"{file.room or 'this'} is not a room of docs/architecture.md; add it to a table there"
            continue
        allowed = ROOMS[file.room]
        seen = set()
        for match in re.finditer(r"(?<![\w.])(?:(?:Shared|Database|HTTP)\.)?([A-Z]\w*)", file.code):
            name = match[1]
            homes = owners.get(name, set())
            if not homes or file.room in homes or name in names_in_room[file.room] or name in file.all_names or name in seen:
                continue
            if not homes & allowed:
                seen.add(name)
                yield file, line_of(file.code, match.start()), f"{file.room} must not use {name} of {', '.join(sorted(homes))}"


def wrong_imports(files):
    for file in files:
        parts = file.path.parts
        if parts[0] != "Sources":
            continue
        if file.room is None:
            who = parts[1]
        else:
            who = file.room if file.room in TARGETS else "feature"
        allowed = IMPORTS.get(who)
        if allowed is None:
            yield file, 1, f"Sources/{who} is not in the table of deploy/local/check-house.py"
            continue
        for match in IMPORT.finditer(file.code):
            module = match[1]
            carries_http = who == "feature" and module in HTTP_MODULES - CALLS_GATEWAYS.get(file.room, set())
            wrappers = C_WRAPPERS.get(module, {file.path.as_posix()})
            if (module in OURS and module not in allowed) or carries_http or file.path.as_posix() not in wrappers:
                yield file, line_of(file.code, match.start(1)), f"{who if who != 'feature' else 'a feature'} must not import {module}"


def sql_outside_of_stores(files):
    for file in files:
        if file.path.parts[0] != "Sources" or file.room == "Database" or re.search(r"Store(\+\w+)?\.swift$", file.path.name):
            continue
        match = SQL.search(file.strings)
        if match:
            yield file, line_of(file.strings, match.start()), "SQL belongs in a …Store.swift"


def words_of_gateways(files):
    for file in files:
        for words, home in GATEWAYS:
            match = words.search(file.source)
            if match and file.path.parts[0] == "Sources" and not home.match(file.path.as_posix()):
                yield file, line_of(file.source, match.start()), f"{match[0]} belongs to a gateway's folder in Sources/Shared/Features/Payments/Gateways"


def cinemas_in_infrastructure(files):
    for file in files:
        outside = file.path.parts[:3] != ("Sources", "Shared", "Infrastructure") or file.room == "Callers"
        match = None if outside else CINEMA.search(file.source)
        if match:
            yield file, line_of(file.source, match.start()), f"{match[0]} is no word of Infrastructure"


def names_of_endpoints(files):
    for file in files:
        if file.path.parts[0] != "Sources" or not (file.room == "API" or file.path.parts[1] in SERVICES):
            continue
        for match in LISTS_ENDPOINTS.finditer(file.code):
            if not match[1].endswith("Endpoints") or match[1] != file.path.stem:
                yield file, line_of(file.code, match.start()), f"{match[1]} lists endpoints: call it, and its file, …Endpoints"


ENDPOINT = re.compile(r"\b(?:var|let|func) (\w+)(?:\([^)]*\))?(?:: | -> )Endpoint\b(?!\.)")
TYPE_OR_ALL = re.compile(r"\b(?:var|let) all(?:: \[Endpoint\])")


def endpoints_not_listed(files):
    """Each endpoint of a …Endpoints that its list `all` doesn't name: nobody could call it."""
    for file in files:
        if file.path.parts[0] != "Sources" or not (file.room == "API" or file.path.parts[1] in SERVICES):
            continue
        listed = TYPE_OR_ALL.search(file.code)
        if not listed or not file.path.stem.endswith("Endpoints"):
            continue
        opening = file.code.find("{", listed.end())
        block = inside_of(file.code, opening + 1, "{", "}") if opening >= 0 else ""
        for match in ENDPOINT.finditer(file.code):
            if match[1] not in re.findall(r"\w+", block):
                yield file, line_of(file.code, match.start()), f"{match[1]} is not in `all`: no service would serve it"


CHANGES_BY_PERMISSION = re.compile(r"\bEndpoint\(\s*\.(?:post|put|patch|delete),(?:(?!\n        \) \{ call in).)*?access: \.permission\(", re.DOTALL)
# What leaves no row in the audit trail: endpoint and reason.
UNAUDITED = {
    ("CollectionEndpoints", "collect"): "the tickets name who handed them over",
    ("ManagedOrderEndpoints", "open"): "the order's events name the clerk",
    ("RefundEndpoints", "preview"): "it changes nothing",
    ("RefundEndpoints", "requestByBuyer"): "the order's events name the buyer",
    ("RefundEndpoints", "requestByStaff"): "`request`, beside it, names the row",
}


def unaudited_changes(files):
    """Each changing endpoint of staff that neither names a row of the audit trail nor hands its feature the address for one."""
    for file in files:
        if file.path.parts[0] != "Sources" or not (file.room == "API" or file.path.parts[1] in {"CinemaService", "AdminService"}):
            continue
        for match in ENDPOINT.finditer(file.code):
            opening = file.code.find("{", match.end())
            block = inside_of(file.code, opening + 1, "{", "}") if opening >= 0 else ""
            if not CHANGES_BY_PERMISSION.search(block) or re.search(r"\baudit: |\baddress: call\.address\b", block):
                continue
            if (file.path.stem, match[1]) not in UNAUDITED:
                yield file, line_of(file.code, match.start()), f"{match[1]} leaves no row in the audit trail; name one, or say in UNAUDITED why not"


def hurried_tests(files):
    for file in files:
        if file.path.parts[0] != "Tests" or file.path.parts[1] == "TestSupport":
            continue
        for pattern, advice in HURRIED:
            for match in pattern.finditer(file.code):
                yield file, line_of(file.code, match.start()), advice


def inside_of(code, at, opening, closing):
    """The text between the opening bracket before a position and its closing one."""
    depth, end = 1, at
    while end < len(code) and depth:
        depth += (code[end] == opening) - (code[end] == closing)
        end += 1
    return code[at : end - 1]


def written_by_hand(files):
    for file in files:
        if file.path.parts[0] != "Sources" or file.room == "Text":
            continue
        # Code and literals, since some of these are the one and some the other.
        source = "".join(max(pair) for pair in zip(file.code, file.strings))
        for pattern, what in BY_HAND:
            for match in pattern.finditer(source):
                yield file, line_of(source, match.start()), f"{what} of Text"


def lent_stores(files):
    owners = {name: file.room for file in files for name in file.top_level if STORE.fullmatch(name) and file.path.parts[0] == "Sources"}
    for file in files:
        if file.path.parts[0] != "Sources":
            continue
        seen = set()
        for match in STORE.finditer(file.code):
            name, owner = match[0], owners.get(match[0])
            if owner is None or owner == file.room or name in seen or file.room in LENT.get(name, ((), ""))[0]:
                continue
            seen.add(name)
            yield file, line_of(file.code, match.start()), f"{name} belongs to {owner}: call the feature, or say in LENT why not"


def rhythm_of_stores(files):
    for file in files:
        if file.path.parts[0] != "Sources" or file.room in {"Text", "Waiting", "Callers"}:
            continue
        for pattern, advice in RHYTHM:
            for match in pattern.finditer(file.source):
                yield file, line_of(file.source, match.start()), advice
        if not re.search(r"Store(\+\w+)?\.swift$", file.path.name):
            continue
        for match in ALIAS.finditer(file.strings):
            if match[2] not in SECOND_NAMES.get(match[1], set()):
                yield file, line_of(file.strings, match.start()), f"{match[1]} is called by its full name in SQL, not {match[2]}"
        for match in UPPER_CASE.finditer(file.strings):
            yield file, line_of(file.strings, match.start()), f"{match[0]} is written in lower case in SQL"


def texts_of_codes(files):
    """One finding for each text beside a code, for each code that a catalogue has twice, and for the first that stands elsewhere in the other."""
    catalogues = {}
    for file in files:
        if file.path.parts[0] != "Sources":
            continue
        for match in TOLD.finditer(file.source):
            yield file, line_of(file.source, match.start()), f"{match['code']} gets its texts in API/Language"
        for language in ("English", "Chinese"):
            if str(file.path) == CATALOGUES.format(language):
                catalogues[language] = file, list(CATALOGUE_LINE.finditer(file.source))
    for file, lines in catalogues.values():
        known = set()
        for line in lines:
            if line[1] in known:
                yield file, line_of(file.source, line.start(1)), f"{line[1]} has a text already"
            known.add(line[1])
    if len(catalogues) == 2:
        (_, english), (file, chinese) = catalogues["English"], catalogues["Chinese"]
        for one, other in zip(english, chinese):
            if one[1] != other[1]:
                where = line_of(file.source, other.start(1))
                yield file, where, f"{other[1]} stands where the English catalogue has {one[1]}"
                break


def long_subjects(root):
    """The subjects of commits that are too long; none where there is no history to look at."""
    command = ["git", "-C", str(root), "log", "--no-merges", "--format=%h %s", f"{BEFORE_SUBJECTS}..HEAD"]
    log = subprocess.run(command, capture_output=True, text=True)
    for line in log.stdout.splitlines() if log.returncode == 0 else []:
        commit, _, subject = line.partition(" ")
        if len(subject) > 60:
            yield f"commit {commit}: its subject has {len(subject)} characters, 60 are the most"


def replaced_in_defer(files):
    for file in files:
        for match in DEFER.finditer(file.code):
            block = inside_of(file.code, match.end(), "{", "}")
            for replacement in REPLACEMENT.finditer(block):
                name, rest = replacement[1], block[replacement.end() :]
                # The assigned value ends with its line.
                _, _, after = rest.partition("\n") if ";" not in rest.split("\n")[0] else rest.partition(";")
                if name != "_" and re.search(rf"(?<![\w.]){re.escape(name)}\b", after):
                    where = line_of(file.code, match.end() + replacement.start())
                    yield file, where, f"a defer that uses {name} again after replacing it is miscompiled; write it without one"


def crowded_folders(files):
    folders = {}
    for file in files:
        folders.setdefault(file.path.parent.as_posix(), []).append(file)
    for folder, inside in sorted(folders.items()):
        if len(inside) > MOST_FILES:
            yield inside[0], 1, f"{folder} has {len(inside)} files, {MOST_FILES} are the most: give some of them a folder of their own"


def forbidden_words(files):
    for file in files:
        wraps_libpq = LIBPQ_WRAPPERS.match(file.path.as_posix())
        for pattern, word, allowed_around_libpq in FORBIDDEN:
            if allowed_around_libpq and wraps_libpq:
                continue
            for match in re.finditer(pattern, file.code):
                yield file, line_of(file.code, match.start()), f"{word} is not used in this project"
        for match in UNFINISHED.finditer(file.comments):
            yield file, line_of(file.comments, match.start()), f"{match[1]}: finish it, or file an issue and say so"


def trapping(file):
    """The places of operators in a file that can end the process."""
    found = [(match.start(), "abs") for match in re.finditer(r"(?<![\w.])(?:Swift\.)?abs\(", file.code)]
    found += [(match.start(), "unary minus") for match in UNARY_MINUS.finditer(file.code)]
    for match in CONVERSION.finditer(file.code):
        argument = inside_of(file.code, match.end(), "(", ")")
        if DOUBLE.search(argument) and not LABELLED.match(argument):
            found.append((match.start(), "a Double as a whole number"))
    found += [(match.start(), "a computed subscript") for match in COMPUTED_SUBSCRIPT.finditer(file.code)]
    if NUMBER_OF_TEXT.search(file.code):
        found += [(match.start(), "arithmetic where text becomes numbers") for match in ARITHMETIC.finditer(file.code)]
    return sorted(found)


def trapping_operators(files):
    for file in files:
        if file.path.parts[0] != "Sources":
            continue
        found = trapping(file)
        count, _ = REVIEWED.get(file.path.as_posix(), (0, ""))
        if len(found) == count:
            continue
        if not found:
            yield file, 1, f"REVIEWED in deploy/local/check-house.py has {count} trapping operators here; there are none"
        for position, what in found:
            yield file, line_of(file.code, position), f"{what} can end the process: {len(found)} such here, {count} were reviewed"


def findings(files):
    checks = (
        uses_of_other_rooms, wrong_imports, sql_outside_of_stores, words_of_gateways, cinemas_in_infrastructure, names_of_endpoints,
        endpoints_not_listed, hurried_tests, replaced_in_defer, crowded_folders, forbidden_words, trapping_operators, lent_stores,
        rhythm_of_stores, texts_of_codes, written_by_hand, unaudited_changes,
    )
    for check in checks:
        yield from check(files)


def self_test():
    """Checks that each rule finds the faults that it is meant for, and nothing else."""
    cinema = ("Shared/Features/Places/Cinema", "package struct Cinema { struct Inner {} }\nprivate struct Hidden {}\n")

    def ledger(code):
        return [cinema, ("Shared/Features/Ledger/Ledger", code)]

    def seats(code, name="Seats"):
        return [("Shared/Features/Seats/" + name, code)]

    hurry = "@Suite(.timeLimit(.minutes(1)))\nTask.sleep(for: .seconds(1)); ContinuousClock.now - began; began.duration(to: .now)"
    loops = "while a.count < 2 { await Task.yield() }\nwhile await a.isBusy {}\nwhile try await b() == nil { f() }"
    words = "try! f(); a as! B; fatalError()\n// TODO later\nx: @unchecked Sendable; nonisolated(unsafe) var y"
    two = "    private var list: Endpoint { a }\n    var show: Endpoint {\n        b\n    }\n}\n"
    by_hand = (
        'let a = "0123456789abcdef"; let b = "0123456789ABCDEF"; String(format: "%02x", c); d >> 4\n'
        'e.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed); f.replacing("+", with: "-"); "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"\n'
        '(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(g) || (0x30...0x39).contains(g)'
    )
    change = "struct HallEndpoints {{\n    var add: Endpoint {{\n        Endpoint(\n            .post, p, s,\n"
    change += "            access: .permission(.halls, .write)\n        ) {{ call in\n            {}\n        }}\n    }}\n}}\n"
    cases = [
        ("a use that the table forbids", 1, ledger("let a: Cinema")),
        ("a use that the table allows", 0, [cinema] + seats("let a: Cinema")),
        ("names in comments and strings", 0, ledger('// Cinema\nlet a = "Cinema"')),
        ("a name inside an interpolation", 1, ledger('let a = "x \\(Cinema.self)"')),
        ("members, nested and private types", 0, ledger("let a: Thing.Cinema, b: Inner, c: Hidden")),
        ("a store of another feature", 1, [("Shared/Features/Audit/AStore", "struct AStore {}"), ("Shared/Features/Orders/A", "AStore()")]),
        ("a type parameter of the same name", 0, ledger("func f<Cinema>(_ a: Cinema) {}")),
        ("what all share does not use rooms", 1, [cinema, ("Shared/Infrastructure/Callers/Page", "let a: Cinema")]),
        ("an import of one type declares none", 0, ledger("import Foundation") + seats("import struct Foundation.Date")),
        ("a C library in its wrapper", 0, [("Shared/Infrastructure/Argon2/Argon2id", "import CArgon2")]),
        ("a C library beside its wrapper", 2, [("Shared/Infrastructure/Argon2/B", "import CArgon2"), ("Shared/Features/Seats/C", "import CLibpq")]),
        ("an unknown room", 1, [("Shared/Features/Cellar/Cellar", "struct C {}")]),
        ("HTTP in a feature", 2, seats("package import HTTP\nimport struct HTTPTypes.HTTPRequest")),
        ("a service that imports another", 1, [("ClientService/A", "import Shared\nimport AdminService")]),
        ("SQL in a service type", 1, seats('let q: Query = """\n    SELECT id\n    """')),
        ("SQL in a store", 0, seats('let q = "SELECT 1"', name="SeatStore")),
        ("prose", 0, seats('let s = "Select a seat"')),
        ("a gateway's name outside its folder", 1, seats("// as Alipay does")),
        ("a gateway's codes outside its folder", 1, [("Shared/Features/Payments/A", 'let a = "ACQ.SYSTEM_ERROR"')]),
        ("a gateway's name in its folder", 0, [("Shared/Features/Payments/Gateways/Alipay/A", "struct Alipay {}"), ("AlipaySandbox/A", "// Alipay")]),
        ("a gateway's name where all is put together", 0, [("Shared/Assembly/SellingAssembly", "let alipay: Int")]),
        ("a cinema in HTTP", 1, [("Shared/Infrastructure/HTTP/A", "// as `/v1/movies`")]),
        ("the order of things in HTTP", 0, [("Shared/Infrastructure/HTTP/A", "// in the order of the path")]),
        ("endpoints by another name", 1, [("Shared/API/Places/HallManagement", "struct HallManagement {\n    var all: [Endpoint] { [] }\n}\n")]),
        ("endpoints by their name", 0, [("ClientService/HallEndpoints", "struct HallEndpoints {\n    var all: [Endpoint] { [] }\n}\n")]),
        ("an endpoint that is in no list", 1, [("ClientService/HallEndpoints", "struct HallEndpoints {\n    var all: [Endpoint] { [list] }\n" + two)]),
        ("endpoints that are in their list", 0, [("ClientService/HallEndpoints", "struct HallEndpoints {\n    var all: [Endpoint] { [list.a, show] }\n" + two)]),
        ("a change of staff without a row", 1, [("AdminService/HallEndpoints", change.format("a(call)"))]),
        ("a change of staff with a row", 0, [("AdminService/HallEndpoints", change.format("a(call, audit: b)"))]),
        ("a change of staff whose feature writes the row", 0, [("AdminService/HallEndpoints", change.format("a(address: call.address)"))]),
        ("a change of moviegoers", 0, [("ClientService/HallEndpoints", change.format("a(call)"))]),
        ("what staff read", 0, [("AdminService/HallEndpoints", change.format("a(call)").replace(".post", ".get"))]),
        ("forbidden words", 6, seats(words)),
        ("forbidden words in a string", 0, seats('let a = "try! fatalError"; let b = #"raw " try!"#')),
        ("a test that counts on speed", 4, [("Tests/SharedTests/A", hurry)]),
        ("a test's connections that count on speed", 3, [("Tests/SharedTests/A", "ClientBootstrap(group: x); HTTPClient.shared.f(timeout: .seconds(10))")]),
        ("what tests wait by", 0, [("Tests/TestSupport/Waiting", hurry)]),
        ("instants that a rule is given", 0, [("Tests/SharedTests/A", "let start = ContinuousClock.now; start + .seconds(1) // Task.sleep")]),
        ("encodings by hand", 10, seats(by_hand)),
        ("encodings by hand in Text, in tests, and said", 0, [("Shared/Infrastructure/Text/A", by_hand), ("Tests/SharedTests/A", by_hand)]),
        ("other alphabets", 0, seats('// "0123456789abcdef"\nlet a = "0123456789abcdefghijk"; b >> 48; c.replacing("-", with: ""); radix: 16')),
        ("the wrapper of libpq", 0, [("Shared/Infrastructure/Database/Connection/LibpqConnection", "x: @unchecked Sendable")]),
    ]
    store = lambda code: seats(code, name="SeatStore")
    catalogue = lambda language, *codes: (f"Shared/API/Language/{language}Texts", "".join(f'        "{code}": "A.",\n' for code in codes))
    cases += [
        ("an alias of a table", 2, store('let q: Query = """\n    SELECT s.id\n    FROM seats AS s\n    JOIN halls h ON TRUE\n    """')),
        ("a second name of a table", 0, store('let q: Query = "SELECT FROM hall_layouts AS newer"')),
        ("tables and derived tables", 0, store('let q: Query = """\n    SELECT\n    FROM seats\n    JOIN unnest($1) AS wanted (id) ON TRUE\n    """')),
        ("functions and casts in upper case", 2, store('let q: Query = "SELECT COALESCE(max(id), 0)::BIGINT"')),
        ("functions and casts in lower case", 0, store('let q: Query = "SELECT coalesce(max(id), 0)::bigint"')),
        ("conditions by hand", 2, store('c = "\\(c) AND a = 1"\nlet d = c.reduce("TRUE" as Query) { "\\($0) AND \\($1)" }')),
        ("a folder with too many files", 1, [file for n in range(31) for file in seats(f"let a{n} = 1", f"Seat{n}")]),
        ("a cursor by hand", 2, seats('f(limit: page.limit + 1); PageCursor(["1"])')),
        ("a row by a function", 1, store("private static func seat(_ row: PostgresRow) throws -> Seat {")),
        ("a text beside a code", 2, seats('Refusal(.conflict, "full", "Full.")\nProblem(status: 503, "full", "Full.")')),
        ("a code with members", 0, seats('Refusal(.unavailable(retryAfter: f(1)), "full").with("limit", .number(1))')),
        ("a code that a catalogue has twice", 1, [catalogue("English", "a", "a.b", "a")]),
        ("catalogues in different orders", 1, [catalogue("English", "a", "b"), catalogue("Chinese", "b", "a")]),
        ("catalogues in one order", 0, [catalogue("English", "a", "b"), catalogue("Chinese", "a", "b")]),
        ("a row by its init", 0, store("fileprivate init(row: PostgresRow) throws {")),
    ]
    trapping_lines = {
        "abs(n)": 1, "Swift.abs(n)": 1, "n.magnitude": 0, "absent(n)": 0, "x.abs(n)": 0,
        "f(-n)": 1, "return -n": 1, "a...-b": 1, "a - b": 0, "a -= b": 0, "-1": 0, "() -> Int": 0,
        "Int((seconds / 2).rounded())": 1, "Int64(Double(x))": 1, "Int(clamping: n)": 0, "Int64(exactly: x.rounded())": 0, "Int(n)": 0,
        "a[i + 1]": 1, "a[a.count - 1]": 1, "a[i]": 0, "[a, b + c]": 0,
        "let n = Int64(keys[0]); n * 2": 1, "let n = Int(text) ?? 0; m += n": 1, "n * 2": 0, "let n = Int64(keys[0]); f(n)": 0,
    }
    cases += [(f"trapping: {code}", expected, seats(code)) for code, expected in trapping_lines.items()]
    cases += [
        ("trapping, in a comment and in a string", 0, seats('// abs(n)\nlet a = "f(-n)"')),
        ("trapping, in a string behind what it holds", 0, seats('let a = "\\(n) takes --help, f(-n)"')),
        ("trapping, reviewed", 0, [("Shared/Infrastructure/Text/Timestamp", "Int((wall / 86_400).rounded(.down))")]),
        ("trapping, one more than was reviewed", 2, [("Shared/Infrastructure/Text/Timestamp", "Int((wall / 86_400).rounded(.down)); abs(n)")]),
        ("trapping, reviewed and gone", 1, [("Shared/Infrastructure/Text/Timestamp", "let a = 1")]),
    ]
    content = True
    tables = "\n| room | may use |\n| --- | --- |\n| A, HTTP | nothing |\n| API | features, A |\n\n"
    tables += "| feature | holds | may use Infrastructure but HTTP, and |\n| --- | --- | --- |\n| B | b | |\n| C | c, d | features but C |\n"
    read = Rooms(f"# A page\n## Rooms\n{tables}\n## Other\n| D | A |\n").may_use
    if read != {"A": set(), "HTTP": set(), "API": {"A", "B", "C"}, "B": {"A"}, "C": {"A", "B"}}:
        print(f"self-test: the tables of rooms are read as {read}")
        content = False
    for name, expected, sources in cases:
        files = [File(Path(f"{'' if path.startswith('Tests/') else 'Sources/'}{path}.swift"), source) for path, source in sources]
        found = [f"{file.path}:{line}: {what}" for file, line, what in findings(files)]
        if len(found) != expected:
            print(f"self-test: {name}: expected {expected} findings, got {found}")
            content = False
    return content


def main():
    if not self_test():
        return 1
    if "--self-test" in sys.argv:
        return 0
    paths = sorted(path for folder in ("Sources", "Tests") for path in (ROOT / folder).rglob("*.swift") if ".build" not in path.parts)
    files = [File(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in paths]
    count = 0
    for file, line, what in findings(files):
        print(f"{file.path}:{line}: {what}")
        count += 1
    for what in long_subjects(ROOT):
        print(what)
        count += 1
    if count:
        print(f"{count} findings in {len(files)} files")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
