import Foundation
import HTTP
import NIOHTTP1
import TestSupport
import Testing
import Text

@Suite("A service and the events around it", .inTurn)
struct ServiceEventTests {
    @Test("While the database's host hangs /readyz answers each time, and SIGTERM ends the process")
    func hangingHost() async throws {
        try await TestDatabase.with(.current) { database in
            var components = try #require(URLComponents(string: database.url))
            try await HangingProxy.with(serverPort: try #require(components.port)) { proxy, port in
                components.port = port
                let environment = try Platform.environment(
                    databaseURL: try #require(components.string),
                    ["IDENTITY_PERMISSION_HINTS": "true", "SEATS_HINTS": "true", "HTTP_DRAIN_SECONDS": "2"])
                try await RunningService.with(1, of: "ClientService", environment) { services in
                    let service = services[0]
                    proxy.hang()
                    // What was found out is kept for a second.
                    try await until { try await service.ask(.GET, "/readyz").status != 200 }
                    for _ in 0..<5 {
                        #expect(try await service.ask(.GET, "/readyz").status == 503)
                        #expect(try await service.ask(.GET, "/livez").status == 200)
                    }
                    let status = await service.terminate()
                    let written = try service.written
                    #expect(status == 0, "\(written)")
                }
                proxy.goOn()
            }
        }
    }

    @Test("A host that went on is used again")
    func awakeAgain() async throws {
        try await TestDatabase.with(.current) { database in
            var components = try #require(URLComponents(string: database.url))
            try await HangingProxy.with(serverPort: try #require(components.port)) { proxy, port in
                components.port = port
                let environment = try Platform.environment(databaseURL: try #require(components.string))
                try await RunningService.with(1, of: "CinemaService", environment) { services in
                    proxy.hang()
                    try await until { try await services[0].ask(.GET, "/readyz").status != 200 }
                    proxy.goOn()
                    try await until { try await services[0].ask(.GET, "/readyz").status == 200 }
                    #expect(await services[0].terminate() == 0)
                }
            }
        }
    }

    @Test("Without a database it listens, says so in few lines, and ends when it is told to", arguments: ["ClientService", "AdminService"])
    func absentDatabase(program: String) async throws {
        let environment = try Platform.environment(
            databaseURL: "postgresql://127.0.0.1:1/none", ["IDENTITY_PERMISSION_HINTS": "true", "SEATS_HINTS": "true"])
        try await RunningService.with(1, of: program, environment, answering: "/livez") { services in
            for _ in 0..<3 {
                let ready = try await services[0].ask(.GET, "/readyz")
                #expect(ready.status == 503)
                #expect(ready.body.contains(#""not_ready""#))
            }
            #expect(await services[0].terminate() == 0)
            let lines = try services[0].written.split(separator: "\n").filter { $0.contains(" warning ") || $0.contains(" error ") }
            // Of the readiness check and of the pool, each as often as minutes have passed.
            let told = Dictionary(grouping: lines) { $0.contains("readiness check") }.mapValues { lines in
                lines.compactMap { line in line.split(separator: " ").first.flatMap { Timestamp(text: String($0))?.date } }
            }
            #expect(told.count == 2 && told.values.map(\.count).reduce(0, +) == lines.count, "\(lines)")
            for times in told.values {
                for (time, next) in zip(times, times.dropFirst()) { #expect(next.timeIntervalSince(time) > 59, "\(lines)") }
            }
        }
    }

    @Test("Before its schema is there all calls are told to come again; it is ready as soon as it is there")
    func schemaComes() async throws {
        try await TestDatabase.with(.empty) { database in
            let environment = try Platform.environment(databaseURL: database.url)
            try await RunningService.with(1, of: "ClientService", environment, answering: "/livez") { services in
                #expect(try await services[0].ask(.GET, "/readyz").status == 503)
                let signIn = #"{"login": "anna", "password": "\#(Platform.password)"}"#
                for early in [
                    try await services[0].ask(.GET, "/v1/cities"), try await services[0].ask(.POST, "/v1/sessions", json: signIn),
                ] {
                    #expect(early.status == 503 && early.code == "not_ready", "\(early.body)")
                }
                let migrated = try await AdminCommand(databaseURL: database.url, environment).run("migrate")
                #expect(migrated.status == 0, "\(migrated)")
                try await until { try await services[0].ask(.GET, "/readyz").status == 200 }
                #expect(try await services[0].ask(.GET, "/v1/cities").status == 200)
                #expect(try await services[0].ask(.POST, "/v1/sessions", json: signIn).code == "credentials_wrong")
                #expect(await services[0].terminate() == 0)
            }
        }
    }

    @Test("SIGHUP reads the log level again, a wrong one changes nothing, and no such signal ends it")
    func signals() async throws {
        try await AdminCommand.withFolder { folder in
            let file = folder.appending(path: "piao.env")
            try Data("LOG_LEVEL=info\n".utf8).write(to: file)
            var environment = try Platform.environment(databaseURL: "postgresql://127.0.0.1:1/none")
            environment["PIAO_CONFIGURATION"] = "-\(folder.path)/absent.env:\(file.path)"
            try await RunningService.with(1, of: "CinemaService", environment, answering: "/livez") { services in
                let service = services[0]
                try Data("LOG_LEVEL=debug\n".utf8).write(to: file)
                service.signal(SIGHUP)
                try await service.writes("log_level=debug")
                try Data("LOG_LEVEL=loud\n".utf8).write(to: file)
                service.signal(SIGHUP)
                try await service.writes("LOG_LEVEL is not one of")
                for number in [SIGUSR1, SIGUSR2, SIGHUP] { service.signal(number) }
                #expect(try await service.ask(.GET, "/livez").status == 200)
                #expect(await service.terminate() == 0)
                // Written at debug alone.
                #expect(try service.written.contains(" debug "))
            }
        }
    }
}
