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
            let run = try await AdminCommand(databaseURL: database.url, good.merging([name: value]) { $1 }).run("serve")
            #expect(run.status == 78, "\(run)")
            #expect(run.complaintLines.count == 1, "\(run)")
            #expect(run.complaints.contains(name), "\(run)")
        }
    }
}
