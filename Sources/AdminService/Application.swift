import API
import Assembly
import Callers
import HTTP
import Shared

/// The composition root, which puts the service together from its features.
struct Application: Sendable {
    private let assembly: ServiceAssembly
    private let selling: SellingAssembly
    private let seatMaps: SeatMaps

    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    init(_ assembly: ServiceAssembly) throws(SettingFault) {
        self.assembly = assembly
        selling = try SellingAssembly(assembly)
        seatMaps = try SeatMaps(assembly.settings, pool: assembly.pool, plans: selling.plans, logger: assembly.logger)
    }

    func build() -> HTTPApplication {
        assembly.application("Managing movies, merchants and accounts.", endpoints: endpoints, services: selling.services)
    }

    private var endpoints: [Endpoint] {
        let (pool, accounts, writes) = (assembly.pool, assembly.accounts, assembly.writes)
        let permissions = accounts.permissionAdministration
        let apps = Apps(pool: pool, sessions: accounts.sessions, denials: accounts.denials)
        let places = Places(quotas: assembly.quotas)
        let catalog = assembly.catalog
        let screenings = ShowtimeScheduling(places: places, catalog: catalog, cancelOrders: selling.cancelOrders)
        return [
            MeEndpoints(accounts: accounts, pool: pool).all,
            AccountEndpoints(accounts: accounts.administration, pool: pool, writes: writes).all,
            GrantEndpoints(granting: accounts.granting, permissions: permissions, pool: pool, writes: writes).all,
            PermissionEndpoints(permissions: permissions, pool: pool, writes: writes).all,
            PermissionGroupEndpoints(permissions: permissions, pool: pool, writes: writes).all,
            UserGroupEndpoints(permissions: permissions, granting: accounts.granting, pool: pool, writes: writes).all,
            AppEndpoints(apps: apps, writes: writes).all,
            AppTicketEndpoints(apps: apps, writes: writes, realm: assembly.realm).all,
            AccountSessionEndpoints(
                sessions: accounts.sessions, secondFactors: accounts.secondFactors, geography: assembly.geography, pool: pool,
                writes: writes
            ).all,
            AuditEndpoints(audit: AuditTrail(), pool: pool).all,
            MerchantEndpoints(merchants: Merchants(pool: pool, accounts: accounts), pool: pool, writes: writes).all,
            CompanyEndpoints(catalog: catalog, pool: pool, writes: writes).all,
            MovieEndpoints(catalog: catalog, pool: pool, access: .permission(.movies, .read)).all,
            MovieEditingEndpoints(catalog: catalog, writes: writes).all,
            PersonEndpoints(catalog: catalog, pool: pool, access: .permission(.people, .read)).all,
            PersonEditingEndpoints(catalog: catalog, writes: writes).all,
            ReadingPhraseEndpoints(phrases: ReadingPhrases(), pool: pool, writes: writes).all,
            ScreeningRightEndpoints(rights: ScreeningRights(quotas: assembly.quotas), pool: pool, writes: writes).all,
            ImageEndpoints(gallery: assembly.gallery, pool: pool).all,
            ImageUploadEndpoints(gallery: assembly.gallery, places: places, writes: writes).all,
            CityEndpoints(places: places, pool: pool).all,
            DivisionEndpoints(divisions: Divisions(), pool: pool, writes: writes).all,
            CinemaEndpoints(places: places, pool: pool).all,
            ManagedCinemaEndpoints(places: places, pool: pool, writes: writes).all,
            HallEndpoints(places: places, pool: pool, writes: writes).all,
            ManagedShowtimeEndpoints(screenings: screenings, pool: pool, writes: writes).all,
            ManagedSeatEndpoints(maps: seatMaps).all,
            ManagedOrderEndpoints(
                orders: selling.orders, counterSales: selling.counterSales, corrections: selling.corrections, seal: selling.seal,
                writes: writes
            ).all,
            RefundEndpoints(refunds: selling.refunds, counterSales: selling.counterSales, pool: pool, writes: writes, side: .staff).all,
            RefundPolicyEndpoints(places: places, pool: pool, writes: writes).all,
            CancellationEndpoints(showtimeOrders: selling.showtimeOrders, pool: pool).all,
            TicketEndpoints(corrections: selling.corrections, pool: pool, writes: writes).all,
            LedgerEndpoints(ledger: selling.ledger, pool: pool).all,
            PaymentEndpoints(records: PaymentRecords(), pool: pool).all,
            PaymentSupportEndpoints(support: selling.paymentSupport, writes: writes).all,
            ReconciliationEndpoints(reconciliations: selling.reconciliations, pool: pool, writes: writes).all,
            OutboxEndpoints(outbox: Outbox(), pool: pool, writes: writes).all,
            RankingEndpoints(rankings: Rankings(), pool: pool, access: .permission(.rankings, .read)).all,
        ].flatMap(\.self)
    }
}
