package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle

/// A service: its endpoints, and the services that run beside them.
package struct HTTPApplication: Sendable {
    /// The name in logs and documents, such as `ClientService`.
    package let name: String
    /// One sentence for the OpenAPI document.
    package let purpose: String
    let table: [Endpoint]
    /// The operators' endpoints, where they have a separate address.
    let operationsTable: [Endpoint]
    let authenticator: any Authenticator
    let problems: any ProblemMapping
    let refusals: (any RefusalObserver)?
    let services: [any Service]
    let configuration: HTTPConfiguration
    let rateLimits: RateLimitConfiguration
    let eventStreams: EventStreams?
    let memory: AnswerMemory
    let texts: Texts
    let registry: PrometheusRegistry
    let readiness: Readiness
    let logger: Logger

    /// - Parameters:
    ///   - endpoints: the service's own endpoints, without `/livez`, `/readyz`, `/metrics` and `/openapi.json`, which every service has.
    ///   - refusals: is notified of requests that were answered 403 or 429.
    ///   - readiness: what must work before the service counts as ready.
    ///   - services: run beside the server once the readiness checks pass. They start in this order, and end after the server in reverse
    ///     order.
    ///   - eventStreams: the streams that endpoints open. They get heartbeats while the application runs, and end before anything else.
    ///   - memory: keeps answers that are the same for everybody.
    ///   - texts: what problems say, in each language.
    ///   - registry: the metrics that `/metrics` shows. The process bootstraps swift-metrics with the same one.
    package init(
        name: String, purpose: String = "", endpoints: [Endpoint], authenticator: any Authenticator, problems: any ProblemMapping,
        refusals: (any RefusalObserver)? = nil, readiness: [ReadinessCheck] = [], services: [any Service] = [],
        configuration: HTTPConfiguration = HTTPConfiguration(), rateLimits: RateLimitConfiguration, eventStreams: EventStreams? = nil,
        memory: AnswerMemory = AnswerMemory(), texts: Texts = .none,
        registry: PrometheusRegistry = PrometheusRegistry(), logger: Logger
    ) {
        self.name = name
        self.purpose = purpose
        self.authenticator = authenticator
        self.problems = problems
        self.refusals = refusals
        self.configuration = configuration
        self.rateLimits = rateLimits
        self.eventStreams = eventStreams
        self.memory = memory
        self.texts = texts
        self.registry = registry
        self.logger = logger
        let checks = Readiness(readiness, logger: logger)
        self.readiness = checks
        self.services = services.map { AfterReadiness(service: $0, readiness: checks) }
        let isApart = configuration.operationsAddress != nil
        func operations(_ document: String) -> OperationsEndpoints {
            OperationsEndpoints(readiness: checks, registry: registry, openAPI: { document }, sampleBytes: configuration.sampleBytes)
        }
        func table(_ document: String) -> [Endpoint] {
            endpoints + (isApart ? operations(document).forEverybody : operations(document).all)
        }
        let document = OpenAPIDocument(name: name, purpose: purpose, endpoints: table(""), texts: texts).text
        self.table = table(document)
        operationsTable = isApart ? operations(document).forOperators : []
    }

    /// Every endpoint at the service's own address, including those that all services have.
    package var endpoints: [Endpoint] { table }

    /// The endpoints that every service has, for documents that are made without a running service.
    package static var commonEndpoints: [Endpoint] {
        let readiness = Readiness([], logger: Logger(label: "documents"))
        return OperationsEndpoints(readiness: readiness, registry: PrometheusRegistry(), openAPI: { "" }).all
    }

    /// The application that the server runs, and that tests run with HummingbirdTesting.
    ///
    /// - Throws: ``EndpointTableError``.
    package func build() throws -> some ApplicationProtocol {
        try build(onServerRunning: { _ in })
    }

    /// - Parameter onServerRunning: called with the port as soon as the server listens.
    func build(onServerRunning: @escaping @Sendable (Int?) async -> Void) throws -> some ApplicationProtocol {
        try OpenAPIDocument(name: name, purpose: purpose, endpoints: table, texts: texts).check()
        return try application(table, at: configuration.address, for: configuration.allowedOrigins, services: services, onServerRunning)
    }

    /// The application for the operators' endpoints; `nil` when they have no separate address.
    ///
    /// - Parameter onServerRunning: called with the port as soon as the server listens.
    /// - Throws: ``EndpointTableError``.
    func buildOperations(onServerRunning: @escaping @Sendable (Int?) async -> Void) throws -> (some ApplicationProtocol)? {
        try configuration.operationsAddress.map { try application(operationsTable, at: $0, for: [], services: [], onServerRunning) }
    }

    private func application(
        _ table: [Endpoint], at address: ListeningAddress, for origins: Set<WebOrigin>, services: [any Service],
        _ onServerRunning: @escaping @Sendable (Int?) async -> Void
    ) throws -> Application<EndpointResponder> {
        let surplus = SurplusConnections(configuration, registry: registry)
        let responder = EndpointResponder(
            router: try Router(table.map { RoutedEndpoint($0, configuration: configuration, registry: registry) }),
            gate: Gate(authenticator: authenticator, limiter: RateLimiter(rateLimits)),
            crossOrigin: CrossOrigin(origins),
            problems: problems,
            configuration: configuration,
            meter: RequestMeter(registry: registry),
            refusals: refusals,
            memory: memory,
            texts: texts,
            surplus: surplus,
            readiness: readiness,
            files: FileRoom(limit: configuration.maximumFiles)
        )
        return Application(
            responder: responder,
            server: server(surplus),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: .maximum(configuration.acceptedConnections, logger: logger)),
            services: services,
            onServerRunning: { channel in
                AcceptPause.add(to: channel, logger: logger)
                await onServerRunning(channel.localAddress?.port)
            },
            logger: logger
        )
    }

    private func server(_ surplus: SurplusConnections) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in LoopBoundChannel(responder: responder, configuration: configuration, surplus: surplus) }
    }
}
