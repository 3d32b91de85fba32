import API
import Assembly
import HTTP
import ServiceLifecycle
import Shared

/// The composition root, which puts the service together from its features.
struct Application: Sendable {
    private let assembly: ServiceAssembly
    private let selling: SellingAssembly
    private let seatMaps: SeatMaps
    private let seatServices: [any Service]
    private let orderWatch: OrderWatch
    private let providerSignIn: ProviderSignInAssembly

    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    init(_ assembly: ServiceAssembly) throws(SettingFault) {
        self.assembly = assembly
        selling = try SellingAssembly(assembly)
        seatMaps = try SeatMaps(assembly.settings, pool: assembly.pool, plans: selling.plans, logger: assembly.logger)
        seatServices = try assembly.services(of: seatMaps, relay: selling.seatRelay)
        orderWatch = OrderWatch(pool: assembly.pool, logger: assembly.logger)
        providerSignIn = try ProviderSignInAssembly(assembly)
    }

    func build() -> HTTPApplication {
        assembly.application(
            "Finding, booking and paying seats.",
            endpoints: endpoints,
            services: seatServices + [orderWatch] + selling.services + providerSignIn.services
        )
    }

    private var endpoints: [Endpoint] {
        let (pool, accounts, writes) = (assembly.pool, assembly.accounts, assembly.writes)
        let qrLogins = QRLogins(pool: pool, sessions: accounts.sessions, realm: assembly.realm, geography: assembly.geography)
        let apps = Apps(pool: pool, sessions: accounts.sessions, denials: accounts.denials)
        let places = Places()
        return [
            AccountEndpoints(signUp: accounts.signUp).all,
            QRLoginEndpoints(logins: qrLogins, writes: writes).all,
            AppTicketEndpoints(apps: apps, writes: writes, realm: assembly.realm).all,
            providerSignIn.endpoints,
            MeEndpoints(accounts: accounts, pool: pool).all,
            ImageEndpoints(gallery: assembly.gallery, pool: pool).all,
            CityEndpoints(places: places, pool: pool).all,
            LocationEndpoints(locations: Locations(geography: assembly.geography), pool: pool).all,
            MovieEndpoints(catalog: assembly.catalog, pool: pool, access: .open).all,
            PersonEndpoints(catalog: assembly.catalog, pool: pool, access: .open).all,
            CinemaEndpoints(places: places, showtimes: ShowtimeListing(), pool: pool).all,
            ShowtimeEndpoints(listing: ShowtimeListing(), pool: pool).all,
            SeatEndpoints(maps: seatMaps, streams: SeatStreams(maps: seatMaps, streams: assembly.eventStreams)).all,
            OrderEndpoints(
                orders: selling.orders, maps: seatMaps, streams: OrderStreams(watch: orderWatch, streams: assembly.eventStreams),
                seal: selling.seal, writes: writes
            ).all,
            TicketFileEndpoints(orders: selling.orders, seal: selling.seal).all,
            RefundEndpoints(refunds: selling.refunds, counterSales: selling.counterSales, pool: pool, writes: writes, side: .buyer).all,
            TicketKeyEndpoints(seal: selling.seal).all,
            PaymentEndpoints(
                orders: selling.orders, gateways: selling.gateways, returnOrigins: selling.returnOrigins, notices: selling.notices,
                writes: writes
            ).all,
            RankingEndpoints(rankings: Rankings(oneReadingAtATime: true), pool: pool, access: .open).all,
        ].flatMap(\.self)
    }
}
