import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("generate-demo-data")
struct GenerateDemoDataTests {
    @Test("It makes what it says, quietly where there is no terminal, and the second time nothing")
    func twice() async throws {
        try await Self.withCities { database in
            let admin = AdminCommand(databaseURL: database.url)
            let first = try await admin.run("generate-demo-data", "--cinemas", "3", "--orders", "200", "--seed", "5", "--day", "2026-11-30")
            #expect(first.status == 0 && first.complaints == "", "\(first)")
            #expect(first.output.hasPrefix("made 3 cinemas, ") && first.output.contains("200 orders: "), "\(first)")
            #expect(first.outputLines.count == 1)
            // Without a day it is today's, which makes no difference to what is there.
            for day in [["--day", "2026-11-30"], []] {
                let second = try await admin.run(["generate-demo-data", "--cinemas", "3", "--orders", "200", "--seed", "5"] + day)
                #expect(second.status == 0 && second.complaints == "", "\(second)")
                #expect(second.output == "the data of seed 5 is there already; nothing was changed\n")
            }
            let other = try await admin.run("generate-demo-data", "--cinemas", "4", "--orders", "200", "--seed", "5")
            #expect(other.status == 1 && other.complaintLines.count == 1, "\(other)")
            #expect(other.complaints.contains("take another seed"), "\(other)")
            let verified = try await admin.run("verify-figures")
            #expect(verified.status == 0, "\(verified)")
            let orders = try await database.pool.row("SELECT count(*) AS count FROM orders") { try $0["count"] as Int }
            #expect(orders == 200)
        }
    }

    @Test(
        "Wrong arguments are named with the usage and status 64, and ask no database",
        arguments: [
            ["--cinemas", "0", "--orders", "1", "--seed", "1"], ["--cinemas", "1", "--orders", "0", "--seed", "1"],
            ["--cinemas=-1", "--orders", "1", "--seed", "1"], ["--cinemas", "99999999999999999999", "--orders", "1", "--seed", "1"],
            ["--cinemas", "1", "--orders", "9223372036854775807", "--seed", "1"], ["--cinemas", "many", "--orders", "1", "--seed", "1"],
            ["--cinemas", "1", "--orders", "1.5", "--seed", "1"], ["--cinemas", "1", "--orders", "1", "--seed=-1"],
            ["--cinemas", "1", "--orders", "1", "--seed", "4294967296"], ["--cinemas", "1", "--orders", "2001", "--seed", "1"],
            ["--cinemas", "1", "--orders", "1"], ["--cinemas", "1", "--orders", "1", "--seed", "1", "--day", "2026-02-30"],
            ["--cinemas", "1", "--orders", "1", "--seed", "1", "--day", "0001-01-01"],
            ["--cinemas", "1", "--orders", "1", "--seed", "1", "more"],
        ])
    func arguments(_ arguments: [String]) async throws {
        // Nobody listens there.
        let run = try await AdminCommand(databaseURL: "postgresql://127.0.0.1:1/nowhere").run(["generate-demo-data"] + arguments)
        #expect(run.status == 64 && run.output == "", "\(run)")
        #expect(run.complaints.hasPrefix("Error: ") && run.complaints.contains("Usage: AdminService generate-demo-data"), "\(run)")
    }

    @Test("Without the schema, without cities, and without the owner's rights one line says what to do")
    func unprepared() async throws {
        let arguments = ["generate-demo-data", "--cinemas", "1", "--orders", "1", "--seed", "1"]
        try await TestDatabase.with(.empty) { database in
            let run = try await AdminCommand(databaseURL: database.url).run(arguments)
            #expect(run.status == 1 && run.complaintLines.count == 1 && run.complaints.contains("AdminService migrate"), "\(run)")
        }
        try await TestDatabase.with(.current) { database in
            let run = try await AdminCommand(databaseURL: database.url).run(arguments)
            #expect(run.status == 1 && run.complaintLines.count == 1 && run.complaints.contains("import-cities"), "\(run)")
            let asService = try await AdminCommand(databaseURL: database.url(of: .admin)).run(arguments)
            #expect(
                asService.status == 1 && asService.complaintLines.count == 1 && asService.complaints.contains("permission denied"),
                "\(asService)")
        }
        let nowhere = try await AdminCommand(databaseURL: "postgresql://127.0.0.1:1/nowhere").run(arguments)
        #expect(nowhere.status == 1 && nowhere.complaintLines.count == 1, "\(nowhere)")
    }

    @Test("Ctrl-C and SIGTERM leave nothing, and end it with a sentence and the status that a shell expects", arguments: [SIGINT, SIGTERM])
    func interrupted(_ signal: Int32) async throws {
        try await Self.withCities { database in
            // The last row of all waits.
            let held = try await HeldLock("LOCK TABLE demo_data_runs IN SHARE MODE", in: database.pool.configuration.connection)
            let admin = AdminCommand(databaseURL: database.url, ["DATABASE_LOCK_MILLISECONDS": "60000"])
            let running = Task {
                try await admin.run(["generate-demo-data", "--cinemas", "2", "--orders", "50", "--seed", "1"]) { process in
                    _ = try await held.blocked()
                    kill(process, signal)
                }
            }
            let run = try await running.value
            await held.release()
            #expect(run.status == 128 + signal && run.complaintLines.count == 1, "\(run)")
            #expect(run.complaints.contains("interrupted; nothing was written"), "\(run)")
            for table in ["orders", "cinemas", "movies", "accounts", "demo_data_runs"] {
                let rows = try await database.pool.row("SELECT count(*) AS count FROM \(unsafeSQL: table)") { try $0["count"] as Int }
                #expect(rows == 0, "\(table)")
            }
            let again = try await admin.run("generate-demo-data", "--cinemas", "2", "--orders", "50", "--seed", "1")
            #expect(again.status == 0, "\(again)")
        }
    }

    private static func withCities(_ body: (TestDatabase) async throws -> Void) async throws {
        try await TestDatabase.with(.current) { database in
            try await database.pool.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '石家庄', '130100', 'SHIJIAZHUANG', 'S')"
            )
            try await database.pool.execute(
                """
                INSERT INTO administrative_divisions (code, name, level, longitude, latitude)
                VALUES ('130102000000', '长安区', 'district', 114.54, 38.04)
                """
            )
            try await body(database)
        }
    }
}
