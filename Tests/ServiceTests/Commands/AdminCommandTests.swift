import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("The commands of AdminService")
struct AdminCommandTests {
    @Test("migrate brings an empty database to this version, and finds nothing to do the second time")
    func migrate() async throws {
        try await TestDatabase.with(.empty) { database in
            let admin = AdminCommand(databaseURL: database.url)
            let first = try await admin.run("migrate")
            #expect(first.status == 0, "\(first)")
            #expect(first.outputLines.count == Migrations.all.count + 1, "\(first)")
            let second = try await admin.run("migrate")
            #expect(second.status == 0, "\(second)")
            #expect(second.outputLines.count == 1)
            #expect(second.output.contains("nothing to apply"), "\(second)")
            try await Migrator(migrations: Migrations.all).requireCurrent(in: database.pool)
        }
    }

    @Test("create-admin takes the password from standard input, and a username once")
    func createAdmin() async throws {
        try await TestDatabase.with(.current) { database in
            let admin = AdminCommand(databaseURL: database.url)
            let first = try await admin.run("create-admin", "--username", "root", input: "\(Platform.password)\n")
            #expect(first.status == 0, "\(first)")
            #expect(first.output.contains("root"))
            let second = try await admin.run("create-admin", "--username", "root", input: "another horse battery\n")
            #expect(second.status == 1)
            #expect(second.complaintLines.count == 1, "\(second)")
            #expect(second.complaints.contains("the username root is taken"), "\(second)")
            let none = try await admin.run("create-admin", "--username", "toor")
            #expect(none.status == 1)
            #expect(none.complaintLines.count == 1, "\(none)")
            for run in [first, second, none] {
                #expect(!(run.output + run.complaints).contains("horse"))
            }
            let names = try await database.pool.rows("SELECT username FROM accounts") { try $0["username"] as String }
            #expect(names == ["root"])
        }
    }

    @Test("Before migrate the other commands tell what to do in one line")
    func unmigrated() async throws {
        try await TestDatabase.with(.empty) { database in
            let admin = AdminCommand(databaseURL: database.url)
            let run = try await admin.run("create-admin", "--username", "root", input: "\(Platform.password)\n")
            #expect(run.status == 1)
            #expect(run.complaintLines.count == 1, "\(run)")
            #expect(run.complaints.contains("AdminService migrate"), "\(run)")
        }
    }

    @Test("grant gives a role what a service needs, migrate repeats it, and both use the owner's address where there is one")
    func grant() async throws {
        try await TestDatabase.with(.current) { database in
            let role = "piao_grant_\(UInt32.random(in: 0...UInt32.max))"
            let asClient = TestDatabase.url(of: .client, in: database.url)
            let admin = AdminCommand(databaseURL: asClient, ["DATABASE_OWNER_URL": database.url])
            let unknown = try await admin.run("grant", role, "ClientService")
            #expect(unknown.status == 1 && unknown.complaintLines.count == 1, "\(unknown)")
            #expect(unknown.complaints.contains("createuser"), "\(unknown)")
            try await database.pool.execute(Query(unsafeSQL: "CREATE ROLE \(role)"))
            let wrong = try await admin.run("grant", role, "NoService")
            #expect(wrong.status == 64, "\(wrong)")
            let granted = try await admin.run("grant", role, "CinemaService")
            #expect(granted.status == 0 && granted.output == "\(role) may do what CinemaService needs\n", "\(granted)")
            try await database.pool.execute(Query(unsafeSQL: "REVOKE ALL ON orders FROM \(role)"))
            let migrated = try await admin.run("migrate")
            #expect(migrated.status == 0 && migrated.outputLines.contains("\(role) may do what CinemaService needs"), "\(migrated)")
            let may = try await database.pool.row(
                "SELECT has_table_privilege(\(role), 'orders', 'INSERT') AS may"
            ) { try $0["may"] as Bool }
            #expect(may == true)
            // Without the owner's address a service's role can't give anything.
            let powerless = try await AdminCommand(databaseURL: asClient).run("grant", role, "CinemaService")
            #expect(powerless.status == 1 && powerless.complaintLines.count == 1, "\(powerless)")
            let malformed = try await AdminCommand(databaseURL: asClient, ["DATABASE_OWNER_URL": "owner"]).run("migrate")
            #expect(malformed.status == 78 && malformed.complaints.contains("DATABASE_OWNER_URL"), "\(malformed)")
            try await database.pool.execute(Query(unsafeSQL: "DROP OWNED BY \(role)"))
            try await database.pool.execute(Query(unsafeSQL: "DROP ROLE \(role)"))
        }
    }

