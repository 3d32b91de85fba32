"""The main journey on clients that openapi-python-client generates from the services' own descriptions.

Reads one JSON object from standard input, writes one to standard output:

{"do": "buy", "folder": PATH, "urls": {"client": URL, "cinema": URL, "admin": URL}, "administrator": TOKEN}
    generates the clients into the folder; an administrator adds a movie, a merchant schedules it, a moviegoer finds it, takes seats and
    starts to pay -> {"order_id", "out_trade_no", "payable_fen", "moviegoer", "merchant"}; the last two are tokens
{"do": "collect", "folder", "urls", "administrator", and that answer}
    after the gateway has told of the money: the tickets, their collection, the box office -> {"states", "events", "tickets"}

No call is written out here: paths, parameters, bodies and answers are those of the generated functions and classes. A warning of the
generator, an answer with another status than its function knows, and an answer that its class can't read end the run.
"""

import datetime
import importlib
import json
import pathlib
import re
import subprocess
import sys
import urllib.request
import uuid

# It knows no pictures and no streams; the texts of both can be read all the same.
CONFIGURATION = """
post_hooks: []
content_type_overrides:
  image/jpeg: application/octet-stream
  image/png: application/octet-stream
  image/svg+xml: text/plain
  image/webp: application/octet-stream
  text/event-stream: text/plain
"""


