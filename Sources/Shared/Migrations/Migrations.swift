package import Database

/// The schema's history. A released migration is never changed again; each later change gets a number of its own.
package enum Migrations {
    /// All migrations in their order.
    package static var all: [Migration] {
        [
            ("identity", PackageResources.m0001_identity_sql),
            ("places", PackageResources.m0002_places_sql),
            ("catalog", PackageResources.m0003_catalog_sql),
            ("screenings", PackageResources.m0004_screenings_sql),
            ("orders", PackageResources.m0005_orders_sql),
            ("payments", PackageResources.m0006_payments_sql),
            ("jobs", PackageResources.m0007_jobs_sql),
            ("refunds", PackageResources.m0008_refunds_sql),
            ("ledger", PackageResources.m0009_ledger_sql),
            ("reconciliation", PackageResources.m0010_reconciliation_sql),
            ("permissions", PackageResources.m0011_permissions_sql),
            ("accounts", PackageResources.m0012_accounts_sql),
            ("sign_in", PackageResources.m0013_sign_in_sql),
            ("contacts", PackageResources.m0014_contacts_sql),
            ("administration", PackageResources.m0015_administration_sql),
            ("permission_paths", PackageResources.m0016_permission_paths_sql),
            ("payment_support", PackageResources.m0017_payment_support_sql),
            ("showtime_figures", PackageResources.m0018_showtime_figures_sql),
            ("showtime_rules", PackageResources.m0019_showtime_rules_sql),
            ("squatting", PackageResources.m0020_squatting_sql),
            ("squatting_index", PackageResources.m0021_squatting_index_sql),
            ("names", PackageResources.m0022_names_sql),
            ("proofs", PackageResources.m0023_proofs_sql),
            ("growth", PackageResources.m0024_growth_sql),
            ("notices", PackageResources.m0025_notices_sql),
            ("code_sites", PackageResources.m0026_code_sites_sql),
            ("demo_data", PackageResources.m0027_demo_data_sql),
            ("foreign_refunds", PackageResources.m0028_foreign_refunds_sql),
            ("told_refunds", PackageResources.m0029_told_refunds_sql),
            ("screens", PackageResources.m0030_screens_sql),
            ("divisions", PackageResources.m0031_divisions_sql),
            ("movie_content", PackageResources.m0032_movie_content_sql),
            ("search", PackageResources.m0033_search_sql),
            ("movie_states", PackageResources.m0034_movie_states_sql),
            ("pinned_states", PackageResources.m0035_pinned_states_sql),
            ("pictures", PackageResources.m0036_pictures_sql),
            ("more_readings", PackageResources.m0037_more_readings_sql),
            ("prices", PackageResources.m0038_prices_sql),
        ].enumerated().map { index, entry in
            Migration(number: index + 1, name: entry.0, sql: String(decoding: entry.1, as: UTF8.self))
        }
    }
}