    private static let cities = """
        {"returnCode": "0", "returnValue": {"A": [
        {"id": 1, "parentId": 0, "regionName": "阿坝", "cityCode": 513200, "pinYin": "ABA"},
        {"id": 2, "parentId": 0, "regionName": "安康", "cityCode": 61, "pinYin": "ANKANG"},
        {"id": 3, "parentId": 0, "regionName": "安庆", "cityCode": 340800, "pinYin": "ANQING"}
        ]}}
        """
    private static let movies = """
        external_id,title,year,released,runtime_min,genres,directors,cast,languages,countries,rating,votes,company,box_office_usd
        tt1,"Crouching Tiger, Hidden Dragon",2000,2000-07-06,120,Drama,Ang Lee,Zhang Ziyi,Mandarin,,,,UGC,
        tt2,Hero,2002,2002-10-24,long,,,,,,,,,
        tt3,Yi Yi,2000,2000-09-20,173,,Edward Yang,,,,,,,
        """

    @Test(
        "An import takes the rows around a broken one, names its line, and changes nothing the second time",
        arguments: [("import-cities", "cities", cities), ("import-movies", "movies", movies)])
    func imports(command: String, subject: String, content: String) async throws {
        try await TestDatabase.with(.current) { database in
            try await AdminCommand.withFolder { folder in
                let file = folder.appending(path: "rows")
                try Data(content.utf8).write(to: file)
                let admin = AdminCommand(databaseURL: database.url)
                let first = try await admin.run(command, file.path)
                let second = try await admin.run(command, file.path)
                #expect(first.output == "\(subject): added 2, changed 0, unchanged 0, refused 1\n", "\(first)")
                #expect(second.output == "\(subject): added 0, changed 0, unchanged 2, refused 1\n", "\(second)")
                for run in [first, second] {
                    #expect(run.status == 0, "\(run)")
                    #expect(run.complaintLines.filter { $0.hasPrefix("line 3 refused: ") }.count == 1, "\(run)")
                    // A bar that is drawn again and again is for terminals.
                    #expect(!(run.output + run.complaints).utf8.contains(UInt8(ascii: "\r")))
                }
            }
        }
    }

    @Test("verify-figures counts all tickets again, names what is wrong with status 1, and corrects it when told to")
    func verifyFigures() async throws {
        try await TestDatabase.with(.current) { database in
            let admin = AdminCommand(databaseURL: database.url)
            let world = try await BookingWorld(in: database.pool, showtimes: 2)
            let right = try await admin.run("verify-figures")
            #expect(right.status == 0, "\(right)")
            #expect(right.output == "showtimes: counted 2, wrong 0\n", "\(right)")
            try await database.pool.execute(
                """
                INSERT INTO showtime_figures (
                    showtime_id, business_day, movie_id, cinema_id, city_id, tickets, orders, box_office_fen, service_fee_fen
                )
                SELECT id, business_day, movie_id, cinema_id, 1, 2, 1, 9000, 600
                FROM showtimes
                WHERE id = \(world.showtimeIDs[1])
                """)
            let wrong = try await admin.run("verify-figures")
            #expect(wrong.status == 1, "\(wrong)")
            #expect(wrong.outputLines.count == 1, "\(wrong)")
            #expect(wrong.output.hasPrefix("showtime \(world.showtimeIDs[1]): 2 tickets of 1 orders, 9000 fen"), "\(wrong)")
            #expect(wrong.complaints.contains("showtimes: counted 2, wrong 1"), "\(wrong)")
            let corrected = try await admin.run("verify-figures", "--correct")
            #expect(corrected.status == 0, "\(corrected)")
            #expect(corrected.outputLines.last == "showtimes: counted 2, wrong 1, corrected 1", "\(corrected)")
            let again = try await admin.run("verify-figures")
            #expect(again.status == 0, "\(again)")
        }
    }

    @Test("A file that can't be read ends an import with one line", arguments: ["import-cities", "import-movies"])
    func unreadable(command: String) async throws {
        let admin = AdminCommand(databaseURL: "postgresql://127.0.0.1:9/none")
        try await AdminCommand.withFolder { folder in
            for path in [folder.appending(path: "missing").path, folder.path] {
                let run = try await admin.run(command, path)
                #expect(run.status == 1)
                #expect(run.output.isEmpty)
                #expect(run.complaintLines.count == 1, "\(run)")
                #expect(run.complaints.contains("can't be read"), "\(run)")
            }
        }
    }

    @Test("A file with CR at the ends of its lines is read like any other; one of which no row can be taken ends with status 1")
    func lineEndsAndNothingTaken() async throws {
        try await TestDatabase.with(.current) { database in
            try await AdminCommand.withFolder { folder in
                let admin = AdminCommand(databaseURL: database.url)
                let file = folder.appending(path: "rows")
                try Data(Self.movies.replacing("\n", with: "\r").utf8).write(to: file)
                let old = try await admin.run("import-movies", file.path)
                #expect(old.status == 0 && old.output == "movies: added 2, changed 0, unchanged 0, refused 1\n", "\(old)")
                #expect(old.complaintLines.contains { $0.hasPrefix("line 3 refused: ") }, "\(old)")
                let lines = Self.movies.split(separator: "\n")
                for (rows, refused) in [([lines[0], lines[2]], 1), ([lines[0]], 0)] {
                    try Data(rows.joined(separator: "\n").utf8).write(to: file)
                    let none = try await admin.run("import-movies", file.path)
                    #expect(none.status == 1, "\(none)")
                    #expect(none.output == "movies: added 0, changed 0, unchanged 0, refused \(refused)\n", "\(none)")
                    #expect(none.complaints.contains("has no row that can be taken"), "\(none)")
                }
            }
        }
    }