def generate(folder, name, url):
    document = folder / f"{name}.json"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    document.write_bytes(direct.open(f"{url}/openapi.json", timeout=60).read())
    configuration = folder / "generator.yaml"
    configuration.write_text(CONFIGURATION)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    places = ["--path", document, "--output-path", folder / f"{name}_api", "--config", configuration]
    return subprocess.Popen(command + places, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class Service:
    """A service as one caller sees it through the generated client."""

    def __init__(self, folder, name, url, token=None):
        self.name = f"{name}_api"
        package = importlib.import_module(self.name)
        self.models = importlib.import_module(f"{self.name}.models")
        options = {"base_url": url, "raise_on_unexpected_status": True, "timeout": 60, "httpx_args": {"trust_env": False}}
        self.client = package.AuthenticatedClient(token=token, **options) if token else package.Client(**options)
        self.operations = {path.stem: path.parent.name for path in (folder / self.name / "api").glob("*/*.py")}

    def __getattr__(self, operation):
        """The generated function of an operation: `service.open_order(body=…)` gives the answer's object."""
        module = importlib.import_module(f"{self.name}.api.{self.operations[operation]}.{operation}")

        def call(*path, **arguments):
            answer = module.sync_detailed(*path, client=self.client, **arguments)
            if not 200 <= answer.status_code < 300 or answer.parsed is None:
                sys.exit(f"{operation} answered {answer.status_code}: {answer.content.decode()}")
            return answer.parsed

        return call


def buy(folder, urls, administrator):
    generators = [generate(folder, name, url) for name, url in urls.items()]
    for generator in generators:
        output, _ = generator.communicate()
        if generator.returncode != 0:
            sys.exit(output)
    admin = Service(folder, "admin", urls["admin"], administrator)
    stranger = Service(folder, "cinema", urls["cinema"])
    today = datetime.date.today()
    year = datetime.timedelta(days=365)

    make = admin.models
    movie = admin.create_movie(
        body=make.NewMovie(
            title="英雄",
            duration_min=99,
            release_date=today,
            formats=["2D"],
            languages=["国语"],
            minimum_price_fen=3000,
            state=make.MovieState.SHOWING,
            people=[make.NewCredit(name="张艺谋", role=make.CreditRole.DIRECTOR)],
        )
    )

    account = stranger.models.NewMerchantAccount(
        username="wanda", password="correct horse battery", phone="13912345678", merchant_name="万达"
    )
    registered = stranger.register_merchant(body=account)
    merchant = Service(folder, "cinema", urls["cinema"], registered.token)
    admin.verify_merchant(registered.merchant.id, body=make.Verification(verified=True))
    make = merchant.models
    right = merchant.request_screening_right(
        body=make.NewScreeningRight(movie_id=movie.id, valid_from=today - year, valid_to=today + year)
    )
    make = admin.models
    decision = make.ScreeningRightDecision(
        decision=make.ScreeningRightDecisionVerdict.GRANT, valid_from=today - year, valid_to=today + year
    )
    decided = admin.decide_screening_right(right.id, body=decision)
    assert decided.state == make.ScreeningRightState.GRANTED, decided
    make = merchant.models
    cinema = merchant.create_cinema(
        body=make.NewCinema(
            name="万达影城", city_id=1, district="黄浦区", address="南京东路 1 号", latitude=31.23, longitude=121.47, phone="021-1",
            service_fee_fen=300, seat_limit=6,
        )
    )
    rows = [make.LayoutRow(label=label, zone="standard", cells="SSS_SSSS") for label in "AB"]
    hall = merchant.create_cinema_hall(cinema.id, body=make.NewHall(name="1", formats=["2D"], layout=make.Layout(rows=rows)))
    starts_at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).replace(microsecond=0)
    prices = [make.NewZonePrice(zone="standard", price_fen=4500)]
    showtime = merchant.schedule_showtime(
        body=make.NewShowtime(
            hall_id=hall.id, movie_id=movie.id, starts_at=starts_at, format_="2D", language="国语", prices=prices
        )
    )

    visitor = Service(folder, "client", urls["client"])
    make = visitor.models
    signed_up = visitor.sign_up(body=make.NewAccount(username="anna", password="correct horse battery"))
    buyer = Service(folder, "client", urls["client"], signed_up.token)
    movies = visitor.list_movies(state=make.MovieState.SHOWING)
    assert isinstance(movies, make.MovieSummaryPage) and movies.next_ is None, movies
    cinemas = visitor.list_cinemas(movie_id=movies.items[0].id)
    showtimes = visitor.list_showtimes(cinema_id=cinemas.items[0].id, movie_id=movies.items[0].id)
    assert [found.id for found in showtimes.items] == [showtime.id], showtimes
    seats = visitor.show_showtime_seats(showtimes.items[0].id).seats
    free = [seat for seat in seats if seat.state == make.SeatState.FREE and seat.kind == make.SeatKind.STANDARD]
    wanted = make.NewOrder(showtime_id=showtime.id, seat_ids=[seat.id for seat in free[:2]])
    key = str(uuid.uuid4())
    order = buyer.open_order(body=wanted, idempotency_key=key)
    assert buyer.open_order(body=wanted, idempotency_key=key).id == order.id
    assert order.state == make.OrderState.PENDING_PAYMENT and order.payable_fen == 9600, order
    payment = buyer.start_payment(order.id, body=make.NewPayment(method="alipay_page"))
    claim = buyer.claim_payment(order.id, body=make.NewPaymentClaim())
    assert claim.state == make.OrderState.PAID_UNCONFIRMED, claim
    return {
        "order_id": str(order.id), "out_trade_no": payment.out_trade_no, "payable_fen": order.payable_fen,
        "moviegoer": signed_up.token, "merchant": registered.token,
    }


def collect(folder, urls, administrator, order_id, moviegoer, merchant):
    buyer = Service(folder, "client", urls["client"], moviegoer)
    clerk = Service(folder, "cinema", urls["cinema"], merchant)
    admin = Service(folder, "admin", urls["admin"], administrator)
    order_id = uuid.UUID(order_id)
    shown = buyer.show_order_tickets(order_id)
    clerk.collect_tickets(body=clerk.models.NewCollection(code=shown.collection_code))
    events = [event.cause.value for event in buyer.list_order_events(order_id).items]
    ranked = admin.rank_box_office(by=admin.models.BoxOfficeDimension.MOVIE)
    return {"states": [ticket.state.value for ticket in shown.tickets], "events": events, "tickets": ranked.items[0].tickets}


def main():
    asked = json.load(sys.stdin)
    folder = pathlib.Path(asked["folder"])
    sys.path.insert(0, str(folder))
    shared = (folder, asked["urls"], asked["administrator"])
    if asked["do"] == "buy":
        answer = buy(*shared)
    else:
        answer = collect(*shared, asked["order_id"], asked["moviegoer"], asked["merchant"])
    json.dump(answer, sys.stdout)


main()
