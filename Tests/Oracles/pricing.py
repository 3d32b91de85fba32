"""The rules of prices, plain and slow, with fractions: Tests/SharedTests/Features/Pricing compares Pricing, CouponLaying and BestOffers with it.

Reads JSON objects from standard input, one a line, and writes one a line for each:

{"quotes": [order, …], "bests": [choice, …]} -> {"quotes": [quote, …], "bests": [best, …]}

order: {"tickets": [{"seat_id", "zone", "base_fen", "floor_fen"}], "member": offer?, "ticket": [offer], "order": offer?, "points": offer?}
    offer: {"payer", "covers": [seat_id]? (absent: all), "least_spend_fen", "kind", and what the kind needs: "amount_fen", "percent", "cap_fen"?,
    "price_fen", "prices" (by zone), "n", "most_tickets"?}; points: {"worth_fen", "most_percent"}
quote: {"lines": [{"discounts": [[stage, amount_fen, payer, number of the ticket coupon or 0]], "price_fen", "credited_fen"}], "discount_fen",
    "payable_fen", "unused_fen", "gave": {"member": fen?, "ticket": [fen], "order": fen?, "points": fen?}, "why": the same with reasons}
choice: an order without offers, and "ticket", "order": [{"id", "expires", "combines_with", "offer"}], "campaign", "member", "points":
    {"combines_with", "offer"}?
best: {"coupon_ids", "payable_fen", "uses_campaign", "uses_member"}

Coupons are laid by trying all layings, the best combination is found by trying all sets.

Standard library only.
"""

import json
import sys
from fractions import Fraction
from itertools import combinations
from math import floor


def part(percent, fen):
    """A percentage of an amount, rounded down to the fen."""
    return floor(Fraction(percent, 100) * fen)


def reach(offer, tickets):
    """The places of the tickets on which the offer acts, and why it acts on none."""
    covers = offer.get("covers")
    places = [place for place, ticket in enumerate(tickets) if covers is None or ticket["seat_id"] in covers]
    if not places:
        return [], "no_ticket_covered"
    if sum(tickets[place]["base_fen"] for place in places) < offer["least_spend_fen"]:
        return [], "least_spend_not_reached"
    return places, None


def room(payer, ticket, price):
    """What the payer may take off a ticket that costs this much now."""
    return max(0, price - ticket["floor_fen"]) if payer == "merchant" else price


def share(amount, prices, rooms):
    """Largest remainder, ties to the first; whoever would get more than it can take gets that, and the rest is shared anew."""
    shares = [0] * len(prices)
    left = min(amount, sum(rooms))
    open_places = list(range(len(prices)))
    while left:
        total = sum(prices[place] for place in open_places)
        exact = {place: Fraction(left * prices[place], total) for place in open_places}
        given = {place: floor(exact[place]) for place in open_places}
        by_loss = sorted(open_places, key=lambda place: (given[place] - exact[place], place))
        for place in by_loss[: left - sum(given.values())]:
            given[place] += 1
        too_much = [place for place in open_places if given[place] > rooms[place]]
        if not too_much:
            for place in open_places:
                shares[place] = given[place]
            break
        for place in too_much:
            shares[place] = rooms[place]
            left -= rooms[place]
        open_places = [place for place in open_places if place not in too_much]
    return shares


def off_one(offer, ticket, price):
    """What a member price or a ticket coupon takes off one ticket."""
    kind = offer["kind"]
    if kind == "exchange":
        return price
    if kind == "amount":
        wanted = offer["amount_fen"]
    elif kind == "percentage":
        wanted = part(offer["percent"], price)
        if offer.get("cap_fen") is not None:
            wanted = min(wanted, offer["cap_fen"])
    else:
        target = offer["price_fen"] if "price_fen" in offer else offer["prices"].get(ticket["zone"])
        wanted = 0 if target is None else max(0, price - target)
    return min(wanted, room(offer["payer"], ticket, price))


def member_discounts(offer, tickets, prices):
    places, why = reach(offer, tickets)
    savings = [off_one(offer, tickets[place], prices[place]) if place in places else 0 for place in range(len(tickets))]
    most = offer.get("most_tickets")
    if most is not None:
        chosen = sorted(range(len(tickets)), key=lambda place: (-savings[place], place))[:most]
        savings = [saving if place in chosen else 0 for place, saving in enumerate(savings)]
    return savings, why


def layings(savings, coupon=0, taken=()):
    """All ways to put coupons on tickets; len(tickets) stands for none."""
    if coupon == len(savings):
        yield ()
        return
    count = len(savings[coupon])
    for place in range(count + 1):
        if place == count:
            rest_taken = taken
        elif place in taken or savings[coupon][place] == 0:
            continue
        else:
            rest_taken = taken + (place,)
        for rest in layings(savings, coupon + 1, rest_taken):
            yield (place,) + rest


def lay(savings):
    """The laying that saves most; of those, the one whose first coupon has the earliest ticket, then the second, …"""

    def saved(laying):
        return sum(row[place] for row, place in zip(savings, laying) if place < len(row))

    return min(layings(savings), key=lambda laying: (-saved(laying), laying))


