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
        assembly.application("Running cinemas and collecting tickets.", endpoints: endpoints, services: selling.services)
    }

    private var endpoints: [Endpoint] {
        let (pool, accounts, writes) = (assembly.pool, assembly.accounts, assembly.writes)
        let apps = Apps(pool: pool, sessions: accounts.sessions, denials: accounts.denials)
        let merchants = Merchants(pool: pool, accounts: accounts)
        let places = Places(quotas: assembly.quotas)
        let catalog = assembly.catalog
        let screenings = ShowtimeScheduling(places: places, catalog: catalog, cancelOrders: selling.cancelOrders)
        return [
            AccountEndpoints(merchants: merchants).all,
            AppTicketEndpoints(apps: apps, writes: writes, realm: assembly.realm).all,
            MeEndpoints(accounts: accounts, pool: pool).all,
            MemberEndpoints(
                members: MerchantMembers(granting: accounts.granting, requireRoom: places.requireRoomForMember),
                granting: accounts.granting, permissions: accounts.permissionAdministration, pool: pool, writes: writes
            ).all,
            ImageEndpoints(gallery: assembly.gallery, pool: pool).all,
            ImageUploadEndpoints(gallery: assembly.gallery, places: places, writes: writes).all,
            CityEndpoints(places: places, pool: pool).all,
            MovieEndpoints(catalog: catalog, pool: pool, access: .permission(.movies, .read)).all,
            PersonEndpoints(catalog: catalog, pool: pool, access: .permission(.people, .read)).all,
            ScreeningRightEndpoints(rights: ScreeningRights(quotas: assembly.quotas), pool: pool, writes: writes).all,
            CinemaEndpoints(places: places, pool: pool, writes: writes).all,
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
            CollectionEndpoints(orders: selling.orders, entries: selling.entries, writes: writes).all,
            TicketKeyEndpoints(seal: selling.seal).all,
        ].flatMap(\.self)
    }
}
