import Database
import Logging
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import Shared

@Suite("Writing counted refusals down")
struct DenialRecordingTests {
    @Test("Counted refusals are written when the service ends")
    func shutdown() async throws {
        try await withTestDatabase { pool in
            let accounts = AccountsFixture(pool: pool).accounts
            let recording = DenialRecording(denials: accounts.denials, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            for _ in 0..<3 {
                accounts.denials.count(
                    .requestThrottled, endpoint: "POST /v1/sessions", code: "sign_in_throttled", by: nil, address: "192.0.2.1")
            }
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await recording.run() }
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            let counts: [String] = try await pool.rows(
                "SELECT details ->> 'count' AS count FROM audit_events WHERE action = 'request.throttled' AND address = '192.0.2.1'"
            ) { try $0["count"] }
            #expect(counts == ["3"])
        }
    }
}