    @Test("A file of something else ends an import with one line", arguments: ["import-cities", "import-movies"])
    func nonsense(command: String) async throws {
        try await TestDatabase.with(.current) { database in
            try await AdminCommand.withFolder { folder in
                let file = folder.appending(path: "rows")
                try Data("nonsense\n".utf8).write(to: file)
                let run = try await AdminCommand(databaseURL: database.url).run(command, file.path)
                #expect(run.status == 1)
                #expect(run.complaintLines.count == 1, "\(run)")
                #expect(run.complaints.contains("can't be imported"), "\(run)")
            }
        }
    }

    @Test(
        "A setting that is wrong ends the start with one line that names it",
        arguments: [
            ("LANES_COUNT", "zero"), ("HTTP_PORT", "eighty"), ("DATABASE_MAXIMUM_CONNECTIONS", "many"), ("ALIPAY_SELLER_ID", ""),
            ("IDENTITY_STAFF_SECOND_FACTOR", "maybe"),
            // Without the key that second factors are kept under.
            ("IDENTITY_STAFF_SECOND_FACTOR", "required"), ("IDENTITY_STAFF_SECOND_FACTOR", ""),
        ])
    func setting(name: String, value: String) async throws {
        try await TestDatabase.with(.current) { database in
            let keys = try Platform.keys.get()
            let good = [
                "HTTP_PORT": "0", "ALIPAY_APP_ID": Platform.appID, "ALIPAY_SELLER_ID": Platform.sellerID,
                "ALIPAY_GATEWAY_URL": "http://127.0.0.1:9/gateway.do", "ALIPAY_NOTIFY_URL": "http://127.0.0.1:9/notifications",
                "ALIPAY_APP_PRIVATE_KEY": keys.app.privateKeyPEM, "ALIPAY_PUBLIC_KEY": keys.alipay.publicKeyPEM,
                "TICKETS_SIGNING_KEY": Platform.ticketKey, "IDENTITY_STAFF_SECOND_FACTOR": "optional",
            ]
            let settings = good.merging([name: value]) { $1 }
            let run = try await AdminCommand(databaseURL: database.url(of: .admin), settings).run("serve")
            #expect(run.status == 78, "\(run)")
            #expect(run.complaintLines.count == 1, "\(run)")
            #expect(run.complaints.contains(name), "\(run)")
        }
    }

    @Test("check-config says that settings are right, or the first that is wrong", arguments: [nil, "client", "cinema", "admin"])
    func checkConfig(service: String?) async throws {
        let url = "postgresql://127.0.0.1:9/none"
        var admin = AdminCommand(databaseURL: url, try Platform.environment(databaseURL: url))
        let right =
            if let service { try await admin.run("check-config", "--service", service) } else { try await admin.run("check-config") }
        #expect(right.status == 0, "\(right)")
        #expect(right.outputLines.count == (service == nil ? 3 : 1), "\(right)")
        admin.settings["LANES_COUNT"] = "zero"
        let wrong = try await admin.run("check-config")
        #expect(wrong.status == 78, "\(wrong)")
        #expect(wrong.complaintLines.count == 1, "\(wrong)")
        #expect(wrong.complaints.contains("LANES_COUNT"), "\(wrong)")
    }

    @Test("A wrong setting ends a command with 78, a database that is away with 1")
    func statuses() async throws {
        let away = try await AdminCommand(databaseURL: "postgresql://127.0.0.1:9/none").run("migrate")
        #expect(away.status == 1, "\(away)")
        let wrong = try await AdminCommand(databaseURL: "not a connection string").run("migrate")
        #expect(wrong.status == 78, "\(wrong)")
        #expect(wrong.complaintLines.count == 1, "\(wrong)")
    }

    @Test(
        "Every program tells its version and what it takes, and refuses other arguments",
        arguments: ["ClientService", "CinemaService", "AdminService"])
    func arguments(program: String) async throws {
        let command = AdminCommand(program: program)
        let version = try await command.run("--version")
        #expect(version.status == 0 && version.output.contains("schema \(Migrations.all.count)"), "\(version)")
        let help = try await command.run("--help")
        #expect(help.status == 0 && help.output.lowercased().contains("usage: \(program.lowercased())"), "\(help)")
        let other = try await command.run("--sevre")
        #expect(other.status == 64 && other.output.isEmpty, "\(other)")
    }
}
