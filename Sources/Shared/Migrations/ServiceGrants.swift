/// A service, by its name in the database and in `AdminService grant`.
package enum ServiceName: String, CaseIterable, Sendable {
    case client = "ClientService"
    case cinema = "CinemaService"
    case admin = "AdminService"
}

/// The rights on the rows of a table.
package struct TableVerbs: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let select = TableVerbs(rawValue: 1)
    package static let insert = TableVerbs(rawValue: 2)
    package static let update = TableVerbs(rawValue: 4)
    package static let delete = TableVerbs(rawValue: 8)
    /// Locking rows. PostgreSQL requires the right to update one column for it; this one can't be given another value.
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

    /// The words of GRANT.
    var privileges: [String] {
        [(TableVerbs.select, "SELECT"), (.insert, "INSERT"), (.update, "UPDATE"), (.delete, "DELETE"), (.lock, "UPDATE (id)")]
            .filter { contains($0.0) }.map(\.1)
    }
}

/// The rights of each service on each table. This is the only place where they are written; `AdminService grant` and `migrate` give them.
///
/// The owner migrates, creates administrators and imports, and may do everything. Nobody else may empty or alter a table. Rows of tables to
/// which rows are only ever added are never changed. A test compares this with the schema; ServiceTests run under these rights.
package enum ServiceGrants {
    /// Tables and views by name; the columns are ClientService, CinemaService, AdminService.
    private static let table: [(name: String, client: TableVerbs, cinema: TableVerbs, admin: TableVerbs)] = [
        // Accounts.
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
        // Permissions.
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
        ("cities", .read, .read, .edit),
        ("administrative_divisions", .read, .read, .write),
        ("division_successors", .none, .none, .add),
        ("cinemas", .read, .write, .write),
        ("halls", .read, .write, .write),
        ("hall_layouts", .read, .add, .add),
        ("seats", .read, .add, .add),
        ("companies", .read, .read, .write),
        ("movies", .read, .readAndLock, .write),
        ("people", .read, .read, .everything),
        ("movie_people", .read, .read, .replace),
        ("movie_companies", .read, .read, .replace),
        ("characters", .read, .read, .read),
        ("reading_phrases", .read, .read, .everything),
        // Triggers write these in the transaction of the name's change.
        ("movie_names", .read, .read, .replace),
        ("person_names", .read, .read, .replace),
        ("cinema_names", .read, .replace, .replace),
        ("pictures", .read, .write, .everything),
        ("picture_renditions", .read, .add, .replace),
        ("shown_pictures", .read, .replace, .replace),
        ("screening_rights", .read, .write, .write),
        ("showtimes", .edit, .write, .write),
        ("showtime_prices", .read, .everything, .everything),
        ("showtime_figures", .write, .write, .write),
        // Orders and money. All three services handle the gateway's answers to their questions.
        ("orders", .write, .write, .write),
        ("seat_claims", .everything, .everything, .everything),
        ("order_events", .add, .add, .add),
        ("order_attentions", .write, .write, .write),
        ("order_discounts", .add, .add, .add),
        ("lapsed_holds", .add, .add, .replace),
        ("used_challenges", .add, .none, .replace),
        ("tickets", .write, .write, .write),
        ("payments", .write, .write, .write),
        ("payment_notifications", .add, .add, .add),
        // These are posted to ClientService; AdminService shows them and deletes old ones.
        ("refused_notices", .add, .none, [.select, .delete]),
        ("refunds", .write, .write, .write),
        ("refund_policies", .read, .add, .add),
        ("refund_tickets", .add, .add, .add),
        ("ledger_entries", .add, .add, .add),
        ("ledger_lines", .none, .none, .read),
        ("reconciliations", .none, .none, .write),
        ("reconciliation_differences", .none, .none, .write),
        // Jobs beside the requests.
        ("outbox", .write, .write, .everything),
        ("leases", .everything, .everything, .everything),
        ("schema_migrations", .read, .read, .read),
        ("database_roles", .none, .none, .none),
        ("demo_data_runs", .none, .none, .none),
    ]

    /// The names of all listed tables and views.
    package static var tables: [String] { table.map(\.name) }

    /// The rights of a service, on each table on which it has any.
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
