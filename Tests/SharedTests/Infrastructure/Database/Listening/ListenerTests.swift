import Database
import Logging
import TestSupport
import Testing

@Suite("Listening")
struct ListenerTests {
    @Test("Notifications arrive, also after the connection was lost")
    func listens() async throws {
        try await TestDatabase.with(.empty) { database in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let configuration = PostgresPoolConfiguration.patient(database.url).connection
            let listener = PostgresListener(configuration: configuration, channels: ["seats", "odd \"name"], logger: quiet)
            let run = Task { try await listener.run() }
            var events = listener.events.makeAsyncIterator()
            let first = await events.next()
            #expect(first == .listening)
            try await database.pool.execute("SELECT pg_notify('seats', \("42"))")
            let second = await events.next()
            #expect(second == .notification(PostgresNotification(channel: "seats", payload: "42")))
            try await database.pool.execute("SELECT pg_notify('odd \"name', '')")
            let third = await events.next()
            #expect(third == .notification(PostgresNotification(channel: "odd \"name", payload: "")))
            try await database.pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            let fourth = await events.next()
            #expect(fourth == .listening)
            try await database.pool.execute("SELECT pg_notify('seats', '43')")
            let fifth = await events.next()
            #expect(fifth == .notification(PostgresNotification(channel: "seats", payload: "43")))
            run.cancel()
            try await run.value
            let last = await events.next()
            #expect(last == nil)
        }
    }
}
