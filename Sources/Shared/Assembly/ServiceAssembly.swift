package import API
package import Callers
package import Database
package import HTTP
package import Logging
package import ServiceLifecycle
package import Shared
import Synchronization

/// The common part of the three services' composition roots: settings, database, accounts, and the order in which things run.
///
/// A service adds its features' endpoints and jobs:
/// ```swift
/// await ServiceProcess.run(name: Realm.client.serviceName, defaultPort: 8001, settingNames: .all) { process in
///     let assembly = try ServiceAssembly(realm: .client, process: process)
///     try await assembly.application("…", endpoints: SeatEndpoints(…).all, services: [sweeper]).run(onReload: process.reload)
/// }
/// ```
package struct ServiceAssembly: Sendable {
    package let realm: Realm
    package let settings: Settings
    package let configuration: ServiceConfiguration
    package let rateLimits: RateLimitConfiguration
    package let pool: PostgresPool
    /// The configuration of connections that can listen.
    package let listening: PostgresConnectionConfiguration
    package let accounts: Accounts
    /// The places of IP addresses; `nil` when no list is configured.
    package let geography: IPGeography?
    package let writes: Writes
    /// How much a merchant may write.
    package let quotas: MerchantQuotas
    package let catalog: Catalog
    package let gallery: Gallery
    /// The event streams of the service, with their limits.
    package let eventStreams: EventStreams
    package let logger: Logger
    /// The services for accounts that run beside the server.
    private let accountServices: [any Service]
    /// The sending of one-time codes; `nil` when the settings have none.
    package let messages: MessageSettings?
    private let registry: PrometheusRegistry

    /// - Parameter hasher: hashes passwords; without it the settings decide.
    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    package init(
        realm: Realm, settings: Settings, configuration: ServiceConfiguration, registry: PrometheusRegistry,
        hasher: PasswordHasher? = nil, logger: Logger
    ) throws(SettingFault) {
        self.realm = realm
        self.settings = settings
        self.configuration = configuration
        rateLimits = try RateLimitConfiguration(settings)
        self.registry = registry
        self.logger = logger
        pool = PostgresPool(configuration: try PostgresPoolConfiguration(settings, applicationName: realm.serviceName), logger: logger)
        listening = try pool.configuration.connection.direct(settings)
        let accountsConfiguration = try AccountsConfiguration(settings)
        let passwords: PasswordHasher = if let hasher { hasher } else { try PasswordHasher(settings) }
        let secrets = try AccountSecrets.read(settings)
        if accountsConfiguration.needsSecondFactor(in: realm), secrets == nil {
            throw SettingFault(
                AccountSettings.secretsKey.key, "is not set, and second factors need it, which IDENTITY_STAFF_SECOND_FACTOR requires")
        }
        accounts = Accounts(pool: pool, hasher: passwords, configuration: accountsConfiguration, secrets: secrets)
        geography = try IPGeography.read(settings)
        messages = try MessageSettings(settings, secrets: secrets, logger: logger)
        writes = Writes(pool: pool, principals: accounts.principals)
        quotas = try MerchantQuotas(settings)
        catalog = try Catalog(settings)
        gallery = Gallery(workshop: try PictureWorkshop(settings), pool: pool)
        eventStreams = EventStreams(
            limit: configuration.http.maximumStreams, limitPerAddress: configuration.http.maximumStreamsPerAddress)
        let hints = PermissionHints(principals: accounts.principals, configuration: listening, logger: logger)
        accountServices =
            [DenialRecording(denials: accounts.denials, logger: logger), FormerHashWatch(pool: pool, hasher: passwords, logger: logger)]
            + (try settings[AccountSettings.permissionHints] ? [hints] : [])
    }

    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    package init(realm: Realm, process: ServiceProcess) throws(SettingFault) {
        try self.init(
            realm: realm, settings: process.settings, configuration: process.configuration, registry: process.registry,
            logger: process.logger
        )
    }

    /// The service's HTTP surface with everything that runs beside it. The server listens at once. The jobs begin when the database answers
    /// and has the schema that this program needs. They end in order: first the server stops taking requests, then the jobs end, and last
    /// the pool, when nobody needs a connection any more.
    ///
    /// - Parameters:
    ///   - purpose: one sentence for the OpenAPI document.
    ///   - endpoints: the endpoints of the service's features. Those for signing in and out and for one's own account are added.
    ///   - services: the service's background jobs.
    package func application(_ purpose: String, endpoints: [Endpoint], services: [any Service] = []) -> HTTPApplication {
        let common = CommonAccountEndpoints(accounts: accounts, geography: geography, pool: pool, writes: writes, realm: realm)
        registry.describe(ServiceMetrics.all)
        return HTTPApplication(
            name: realm.serviceName,
            purpose: purpose,
            endpoints: (common.all + LanguageEndpoints().all + endpoints).map { endpoint in
                realm == .client ? endpoint : endpoint.restricting(.secondFactorRequired)
            },
            authenticator: SessionAuthenticator(principals: accounts.principals, realm: realm),
            problems: RefusalProblems(),
            refusals: RefusalAuditing(denials: accounts.denials),
            readiness: [database],
            services: [pool] + accountServices + (messages?.services ?? []) + services,
            configuration: configuration.http,
            rateLimits: rateLimits,
            eventStreams: eventStreams,
            memory: AnswerMemory(byteLimit: configuration.http.answerMemoryBytes),
            texts: .catalogue,
            registry: registry,
            logger: logger
        )
    }

    /// Checks that the database answers and has everything that this program needs. It logs once if the service's role has more rights than
    /// it needs.
    private var database: ReadinessCheck {
        let hasToldOwner = Atomic(false)
        return ReadinessCheck("database") { [pool, logger, realm] in
            do {
                try await Migrator(migrations: Migrations.all).requireCurrent(in: pool)
                guard !hasToldOwner.load(ordering: .relaxed) else { return }
                let isOwner = try await DatabaseRoles().isOwner(in: pool)
                if isOwner, !hasToldOwner.exchange(true, ordering: .relaxed) {
                    logger.notice(
                        "The role of DATABASE_URL owns the tables. A role of its own, by AdminService grant, keeps the service from changing what it needn't."
                    )
                }
                hasToldOwner.store(true, ordering: .relaxed)
            } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
                throw RightsMissing(service: realm.serviceName, reason: error.message)
            }
        }
    }
}

/// The role of DATABASE_URL lacks rights that the service needs.
struct RightsMissing: Error, CustomStringConvertible {
    let service: String
    /// The reason in PostgreSQL's words.
    let reason: String

    var description: String { "the role of DATABASE_URL lacks rights (\(reason)): run AdminService grant ROLE \(service)" }
}

extension Realm {
    /// The name of the service that serves the realm.
    package var serviceName: String {
        switch self {
        case .client: "ClientService"
        case .cinema: "CinemaService"
        case .admin: "AdminService"
        }
    }
}
