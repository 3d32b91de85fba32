import Callers
import Database
import HTTP
import TestSupport
import Testing

@testable import API
@testable import Shared

@Suite("Opening streams of seats")
struct SeatStreamsTests {
    @Test("Nothing stays watched after a stream has ended, was refused, or was of no showtime; a refused one costs no reading")
    func watched() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 2)
            let maps = SeatMaps.unencoded(database)
            let streams = SeatStreams(maps: maps, streams: EventStreams(limit: 2, limitPerAddress: 1))
            func watched() -> [Int] { [maps.watchedCount, streams.watchedCount] }
            await #expect(throws: Refusal.notFound) { try await streams.open(showtimeID: -1, after: nil, address: "a") }
            #expect(watched() == [0, 0])
            var open = [try await streams.open(showtimeID: world.showtimeIDs[0], after: nil, address: "a")]
            #expect(watched() == [1, 1])
            let readings = maps.readingCount
            await #expect(throws: Problem.tooManyStreamsOfAddress) {
                try await streams.open(showtimeID: world.showtimeIDs[1], after: nil, address: "a")
            }
            #expect(maps.readingCount == readings)
            #expect(watched() == [1, 1])
            open.append(try await streams.open(showtimeID: world.showtimeIDs[0], after: nil, address: "b"))
            await #expect(throws: Problem.tooManyStreams) {
                try await streams.open(showtimeID: world.showtimeIDs[1], after: nil, address: "c")
            }
            #expect(watched() == [1, 1])
            open.removeLast()
            #expect(watched() == [1, 1])
            open = []
            #expect(watched() == [0, 0])
        }
    }

    @Test("Of many who come at once, no more get a stream than may, and of the others nothing stays")
    func atOnce() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 2)
            let maps = SeatMaps.unencoded(database)
            let streams = SeatStreams(maps: maps, streams: EventStreams(limit: 3))
            var open = await withTaskGroup(of: EventStream?.self) { group in
                for number in 0..<20 {
                    group.addTask { try? await streams.open(showtimeID: world.showtimeIDs[number % 2], after: nil, address: "\(number)") }
                }
                return await group.reduce(into: [EventStream]()) { open, stream in if let stream { open.append(stream) } }
            }
            #expect(open.count == 3)
            #expect((1...2).contains(maps.watchedCount))
            #expect(maps.watchedCount == streams.watchedCount)
            open = []
            #expect([maps.watchedCount, streams.watchedCount] == [0, 0])
        }
    }
}
