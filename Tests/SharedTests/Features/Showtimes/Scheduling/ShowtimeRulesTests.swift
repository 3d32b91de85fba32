import Callers
import Database
import Foundation
import Shared
import Testing
import Text

@Suite("The rules of scheduling")
struct ShowtimeRulesTests {
    private let now = Date(timeIntervalSince1970: 1_795_000_000)
    private let rules = ShowtimeRules(
        hallFormats: ["2D", "3D"], zones: ["standard", "vip"], movieFormats: ["2D", "IMAX"], movieLanguages: ["国语", "English"],
        movieMinutes: 99, minimumPriceFen: 3000, trailersMinutes: 10, cleaningMinutes: 15
    )
    private var good: NewShowtime {
        NewShowtime(
            hallID: 1, movieID: 1, startsAt: now + 3600, format: "2D", language: "国语",
            prices: [ZonePrice(zone: "standard", priceFen: 3000), ZonePrice(zone: "vip", priceFen: 6800)]
        )
    }

    private func refusal(_ change: (inout NewShowtime) -> Void) -> Refusal? {
        var new = good
        change(&new)
        do {
            try rules.check(new, now: now)
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test("A good one passes")
    func passes() {
        #expect(refusal { _ in } == nil)
    }

    @Test("The hall is taken until trailers and cleaning are over")
    func times() {
        #expect(rules.end(startingAt: now) == now + (99 + 10) * 60)
        #expect(rules.occupiedUntil(startingAt: now) == now + (99 + 25) * 60)
    }

    @Test("Before its release day a movie is shown as a preview only")
    func release() throws {
        let day = try #require(CalendarDay("2026-11-24"))
        try ShowtimeRules.checkRelease(on: day, day: day, isPreview: false)
        try ShowtimeRules.checkRelease(on: day, day: day.adding(days: 1), isPreview: false)
        try ShowtimeRules.checkRelease(on: day, day: day.adding(days: -1), isPreview: true)
        #expect(throws: Refusal.beforeRelease.with("release_date", .text("2026-11-24"))) {
            try ShowtimeRules.checkRelease(on: day, day: day.adding(days: -1), isPreview: false)
        }
    }

    @Test("It starts in the future, at most 365 days ahead")
    func start() {
        #expect(refusal { $0.startsAt = now } == .showtimeInPast)
        #expect(refusal { $0.startsAt = now - 1 } == .showtimeInPast)
        #expect(refusal { $0.startsAt = now + 1 } == nil)
        #expect(refusal { $0.startsAt = now + ShowtimeRules.horizon } == nil)
        #expect(refusal { $0.startsAt = now + ShowtimeRules.horizon + 1 } == .showtimeTooFar)
    }

    @Test("The format is one of the hall and of the movie", arguments: ["3D", "IMAX", "4DX", "2d", ""])
    func format(format: String) {
        #expect(refusal { $0.format = format }?.code == "format_not_supported")
    }

    @Test("The language is one of the movie's")
    func language() {
        #expect(refusal { $0.language = "English" } == nil)
        #expect(refusal { $0.language = "Français" } == .languageNotAvailable.with("languages", .texts(rules.movieLanguages.sorted())))
    }

    @Test("Each zone with seats for sale has one price, no other zone has any")
    func zones() {
        #expect(refusal { $0.prices.removeLast() } == .priceMissing(zone: "vip"))
        #expect(refusal { $0.prices = [] } == .priceMissing(zone: "standard"))
        #expect(refusal { $0.prices.append(ZonePrice(zone: "box", priceFen: 9000)) } == .zoneUnknown(at: 2))
        #expect(refusal { $0.prices.append(ZonePrice(zone: "vip", priceFen: 9000)) } == .zoneRepeated(at: 2))
    }

    @Test("No price is below the movie's minimum")
    func minimum() {
        #expect(refusal { $0.prices[1] = ZonePrice(zone: "vip", priceFen: 2999) } == .priceBelowMinimum(at: 1, minimum: 3000))
        #expect(Refusal.priceBelowMinimum(at: 1, minimum: 3000).kind == .invalid(pointer: "/prices/1/price_fen"))
    }

    @Test("Sale opens before it closes, and closes by the end of the movie")
    func sale() {
        let start = good.startsAt
        let end = start + (99 + 10) * 60
        #expect(refusal { $0.saleOpensAt = start - 1 } == nil)
        #expect(refusal { $0.saleOpensAt = start } == .saleWindowInvalid)
        #expect(refusal { ($0.saleOpensAt, $0.saleClosesAt) = (start - 60, start - 60) } == .saleWindowInvalid)
        #expect(refusal { ($0.saleOpensAt, $0.saleClosesAt) = (start - 60, start - 59) } == nil)
        #expect(refusal { ($0.saleOpensAt, $0.saleClosesAt) = (start, start + 60) } == nil)
        #expect(refusal { $0.saleClosesAt = end } == nil)
        #expect(refusal { $0.saleClosesAt = end + 1 } == .saleWindowInvalid)
    }
}