def order_amount(offer, tickets, prices):
    """The places on which an order offer acts, what it would take off, and why it acts on none."""
    places, why = reach(offer, tickets)
    if why:
        return places, 0, why
    if offer["kind"] == "amount":
        return places, offer["amount_fen"], None
    if offer["kind"] == "percentage":
        wanted = part(offer["percent"], sum(prices[place] for place in places))
        return places, wanted if offer.get("cap_fen") is None else min(wanted, offer["cap_fen"]), None
    dearest_first = sorted((prices[place] for place in places), reverse=True)
    n = offer["n"]
    cheapest = [dearest_first[group * n + n - 1] for group in range(len(dearest_first) // n)]
    return places, part(offer["percent"], sum(cheapest)), None


def quote(order):
    tickets = order["tickets"]
    prices = [ticket["base_fen"] for ticket in tickets]
    discounts = [[] for _ in tickets]
    gave = {"member": None, "ticket": [], "order": None, "points": None}
    why = {"member": None, "ticket": [], "order": None, "points": None}
    unused = 0

    def take(place, stage, amount, payer, number=0):
        if amount:
            prices[place] -= amount
            discounts[place].append([stage, amount, payer, number])

    member = order.get("member")
    if member:
        savings, obstacle = member_discounts(member, tickets, prices)
        for place, saving in enumerate(savings):
            take(place, "member", saving, member["payer"])
        gave["member"] = sum(savings)
        why["member"] = None if sum(savings) else obstacle or "nothing_saved"

    coupons = order["ticket"]
    reaches = [reach(coupon, tickets) for coupon in coupons]
    savings = [
        [off_one(coupon, ticket, prices[place]) if place in places else 0 for place, ticket in enumerate(tickets)]
        for coupon, (places, _) in zip(coupons, reaches)
    ]
    for number, place in enumerate(lay(savings)):
        saving = savings[number][place] if place < len(tickets) else 0
        gave["ticket"].append(saving)
        why["ticket"].append(None if saving else reaches[number][1] or "nothing_saved")
        if saving:
            take(place, "ticket", saving, coupons[number]["payer"], number)

    offer = order.get("order")
    if offer:
        places, wanted, obstacle = order_amount(offer, tickets, prices)
        rooms = [room(offer["payer"], tickets[place], prices[place]) for place in places]
        shares = share(wanted, [prices[place] for place in places], rooms)
        for place, amount in zip(places, shares):
            take(place, "order", amount, offer["payer"])
        unused = wanted - sum(shares)
        gave["order"] = sum(shares)
        why["order"] = None if sum(shares) else obstacle or "nothing_saved"

    points = order.get("points")
    if points:
        used = min(points["worth_fen"], part(points["most_percent"], sum(prices)))
        for place, amount in enumerate(share(used, list(prices), list(prices))):
            take(place, "points", amount, "platform")
        gave["points"] = used
        why["points"] = None if used else "nothing_saved" if tickets else "no_ticket_covered"

    return {
        "lines": [
            {
                "discounts": own,
                "price_fen": price,
                "credited_fen": price + sum(amount for _, amount, payer, _ in own if payer != "merchant"),
            }
            for own, price in zip(discounts, prices)
        ],
        "discount_fen": sum(ticket["base_fen"] for ticket in tickets) - sum(prices),
        "payable_fen": sum(prices),
        "unused_fen": unused,
        "gave": gave,
        "why": why,
    }


def combine(offers):
    """Whether each two of (stage, combines_with) list each other's stage."""
    return all(a in of_b and b in of_a for (a, of_a), (b, of_b) in combinations(offers, 2))


def grouped(coupons, tickets, member):
    """Coupons alike stand together, groups in the order of the first of each; within, and of firsts, by expiry and id."""
    bases = [ticket["base_fen"] for ticket in tickets]
    starts = [bases]
    if member:
        savings, _ = member_discounts(member["offer"], tickets, bases)
        starts.append([base - saving for base, saving in zip(bases, savings)])

    def likeness(coupon):
        places, _ = reach(coupon["offer"], tickets)
        saves = [
            [off_one(coupon["offer"], tickets[place], prices[place]) if place in places else 0 for place in range(len(tickets))]
            for prices in starts
        ]
        return saves, sorted(coupon["combines_with"])

    groups = []
    for coupon in sorted(coupons, key=lambda coupon: (coupon["expires"], coupon["id"])):
        like = likeness(coupon)
        for known, members in groups:
            if known == like:
                members.append(coupon)
                break
        else:
            groups.append((like, [coupon]))
    return [coupon for _, members in groups for coupon in members]


def best(choice):
    tickets, member, campaign, points = choice["tickets"], choice.get("member"), choice.get("campaign"), choice.get("points")
    ticket_coupons = grouped(choice["ticket"], tickets, member)
    found = []
    sets = [some for count in range(len(ticket_coupons) + 1) for some in combinations(ticket_coupons, count)]
    for chosen in sets:
        for order in [None, *choice["order"], *([campaign] if campaign else [])]:
            for card in [None, member] if member else [None]:
                named = [("ticket", coupon["combines_with"]) for coupon in chosen]
                named += [("order", order["combines_with"])] if order else []
                named += [("member", card["combines_with"])] if card else []
                named += [("points", points["combines_with"])] if points else []
                if not combine(named):
                    continue
                payable = quote(
                    {
                        "tickets": tickets,
                        "member": card and card["offer"],
                        "ticket": [coupon["offer"] for coupon in chosen],
                        "order": order and order["offer"],
                        "points": points and points["offer"],
                    }
                )["payable_fen"]
                uses_campaign = order is not None and order is campaign
                coupons = list(chosen) + ([order] if order and not uses_campaign else [])
                by_expiry = sorted((coupon["expires"], coupon["id"]) for coupon in coupons)
                rank = (payable, len(coupons), by_expiry, not uses_campaign, card is not None)
                found.append((rank, [coupon["id"] for coupon in coupons]))
    (payable, _, _, without_campaign, uses_member), ids = min(found)
    return {"coupon_ids": ids, "payable_fen": payable, "uses_campaign": not without_campaign, "uses_member": uses_member}


for line in sys.stdin:
    asked = json.loads(line)
    answer = {"quotes": [quote(order) for order in asked["quotes"]], "bests": [best(choice) for choice in asked["bests"]]}
    print(json.dumps(answer), flush=True)
