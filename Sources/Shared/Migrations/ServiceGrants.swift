/// A service as the database and `AdminService grant` know it.
package enum ServiceName: String, CaseIterable, Sendable {
    case client = "ClientService"
    case cinema = "CinemaService"
    case admin = "AdminService"
}

/// What may be done with the rows of a table.
package struct TableVerbs: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let select = TableVerbs(rawValue: 1)
    package static let insert = TableVerbs(rawValue: 2)
    package static let update = TableVerbs(rawValue: 4)
    package static let delete = TableVerbs(rawValue: 8)
    /// Locking rows, for which PostgreSQL asks for the right to update one column: the one that can't be given another value.
    package static let lock = TableVerbs(rawValue: 16)

    static let none: TableVerbs = []
    static let read: TableVerbs = [.select]
    static let readAndLock: TableVerbs = [.select, .lock]
    static let add: TableVerbs = [.select, .insert]
    static let edit: TableVerbs = [.select, .update]
    static let write: TableVerbs = [.select, .insert, .update]
    static let replace: TableVerbs = [.select, .insert, .delete]
    static let remove: TableVerbs = [.select, .update, .delete]
    static let everything: TableVerbs = [.select, .insert, .update, .delete]

    /// As GRANT spells them.
    var privileges: [String] {
        [(TableVerbs.select, "SELECT"), (.insert, "INSERT"), (.update, "UPDATE"), (.delete, "DELETE"), (.lock, "UPDATE (id)")]
            .filter { contains($0.0) }.map(\.1)
    }
}

/// Which service may do what with which table: the one place where that is written down, and what `AdminService grant` and `migrate` give.
///
/// The owner, who migrates, creates administrators and imports, may do everything. Nobody else may empty or alter a table, and tables to
/// which rows are only ever added are changed by nobody. A test compares this with the schema; ServiceTests run under these rights.
package enum ServiceGrants {
    /// Tables and views by name; the columns are ClientService, CinemaService, AdminService.
    private static let table: [(name: String, client: TableVerbs, cinema: TableVerbs, admin: TableVerbs)] = [
        // Who somebody is.
        ("merchants", .read, [.select, .insert, .lock], .write),
        ("accounts", .write, .write, .write),
        ("sessions", .write, .write, .everything),
        ("audit_events", .add, .add, .add),
        ("idempotency_records", .write, .write, .everything),
        ("one_time_codes", .write, .write, .everything),
        ("totp_secrets", .everything, .everything, .everything),
        ("recovery_codes", .everything, .everything, .everything),
        ("sign_in_counts", .everything, .everything, .everything),
        ("qr_logins", .write, .none, .remove),
        ("apps", .read, .read, .write),
        ("app_tickets", .write, .write, .everything),
        ("third_party_logins", .write, .none, .remove),
        ("account_identities", .everything, .read, .read),
        // Who may what.
        ("permissions", .read, .readAndLock, .everything),
        ("permission_groups", .read, .readAndLock, .everything),
        ("permission_group_permissions", .read, .read, .everything),
        ("user_groups", .readAndLock, .readAndLock, .everything),
        ("user_group_members", .add, .everything, .everything),
        ("user_group_permissions", .read, .read, .everything),
        ("user_group_permission_groups", .read, .read, .everything),
        ("account_permissions", .read, .everything, .everything),
        ("account_permission_groups", .read, .everything, .everything),
        ("account_cinemas", .read, .everything, .everything),
        ("permission_paths", .read, .read, .read),
        ("account_permission_paths", .read, .read, .read),
        ("user_group_permission_paths", .read, .read, .read),
        // Places, movies, showtimes.
        ("cities", .read, .read, .read),
        ("administrative_divisions", .read, .read, .read),
        ("cinemas", .read, .write, .write),
        ("halls", .read, .write, .write),
        ("hall_layouts", .read, .add, .add),
        ("seats", .read, .add, .add),
        ("companies", .read, .read, .write),
        ("movies", .read, .readAndLock, .write),
        ("people", .read, .read, .add),
        ("movie_people", .read, .read, .replace),
        ("screening_rights", .read, .write, .write),
        ("showtimes", .edit, .write, .write),
        ("showtime_prices", .read, .everything, .everything),
        ("showtime_figures", .write, .write, .write),
        // Orders and money. All three services settle what the gateway says when they ask it.
        ("orders", .write, .write, .write),
        ("seat_claims", .everything, .everything, .everything),
        ("order_events", .add, .add, .add),
        ("order_attentions", .write, .write, .write),
        ("lapsed_holds", .add, .add, .replace),
        ("used_challenges", .add, .none, .replace),
        ("tickets", .write, .write, .write),
        ("payments", .write, .write, .write),
        ("payment_notifications", .add, .add, .add),
        // Posted to ClientService; AdminService shows them and deletes old ones.
        ("refused_notices", .add, .none, [.select, .delete]),
        ("refunds", .write, .write, .write),
        ("refund_policies", .read, .add, .add),
        ("refund_tickets", .add, .add, .add),
        ("ledger_entries", .add, .add, .add),
        ("ledger_lines", .none, .none, .read),
        ("reconciliations", .none, .none, .write),
        ("reconciliation_differences", .none, .none, .write),
        // What runs beside the requests.
        ("outbox", .write, .write, .everything),
        ("leases", .everything, .everything, .everything),
        ("schema_migrations", .read, .read, .read),
        ("database_roles", .none, .none, .none),
        ("demo_data_runs", .none, .none, .none),
    ]

    /// The names of all tables and views that are spoken of.
    package static var tables: [String] { table.map(\.name) }

    /// What a service may do with each table with which it may do anything.
    package static func of(_ service: ServiceName) -> [(table: String, verbs: TableVerbs)] {
        table.map { row in
            switch service {
            case .client: (row.name, row.client)
            case .cinema: (row.name, row.cinema)
            case .admin: (row.name, row.admin)
            }
        }.filter { $0.verbs != .none }
    }
}
