/// An endpoint with everything that is prepared once, when the service starts.
final class RoutedEndpoint: Sendable {
    let endpoint: Endpoint
    /// The names of the path's parameters, in its order.
    let parameters: [(name: String, kind: PathTemplate.ParameterKind)]
    let maximumBodyBytes: Int
    let requestSeconds: Int
    let hasRequiredQuery: Bool
    /// Whether the access log leaves it out, because probes and scrapes come every few seconds.
    let isQuiet: Bool
    let meter: RequestMeter.RouteMeter

    init(_ endpoint: Endpoint, configuration: HTTPConfiguration, registry: PrometheusRegistry) {
        self.endpoint = endpoint
        parameters = endpoint.path.parameters
        maximumBodyBytes = endpoint.maximumBodyBytes ?? configuration.maximumBodyBytes
        requestSeconds = configuration.requestSeconds
        hasRequiredQuery = endpoint.query.contains { $0.declaration.isRequired }
        isQuiet = endpoint.rateLimit == .exempt && endpoint.method == .get
        meter = RequestMeter.RouteMeter(method: endpoint.method.rawValue, route: endpoint.path.text, registry: registry)
    }

    /// The parameters of a request's path.
    ///
    /// - Parameter values: in the order of the path.
    /// - Throws: ``Problem``: 404 for a value that isn't of its kind.
    func parameters(_ values: [String]) throws -> [(name: String, value: any Sendable)] {
        try zip(parameters, values).map { parameter, value in
            guard let value = parameter.kind.value(value) else { throw Problem.notFound }
            return (parameter.name, value)
        }
    }

    /// - Throws: ``Problem``: 400.
    func query(_ text: Substring) throws -> QueryReading {
        text.isEmpty && !hasRequiredQuery ? .empty : try QueryReading(text, for: endpoint)
    }
}
